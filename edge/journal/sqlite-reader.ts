/** Reading a journal of segment files: by the writer's own process, and beside it by the command line. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSerial } from '../platform/serial.ts';
import { EMPTY_HEAD, type Head, type Journal, type JournalEntry, LOOKED_AT_MAX } from './journal.ts';
import {
  listSegments,
  readStart,
  SELECT_LAST,
  SELECT_PAGE,
  SELECT_SNAPSHOT,
  SELECT_SOME,
  type SegmentFile,
} from './segment.ts';
import { type Database, openDatabase, type Statement, storageError } from './sqlite-database.ts';

/** A journal that is only read. */
export interface JournalReader extends Pick<Journal, 'read' | 'latestSnapshot' | 'close'> {
  /** Last durable entry as of now; it moves while another process writes. */
  readHead(): Promise<Head>;
}

/** Reads of segments, one at a time. `upTo` hides entries that are not acknowledged yet. */
export interface SegmentsReader {
  read(after: number, limit: number, upTo: number, inputs?: readonly string[]): Promise<JournalEntry[]>;
  latestSnapshot(upTo: number): Promise<JournalEntry | undefined>;
  last(): Promise<JournalEntry | undefined>;
  /** Lets go of all files; the next read opens what it needs. */
  release(): Promise<void>;
}

/** Segments held open between reads: the one in use and the one before, which is where followers are. */
const OPEN_SEGMENTS_MAX = 2;

interface OpenSegment {
  db: Database;
  page: Statement;
  some: Statement;
}

/** Reads the segments that `list` names, oldest first, as of each call. */
export function createSegmentsReader(list: () => Promise<readonly SegmentFile[]>): SegmentsReader {
  const serially = createSerial();
  const openSegments = new Map<string, OpenSegment>();

  const use = async (file: SegmentFile): Promise<OpenSegment> => {
    const known = openSegments.get(file.path);
    if (known) return known;
    const db = await openDatabase(file.path, 'read-only');
    try {
      await readStart(db, file.firstSeq);
      const opened = { db, page: await db.prepare(SELECT_PAGE), some: await db.prepare(SELECT_SOME) };
      for (const [path, oldest] of [...openSegments].slice(0, openSegments.size + 1 - OPEN_SEGMENTS_MAX)) {
        openSegments.delete(path);
        await oldest.db.close();
      }
      openSegments.set(file.path, opened);
      return opened;
    } catch (error) {
      await db.close();
      throw error;
    }
  };

  /** The first answer that `ask` gets, from the newest segment back. */
  const newest = async (
    ask: (segment: OpenSegment) => Promise<JournalEntry[]>,
  ): Promise<JournalEntry | undefined> => {
    for (const file of [...(await list())].reverse()) {
      const [entry] = await ask(await use(file));
      if (entry) return entry;
    }
    return undefined;
  };

  return {
    read: (after, limit, upTo, inputs) =>
      serially(async () => {
        const last = inputs === undefined ? upTo : Math.min(upTo, after + LOOKED_AT_MAX);
        const files = await list();
        const start = Math.max(
          0,
          files.findLastIndex((file) => file.firstSeq <= after + 1),
        );
        const entries: JournalEntry[] = [];
        for (const file of files.slice(start)) {
          if (entries.length >= limit || file.firstSeq > last) break;
          const { page, some } = await use(file);
          const left = limit - entries.length;
          const found =
            inputs === undefined
              ? page.all<JournalEntry>(after, last, left)
              : some.all<JournalEntry>(after, last, left, JSON.stringify(inputs));
          entries.push(...(await found));
        }
        return entries;
      }),
    latestSnapshot: (upTo) => serially(() => newest(({ db }) => db.all<JournalEntry>(SELECT_SNAPSHOT, upTo))),
    last: () => serially(() => newest(({ db }) => db.all<JournalEntry>(SELECT_LAST))),
    release: () =>
      serially(async () => {
        const opened = [...openSegments.values()];
        openSegments.clear();
        for (const { db } of opened) await db.close();
      }),
  };
}

/** The segments a path stands for: all of a folder, or the one file. Rejects with `JOURNAL_CANNOT_OPEN`. */
export async function segmentsAt(path: string): Promise<SegmentFile[]> {
  const found = await stat(path).catch((error: unknown) => Promise.reject(storageError(error, path)));
  if (found.isDirectory()) return listSegments(path);
  const file = (await listSegments(dirname(path))).find((candidate) =>
    path.endsWith(candidate.path.slice(dirname(path).length)),
  );
  if (file) return [{ ...file, path }];
  throw storageError(
    Object.assign(new Error('not named like a segment, journal-<first sequence>.db'), { code: 'ENOENT' }),
    path,
  );
}

/**
 * Opens a journal's folder, or one of its `.db` files, for reading only; works beside the process that writes it.
 * Rejects with `JOURNAL_CANNOT_OPEN` where there is none.
 */
export async function openSqliteJournalReadOnly(path: string): Promise<JournalReader> {
  await segmentsAt(path);
  const reader = createSegmentsReader(() => segmentsAt(path));
  return {
    readHead: async () => {
      const last = await reader.last();
      return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
    },
    // The last entry as of now is the one that a reader of a part is told in any case.
    read: async (after, limit, inputs) =>
      reader.read(
        after,
        limit,
        inputs === undefined ? Number.MAX_SAFE_INTEGER : ((await reader.last())?.seq ?? 0),
        inputs,
      ),
    latestSnapshot: () => reader.latestSnapshot(Number.MAX_SAFE_INTEGER),
    close: () => reader.release(),
  };
}
