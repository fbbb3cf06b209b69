import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { createMirror, type Mirror } from '../../../edge/exchange/customs/mirror.ts';
import { openDatabase } from '../../../edge/exchange/database.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../../edge/exchange/development-keys.ts';
import { type Exchange, startExchange } from '../../../edge/exchange/exchange.ts';
import { type Clock, systemClock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { systemRandom } from '../../../edge/platform/random.ts';
import { readChanges } from '../../../protocols/clearance/reading.ts';
import { CHANGES_PER_PAGE } from '../../../protocols/clearance/wire.ts';
import type { ListedChange } from '../../../protocols/clearance/words.ts';
import { writeChange } from '../../../protocols/clearance/writing.ts';
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

const report = (reportId: string) => ({
  reportId,
  kind: 'get-in',
  container: 'CSQU3054383',
  declarations: ['D-CSQU3054383'],
  eventTime: '2026-03-01T08:00:00.000+07:00',
  crossing: 'c-1',
});

describe('exchange and customs', () => {
  let keysFolder: string;
  let control: FakeControl;
  let customs: FakeCustoms;
  let server: CustomsServer;
  let running: Exchange[];
  let folder: string;
  /** Added to customs' clock. */
  let customsAheadMs: number;

  const customsClock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + customsAheadMs };
  const start = async (dataDir = folder): Promise<Exchange> => {
    const config = await configOf('huu-nghi');
    config.customs = { ...config.customs, url: server.url, pollMs: 10 };
    // Nobody is on the other side in these tests.
    config.counterpart = {
      ...config.counterpart,
      url: 'https://127.0.0.1:9',
      listen: { host: '127.0.0.1', port: 0 },
    };
    const exchange = await startExchange({
      config,
      dataDir,
      door: control.door,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    });
    running.push(exchange);
    return exchange;
  };
  /** What control was told by customs, in short. */
  const told = (): string[] =>
    control.admitted
      .filter(({ from }) => from.source === 'customs')
      .map(({ input }) => {
        if (input.type === 'booking') return `booking ${input.container}`;
        if (input.type === 'clearance') return `${input.container} ${input.status} ${input.version}`;
        return input.type;
      });
  const toldChanges = (): string[] => told().filter((one) => one !== 'customs-feed');

  before(async () => {
    keysFolder = await newFolder();
    const other = await newFolder();
    await ensureDevelopmentKeys(keysFolder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(keysFolder, other);
  });
  beforeEach(async () => {
    control = createFakeControl();
    customs = createFakeCustoms();
    customsAheadMs = 0;
    server = await startCustoms({ port: 0, model: customs, clock: customsClock });
    running = [];
    folder = await newFolder();
    await cp(keysFolder, folder, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(running.map((exchange) => exchange.stop()));
    await server.stop();
  });
  after(removeFolders);

  it('tells control of booked containers only, and of each later change', async () => {
    customs.list(clearance('AAAU0000001', 1));
    customs.list(clearance('CSQU3054383', 1, 'registered'));
    customs.list(booking('CSQU3054383'));
    await start();
    await eventually('the list as it stands is told', () => toldChanges().length === 2);
    customs.list(clearance('CSQU3054383', 2, 'released'));
    customs.list(clearance('AAAU0000001', 2, 'withdrawn'));
    await eventually('the change is told', () => toldChanges().length === 3);
    assert.deepEqual(toldChanges(), [
      'booking CSQU3054383',
      'CSQU3054383 registered 1',
      'CSQU3054383 released 2',
    ]);
  });

  it('numbers what it tells without gaps, each under its own id', async () => {
    for (let index = 0; index < 40; index += 1) customs.list(booking(`BOX${index}`));
    await start();
    await eventually('all bookings are told', () => toldChanges().length === 40);
    const from = control.admitted.map((one) => one.from).filter(({ source }) => source === 'customs');
    from.forEach(({ id, seq }, index) => {
      assert.equal(seq, index + 1);
      assert.equal(id, `customs:${index + 1}`);
    });
  });

  it('confirms the list after its changes, then only when customs’ own time has moved by ten seconds', async () => {
    customs.list(booking('CSQU3054383'));
    await start();
    await eventually('it is confirmed', () => told().includes('customs-feed'));
    assert.deepEqual(told(), ['booking CSQU3054383', 'customs-feed']);

    customs.list(booking('BOX1'));
    await eventually('the next booking is told', () => told().length === 3);
    assert.equal(told().at(-1), 'booking BOX1');

    customsAheadMs = 10_000;
    customs.list(booking('BOX2'));
    await eventually('it is confirmed anew', () => told().length === 5);
    assert.deepEqual(told().slice(3), ['booking BOX2', 'customs-feed']);
    const [first, second] = control.of('customs-feed');
    assert.ok(first && second && second.asOf >= first.asOf + 10_000);
  });

  it('answers when control asks for a container without a booking, and keeps telling of it', async () => {
    customs.list(clearance('CSQU3054383', 1));
    await start();
    await eventually('the list is read', () => told().includes('customs-feed'));
    control.decide('ask-clearance', { container: 'CSQU3054383' });
    await eventually('the answer is told', () => toldChanges().length === 1);
    customs.list(clearance('CSQU3054383', 2, 'withdrawn'));
    await eventually('the change is told', () => toldChanges().length === 2);
    assert.deepEqual(toldChanges(), ['CSQU3054383 released 1', 'CSQU3054383 withdrawn 2']);
  });

  it('goes on by itself after customs was unavailable, and confirms the list at once', async () => {
    server.faults.unavailable = true;
    await start();
    customs.list(booking('CSQU3054383'));
    server.faults.unavailable = false;
    await eventually('the booking is told', () => told().includes('customs-feed'));
    assert.deepEqual(told(), ['booking CSQU3054383', 'customs-feed']);
  });

  it('does not confirm a list with an unreadable change, passes on the rest, and recovers when customs corrects it', async () => {
    customs.list(clearance('CSQU3054383', 1));
    customs.list(booking('CSQU3054383'));
    server.faults.unreadable.add(0);
    await start();
    await eventually('the booking is told', () => toldChanges().length === 1);
    customs.list(booking('BOX1'));
    await eventually('the next booking is told', () => toldChanges().length === 2);
    assert.ok(!told().includes('customs-feed'));

    await running[0]?.stop();
    server.faults.unreadable.clear();
    await start();
    await eventually('the list is confirmed', () => told().includes('customs-feed'));
    assert.deepEqual(toldChanges(), ['booking CSQU3054383', 'booking BOX1', 'CSQU3054383 released 1']);
  });

  it('reads a list to its end that fills its last page to the brim', async () => {
    customs.list(booking('BOX1'));
    for (let index = 1; index < CHANGES_PER_PAGE; index += 1) customs.list(clearance(`BOX${index}`, 1));
    await start();
    await eventually('the list is confirmed', () => told().includes('customs-feed'));
    assert.deepEqual(told(), ['booking BOX1', 'BOX1 released 1', 'customs-feed']);
  });

  it('sends reports in order, each once, even when the answers are lost', async () => {
    server.faults.answersLost = true;
    await start();
    control.decide('customs-report', report('r-1'));
    control.decide('customs-report', report('r-2'));
    await eventually('the first report arrives', () => customs.reports.length === 1);
    server.faults.answersLost = false;
    await eventually('the second report arrives', () => customs.reports.length === 2);
    const { crossing: _, ...first } = report('r-1');
    assert.deepEqual(customs.reports[0], first);
    assert.deepEqual(
      customs.reports.map(({ reportId }) => reportId),
      ['r-1', 'r-2'],
    );
  });

  it('lets a report interrupt a waiting poll', async () => {
    await start();
    await eventually('the list is read', () => told().includes('customs-feed'));
    const sinceMs = performance.now();
    control.decide('customs-report', report('r-1'));
    await eventually('the report arrives', () => customs.reports.length === 1);
    assert.ok(performance.now() - sinceMs < 3_000, 'a poll waits ten seconds');
  });

  it('sets a report aside that customs refuses for good, and sends those behind it', async () => {
    await start();
    control.decide('customs-report', { ...report('r-1'), eventTime: 'yesterday' });
    control.decide('customs-report', report('r-2'));
    await eventually('the good report arrives', () => customs.reports.length === 1);
    assert.equal(customs.reports[0]?.reportId, 'r-2');
  });

  it('loses and doubles nothing when it is killed at any moment and starts from what was on disk', async () => {
    const image = await newFolder();
    let killed = false;
    control.beforeSubmit = (input) => {
      if (killed) throw new GateError('DOOR_DOWN', 'killed', 'Start again.');
      // Dies after control has taken the third booking, before it can know.
      if (input.type === 'booking' && input.container === 'BOX2') killed = true;
    };
    for (let index = 0; index < 30; index += 1) customs.list(booking(`BOX${index}`));
    server.faults.answersLost = true;
    control.decide('customs-report', report('r-1'));
    const first = await start();
    await eventually('it died', () => killed && customs.reports.length === 1);
    await cp(folder, image, { recursive: true });
    await first.stop();

    control.beforeSubmit = () => undefined;
    server.faults.answersLost = false;
    control.decide('customs-report', report('r-2'));
    customs.list(booking('BOX30'));
    await start(image);
    await eventually('everything is told', () => toldChanges().length >= 31 && customs.reports.length === 2);
    assert.deepEqual(
      toldChanges(),
      Array.from({ length: 31 }, (_, index) => `booking BOX${index}`),
    );
    assert.deepEqual(
      customs.reports.map(({ reportId }) => reportId),
      ['r-1', 'r-2'],
    );
  });

  it('tells everything again when control was restored from a backup', async () => {
    customs.list(booking('CSQU3054383'));
    customs.list(clearance('CSQU3054383', 1));
    await start();
    await eventually('the list is told', () => told().includes('customs-feed'));
    await eventually('what was told is on record', () => control.entries.length >= 3);
    control.rollBack(0);
    control.boot();
    customs.list(booking('BOX1'));
    await eventually('it is told again', () => toldChanges().length === 3);
    assert.deepEqual(
      new Set(toldChanges()),
      new Set(['booking CSQU3054383', 'CSQU3054383 released 1', 'booking BOX1']),
    );
  });

  it('refuses to start without the token that its configuration names', async () => {
    const config = await configOf('huu-nghi');
    config.customs = { ...config.customs, url: server.url, tokenFile: 'keys/customs.token' };
    await assert.rejects(
      startExchange({
        config,
        dataDir: folder,
        door: control.door,
        clock: systemClock,
        random: systemRandom,
        log: silentLog,
      }),
      (error: unknown) => error instanceof GateError && error.code === 'TOKEN_UNREADABLE',
    );
  });
});

describe('the mirror of customs', () => {
  after(removeFolders);

  it('tells of a container that is asked about its newest booking only: with the older ones it has come and gone', async () => {
    const database = await openDatabase(`${await newFolder()}/exchange.db`);
    const mirror = createMirror(database);
    const changes = [writeChange(booking('BOX1', 'b1')), writeChange(booking('BOX1', 'b2'))];
    await mirror
      .feed('customs', readChanges)
      .ingest('', { cursor: '1', asOf: 0, changes }, { moveOn: true, last: true });
    const told = await mirror.reserve(0, 10);
    const delivered = told.at(-1)?.seq ?? 0;
    await database.transaction((tx) => mirror.ask(tx, 'BOX1'));
    assert.deepEqual(
      (await mirror.reserve(delivered, 10)).map(({ input }) => input.type === 'booking' && input.bookingId),
      ['b2'],
    );
    await database.close();
  });

  it('lets a withdrawal overtake what still waits, and forgets what a newer state replaced', async () => {
    const database = await openDatabase(`${await newFolder()}/exchange.db`);
    const mirror = createMirror(database);
    const feed = mirror.feed('customs', readChanges);
    const wire = async (...changes: unknown[]) =>
      feed.ingest('', { cursor: '1', asOf: 0, changes }, { moveOn: true, last: true });

    await wire(writeChange(booking('BOX1')), writeChange(booking('BOX2')));
    await wire(writeChange(clearance('BOX1', 1)), writeChange(clearance('BOX2', 1, 'registered')));
    await feed.confirm(5);
    await wire(writeChange(clearance('BOX2', 2)), writeChange(clearance('BOX1', 2, 'withdrawn')));
    // Told again, and older news: neither is news.
    assert.equal((await wire(writeChange(clearance('BOX1', 1)), writeChange(booking('BOX1')))).queued, false);

    const inputs = (await mirror.reserve(0, 10)).map(({ seq, input }) =>
      input.type === 'clearance' ? `${seq} ${input.container} ${input.status}` : `${seq} ${input.type}`,
    );
    assert.deepEqual(inputs, [
      '1 BOX1 withdrawn',
      '2 booking',
      '3 booking',
      '4 BOX2 released',
      '5 customs-feed',
    ]);
    assert.deepEqual(
      (await mirror.reserve(2, 10)).map(({ seq }) => seq),
      [3, 4, 5],
    );
    await database.close();
  });
});

describe('the first load of a long list', () => {
  after(removeFolders);

  const page = (cursor: number, ...changes: ListedChange[]) => ({
    cursor: `${cursor}`,
    asOf: cursor,
    changes: changes.map(writeChange),
  });
  const toldOf = async (mirror: Mirror): Promise<string[]> =>
    (await mirror.reserve(0, 100)).map(({ input }) =>
      input.type === 'clearance' ? `${input.container} ${input.status} ${input.version}` : input.type,
    );

  it('tells what concerns control when its end is reached, of each row the newest', async () => {
    const database = await openDatabase(`${await newFolder()}/exchange.db`);
    const mirror = createMirror(database);
    const feed = mirror.feed('customs', readChanges);
    await feed.ingest('', page(1, booking('BOX1'), clearance('BOX1', 1), clearance('BOX2', 2)), {
      moveOn: true,
      last: false,
    });
    await database.transaction((tx) => mirror.ask(tx, 'BOX2'));
    await feed.ingest('1', page(2, clearance('BOX1', 2, 'withdrawn'), clearance('BOX3', 1)), {
      moveOn: true,
      last: false,
    });
    assert.deepEqual(await toldOf(mirror), ['booking']);
    await feed.ingest('2', page(3, clearance('BOX2', 1, 'registered'), clearance('BOX1', 2)), {
      moveOn: true,
      last: true,
    });
    assert.deepEqual(await toldOf(mirror), ['booking', 'BOX1 withdrawn 2', 'BOX2 released 2']);
    const rows = await database.all<{ n: number }>('SELECT COUNT(*) AS n FROM clearance');
    assert.deepEqual(rows, [{ n: 3 }]);
    await feed.ingest('3', page(4, clearance('BOX2', 3, 'withdrawn')), { moveOn: true, last: true });
    assert.ok((await toldOf(mirror)).includes('BOX2 withdrawn 3'));
    await database.close();
  });

  it('goes on after the process was killed in the middle of it', async () => {
    const path = `${await newFolder()}/exchange.db`;
    const first = await openDatabase(path);
    await createMirror(first)
      .feed('customs', readChanges)
      .ingest('', page(1, clearance('BOX1', 1)), { moveOn: true, last: false });
    await first.close();
    const database = await openDatabase(path);
    const mirror = createMirror(database);
    const feed = mirror.feed('customs', readChanges);
    assert.equal(await feed.cursor(), '1');
    await feed.ingest('1', page(2, clearance('BOX1', 2), booking('BOX1')), { moveOn: true, last: true });
    assert.deepEqual(await toldOf(mirror), ['booking', 'BOX1 released 2']);
    await database.close();
  });
});
