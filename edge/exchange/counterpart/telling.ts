/**
 * Tells control what was read of the other gate's log: the stored lines in order, the line number being the sequence number of
 * the source, and after them the newest head that covers no more than what was told, which becomes our witness in the journal.
 */
import type { VerifiedLine } from '../../../protocols/handover/follower.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import type { Database } from '../database.ts';
import { type ControlDoor, type Submission, submitInOrder } from '../door.ts';
import { type Submitter, startWorker, type WorkerTools } from '../worker.ts';
import { LINES_SOURCE, readMemory } from './memory.ts';

const HEADS_SOURCE = 'counterpart-head';
const SUBMIT_BATCH = 2_000;
/** Lines that are kept in memory from being verified to being told; what is beyond is read from disk, and decoded, again. */
const FRESH_LINES_MAX = 3_000;
const FRESH_CHARS_MAX = 8 * 1024 * 1024;
/** The longest that reading waits for control. */
const ROOM_MS_MAX = 2_000;
/** A door takes four megabytes at once. What is submitted of a line is shorter than the line. */
const SUBMIT_BYTES_MAX = 3_500_000;

export interface Telling extends Submitter {
  /** Lines, or with none a head, have been stored. */
  stored(lines: readonly VerifiedLine[]): void;
  /** Resolves when control has taken most of what was stored, and after two seconds at the latest. */
  room(): Promise<void>;
}

export function startTelling(
  options: WorkerTools & {
    door: ControlDoor;
    database: Database;
    /** The newest head that is stored with all its lines. */
    witness(): SignedHead | null;
  },
): Telling {
  const { door, database, clock } = options;
  /** How far control is; undefined until it was asked. */
  let told: { lines: number; head: string | null } | undefined;
  /** Lines that follow each other, just verified. */
  const fresh: VerifiedLine[] = [];
  const waiting = new Set<() => void>();

  const isFull = (): boolean => fresh.length >= FRESH_LINES_MAX;
  const keep = (lines: readonly VerifiedLine[]): void => {
    const next = fresh.at(-1);
    const follows = next === undefined || lines[0]?.line === next.line + 1;
    const chars = lines.reduce((sum, { data }) => sum + data.length, 0);
    if (follows && !isFull() && chars <= FRESH_CHARS_MAX) fresh.push(...lines);
  };
  const forget = (upTo: number): void => {
    const first = fresh[0]?.line ?? upTo + 1;
    fresh.splice(0, Math.max(0, upTo + 1 - first));
    if (!isFull()) for (const resume of waiting) resume();
  };
  /** The next lines for control, and how long their texts are. */
  const following = async (cursor: number): Promise<Row[]> => {
    const index = cursor + 1 - (fresh[0]?.line ?? Number.NaN);
    if (index >= 0 && index < fresh.length) return fresh.slice(index, index + SUBMIT_BATCH);
    const rows = await database.all<{ line: number; data: string }>(
      'SELECT line, data FROM their_line WHERE line > ? ORDER BY line LIMIT ?',
      cursor,
      SUBMIT_BATCH,
    );
    return rows.slice(0, fitting(rows)).map(decoded);
  };

  const worker = startWorker({
    ...options,
    name: 'tell control about the counterpart’s log',
    backoff: { minMs: 100, maxMs: 5_000 },
    async turn() {
      const from = told ?? (await readTold(door));
      told = undefined;
      const rows = await following(from.lines);
      const batch = rows.slice(0, fitting(rows)).map(submissionOf);
      const lines = from.lines + batch.length;
      const witness = options.witness();
      const isNew = witness !== null && witness.size <= lines && witness.jws !== from.head;
      if (isNew) batch.push(headOf(witness));
      await submitInOrder(door, batch);
      told = { lines, head: isNew ? witness.jws : from.head };
      forget(lines);
      return batch.length === 0 ? 'idle' : 0;
    },
  });
  return {
    ...worker,
    stored(lines) {
      keep(lines);
      worker.wake();
    },
    room: () =>
      new Promise((resolve) => {
        if (!isFull()) return resolve();
        const resume = (): void => {
          cancel();
          waiting.delete(resume);
          resolve();
        };
        const cancel = clock.after(ROOM_MS_MAX, resume);
        waiting.add(resume);
      }),
    resync() {
      told = undefined;
      worker.wake();
    },
  };
}

async function readTold(door: ControlDoor): Promise<{ lines: number; head: string | null }> {
  const { lines, witness } = await readMemory(door);
  return { lines, head: witness?.jws ?? null };
}

type Row = Pick<VerifiedLine, 'line' | 'data' | 'record'>;

function decoded({ line, data }: { line: number; data: string }): Row {
  const read = decodeRecord(data);
  if (read.ok) return { line, data, record: read.record };
  throw new Error(`stored line ${line} was verified and is now unreadable: ${read.reason}`);
}

const submissionOf = ({ line, record }: Row): Submission => ({
  input: { type: 'counterpart-record', line, record },
  from: { source: LINES_SOURCE, id: `${LINES_SOURCE}:${line}`, seq: line },
});

/** The end of the signature makes the id: it is another for every head. */
const headOf = ({ size, rootHash, jws }: SignedHead): Submission => ({
  input: { type: 'counterpart-head', size, rootHash, head: jws },
  from: { source: HEADS_SOURCE, id: `${HEADS_SOURCE}:${size}:${jws.slice(-40)}` },
});

/** How many of the first rows make a batch of bearable size; at least one. */
function fitting(rows: readonly { data: string }[]): number {
  let bytes = 0;
  const tooMuch = rows.findIndex(({ data }, index) => {
    bytes += Buffer.byteLength(data);
    return index > 0 && bytes > SUBMIT_BYTES_MAX;
  });
  return tooMuch === -1 ? rows.length : tooMuch;
}
