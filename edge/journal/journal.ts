/**
 * The journal: the one record of everything that happened, append-only and hash-chained (DESIGN §6).
 * This file is the contract every engine keeps, and the chain itself.
 */
import { createHash } from 'node:crypto';

export type EntryKind = 'input' | 'decision' | 'snapshot';

/** What a writer hands over; `body` is JSON text, and exactly these bytes are hashed and stored. */
export interface NewEntry {
  /** Milliseconds since 1970, never decreasing along the journal. */
  at: number;
  kind: EntryKind;
  /** The input's or decision's type; `state` for a snapshot. */
  type: string;
  body: string;
}

export interface JournalEntry extends NewEntry {
  /** From 1, without gaps. */
  seq: number;
  /** SHA-256 over the previous hash and this entry, hex; see {@link chainHash}. */
  hash: string;
}

/** The end of the chain: `seq` 0 and sixty-four zeros for an empty journal. */
export interface Head {
  seq: number;
  hash: string;
}

export const EMPTY_HEAD: Head = { seq: 0, hash: '0'.repeat(64) };

export interface Journal {
  /** Last durable entry. */
  readonly head: Head;
  /**
   * Appends all entries or none, in order. Resolves when they are durable, with the sequence of the first.
   * One append at a time: the caller batches. Rejects with `GateError` `JOURNAL_…`; after a rejection nothing of it is stored.
   */
  append(entries: readonly NewEntry[]): Promise<{ firstSeq: number }>;
  /** Starts a new segment with this snapshot as its first entry. Entries before it stay readable. */
  startSegment(snapshot: NewEntry): Promise<void>;
  /** Durable entries with `seq > after`, at most `limit`, in order. */
  read(after: number, limit: number): Promise<JournalEntry[]>;
  /** The newest snapshot, if there is one. */
  latestSnapshot(): Promise<JournalEntry | undefined>;
  close(): Promise<void>;
}

/**
 * `SHA-256(previous hash ‖ seq ‖ at ‖ kind ‖ type ‖ body bytes)`: the hash as 32 bytes, the numbers as 64-bit
 * big-endian, each text preceded by its length in bytes as 32-bit big-endian, so that no two entries hash alike.
 */
export function chainHash(previousHash: string, seq: number, entry: NewEntry): string {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(BigInt(seq), 0);
  numbers.writeBigUInt64BE(BigInt(entry.at), 8);
  const hash = createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(numbers);
  for (const text of [entry.kind, entry.type, entry.body]) {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest('hex');
}

/** The entries that follow `head`, numbered and chained. */
export function chain(head: Head, entries: readonly NewEntry[]): JournalEntry[] {
  let { seq, hash } = head;
  return entries.map((entry) => {
    seq += 1;
    hash = chainHash(hash, seq, entry);
    return { ...entry, seq, hash };
  });
}
