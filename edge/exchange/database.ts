/**
 * Exchange's own memory: `exchange.db`, SQLite in WAL mode with `synchronous=FULL`. It holds the mirror of customs, what is on its
 * way to control and to customs, our handover log with its signed heads, and what was read of the counterpart's.
 * All work on it goes one after the other, so nothing sees half a transaction.
 */
import sqlite3 from 'sqlite3';
import { GateError, messageOf } from '../platform/errors.ts';

type Value = string | number | null;

export interface Statements {
  run(sql: string, ...values: Value[]): Promise<void>;
  get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined>;
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
}

export interface Database {
  get: Statements['get'];
  all: Statements['all'];
  /** Resolves when what `work` did is durable; if it rejects, nothing was done. */
  transaction<T>(work: (tx: Statements) => Promise<T>): Promise<T>;
  /** Waits for what is under way; later calls are refused. */
  close(): Promise<void>;
}

const SCHEMA_VERSION = 1;

const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE booking (booking_id TEXT PRIMARY KEY, container TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX booking_container ON booking (container);
CREATE TABLE clearance (
  declaration TEXT NOT NULL, container TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (declaration, container)) STRICT;
CREATE INDEX clearance_container ON clearance (container);
-- Containers whose clearances control is told of: booked ones, and those it asked for.
CREATE TABLE watched (container TEXT PRIMARY KEY) STRICT;
-- On the way to control. seq is given when a row is about to be submitted; until then a newer row of the same key replaces it.
CREATE TABLE pending (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, priority INTEGER NOT NULL, seq INTEGER, body TEXT NOT NULL) STRICT;
CREATE INDEX pending_key ON pending (key);
-- Pages of the customs list with a change that could not be read: read again until they can.
CREATE TABLE aside (cursor TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT;
CREATE TABLE report (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, report_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')), answer TEXT) STRICT;
CREATE INDEX report_waiting ON report (ord) WHERE state = 'waiting';

CREATE TABLE own_line (line INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE own_head (size INTEGER PRIMARY KEY, root_hash TEXT NOT NULL, jws TEXT NOT NULL) STRICT;
CREATE TABLE their_line (line INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens or creates the database.
 * @throws GateError `EXCHANGE_DB_…` if it cannot be opened, is damaged, or is of a later release.
 */
export async function openDatabase(path: string): Promise<Database> {
  const raw = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => {
      if (error) reject(broken('EXCHANGE_DB_OPEN', path, error));
      else resolve(opened);
    });
  });
  const statements = statementsOf(raw);
  try {
    await prepare(raw, statements, path);
  } catch (error) {
    await closeRaw(raw);
    throw error instanceof GateError ? error : broken('EXCHANGE_DB_OPEN', path, error);
  }

  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(broken('EXCHANGE_DB_CLOSED', path, 'it was closed'));
    const result = last.then(work);
    // Whoever asked gets the error; the next in line only waits.
    last = result.catch(() => undefined);
    return result;
  };

  return {
    get: (sql, ...values) => inTurn(() => statements.get(sql, ...values)),
    all: (sql, ...values) => inTurn(() => statements.all(sql, ...values)),
    transaction: (work) =>
      inTurn(async () => {
        await statements.run('BEGIN IMMEDIATE');
        try {
          const result = await work(statements);
          await statements.run('COMMIT');
          return result;
        } catch (error) {
          await statements.run('ROLLBACK');
          throw error;
        }
      }),
    async close() {
      if (closed) return;
      const idle = last;
      closed = true;
      await idle;
      await closeRaw(raw);
    },
  };
}

async function prepare(raw: sqlite3.Database, { get, run }: Statements, path: string): Promise<void> {
  await run('PRAGMA journal_mode = WAL');
  await run('PRAGMA synchronous = FULL');
  // Read back: on some file systems SQLite quietly keeps another mode.
  const mode = await get<{ journal_mode: string }>('PRAGMA journal_mode');
  const synchronous = await get<{ synchronous: number }>('PRAGMA synchronous');
  if (mode?.journal_mode !== 'wal' || synchronous?.synchronous !== 2)
    throw broken(
      'EXCHANGE_DB_OPEN',
      path,
      'the file system does not allow WAL mode with full synchronisation',
    );
  const check = await get<{ quick_check: string }>('PRAGMA quick_check(1)');
  if (check?.quick_check !== 'ok')
    throw broken('EXCHANGE_DB_DAMAGED', path, check?.quick_check ?? 'no answer');
  const version = (await get<{ user_version: number }>('PRAGMA user_version'))?.user_version ?? 0;
  if (version > SCHEMA_VERSION)
    throw new GateError(
      'EXCHANGE_DB_NEWER',
      `${path} was written by a later release (format ${version}, this one knows ${SCHEMA_VERSION})`,
      'Install the later release again.',
    );
  if (version === 0)
    await new Promise<void>((resolve, reject) => {
      raw.exec(`BEGIN; ${SCHEMA} COMMIT;`, (error) => (error ? reject(error) : resolve()));
    });
}

const statementsOf = (raw: sqlite3.Database): Statements => ({
  run: (sql, ...values) =>
    new Promise((resolve, reject) => {
      raw.run(sql, values, (error) => (error ? reject(error) : resolve()));
    }),
  get: <Row>(sql: string, ...values: Value[]) =>
    new Promise<Row | undefined>((resolve, reject) => {
      raw.get<Row | undefined>(sql, values, (error, row) => (error ? reject(error) : resolve(row)));
    }),
  all: <Row>(sql: string, ...values: Value[]) =>
    new Promise<Row[]>((resolve, reject) => {
      raw.all<Row>(sql, values, (error, rows) => (error ? reject(error) : resolve(rows)));
    }),
});

const closeRaw = (raw: sqlite3.Database): Promise<void> =>
  new Promise((resolve, reject) => {
    raw.close((error) => (error ? reject(error) : resolve()));
  });

const broken = (code: string, path: string, cause: unknown): GateError =>
  new GateError(
    code,
    `${path}: ${typeof cause === 'string' ? cause : messageOf(cause)}`,
    'Check disk space and permissions. If the file is damaged, move it away (keep it) and start again: it is rebuilt from the journal, customs and the counterpart.',
    { cause },
  );

/** One remembered value. */
export const getMeta = async (from: Pick<Statements, 'get'>, key: string): Promise<string | undefined> =>
  (await from.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key))?.value;

export const setMeta = (tx: Statements, key: string, value: string): Promise<void> =>
  tx.run(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    key,
    value,
  );
