/** Time stamps as they lie in exchange.db, each with the head it is of. */
import type { Database } from '../../exchange/database.ts';
import type { StoredHead, WhichLog } from './stored-log.ts';

export interface StoredStamp extends StoredHead {
  /** Base64. */
  token: string;
}

export interface StoredStamps {
  /** Stamped heads of `from` to `to` lines, in order, both included. */
  between(from: number, to: number): Promise<StoredStamp[]>;
  count(from: number, to: number): Promise<number>;
  /** The first of `from` lines or more. */
  first(from: number): Promise<StoredHead | undefined>;
}

const NONE: StoredStamps = {
  between: async () => [],
  count: async () => 0,
  first: async () => undefined,
};

/** A head that was signed anew over the same lines is not the one that was stamped: such a stamp is left out. */
const OF_OWN_HEADS =
  "FROM time_stamp t JOIN own_head h ON h.size = t.size AND h.jws = t.head WHERE t.log = 'ours' AND t.size >= ? AND t.size <= ?";
const OF_THEIR_HEADS =
  "FROM time_stamp t WHERE t.log = 'theirs' AND t.size >= ? AND t.size <= ? AND (t.size < ? OR (t.size = ? AND t.head = ?))";

/** `newest`: the newest head of that log; stamps beyond it are none of its. */
export async function storedStamps(
  database: Pick<Database, 'get' | 'all'>,
  which: WhichLog,
  newest: StoredHead,
): Promise<StoredStamps> {
  const table = await database.get(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'time_stamp'",
  );
  // As an earlier release has left it.
  if (table === undefined) return NONE;
  const from = which === 'own' ? OF_OWN_HEADS : OF_THEIR_HEADS;
  const known = which === 'own' ? [] : [newest.size, newest.size, newest.jws];
  const between = (first: number, last: number, max = -1): Promise<StoredStamp[]> =>
    database.all(
      `SELECT t.size, t.head AS jws, t.token ${from} ORDER BY t.size LIMIT ?`,
      first,
      last,
      ...known,
      max,
    );
  return {
    between: (first, last) => between(first, last),
    async count(first, last) {
      const row = await database.get<{ stamps: number }>(
        `SELECT COUNT(*) AS stamps ${from}`,
        first,
        last,
        ...known,
      );
      return row?.stamps ?? 0;
    },
    first: async (size) => (await between(size, newest.size, 1))[0],
  };
}
