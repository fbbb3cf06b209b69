import type { Clock } from '../../edge/platform/clock.ts';

/** Something under way that can be halted and taken up again. */
export interface Motion {
  /** 0 at the start, 1 at the end. */
  fraction(): number;
  /** Stops where it is; halting twice is harmless. */
  halt(): void;
  resume(): void;
}

/** Starts a motion of `durationMs`; `done` runs once at its end. Nothing ticks meanwhile. */
export function startMotion(clock: Clock, durationMs: number, done: () => void): Motion {
  let coveredMs = 0;
  let sinceMs = clock.monotonicMs();
  let cancel: (() => void) | undefined = clock.after(durationMs, done);
  const covered = (): number =>
    cancel === undefined ? coveredMs : Math.min(durationMs, coveredMs + clock.monotonicMs() - sinceMs);
  return {
    fraction: () => (durationMs === 0 ? 1 : covered() / durationMs),
    halt() {
      coveredMs = covered();
      cancel?.();
      cancel = undefined;
    },
    resume() {
      if (cancel !== undefined) return;
      sinceMs = clock.monotonicMs();
      cancel = clock.after(durationMs - coveredMs, done);
    },
  };
}
