/** What tests of gates in virtual time share. */
import assert from 'node:assert/strict';
import type { Crossing } from '../../edge/core/state.ts';
import type { VirtualRun } from '../../simulator/run.ts';

const HOUR_MS = 3_600_000;

/** Runs until `predicate` holds; fails when it does not within an hour. */
export function untilIn(run: VirtualRun, predicate: () => boolean, what: string): void {
  assert.ok(run.clock.runUntil(predicate, { limitMs: HOUR_MS }), `never happened: ${what}`);
}

export const crossingIn = (run: VirtualRun, gate: string, container: string): Crossing | undefined =>
  Object.values(run.gate(gate).state.crossings).find((one) =>
    one.containers.some(({ number }) => number === container),
  );

/** Ends the run; fails if anything was struck, or anybody moved below a hoist. */
export function endUnharmed(run: VirtualRun): void {
  const { strikes, collisions, hoistViolations } = run.world.stats();
  run.stop();
  assert.deepEqual(
    { strikes, collisions, hoistViolations },
    { strikes: 0, collisions: 0, hoistViolations: 0 },
  );
}
