import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { openDatabase, openDatabaseReadOnly } from '../../../../edge/exchange/database.ts';
import type { Exchange } from '../../../../edge/exchange/exchange.ts';
import { ed25519Verifier } from '../../../../edge/exchange/keys.ts';
import { createOutbox, outboxStatus } from '../../../../edge/exchange/outbox/outbox.ts';
import { MIGRATIONS } from '../../../../edge/exchange/schema.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { GateError } from '../../../../edge/platform/errors.ts';
import { isoWithOffset } from '../../../../protocols/time.ts';
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
  type FakeCustoms,
  newFolder,
  removeFolders,
} from '../../../support/exchange-world.ts';

const START = Date.UTC(2026, 2, 1, 1);
const report = (number: number, container: string, kind: 'get-in' | 'get-out' = 'get-in') => ({
  reportId: `r-${number}`,
  kind,
  container,
  declarations: [`D-${container}`],
  eventTime: isoWithOffset(START + number * 60_000, '+07:00'),
  crossing: `c-${container}`,
});

describe('reports of get-in and get-out', () => {
  let control: FakeControl;
  let customs: FakeCustoms;
  let server: CustomsServer;
  let folder: string;
  let running: Exchange[];

  const start = async (): Promise<Exchange> => {
    const exchange = await startWith(await configWith(server.url), folder, control);
    running.push(exchange);
    return exchange;
  };
  const arrived = (): string[] => customs.reports.map(({ reportId }) => reportId);
  const status = async () => {
    const database = await openDatabaseReadOnly(join(folder, 'exchange.db'));
    try {
      return await outboxStatus(database);
    } finally {
      await database.close();
    }
  };
  const settled = async (): Promise<boolean> =>
    (await status()).counts.every(({ state }) => state !== 'waiting');

  beforeEach(async () => {
    control = createFakeControl();
    customs = createFakeCustoms();
    server = await startCustoms({ port: 0, model: customs, clock: systemClock });
    running = [];
    folder = await folderWithKeys();
  });
  afterEach(async () => {
    await Promise.all(running.map((exchange) => exchange.stop()));
    await server.stop();
  });
  after(async () => {
    forgetKeys();
    await removeFolders();
  });

  it('go on for all containers but the one that customs cannot take now, and for that one in order', async () => {
    server.faults.failing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    control.decide('customs-report', report(2, 'BOX2'));
    control.decide('customs-report', report(3, 'BOX1', 'get-out'));
    control.decide('customs-report', report(4, 'BOX3'));
    control.decide('customs-report', report(5, 'BOX2', 'get-out'));
    await start();
    await eventually('the others are through', () => arrived().length === 3);
    assert.deepEqual(arrived(), ['r-2', 'r-4', 'r-5']);
    server.faults.failing.clear();
    await eventually('that one is through', () => arrived().length === 5);
    assert.deepEqual(arrived().slice(3), ['r-1', 'r-3']);
  });

  it('go on although several containers fail for good reasons of their own', async () => {
    for (let box = 0; box < 5; box += 1) server.faults.failing.add(`BAD${box}`);
    for (let box = 0; box < 5; box += 1) control.decide('customs-report', report(box, `BAD${box}`));
    for (let box = 5; box < 25; box += 1) control.decide('customs-report', report(box, `BOX${box}`));
    await start();
    await eventually('all others are through', () => arrived().length === 20);
    assert.deepEqual(
      arrived(),
      Array.from({ length: 20 }, (_, index) => `r-${index + 5}`),
    );
  });

  it('are not doubled when the answers about one container are lost, nor do they hold up others', async () => {
    server.faults.losingAnswers.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    control.decide('customs-report', report(2, 'BOX1', 'get-out'));
    control.decide('customs-report', report(3, 'BOX2'));
    await start();
    await eventually('the first is told several times', () => (server.requests.get('r-1') ?? 0) >= 3);
    assert.deepEqual(arrived(), ['r-1', 'r-3']);
    server.faults.losingAnswers.clear();
    await eventually('all are settled', settled);
    assert.deepEqual(arrived(), ['r-1', 'r-3', 'r-2']);
  });

  it('that customs refused stay on record with the reason, and those behind them go on', async () => {
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await eventually('it is refused', async () => (await status()).refusals.length === 1);
    server.faults.refusing.clear();
    control.decide('customs-report', report(2, 'BOX1', 'get-out'));
    await eventually('the next arrives', () => arrived().length === 1);
    await eventually('it is settled', settled);
    assert.deepEqual(arrived(), ['r-2']);
    const { counts, refusals } = await status();
    assert.deepEqual(counts, [
      { destination: 'customs', kind: 'report', state: 'taken', count: 1 },
      { destination: 'customs', kind: 'report', state: 'refused', count: 1 },
    ]);
    assert.deepEqual(refusals, [
      {
        destination: 'customs',
        kind: 'report',
        key: 'r-1',
        container: 'BOX1',
        answer: '422 {"error":"BOX1 is not under supervision"}',
      },
    ]);
    assert.equal(server.requests.get('r-1'), 1);
  });

  it('of a day without customs, a thousand of them, arrive each once, in order for each container, with their true times', async () => {
    server.faults.unavailable = true;
    await start();
    const reports = Array.from({ length: 1_000 }, (_, number) =>
      // Each container enters, and leaves some hours later.
      report(number, `BOX${number % 500}`, number < 500 ? 'get-in' : 'get-out'),
    );
    for (const one of reports) control.decide('customs-report', one);
    await eventually('all wait', async () => {
      const { counts } = await status();
      return counts.some(({ state, count }) => state === 'waiting' && count === 1_000);
    });
    server.faults.unavailable = false;
    await eventually('all have arrived', () => customs.reports.length === 1_000, 60_000);
    await eventually('all are settled', settled);
    const told = (list: readonly { reportId: string }[]) => new Map(list.map((one) => [one.reportId, one]));
    assert.deepEqual(told(customs.reports), told(reports.map(({ crossing: _, ...one }) => one)));
    for (const container of new Set(reports.map((one) => one.container))) {
      const kinds = customs.reports.filter((one) => one.container === container).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['get-in', 'get-out'], container);
    }
  }).timeout(70_000);

  it('survive that exchange is killed between sending one and knowing it was taken, again and again', async () => {
    const decisions = Array.from({ length: 12 }, (_, number) => ({
      type: 'customs-report',
      body: report(number, `BOX${number % 3}`),
    }));
    await server.stop();
    let kills = 0;
    let child: Awaited<ReturnType<typeof spawnExchange>> | undefined;
    server = await startCustoms({
      port: 0,
      model: customs,
      clock: systemClock,
      onTaken({ reportId }) {
        // Customs has it, and exchange will never read the answer.
        if (!['r-0', 'r-4', 'r-9'].includes(reportId) || kills === 3 || child === undefined) return;
        kills += 1;
        child.kill('SIGKILL');
      },
    });
    const config = await configWith(server.url);
    for (let starts = 0; starts < 4; starts += 1) {
      child = await spawnExchange(config, folder, decisions);
      const { exitCode } = child;
      const dead = (): boolean => child?.signalCode === 'SIGKILL';
      await eventually('it is killed, or all is sent', async () => dead() || (await settledCount()) === 12);
      assert.equal(exitCode, null);
      await kill(child);
    }
    assert.equal(kills, 3);
    assert.deepEqual(
      arrived().toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))),
      decisions.map(({ body }) => body.reportId),
    );
    for (const box of ['BOX0', 'BOX1', 'BOX2']) {
      const times = customs.reports.filter(({ container }) => container === box).map((one) => one.eventTime);
      assert.deepEqual(times, times.toSorted());
    }
  }).timeout(60_000);

  const settledCount = async (): Promise<number> => {
    try {
      return (await status()).counts
        .filter(({ state }) => state === 'taken')
        .reduce((sum, { count }) => sum + count, 0);
    } catch (error) {
      // Not there yet, or still being made.
      assert.ok(error instanceof Error);
      return 0;
    }
  };

  it('are signed where a key is configured, and a service that checks takes them', async () => {
    await server.stop();
    const publicKey = createPublicKey(await readFile(join(folder, 'keys/signing.pub.pem')));
    server = await startCustoms({
      port: 0,
      model: customs,
      clock: systemClock,
      reportVerifier: ed25519Verifier(publicKey),
    });
    control.decide('customs-report', report(1, 'BOX1'));
    const unsigned = await start();
    await eventually('it is asked for', () => (server.requests.get('r-1') ?? 0) >= 1);
    await unsigned.stop();
    assert.deepEqual(arrived(), []);

    const config = await configWith(server.url);
    config.customs.reportKeyFile = 'keys/signing.key.pem';
    running.push(await startWith(config, folder, control));
    await eventually('it is taken', () => arrived().length === 1);
  });

  it('of a container under transit tell its office of passage as well, with the seals that were seen', async () => {
    const database = await openDatabase(join(folder, 'exchange.db'));
    const mrn = '26VN00000000000001';
    const body = JSON.stringify({ container: 'BOX1', kind: 'transit', status: 'released', mrn });
    await database.transaction((tx) =>
      tx.run(
        `INSERT INTO clearance (declaration, container, version, feed, as_of, body) VALUES (?, ?, 1, 'customs', 0, ?)`,
        'D',
        'BOX1',
        body,
      ),
    );
    await database.close();
    control.decide('customs-report', { ...report(1, 'BOX1'), seals: ['VN1'] });
    control.decide('customs-report', report(2, 'BOX2'));
    control.decide('customs-report', report(3, 'BOX1', 'get-out'));
    const config = await configWith(server.url, { transit: { office: 'VN15B100' } });
    running.push(await startWith(config, folder, control));
    await eventually('both passages are told', () => server.passages.length === 2);
    const [passage, way] = server.passages;
    assert.deepEqual(passage, {
      passageId: `r-1-${mrn}`,
      mrn,
      office: 'VN15B100',
      kind: 'get-in',
      container: 'BOX1',
      eventTime: report(1, 'BOX1').eventTime,
      seals: ['VN1'],
    });
    assert.deepEqual([way?.kind, way?.seals], ['get-out', undefined]);
    assert.deepEqual(arrived(), ['r-1', 'r-2', 'r-3']);
  });

  it('are not sent at all when the key that is to sign them is missing', async () => {
    const config = await configWith(server.url);
    config.customs.reportKeyFile = 'keys/nowhere.pem';
    await assert.rejects(
      startWith(config, folder, control),
      (error: unknown) => error instanceof GateError && error.code === 'KEY_UNREADABLE',
    );
  });

  it('tell a person when the journal uses an id again for something else', async () => {
    control.decide('customs-report', report(1, 'BOX1'));
    control.decide('customs-report', { ...report(1, 'BOX2'), kind: 'get-out' });
    await start();
    await eventually(
      'both are settled',
      async () => (await status()).refusals.length === 1 && (await settled()),
    );
    assert.deepEqual(arrived(), ['r-1']);
    assert.match((await status()).refusals[0]?.answer ?? '', /another one of this key/);
  });

  it('wait as long as customs asks when it says that there are too many', async () => {
    server.faults.retryAfterS = 3_600;
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await eventually('it was told to wait', () => server.requests.get('r-1') === 1);
    server.faults.retryAfterS = undefined;
    // The list is still read meanwhile: a booking comes through.
    customs.list({
      type: 'booking',
      bookingId: 'b-1',
      direction: 'export',
      container: 'BOX1',
      truckPlate: '12C-123.45',
      declarations: [],
      grossKg: 1,
      seals: [],
    });
    await eventually('the list is read', () => control.of('booking').length === 1);
    assert.equal(server.requests.get('r-1'), 1);
  });
});

