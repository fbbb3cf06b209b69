import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateConfig } from '../../../../config/schema.ts';
import { upstream as upstreamSchema } from '../../../../config/upstream.ts';
import { openDatabase } from '../../../../edge/exchange/database.ts';
import type { Exchange } from '../../../../edge/exchange/exchange.ts';
import { ed25519Verifier } from '../../../../edge/exchange/keys.ts';
import { ALERT_SIGNATURE_TYPE, type Alert } from '../../../../edge/exchange/upstream/alerts.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { verifyDetached } from '../../../../protocols/detached-jws.ts';
import { canonicalJson } from '../../../../protocols/handover/canonical.ts';
import { encodeRecord } from '../../../../protocols/handover/line.ts';
import { type CustomsServer, startCustoms } from '../../../../simulator/devices/customs-http.ts';
import {
  configWith,
  folderWithKeys,
  forgetKeys,
  kill,
  spawnExchange,
  startWith,
} from '../../../support/exchange-bench.ts';
import {
  createFakeControl,
  createFakeCustoms,
  eventually,
  type FakeControl,
  removeFolders,
} from '../../../support/exchange-world.ts';

/** 23:30 local time on 1 March 2026. */
const LATE = Date.UTC(2026, 2, 1, 16, 30);
const HOUR = 3_600_000;

const reason = (code: string, detail = '') => ({
  code,
  severity: 'refer',
  owner: 'customs',
  text: { vi: 'vi', en: 'en', zh: 'zh' },
  detail,
  remedy: 'Look.',
});
const verdict = (crossing: string, ...reasons: ReturnType<typeof reason>[]) => ({
  lane: 'yard-in-1',
  checkpoint: 'yard-in',
  visit: 7,
  crossing,
  verdict: 'refer',
  reasons,
  evidence: { plate: { text: '12C-123.45' } },
});
const crossing = {
  crossing: 'huu-nghi-1',
  stage: 'announced',
  direction: 'export',
  load: 'laden',
  containers: ['CSQU3054383'],
  truck: '12C-123.45',
  move: 'huu-nghi-m1',
};

