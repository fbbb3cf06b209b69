/** One simulated gate wired to a core, without protocols: its models' changes become inputs, commands become calls. */
import type { GateConfig } from '../config/schema.ts';
import type { Command } from '../edge/core/effect.ts';
import type { Input, LaneIoReport, WeightReport } from '../edge/core/input.ts';
import type { Clock } from '../edge/platform/clock.ts';
import type { Random } from '../edge/platform/random.ts';
import { createLink, type DeviceLink, type Link, type LinkedDevice } from './device-link.ts';
import type {
  CraneJob,
  CraneModel,
  GateWorld,
  ScaleState,
  VehicleModel,
  VehicleState,
} from './world/ports.ts';

export interface DirectDevices {
  /** The gate has started: every device that can be heard reports itself online and as it is now. */
  connect(): void;
  deliver(command: Command): void;
  /** The link of a device, to be troubled; throws RangeError if there is no such device. */
  deviceLink(deviceId: string): DeviceLink;
  /** The broker, through which lane-io and vehicles speak, is there or not. */
  broker(up: boolean): void;
}

/** What troubled links need. `clock` is the gate's: the links' times are not quickened with the world. */
export interface Air {
  clock: Clock;
  random: Random;
  config: GateConfig;
}

/** Tells the gate a report of one device. `loose`: one in which order is nothing (a reading, a change of a job). */
type Tell = (input: Input, loose: boolean) => void;

/** Wires `world` to `submit`. On sound links the core hears each change once, in the order the world makes them. */
export function connectDirectly(world: GateWorld, submit: (input: Input) => void, air: Air): DirectDevices {
  const links = new Map<string, Link>();
  /** What the gate was told last of each lane or bay, and how long that had been under way. */
  const told = new Map<string, { report: LaneIoReport; lateMs: number }>();
  /** When reports of lanes and bays were made. */
  const madeAtMs = new WeakMap<Input, number>();
  const staleAfterMs = new Map(air.config.devices.map((device) => [device.id, device.staleAfterMs]));

  const hear = (input: Input): void => {
    if (input.type === 'lane-io') {
      const nowMs = air.clock.monotonicMs();
      told.set(input.device, { report: input, lateMs: nowMs - (madeAtMs.get(input) ?? nowMs) });
    }
    submit(input);
  };
  function add(id: string, present: () => Input[], more: Partial<LinkedDevice> = {}): Tell {
    const device: LinkedDevice = {
      id,
      present,
      staleAfterMs: staleAfterMs.get(id) ?? 0,
      ...more,
    };
    const link = createLink(device, air, hear);
    links.set(id, link);
    return link.report;
  }

  for (const [id, model] of world.laneIo) {
    const report = (): Input => ({ type: 'lane-io', device: id, ...model.state });
    // A lane’s controller that has lost the gate turns its light red by itself.
    const tell = add(id, () => [report()], { cut: () => model.light('red') });
    model.changes.subscribe((state) => {
      const input: Input = { type: 'lane-io', device: id, ...state };
      madeAtMs.set(input, air.clock.monotonicMs());
      tell(input, false);
    });
  }
  watchSightings(world, add);
  for (const [id, model] of world.scales) {
    const tell = add(id, () => [weightInput(id, model.state)]);
    let last = weightInput(id, model.state);
    model.changes.subscribe((state) => {
      const next = weightInput(id, state);
      // Drivers report changes, not samples: a scale that swings is `moving` once.
      if (next.state === last.state && next.grossKg === last.grossKg) return;
      last = next;
      tell(next, false);
    });
  }
  for (const [id, model] of world.cranes) {
    const tell = add(id, () => craneInputs(id, model));
    model.changes.subscribe((state) => tell({ type: 'crane', device: id, ...state }, false));
    model.jobChanges.subscribe((job) => tell({ type: 'crane-job', device: id, ...jobReport(job) }, true));
  }
  for (const [id, model] of world.vehicles) {
    const tell = add(id, () => [vehicleInput(id, model.state)]);
    model.changes.subscribe((state) => tell(vehicleInput(id, state), false));
  }

  return {
    connect() {
      for (const link of links.values()) link.connect();
    },
    deliver(command) {
      const { commandId, device } = command;
      const refuse = (reason: string): void => submit({ type: 'command-refused', commandId, reason });
      // What the gate knew when it gave the command counts, not what it has heard until that arrives.
      const known = told.get(device);
      const link = links.get(device);
      const sentMs = air.clock.monotonicMs();
      // A lane's controller tells its clock every second: how late that was is no older than the link's present trouble.
      const lateMs = Math.min(known?.lateMs ?? 0, link?.faults.delayMs ?? 0);
      const execute = (): void => {
        const ageMs = air.clock.monotonicMs() - sentMs + lateMs;
        if (expires(command) && ageMs > LANE_COMMAND_VALID_MS) return refuse('expired');
        const refusal = deliver(world, command, known?.report);
        if (refusal !== undefined) refuse(refusal);
      };
      link?.command(execute, refuse);
    },
    deviceLink(deviceId) {
      const link = links.get(deviceId);
      if (link === undefined) throw new RangeError(`the gate has no device ${deviceId}`);
      return link.faults;
    },
    broker(up) {
      for (const id of [...world.laneIo.keys(), ...world.vehicles.keys()]) links.get(id)?.broker(up);
    },
  };
}