describe('the outbox', () => {
  after(removeFolders);

  it('takes over the reports of an earlier release, in their order', async () => {
    const path = join(await newFolder(), 'exchange.db');
    const old = new sqlite3.Database(path);
    await new Promise<void>((resolve, reject) => {
      old.exec(
        `${MIGRATIONS[0]} PRAGMA user_version = 1;
         INSERT INTO report (report_id, body, state, answer) VALUES
           ('r-1', '{"SoContainer":"BOX1"}', 'taken', '201'),
           ('r-2', '{"SoContainer":"BOX2"}', 'waiting', NULL),
           ('r-3', '{"SoContainer":"BOX1"}', 'waiting', NULL);`,
        (error) => (error ? reject(error) : resolve()),
      );
    });
    await new Promise<void>((resolve, reject) => {
      old.close((error) => (error ? reject(error) : resolve()));
    });
    const database = await openDatabase(path);
    const outbox = createOutbox(database);
    const first = await outbox.next('customs', []);
    assert.deepEqual([first?.key, first?.container, first?.kind], ['r-2', 'BOX2', 'report']);
    assert.equal((await outbox.next('customs', ['BOX2']))?.key, 'r-3');
    assert.equal(await outbox.next('customs', ['BOX2', 'BOX1']), undefined);
    await database.close();
  });
});
