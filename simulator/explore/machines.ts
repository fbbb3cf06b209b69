/** What barriers, vehicles and cranes do: with the commands that reach them, and next of themselves. */
import type { OrderNode } from '../../edge/core/effect.ts';
import {
  admit,
  factsAt,
  type Moment,
  partIn,
  type Setting,
  tellCrane,
  tellJob,
  tellSensors,
} from './moment.ts';
import type { Places } from './places.ts';
import {
  activeJob,
  barrierOf,
  boxAt,
  type CraneJob,
  isBusy,
  SIDES,
  type Side,
  setBarrier,
  type Vehicle,
  type WireCommand,
  type World,
} from './world.ts';

/** The command reaches its device. */
export function execute(
  setting: Setting,
  moment: Moment,
  side: Side,
  device: string,
  command: WireCommand,
): void {
  switch (command.kind) {
    case 'barrier':
      return swing(setting, moment, side, device, command.to);
    case 'job':
      return startJob(setting, moment, side, device, command);
    case 'job-stop':
      return stopJob(setting, moment, side, command.jobId);
    default: {
      const vehicle = moment.world.vehicles[side];
      vehicle.told = false;
      if (command.kind === 'order') takeOrder(moment, side, command);
      else if (command.kind === 'cancel-order') cancelOrder(vehicle);
      else if (command.kind !== 'charge') vehicle.paused = command.kind === 'pause';
    }
  }
}

// ---------------------------------------------------------------- barriers

/** Its own safety edge turns an arm back from what is below it. */
function swing(setting: Setting, moment: Moment, side: Side, device: string, to: 'raise' | 'lower'): void {
  const lane = setting.places.ofIo[side].get(device) ?? '';
  const ground = moment.world.grounds[side];
  const isBlocked = partIn(moment.world, setting.places, side, lane) === 'under';
  const goal = to === 'raise' || isBlocked ? 'up' : 'down';
  const { arm } = barrierOf(ground, lane);
  setBarrier(ground, lane, { goal, arm: arm === goal ? arm : 'moving' });
  tellSensors(setting, moment, side, lane);
}

export function finishSwing(setting: Setting, moment: Moment, side: Side, lane: string): void {
  const ground = moment.world.grounds[side];
  const isBlocked = partIn(moment.world, setting.places, side, lane) === 'under';
  const goal = isBlocked ? 'up' : barrierOf(ground, lane).goal;
  setBarrier(ground, lane, { goal, arm: goal });
  tellSensors(setting, moment, side, lane);
}

// ---------------------------------------------------------------- vehicles

/** After VDA 5050: a new order only by one who has none left, an update only where the old one ends. */
function takeOrder(moment: Moment, home: Side, order: Extract<WireCommand, { kind: 'order' }>): void {
  const vehicle = moment.world.vehicles[home];
  const [first, ...ahead] = order.nodes;
  if (first === undefined) return;
  const isNew = order.orderId !== vehicle.orderId;
  if (!isNew && order.orderUpdateId === vehicle.orderUpdateId) return;
  const end = vehicle.ahead.at(-1) ?? { nodeId: vehicle.at, sequenceId: vehicle.sequenceId };
  if (
    isNew
      ? !isDone(vehicle) || first.nodeId !== vehicle.at
      : !continues(vehicle, order.orderUpdateId, first, end)
  ) {
    vehicle.error = isNew ? 'orderError' : 'orderUpdateError';
    return;
  }
  if (isNew) {
    vehicle.actions = [];
    vehicle.cancelled = false;
    vehicle.sequenceId = first.sequenceId;
  }
  vehicle.ahead.push(...ahead.map(({ nodeId, sequenceId }) => ({ nodeId, sequenceId })));
  vehicle.orderId = order.orderId;
  vehicle.orderUpdateId = order.orderUpdateId;
  vehicle.error = '';
  for (const { sequenceId, action } of order.nodes) {
    if (action === undefined || vehicle.actions.some(({ actionId }) => actionId === action.actionId))
      continue;
    const { actionId, actionType, loadId } = action;
    vehicle.actions.push({ actionId, actionType, loadId, sequenceId, status: 'WAITING' });
  }
  act(moment.world, home);
}

const isDone = ({ part, ahead, actions }: Vehicle): boolean =>
  part === 'stand' && ahead.length === 0 && !actions.some(isBusy);

const continues = (
  { cancelled, orderUpdateId }: Vehicle,
  updateId: number,
  first: Pick<OrderNode, 'nodeId' | 'sequenceId'>,
  end: Pick<OrderNode, 'nodeId' | 'sequenceId'>,
): boolean =>
  !cancelled &&
  updateId > orderUpdateId &&
  first.nodeId === end.nodeId &&
  first.sequenceId === end.sequenceId;

