/**
 * The journal: the one record of everything that happened, append-only and hash-chained (DESIGN §6).
 * This file is the contract every engine keeps, and the chain itself.
 */
import { hash } from 'node:crypto';

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
  /**
   * Durable entries with `seq > after`, at most `limit`, in order. `inputs` leaves out inputs of other types, except the last entry
   * that was looked at: its sequence and hash tell how far the answer reaches ({@link LOOKED_AT_MAX} entries at most).
   */
  read(after: number, limit: number, inputs?: readonly string[]): Promise<JournalEntry[]>;
  /** The newest snapshot, if there is one. */
  latestSnapshot(): Promise<JournalEntry | undefined>;
  close(): Promise<void>;
}

/** A read that leaves most out must end, too: it goes through so many entries. */
export const LOOKED_AT_MAX = 20_000;

/**
 * `SHA-256(previous hash ‖ seq ‖ at ‖ kind ‖ type ‖ body bytes)`: the hash as 32 bytes, the numbers as 64-bit
 * big-endian, each text preceded by its length in bytes as 32-bit big-endian, so that no two entries hash alike.
 */
export function chainHash(previousHash: string, seq: number, entry: NewEntry): string {
  const { kind, type, body } = entry;
  const bytes = roomFor(BYTES_BESIDE_TEXT_MAX + UTF8_BYTES_MAX * (kind.length + type.length + body.length));
  let end = bytes.write(previousHash, 0, 'hex');
  end = bytes.writeBigUInt64BE(BigInt(seq), end);
  end = bytes.writeBigUInt64BE(BigInt(entry.at), end);
  for (const text of [kind, type, body]) {
    const length = bytes.write(text, end + 4, 'utf8');
    end = bytes.writeUInt32BE(length, end) + length;
  }
  return hash('sha256', bytes.subarray(0, end), 'hex');
}

/** The hash before, two numbers, three lengths. */
const BYTES_BESIDE_TEXT_MAX = 32 + 2 * 8 + 3 * 4;
const UTF8_BYTES_MAX = 3;
/** Most entries fit in here: hashing them makes no garbage. */
const room = Buffer.allocUnsafeSlow(16 * 1024);
const roomFor = (bytes: number): Buffer => (bytes <= room.length ? room : Buffer.allocUnsafe(bytes));

/** The entries that follow `head`, numbered and chained. */
export function chain(head: Head, entries: readonly NewEntry[]): JournalEntry[] {
  let last = head;
  return entries.map((entry) => {
    const seq = last.seq + 1;
    const next = { ...entry, seq, hash: chainHash(last.hash, seq, entry) };
    last = next;
    return next;
  });
}
