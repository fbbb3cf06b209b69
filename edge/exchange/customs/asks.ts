/** Containers that control asked for and customs is to be asked about, one by one; stored with the journal entry that decided it. */
import type { Database, Statements } from '../database.ts';

/** Beyond these, control's question is answered from the list alone. */
const WAITING_MAX = 1_000;

export interface Asks {
  /** Queues a question; one that waits already is left as it is. */
  decide(tx: Statements, container: string): Promise<void>;
  next(): Promise<string | undefined>;
  /** Customs answered. */
  settle(container: string): Promise<void>;
}

export function createAsks(database: Database): Asks {
  return {
    decide: (tx, container) =>
      tx.run(
        'INSERT OR IGNORE INTO asked (container) SELECT ? WHERE (SELECT COUNT(*) FROM asked) < ?',
        container,
        WAITING_MAX,
      ),
    next: async () =>
      (await database.get<{ container: string }>('SELECT container FROM asked ORDER BY ord LIMIT 1'))
        ?.container,
    settle: (container) =>
      database.transaction((tx) => tx.run('DELETE FROM asked WHERE container = ?', container)),
  };
}
