/**
 * A journal's entry as it is shown to people. Salts, and what they are made from, prove what a filter has kept back of the handover log:
 * whoever has salt and digest guesses a seal number in no time. They are for exchange, and for whoever holds the journal itself.
 */
import type { JournalEntry } from './journal.ts';

/** Quotes inside a text are escaped in JSON, so each of these is a member. */
const SEED = /"saltSeed":"[^"]*"/g;
const SALT = /"salt":"[^"]*"/g;

/** The same without its salts; `hash` stays that of the whole entry. */
export function withoutSalts<T extends Pick<JournalEntry, 'kind' | 'type' | 'body'>>(entry: T): T {
  const { kind, type, body } = entry;
  if (kind === 'snapshot' || type === 'boot')
    return { ...entry, body: body.replace(SEED, () => '"saltSeed":""') };
  return type === 'handover' ? { ...entry, body: body.replace(SALT, () => '"salt":""') } : entry;
}
