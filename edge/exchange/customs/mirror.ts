/**
 * The gate's copy of the customs list, and the queue of what control is to be told of it.
 *
 * Customs lists everything under its supervision; control is told of the containers that concern this gate: those with
 * a booking and those it asked for, their clearances, and each later change. Of one booking or clearance only the newest state waits
 * to be told, withdrawals before all else, so the queue is bounded by the list and a withdrawal never stands behind it.
 */
import { readChange } from '../../../protocols/clearance/fields.ts';
import type { ChangesPage } from '../../../protocols/clearance/wire.ts';
import type { ListedChange } from '../../../protocols/clearance/words.ts';
import type { CustomsInput } from '../../core/input.ts';
import { type Database, getMeta, type Statements, setMeta } from '../database.ts';

type ListedBooking = Extract<ListedChange, { type: 'booking' }>;
type ListedClearance = Extract<ListedChange, { type: 'clearance' }>;

/** An input with the sequence number it will be submitted under. */
export interface SequencedInput {
  seq: number;
  input: CustomsInput;
}

export interface Ingested {
  /** Whether something new waits to be told. */
  queued: boolean;
  /** Why a change of the page could not be read. */
  unreadable: string | undefined;
}

export interface Mirror {
  /** Where to go on reading the list; empty at its beginning. */
  cursor(): Promise<string>;
  /** Takes one page, read from `after` on. With `moveOn`, the next page begins at its cursor. */
  ingest(after: string, page: ChangesPage, moveOn: boolean): Promise<Ingested>;
  /** A page with an unreadable change, to be read again; undefined if every change so far was readable. */
  pageSetAside(): Promise<string | undefined>;
  /** Queues the confirmation that the list is complete as of `asOf`, behind everything learned before. */
  confirm(asOf: number): Promise<void>;
  /** Control asked for a container: queues all that is known of it, now and in future. */
  ask(tx: Statements, container: string): Promise<void>;
  /**
   * The next inputs for control, whose cursor is `delivered`: drops what was delivered and numbers what comes next, durably, so that
   * after a crash the same input goes out under the same number.
   */
  reserve(delivered: number, limit: number): Promise<SequencedInput[]>;
}

const PRIORITY = { withdrawal: 0, change: 1, confirmation: 2 } as const;
const CURSOR = 'customs.cursor';
/** The highest source sequence that control is known to have. */
const DELIVERED = 'customs.delivered';

export function createMirror(database: Database): Mirror {
  return {
    cursor: async () => (await getMeta(database, CURSOR)) ?? '',

    ingest: (after, page, moveOn) =>
      database.transaction(async (tx) => {
        let queued = false;
        let unreadable: string | undefined;
        for (const item of page.changes) {
          const read = readChange(item);
          if (!read.ok) unreadable ??= read.reason;
          else if (await learn(tx, read.change)) queued = true;
        }
        if (unreadable === undefined) await tx.run('DELETE FROM aside WHERE cursor = ?', after);
        else await tx.run('INSERT OR REPLACE INTO aside (cursor, reason) VALUES (?, ?)', after, unreadable);
        if (moveOn) await setMeta(tx, CURSOR, page.cursor);
        return { queued, unreadable };
      }),

    pageSetAside: async () =>
      (await database.get<{ cursor: string }>('SELECT cursor FROM aside ORDER BY rowid LIMIT 1'))?.cursor,

    confirm: (asOf) =>
      database.transaction((tx) => queue(tx, 'feed', PRIORITY.confirmation, { type: 'customs-feed', asOf })),

    async ask(tx, container) {
      await tx.run('INSERT OR IGNORE INTO watched (container) VALUES (?)', container);
      await queueKnown(tx, container);
    },

    reserve: (delivered, limit) =>
      database.transaction(async (tx) => {
        const known = Number((await getMeta(tx, DELIVERED)) ?? 0);
        await tx.run('DELETE FROM pending WHERE seq <= ?', delivered);
        const numbered = await tx.get<{ lowest: number | null }>('SELECT MIN(seq) AS lowest FROM pending');
        // Numbers that do not follow control's cursor come from before one of the two was restored from a backup.
        if (numbered?.lowest !== null && numbered?.lowest !== delivered + 1) await takeBackNumbers(tx);
        if (delivered < known) await queueEverything(tx);
        const rows = await tx.all<{ ord: number; seq: number | null; body: string }>(
          'SELECT ord, seq, body FROM pending ORDER BY seq IS NULL, seq, priority, ord LIMIT ?',
          limit,
        );
        const reserved: SequencedInput[] = [];
        for (const [index, row] of rows.entries()) {
          const seq = delivered + 1 + index;
          if (row.seq === null) await tx.run('UPDATE pending SET seq = ? WHERE ord = ?', seq, row.ord);
          reserved.push({ seq, input: JSON.parse(row.body) as CustomsInput });
        }
        if (delivered !== known) await setMeta(tx, DELIVERED, String(delivered));
        return reserved;
      }),
  };
}

