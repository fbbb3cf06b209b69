/**
 * The first load of the customs list: a million rows in an order that is no order. Kept sorted from the beginning, each page
 * would touch most of the index; so rows are laid down as they come, and the index is made when the list has been read to its end, or
 * when somebody needs it before. Until then control is told of bookings only: nothing is confirmed yet, and everything is held.
 */
import type { ClearanceReport } from '../../core/input.ts';
import { getMeta, type Statements, setMeta } from '../database.ts';

const LOADING = 'customs.loading';

export const isLoading = async (from: Pick<Statements, 'get'>): Promise<boolean> =>
  (await getMeta(from, LOADING)) !== undefined;

/** Begins, if nothing is known yet. */
export async function beginLoading(tx: Statements): Promise<void> {
  if (await tx.get('SELECT 1 FROM clearance LIMIT 1')) return;
  await tx.run('DROP INDEX IF EXISTS clearance_key');
  await setMeta(tx, LOADING, 'yes');
}

export const layDown = (
  tx: Statements,
  clearances: readonly ClearanceReport[],
  feed: string,
  asOf: number,
): Promise<void> =>
  tx.run(
    `INSERT INTO clearance (container, declaration, version, feed, as_of, body)
       SELECT value ->> 'container', value ->> 'declaration', value ->> 'version', ?2, ?3, value FROM json_each(?1)`,
    JSON.stringify(clearances),
    feed,
    asOf,
  );

/** Ends it: of rows about the same thing the newest stays, and there is an index. True if there was a load to end. */
export async function endLoading(tx: Statements): Promise<boolean> {
  if (!(await isLoading(tx))) return false;
  if (!(await makeIndex(tx))) {
    await tx.run('CREATE INDEX clearance_sorted ON clearance (container, declaration, version DESC)');
    await tx.run(
      `DELETE FROM clearance WHERE rowid IN (
         SELECT older.rowid FROM clearance older JOIN clearance newer USING (container, declaration)
           WHERE (newer.version, -newer.rowid) > (older.version, -older.rowid))`,
    );
    await tx.run('DROP INDEX clearance_sorted');
    if (!(await makeIndex(tx))) throw new Error('a row of the mirror is there twice');
  }
  await tx.run('DELETE FROM meta WHERE key = ?', LOADING);
  return true;
}

/** False if a row is there twice: the list tells its history, not only how things stand. */
async function makeIndex(tx: Statements): Promise<boolean> {
  try {
    await tx.run('CREATE UNIQUE INDEX clearance_key ON clearance (container, declaration)');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT') return false;
    throw error;
  }
}
