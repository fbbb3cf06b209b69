/**
 * Trucks in the yard that were not let in, or stand in another bay than theirs, and trucks outside that the gate takes to be
 * inside: somebody goes there and sends them where they belong. And trucks that the gate still takes to be inside, and nobody
 * finds anywhere.
 */
import type { Crossing, GateState } from '../../edge/core/state.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import type { Truck } from '../world/truck.ts';
import type { Matter, Outlook } from './matters.ts';
import { ask, PEOPLE } from './staff.ts';

export function strayTrucks({ gate, world }: Outlook): Matter[] {
  return world.trucks().flatMap((truck): Matter[] => {
    if (truck.where !== 'yard' && truck.where !== 'yard-in') return [];
    const own = crossingsOf(gate.state, truck);
    const inside = own.find((crossing) => crossing.truck?.phase === 'inside');
    const bay = inside?.bays.truck;
    if (truck.where === 'yard-in')
      return bay === undefined
        ? []
        : [{ key: `outside ${truck.plate}`, see: () => void world.letIn(truck, bay) }];
    if (bay !== undefined && truck.bay !== undefined && truck.bay !== bay)
      return [{ key: `astray ${truck.plate}`, urgent: true, see: () => void truck.directTo(bay) }];
    if (inside === undefined && own.some(isAwaited))
      return [{ key: `stray ${truck.plate}`, urgent: true, see: () => void world.sendAway(truck, true) }];
    return [];
  });
}

/** Inside, and what it has come for stays where it is. */
const isSentOff = ({ direction, stage, truck }: Crossing): boolean =>
  direction === 'import' && stage === 'in-yard' && truck?.phase === 'inside';

/** What they have come for stays: somebody tells the driver. */
export function trucksToLeave({ gate, world }: Outlook): Matter[] {
  return world.trucks().flatMap((truck): Matter[] => {
    if (truck.bay === undefined || !crossingsOf(gate.state, truck).some(isSentOff)) return [];
    return [{ key: `to leave ${truck.plate}`, see: () => void truck.leaveEmpty() }];
  });
}

/** They have left while the loops of their lane were not heard; a person tells the gate so. */
export function trucksGone({ gate, world }: Outlook): Matter[] {
  const lane = gate.config.lanes.find(({ checkpoint }) => checkpoint === 'yard-out');
  if (lane === undefined) return [];
  const inside = new Set<string>();
  for (const { where, plate } of world.trucks())
    if (where === 'yard' || where === 'yard-out') inside.add(normalisePlate(plate));
  return Object.values(gate.state.crossings).flatMap((crossing) => {
    const { id, truck, bays } = crossing;
    const isMissed =
      truck?.phase === 'inside' && crossing.lanes.truck === undefined && bays.truck === undefined;
    if (!isMissed || inside.has(normalisePlate(truck.plate))) return [];
    const act = { kind: 'confirm-place', crossing: id, place: lane.id } as const;
    return [{ key: `gone ${id}`, see: () => ask(gate, PEOPLE.supervisor, act) }];
  });
}

/** Outside, and in no lane. */
const isAwaited = ({ truck, lanes }: Crossing): boolean =>
  truck?.phase === 'awaited' && lanes.truck === undefined;

const crossingsOf = ({ plates, crossings }: GateState, { plate }: Truck): Crossing[] =>
  (plates[normalisePlate(plate)] ?? []).flatMap((id) => crossings[id] ?? []);
