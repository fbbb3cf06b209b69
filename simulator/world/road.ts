import type { GateConfig } from '../../config/schema.ts';
import type { Bay } from './bay.ts';
import type { WorldContext } from './context.ts';
import type { Lane } from './lane.ts';

/** The map both gates share: where nodes lie, which roads join them, what stands at them, who occupies them. */
export interface Road {
  readonly mapId: string;
  node(nodeId: string): { x: number; y: number } | undefined;
  /** Whether a road leads from one node to the other. */
  joins(from: string, to: string): boolean;
  lane(nodeId: string): Lane | undefined;
  bay(nodeId: string): Bay | undefined;
  /**
   * `vehicle` wants to stand on a node. False if another one stands there: that is a collision just avoided, it is
   * counted, and `whenFree` runs once the node is free.
   */
  enter(nodeId: string, vehicle: object, whenFree: () => void): boolean;
  leave(nodeId: string): void;
  /** The vehicle on a node. */
  occupant(nodeId: string): object | undefined;
}

export function createRoad(
  context: WorldContext,
  configs: readonly GateConfig[],
): Road & {
  place(nodeId: string, station: { lane: Lane } | { bay: Bay }): void;
} {
  const nodes = new Map<string, { x: number; y: number }>();
  const edges = new Set<string>();
  for (const { map } of configs) {
    for (const { id, x, y } of map.nodes) nodes.set(id, { x, y });
    for (const { from, to } of map.edges) edges.add(`${from} ${to}`);
  }
  const lanes = new Map<string, Lane>();
  const bays = new Map<string, Bay>();
  const occupants = new Map<string, object>();
  const waiting = new Map<string, (() => void)[]>();

  return {
    mapId: configs[0]?.map.id ?? '',
    node: (nodeId) => nodes.get(nodeId),
    joins: (from, to) => edges.has(`${from} ${to}`),
    lane: (nodeId) => lanes.get(nodeId),
    bay: (nodeId) => bays.get(nodeId),
    occupant: (nodeId) => occupants.get(nodeId),
    place(nodeId, station) {
      if ('lane' in station) lanes.set(nodeId, station.lane);
      else bays.set(nodeId, station.bay);
    },
    enter(nodeId, vehicle, whenFree) {
      if (!occupants.has(nodeId)) {
        occupants.set(nodeId, vehicle);
        return true;
      }
      context.tally.collisions += 1;
      waiting.set(nodeId, [...(waiting.get(nodeId) ?? []), whenFree]);
      return false;
    },
    leave(nodeId) {
      occupants.delete(nodeId);
      const [first, ...rest] = waiting.get(nodeId) ?? [];
      waiting.set(nodeId, rest);
      if (first !== undefined) first();
    },
  };
}