describe('the alert file of an officer', () => {
  let server: CustomsServer;
  let control: FakeControl;
  let folder: string;
  let exchange: Exchange | undefined;

  const configOf = async (more: Record<string, unknown> = {}): Promise<GateConfig> =>
    configWith(server.url, {
      alerts: upstreamSchema.parse({ alerts: { folder: 'alerts', ...more } }).alerts,
    });
  const start = async (more: Record<string, unknown> = {}): Promise<void> => {
    exchange = await startWith(await configOf(more), folder, control);
  };
  const alertsOf = async (day: string): Promise<(Alert & { jws?: string })[]> => {
    const text = await readFile(join(folder, `alerts/alerts-${day}.jsonl`), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return '';
      },
    );
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Alert);
  };
  const codesOf = async (day: string): Promise<string[]> => (await alertsOf(day)).map(({ code }) => code);

  beforeEach(async () => {
    server = await startCustoms({ port: 0, model: createFakeCustoms(), clock: systemClock });
    control = createFakeControl();
    folder = await folderWithKeys();
    exchange = undefined;
  });
  afterEach(async () => {
    await exchange?.stop();
    await server.stop();
  });
  after(async () => {
    forgetKeys();
    await removeFolders();
  });

  it('tells a finding once, with what is known of its crossing, and nothing that does not concern authorities', async () => {
    control.decide('crossing', crossing, LATE);
    const hit = reason('WATCHLIST_HIT', 'container CSQU3054383 on list L-7');
    control.decide('verdict', verdict('huu-nghi-1', reason('EVIDENCE_PENDING'), hit), LATE);
    control.decide('verdict', verdict('huu-nghi-1', hit), LATE + 1_000);
    control.decide('verdict', verdict('huu-nghi-1', reason('RADIATION_ALARM', 'neutron'), hit), LATE + 2_000);
    await start();
    await eventually('both are there', async () => (await alertsOf('2026-03-01')).length === 2);
    const [first, second] = await alertsOf('2026-03-01');
    assert.deepEqual(first, {
      number: 1,
      gate: 'huu-nghi',
      at: '2026-03-01T23:30:00.000+07:00',
      code: 'WATCHLIST_HIT',
      source: 'verdict',
      severity: 'refer',
      owner: 'customs',
      checkpoint: 'yard-in',
      lane: 'yard-in-1',
      crossing: 'huu-nghi-1',
      direction: 'export',
      containers: ['CSQU3054383'],
      truck: '12C-123.45',
      detail: 'container CSQU3054383 on list L-7',
      text: { vi: 'vi', en: 'en', zh: 'zh' },
    });
    assert.equal(second?.code, 'RADIATION_ALARM');
  });

  it('tells what has not come back in time, with its case, once', async () => {
    control.decide('crossing', crossing, LATE);
    const opened = {
      id: 'huu-nghi-c1',
      crossing: 'huu-nghi-1',
      containers: ['CSQU3054383'],
      passedAt: 0,
      openedAt: LATE,
      reasons: [reason('TEMPORARY_ADMISSION_OVERDUE', 'CSQU3054383 under 103044805740')],
    };
    control.decide('case-opened', opened, LATE);
    control.decide('case-opened', { ...opened, id: 'huu-nghi-c2', reasons: [reason('NOT_RELEASED')] }, LATE);
    await start();
    await eventually('it is there', async () => (await alertsOf('2026-03-01')).length === 1);
    const [alert] = await alertsOf('2026-03-01');
    assert.deepEqual(
      [alert?.code, alert?.source, alert?.subject, alert?.containers, alert?.detail],
      [
        'TEMPORARY_ADMISSION_OVERDUE',
        'case',
        'huu-nghi-c1',
        ['CSQU3054383'],
        'CSQU3054383 under 103044805740',
      ],
    );
  });

  it('begins anew at local midnight, and goes on counting', async () => {
    control.decide('verdict', verdict('a', reason('SEAL_BROKEN')), LATE);
    control.decide('verdict', verdict('b', reason('SEAL_BROKEN')), LATE + HOUR);
    await start();
    await eventually('both days are there', async () => (await codesOf('2026-03-02')).length === 1);
    assert.deepEqual(
      [...(await alertsOf('2026-03-01')), ...(await alertsOf('2026-03-02'))].map(({ number }) => number),
      [1, 2],
    );
  });

  it('tells an alarm when it is raised, not while it stands, and again after it has returned', async () => {
    const alarm = (state: string) => ({ alarm: 'RADIATION_ALARM/yard-in-1', state, priority: 'high' });
    for (const state of ['raised', 'raised', 'acknowledged', 'normal', 'raised'])
      control.decide('alarm', alarm(state), LATE);
    control.decide('alarm', { ...alarm('raised'), alarm: 'DEVICE_OFFLINE/camera-1' }, LATE);
    await start();
    await eventually('it is told twice', async () => (await codesOf('2026-03-01')).length === 2);
    const [first] = await alertsOf('2026-03-01');
    assert.deepEqual(
      [first?.code, first?.subject, first?.source, first?.severity],
      ['RADIATION_ALARM', 'yard-in-1', 'alarm', 'high'],
    );
  });

  it('tells of a release withdrawn after departure, and of a report that customs refused', async () => {
    control.decide('crossing', crossing, LATE);
    const data = encodeRecord({
      version: 2,
      gate: 'huu-nghi',
      line: 1,
      at: LATE,
      utcOffset: '+07:00',
      record: { kind: 'recalled', move: 'huu-nghi-m1', code: 'CLEARANCE_WITHDRAWN' },
    });
    control.decide('handover', { line: 1, record: 'recalled', data }, LATE);
    server.faults.refusing.add('BOX1');
    await start();
    await eventually('the withdrawal is told', async () => (await codesOf('2026-03-01')).length === 1);
    const [withdrawn] = await alertsOf('2026-03-01');
    assert.deepEqual(
      [withdrawn?.code, withdrawn?.crossing, withdrawn?.containers],
      ['CLEARANCE_WITHDRAWN', 'huu-nghi-1', ['CSQU3054383']],
    );
    control.decide('customs-report', {
      reportId: 'r-1',
      kind: 'get-in',
      container: 'BOX1',
      declarations: [],
      eventTime: '2026-03-01T23:30:00+07:00',
    });
    await eventually('the refusal is told', async () => (await readdir(join(folder, 'alerts'))).length === 2);
    const today = (await readdir(join(folder, 'alerts'))).toSorted()[1]?.slice(7, 17) ?? '';
    await eventually('it can be read', async () => (await codesOf(today)).length === 1);
    const [refused] = await alertsOf(today);
    assert.equal(refused?.code, 'REPORT_REFUSED');
    assert.match(refused?.detail ?? '', /r-1 was refused by customs: 422 .*BOX1 is not under supervision/);
  });

  it('carries a signature on each line that anybody with the public key can check', async () => {
    control.decide('verdict', verdict('a', reason('TEST_POSITIVE', 'ketamine')), LATE);
    await start({ signingKey: 'keys/signing.key.pem' });
    await eventually('it is there', async () => (await codesOf('2026-03-01')).length === 1);
    const [line] = await alertsOf('2026-03-01');
    assert.ok(line?.jws);
    const { jws, ...alert } = line;
    const verifier = ed25519Verifier(createPublicKey(await readFile(join(folder, 'keys/signing.pub.pem'))));
    const check = (told: unknown, typ = ALERT_SIGNATURE_TYPE): boolean =>
      verifyDetached(Buffer.from(canonicalJson(told)), jws, typ, verifier);
    assert.equal(check(alert), true);
    assert.equal(check({ ...alert, detail: 'sugar' }), false);
    assert.equal(check(alert, 'gate-report+jws'), false);
  });

  it('tells only the codes that the configuration names', async () => {
    control.decide('verdict', verdict('a', reason('TEST_POSITIVE'), reason('NOT_RELEASED', 'D1')), LATE);
    await start({ codes: ['NOT_RELEASED'] });
    await eventually('it is there', async () => (await codesOf('2026-03-01')).length === 1);
    assert.deepEqual(await codesOf('2026-03-01'), ['NOT_RELEASED']);
  });

  it('is completed to the same bytes after a write that was cut short, or after it was taken away', async () => {
    for (let index = 0; index < 5; index += 1)
      control.decide('verdict', verdict(`c-${index}`, reason('SEAL_BROKEN', `seal ${index} — gãy`)), LATE);
    await start();
    await eventually('all are there', async () => (await codesOf('2026-03-01')).length === 5);
    await exchange?.stop();
    const path = join(folder, 'alerts/alerts-2026-03-01.jsonl');
    const whole = await readFile(path);
    const database = await openDatabase(join(folder, 'exchange.db'));
    // The power went in the middle of the fourth line, before it was recorded.
    await database.transaction((tx) => tx.run('UPDATE alert SET written = 0 WHERE number > 3'));
    await database.close();
    await truncate(path, whole.length - 300);
    await start();
    await eventually('it is whole again', async () => (await readFile(path)).equals(whole));
    await exchange?.stop();

    await rm(path);
    control.decide('verdict', verdict('c-5', reason('SEAL_BROKEN', 'seal 5')), LATE);
    await start();
    await eventually('all are there again', async () => (await codesOf('2026-03-01')).length === 6);
    assert.ok((await readFile(path)).subarray(0, whole.length).equals(whole));
  });

  it('is left alone when somebody else has written into it, and other days are told', async () => {
    control.decide('verdict', verdict('a', reason('SEAL_BROKEN')), LATE);
    await start();
    await eventually('it is there', async () => (await codesOf('2026-03-01')).length === 1);
    await exchange?.stop();
    const path = join(folder, 'alerts/alerts-2026-03-01.jsonl');
    const mixed = `${await readFile(path, 'utf8')}${'#'.repeat(2_000)}\n`;
    await writeFile(path, mixed);
    control.decide('verdict', verdict('b', reason('SEAL_BROKEN')), LATE);
    control.decide('verdict', verdict('c', reason('SEAL_BROKEN')), LATE + HOUR);
    await start();
    await eventually(
      'the next day is told all the same',
      async () => (await codesOf('2026-03-02')).length === 1,
    );
    assert.equal(await readFile(path, 'utf8'), mixed);
  });

  it('tells each alert once, in order, however often exchange is killed', async () => {
    const decisions = Array.from({ length: 1_500 }, (_, index) => ({
      type: 'verdict',
      body: verdict(`c-${index}`, reason('SEAL_BROKEN', `seal ${index}`)),
      at: LATE + index,
    }));
    const config = await configOf();
    let lines = 0;
    for (let starts = 0; starts < 4; starts += 1) {
      const child = await spawnExchange(config, folder, decisions);
      const before = lines;
      await eventually('more lines are there, or all', async () => {
        lines = (await codesOf('2026-03-01')).length;
        return lines > before || lines === 1_500;
      });
      await kill(child);
    }
    const last = await spawnExchange(config, folder, decisions);
    await eventually('all are there', async () => (await codesOf('2026-03-01')).length >= 1_500);
    await kill(last);
    assert.deepEqual(
      (await alertsOf('2026-03-01')).map(({ number, detail }) => `${number} ${detail}`),
      decisions.map((_, index) => `${index + 1} seal ${index}`),
    );
  }).timeout(60_000);
});
