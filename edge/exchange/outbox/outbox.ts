/**
 * What waits to go out: stored in the transaction that reads its decision from the journal, sent again and again until the
 * other end took or refused it, kept on record. In order for each container; nothing waits for another container's.
 * The key is the idempotency key: the other end counts a message told twice once.
 */
import type { Database, Statements } from '../database.ts';

export type OutgoingKind = 'report' | 'examination-ask' | 'transit-passage';

export interface Outgoing {
  /** Who gets it; all that one destination gets is sent by one sender. */
  destination: string;
  kind: OutgoingKind;
  /** Idempotency key. */
  key: string;
  container: string;
  /** Body of the request, exactly as it is sent. */
  body: string;
}

export interface Waiting extends Outgoing {
  ord: number;
}

export interface Outbox {
  /**
   * Queues it; what is known already is left as it is. False if another one of its key was told before (the journal was
   * restored from a backup, and has counted on differently): then it is kept as refused, for a person.
   */
  add(tx: Statements, outgoing: Outgoing): Promise<boolean>;
  /** The first that waits, but for those of these containers. */
  next(destination: string, heldContainers: readonly string[]): Promise<Waiting | undefined>;
  /** The other end answered for good; `also` is stored with it. A refused one no longer holds up those behind it. */
  settle(
    waiting: Waiting,
    state: 'taken' | 'refused',
    answer: string,
    also?: (tx: Statements) => Promise<void>,
  ): Promise<void>;
}

export function createOutbox(database: Database): Outbox {
  const insert = (tx: Statements, { destination, kind, key, container, body }: Outgoing): Promise<void> =>
    tx.run(
      `INSERT INTO outbox (destination, kind, key, container, body, state) VALUES (?, ?, ?, ?, ?, 'waiting')`,
      destination,
      kind,
      key,
      container,
      body,
    );

  return {
    async add(tx, outgoing) {
      const { destination, kind, key, container, body } = outgoing;
      const known = await tx.get<{ body: string }>(
        'SELECT body FROM outbox WHERE destination = ? AND kind = ? AND key = ?',
        destination,
        kind,
        key,
      );
      if (!known) await insert(tx, outgoing);
      if (!known || known.body === body) return true;
      await tx.run(
        `INSERT OR IGNORE INTO outbox (destination, kind, key, container, body, state, answer)
           VALUES (?, ?, ?, ?, ?, 'refused', 'not sent: another one of this key was told before')`,
        destination,
        kind,
        `${key}#${container}`,
        container,
        body,
      );
      return false;
    },
    next: (destination, heldContainers) =>
      database.get<Waiting>(
        `SELECT ord, destination, kind, key, container, body FROM outbox
           WHERE state = 'waiting' AND destination = ? AND container NOT IN (SELECT value FROM json_each(?))
           ORDER BY ord LIMIT 1`,
        destination,
        JSON.stringify(heldContainers),
      ),
    settle: ({ ord }, state, answer, also) =>
      database.transaction(async (tx) => {
        await tx.run('UPDATE outbox SET state = ?, answer = ? WHERE ord = ?', state, answer, ord);
        await also?.(tx);
      }),
  };
}

/** Refusals told one by one; all are counted. */
const REFUSALS_SHOWN = 20;

export interface OutboxStatus {
  counts: { destination: string; kind: OutgoingKind; state: string; count: number }[];
  /** The newest refusals that nobody has seen to, with what the other end said. */
  refusals: { destination: string; kind: OutgoingKind; key: string; container: string; answer: string }[];
}

/** How things stand, for people. */
export async function outboxStatus(database: Pick<Statements, 'all'>): Promise<OutboxStatus> {
  return {
    counts: await database.all(
      `SELECT destination, kind, IIF(dropped IS NULL, state, 'dropped') AS state, COUNT(*) AS count FROM outbox
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 DESC`,
    ),
    refusals: await database.all(
      `SELECT destination, kind, key, container, answer FROM outbox
         WHERE state = 'refused' AND dropped IS NULL ORDER BY ord DESC LIMIT ?`,
      REFUSALS_SHOWN,
    ),
  };
}
