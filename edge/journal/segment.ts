/**
 * A segment: one SQLite file of the journal, `journal-<first sequence>.db`. It carries the hash it follows and, except
 * the first, begins with a snapshot. A file by that name is complete: it is prepared under another name and renamed.
 */
import { access, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GateError } from '../platform/errors.ts';
import { chainHash, type Head, type JournalEntry } from './journal.ts';
import { type Database, openDatabase, type Statement, storageError } from './sqlite-database.ts';

export interface SegmentFile {
  firstSeq: number;
  path: string;
}

/** What a segment says of itself. */
export interface SegmentStart {
  firstSeq: number;
  /** Hash of the entry before its first. */
  previousHash: string;
}

const NAME = /^journal-(\d{16})\.db$/;
const UNFINISHED = /^journal-\d{16}\.db\.new(-journal)?$/;
/** `PRAGMA user_version` of our files: the version of this layout. */
const FORMAT = 1;
/** Nobody else writes; what is waited for is a reader that happens to look. */
const WRITER_BUSY_TIMEOUT_MS = 1_000;
/** Entries read at once when a whole segment is walked: bounds memory. */
const PAGE_ENTRIES = 200;

const SCHEMA = `
  CREATE TABLE segment (firstSeq INTEGER NOT NULL, previousHash TEXT NOT NULL) STRICT;
  CREATE TABLE entry (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL
  ) STRICT;
  PRAGMA user_version = ${FORMAT};`;

const INSERT = `INSERT INTO entry (seq, at, kind, type, body, hash)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5) FROM json_each(?)`;
const COLUMNS = 'seq, at, kind, type, body, lower(hex(hash)) AS hash';
/** Entries after ?1 up to ?2, at most ?3. */
export const SELECT_PAGE = `SELECT ${COLUMNS} FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`;
/** As {@link SELECT_PAGE}, without inputs of other types than ?4, a JSON array, but with entry ?2 whatever it is. */
export const SELECT_SOME = `SELECT ${COLUMNS} FROM entry WHERE seq > ?1 AND seq <= ?2
  AND (kind <> 'input' OR seq = ?2 OR type IN (SELECT value FROM json_each(?4))) ORDER BY seq LIMIT ?3`;
export const SELECT_LAST = `SELECT ${COLUMNS} FROM entry ORDER BY seq DESC LIMIT 1`;
export const SELECT_SNAPSHOT = `SELECT ${COLUMNS} FROM entry WHERE kind = 'snapshot' AND seq <= ? ORDER BY seq DESC LIMIT 1`;

/** The segments in `dir`, oldest first. */
export async function listSegments(dir: string): Promise<SegmentFile[]> {
  const names = await readdir(dir).catch((error: unknown) => Promise.reject(storageError(error, dir)));
  return names
    .flatMap((name) => {
      const firstSeq = NAME.exec(name)?.[1];
      return firstSeq === undefined ? [] : [{ firstSeq: Number(firstSeq), path: join(dir, name) }];
    })
    .sort((a, b) => a.firstSeq - b.firstSeq);
}

/** What a crash left of a segment that was being prepared; nothing in it was ever acknowledged. */
export async function removeUnfinished(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (UNFINISHED.test(name)) await rm(join(dir, name), { force: true });
  }
}

/** Makes a change of names in `dir` durable. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Creates the segment that follows `head`, beginning with `first` if given, and makes it durable. On failure nothing
 * of it is left. Rejects with `JOURNAL_CONFLICT` if there is one already.
 */
export async function createSegment(dir: string, head: Head, first?: JournalEntry): Promise<SegmentFile> {
  const firstSeq = head.seq + 1;
  const path = join(dir, `journal-${String(firstSeq).padStart(16, '0')}.db`);
  const unfinished = `${path}.new`;
  if (await exists(path)) throw conflict(path);
  try {
    await removeUnfinished(dir);
    const db = await openDatabase(unfinished, 'create');
    try {
      await db.exec(`PRAGMA synchronous = FULL; BEGIN; ${SCHEMA}`);
      await db.all('INSERT INTO segment VALUES (?, ?)', firstSeq, head.hash);
      if (first) await db.all(INSERT, toRows([first]));
      await db.exec('COMMIT');
    } finally {
      await db.close();
    }
    await rename(unfinished, path);
    await syncDirectory(dir);
  } catch (error) {
    await rm(unfinished, { force: true });
    await rm(`${unfinished}-journal`, { force: true });
    throw storageError(error, path);
  }
  return { firstSeq, path };
}

