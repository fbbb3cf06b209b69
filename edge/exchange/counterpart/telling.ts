/**
 * Tells control what was read of the other gate's log: the stored lines in order, the line number being the sequence number of
 * the source, and after them the newest head that covers no more than what was told, which becomes our witness in the journal.
 */
import { decodeRecord } from '../../../protocols/handover/line.ts';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import type { Database } from '../database.ts';
import { type ControlDoor, type Submission, submitInOrder } from '../door.ts';
import { type Submitter, startWorker, type WorkerTools } from '../worker.ts';
import { LINES_SOURCE, readMemory } from './memory.ts';

const HEADS_SOURCE = 'counterpart-head';
const SUBMIT_BATCH = 500;
/** A door takes only so much at once. */
const SUBMIT_CHARS_MAX = 1_000_000;

/** Wake it on new lines and heads. */
export function startTelling(
  options: WorkerTools & {
    door: ControlDoor;
    database: Database;
    /** The newest head that is stored with all its lines. */
    witness(): SignedHead | null;
  },
): Submitter {
  const { door, database } = options;
  /** How far control is; undefined until it was asked. */
  let told: { lines: number; head: string | null } | undefined;

  const worker = startWorker({
    ...options,
    name: 'tell control about the counterpart’s log',
    backoff: { minMs: 100, maxMs: 5_000 },
    async turn() {
      const from = told ?? (await readTold(door));
      told = undefined;
      const rows = await database.all<{ line: number; data: string }>(
        'SELECT line, data FROM their_line WHERE line > ? ORDER BY line LIMIT ?',
        from.lines,
        SUBMIT_BATCH,
      );
      const batch = rows.slice(0, fitting(rows)).map(recordOf);
      const lines = from.lines + batch.length;
      const witness = options.witness();
      const isNew = witness !== null && witness.size <= lines && witness.jws !== from.head;
      if (isNew) batch.push(headOf(witness));
      await submitInOrder(door, batch);
      told = { lines, head: isNew ? witness.jws : from.head };
      return batch.length === 0 ? 'idle' : 0;
    },
  });
  return {
    ...worker,
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

function recordOf({ line, data }: { line: number; data: string }): Submission {
  const decoded = decodeRecord(data);
  if (!decoded.ok)
    throw new Error(`stored line ${line} was verified and is now unreadable: ${decoded.reason}`);
  return {
    input: { type: 'counterpart-record', line, record: decoded.record },
    from: { source: LINES_SOURCE, id: `${LINES_SOURCE}:${line}`, seq: line },
  };
}

/** The end of the signature makes the id: it is another for every head. */
const headOf = ({ size, rootHash, jws }: SignedHead): Submission => ({
  input: { type: 'counterpart-head', size, rootHash, head: jws },
  from: { source: HEADS_SOURCE, id: `${HEADS_SOURCE}:${size}:${jws.slice(-40)}` },
});

/** How many of the first rows make a batch of bearable size; at least one. */
function fitting(rows: readonly { data: string }[]): number {
  let chars = 0;
  const tooMuch = rows.findIndex(({ data }, index) => {
    chars += data.length;
    return index > 0 && chars > SUBMIT_CHARS_MAX;
  });
  return tooMuch === -1 ? rows.length : tooMuch;
}
