/**
 * The interlock: one table, one place. Each command has a class (DESIGN §2.3) and the conditions without which it must
 * not leave. It is asked when a command is decided and once more, with the newest state, right before it is sent.
 */
import type { Command, CommandClass, DeviceCommand } from './effect.ts';
import { judgeVisit } from './evidence.ts';
import { worst } from './reasons.ts';
import type { Crossing, GateState } from './state.ts';
import {
  bayAtNode,
  bayConfig,
  configOf,
  freshLaneIo,
  freshVehicle,
  isFresh,
  laneAtNode,
  nodeGate,
} from './state.ts';

export type Permission = { allowed: true } | { allowed: false; reason: string };

const allow: Permission = { allowed: true };
const refuse = (reason: string): Permission => ({ allowed: false, reason });

/** The class of each command. */
export function classOf(command: DeviceCommand): CommandClass {
  switch (command.kind) {
    case 'barrier':
      return command.to === 'raise' ? 'permissive' : 'securing';
    case 'light':
      return command.to === 'green' ? 'permissive' : 'restrictive';
    case 'order':
    case 'unpause':
    case 'job':
      return 'permissive';
    case 'pause':
    case 'job-stop':
      return 'restrictive';
    default:
      return command satisfies never;
  }
}

/** What a command acts on; a restrictive command cancels what waits for the same actuator. */
export function actuatorOf(command: DeviceCommand): string {
  switch (command.kind) {
    case 'barrier':
      return `barrier:${command.device}`;
    case 'light':
      return `light:${command.device}`;
    case 'order':
    case 'pause':
    case 'unpause':
      return `vehicle:${command.device}`;
    case 'job':
    case 'job-stop':
      return `crane:${command.device}`;
    default:
      return command satisfies never;
  }
}

/** Whether `command` may leave in this state. Restrictive commands always may. */
export function permit(state: GateState, command: Command): Permission {
  if (command.class === 'restrictive') return allow;
  if (!state.clockTrusted && command.class === 'permissive') return refuse('clock untrusted');
  switch (command.kind) {
    case 'barrier':
      return command.to === 'raise' ? mayOpen(state, command.device) : mayLower(state, command.device);
    case 'light': {
      const open = mayOpen(state, command.device);
      if (!open.allowed) return open;
      return freshLaneIo(state, command.device)?.barrier === 'up' ? allow : refuse('barrier is not up');
    }
    case 'order':
      return mayDrive(state, command);
    case 'unpause':
      return freshVehicle(state, command.device) === null ? refuse('vehicle state is not fresh') : allow;
    case 'job':
      return mayLift(state, command);
    default:
      return allow;
  }
}

/** Open: the sensors fresh, and what stands there released and still found in order at this moment (I3). */
function mayOpen(state: GateState, io: string): Permission {
  const lane = configOf(state).lanes.find((one) => one.devices.io === io);
  if (lane === undefined) return refuse('no lane has this barrier');
  const sensors = freshLaneIo(state, io);
  if (sensors === null) return refuse('lane sensors are not fresh');
  if (sensors.barrier === 'fault') return refuse('barrier reports a fault');
  const visit = state.lanes[lane.id]?.visit ?? null;
  if (visit === null || !visit.released) return refuse('nothing in the lane is released');
  const judgement = judgeVisit(state, lane, visit);
  if (judgement.crossing?.id !== visit.crossing)
    return refuse('the vehicle in the lane is not the one released');
  if (worst(judgement.reasons) !== 'pass') return refuse(judgement.reasons.map((one) => one.code).join(', '));
  return allow;
}

/** Lower: the zone below proven empty by fresh sensors. */
function mayLower(state: GateState, io: string): Permission {
  const sensors = freshLaneIo(state, io);
  if (sensors === null) return refuse('lane sensors are not fresh');
  return !sensors.loops.under && sensors.curtain === 'clear'
    ? allow
    : refuse('the zone below the barrier is not empty');
}

/** Drive: the vehicle fit to be sent, and every released step of the way free for it. */
function mayDrive(state: GateState, command: Extract<Command, { kind: 'order' }>): Permission {
  const vehicle = freshVehicle(state, command.device);
  if (vehicle === null) return refuse('vehicle state is not fresh');
  if (vehicle.mode !== 'AUTOMATIC') return refuse(`vehicle is in mode ${vehicle.mode}`);
  if (vehicle.eStop !== 'NONE') return refuse('vehicle is emergency-stopped');
  if (!vehicle.localized) return refuse('vehicle has lost its position');
  if (vehicle.errors.some((error) => error.errorLevel === 'FATAL'))
    return refuse('vehicle reports a fatal error');
  const released = command.nodes.filter((node) => node.released);
  for (const [index, node] of released.entries()) {
    const next = released[index + 1];
    if (next === undefined) break;
    const step = mayStep(state, command.device, node.nodeId, next.nodeId);
    if (!step.allowed) return step;
  }
  return allow;
}

