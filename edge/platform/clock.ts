/**
 * Time, the only way the product sees it. "What o'clock" (`nowMs`) and "how long since"
 * (`monotonicMs`) are kept apart: the first may be stepped by NTP or an operator, the second never goes back.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01T00:00:00Z. May jump. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never decreases. Use it for every duration. */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs` (at least 0). Cancel it with the returned function; cancelling twice is harmless. */
  after(delayMs: number, task: () => void): () => void;
  /** Runs `task` every `periodMs` until cancelled. */
  every(periodMs: number, task: () => void): () => void;
}

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
  every(periodMs, task) {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  },
};

/** Resolves after `delayMs` of `clock`'s time. */
export const sleep = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