const conflict = (path: string): GateError =>
  new GateError(
    'JOURNAL_CONFLICT',
    `The segment ${path} exists already.`,
    'The process must end: somebody else wrote this journal. Find the second writer before starting again.',
  );

/** Whether there is a file at `path`. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const toRows = (entries: readonly JournalEntry[]): string =>
  JSON.stringify(entries.map(({ seq, at, kind, type, body, hash }) => [seq, at, kind, type, body, hash]));

/** The segment's connection for writing. */
export interface SegmentWriter {
  readonly file: SegmentFile;
  /** One statement, one transaction, one fsync. */
  insert(entries: readonly JournalEntry[]): Promise<void>;
  /** Folds the write-ahead log into the file, so that a finished segment is one plain file; false if a reader prevents it. */
  finish(): Promise<boolean>;
}

/** What durability rests on. Read back, because SQLite ignores what it cannot do. */
const PRAGMAS = {
  journal_mode: 'wal',
  synchronous: 2,
  wal_autocheckpoint: 1000,
  journal_size_limit: 16 * 1024 * 1024,
} as const;

/** Opens a segment for writing, write-ahead log on and every commit synced (sqlite.org/pragma.html#pragma_synchronous). */
export async function openWriter(file: SegmentFile): Promise<SegmentWriter> {
  const db = await openDatabase(file.path, 'read-write', WRITER_BUSY_TIMEOUT_MS);
  let insert: Statement;
  try {
    await enterWriteAheadLog(db);
    for (const [name, value] of Object.entries(PRAGMAS)) await db.exec(`PRAGMA ${name} = ${value}`);
    await checkPragmas(db);
    insert = await db.prepare(INSERT);
  } catch (error) {
    await db.close();
    throw error;
  }
  return {
    file,
    insert: (entries) => insert.run(toRows(entries)),
    finish: () => leaveWriteAheadLog(db),
  };
}

/** After a crash a finished segment may still have its write-ahead log. Makes it one plain file. */
export async function tidySegment(file: SegmentFile): Promise<void> {
  if (!(await exists(`${file.path}-wal`))) return;
  await leaveWriteAheadLog(await openDatabase(file.path, 'read-write', WRITER_BUSY_TIMEOUT_MS));
}

// Going into and out of write-ahead logging rewrites the file's header, under a rollback file. A process killed in between
// would leave that file behind, and no reader could open the segment until a writer had settled it. So the rollback is kept
// in memory: the header lies in one sector, the disk has the old one or the new one, and either is a good segment.

async function enterWriteAheadLog(db: Database): Promise<void> {
  const [row] = await db.all<{ journal_mode: string }>('PRAGMA journal_mode');
  if (row?.journal_mode !== 'wal') await db.exec('PRAGMA journal_mode = MEMORY');
}

/** Folds the log into the file and closes; false if a reader prevents the first. */
async function leaveWriteAheadLog(db: Database): Promise<boolean> {
  try {
    const [row] = await db.all<{ journal_mode: string }>('PRAGMA journal_mode = MEMORY');
    return row?.journal_mode === 'memory';
  } catch (error) {
    if (error instanceof GateError && error.code === 'JOURNAL_BUSY') return false;
    throw error;
  } finally {
    await db.close();
  }
}

