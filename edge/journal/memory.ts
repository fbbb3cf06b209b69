/**
 * A journal in memory, for virtual time: an append is durable after a delay, `crash` loses what was not, and a test can
 * hold the disk back or let it fail.
 */
import type { Clock } from '../platform/clock.ts';
import type { GateError } from '../platform/errors.ts';
import { appendUnderWay, checkBatch, checkSnapshot, journalClosed } from './batch.ts';
import {
  chain,
  EMPTY_HEAD,
  type Head,
  type Journal,
  type JournalEntry,
  LOOKED_AT_MAX,
  type NewEntry,
} from './journal.ts';

export interface MemoryJournal extends Journal {
  /** From now on no append becomes durable: the disk stalls. */
  hold(): void;
  /** Ends `hold`; what was held back becomes durable. */
  release(): void;
  /** The next append (or the one after the next failure) is rejected with `error`; nothing of it is stored. */
  failNext(error: GateError): void;
  /**
   * The process dies. Whatever was asked of this journal and not answered never is. Returns the journal as the next
   * process finds it: without the append under way, or with it (`underWayStored`) as happens when the power goes after
   * the sync and before the answer.
   */
  crash(options?: { underWayStored?: boolean }): MemoryJournal;
}

export interface MemoryJournalOptions {
  /** Needed for a delay. */
  clock?: Clock;
  /** How long the simulated disk takes to sync; 0 (at once) without a clock. */
  syncDelayMs?: number;
}

/** An empty journal in memory. */
export const createMemoryJournal = (options: MemoryJournalOptions = {}): MemoryJournal => reopen([], options);

function reopen(stored: JournalEntry[], options: MemoryJournalOptions): MemoryJournal {
  const { clock, syncDelayMs = 0 } = options;
  const durable = [...stored];
  const failures: GateError[] = [];
  let underWay: { entries: JournalEntry[]; synced: boolean; commit: () => void } | undefined;
  let held = false;
  let state: 'open' | 'closed' | 'crashed' = 'open';
  let settled: Promise<void> = Promise.resolve();

  const last = (): JournalEntry | undefined => durable.at(-1);
  const head = (): Head => {
    const entry = last();
    return entry ? { seq: entry.seq, hash: entry.hash } : EMPTY_HEAD;
  };

  const commitIfSynced = (): void => {
    if (state === 'crashed' || held || !underWay?.synced) return;
    const { entries, commit } = underWay;
    underWay = undefined;
    durable.push(...entries);
    commit();
  };
  const synced = (): void => {
    if (underWay) underWay.synced = true;
    commitIfSynced();
  };

  const write = (entries: readonly NewEntry[]): Promise<void> => {
    if (state === 'closed') return Promise.reject(journalClosed());
    if (state === 'crashed') return neverAnswered();
    if (underWay) return Promise.reject(appendUnderWay());
    const failure = failures.shift();
    if (failure) return Promise.reject(failure);
    const written = new Promise<void>((commit) => {
      underWay = { entries: chain(head(), entries), synced: false, commit };
    });
    settled = written;
    if (clock && syncDelayMs > 0) clock.after(syncDelayMs, synced);
    else queueMicrotask(synced);
    return written;
  };
  const answer = async <T>(value: () => T): Promise<T> => {
    if (state === 'closed') throw journalClosed();
    return state === 'crashed' ? neverAnswered() : value();
  };

  return {
    get head() {
      return head();
    },
    async append(entries) {
      checkBatch(last()?.at ?? 0, entries);
      const firstSeq = head().seq + 1;
      await write(entries);
      return { firstSeq };
    },
    async startSegment(snapshot) {
      checkSnapshot(last()?.at ?? 0, snapshot);
      await write([snapshot]);
    },
    // Sequences have no gaps, so an entry's place is its sequence less one.
    read: (after, limit, inputs) =>
      answer(() => {
        const from = Math.max(0, after);
        if (inputs === undefined) return durable.slice(from, from + Math.max(0, limit));
        const looked = durable.slice(from, from + LOOKED_AT_MAX);
        return looked
          .filter(
            ({ kind, type }, index) =>
              kind !== 'input' || inputs.includes(type) || index === looked.length - 1,
          )
          .slice(0, Math.max(0, limit));
      }),
    latestSnapshot: () => answer(() => durable.findLast((entry) => entry.kind === 'snapshot')),
    async close() {
      if (state === 'crashed') return;
      state = 'closed';
      if (underWay) await settled;
    },
    hold() {
      held = true;
    },
    release() {
      held = false;
      commitIfSynced();
    },
    failNext(error) {
      failures.push(error);
    },
    crash({ underWayStored = false } = {}) {
      const survived = underWayStored ? [...durable, ...(underWay?.entries ?? [])] : durable;
      state = 'crashed';
      return reopen(survived, options);
    },
  };
}

const neverAnswered = (): Promise<never> => new Promise(() => {});
