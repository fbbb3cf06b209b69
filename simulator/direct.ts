/** One simulated gate wired straight to a core, without protocols: its models' changes become inputs, commands become calls. */
import type { Command } from '../edge/core/effect.ts';
import type { Input } from '../edge/core/input.ts';
import type { GateWorld, ScaleState, VehicleModel, VehicleState } from './world/ports.ts';

export interface DirectDevices {
  /** Reports every device online and as it is now. */
  connect(): void;
  deliver(command: Command): void;
}

/** Wires `world` to `submit`. The core hears each change once, in the order the world makes them. */
export function connectDirectly(world: GateWorld, submit: (input: Input) => void): DirectDevices {
  const readings = { count: 0 };
  const online = (device: string): void =>
    submit({ type: 'device-status', device, status: 'online', reason: 'simulated' });
  for (const [device, model] of world.laneIo)
    model.changes.subscribe((state) => submit({ type: 'lane-io', device, ...state }));
  for (const [device, model] of world.cameras) {
    model.sightings.subscribe(({ text, quality }) => {
      readings.count += 1;
      submit({ type: 'plate', device, readId: String(readings.count), plate: text, quality, deviceAt: 0 });
    });
  }
  for (const [device, model] of world.readers) {
    model.sightings.subscribe(({ text, quality }) => {
      readings.count += 1;
      submit({ type: 'container', device, readId: String(readings.count), code: text, quality, deviceAt: 0 });
    });
  }
  for (const [device, model] of world.scales) {
    model.changes.subscribe((state) => submit(weightInput(device, state)));
  }
  for (const [device, model] of world.cranes) {
    model.changes.subscribe((state) => submit({ type: 'crane', device, ...state }));
    model.jobChanges.subscribe(({ jobId, state, containerSeen }) =>
      submit({
        type: 'crane-job',
        device,
        jobId,
        state,
        ...(containerSeen !== undefined && { containerSeen }),
      }),
    );
  }
  const vehicle = (device: string, state: VehicleState): void => submit(vehicleInput(device, state));
  for (const [device, model] of world.vehicles) model.changes.subscribe((state) => vehicle(device, state));

  return {
    connect() {
      for (const [device, model] of world.laneIo) {
        online(device);
        submit({ type: 'lane-io', device, ...model.state });
      }
      for (const device of [...world.cameras.keys(), ...world.readers.keys()]) online(device);
      for (const [device, model] of world.scales) {
        online(device);
        submit(weightInput(device, model.state));
      }
      for (const [device, model] of world.cranes) {
        submit({
          type: 'crane-jobs',
          device,
          jobs: model.jobs.map(({ jobId, state }) => ({ jobId, state })),
        });
        submit({ type: 'crane', device, ...model.state });
        online(device);
      }
      for (const [device, model] of world.vehicles) {
        online(device);
        vehicle(device, model.state);
      }
    },
    deliver: (command) => deliver(world, command),
  };
}

/** Below this a scale counts as empty. */
const EMPTY_KG = 100;

function weightInput(device: string, { grossKg, motion }: ScaleState): Input {
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
    mode: 'AUTOMATIC',
    loads: state.loads.map((load) => load.loadId),
    actions: state.actionStates.map(({ actionId, actionType, actionStatus }) => ({
      actionId,
      actionType,
      status: actionStatus,
    })),
    eStop: 'NONE',
    localized: true,
    batteryPercent: state.batteryPercent,
    errors: state.errors.map(({ errorType, errorLevel }) => ({ errorType, errorLevel })),
  };
}

function deliver(world: GateWorld, command: Command): void {
  switch (command.kind) {
    case 'barrier':
      return world.laneIo.get(command.device)?.barrier(command.to);
    case 'light':
      return world.laneIo.get(command.device)?.light(command.to);
    case 'order':
      return sendOrder(world.vehicles.get(command.device), command);
    case 'pause':
    case 'unpause': {
      const actionType = command.kind === 'pause' ? 'startPause' : 'stopPause';
      return world.vehicles.get(command.device)?.instantAction({ actionId: command.commandId, actionType });
    }
    case 'job': {
      const { jobId, container, from, to } = command;
      world.cranes.get(command.device)?.start({ jobId, container, from, to });
      return;
    }
    case 'job-stop':
      world.cranes.get(command.device)?.stop(command.jobId);
      return;
    default:
      command satisfies never;
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