/** Rejects with `JOURNAL_PRAGMA` unless the connection keeps what {@link PRAGMAS} asks for. */
export async function checkPragmas(db: Database): Promise<void> {
  for (const [name, wanted] of Object.entries(PRAGMAS)) {
    const [row] = await db.all<Record<string, unknown>>(`PRAGMA ${name}`);
    const found = row?.[name];
    if (found !== wanted) {
      throw new GateError(
        'JOURNAL_PRAGMA',
        `Journal ${db.path}: ${name} is ${String(found)} where ${wanted} is needed, so a power cut could lose what was acknowledged.`,
        'Put the data folder on a local file system (not a network share) that supports SQLite’s write-ahead log.',
      );
    }
  }
}

/** Throws `JOURNAL_CORRUPT` or `JOURNAL_FORMAT` unless `db` is a segment of ours. */
export async function readStart(db: Database, expectedFirstSeq: number): Promise<SegmentStart> {
  const [version] = await db.all<{ user_version: number }>('PRAGMA user_version');
  const format = version?.user_version ?? 0;
  if (format > FORMAT) {
    throw new GateError(
      'JOURNAL_FORMAT',
      `Journal ${db.path} has layout ${format}; this program knows ${FORMAT}.`,
      'Use the newer version of the program that wrote it.',
    );
  }
  if (format !== FORMAT) throw corrupt(db.path, 'it carries no layout version');
  // Not every damage of the schema is an SQLITE_CORRUPT: a table may simply be gone.
  const [start] = await db
    .all<SegmentStart>('SELECT firstSeq, previousHash FROM segment')
    .catch((error: unknown) => Promise.reject(corrupt(db.path, 'its beginning cannot be read', error)));
  if (!start) throw corrupt(db.path, 'it does not say what it follows');
  if (start.firstSeq !== expectedFirstSeq) {
    throw corrupt(
      db.path,
      `it says that it begins with entry ${start.firstSeq}, its name says ${expectedFirstSeq}`,
    );
  }
  return start;
}

export const corrupt = (path: string, why: string, cause?: unknown): GateError =>
  new GateError('JOURNAL_CORRUPT', `Journal ${path} is damaged: ${why}.`, 'Restore it from the backup.', {
    cause,
  });

/** SQLite's own check of the file's structure; resolves with what it found, nothing if all is well. */
export async function quickCheck(db: Database): Promise<string[]> {
  const rows = await db.all<{ quick_check: string }>('PRAGMA quick_check(10)');
  return rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
}

/** All entries of a segment in order, a page at a time. */
export async function* walk(db: Database): AsyncGenerator<JournalEntry, void, undefined> {
  const page = await db.prepare(SELECT_PAGE);
  let after = -1;
  for (;;) {
    const entries = await page.all<JournalEntry>(after, Number.MAX_SAFE_INTEGER, PAGE_ENTRIES);
    yield* entries;
    const last = entries.at(-1);
    if (!last) return;
    after = last.seq;
  }
}

/**
 * Reads a whole segment without changing it: structure, layout, chain. Resolves with its start and last entry;
 * rejects with `JOURNAL_CORRUPT`.
 */
export async function checkSegment(
  file: SegmentFile,
): Promise<{ start: SegmentStart; last: JournalEntry | undefined }> {
  // Read-only, because closing the last writing connection would fold the write-ahead log into a damaged file.
  const db = await openDatabase(file.path, 'read-only');
  try {
    const start = await readStart(db, file.firstSeq);
    const [found] = await quickCheck(db);
    if (found !== undefined) throw corrupt(file.path, found);
    let last: JournalEntry | undefined;
    let head: Head = { seq: start.firstSeq - 1, hash: start.previousHash };
    for await (const entry of walk(db)) {
      if (entry.seq !== head.seq + 1)
        throw corrupt(file.path, `entry ${entry.seq} follows entry ${head.seq}`);
      if (entry.hash !== chainHash(head.hash, entry.seq, entry)) {
        throw corrupt(file.path, `entry ${entry.seq} does not carry the hash of what it says`);
      }
      head = entry;
      last = entry;
    }
    return { start, last };
  } finally {
    await db.close();
  }
}

/** For messages. */
export const segmentName = (file: SegmentFile): string => basename(file.path);
