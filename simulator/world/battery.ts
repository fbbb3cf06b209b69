import type { Clock } from '../../edge/platform/clock.ts';
import {
  BATTERY_PERCENT_PER_M,
  BATTERY_PERCENT_PER_MS,
  BATTERY_STEP_PERCENT,
  CHARGE_PERCENT_PER_MS,
} from './durations.ts';

/** A vehicle's battery. Nothing ticks: its charge follows from the clock, the way driven and when it was plugged in. */
export interface Battery {
  /** Whole percent, rounded down. */
  readonly percent: number;
  readonly charging: boolean;
  charge(on: boolean): void;
  drive(wayM: number): void;
  set(percent: number): void;
}

/** `tell` is called when charging begins and ends, and at every full step while it lasts. */
export function createBattery(clock: Clock, startPercent: number, tell: () => void): Battery {
  let charge = startPercent;
  let sinceMs = clock.monotonicMs();
  let charging = false;
  let cancelStep = (): void => {};

  function update(): number {
    const nowMs = clock.monotonicMs();
    const perMs = charging ? CHARGE_PERCENT_PER_MS : -BATTERY_PERCENT_PER_MS;
    charge = Math.min(100, Math.max(0, charge + perMs * (nowMs - sinceMs)));
    sinceMs = nowMs;
    return charge;
  }

  // Sums of small steps fall short of a whole percent by a rounding error.
  const percent = (): number => Math.floor(update() + 1e-6);

  function awaitStep(): void {
    cancelStep();
    const now = percent();
    if (!charging || now >= 100) return;
    const next = Math.min(100, now + BATTERY_STEP_PERCENT - (now % BATTERY_STEP_PERCENT));
    cancelStep = clock.after((next - charge) / CHARGE_PERCENT_PER_MS, () => {
      tell();
      awaitStep();
    });
  }

  return {
    get percent() {
      return percent();
    },
    get charging() {
      return charging;
    },
    charge(on) {
      if (on === charging) return;
      update();
      charging = on;
      awaitStep();
      tell();
    },
    drive(wayM) {
      charge = Math.max(0, update() - wayM * BATTERY_PERCENT_PER_M);
    },
    set(next) {
      update();
      charge = next;
      awaitStep();
      tell();
    },
  };
}
