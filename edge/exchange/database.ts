/**
 * Exchange's own memory: `exchange.db`, SQLite in WAL mode with `synchronous=FULL`. It holds the mirror of customs, what is on its
 * way to control and to customs, our handover log with its signed heads, and what was read of the counterpart's.
 * All work on it goes one after the other, so nothing sees half a transaction.
 */
import sqlite3 from 'sqlite3';
import { GateError, messageOf } from '../platform/errors.ts';
import { MIGRATIONS } from './schema.ts';

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

/**
 * Opens or creates the database.
 * @throws GateError `EXCHANGE_DB_…` if it cannot be opened, is damaged, or is of a later release.
 */
export async function openDatabase(path: string): Promise<Database> {
  const raw = await openRaw(path, sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE);
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
    transaction: (work) => inTurn(() => inTransaction(statements, work)),
    async close() {
      if (closed) return;
      const idle = last;
      closed = true;
      await idle;
      await closeRaw(raw);
    },
  };
}

/**
 * Opens it to look at it, also while the daemon runs. What is not there cannot be looked at.
 * @throws GateError `EXCHANGE_DB_OPEN`
 */
export async function openDatabaseReadOnly(path: string): Promise<Pick<Database, 'get' | 'all' | 'close'>> {
  const raw = await openRaw(path, sqlite3.OPEN_READONLY);
  const { get, all } = statementsOf(raw);
  return { get, all, close: () => closeRaw(raw) };
}

/** How long a person's change waits for the daemon's own. */
const BUSY_MS_MAX = 30_000;

/**
 * Opens it to change a little in it, also while the daemon runs. It must be there, and of this release: only the daemon makes it.
 * @throws GateError `EXCHANGE_DB_OPEN`, `EXCHANGE_DB_OTHER_RELEASE`
 */
export async function openDatabaseBeside(path: string): Promise<Pick<Database, 'transaction' | 'close'>> {
  const raw = await openRaw(path, sqlite3.OPEN_READWRITE);
  raw.configure('busyTimeout', BUSY_MS_MAX);
  const statements = statementsOf(raw);
  const version = (await statements.get<{ user_version: number }>('PRAGMA user_version'))?.user_version;
  if (version !== MIGRATIONS.length) {
    await closeRaw(raw);
    throw new GateError(
      'EXCHANGE_DB_OTHER_RELEASE',
      `${path} is of another release (format ${version}, this one writes ${MIGRATIONS.length})`,
      'Use the release that gate exchange runs with, or start this one’s once.',
    );
  }
  return { transaction: (work) => inTransaction(statements, work), close: () => closeRaw(raw) };
}

const openRaw = (path: string, mode: number): Promise<sqlite3.Database> =>
  new Promise((resolve, reject) => {
    const opened = new sqlite3.Database(path, mode, (error) => {
      if (error) reject(broken('EXCHANGE_DB_OPEN', path, error));
      else resolve(opened);
    });
  });

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
  if (version > MIGRATIONS.length)
    throw new GateError(
      'EXCHANGE_DB_NEWER',
      `${path} was written by a later release (format ${version}, this one knows ${MIGRATIONS.length})`,
      'Install the later release again.',
    );
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await new Promise<void>((resolve, reject) => {
      raw.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
}

async function inTransaction<T>(statements: Statements, work: (tx: Statements) => Promise<T>): Promise<T> {
  await statements.run('BEGIN IMMEDIATE');
  try {
    const result = await work(statements);
    await statements.run('COMMIT');
    return result;
  } catch (error) {
    await statements.run('ROLLBACK');
    throw error;
  }
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
