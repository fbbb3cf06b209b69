import type { Clock } from '../../edge/platform/clock.ts';

/**
 * The clock of a world that runs `speed` times as quick: delays are divided by `speed`, elapsed time is multiplied by
 * it, so a duration measured on this clock equals the delay asked of it. The wall clock stays as it is.
 */
export function scaledClock(clock: Clock, speed: number): Clock {
  if (!(speed > 0)) throw new RangeError(`speed must be above 0, not ${speed}`);
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs() * speed,
    after: (delayMs, task) => clock.after(delayMs / speed, task),
    every: (periodMs, task) => clock.every(periodMs / speed, task),
  };
}
