/** The whole simulated site: two gates and the road between them, from their configurations, one clock and one seed. */
import { devicesOf } from '../../config/lookup.ts';
import type { GateConfig } from '../../config/schema.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import type { Random } from '../../edge/platform/random.ts';
import { type Bay, createBay } from './bay.ts';
import type { Container } from './container.ts';
import { createContext, type Incident, type Tally, type WorldContext } from './context.ts';
import { type Crane, createCrane } from './crane.ts';
import { type Customs, createCustoms } from './customs.ts';
import { createForecourt } from './forecourt.ts';
import { createLane, type Lane } from './lane.ts';
import { createLaneIo, type LaneIo } from './lane-io.ts';
import { createSlot, type Place } from './place.ts';
import type { GateWorld, World } from './ports.ts';
import { createRoad } from './road.ts';
import { createScale, type Scale } from './scale.ts';
import { createSightingDevice, type SightingDevice } from './sighting.ts';
import { createTraffic, type TrafficGate } from './traffic.ts';
import type { Truck } from './truck.ts';
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
  /** Trucks that have come to this gate and not left it, in the order of coming. */
  trucks(): readonly Truck[];
  /**
   * People send a truck away that waits at `yard-in` or is in the yard: for good, or to the end of a queue at `yard-in`. False if it
   * is anywhere else, or below a hoist that is not clear.
   */
  sendAway(truck: Truck, again: boolean): boolean;
  /** People let a truck that waits at `yard-in` in past the lane, and send it to a bay. False if it does not wait there. */
  letIn(truck: Truck, bay: string): boolean;
  /** People close a lane for trucks or open it again: drivers see the board and go to another one. */
  closeLane(lane: string, closed: boolean): void;
  /** Fault: the next driver who is shown a bay goes to another one, of those that `pleases`, if there is any. */
  wrongBay(pleases?: (bay: string) => boolean): void;
  /** Fault: the next truck that is booked with a trailer comes with another one; it fetches its own when it has to back off. */
  wrongTrailer(): void;
}

/** What became of the traffic, and what must never have happened. */
export interface WorldStats extends Tally {
  /** How often an arm's own safety edge turned it back from something that the gate could not know of. */
  reversals: number;
  /** Containers that left the other side on a domestic truck, by the gate they came from. */
  exportsDelivered: Record<string, number>;
  /** Trucks between `yard-in` and the exit of `yard-out`, by gate. */
  trucksInside: Record<string, number>;
}

export interface SimulatedWorld extends World {
  readonly gates: ReadonlyMap<string, SimulatedGate>;
  stats(): WorldStats;
  /** The first mishaps, in the order of happening. */
  readonly incidents: readonly Incident[];
  /**
   * Where each container is: on a truck (its plate) or vehicle (its id), in a slot, or in a crane's spreader; slots and cranes
   * as `gate/id`. Booked ones that have not come yet and delivered ones are nowhere.
   */
  whereIs(): Map<string, string>;
  /** Where each vehicle is, by id: a node, or `from → to`. */
  vehicleAt(): Map<string, string>;
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

  const laneIo = each('lane-io', (id) => createLaneIo(context, id, bayIo.has(id) ? 'bay' : 'lane'));
  const cameras = each('plate-camera', () => createSightingDevice(context));
  const readers = each('container-reader', () => createSightingDevice(context));
  const scales = each('weighbridge', () => createScale(context));
  const customs = createCustoms(context, config.customs.clearanceAgeMsMax);
  const lanes = new Map(
    config.lanes.map((lane) => {
      const { io, camera, rearCamera, reader, rearReader, scale } = lane.devices;
      const devices = {
        io: named(laneIo, io),
        camera: named(cameras, camera),
        rearCamera: rearCamera === undefined ? undefined : named(cameras, rearCamera),
        reader: reader === undefined ? undefined : named(readers, reader),
        rearReader: rearReader === undefined ? undefined : named(readers, rearReader),
        scale: scale === undefined ? undefined : named(scales, scale),
      };
      return [lane.id, createLane(context, lane, devices, customs)];
    }),
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
    customs,
    lanes,
    bays,
    slots,
    forecourt: createForecourt(context, truckBays),
    closedLanes: new Set<string>(),
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
    built.map(({ forecourt, closedLanes, ...gate }) => {
      const { id, country } = gate.config.gate;
      const vehicles = new Map(
        devicesOf(gate.config, 'vehicle').map((vehicle) => [
          vehicle.id,
          createVehicle(context, road, vehicle, country),
        ]),
      );
      const closeLane = (lane: string, closed: boolean): void => {
        if (closed) closedLanes.add(named(gate.lanes, lane).config.id);
        else closedLanes.delete(lane);
      };
      const trucks = () => [...traffic.trucks(id)];
      const sendAway = (truck: Truck, again: boolean) =>
        context.act(() => traffic.sendAway(id, truck, again));
      const letIn = (truck: Truck, bay: string) => context.act(() => traffic.letIn(id, truck, bay));
      const { wrongBay } = forecourt;
      const wrongTrailer = () => traffic.wrongTrailer(id);
      return [id, { ...gate, vehicles, trucks, letIn, sendAway, closeLane, wrongBay, wrongTrailer }];
    }),
  );
  const byGate = (count: (gate: string) => number): Record<string, number> =>
    Object.fromEntries([...gates.keys()].map((id) => [id, count(id)]));

  return {
    gates,
    export: (gate, options) => context.act(() => traffic.export(gate, options)),
    giveBack: (gate, container, refusal) => context.act(() => traffic.giveBack(gate, container, refusal)),
    setClearance(gate, container, status) {
      context.act(() => named(gates, gate).customs.set(container, status));
    },
    stop: () => context.stop(),
    incidents: context.incidents,
    whereIs: () => whereIs(gates.values()),
    vehicleAt() {
      const places = new Map<string, string>();
      for (const { vehicles } of gates.values())
        for (const [id, { place }] of vehicles)
          places.set(id, place.towards === undefined ? place.at : `${place.at} → ${place.towards}`);
      return places;
    },
    stats: () => ({
      ...context.tally,
      reversals: reversals(gates.values()),
      exportsDelivered: byGate((id) => traffic.delivered.get(id) ?? 0),
      trucksInside: byGate(traffic.trucksInside),
    }),
  };
}

function reversals(gates: Iterable<SimulatedGate>): number {
  let count = 0;
  for (const { laneIo } of gates) for (const io of laneIo.values()) count += io.reversals;
  return count;
}

function whereIs(gates: Iterable<SimulatedGate>): Map<string, string> {
  const places = new Map<string, string>();
  const note = (container: Container | undefined, place: string): void => {
    if (container !== undefined) places.set(container.number, place);
  };
  for (const { config, slots, cranes, vehicles, trucks } of gates) {
    for (const truck of trucks()) note(truck.container, truck.plate);
    for (const [id, vehicle] of vehicles) note(vehicle.container, id);
    for (const [id, slot] of slots) note(slot.container, `${config.gate.id}/${id}`);
    for (const [id, { held }] of cranes) note(held, `${config.gate.id}/${id}`);
  }
  return places;
}