/** So long a lane’s controller obeys a command, by its own clock (protocols/lane-io). */
const LANE_COMMAND_VALID_MS = 2_000;
const expires = (command: Command): boolean =>
  command.kind === 'barrier' || (command.kind === 'light' && command.to === 'green');

function watchSightings(world: GateWorld, add: (id: string, present: () => Input[]) => Tell): void {
  let count = 0;
  const readId = (): string => {
    count += 1;
    return String(count);
  };
  for (const [device, model] of world.cameras) {
    const tell = add(device, () => []);
    model.sightings.subscribe(({ text, quality }) =>
      tell({ type: 'plate', device, readId: readId(), plate: text, quality, deviceAt: 0 }, true),
    );
  }
  for (const [device, model] of world.readers) {
    const tell = add(device, () => []);
    model.sightings.subscribe(({ text, quality }) =>
      tell({ type: 'container', device, readId: readId(), code: text, quality, deviceAt: 0 }, true),
    );
  }
}

function jobReport({ jobId, state, containerSeen, containerSet }: CraneJob) {
  return {
    jobId,
    state,
    ...(containerSeen !== undefined && { containerSeen }),
    ...(containerSet !== undefined && { containerSet }),
  };
}

/** The list first: what is not in it does not exist. */
const craneInputs = (device: string, model: CraneModel): Input[] => [
  { type: 'crane-jobs', device, jobs: model.jobs.map(jobReport) },
  { type: 'crane', device, ...model.state },
];

/** Below this a scale counts as empty. */
const EMPTY_KG = 100;

function weightInput(device: string, { grossKg, motion }: ScaleState): WeightReport {
  if (motion) return { type: 'weight', device, state: 'moving' };
  if (grossKg < EMPTY_KG) return { type: 'weight', device, state: 'empty' };
  return { type: 'weight', device, state: 'stable', grossKg };
}

function vehicleInput(device: string, state: VehicleState): Input {
  return {
    type: 'vehicle',
    device,
    orderId: state.orderId,
    orderUpdateId: state.orderUpdateId,
    lastNodeId: state.lastNodeId,
    lastNodeSequenceId: state.lastNodeSequenceId,
    nodesAhead: state.nodeStates,
    driving: state.driving,
    paused: state.paused,
    mode: state.mode,
    loads: state.loads.map((load) => load.loadId),
    actions: state.actionStates.map(({ actionId, actionType, actionStatus }) => ({
      actionId,
      actionType,
      status: actionStatus,
    })),
    eStop: state.eStop,
    localized: state.localized,
    batteryPercent: state.batteryPercent,
    charging: state.charging,
    errors: state.errors.map(({ errorType, errorLevel }) => ({ errorType, errorLevel })),
  };
}

/** Runs a command; returns why the device refused it, if it did. */
function deliver(world: GateWorld, command: Command, known: LaneIoReport | undefined): string | undefined {
  const { device } = command;
  switch (command.kind) {
    case 'barrier':
      world.laneIo.get(device)?.barrier(command.to, command.sign, known);
      return undefined;
    case 'light':
      world.laneIo.get(device)?.light(command.to);
      return undefined;
    case 'order':
      sendOrder(world.vehicles.get(device), command);
      return undefined;
    case 'pause':
    case 'unpause':
    case 'cancel-order':
    case 'charge':
      world.vehicles
        .get(device)
        ?.instantAction({ actionId: command.commandId, actionType: instantActionOf(command) });
      return undefined;
    case 'job': {
      const { jobId, container, from, to } = command;
      const answer = world.cranes.get(device)?.start({ jobId, container, from, to });
      // A job it knows is the job sent again.
      return answer === 'accepted' || answer === 'duplicate' ? undefined : `the crane answered ${answer}`;
    }
    case 'job-stop':
      world.cranes.get(device)?.stop(command.jobId);
      return undefined;
    default:
      return command satisfies never;
  }
}

function instantActionOf(
  command: Extract<Command, { kind: 'pause' | 'unpause' | 'cancel-order' | 'charge' }>,
): string {
  switch (command.kind) {
    case 'pause':
      return 'startPause';
    case 'unpause':
      return 'stopPause';
    case 'cancel-order':
      return 'cancelOrder';
    default:
      return command.on ? 'startCharging' : 'stopCharging';
  }
}

function sendOrder(
  vehicle: VehicleModel | undefined,
  { orderId, orderUpdateId, nodes }: Extract<Command, { kind: 'order' }>,
): void {
  vehicle?.order({
    orderId,
    orderUpdateId,
    nodes: nodes.map(({ nodeId, sequenceId, released, x, y, action }) => ({
      nodeId,
      sequenceId,
      released,
      x,
      y,
      actions:
        action === undefined
          ? []
          : [{ actionId: action.actionId, actionType: action.actionType, loadId: action.loadId }],
    })),
    edges: nodes.slice(1).map((node, index) => ({
      edgeId: `${nodes[index]?.nodeId}--${node.nodeId}`,
      sequenceId: node.sequenceId - 1,
      released: node.released,
      startNodeId: nodes[index]?.nodeId ?? '',
      endNodeId: node.nodeId,
      ...(node.speedMaxMps !== undefined && { maxSpeedMps: node.speedMaxMps }),
    })),
  });
}