/** It comes to stand on the next node. */
function cancelOrder(vehicle: Vehicle): void {
  vehicle.cancelled = true;
  for (const action of vehicle.actions) if (isBusy(action)) action.status = 'FAILED';
  vehicle.ahead = vehicle.part === 'stand' ? [] : vehicle.ahead.slice(0, 1);
}

/** Begins the action that is due where it stands, and ends it when what it waits for is there. */
function act(world: World, home: Side): void {
  const vehicle = world.vehicles[home];
  if (vehicle.part !== 'stand') return;
  const due = vehicle.actions.find((action) => isBusy(action) && action.sequenceId <= vehicle.sequenceId);
  if (due === undefined) return;
  vehicle.told = false;
  const isLoaded = boxAt(world, `vehicle:${home}`) !== undefined;
  due.status = (due.actionType === 'pick') === isLoaded ? 'FINISHED' : 'RUNNING';
}

/** What the vehicle would do next: drive off, pass a lane bit by bit, arrive; undefined while it has to stand. */
export function nextOf(
  world: World,
  places: Places,
  home: Side,
): 'drives off' | 'goes on' | 'arrives' | undefined {
  const vehicle = world.vehicles[home];
  if (vehicle.paused) return undefined;
  if (vehicle.part === 'away') return 'arrives';
  if (vehicle.part !== 'stand') return 'goes on';
  if (vehicle.ahead.length === 0) return undefined;
  if (vehicle.actions.some((action) => isBusy(action) && action.sequenceId <= vehicle.sequenceId))
    return undefined;
  const lane = places.laneAt.get(vehicle.at);
  // It does not drive into a closed barrier.
  if (lane !== undefined && barrierOf(world.grounds[lane.side], lane.lane.id).arm !== 'up') return undefined;
  return 'drives off';
}

export function drive(setting: Setting, moment: Moment, home: Side): void {
  const { places } = setting;
  const { world } = moment;
  const vehicle = world.vehicles[home];
  const from = vehicle.at;
  vehicle.told = false;
  const lane = places.laneAt.get(from);
  const bay = places.bayAt.get(from);
  switch (vehicle.part) {
    case 'stand':
      vehicle.part = lane === undefined ? 'away' : 'under';
      if (bay !== undefined && isLowOver(world, bay.side, bay.bay.id))
        moment.wrong.push(`${places.vehicles[home].id} left ${bay.bay.id} below a low hoist`);
      if (places.isBeforeBorder(from)) judgeDeparture(setting, moment, home);
      break;
    case 'under':
      vehicle.part = 'exit';
      break;
    case 'exit':
      vehicle.part = 'away';
      break;
    default: {
      const next = vehicle.ahead.shift();
      if (next === undefined) return;
      vehicle.at = next.nodeId;
      vehicle.sequenceId = next.sequenceId;
      vehicle.part = 'stand';
      act(world, home);
    }
  }
  const told = lane ?? places.laneAt.get(vehicle.at);
  if (told !== undefined) tellSensors(setting, moment, told.side, told.lane.id);
  for (const node of new Set([from, vehicle.at])) {
    const at = places.bayAt.get(node);
    if (at !== undefined) tellSensors(setting, moment, at.side, at.bay.id);
  }
}

const isLowOver = ({ grounds }: World, side: Side, place: string): boolean =>
  grounds[side].crane.low && grounds[side].crane.position === place;

/** No vehicle leaves but on a grant of the other gate, its departure durable. */
function judgeDeparture({ places }: Setting, { world, wrong }: Moment, home: Side): void {
  const { id } = places.vehicles[home];
  const isCovered = world.moves.some(
    ({ vehicle, sent, received }) =>
      vehicle === id && (sent === 'departed' || sent === 'recalled') && received === 'granted',
  );
  if (!isCovered) wrong.push(`${id} leaves for the border without a durable departure on a grant`);
}

// ---------------------------------------------------------------- cranes

function startJob(
  setting: Setting,
  moment: Moment,
  side: Side,
  device: string,
  { jobId, container, from, to }: Extract<WireCommand, { kind: 'job' }>,
): void {
  const { crane } = moment.world.grounds[side];
  // Sent again: it knows it.
  if (crane.jobs.some((job) => job.jobId === jobId)) return;
  const held = boxAt(moment.world, `crane:${side}`);
  if (activeJob(crane) !== undefined || (held !== undefined && held !== container)) {
    if (factsAt(setting, moment, side).jobAwaited !== jobId) return;
    const commandId = `crane:${device}`;
    return admit(setting, moment, side, { type: 'command-refused', commandId, reason: 'busy' });
  }
  const phase = held === undefined ? 'taken' : 'carrying';
  const job: CraneJob = {
    jobId,
    container,
    from,
    to,
    phase,
    state: 'running',
    stopping: false,
    seen: held !== undefined,
    set: false,
  };
  crane.jobs.push(job);
  tellJob(setting, moment, side, job);
}

