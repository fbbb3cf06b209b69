/** The whole simulated site: two gates and the road between them, from their configurations, one clock and one seed. */
import { devicesOf } from '../../config/lookup.ts';
import type { GateConfig } from '../../config/schema.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import type { Random } from '../../edge/platform/random.ts';
import { type Bay, createBay } from './bay.ts';
import { createContext, type WorldContext } from './context.ts';
import { type Crane, createCrane } from './crane.ts';
import { type Customs, createCustoms } from './customs.ts';
import { createLane, type Lane } from './lane.ts';
import { createLaneIo, type LaneIo } from './lane-io.ts';
import { createSlot, type Place } from './place.ts';
import type { GateWorld, World } from './ports.ts';
import { createRoad } from './road.ts';
import { createScale, type Scale } from './scale.ts';
import { createSightingDevice, type SightingDevice } from './sighting.ts';
import { createTraffic, type TrafficGate } from './traffic.ts';
import { createForecourt, type Truck } from './truck.ts';
import { createVehicle, type Vehicle } from './vehicle.ts';

/** A gate's devices with the hands tests and faults need, and what no device sees. */
export interface SimulatedGate extends GateWorld {
  readonly config: GateConfig;
  readonly laneIo: ReadonlyMap<string, LaneIo>;
  readonly cameras: ReadonlyMap<string, SightingDevice>;
  readonly readers: ReadonlyMap<string, SightingDevice>;
  readonly scales: ReadonlyMap<string, Scale>;
  readonly cranes: ReadonlyMap<string, Crane>;
  readonly vehicles: ReadonlyMap<string, Vehicle>;
  readonly customs: Customs;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly bays: ReadonlyMap<string, Bay>;
  readonly slots: ReadonlyMap<string, Place>;
  /** Trucks that have come to this gate and not left it. */
  trucks(): readonly Truck[];
}

/** What became of the traffic, and what must never have happened. */
export interface WorldStats {
  /** Barriers that came down on something. */
  strikes: number;
  /** Driverless vehicles sent to a node where another one stood. */
  collisions: number;
  /** Departures below a hoist that was not clear. */
  hoistViolations: number;
  /** Containers that left the other side on a domestic truck, by the gate they came from. */
  exportsDelivered: Record<string, number>;
  /** Trucks between `yard-in` and the exit of `yard-out`, by gate. */
  trucksInside: Record<string, number>;
}

export interface SimulatedWorld extends World {
  readonly gates: ReadonlyMap<string, SimulatedGate>;
  stats(): WorldStats;
}

export interface WorldOptions {
  /** One or both gates; they share one map. */
  configs: readonly GateConfig[];
  clock: Clock;
  random: Random;
  /** How many times quicker than life the hardware moves; default 1. */
  speed?: number;
}

/** The device of a map built from the same configuration. */
function named<T>(devices: ReadonlyMap<string, T>, id: string): T {
  const found = devices.get(id);
  if (found === undefined) throw new RangeError(`the configuration names no device ${id} of the right kind`);
  return found;
}

/** Everything of a gate but its vehicles, which need the road, and its trucks. */
function createGate(context: WorldContext, config: GateConfig) {
  const bayIo = new Set(config.yard.bays.map(({ io }) => io));
  const each = <K extends Parameters<typeof devicesOf>[1], T>(
    kind: K,
    create: (id: string) => T,
  ): Map<string, T> => new Map(devicesOf(config, kind).map(({ id }) => [id, create(id)]));

  const laneIo = each('lane-io', (id) => createLaneIo(context, bayIo.has(id) ? 'bay' : 'lane'));
  const cameras = each('plate-camera', () => createSightingDevice(context));
  const readers = each('container-reader', () => createSightingDevice(context));
  const scales = each('weighbridge', () => createScale(context));
  const lanes = new Map(
    config.lanes.map((lane) => [
      lane.id,
      createLane(context, lane, {
        io: named(laneIo, lane.devices.io),
        camera: named(cameras, lane.devices.camera),
        reader: lane.devices.reader === undefined ? undefined : named(readers, lane.devices.reader),
        scale: lane.devices.scale === undefined ? undefined : named(scales, lane.devices.scale),
      }),
    ]),
  );
  const bays = new Map(
    config.yard.bays.map((bay) => [bay.id, createBay(context, bay, named(laneIo, bay.io))]),
  );
  const slots = new Map(config.yard.slots.map((id) => [id, createSlot(id)]));
  const cranes = new Map(
    config.yard.cranes.map((crane) => [
      crane.device,
      createCrane(
        context,
        new Map<string, Place>([
          ...crane.slots.map((id): [string, Place] => [id, named(slots, id)]),
          ...crane.bays.map((id): [string, Place] => [id, named(bays, id)]),
        ]),
      ),
    ]),
  );
  const truckBays = [...bays.values()].filter((bay) => bay.config.use === 'truck');
  return {
    config,
    laneIo,
    cameras,
    readers,
    scales,
    cranes,
    customs: createCustoms(context),
    lanes,
    bays,
    slots,
    forecourt: createForecourt(context, truckBays),
  };
}

/**
 * Builds the world. Everything stands still until the clock moves: barriers down, lights red, yards empty, vehicles parked
 * at home. The same seed and the same commands at the same times give the same world.
 */
export function createWorld({ configs, clock, random, speed = 1 }: WorldOptions): SimulatedWorld {
  const context = createContext(clock, random, speed);
  const road = createRoad(context, configs);
  const built = configs.map((config) => createGate(context, config));
  for (const { lanes, bays } of built) {
    for (const lane of lanes.values())
      if (lane.config.node !== undefined) road.place(lane.config.node, { lane });
    for (const bay of bays.values()) if (bay.config.node !== undefined) road.place(bay.config.node, { bay });
  }
  const traffic = createTraffic(
    context,
    new Map<string, TrafficGate>(built.map((gate) => [gate.config.gate.id, gate])),
  );
  const gates = new Map<string, SimulatedGate>(
    built.map(({ forecourt: _, ...gate }) => {
      const { id, country } = gate.config.gate;
      const vehicles = new Map(
        devicesOf(gate.config, 'vehicle').map((vehicle) => [
          vehicle.id,
          createVehicle(context, road, vehicle, country),
        ]),
      );
      return [id, { ...gate, vehicles, trucks: () => traffic.trucks(id) }];
    }),
  );
  const byGate = (count: (gate: string) => number): Record<string, number> =>
    Object.fromEntries([...gates.keys()].map((id) => [id, count(id)]));

  return {
    gates,
    export: (gate, options) => context.act(() => traffic.export(gate, options)),
    setClearance(gate, container, status) {
      context.act(() => named(gates, gate).customs.set(container, status));
    },
    stop: () => context.stop(),
    stats: () => ({
      ...context.tally,
      exportsDelivered: byGate((id) => traffic.delivered.get(id) ?? 0),
      trucksInside: byGate(traffic.trucksInside),
    }),
  };
}
