import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import type { GateConfig } from '../../../config/schema.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../../edge/exchange/development-keys.ts';
import { type Exchange, startExchange } from '../../../edge/exchange/exchange.ts';
import { type Clock, systemClock } from '../../../edge/platform/clock.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { systemRandom } from '../../../edge/platform/random.ts';
import { type AuthorityServer, startAuthority } from '../../../simulator/devices/authority-http.ts';
import { type CustomsServer, startCustoms } from '../../../simulator/devices/customs-http.ts';
import {
  booking,
  clearance,
  configOf,
  createFakeControl,
  createFakeCustoms,
  eventually,
  type FakeControl,
  type FakeCustoms,
  newFolder,
  removeFolders,
} from '../../support/exchange-world.ts';

const BOX = 'CSQU3054383';
const MRN = '26TH0ABCDEFGHJKLM5';

describe('exchange and the authorities beside customs', () => {
  let keysFolder: string;
  let folder: string;
  let control: FakeControl;
  let customs: FakeCustoms;
  let server: CustomsServer;
  let acts: AuthorityServer;
  let scanners: AuthorityServer;
  let running: Exchange | undefined;
  let customsAheadMs: number;
  const customsClock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + customsAheadMs };

  const start = async (members: Partial<GateConfig['customs']> = {}): Promise<void> => {
    const config = await configOf('huu-nghi');
    config.customs = {
      ...config.customs,
      url: server.url,
      pollMs: 10,
      feeds: [
        { id: 'acts', kind: 'acts', url: acts.url, pollMs: 10 },
        { id: 'scanners', kind: 'examinations', url: scanners.url, pollMs: 10 },
      ],
      ...members,
    };
    // Nobody is on the other side in these tests.
    config.counterpart.url = 'https://127.0.0.1:9';
    config.counterpart.listen = { host: '127.0.0.1', port: 0 };
    running = await startExchange({
      config,
      dataDir: folder,
      door: control.door,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    });
  };
  const told = (): string[] =>
    control.admitted
      .filter(({ from }) => from.source === 'customs')
      .map(({ input }) => {
        if (input.type === 'clearance')
          return `${input.container} ${input.status} by ${input.feed ?? 'customs'}`;
        if (input.type === 'examination') return `${input.container} ${input.requirement} ${input.state}`;
        if (input.type === 'customs-feed') return `fresh ${input.feed ?? 'customs'}`;
        return input.type;
      });
  const tells = (what: string): Promise<void> => eventually(what, () => told().includes(what));
  const result = (state: string, version: number, requirement = 'scan') => ({
    examinationId: `X-${version}`,
    container: BOX,
    requirement,
    state,
    version,
    source: 'scanner-1',
    examinedAt: '2026-11-22T09:00:00+07:00',
  });
  const movement = (movementStatus: string, version: number) => ({
    mrn: MRN,
    movementStatus,
    version,
    containers: [{ containerNumber: BOX, seals: ['TH1'] }],
  });

  before(async () => {
    keysFolder = await newFolder();
    const other = await newFolder();
    await ensureDevelopmentKeys(keysFolder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(keysFolder, other);
  });
  beforeEach(async () => {
    folder = await newFolder();
    await cp(keysFolder, folder, { recursive: true });
    control = createFakeControl();
    customs = createFakeCustoms();
    customsAheadMs = 0;
    server = await startCustoms({ port: 0, model: customs, clock: customsClock });
    acts = await startAuthority({ port: 0, clock: systemClock });
    scanners = await startAuthority({ port: 0, clock: systemClock });
    running = undefined;
  });
  afterEach(async () => {
    await running?.stop();
    await Promise.all([server.stop(), acts.stop(), scanners.stop()]);
  });
  after(removeFolders);

  it('tells control of booked containers’ transits and examinations, and how fresh each feed is', async () => {
    customs.list(booking(BOX));
    acts.list(movement('RELEASED', 1));
    scanners.list({ ...result('passed', 1), container: 'OTHR0000000' });
    scanners.list(result('required', 1));
    await start();
    await Promise.all(['fresh customs', 'fresh acts', 'fresh scanners'].map(tells));
    await Promise.all([`${BOX} released by acts`, `${BOX} scan required`].map(tells));
    scanners.list(result('failed', 2));
    acts.list(movement('CANCELLED', 2));
    await Promise.all([`${BOX} withdrawn by acts`, `${BOX} scan failed`].map(tells));
    assert.ok(!told().some((one) => one.startsWith('OTHR')));
    const [transit] = control.of('clearance');
    assert.equal(transit?.mrn, MRN);
    // One source, one sequence, however many feeds.
    const from = control.admitted.map((one) => one.from).filter(({ source }) => source === 'customs');
    from.forEach(({ seq }, index) => {
      assert.equal(seq, index + 1);
    });
  });

  it('tells control of the documents that a booked container’s declarations rest on', async () => {
    customs.list(booking(BOX));
    acts.list({
      documentType: 'ACDD',
      referenceNumber: '7788',
      versionNumber: 1,
      documentStatus: 'ISSUED',
      issuingCountry: 'CN',
      issueDateTime: '2026-11-20T08:00:00+08:00',
      containers: [{ containerNumber: BOX, seals: ['CN1'] }],
    });
    await start({ feeds: [{ id: 'vnsw', kind: 'asw', url: acts.url, pollMs: 10 }] });
    await tells('fresh vnsw');
    await tells('advance-document');
    const [document] = control.of('advance-document');
    assert.deepEqual(
      [document?.container, document?.kind, document?.issuer],
      [BOX, 'export-declaration', 'CN'],
    );
  });

  it('tells a failed examination before everything else that waits', async () => {
    customs.list(booking(BOX));
    scanners.list(result('passed', 1, 'quarantine'));
    scanners.list(result('failed', 1));
    await start();
    await tells(`${BOX} scan failed`);
    await tells(`${BOX} quarantine passed`);
    assert.ok(told().indexOf(`${BOX} scan failed`) < told().indexOf(`${BOX} quarantine passed`));
  });

  it('of which one is down or unreadable keeps its own freshness back and nobody else’s', async () => {
    acts.unavailable = true;
    scanners.list({ ...result('passed', 1), requirement: 'smell' });
    customs.list(booking(BOX));
    await start();
    await tells('fresh customs');
    assert.ok(!told().includes('fresh acts'));
    assert.ok(!told().includes('fresh scanners'));
    acts.unavailable = false;
    await tells('fresh acts');
  });

  it('asks customs about a container that control asked for, in the one conversation, and confirms nothing by it', async () => {
    customs.list(booking('LATE0000000'));
    server.faults.unreadable.add(0);
    server.faults.listEnds = 1;
    customs.list(clearance(BOX, 1));
    await start({ pointQuery: true });
    control.decide('ask-clearance', { container: BOX });
    await tells(`${BOX} released by customs`);
    assert.ok(!told().includes('fresh customs'));
    assert.deepEqual(control.of('booking'), []);
  });

  it('is not told that a container is released which customs names no more when asked', async () => {
    customs.list(clearance(BOX, 1));
    customs.list({ ...clearance(BOX, 1), declaration: 'D-2' } as (typeof customs.log)[number]);
    await start({ pointQuery: true });
    await tells('fresh customs');
    // Customs has dropped one of the two without a word in the list.
    server.faults.listEnds = 2;
    (customs.log as unknown[]).splice(1, 1);
    customsAheadMs = 1_000;
    control.decide('ask-clearance', { container: BOX });
    await tells(`${BOX} registered by customs`);
    assert.deepEqual(
      new Map(control.of('clearance').map(({ declaration, status }) => [declaration, status])),
      new Map([
        [`D-${BOX}`, 'released'],
        ['D-2', 'registered'],
      ]),
    );
  });

  it('goes on when customs knows nothing of the container, or is away for a while', async () => {
    server.faults.listEnds = 0;
    customs.list(clearance(BOX, 1));
    await start({ pointQuery: true });
    await tells('fresh customs');
    server.faults.unavailable = true;
    control.decide('ask-clearance', { container: 'NONE0000000' });
    control.decide('ask-clearance', { container: BOX });
    server.faults.unavailable = false;
    await tells(`${BOX} released by customs`);
  });
});
