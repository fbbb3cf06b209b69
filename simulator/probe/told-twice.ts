/**
 * What a device or the other gate says of how things are may come twice: lost acknowledgements, restarts, careless senders. Now and
 * then a copy of the gate is told once more what it has just been told; it must have nothing to say to that.
 */
import { step } from '../../edge/core/gate.ts';
import type { Input } from '../../edge/core/input.ts';
import type { Part, Scene } from '../invariants/scene.ts';
import { copyOf } from './copy.ts';

/** Inputs that tell how something is, not what has happened. */
const STATES: ReadonlySet<Input['type']> = new Set<Input['type']>([
  'device-status',
  'counterpart-link',
  'counterpart-live',
  'clock',
  'customs-feed',
  'lane-io',
  'weight',
  'vehicle',
  'crane',
]);

/** Of each kind the first ones are told twice, then every so many: a copy costs a millisecond. */
const FIRST = 40;
const EVERY = 2_000;

export function createToldTwice({ book }: Scene): Part {
  const seen = new Map<string, number>();
  return {
    stepped({ id, gate }, input) {
      if (!STATES.has(input.type) || !gate.isUp) return;
      const times = seen.get(input.type) ?? 0;
      seen.set(input.type, times + 1);
      if (times >= FIRST && times % EVERY !== 0) return;
      const copy = copyOf(gate.state);
      const alarms = JSON.stringify(copy.alarms);
      const [effect] = step(copy, { ...input, at: copy.now });
      book.check();
      const told = `probe: told twice of ${JSON.stringify(input)}, it would`;
      if (effect?.kind === 'command') book.violate('I9', id, `${told} command ${effect.command.kind}`);
      else if (effect !== undefined) book.violate('I9', id, `${told} decide ${JSON.stringify(effect.body)}`);
      else if (JSON.stringify(copy.alarms) !== alarms) book.violate('I9', id, `${told} count an alarm twice`);
    },
  };
}
