/**
 * The loops of the bays fail, one after the other, and show empty bays: a copy of the gate hears of it. As long as whoever stands
 * there has not done what it came for, or is known to be there, the bay stays its own.
 */
import type { BayConfig } from '../../config/schema.ts';
import { step } from '../../edge/core/gate.ts';
import type { CounterpartLive, Input } from '../../edge/core/input.ts';
import type { GateState } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { copyOf } from './copy.ts';

const OFTEN = 60;
const STEPS_BETWEEN_FIRST = 90;
const STEPS_BETWEEN = 4_000;

export function createForgedReports({ book }: Scene): Part {
  const live = new Map<string, CounterpartLive>();
  let steps = 0;
  let asked = 0;

  /** Whether whoever stands there is not done, or is known to be there. */
  function isNeeded({ id, gate, plan, world, wiring }: Watched, { id: bay, use, node }: BayConfig): boolean {
    const { state } = gate;
    const crossing = state.crossings[state.owners[`bay:${bay}`] ?? ''];
    const occupant = world.bays.get(bay)?.occupant;
    if (crossing === undefined || occupant === undefined) return false;
    if (use === 'truck') {
      if (occupant.plate !== crossing.truck?.plate) return false;
      // It was sent off again: what it has come for stays in its slot.
      if (crossing.direction === 'import' && crossing.stage === 'in-yard') return false;
      // It waits to be relieved, or to be laden.
      return (crossing.direction === 'export') === (occupant.container !== undefined);
    }
    const vehicle = crossing.vehicle?.id ?? '';
    if (plan.vehicles.has(vehicle))
      return wiring.isFresh(vehicle) && wiring.vehicle(vehicle)?.lastNodeId === node;
    return (
      state.link.up && live.get(id)?.vehicles[vehicle]?.node === node && state.visitors[vehicle]?.bay === bay
    );
  }

  const showsEmpty = ({ io }: BayConfig): Input => ({
    type: 'lane-io',
    device: io,
    loops: { approach: false, under: false, exit: false },
    curtain: 'clear',
    barrier: 'none',
    light: 'dark',
  });

  function ask(watched: Watched): void {
    const { gate, wiring } = watched;
    /** One for all bays: a copy costs a millisecond. */
    let copy: GateState | undefined;
    for (const bay of gate.config.yard.bays) {
      const owner = gate.state.owners[`bay:${bay.id}`];
      if (owner === undefined || !wiring.heard(bay.io) || !wiring.isFresh(bay.io)) continue;
      if (!isNeeded(watched, bay)) continue;
      copy ??= copyOf(gate.state);
      step(copy, { ...showsEmpty(bay), at: copy.now });
      book.check();
      if (copy.owners[`bay:${bay.id}`] !== owner)
        book.violate(
          'I2',
          watched.id,
          `probe: ${bay.id} would be given away if its loop failed: ${owner} needs it`,
        );
    }
  }

  return {
    stepped(watched, input) {
      if (input.type === 'counterpart-live') live.set(watched.id, input);
      else if (input.type === 'boot') live.delete(watched.id);
      steps += 1;
      if (steps < (asked < OFTEN ? STEPS_BETWEEN_FIRST : STEPS_BETWEEN) || !watched.gate.isUp) return;
      if (input.type !== 'customs-feed' && input.type !== 'plate') return;
      steps = 0;
      asked += 1;
      ask(watched);
    },
  };
}
