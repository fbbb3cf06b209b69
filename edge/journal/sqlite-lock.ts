/**
 * One writer only. The lock is an SQLite transaction held open on a file of its own: the operating system releases it
 * when the process dies, however it dies, and readers of the journal never meet it.
 */
import { join } from 'node:path';
import { GateError } from '../platform/errors.ts';
import { openDatabase } from './sqlite-database.ts';

/** Takes the folder's writer lock; resolves with its release. Rejects with `JOURNAL_LOCKED` if another writer holds it. */
export async function lockJournal(dir: string): Promise<() => Promise<void>> {
  const db = await openDatabase(join(dir, 'writer.lock'), 'create', 0);
  try {
    // Nothing is ever written, so there is nothing to roll back and no journal file to leave behind.
    await db.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    await db.close();
    if (error instanceof GateError && error.code === 'JOURNAL_BUSY') {
      throw new GateError(
        'JOURNAL_LOCKED',
        `Another process is writing the journal in ${dir}.`,
        'Stop the other “gate control” of this data folder, or give this one a folder of its own.',
        { cause: error },
      );
    }
    throw error;
  }
  return () => db.close();
}
