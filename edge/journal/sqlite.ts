/**
 * The journal on one PC: a folder of SQLite segment files (DESIGN §6). One writer; any number of readers beside it.
 *
 *     journal-0000000000000001.db   finished segments: one plain file each
 *     journal-0000000000005001.db   the current one, with -wal and -shm
 *     writer.lock  reserve          who writes; space put by for a full disk
 *     quarantine/  DAMAGED          a segment found damaged at start, and the note that keeps the journal shut
 */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { appendUnderWay, checkBatch, checkSnapshot, journalClosed } from './batch.ts';
import { chain, type Head, type Journal, type NewEntry } from './journal.ts';
import { createReserve, RESERVE_BYTES } from './reserve.ts';
import { createSegment, openWriter, type SegmentWriter } from './segment.ts';
import { boot } from './sqlite-boot.ts';
import { storageError } from './sqlite-database.ts';
import { lockJournal } from './sqlite-lock.ts';
import { createSegmentsReader } from './sqlite-reader.ts';

export { openSqliteJournalReadOnly } from './sqlite-reader.ts';

export interface SqliteJournal extends Journal {
  /** On a full disk: gives the space put by to the journal. It is put by again once there is room. */
  freeReserve(): Promise<void>;
}

export interface SqliteJournalOptions {
  /** Folder of the journal; created if missing. */
  dir: string;
  log: Log;
  reserveBytes?: number;
}

/**
 * Opens the journal for writing. Rejects with `GateError`: `JOURNAL_LOCKED`, `JOURNAL_CORRUPT` (the damaged segment is
 * put aside, the message says where), `JOURNAL_READ_ONLY`, `JOURNAL_DISK_FULL`, `JOURNAL_PRAGMA`, `JOURNAL_FORMAT`,
 * `JOURNAL_IO`.
 */
export async function openSqliteJournal({
  dir,
  log,
  reserveBytes = RESERVE_BYTES,
}: SqliteJournalOptions): Promise<SqliteJournal> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o750 });
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    const unlock = await lockJournal(dir);
    try {
      const found = await boot(dir, log);
      const reserve = createReserve(dir, log, reserveBytes);
      await reserve.ensure();
      return createWriter({ dir, log, found, reserve, unlock, writer: await openWriter(found.current) });
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    throw storageError(error, dir);
  }
}

interface WriterParts {
  dir: string;
  log: Log;
  found: Awaited<ReturnType<typeof boot>>;
  reserve: ReturnType<typeof createReserve>;
  writer: SegmentWriter;
  unlock: () => Promise<void>;
}

function createWriter({ dir, log, found, reserve, writer: firstWriter, unlock }: WriterParts): SqliteJournal {
  const files = [...found.files];
  const reader = createSegmentsReader(async () => files);
  let { head, lastAt } = found;
  let writer = firstWriter;
  /** The write under way, so that `close` can wait for it. */
  let underWay: Promise<void> | undefined;
  /** Set when this journal must not be written any more. */
  let broken: GateError | undefined;
  let closing: Promise<void> | undefined;

  const exclusively = async (write: () => Promise<void>): Promise<void> => {
    if (closing) throw journalClosed();
    if (broken) throw broken;
    if (underWay) throw appendUnderWay();
    const task = write().catch((error: unknown) => {
      const failure = storageError(error, writer.file.path);
      if (failure.code === 'JOURNAL_CONFLICT') broken = failure;
      throw failure;
    });
    underWay = task.then(
      () => undefined,
      () => undefined,
    );
    try {
      await task;
    } finally {
      underWay = undefined;
    }
  };

  const advance = (to: Head, at: number): void => {
    head = { seq: to.seq, hash: to.hash };
    lastAt = at;
  };

  /** Finished segments become plain files, readable without write permission and simple to copy. Nothing depends on it. */
  const finish = async (finished: SegmentWriter): Promise<void> => {
    const segment = finished.file.path;
    try {
      await reader.release();
      if (!(await finished.finish()))
        log.info('a reader has the segment open; it keeps its write-ahead log', { segment });
    } catch (error) {
      log.warn('a finished segment keeps its write-ahead log', { segment, error: messageOf(error) });
    }
  };

  const insert = async (entries: readonly NewEntry[]): Promise<void> => {
    const chained = chain(head, entries);
    await writer.insert(chained);
    const last = chained.at(-1);
    if (last) advance(last, last.at);
  };

  const beginSegment = async (snapshot: NewEntry): Promise<void> => {
    // A segment that is still empty begins with the snapshot just as well.
    if (writer.file.firstSeq === head.seq + 1) return insert([snapshot]);
    const previous = writer;
    const [first] = chain(head, [snapshot]);
    const file = await createSegment(dir, head, first);
    try {
      writer = await openWriter(file);
    } catch (error) {
      // The new segment is durable, so the old one must not grow any more, and the new one cannot be written.
      broken = new GateError(
        'JOURNAL_CONFLICT',
        `The segment ${file.path} was begun, but cannot be written: ${messageOf(error)}.`,
        'The process must end and start again: it then goes on from that segment.',
        { cause: error },
      );
      throw broken;
    }
    files.push(file);
    if (first) advance(first, first.at);
    await finish(previous);
    await reserve.ensure();
  };

  return {
    get head() {
      return head;
    },
    async append(entries) {
      checkBatch(lastAt, entries);
      const firstSeq = head.seq + 1;
      await exclusively(() => insert(entries));
      return { firstSeq };
    },
    async startSegment(snapshot) {
      checkSnapshot(lastAt, snapshot);
      await exclusively(() => beginSegment(snapshot));
    },
    read: (after, limit, inputs) =>
      closing ? Promise.reject(journalClosed()) : reader.read(after, limit, head.seq, inputs),
    latestSnapshot: () => (closing ? Promise.reject(journalClosed()) : reader.latestSnapshot(head.seq)),
    freeReserve: () => reserve.free(),
    close() {
      closing ??= (async () => {
        await underWay;
        await finish(writer);
        await unlock();
      })();
      return closing;
    },
  };
}
