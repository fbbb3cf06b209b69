/**
 * What was refused for good, and what people do about it: it lies in the outbox until a person has had it sent again or has dropped
 * it. Reports over HTTP and events that CODECO cannot tell are refused alike.
 */
import type { RefusedReports } from '../../core/input.ts';
import type { Database, Statements } from '../database.ts';
import type { ControlDoor } from '../door.ts';
import { createLatest } from '../latest.ts';
import { startWorker, type WorkerTools } from '../worker.ts';

/** One that was refused. */
export interface Refusal {
  /** Who gets it, as `gate outbox` names them. */
  destination: string;
  key: string;
}

/** Both kinds under the names they have for people. */
const REFUSED = `
  SELECT 'outbox' AS source, ord, destination, key FROM outbox WHERE state = 'refused' AND dropped IS NULL
  UNION ALL
  SELECT 'codeco', ord, 'CODECO ' || partner, event_id FROM codeco_event WHERE refused IS NOT NULL AND dropped IS NULL`;
/** Refused again and again, they are still told apart by who refuses. */
const DESTINATIONS_MAX = 100;

/** How many lie refused, by who gets them. */
export async function refusedCounts(database: Pick<Statements, 'all'>): Promise<RefusedReports['refused']> {
  const rows = await database.all<{ destination: string; count: number }>(
    `SELECT destination, COUNT(*) AS count FROM (${REFUSED}) GROUP BY destination ORDER BY destination LIMIT ?`,
    DESTINATIONS_MAX,
  );
  return Object.fromEntries(rows.map(({ destination, count }) => [destination, count]));
}

/** Which of them: those of these keys, of this destination, or both; with neither, none. */
export interface Which {
  keys: readonly string[];
  destination?: string | undefined;
}

interface Found extends Refusal {
  source: 'outbox' | 'codeco';
  ord: number;
}

async function find(tx: Statements, { keys, destination }: Which): Promise<Found[]> {
  if (keys.length === 0 && destination === undefined) return [];
  return tx.all<Found>(
    `SELECT source, ord, destination, key FROM (${REFUSED})
       WHERE (? IS NULL OR destination = ?) AND (? = 0 OR key IN (SELECT value FROM json_each(?)))
       ORDER BY destination, ord`,
    destination ?? null,
    destination ?? null,
    keys.length,
    JSON.stringify(keys),
  );
}

/** They go out again, each under its own key and in its own place before whatever of its container waits behind it. */
export async function sendAgain(tx: Statements, which: Which): Promise<Refusal[]> {
  const found = await find(tx, which);
  for (const { source, ord } of found)
    await tx.run(
      source === 'outbox'
        ? `UPDATE outbox SET state = 'waiting', answer = NULL WHERE ord = ?`
        : 'UPDATE codeco_event SET refused = NULL WHERE ord = ?',
      ord,
    );
  return found;
}

/** They are sent no more, and stay on record with the answer and the reason. */
export async function giveUp(tx: Statements, which: Which, reason: string): Promise<Refusal[]> {
  const found = await find(tx, which);
  for (const { source, ord } of found)
    await tx.run(
      source === 'outbox'
        ? 'UPDATE outbox SET dropped = ? WHERE ord = ?'
        : 'UPDATE codeco_event SET dropped = ? WHERE ord = ?',
      reason,
      ord,
    );
  return found;
}

// ---------------------------------------------------------------- told to control

export interface RefusalWatch {
  /** Control has restarted. */
  tellAgain(): void;
  stop(): Promise<void>;
}

/** How often it is looked: a person sees to something beside this process. */
const LOOK_MS = 1_000;

/** Tells control how many lie refused, whenever that has changed. */
export function startRefusalWatch(
  options: WorkerTools & {
    database: Database;
    door: ControlDoor;
    /** Somebody else has changed something: what waits may wait again. */
    onChanged(): void;
  },
): RefusalWatch {
  const { database, onChanged } = options;
  const latest = createLatest<RefusedReports>({ ...options, source: 'exchange-outbox' });
  let seenVersion: number | undefined;
  const worker = startWorker({
    ...options,
    name: 'look for refused reports',
    backoff: { minMs: LOOK_MS, maxMs: 10_000 },
    async turn() {
      // It changes when another process has written, and never by what this one writes.
      const version = (await database.get<{ data_version: number }>('PRAGMA data_version'))?.data_version;
      latest.tell({ type: 'reports-refused', refused: await refusedCounts(database) });
      if (seenVersion !== undefined && version !== seenVersion) onChanged();
      seenVersion = version;
      return LOOK_MS;
    },
  });
  return {
    tellAgain: latest.tellAgain,
    async stop() {
      await worker.stop();
      await latest.stop();
    },
  };
}
