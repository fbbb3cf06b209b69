/**
 * What one input means for the whole gate is looked at with that input; the regular sweep is there for what was forgotten, and
 * should find nothing.
 */
import { step } from '../../edge/core/gate.ts';
import { restore, snapshot } from '../../edge/core/state.ts';
import type { VirtualGate } from '../run.ts';
import type { Part, Scene } from './scene.ts';

/** A copy of a busy gate takes some milliseconds; so seldom it costs a fraction of a microsecond a step. */
const STEPS_BETWEEN = 20_000;

/** What a copy of the gate decides when it looks at everything, as its sweep does; empty: nothing was forgotten. */
export function missedBy({ state }: VirtualGate): string[] {
  // What was configured, booked and told is only read; it is the most of it.
  const { config, devices, laneIo, cranes, bookings, clearances } = state;
  const told = { devices, laneIo, cranes, bookings, clearances };
  const untold = { config: null, devices: {}, laneIo: {}, cranes: {}, bookings: {}, clearances: {} };
  const copy = { ...restore(snapshot({ ...state, ...untold })), config, ...told };
  const at = copy.now;
  copy.timers.sweep = at;
  return step(copy, { type: 'tick', at }).map((effect) =>
    effect.kind === 'decide' ? effect.type : `command ${effect.command.kind} of ${effect.command.device}`,
  );
}

/** A statistic, no violation: `missed by the agenda`, with the kind of input and of decision. */
export function createAgendaWatch({ book }: Scene): Part {
  let steps = 0;
  return {
    stepped({ gate }, input) {
      steps += 1;
      if (steps % STEPS_BETWEEN !== 0) return;
      book.note('looked for what the agenda missed');
      const missed = missedBy(gate);
      if (missed.length === 0) return;
      book.note('missed by the agenda');
      for (const what of missed) book.note(`missed by the agenda: ${what} after ${input.type}`);
    },
  };
}
