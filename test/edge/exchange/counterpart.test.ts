import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openDatabase } from '../../../edge/exchange/database.ts';
import { ensureDevelopmentKeys } from '../../../edge/exchange/development-keys.ts';
import { startExchange } from '../../../edge/exchange/exchange.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { systemRandom } from '../../../edge/platform/random.ts';
import { verifyInclusion } from '../../../protocols/handover/merkle.ts';
import { inclusionPage } from '../../../protocols/handover/wire.ts';
import { createFakeControl, eventually, newFolder, removeFolders } from '../../support/exchange-world.ts';
import {
  clock,
  credentials,
  decide,
  type GateName,
  get,
  lineOf,
  linkOf,
  makeKeys,
  offer,
  received,
  type Side,
  type TwoExchanges,
  tell,
  twoExchanges,
  upTo,
} from '../../support/two-exchanges.ts';

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('exchange and the gate across the border', () => {
  let keys: Record<GateName, string>;
  let ours: Side;
  let theirs: Side;
  let both: TwoExchanges;
  const start = (side: Side): Promise<void> => both.start(side);
  const stop = (side: Side): Promise<void> => both.stop(side);
  const liveOf = (side: Side) => side.control.of('counterpart-live').at(-1);

  before(async () => {
    keys = await makeKeys();
  });
  beforeEach(async () => {
    both = await twoExchanges(keys);
    ({ ours, theirs } = both);
  });
  afterEach(() => both.close());
  after(removeFolders);

  it('each gate reads every record of the other once and in order, those from before the start included', async () => {
    decide(ours, 250);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the backlog is read', () => received(theirs).length === 250);
    decide(ours, 3);
    decide(theirs, 2);
    await eventually(
      'the new lines are read',
      () => received(theirs).length === 253 && received(ours).length === 2,
    );
    assert.deepEqual(received(theirs), upTo(253));
    assert.deepEqual(theirs.control.of('counterpart-record')[6], {
      type: 'counterpart-record',
      line: 7,
      record: offer(7),
    });
    assert.deepEqual(theirs.control.admitted.find(({ input }) => input.type === 'counterpart-record')?.from, {
      source: 'counterpart',
      id: 'counterpart:1',
      seq: 1,
    });
    assert.equal(linkOf(ours), true);
    assert.equal(linkOf(theirs), true);
  });

  it('a journal that grows faster than it can be read loses nothing', async () => {
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the link is up', () => linkOf(theirs) === true);
    for (let index = 0; index < 5_000; index += 1) {
      if (index % 1_000 === 0) decide(ours, 1);
      ours.control.decide('command', { index });
    }
    decide(ours, 1);
    await eventually('every line is read', () => received(theirs).length === 6);
    assert.deepEqual(received(theirs), upTo(6));
  });

  it('long words in a script of three bytes a letter are told in bites that the door takes', async () => {
    const text = Array.from({ length: 6 }, () => ({ lang: 'zh', text: '货'.repeat(1_000) }));
    for (let index = 0; index < 320; index += 1)
      tell(ours, { kind: 'recalled', move: `move-${index}`, code: 'OTHER', text });
    await Promise.all([start(ours), start(theirs)]);
    await eventually('every line is read', () => received(theirs).length === 320);
    assert.deepEqual(received(theirs), upTo(320));
  });

  it('a lost line to the other gate is told as link down, and reading goes on where it was', async () => {
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the link is up', () => linkOf(theirs) === true && liveOf(theirs)?.fresh === true);
    const port = ours.wire.to;
    ours.wire.to = undefined;
    ours.wire.cut();
    decide(ours, 2);
    await eventually('the link is down', () => linkOf(theirs) === false && liveOf(theirs)?.fresh === false);
    assert.deepEqual(liveOf(theirs), { type: 'counterpart-live', fresh: false, vehicles: {}, bays: {} });
    ours.wire.to = port;
    await eventually('the link is up again', () => linkOf(theirs) === true && received(theirs).length === 2);
  });

  it('live values of the other gate arrive on change only, and go stale when its control is away', async () => {
    theirs.control.live = {
      vehicles: { 'xe-9': { standing: true, locked: true, node: 'hn-bay-land' } },
      bays: { 'bay-land': { clear: false } },
      somethingNew: 1,
    };
    await Promise.all([start(ours), start(theirs)]);
    await eventually('live values arrive', () => liveOf(ours)?.fresh === true);
    assert.deepEqual(liveOf(ours)?.vehicles, {
      'xe-9': { standing: true, locked: true, node: 'hn-bay-land' },
    });
    const before = ours.control.of('counterpart-live').length;
    theirs.control.live = { vehicles: {}, bays: { 'bay-land': { clear: true } } };
    await eventually('the change arrives', () => liveOf(ours)?.bays['bay-land']?.clear === true);
    assert.equal(ours.control.of('counterpart-live').length, before + 1);

    theirs.control.down = true;
    await eventually('they are told as not fresh', () => liveOf(ours)?.fresh === false);
    assert.equal(linkOf(ours), true, 'the log itself can still be read');
  });

  it('a control that has restarted is told link and live values again', async () => {
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the link is up', () => linkOf(ours) === true && liveOf(ours)?.fresh === true);
    const links = ours.control.of('counterpart-link').length;
    const lives = ours.control.of('counterpart-live').length;
    ours.control.boot();
    await eventually(
      'both are told again',
      () =>
        ours.control.of('counterpart-link').length > links &&
        ours.control.of('counterpart-live').length > lives,
    );
  });

  it('loses and doubles no record when either side is killed and starts again from what was on disk', async () => {
    decide(ours, 30);
    let killed = false;
    theirs.control.beforeSubmit = (input) => {
      if (killed) throw new GateError('DOOR_DOWN', 'killed', 'Start again.');
      if (input.type === 'counterpart-record' && input.line === 11) killed = true;
    };
    await Promise.all([start(ours), start(theirs)]);
    await eventually('it died in the middle', () => killed);
    const images = { ours: await newFolder(), theirs: await newFolder() };
    await cp(theirs.folder, images.theirs, { recursive: true });
    await cp(ours.folder, images.ours, { recursive: true });
    await Promise.all([stop(ours), stop(theirs)]);

    theirs.control.beforeSubmit = () => undefined;
    theirs.folder = images.theirs;
    ours.folder = images.ours;
    decide(ours, 5);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('everything is read', () => received(theirs).length >= 35);
    assert.deepEqual(received(theirs), upTo(35));
  });

  it('a head is on disk before it is served', async () => {
    decide(ours, 3);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === 3);
    const image = await newFolder();
    await cp(ours.folder, image, { recursive: true });
    const [own, read] = await Promise.all([
      openDatabase(join(image, 'exchange.db')),
      openDatabase(join(theirs.folder, 'exchange.db')),
    ]);
    const stored = await own.get<{ jws: string }>('SELECT jws FROM own_head ORDER BY size DESC LIMIT 1');
    const follower = await read.get<{ value: string }>(
      `SELECT value FROM meta WHERE key = 'counterpart.follower'`,
    );
    assert.equal(JSON.parse(follower?.value ?? '{}').head, stored?.jws);
    await Promise.all([own.close(), read.close()]);
  });

  it('a lost exchange.db is rebuilt from the journal, and the other gate notices nothing', async () => {
    decide(ours, 120);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === 120);
    await stop(ours);
    ours.folder = await both.emptyFolder(ours);
    decide(ours, 1);
    await start(ours);
    await eventually('reading goes on', () => received(theirs).length === 121 && linkOf(theirs) === true);
    await eventually('and so does ours', () => linkOf(ours) === true);
  });

  it('a gate whose journal tells another history than it signed stops publishing and has no link', async () => {
    decide(ours, 5);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === 5);
    await stop(ours);
    ours.control.rollBack(0);
    ours.lines = 0;
    decide(ours, 3);
    await start(ours);
    await eventually('it stands alone', () => linkOf(ours) === false && linkOf(theirs) === false);
    decide(ours, 9);
    decide(theirs, 1);
    await eventually('it still reads', () => received(ours).length === 1);
    assert.equal(linkOf(ours), false);
    assert.deepEqual(received(theirs), upTo(5));
  });

  it('a gate that lost journal and database is stopped by what the other side has seen', async () => {
    decide(ours, 5);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === 5);
    await stop(ours);
    ours.folder = await both.emptyFolder(ours);
    ours.control = createFakeControl();
    await start(ours);
    await eventually('it has no link', () => linkOf(ours) === false);
    await eventually('nor has the other side', () => linkOf(theirs) === false);
  });

  it('a counterpart that rewrote its past is read no more; the evidence is kept and nothing else breaks', async () => {
    decide(ours, 5);
    await Promise.all([start(ours), start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === 5);
    await stop(ours);
    // As if by a dishonest operator: database gone, another journal, the same keys. Its witness check is cheated as well
    // by never reading the other side.
    ours.folder = await both.emptyFolder(ours);
    ours.control = createFakeControl();
    ours.control.decide('handover', {
      line: 1,
      data: lineOf('huu-nghi', 1, { kind: 'offer-withdrawn', move: 'x' }),
    });
    ours.lines = 1;
    decide(ours, 8);
    const port = theirs.wire.to;
    theirs.wire.to = undefined;
    theirs.wire.cut();
    await start(ours);
    const evidence = (): Promise<string[]> => readdir(join(theirs.folder, 'evidence')).catch(() => []);
    await eventually('the evidence is kept', async () => (await evidence()).length === 1);
    await eventually('the link is down', () => linkOf(theirs) === false);
    const [file = ''] = await evidence();
    const kept = JSON.parse(await readFile(join(theirs.folder, 'evidence', file), 'utf8'));
    assert.equal(kept.fault.kind, 'altered-line');
    assert.equal(kept.verified.size, 5);
    assert.deepEqual(received(theirs), upTo(5));
    theirs.wire.to = port;
    decide(theirs, 1);
    await eventually('its own log is still served', () => received(ours).length === 1);
  });

  describe('the door to the outside', () => {
    it('refuses a client without a certificate, and one of another authority', async () => {
      await start(ours);
      const ca = await readFile(join(ours.folder, 'keys/ca.cert.pem'));
      const trusting = { ca, servername: 'huu-nghi', path: '/head' };
      await assert.rejects(get(ours.exchange?.port, trusting));
      const stranger = await newFolder();
      await ensureDevelopmentKeys(stranger, { gate: 'huu-nghi-quan' });
      await assert.rejects(get(ours.exchange?.port, { ...trusting, ...(await credentials(stranger)) }));
      assert.equal(
        (await get(ours.exchange?.port, { ...trusting, ...(await credentials(theirs.folder)) })).status,
        200,
      );
    });

    it('refuses a certificate of the right authority that names another gate', async () => {
      // Trusts its own authority here, and so meets a certificate that names itself instead of the counterpart.
      await cp(join(ours.folder, 'keys/ca.cert.pem'), join(ours.folder, 'keys/counterpart.ca.pem'));
      await start(ours);
      const ca = await readFile(join(ours.folder, 'keys/ca.cert.pem'));
      const answer = await get(ours.exchange?.port, {
        ca,
        servername: 'huu-nghi',
        path: '/log',
        ...(await credentials(ours.folder)),
      });
      assert.equal(answer.status, 403);
    });

    it('can only be read', async () => {
      await start(ours);
      const ca = await readFile(join(ours.folder, 'keys/ca.cert.pem'));
      const options = { ca, servername: 'huu-nghi', ...(await credentials(theirs.folder)) };
      const status = async (path: string, method = 'GET') =>
        (await get(ours.exchange?.port, { ...options, path, method })).status;
      assert.equal(await status('/log', 'POST'), 405);
      assert.equal(await status('/journal'), 404);
      assert.equal(await status('/log?after=-1'), 400);
      await eventually(
        'it is level with the journal and published',
        async () => (await status('/log?after=0&waitMs=10')) === 200,
      );
      assert.equal(await status('/live'), 200);
    });

    it('has another beside it for auditors: heads and proofs, and no line; neither’s certificates count at the other', async () => {
      const auditor = await newFolder();
      await ensureDevelopmentKeys(auditor, { gate: 'huu-nghi-quan' });
      await cp(join(auditor, 'keys/ca.cert.pem'), join(ours.folder, 'keys/auditors.ca.pem'));
      const port = await freePort();
      ours.counterpart = {
        auditors: { listen: { host: '127.0.0.1', port }, trustFile: 'keys/auditors.ca.pem' },
      };
      decide(ours, 3);
      await start(ours);
      const ca = await readFile(join(ours.folder, 'keys/ca.cert.pem'));
      const trusting = { ca, servername: 'huu-nghi' };
      const own = { ...trusting, ...(await credentials(auditor)) };
      const status = async (path: string, method = 'GET') =>
        (await get(port, { ...own, path, method })).status;
      await eventually('it is published', async () => (await status('/head')) === 200);
      const { body } = await get(port, { ...own, path: '/inclusion?line=2&size=3' });
      assert.ok(verifyInclusion({ ...inclusionPage.parse(JSON.parse(body)), index: 1 }));
      assert.equal(await status('/consistency?from=1&to=3'), 200);
      for (const path of ['/log', '/log?after=0&reads=2', '/copy', '/live'])
        assert.equal(await status(path), 404);
      assert.equal(await status('/head', 'POST'), 405);

      const counterpart = { ...trusting, ...(await credentials(theirs.folder)), path: '/head' };
      await assert.rejects(get(port, counterpart));
      assert.equal((await get(ours.exchange?.port, counterpart)).status, 200);
      await assert.rejects(get(ours.exchange?.port, { ...own, path: '/log' }), 'though it names the gate');
    });

    it('says so when its address is taken', async () => {
      await start(ours);
      const config = await both.configFor(theirs);
      config.counterpart.listen.port = ours.exchange?.port ?? 0;
      const second = startExchange({
        config,
        dataDir: theirs.folder,
        door: theirs.control.door,
        clock,
        random: systemRandom,
        log: silentLog,
      });
      await assert.rejects(
        second,
        (error: unknown) => error instanceof GateError && error.code === 'LISTEN_FAILED',
      );
    });
  });
});
