/** The reference site in virtual time, for tests of the world and of what stands on it. */
import { readFileSync } from 'node:fs';
import type { Observable } from 'rxjs';
import { parse } from 'yaml';
import { type GateConfig, gateConfig } from '../../config/schema.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import type { VehicleOrder } from '../../simulator/world/ports.ts';
import { createVirtualClock, type VirtualClock } from '../../simulator/world/virtual-clock.ts';
import { createWorld, type SimulatedGate, type SimulatedWorld } from '../../simulator/world/world.ts';

const reference = (file: string): GateConfig =>
  gateConfig.parse(parse(readFileSync(new URL(`../../config/${file}`, import.meta.url), 'utf8')));

export const referenceConfigs: readonly GateConfig[] = [
  reference('huu-nghi.yaml'),
  reference('huu-nghi-quan.yaml'),
];

export interface Site {
  clock: VirtualClock;
  world: SimulatedWorld;
  vn: SimulatedGate;
  cn: SimulatedGate;
}

/** Both gates at 2026-03-02 00:00 UTC. */
export function createSite(
  options: { seed?: number; speed?: number; configs?: readonly GateConfig[] } = {},
): Site {
  const clock = createVirtualClock(Date.UTC(2026, 2, 2));
  const world = createWorld({
    configs: options.configs ?? referenceConfigs,
    clock,
    random: seededRandom(options.seed ?? 1),
    speed: options.speed ?? 1,
  });
  const gate = (id: string): SimulatedGate => the(world.gates, id);
  return {
    clock,
    world,
    get vn() {
      return gate('huu-nghi');
    },
    get cn() {
      return gate('huu-nghi-quan');
    },
  };
}

/** The thing of that id; a test that names a missing one is wrong. */
export function the<T>(things: ReadonlyMap<string, T>, id: string): T {
  const found = things.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

/** Everything an observable says from now on. */
export function recorded<T>(source: Observable<T>): T[] {
  const heard: T[] = [];
  source.subscribe((value) => heard.push(value));
  return heard;
}

/** The map node's place, as orders give it. */
export const nodeAt = (nodeId: string): { x: number; y: number } => {
  const node = referenceConfigs[0]?.map.nodes.find(({ id }) => id === nodeId);
  if (node === undefined) throw new Error(`no node ${nodeId}`);
  return { x: node.x, y: node.y };
};

/**
 * An order along `route`, its first `base` nodes released, the first node numbered `sequenceId`; `actions` by node.
 */
export function orderAlong(
  orderId: string,
  orderUpdateId: number,
  route: readonly string[],
  options: {
    base: number;
    sequenceId?: number;
    actions?: Record<string, VehicleOrder['nodes'][number]['actions']>;
  },
): VehicleOrder {
  const start = options.sequenceId ?? 0;
  return {
    orderId,
    orderUpdateId,
    nodes: route.map((nodeId, index) => ({
      nodeId,
      sequenceId: start + 2 * index,
      released: index < options.base,
      ...nodeAt(nodeId),
      actions: options.actions?.[nodeId] ?? [],
    })),
    edges: route.slice(1).map((endNodeId, index) => ({
      edgeId: `${route[index]}-${endNodeId}`,
      sequenceId: start + 2 * index + 1,
      released: index + 1 < options.base,
      startNodeId: route[index] ?? '',
      endNodeId,
    })),
  };
}
