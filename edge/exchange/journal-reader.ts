/**
 * Reads control's journal from where it left off, in batches: by asking while it is behind, by following once it is level.
 * Inputs are not asked for: the most of them came from here.
 *
 * The place is remembered with the hash of the entry there. The journal is a hash chain: if that entry still has that
 * hash, everything before it is what was read before. If not (control was restored from a backup, or is another
 * one), the journal is read again from its beginning.
 */
import type { Subscription } from 'rxjs';
import { z } from 'zod';
import { chainHash, EMPTY_HEAD, type Head, type JournalEntry } from '../journal/journal.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import { type Database, getMeta, type Statements, setMeta } from './database.ts';
import { INPUTS_READ } from './decisions.ts';
import type { ControlDoor } from './door.ts';
import { startWorker, type Worker, type WorkerTools } from './worker.ts';

const BATCH_MAX = 500;
/** Entries that may wait while a batch is being stored; with more, reading falls back to asking. */
const WAITING_MAX = 2_000;
/** The place is stored at least after so many entries that were none of ours; storing it each time would wear the disk. */
const REMEMBER_EVERY = 1_000;
const PLACE = 'journal.place';
const placeSchema = z.object({ seq: z.int().nonnegative(), hash: z.string() });

export interface JournalHandler {
  /** Applies a batch; true if it stored something, so that the place is stored with it. */
  apply(tx: Statements, entries: readonly JournalEntry[]): Promise<boolean>;
  /** What was applied is durable. */
  applied(): void;
  /** The journal does not continue what was read before: everything from its beginning follows. */
  restarted(): void;
  /** Everything that is durable at control has been applied; called again after each batch that reaches the end. */
  level(): void;
  /** Whether the place may move on; false keeps it, so that the next start looks at the same entries again. */
  mayRemember(): boolean;
}

export interface JournalReader extends Worker {
  /** Reads everything from the beginning again. */
  fromBeginning(): void;
}

export function startJournalReader(
  options: WorkerTools & { door: ControlDoor; database: Database; handler: JournalHandler },
): JournalReader {
  const { door, database, handler, log } = options;
  let place: Head | undefined;
  let rememberedSeq = 0;
  let following: Subscription | undefined;
  let failure: unknown;
  let again = false;
  const waiting: JournalEntry[] = [];

  const stopFollowing = (): void => {
    following?.unsubscribe();
    following = undefined;
    waiting.length = 0;
  };

  const findPlace = async (): Promise<Head> => {
    const text = await getMeta(database, PLACE);
    if (text === undefined) return EMPTY_HEAD;
    const known = placeSchema.parse(JSON.parse(text));
    const [entry] = await door.read(known.seq - 1, 1);
    rememberedSeq = known.seq;
    if (entry?.seq === known.seq && entry.hash === known.hash) return known;
    log.error('the journal does not continue what was read before; reading it from its beginning', {
      lastSeq: known.seq,
    });
    rememberedSeq = 0;
    handler.restarted();
    return EMPTY_HEAD;
  };

  const apply = async (from: Head, entries: readonly JournalEntry[]): Promise<Head> => {
    let next = from;
    for (const entry of entries) {
      const { seq, hash } = entry;
      const follows = seq === next.seq + 1 && hash === chainHash(next.hash, seq, entry);
      if (!follows && seq <= next.seq + 1)
        throw new GateError(
          'JOURNAL_BROKEN',
          `journal entry ${seq} does not continue entry ${next.seq}`,
          'It is looked at again by itself; if it stays so, the control daemon’s journal is damaged.',
        );
      next = { seq, hash };
    }
    await database.transaction(async (tx) => {
      const stored = await handler.apply(tx, entries);
      if (!handler.mayRemember() || (!stored && next.seq - rememberedSeq < REMEMBER_EVERY)) return;
      await setMeta(tx, PLACE, JSON.stringify(next));
      rememberedSeq = next.seq;
    });
    handler.applied();
    return next;
  };

  const follow = (from: Head): void => {
    following = door.follow(from.seq, INPUTS_READ).subscribe({
      next(entry) {
        if (waiting.length < WAITING_MAX) waiting.push(entry);
        else stopFollowing();
        worker.wake();
      },
      error(error: unknown) {
        failure = error;
        worker.wake();
      },
      complete() {
        failure = new GateError(
          'DOOR_CLOSED',
          'the control daemon ended the stream of its journal',
          'Nothing to do if it is restarting; it is followed again.',
        );
        worker.wake();
      },
    });
  };

  const turn = async (): Promise<0 | 'idle'> => {
    if (again) {
      again = false;
      stopFollowing();
      handler.restarted();
      place = EMPTY_HEAD;
    }
    place ??= await findPlace();
    if (failure !== undefined) {
      const reason = failure;
      failure = undefined;
      stopFollowing();
      throw reason instanceof Error ? reason : new Error(messageOf(reason));
    }
    if (following) {
      const entries = waiting.splice(0, BATCH_MAX);
      if (entries.length === 0) return 'idle';
      place = await apply(place, entries);
      if (waiting.length === 0) handler.level();
      return 0;
    }
    const entries = await door.read(place.seq, BATCH_MAX, INPUTS_READ);
    if (entries.length > 0) {
      place = await apply(place, entries);
      return 0;
    }
    handler.level();
    follow(place);
    return 'idle';
  };

  const worker = startWorker({
    ...options,
    name: 'read the journal',
    backoff: { minMs: 100, maxMs: 5_000 },
    async turn() {
      try {
        return await turn();
      } catch (error) {
        stopFollowing();
        // Control may come back with another journal: the place is looked up, and its hash checked, anew.
        place = undefined;
        throw error;
      }
    },
  });

  return {
    wake: worker.wake,
    fromBeginning() {
      again = true;
      worker.wake();
    },
    async stop() {
      stopFollowing();
      await worker.stop();
      stopFollowing();
    },
  };
}
