/**
 * What a gate can know of its devices, judged by the wiring and not by the gate's own word: what each has told since the
 * start, which links are cut and since when, whose sensors lie. Faults are noticed where they are set: the hands of links
 * and sensors are wrapped, and do what they did.
 */
import type { CraneReport, Input, LaneIoReport, VehicleReport } from '../../edge/core/input.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import type { VirtualGate } from '../run.ts';
import type { LaneIo } from '../world/lane-io.ts';
import type { SimulatedGate } from '../world/world.ts';
import type { Plan } from './plan.ts';

export interface Wiring {
  hear(input: Input): void;
  /** The process has started: nothing was told yet. */
  started(): void;
  /** Since when nothing passes between device and gate; undefined while it does. Monotonic. */
  cutSince(device: string): number | undefined;
  /** Devices cut now. */
  readonly cut: ReadonlyMap<string, number>;
  /** Whether it has told its state (or, if it has none, that it is there) since the gate started. */
  heard(device: string): boolean;
  /** Whether what it told counts by now. */
  isFresh(device: string): boolean;
  laneIo(device: string): LaneIoReport | undefined;
  vehicle(device: string): VehicleReport | undefined;
  crane(device: string): CraneReport | undefined;
  /** Whether the gate was told the truth about what is there now: nothing under way, frozen or lying. */
  knowsLaneIo(device: string): boolean;
  knowsVehicle(device: string): boolean;
  knowsCrane(device: string): boolean;
}

/** Devices that fall silent together are told of one after the other, in one instant of virtual time. */
const SAME_INSTANT_MS = 1;
/** The longest half-period of a flapping sensor whose caller leaves it to the model. */
const FLAP_HALF_MS = 500;

export function createWiring(gate: VirtualGate, world: SimulatedGate, plan: Plan, clock: Clock): Wiring {
  const cut = new Map<string, number>();
  const heard = new Set<string>();
  const laneIo = new Map<string, LaneIoReport>();
  const vehicles = new Map<string, VehicleReport>();
  const cranes = new Map<string, CraneReport>();
  const lying = watchSensors(world, clock);
  watchLinks(gate, world, plan, (device, reachable) => {
    if (reachable) cut.delete(device);
    else cut.set(device, clock.monotonicMs());
  });

  return {
    hear(input) {
      switch (input.type) {
        case 'lane-io':
          heard.add(input.device);
          laneIo.set(input.device, input);
          return;
        case 'vehicle':
          heard.add(input.device);
          vehicles.set(input.device, input);
          return;
        case 'crane':
          heard.add(input.device);
          cranes.set(input.device, input);
          return;
        case 'weight':
          heard.add(input.device);
          return;
        case 'device-status':
          if (input.status === 'online' && !plan.stateful.has(input.device)) heard.add(input.device);
          return;
        default:
      }
    },
    started() {
      heard.clear();
      laneIo.clear();
      vehicles.clear();
      cranes.clear();
    },
    cutSince: (device) => cut.get(device),
    cut,
    heard: (device) => heard.has(device),
    isFresh(device) {
      const since = cut.get(device);
      if (since === undefined) return true;
      return clock.monotonicMs() - since <= (plan.staleAfterMs.get(device) ?? 0) + SAME_INSTANT_MS;
    },
    laneIo: (device) => laneIo.get(device),
    vehicle: (device) => vehicles.get(device),
    crane: (device) => cranes.get(device),
    knowsLaneIo(device) {
      const told = laneIo.get(device);
      const shown = world.laneIo.get(device)?.state;
      if (told === undefined || shown === undefined || lying(device)) return false;
      const { approach, under, exit } = shown.loops;
      return (
        told.loops.approach === approach &&
        told.loops.under === under &&
        told.loops.exit === exit &&
        told.curtain === shown.curtain &&
        told.barrier === shown.barrier
      );
    },
    knowsVehicle(device) {
      const told = vehicles.get(device);
      const model = world.vehicles.get(device);
      if (told === undefined || model === undefined) return false;
      // Its own state may be mistaken about where it is; its place is not.
      return (
        told.lastNodeId === model.place.at &&
        told.driving === model.state.driving &&
        told.loads.length === (model.container === undefined ? 0 : 1)
      );
    },
    knowsCrane(device) {
      const told = cranes.get(device);
      const shown = world.cranes.get(device)?.state;
      if (told === undefined || shown === undefined) return false;
      return (
        told.position === shown.position &&
        told.hoistClear === shown.hoistClear &&
        told.spreader.loaded === shown.spreader.loaded
      );
    },
  };
}

/** Tells each change between reachable and not: a device's own link, and the broker that lane-io and vehicles speak through. */
function watchLinks(
  { devices }: VirtualGate,
  world: SimulatedGate,
  plan: Plan,
  changed: (device: string, reachable: boolean) => void,
): void {
  const down = new Set<string>();
  let brokerUp = true;
  const brokered = [...world.laneIo.keys(), ...world.vehicles.keys()];
  const viaBroker = new Set(brokered);
  const reachable = (id: string): boolean => !down.has(id) && (brokerUp || !viaBroker.has(id));

  for (const id of plan.staleAfterMs.keys()) {
    const link = devices.deviceLink(id);
    const { up } = link;
    link.up = (on) => {
      const before = reachable(id);
      if (on) down.delete(id);
      else down.add(id);
      if (reachable(id) !== before) changed(id, reachable(id));
      up(on);
    };
  }
  const { broker } = devices;
  devices.broker = (on) => {
    const before = brokered.filter(reachable);
    brokerUp = on;
    const after = new Set(brokered.filter(reachable));
    for (const id of before) if (!after.has(id)) changed(id, false);
    for (const id of after) if (!before.includes(id)) changed(id, true);
    broker(on);
  };
}

/** Whether a lane's or bay's sensors show, at least for some of the time now, what is not there. */
function watchSensors({ laneIo }: SimulatedGate, clock: Clock): (device: string) => boolean {
  const held = new Map<string, Set<string>>();
  const flappingUntil = new Map<string, number>();
  const watch = (id: string, io: LaneIo): void => {
    const { stickSensor, flap } = io;
    const sensors = new Set<string>();
    held.set(id, sensors);
    io.stickSensor = (sensor, value) => {
      if (value === undefined) sensors.delete(sensor);
      else sensors.add(sensor);
      stickSensor(sensor, value);
    };
    io.flap = (loop, times, halfMs) => {
      const untilMs = clock.monotonicMs() + 2 * times * (halfMs ?? FLAP_HALF_MS);
      flappingUntil.set(id, Math.max(untilMs, flappingUntil.get(id) ?? 0));
      flap(loop, times, halfMs);
    };
  };
  for (const [id, io] of laneIo) watch(id, io);
  return (device) =>
    (held.get(device)?.size ?? 0) > 0 || (flappingUntil.get(device) ?? -1) >= clock.monotonicMs();
}
