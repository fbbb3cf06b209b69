/** Watches the wall clock against the monotonic one: a step makes it untrusted until it has held still for a while. */
import type { ClockReport } from '../core/input.ts';
import type { Clock } from '../platform/clock.ts';

const PERIOD_MS = 1_000;
/** Slewing by NTP stays far below this within one period. */
const STEP_MS = 500;
/** How long a stepped clock must run evenly before it is trusted again. */
const SETTLE_MS = 10_000;

/** Reports each step, and when trust returns. Returns the stop. */
export function watchClock(clock: Clock, report: (input: ClockReport) => void): () => void {
  const offset = (): number => clock.nowMs() - clock.monotonicMs();
  const start = offset();
  let last = start;
  let untrustedSince: number | null = null;
  return clock.every(PERIOD_MS, () => {
    const now = offset();
    const stepped = Math.abs(now - last) > STEP_MS;
    last = now;
    if (stepped) {
      untrustedSince = clock.monotonicMs();
      report({ type: 'clock', offsetMs: Math.round(now - start), trusted: false });
    } else if (untrustedSince !== null && clock.monotonicMs() - untrustedSince >= SETTLE_MS) {
      untrustedSince = null;
      report({ type: 'clock', offsetMs: Math.round(now - start), trusted: true });
    }
  });
}
