/**
 * What customs' system may tell at any time and must not do harm: a booking told twice, a booking of the other direction for a
 * container that is here already, and a flood of words on containers that nobody has booked. A copy of the gate hears it.
 */
import { step } from '../../edge/core/gate.ts';
import type { Booking, ClearanceReport, Input } from '../../edge/core/input.ts';
import type { GateState } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { copyOf } from './copy.ts';
import { NOBODY } from './what-if.ts';

/** A copy costs a millisecond: some at first, then now and then. */
const OFTEN = 24;
const STEPS_BETWEEN_FIRST = 150;
const STEPS_BETWEEN = 8_000;
/** More than a gate keeps in mind of what nobody has booked. */
const FLOOD = 1_005;
const FLOODS = 2;

const booking = (container: string, direction: Booking['direction']): Booking => ({
  type: 'booking',
  bookingId: `${NOBODY} ${container}`,
  direction,
  container,
  truckPlate: NOBODY,
  declarations: [NOBODY],
  grossKg: 20_000,
  seals: [],
});

const clearance = (container: string): ClearanceReport => ({
  type: 'clearance',
  declaration: NOBODY,
  container,
  kind: 'import',
  channel: 'green',
  status: 'registered',
  version: 1,
  source: NOBODY,
});

export function createCustomsWords({ book }: Scene): Part {
  let steps = 0;
  let asked = 0;

  function ask({ id, gate }: Watched): void {
    const copy = (): GateState => copyOf(gate.state);
    const hear = (state: GateState, input: Input): void => {
      step(state, { ...input, at: state.now });
    };
    book.check();
    const known = pick(Object.values(gate.state.bookings), asked);
    if (known !== undefined) {
      const state = copy();
      const before = crossingsOf(state);
      hear(state, { type: 'booking', ...known });
      if (crossingsOf(state) !== before)
        book.violate('I4', id, `probe: the booking of ${known.container} told twice would count twice`);
    }
    const crossing = pick(Object.values(gate.state.crossings), asked);
    const container = crossing?.containers[0]?.number;
    if (crossing?.truck !== undefined && container !== undefined) {
      const state = copy();
      hear(state, booking(container, 'import'));
      if (state.crossings[crossing.id]?.truck?.plate !== crossing.truck.plate)
        book.violate('I4', id, `probe: another booking would take ${container} away from its truck`);
    }
    if (container !== undefined) {
      const state = copy();
      delete state.bookings[container];
      delete state.clearances[container];
      // Customs may have spoken of it, when asked, before it was booked.
      state.unbooked = state.unbooked.filter((one) => one !== container);
      hear(state, clearance(container));
      if (state.unbooked.includes(container))
        book.violate('I9', id, `probe: what customs says of ${container} would be forgotten, and it is here`);
    }
  }

  /** Of what nobody has booked the newest is kept; of what is awaited, all. */
  function flood({ id, gate }: Watched): void {
    const state = copyOf(gate.state);
    const awaited = `${NOBODY} awaited`;
    const late = `${NOBODY} late`;
    const hear = (input: Input): void => {
      step(state, { ...input, at: state.now });
    };
    hear(booking(awaited, 'import'));
    hear(clearance(awaited));
    hear(clearance(late));
    hear(booking(late, 'import'));
    const before = Object.keys(state.clearances);
    for (let index = 0; index < FLOOD; index += 1) hear(clearance(`${NOBODY} ${index}`));
    book.check();
    const isLost = (container: string): boolean => state.clearances[container] === undefined;
    const lost = before.find(
      (container) =>
        isLost(container) &&
        (state.bookings[container] !== undefined || state.containers[container] !== undefined),
    );
    if (lost !== undefined)
      book.violate('I3', id, `probe: what customs says of ${lost} would be lost in a flood of other words`);
    if (state.unbooked.includes(awaited))
      book.violate('I9', id, 'probe: an awaited container would take the place of one nobody has booked');
    if (!isLost(`${NOBODY} 0`) || isLost(`${NOBODY} ${FLOOD - 1}`))
      book.violate('I9', id, 'probe: words on containers nobody has booked would be kept without a bound');
  }

  return {
    stepped(watched, input) {
      steps += 1;
      const between = asked < OFTEN ? STEPS_BETWEEN_FIRST : STEPS_BETWEEN;
      // Where something is left to look at, a copy would do that too.
      if (steps < between || !watched.gate.isUp || input.type !== 'customs-feed') return;
      steps = 0;
      ask(watched);
      if (asked < FLOODS) flood(watched);
      asked += 1;
    },
  };
}

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

const crossingsOf = ({ crossings, containers, plates }: GateState): string =>
  JSON.stringify([crossings, containers, plates]);
