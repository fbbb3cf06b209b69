/**
 * From twenty readings a second to the few things a decision can depend on: empty, moving, stable at so many
 * kilograms, out of range. Pure; the caller brings the time.
 *
 * - *moving* at once when the weight leaves the last report by more than one division, or when the indicator's own motion
 *   sign lasts longer than {@link MOTION_MS} although the weight stays (wind on a standing truck makes it flicker);
 * - *stable* after {@link SETTLE_MS} without motion sign within one division; then one division of jitter is no news;
 * - *empty* in the same way, but below {@link EMPTY_BELOW_KG}; left only above {@link LOADED_ABOVE_KG}, so that mud, rain or
 *   a person on the deck make no reports;
 * - *out of range* at once.
 *
 * After a gap the first state is *moving* (or out of range): what was known before it must not pass for what is now.
 */
import type { ScaleReading } from '../../../protocols/weighbridge/mettler-toledo.ts';
import type { WeightReport } from '../../core/input.ts';

export const SETTLE_MS = 500;
export const MOTION_MS = 500;
/** Far below the lightest vehicle, far above mud and rain. */
export const EMPTY_BELOW_KG = 200;
export const LOADED_ABOVE_KG = 400;

export type WeightState = Pick<WeightReport, 'state' | 'grossKg'>;

export interface Settling {
  /** The next reading, at `atMs` of a clock that never goes back. The state to report, or undefined if it is no news. */
  accept(reading: ScaleReading, atMs: number): WeightState | undefined;
  /** Forgets everything: after a gap the state is reported again even if it is the same. */
  reset(): void;
}

export function createSettling(): Settling {
  let reported: WeightState | undefined;
  /** Weight at which the reported state was found. */
  let reportedKg = 0;
  /** Since when the readings stay within one division of `restKg` without a motion sign. */
  let rest: { sinceMs: number; kg: number } | undefined;
  let motionSinceMs: number | undefined;

  const tell = (next: WeightState, kg: number): WeightState | undefined => {
    const news = reported?.state !== next.state || reported.grossKg !== next.grossKg;
    reported = next;
    reportedKg = kg;
    return news ? next : undefined;
  };

  return {
    accept(reading, atMs) {
      if (reading.outOfRange) {
        rest = undefined;
        motionSinceMs = undefined;
        return tell({ state: 'out-of-range' }, 0);
      }
      const { grossKg, motion, divisionKg } = reading;
      const within = (kg: number): boolean => Math.abs(grossKg - kg) <= divisionKg;

      if (motion) {
        rest = undefined;
        motionSinceMs ??= atMs;
      } else {
        motionSinceMs = undefined;
        if (rest === undefined || !within(rest.kg)) rest = { sinceMs: atMs, kg: grossKg };
      }

      const isEmpty = reported?.state === 'empty' && grossKg < LOADED_ABOVE_KG;
      if (isEmpty || (reported?.state === 'stable' && within(reportedKg))) {
        const unrestMs = motionSinceMs === undefined ? 0 : atMs - motionSinceMs;
        return isEmpty || unrestMs < MOTION_MS ? undefined : tell({ state: 'moving' }, grossKg);
      }
      if (rest !== undefined && atMs - rest.sinceMs >= SETTLE_MS) {
        return Math.abs(grossKg) < EMPTY_BELOW_KG
          ? tell({ state: 'empty' }, grossKg)
          : tell({ state: 'stable', grossKg: Math.round(grossKg) }, grossKg);
      }
      return tell({ state: 'moving' }, grossKg);
    },
    reset() {
      reported = undefined;
      rest = undefined;
      motionSinceMs = undefined;
    },
  };
}
