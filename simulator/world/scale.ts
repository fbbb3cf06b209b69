import { createCell } from './cell.ts';
import type { WorldContext } from './context.ts';
import { SCALE_DIVISION_KG, SCALE_EMPTY_MS, SCALE_SETTLE_MS, SCALE_STEP_MS } from './durations.ts';
import type { ScaleModel, ScaleState } from './ports.ts';

/** A weighbridge: swings after each change of its load, then stands still. */
export interface Scale extends ScaleModel {
  load(grossKg: number): void;
  unload(): void;
  /** Fault: shows this weight, at rest, whatever stands on it; undefined repairs it. */
  freeze(grossKg: number | undefined): void;
}

const rounded = (kg: number): number => Math.round(kg / SCALE_DIVISION_KG) * SCALE_DIVISION_KG;

export function createScale(context: WorldContext): Scale {
  const cell = createCell<ScaleState>(context, { grossKg: 0, motion: false });
  let truth: ScaleState = cell.state;
  let frozenKg: number | undefined;
  let cancel = (): void => {};

  function show(next: ScaleState): void {
    truth = next;
    if (frozenKg === undefined) cell.patch(next);
  }

  /** From what it shows to `targetKg` in equal steps, each with some unrest. */
  function swing(targetKg: number, overMs: number): void {
    cancel();
    const fromKg = truth.grossKg;
    const steps = Math.round(overMs / SCALE_STEP_MS);
    let step = 0;
    function move(): void {
      if (step === steps) {
        show({ grossKg: targetKg, motion: false });
        return;
      }
      const share = (step + 0.3 + 0.6 * context.random.next()) / steps;
      show({ grossKg: rounded(fromKg + (targetKg - fromKg) * share), motion: true });
      step += 1;
      cancel = context.clock.after(SCALE_STEP_MS, move);
    }
    move();
  }

  return {
    get state() {
      return cell.state;
    },
    changes: cell.changes,
    load: (grossKg) => swing(grossKg, SCALE_SETTLE_MS),
    unload: () => swing(0, SCALE_EMPTY_MS),
    freeze: (grossKg) =>
      context.act(() => {
        frozenKg = grossKg;
        cell.patch(grossKg === undefined ? truth : { grossKg, motion: false });
      }),
  };
}
