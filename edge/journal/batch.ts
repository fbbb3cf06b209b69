/** What every engine demands of a batch before it is chained. */
import { GateError } from '../platform/errors.ts';
import type { NewEntry } from './journal.ts';

const KINDS: readonly string[] = ['input', 'decision', 'snapshot'];
const invalid = (message: string): GateError =>
  new GateError('JOURNAL_INVALID', message, 'This is a fault of the caller: report it with this text.');

/** Lone surrogates and NUL would not come back from a store as they went in, and the chain would break. */
const survivesStorage = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/**
 * Refuses what must never enter the chain: an empty batch, time that runs backwards, an unknown kind, text that
 * cannot be stored byte for byte. `lastAt` is the `at` of the last entry. Throws `JOURNAL_INVALID`.
 */
export function checkBatch(lastAt: number, entries: readonly NewEntry[]): void {
  if (entries.length === 0) throw invalid('An empty batch was handed to the journal.');
  let at = lastAt;
  for (const entry of entries) {
    if (!KINDS.includes(entry.kind)) throw invalid(`The journal knows no entries of kind ${entry.kind}.`);
    if (!Number.isSafeInteger(entry.at) || entry.at < at) {
      throw invalid(`Entry ${entry.type} is stamped ${entry.at}, which does not follow ${at}.`);
    }
    if (!survivesStorage(entry.type) || !survivesStorage(entry.body)) {
      throw invalid(`Entry ${entry.type} holds text that cannot be stored byte for byte.`);
    }
    at = entry.at;
  }
}

/** A segment begins with a snapshot; anything else there is a fault of the caller. Throws `JOURNAL_INVALID`. */
export function checkSnapshot(lastAt: number, snapshot: NewEntry): void {
  if (snapshot.kind !== 'snapshot')
    throw invalid(`A segment begins with a snapshot, not with ${snapshot.kind} ${snapshot.type}.`);
  checkBatch(lastAt, [snapshot]);
}

/** Two appends at a time would race for the same sequence. */
export const appendUnderWay = (): GateError =>
  new GateError(
    'JOURNAL_BUSY',
    'An append was asked for while another is under way.',
    'This is a fault of the caller, which gathers what comes meanwhile into the next batch: report it.',
  );

export const journalClosed = (): GateError =>
  new GateError('JOURNAL_CLOSED', 'The journal is closed.', 'Open it again.');
