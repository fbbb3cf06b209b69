/**
 * The people at the consoles of a run in virtual time. They look at what the gate shows every few seconds, take a minute or
 * more to come to a matter, look at the vehicle or the container itself, and then do what an honest person would: nothing
 * that the truth does not bear out, and overrides always by two.
 */
import { createDesk } from './operators/desk.ts';
import type { Matter } from './operators/matters.ts';
import type { VirtualRun } from './run.ts';

export interface Operators {
  /** Matters seen to so far. */
  readonly count: number;
}

/** Puts people to the consoles of every gate; they look each `lookMs`. `comeMs` as in createDesk. */
export function startOperators(
  run: VirtualRun,
  { lookMs, comeMs }: { lookMs: number; comeMs: (matter: Matter) => number },
): Operators {
  let count = 0;
  for (const [id, gate] of run.gates) {
    const world = run.world.gates.get(id);
    if (world === undefined) continue;
    const look = createDesk({ run, gate, world }, comeMs);
    run.clock.every(lookMs, () => {
      if (gate.isUp) count += look();
    });
  }
  return {
    get count() {
      return count;
    },
  };
}
