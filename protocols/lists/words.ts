/** Signed lists: what an authority names that must not pass unseen. The file format is in `file.ts`, docs/lists.md explains it. */

export const LIST_OWNERS = ['customs', 'border-guard', 'quarantine'] as const;
export type ListOwner = (typeof LIST_OWNERS)[number];

export const ENTRY_KINDS = [
  'plate',
  'trailer',
  'container',
  'seal',
  'party',
  'product',
  'hs',
  'origin',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface ListEntry {
  kind: EntryKind;
  /** Of a party: see `protocols/party-word.ts`. Of goods (`hs`): the beginning of a tariff code. */
  value: string;
}

/** One list in one version; instants are milliseconds since 1970. */
export interface SignedList {
  id: string;
  /** The newest counts. */
  version: number;
  name: string;
  owner: ListOwner;
  legalBasis: string;
  from: number;
  /** From then on it does not count any more. */
  until: number;
  /** When its owner should have looked at it again. */
  reviewBy?: number;
  entries: ListEntry[];
}

export const ENTRIES_MAX = 10_000;
