/** A handover log as it lies in exchange.db, ours or what we have read of the other gate's. Read-only, also while exchange runs. */
import { join } from 'node:path';
import { z } from 'zod';
import { claimsOf } from '../../../protocols/handover/log-file.ts';
import { type Database, getMeta, openDatabaseReadOnly } from '../../exchange/database.ts';
import { GateError } from '../../platform/errors.ts';
import { type StoredStamps, storedStamps } from './stored-stamps.ts';

export type WhichLog = 'own' | 'theirs';

export interface StoredHead {
  size: number;
  jws: string;
}

export interface StoredLog {
  gate: string;
  /** The newest head; lines beyond it are not signed yet. */
  newest: StoredHead;
  /** Lines stored, signed or not. */
  lines: number;
  /** Of our own log, the newest head of the other gate's that we have verified. */
  witness: string | undefined;
  /** Exact texts of the lines after `after` up to `last`, at most so many, in order. */
  linesAfter(after: number, last: number, max: number): Promise<{ line: number; data: string }[]>;
  /** Lines about one move, in order. */
  linesAbout(move: string): Promise<{ line: number; data: string }[]>;
  readonly stamps: StoredStamps;
  /** The first head that covers so many lines. */
  headCovering(size: number): Promise<StoredHead | undefined>;
  /** Heads of `from` to `to` lines, in order, both included. Of the other gate's log the newest is stored, and those that are stamped. */
  headsBetween(from: number, to: number): Promise<StoredHead[]>;
  countHeads(from: number, to: number): Promise<number>;
}

const followed = z.object({ head: z.string().nullable() });
const TABLES = { own: 'own_line', theirs: 'their_line' } as const;

/**
 * Opens the database of a gate for as long as `work` takes.
 * @throws GateError `EXCHANGE_DB_OPEN`, `LOG_EMPTY`
 */
export async function withStoredLog<T>(
  dataDir: string,
  which: WhichLog,
  work: (log: StoredLog) => Promise<T>,
): Promise<T> {
  const database = await openDatabaseReadOnly(join(dataDir, 'exchange.db'));
  try {
    return await work(await storedLog(database, which, dataDir));
  } finally {
    await database.close();
  }
}

async function storedLog(
  database: Pick<Database, 'get' | 'all'>,
  which: WhichLog,
  dataDir: string,
): Promise<StoredLog> {
  const table = TABLES[which];
  const text = await getMeta(database, 'counterpart.follower');
  const theirs = text === undefined ? null : followed.parse(JSON.parse(text)).head;
  const newestOf = async (jws: string | null | undefined): Promise<StoredHead & { gate: string }> => {
    const claims = jws == null ? undefined : claimsOf(jws);
    if (jws == null || claims === undefined)
      throw new GateError(
        'LOG_EMPTY',
        `${dataDir} has no signed head of ${which === 'own' ? 'its own log' : 'the other gate’s log'}`,
        'Start gate exchange once, with the link to the other gate up.',
      );
    return { size: claims.size, jws, gate: claims.gate };
  };
  const own = await database.get<{ jws: string }>('SELECT jws FROM own_head ORDER BY size DESC LIMIT 1');
  const { gate, ...newest } = await newestOf(which === 'own' ? own?.jws : theirs);
  const stored = await database.get<{ lines: number | null }>(`SELECT MAX(line) AS lines FROM ${table}`);
  const stamps = await storedStamps(database, which, newest);
  /** Of the other gate's log: stamped heads below the newest, and that. */
  const theirHeads = async (from: number, to: number): Promise<StoredHead[]> => [
    ...(await stamps.between(from, Math.min(to, newest.size - 1))).map(({ size, jws }) => ({ size, jws })),
    ...(newest.size >= from && newest.size <= to ? [newest] : []),
  ];
  return {
    gate,
    newest,
    stamps,
    lines: stored?.lines ?? 0,
    witness: which === 'own' ? (theirs ?? undefined) : undefined,
    linesAfter: (after, last, max) =>
      database.all(
        `SELECT line, data FROM ${table} WHERE line > ? AND line <= ? ORDER BY line LIMIT ?`,
        after,
        last,
        max,
      ),
    linesAbout: (move) =>
      database.all(
        `SELECT line, data FROM ${table} WHERE line <= ? AND json_extract(data, '$.subject') = ? ORDER BY line`,
        newest.size,
        move,
      ),
    headCovering: async (size) =>
      which === 'theirs'
        ? ((await stamps.first(size)) ?? newest)
        : database.get<StoredHead>(
            'SELECT size, jws FROM own_head WHERE size >= ? ORDER BY size LIMIT 1',
            size,
          ),
    headsBetween: async (from, to) =>
      which === 'theirs'
        ? theirHeads(from, to)
        : database.all<StoredHead>(
            'SELECT size, jws FROM own_head WHERE size >= ? AND size <= ? ORDER BY size',
            from,
            to,
          ),
    countHeads: async (from, to) =>
      which === 'theirs'
        ? (await stamps.count(from, Math.min(to, newest.size - 1))) +
          (newest.size >= from && newest.size <= to ? 1 : 0)
        : ((
            await database.get<{ heads: number }>(
              'SELECT COUNT(*) AS heads FROM own_head WHERE size >= ? AND size <= ?',
              from,
              to,
            )
          )?.heads ?? 0),
  };
}
