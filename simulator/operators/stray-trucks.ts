/** Trucks in the yard that were not let in, or stand in another bay than theirs: somebody goes there and sends them on. */
import type { Crossing, GateState } from '../../edge/core/state.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import type { Truck } from '../world/truck.ts';
import type { Matter, Outlook } from './matters.ts';

export function strayTrucks({ gate, world }: Outlook): Matter[] {
  return world.trucks().flatMap((truck): Matter[] => {
    if (truck.where !== 'yard') return [];
    const own = crossingsOf(gate.state, truck);
    const inside = own.find((crossing) => crossing.truck?.phase === 'inside');
    const bay = inside?.bays.truck;
    if (bay !== undefined && truck.bay !== undefined && truck.bay !== bay)
      return [{ key: `astray ${truck.plate}`, urgent: true, see: () => void truck.directTo(bay) }];
    if (inside === undefined && own.some(isAwaited))
      return [{ key: `stray ${truck.plate}`, urgent: true, see: () => void world.sendAway(truck, true) }];
    return [];
  });
}

/** Outside, and in no lane. */
const isAwaited = ({ truck, lane }: Crossing): boolean => truck?.phase === 'awaited' && lane === undefined;

const crossingsOf = ({ plates, crossings }: GateState, { plate }: Truck): Crossing[] =>
  (plates[normalisePlate(plate)] ?? []).flatMap((id) => crossings[id] ?? []);