/** One step along the map: out through a barrier, out from under a hoist, into a place of one's own, over foreign ground. */
function mayStep(state: GateState, vehicle: string, from: string, to: string): Permission {
  const gate = configOf(state).gate.id;
  const view = state.vehicles[vehicle];
  const crossing = vehicleCrossing(state, vehicle);
  const lane = laneAtNode(state, from);
  if (lane !== undefined) {
    const visit = state.lanes[lane.id]?.visit ?? null;
    if (crossing === undefined || visit?.crossing !== crossing.id)
      return refuse(`the vehicle in ${lane.id} is not identified as this one`);
    const open = mayOpen(state, lane.devices.io);
    if (!open.allowed) return open;
    if (freshLaneIo(state, lane.devices.io)?.barrier !== 'up')
      return refuse(`the barrier of ${lane.id} is not up`);
  }
  const bayBehind = bayAtNode(state, from);
  if (bayBehind !== undefined) {
    const clear = hoistClearOf(state, bayBehind.id);
    if (!clear.allowed) return clear;
  }
  const bayAhead = bayAtNode(state, to);
  if (bayAhead !== undefined && state.owners[`bay:${bayAhead.id}`] !== crossing?.id)
    return refuse(`${bayAhead.id} is not reserved for it`);
  const laneAhead = laneAtNode(state, to);
  if (laneAhead !== undefined && state.owners[`node:${to}`] !== crossing?.id)
    return refuse(`${to} is not reserved for it`);
  if (nodeGate(state, from) !== gate && nodeGate(state, from) !== undefined) {
    const authority = view?.authority;
    return authority?.granted === true && authority.from === from
      ? allow
      : refuse(`no movement authority from ${from}`);
  }
  if (nodeGate(state, to) === undefined && lane !== undefined) {
    return crossing?.lineClear?.used === true ? allow : refuse('line clear has not been given');
  }
  return allow;
}

/** The crossing a vehicle of ours is on: the one it was assigned to, or the one that brings it home. */
export function vehicleCrossing(state: GateState, vehicle: string): Crossing | undefined {
  const assigned = state.vehicles[vehicle]?.crossing ?? null;
  if (assigned !== null) return state.crossings[assigned];
  return Object.values(state.crossings).find(
    (crossing) =>
      crossing.direction === 'import' &&
      crossing.vehicle?.id === vehicle &&
      crossing.vehicle.home === configOf(state).gate.id,
  );
}

/** Every crane over this bay fresh, its hoist clear of it, and no job under way there. */
export function hoistClearOf(state: GateState, bay: string): Permission {
  for (const crane of configOf(state).yard.cranes.filter((one) => one.bays.includes(bay))) {
    if (!isFresh(state, crane.device)) return refuse(`${crane.device} is not fresh`);
    const view = state.cranes[crane.device] ?? null;
    if (view === null) return refuse(`${crane.device} has not told its position`);
    if (view.position === bay && !view.hoistClear)
      return refuse(`the hoist of ${crane.device} is over ${bay}`);
    const job = activeJobOf(state, crane.device);
    if (job !== undefined && (job.from === bay || job.to === bay))
      return refuse(`${crane.device} works at ${bay}`);
  }
  return allow;
}

/** The job a crane was given and has not finished. */
export function activeJobOf(state: GateState, crane: string): Crossing['job'] | undefined {
  return Object.values(state.crossings).find(
    (crossing) =>
      crossing.job?.crane === crane && crossing.job.state !== 'ended' && crossing.job.state !== 'aborted',
  )?.job;
}

/** Lift: the crane fit, both places the crossing's own, whatever stands in a bay standing and locked. */
function mayLift(state: GateState, command: Extract<Command, { kind: 'job' }>): Permission {
  const view = isFresh(state, command.device) ? (state.cranes[command.device] ?? null) : null;
  if (view === null) return refuse('crane state is not fresh');
  if (view.mode !== 'automatic') return refuse(`crane is in mode ${view.mode}`);
  const crossing = command.crossing === undefined ? undefined : state.crossings[command.crossing];
  if (crossing === undefined) return refuse('no crossing needs this job');
  for (const place of [command.from, command.to]) {
    const bay = bayConfig(state, place);
    if (state.owners[`${bay === undefined ? 'slot' : 'bay'}:${place}`] !== crossing.id)
      return refuse(`${place} is not its own`);
    if (bay === undefined) continue;
    if (freshLaneIo(state, bay.io)?.loops.approach !== true)
      return refuse(`nothing is seen standing in ${place}`);
    if (bay.use === 'truck' || bay.node === undefined) continue;
    if (!isLockedIn(state, crossing, bay.node))
      return refuse(`the vehicle in ${place} is not standing and locked`);
  }
  return allow;
}

/** Standing at the node with its load exchange running: by our own vehicle's state, or the home gate's live word. */
export function isLockedIn(state: GateState, crossing: Crossing, node: string): boolean {
  const vehicle = crossing.vehicle;
  if (vehicle === undefined) return false;
  if (vehicle.home !== configOf(state).gate.id) {
    const live = state.link.up && state.live?.fresh === true ? state.live.vehicles[vehicle.id] : undefined;
    return live?.standing === true && live.locked && live.node === node;
  }
  const own = freshVehicle(state, vehicle.id);
  if (own === null || own.driving || own.lastNodeId !== node) return false;
  return own.actions.some(
    (action) => (action.actionType === 'pick' || action.actionType === 'drop') && action.status === 'RUNNING',
  );
}