/** At a safe height at once, else when it gets there; what it is setting down it sets down. */
function stopJob(setting: Setting, moment: Moment, side: Side, jobId: string): void {
  const job = activeJob(moment.world.grounds[side].crane);
  if (job?.jobId !== jobId) return;
  if (job.phase === 'taken' || job.phase === 'carrying') endJob(setting, moment, side, job, 'interrupted');
  else job.stopping = true;
}

function endJob(
  setting: Setting,
  moment: Moment,
  side: Side,
  job: CraneJob,
  state: 'ended' | 'aborted' | 'interrupted',
): void {
  job.phase = 'over';
  job.state = state;
  tellJob(setting, moment, side, job);
}

export function workCrane(setting: Setting, moment: Moment, side: Side): void {
  const { world } = moment;
  const { crane } = world.grounds[side];
  const job = activeJob(crane);
  if (job === undefined) return;
  const { container } = job;
  const hangs = world.boxes[container] === `crane:${side}`;
  switch (job.phase) {
    case 'taken':
      if (world.boxes[container] !== carrierAt(setting, moment, side, job.from))
        return endJob(setting, moment, side, job, 'aborted');
      return reach(setting, moment, side, job, job.from, 'gripping');
    case 'gripping':
      judgeHoist(setting, moment, side, job.from);
      world.boxes[container] = `crane:${side}`;
      touch(setting, moment, side, job.from);
      job.seen = true;
      crane.low = false;
      job.phase = 'carrying';
      tellCrane(setting, moment, side);
      tellJob(setting, moment, side, job);
      if (job.stopping) endJob(setting, moment, side, job, 'interrupted');
      return;
    case 'carrying':
      if (!canTake(setting, moment, side, job.to)) return endJob(setting, moment, side, job, 'aborted');
      return reach(setting, moment, side, job, job.to, 'setting');
    case 'setting':
      if (!hangs) return;
      judgeHoist(setting, moment, side, job.to);
      world.boxes[container] = carrierAt(setting, moment, side, job.to) ?? `${side}:${job.to}`;
      touch(setting, moment, side, job.to);
      job.set = true;
      job.phase = 'rising';
      tellCrane(setting, moment, side);
      tellJob(setting, moment, side, job);
      return;
    case 'rising':
      crane.low = false;
      tellCrane(setting, moment, side);
      return endJob(setting, moment, side, job, 'ended');
    default:
  }
}

function reach(
  setting: Setting,
  moment: Moment,
  side: Side,
  job: CraneJob,
  position: string,
  phase: 'gripping' | 'setting',
): void {
  const { crane } = moment.world.grounds[side];
  crane.position = position;
  crane.low = true;
  job.phase = phase;
  judgeHoist(setting, moment, side, position);
  tellCrane(setting, moment, side);
}

/** A crane lowers, lifts and sets down only where something stands still below it. */
function judgeHoist(setting: Setting, moment: Moment, side: Side, place: string): void {
  if (!setting.places.bays[side].has(place)) return;
  if (partIn(moment.world, setting.places, side, place) !== 'stand')
    moment.wrong.push(`${craneOfJob(setting, side)} works at ${place}, where nothing stands`);
}

const craneOfJob = ({ places }: Setting, side: Side): string => `crane of ${places.configs[side].gate.id}`;

/** What carries a box at a bay or slot: the slot itself, the vehicle or truck that stands there; undefined if nothing does. */
function carrierAt({ places }: Setting, { world }: Moment, side: Side, place: string): string | undefined {
  if (!places.bays[side].has(place)) return `${side}:${place}`;
  if (world.grounds[side].truck?.place === place) return `truck:${side}`;
  const home = SIDES.find((one) => {
    const { at, part } = world.vehicles[one];
    const bay = places.bayAt.get(at);
    return part === 'stand' && bay?.side === side && bay.bay.id === place;
  });
  return home === undefined ? undefined : `vehicle:${home}`;
}

function canTake(setting: Setting, moment: Moment, side: Side, place: string): boolean {
  const carrier = carrierAt(setting, moment, side, place);
  return carrier !== undefined && boxAt(moment.world, carrier) === undefined;
}

/** A vehicle feels that its load has come or gone. */
function touch({ places }: Setting, { world }: Moment, side: Side, place: string): void {
  for (const home of SIDES) {
    const bay = places.bayAt.get(world.vehicles[home].at);
    if (bay?.side !== side || bay.bay.id !== place) continue;
    world.vehicles[home].told = false;
    act(world, home);
  }
}
