import assert from 'node:assert/strict';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { createMirror } from '../../../edge/exchange/customs/mirror.ts';
import { getMeta, openDatabase } from '../../../edge/exchange/database.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../edge/exchange/schema.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { readChanges } from '../../../protocols/clearance/reading.ts';
import { writeChange } from '../../../protocols/clearance/writing.ts';
import { booking, clearance, newFolder, removeFolders } from '../../support/exchange-world.ts';

/** Runs statements on a file, as another program would. */
const execute = (path: string, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const raw = new sqlite3.Database(path, (opened) => {
      if (opened) return reject(opened);
      raw.exec(sql, (error) => raw.close(() => (error ? reject(error) : resolve())));
    });
  });

describe('the database of exchange', () => {
  after(removeFolders);

  it('of the first release keeps everything when it is opened by this one', async () => {
    const path = join(await newFolder(), 'exchange.db');
    const [first = ''] = MIGRATIONS;
    const text = (value: unknown): string => `'${JSON.stringify(value)}'`;
    await execute(
      path,
      `${first} PRAGMA user_version = 1;
       INSERT INTO meta VALUES ('customs.cursor', '17'), ('customs.delivered', '3');
       INSERT INTO booking VALUES ('b-BOX1', 'BOX1', ${text(booking('BOX1'))});
       INSERT INTO clearance VALUES ('D-BOX1', 'BOX1', 2, ${text(clearance('BOX1', 2, 'withdrawn'))});
       INSERT INTO watched VALUES ('BOX1');
       INSERT INTO pending (key, priority, seq, body) VALUES ('booking:b-BOX1', 1, 4, ${text(booking('BOX1'))});
       INSERT INTO aside VALUES ('5', 'unreadable');
       INSERT INTO report (report_id, body, state) VALUES ('r-1', '{"SoContainer":"BOX1"}', 'waiting');
       INSERT INTO own_line VALUES (1, 'line');`,
    );

    const database = await openDatabase(path);
    const mirror = createMirror(database);
    const feed = mirror.feed('customs', readChanges);
    assert.equal(
      (await database.get<{ user_version: number }>('PRAGMA user_version'))?.user_version,
      SCHEMA_VERSION,
    );
    assert.equal(await feed.cursor(), '17');
    assert.equal(await feed.pageSetAside(), '5');
    assert.equal((await database.get<{ data: string }>('SELECT data FROM own_line'))?.data, 'line');
    assert.deepEqual(await database.all('SELECT destination, kind, key, container, state FROM outbox'), [
      { destination: 'customs', kind: 'report', key: 'r-1', container: 'BOX1', state: 'waiting' },
    ]);
    // An old release told again does not come back to life, and what waited goes out under its number.
    const page = { cursor: '18', asOf: 1, changes: [writeChange(clearance('BOX1', 1))] };
    assert.equal((await feed.ingest('17', page, { moveOn: true, last: true })).queued, false);
    await database.transaction((tx) => mirror.ask(tx, 'BOX1'));
    assert.deepEqual(
      (await mirror.reserve(3, 10)).map(({ seq, input }) => [seq, input]),
      [
        [4, booking('BOX1')],
        [5, clearance('BOX1', 2, 'withdrawn')],
        [6, booking('BOX1')],
      ],
    );
    await database.close();
    const again = await openDatabase(path);
    assert.equal(await getMeta(again, 'customs.cursor'), '18');
    await again.close();
  });

  it('of a later release is refused and left as it is', async () => {
    const path = join(await newFolder(), 'exchange.db');
    await execute(path, `CREATE TABLE later (a); PRAGMA user_version = ${SCHEMA_VERSION + 1};`);
    await assert.rejects(
      openDatabase(path),
      (error: unknown) => error instanceof GateError && error.code === 'EXCHANGE_DB_NEWER',
    );
  });
});
