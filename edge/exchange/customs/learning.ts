/**
 * Storing what the feeds say, and finding what of it concerns control: one statement for a page, not one for a record.
 *
 * Of one declaration and container the newest `version` counts, whichever feed brought it: the number is customs' own and the same in
 * all of its feeds. What the network feed brings at a version that a list from the drop folder has brought before becomes the
 * network feed's, and with it the network feed's freshness counts.
 *
 * A row is *absent* when a complete statement made after it (a whole list, an answer about its container) does not name it: it is told
 * as registered, not as released. (Not as withdrawn: what has just left the yard is named no more either, and must not be called
 * back.) That ends with a newer version once the network feed is read to its end (what comes before the end is history), or
 * with a later complete statement that names it again.
 */

import type { Quantity } from '../../../protocols/clearance/words.ts';
import type { Booking, ClearanceReport, Examination } from '../../core/input.ts';
import type { Statements } from '../database.ts';
import { advanceOf, claimedBy } from './advance.ts';
import { endLoading, isLoading, layDown } from './first-load.ts';
import { withoutNames } from './names.ts';
import { CUSTOMS_FEED, type QueuedInput, queue } from './queue.ts';

/** The feed of lists that come as files. */
export const FOLDER_FEED = 'drop-folder';

/** A clearance as it lies in the database. */
export interface Row {
  feed: string;
  absent_as_of: number | null;
  /** The crossing that has used it, and what others have used of the same declaration. */
  used_by: string | null;
  used_packages: number;
  used_kg: number;
  body: string;
}
export const ROW = 'feed, absent_as_of, used_by, used_packages, used_kg, body';
export const IS_WATCHED = 'container IN (SELECT container FROM watched)';

/** The row as control is told of it. */
export function told({ feed, absent_as_of, used_by, used_packages, used_kg, body }: Row): ClearanceReport {
  const clearance = withoutNames(JSON.parse(body) as ClearanceReport);
  if (feed !== CUSTOMS_FEED) clearance.feed = feed;
  if (used_by !== null) clearance.usedBy ??= used_by;
  if (clearance.remaining !== undefined)
    clearance.remaining = leftOf(clearance.remaining, { packages: used_packages, kg: used_kg });
  if (absent_as_of !== null && clearance.status !== 'withdrawn') clearance.status = 'registered';
  return clearance;
}

/** What is left when others have used so much since that was said. */
const leftOf = ({ packages, kg }: Quantity, used: { packages: number; kg: number }): Quantity => ({
  ...(packages !== undefined && { packages: Math.max(0, packages - used.packages) }),
  ...(kg !== undefined && { kg: Math.max(0, kg - used.kg) }),
});

/** Queues rows of watched containers; true if there are any. */
export async function tellChanged(tx: Statements, rows: readonly Row[]): Promise<boolean> {
  const isAbsent = ({ absent_as_of }: Row): boolean => absent_as_of !== null;
  const listed = rows.filter((row) => !isAbsent(row)).map(told);
  await queue(tx, rows.filter(isAbsent).map(told), true);
  await queue(tx, listed);
  await queue(tx, await claimedBy(tx, listed));
  return rows.length > 0;
}

const UPSERT = `
  INSERT INTO clearance (container, declaration, version, feed, as_of, body)
    SELECT value ->> 'container', value ->> 'declaration', value ->> 'version', ?2, ?3, value FROM json_each(?1) WHERE true
  ON CONFLICT DO UPDATE SET version = excluded.version, feed = excluded.feed, as_of = excluded.as_of, body = excluded.body,
    used_packages = 0, used_kg = 0
    WHERE excluded.version > clearance.version
       OR (excluded.version = clearance.version AND clearance.feed = '${FOLDER_FEED}' AND excluded.feed = '${CUSTOMS_FEED}')`;

/** Stores clearances of one feed, told as of `asOf`; true if control is to be told. */
export async function learnClearances(
  tx: Statements,
  clearances: readonly ClearanceReport[],
  feed: string,
  asOf: number,
): Promise<boolean> {
  if (clearances.length === 0) return false;
  if (await isLoading(tx)) {
    await layDown(tx, clearances, feed, asOf);
    return false;
  }
  const newest = newestOf(clearances, ({ container, declaration }) => `${container} ${declaration}`);
  const watched = await watchedAmong(tx, newest);
  const isWatched = ({ container }: ClearanceReport): boolean => watched.has(container);
  await tx.run(UPSERT, JSON.stringify(newest.filter((one) => !isWatched(one))), feed, asOf);
  if (watched.size === 0) return false;
  const changed = await tx.all<Row>(
    `${UPSERT} RETURNING ${ROW}`,
    JSON.stringify(newest.filter(isWatched)),
    feed,
    asOf,
  );
  return tellChanged(tx, changed);
}

/** Of records about the same thing the one with the highest version; the order in which SQLite returns rows says nothing. */
function newestOf<Said extends { version: number }>(
  said: readonly Said[],
  keyOf: (one: Said) => string,
): Said[] {
  const newest = new Map<string, Said>();
  for (const one of said) {
    const key = keyOf(one);
    if (one.version > (newest.get(key)?.version ?? -1)) newest.set(key, one);
  }
  return [...newest.values()];
}

async function watchedAmong(tx: Statements, said: readonly { container: string }[]): Promise<Set<string>> {
  const containers = said.map(({ container }) => container);
  const rows = await tx.all<{ container: string }>(
    'SELECT container FROM watched WHERE container IN (SELECT value FROM json_each(?))',
    JSON.stringify(containers),
  );
  return new Set(rows.map(({ container }) => container));
}

