/**
 * A statistic, no violation: every so many steps a copy of a gate looks at everything, as its regular sweep does. What it
 * decides there, the step before had not looked at: `missed by the agenda`, with the kind of input and of decision.
 */
import { step } from '../../edge/core/gate.ts';
import { restore, snapshot } from '../../edge/core/state.ts';
import type { Part, Scene } from './scene.ts';

/** A copy of a busy gate takes some milliseconds; so seldom it costs a fraction of a microsecond a step. */
const STEPS_BETWEEN = 20_000;

export function createAgendaWatch({ book }: Scene): Part {
  let steps = 0;
  return {
    stepped({ gate }, input) {
      steps += 1;
      if (steps % STEPS_BETWEEN !== 0) return;
      const copy = restore(snapshot(gate.state));
      const at = copy.now;
      copy.timers = { sweep: at };
      book.note('looked for what the agenda missed');
      const effects = step(copy, { type: 'tick', at });
      if (effects.length === 0) return;
      book.note('missed by the agenda');
      for (const effect of effects) {
        const what = effect.kind === 'decide' ? effect.type : `command ${effect.command.kind}`;
        book.note(`missed by the agenda: ${what} after ${input.type}`);
      }
    },
  };
}
