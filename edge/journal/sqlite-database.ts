/**
 * The npm `sqlite3` binding with promises and with errors a person can act on. It runs on libuv's thread pool, so a
 * slow disk never holds the event loop.
 *
 * There is no `get` on purpose: the binding leaves such a statement un-reset on its row, which keeps a read
 * transaction open and lets the write-ahead log grow for ever. `all` runs to the end.
 */
import sqlite3 from 'sqlite3';
import { GateError, messageOf } from '../platform/errors.ts';

export type SqlValue = string | number | Buffer | null;

export interface Statement {
  run(...params: SqlValue[]): Promise<void>;
  all<T>(...params: SqlValue[]): Promise<T[]>;
}

export interface Database {
  readonly path: string;
  /** Runs statements that answer nothing. */
  exec(sql: string): Promise<void>;
  all<T>(sql: string, ...params: SqlValue[]): Promise<T[]>;
  /** Finalized by `close`. */
  prepare(sql: string): Promise<Statement>;
  close(): Promise<void>;
}

const MODES = {
  'read-only': sqlite3.OPEN_READONLY,
  'read-write': sqlite3.OPEN_READWRITE,
  create: sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE,
} as const;

/** How long a reader waits for a writer that is just switching a segment's mode. */
const BUSY_TIMEOUT_MS = 5_000;

/** Opens `path`. Every rejection of it and of what it opens is a `GateError` from {@link storageError}. */
export async function openDatabase(
  path: string,
  mode: keyof typeof MODES,
  busyTimeoutMs = BUSY_TIMEOUT_MS,
): Promise<Database> {
  const settle =
    <T>(resolve: (value: T) => void, reject: (error: GateError) => void) =>
    (error: Error | null, value: T): void =>
      error ? reject(storageError(error, path)) : resolve(value);

  const db = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, MODES[mode], (error) =>
      error ? reject(storageError(error, path)) : resolve(opened),
    );
  });
  db.configure('busyTimeout', busyTimeoutMs);
  const statements: sqlite3.Statement[] = [];

  return {
    path,
    exec: (sql) =>
      new Promise((resolve, reject) => db.exec(sql, (error) => settle(resolve, reject)(error, undefined))),
    all: (sql, ...params) => new Promise((resolve, reject) => db.all(sql, params, settle(resolve, reject))),
    async prepare(sql) {
      const statement = await new Promise<sqlite3.Statement>((resolve, reject) => {
        const prepared = db.prepare(sql, (error: Error | null) =>
          error ? reject(storageError(error, path)) : resolve(prepared),
        );
      });
      statements.push(statement);
      return {
        run: (...params) =>
          new Promise((resolve, reject) =>
            statement.run(params, (error: Error | null) => settle(resolve, reject)(error, undefined)),
          ),
        all: (...params) => new Promise((resolve, reject) => statement.all(params, settle(resolve, reject))),
      };
    },
    close: async () => {
      await Promise.all(
        statements
          .splice(0)
          .map((statement) => new Promise<void>((resolve) => statement.finalize(() => resolve()))),
      );
      await new Promise<void>((resolve, reject) =>
        db.close((error) => settle(resolve, reject)(error, undefined)),
      );
    },
  };
}

/** What a code of SQLite (result codes, sqlite.org/rescode.html) or of the operating system means for the journal. */
const CAUSES: { codes: string[]; code: string; says: string; remedy: string }[] = [
  {
    codes: ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'],
    code: 'JOURNAL_DISK_FULL',
    says: 'the disk is full',
    remedy:
      'Free space on the disk of the data folder; the gate holds until then, reading and stopping go on.',
  },
  {
    codes: ['SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH', 'EROFS', 'EACCES', 'EPERM'],
    code: 'JOURNAL_READ_ONLY',
    says: 'it may not be written',
    remedy:
      'Give the gate’s user write permission on the data folder, and see whether the disk was remounted read-only after errors.',
  },
  {
    codes: ['SQLITE_CORRUPT', 'SQLITE_NOTADB'],
    code: 'JOURNAL_CORRUPT',
    says: 'it is damaged',
    remedy:
      'Restart the gate: the check at start puts the damaged file aside and says where; then restore it from the backup.',
  },
  {
    codes: ['SQLITE_CONSTRAINT'],
    code: 'JOURNAL_CONFLICT',
    says: 'the next sequence number is already taken',
    remedy:
      'The process must end: somebody else wrote this journal. Find the second writer before starting again.',
  },
  {
    codes: ['SQLITE_BUSY', 'SQLITE_LOCKED'],
    code: 'JOURNAL_BUSY',
    says: 'another process holds it',
    remedy: 'See which program has the file open (lsof) and close it.',
  },
  {
    codes: ['SQLITE_CANTOPEN', 'ENOENT', 'ENOTDIR'],
    code: 'JOURNAL_CANNOT_OPEN',
    says: 'it cannot be opened',
    remedy: 'Check that the path is right and that this user may read it and its folder.',
  },
];

/** The `GateError` for anything the binding or the file system threw; a `GateError` is passed through. */
export function storageError(error: unknown, path: string): GateError {
  if (error instanceof GateError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const cause = CAUSES.find((candidate) => candidate.codes.includes(code));
  return new GateError(
    cause?.code ?? 'JOURNAL_IO',
    `Journal ${path}: ${cause?.says ?? 'the disk or file system failed'} (${messageOf(error)}).`,
    cause?.remedy ??
      'Check the disk (dmesg, smartctl) and the data folder; the gate holds until writing works again.',
    { cause: error },
  );
}