/** The network feed is read to its end: absent rows of which it has told a newer version are listed again. */
export async function endAbsences(tx: Statements): Promise<boolean> {
  const rows = await tx.all<Row & { container: string }>(
    `UPDATE clearance SET absent_as_of = NULL, absent_version = NULL
       WHERE absent_version IS NOT NULL AND version > absent_version AND feed = '${CUSTOMS_FEED}'
     RETURNING container, ${ROW}`,
  );
  return tellWatched(tx, rows);
}

/** Queues those of watched containers; true if there are any. */
export async function tellWatched(
  tx: Statements,
  rows: readonly (Row & { container: string })[],
): Promise<boolean> {
  if (rows.length === 0) return false;
  const watched = await watchedAmong(tx, rows);
  return tellChanged(
    tx,
    rows.filter(({ container }) => watched.has(container)),
  );
}

/** Takes customs' answer about one container, complete as of `asOf`. */
export async function learnAnswer(
  tx: Statements,
  container: string,
  clearances: readonly ClearanceReport[],
  asOf: number,
): Promise<boolean> {
  const queued = await learnClearances(tx, clearances, CUSTOMS_FEED, asOf);
  if (await isLoading(tx)) return queued;
  const named = JSON.stringify(clearances.map(({ declaration, version }) => [declaration, version]));
  const again = await tx.all<Row & { container: string }>(
    `UPDATE clearance SET absent_as_of = NULL, absent_version = NULL, as_of = ?2
       WHERE container = ?1 AND absent_as_of < ?2
         AND EXISTS (SELECT 1 FROM json_each(?3) WHERE value ->> 0 = declaration AND value ->> 1 >= version)
     RETURNING container, ${ROW}`,
    container,
    asOf,
    named,
  );
  const gone = await tx.all<Row & { container: string }>(
    `UPDATE clearance SET absent_as_of = ?2, absent_version = version
       WHERE container = ?1 AND as_of < ?2 AND absent_as_of IS NULL AND ${CAN_BE_ABSENT}
         AND NOT EXISTS (SELECT 1 FROM json_each(?3) WHERE value ->> 0 = declaration)
     RETURNING container, ${ROW}`,
    container,
    asOf,
    named,
  );
  return (await tellWatched(tx, [...again, ...gone])) || queued;
}

/** Other authorities' rows are not customs' to name. */
export const CAN_BE_ABSENT = `feed IN ('${CUSTOMS_FEED}', '${FOLDER_FEED}') AND body ->> 'status' <> 'withdrawn'`;

/** Stores results of examinations; true if control is to be told. */
export async function learnExaminations(
  tx: Statements,
  examinations: readonly Examination[],
): Promise<boolean> {
  if (examinations.length === 0) return false;
  const changed = await tx.all<{ body: string }>(
    `INSERT INTO examination (container, requirement, version, body)
       SELECT value ->> 'container', value ->> 'requirement', value ->> 'version', value FROM json_each(?1) WHERE true
     ON CONFLICT DO UPDATE SET version = excluded.version, body = excluded.body WHERE excluded.version > examination.version
     RETURNING body`,
    JSON.stringify(newestOf(examinations, ({ container, requirement }) => `${container} ${requirement}`)),
  );
  const inputs = changed.map(({ body }) => JSON.parse(body) as Examination);
  const watched = await watchedAmong(tx, inputs);
  const concerning = inputs.filter(({ container }) => watched.has(container));
  await queue(tx, concerning);
  return concerning.length > 0;
}

/** Stores a booking, after which its container is watched; true if control is to be told. */
export async function learnBooking(tx: Statements, booking: Booking): Promise<boolean> {
  const body = JSON.stringify(booking);
  const { bookingId, container } = booking;
  const known = await tx.get<{ body: string }>('SELECT body FROM booking WHERE booking_id = ?', bookingId);
  if (known?.body === body) return false;
  await tx.run(
    'INSERT OR REPLACE INTO booking (booking_id, container, body) VALUES (?, ?, ?)',
    bookingId,
    container,
    body,
  );
  await queue(tx, [booking]);
  const watched = await tx.get('SELECT 1 FROM watched WHERE container = ?', container);
  if (watched === undefined) {
    await tx.run('INSERT INTO watched (container) VALUES (?)', container);
    await queue(tx, await saidOf(tx, container));
  }
  return true;
}

/** Queues all that is known of a container: of its bookings the newest, for it may have come and gone with the others. */
export async function queueKnown(tx: Statements, container: string): Promise<void> {
  const newest = await tx.get<{ body: string }>(
    'SELECT body FROM booking WHERE container = ? ORDER BY rowid DESC LIMIT 1',
    container,
  );
  if (newest !== undefined) await queue(tx, [JSON.parse(newest.body) as Booking]);
  await queue(tx, await saidOf(tx, container));
}

/** The first load is over, or has to be: control is told what it was not told meanwhile; true if there is something. */
export async function settleLoad(tx: Statements): Promise<boolean> {
  if (!(await endLoading(tx))) return false;
  const containers = await tx.all<{ container: string }>('SELECT container FROM watched ORDER BY rowid');
  for (const { container } of containers) await queue(tx, await saidOf(tx, container));
  return containers.length > 0;
}

/** What customs and the other authorities say of a container. */
async function saidOf(tx: Statements, container: string): Promise<QueuedInput[]> {
  // Told when it is over.
  if (await isLoading(tx)) return [];
  const clearances = await tx.all<Row>(
    `SELECT ${ROW} FROM clearance WHERE container = ? ORDER BY declaration`,
    container,
  );
  const examinations = await tx.all<{ body: string }>(
    'SELECT body FROM examination WHERE container = ? ORDER BY requirement',
    container,
  );
  const said = clearances.map(told);
  await claimedBy(tx, said);
  return [
    ...said,
    ...examinations.map(({ body }) => JSON.parse(body) as Examination),
    ...(await advanceOf(tx, container)),
  ];
}