/** Stores one change; true if control is to be told. */
const learn = (tx: Statements, change: ListedChange): Promise<boolean> =>
  change.type === 'booking' ? learnBooking(tx, change) : learnClearance(tx, change);

async function learnBooking(tx: Statements, booking: ListedBooking): Promise<boolean> {
  const body = JSON.stringify(booking);
  const known = await tx.get<{ body: string }>(
    'SELECT body FROM booking WHERE booking_id = ?',
    booking.bookingId,
  );
  if (known?.body === body) return false;
  await tx.run(
    'INSERT OR REPLACE INTO booking (booking_id, container, body) VALUES (?, ?, ?)',
    booking.bookingId,
    booking.container,
    body,
  );
  await queue(tx, `booking:${booking.bookingId}`, PRIORITY.change, booking);
  if (!(await isWatched(tx, booking.container))) {
    await tx.run('INSERT INTO watched (container) VALUES (?)', booking.container);
    for (const clearance of await clearancesOf(tx, booking.container)) await queueClearance(tx, clearance);
  }
  return true;
}

async function learnClearance(tx: Statements, clearance: ListedClearance): Promise<boolean> {
  const { declaration, container, version } = clearance;
  const known = await tx.get<{ version: number }>(
    'SELECT version FROM clearance WHERE declaration = ? AND container = ?',
    declaration,
    container,
  );
  if (known && known.version >= version) return false;
  await tx.run(
    'INSERT OR REPLACE INTO clearance (declaration, container, version, body) VALUES (?, ?, ?, ?)',
    declaration,
    container,
    version,
    JSON.stringify(clearance),
  );
  if (!(await isWatched(tx, container))) return false;
  await queueClearance(tx, clearance);
  return true;
}

const isWatched = async (tx: Statements, container: string): Promise<boolean> =>
  (await tx.get('SELECT 1 FROM watched WHERE container = ?', container)) !== undefined;

async function clearancesOf(tx: Statements, container: string): Promise<ListedClearance[]> {
  const rows = await tx.all<{ body: string }>(
    'SELECT body FROM clearance WHERE container = ? ORDER BY declaration',
    container,
  );
  return rows.map((row) => JSON.parse(row.body) as ListedClearance);
}

async function queueKnown(tx: Statements, container: string): Promise<void> {
  const rows = await tx.all<{ body: string }>(
    'SELECT body FROM booking WHERE container = ? ORDER BY rowid',
    container,
  );
  for (const row of rows) {
    const booking = JSON.parse(row.body) as ListedBooking;
    await queue(tx, `booking:${booking.bookingId}`, PRIORITY.change, booking);
  }
  for (const clearance of await clearancesOf(tx, container)) await queueClearance(tx, clearance);
}

/** Control knows less than it did: it was restored from a backup. Everything that concerns it is told again. */
async function queueEverything(tx: Statements): Promise<void> {
  const containers = await tx.all<{ container: string }>('SELECT container FROM watched ORDER BY rowid');
  for (const { container } of containers) await queueKnown(tx, container);
}

async function takeBackNumbers(tx: Statements): Promise<void> {
  await tx.run(
    `DELETE FROM pending WHERE seq IS NOT NULL
       AND EXISTS (SELECT 1 FROM pending newer WHERE newer.key = pending.key AND newer.ord > pending.ord)`,
  );
  await tx.run('UPDATE pending SET seq = NULL WHERE seq IS NOT NULL');
}

const queueClearance = (tx: Statements, clearance: ListedClearance): Promise<void> =>
  queue(
    tx,
    `clearance:${clearance.declaration}:${clearance.container}`,
    clearance.status === 'withdrawn' ? PRIORITY.withdrawal : PRIORITY.change,
    clearance,
  );

async function queue(tx: Statements, key: string, priority: number, input: CustomsInput): Promise<void> {
  await tx.run('DELETE FROM pending WHERE key = ? AND seq IS NULL', key);
  await tx.run(
    'INSERT INTO pending (key, priority, body) VALUES (?, ?, ?)',
    key,
    priority,
    JSON.stringify(input),
  );
}
