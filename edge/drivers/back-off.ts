import type { Random } from '../platform/random.ts';

/** Pauses between attempts: each twice the one before, up to a bound, with jitter so that devices do not come back in step. */
export interface BackOff {
  nextMs(): number;
  /** The last attempt was good: the next pause is the first again. */
  reset(): void;
}

export function createBackOff(random: Random, bounds: { firstMs: number; maxMs: number }): BackOff {
  let stepMs = bounds.firstMs;
  return {
    nextMs() {
      const pauseMs = stepMs * (0.5 + random.next() / 2);
      stepMs = Math.min(stepMs * 2, bounds.maxMs);
      return pauseMs;
    },
    reset() {
      stepMs = bounds.firstMs;
    },
  };
}
