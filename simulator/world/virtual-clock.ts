/** Time that moves only when told to: hours of traffic in a second, the same every time. */
import type { Clock } from '../../edge/platform/clock.ts';

export interface VirtualClock extends Clock {
  /** Runs everything due within the next `ms`, in order, and stands there afterwards. */
  advance(ms: number): void;
  /** The same, up to a wall-clock time; a time already past runs nothing. */
  advanceTo(atMs: number): void;
  /**
   * Runs one event after the other until `predicate` holds (it is tried before the first and after each event).
   * Gives up after `limitMs` and returns false; the clock then stands at the limit.
   */
  runUntil(predicate: () => boolean, options: { limitMs: number }): boolean;
  /** Wall-clock time of the next event; undefined when nothing is planned. */
  nextAt(): number | undefined;
}

interface Entry {
  at: number;
  order: number;
  task: () => void;
  cancelled: boolean;
}

/** Heaps smaller than this are never cleaned of cancelled entries. */
const SWEEP_SIZE_MIN = 64;

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Binary heap of entries; ties come out in the order of insertion. */
function createHeap() {
  let entries: Entry[] = [];

  /** Places `entry` at `hole` or above. */
  function up(start: number, entry: Entry): void {
    let hole = start;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = entries[above];
      if (parent === undefined || !before(entry, parent)) break;
      entries[hole] = parent;
      hole = above;
    }
    entries[hole] = entry;
  }
  /** Places `entry` at the top or below. */
  function down(entry: Entry): void {
    let hole = 0;
    for (;;) {
      let below = 2 * hole + 1;
      let child = entries[below];
      if (child === undefined) break;
      const right = entries[below + 1];
      if (right !== undefined && before(right, child)) {
        below += 1;
        child = right;
      }
      if (!before(child, entry)) break;
      entries[hole] = child;
      hole = below;
    }
    entries[hole] = entry;
  }

  return {
    get size() {
      return entries.length;
    },
    peek: (): Entry | undefined => entries[0],
    push(entry: Entry): void {
      entries.push(entry);
      up(entries.length - 1, entry);
    },
    pop(): Entry | undefined {
      const first = entries[0];
      const last = entries.pop();
      if (last !== undefined && first !== last) down(last);
      return first;
    },
    /** Drops cancelled entries; a sorted array is a heap. */
    sweep(): void {
      entries = entries.filter((entry) => !entry.cancelled).sort((a, b) => (before(a, b) ? -1 : 1));
    },
  };
}

/** A clock that stands at `startMs` of the wall clock and at 0 of the monotonic one. */
export function createVirtualClock(startMs: number): VirtualClock {
  const heap = createHeap();
  let elapsedMs = 0;
  let inserted = 0;
  let cancelledCount = 0;
  let running = false;

  function plan(delayMs: number, task: () => void): () => void {
    inserted += 1;
    const entry: Entry = { at: elapsedMs + Math.max(0, delayMs), order: inserted, task, cancelled: false };
    heap.push(entry);
    return () => {
      if (entry.cancelled) return;
      entry.cancelled = true;
      cancelledCount += 1;
      // Watchdogs are cancelled far more often than they fire: without this, a long run would keep them all.
      if (heap.size > SWEEP_SIZE_MIN && cancelledCount > heap.size / 2) {
        heap.sweep();
        cancelledCount = 0;
      }
    };
  }

  function next(): Entry | undefined {
    while (heap.peek()?.cancelled) {
      heap.pop();
      cancelledCount -= 1;
    }
    return heap.peek();
  }

  /** Runs the next event if it is due by `untilMs`. */
  function runNext(untilMs: number): boolean {
    const entry = next();
    if (entry === undefined || entry.at > untilMs) return false;
    heap.pop();
    // A task that cancels itself must not count as a cancelled entry of the heap.
    entry.cancelled = true;
    elapsedMs = entry.at;
    entry.task();
    return true;
  }

  function run(untilMs: number, done: () => boolean): boolean {
    if (running) throw new Error('a task moved the virtual clock that runs it');
    running = true;
    try {
      if (done()) return true;
      while (runNext(untilMs)) if (done()) return true;
      elapsedMs = Math.max(elapsedMs, untilMs);
      return false;
    } finally {
      running = false;
    }
  }

  const advance = (ms: number): void => {
    run(elapsedMs + ms, () => false);
  };

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after: plan,
    every(periodMs, task) {
      let cancel = plan(periodMs, repeat);
      let stopped = false;
      function repeat(): void {
        cancel = plan(periodMs, repeat);
        task();
      }
      return () => {
        if (stopped) return;
        stopped = true;
        cancel();
      };
    },
    advance,
    advanceTo: (atMs) => advance(Math.max(0, atMs - startMs - elapsedMs)),
    runUntil: (predicate, { limitMs }) => run(elapsedMs + limitMs, predicate),
    nextAt: () => {
      const entry = next();
      return entry === undefined ? undefined : startMs + entry.at;
    },
  };
}
