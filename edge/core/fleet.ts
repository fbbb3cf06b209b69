/**
 * Our own vehicles: which crossing each serves, and the VDA 5050 order that takes it where it should stand next (see
 * journey.ts). A vehicle stops at the last released node, so each stretch is released only when its interlock holds, and
 * every order ends where it may stand. What it took of our orders is known from its own reports alone.
 */
import { laneLoadOf } from '../../config/schema.ts';
import { lookAtBay } from './agenda.ts';
import { returnAlarm } from './alarms.ts';
import { want } from './command.ts';
import { giveVehicle, takeVehicleFrom, yardReasons } from './crossing.ts';
import { endIfUnloaded } from './custody.ts';
import type { DeviceCommand, OrderNode } from './effect.ts';
import type { VehicleReport } from './input.ts';
import { vehicleCrossing } from './interlock-vehicle.ts';
import { actionIdOf, actionStatus, nextGoal, wayTo } from './journey.ts';
import { free, freeBay, freePlaces, hasBayFree, takeBay } from './owners.ts';
import { lookAtPlace } from './place-ahead.ts';
import { worst } from './reasons.ts';
import { bayAtNode, configOf, laneAtNode, lanesFor, nodeGate, siteOf } from './site.ts';
import type { Crossing, GateState, VehicleGoal, VehicleView } from './state.ts';
import { freshLaneIo, freshVehicle } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import { lookBehind } from './tracks.ts';
import type { Turn } from './turn.ts';
import { advance, count, decide } from './turn.ts';
import {
  chargeWhileIdle,
  hasRejected,
  hasTaken,
  homeOf,
  isBusy,
  isFit,
  isIdle,
  isOffRoute,
  isStanding,
  noticeHealth,
  noticeStuck,
  type Report,
  watchProgress,
} from './vehicle-health.ts';

type Order = Extract<DeviceCommand, { kind: 'order' }>;

/** So long a vehicle may be unfit at its park before another one is sent for its container. */
const UNFIT_MS = 60_000;
/** Until it must have given up its order. */
const CANCELLED_MS = 5_000;

/** What we know of a vehicle that was never sent. */
const NEW: VehicleView = {
  report: null,
  crossing: null,
  homeward: null,
  goal: null,
  order: null,
  way: [],
  authority: null,
  pausedByUs: false,
  inService: true,
  low: false,
};

/** The vehicles of the configuration. Where each was sent, and why, outlives a start; what it said does not. */
export function bootFleet({ state }: Turn): void {
  const known = state.vehicles;
  state.vehicles = {};
  for (const id of siteOf(state).vehicles.keys()) state.vehicles[id] = { ...NEW, ...known[id], report: null };
}

/** A vehicle's word: what is wrong with it is told, and whoever may go on now is looked at. */
export function takeVehicle(turn: Turn, input: VehicleReport): void {
  const { state, agenda } = turn;
  const id = input.device;
  const view = state.vehicles[id];
  if (view === undefined) return;
  const before = view.report;
  const report = factsOf(input);
  view.report = report;
  noticeHealth(turn, id, view, before);
  const crossing = state.crossings[view.crossing ?? ''];
  if (crossing !== undefined) endIfUnloaded(turn, crossing);
  watchProgress(turn, id, report, before);
  lookBehind(turn, id, before, report);
  agenda.vehicles.add(id);
  if (state.ready.length > 0 && isIdle(state, id)) agenda.assign = true;
  lookAtNode(turn, report.lastNodeId);
  if (before === null) return;
  if (before.lastNodeId !== report.lastNodeId) lookAtNode(turn, before.lastNodeId);
  if (before.lastNodeId !== report.lastNodeId || before.driving !== report.driving)
    lookAtPlace(turn, before.lastNodeId);
}

/** The report without what admission added to it. */
const factsOf = (input: VehicleReport): Report => ({
  orderId: input.orderId,
  orderUpdateId: input.orderUpdateId,
  lastNodeId: input.lastNodeId,
  lastNodeSequenceId: input.lastNodeSequenceId,
  nodesAhead: input.nodesAhead,
  driving: input.driving,
  paused: input.paused,
  mode: input.mode,
  loads: input.loads,
  actions: input.actions,
  eStop: input.eStop,
  localized: input.localized,
  batteryPercent: input.batteryPercent,
  charging: input.charging,
  errors: input.errors,
});

/** Something came to a place, left it, or does something there. */
function lookAtNode(turn: Turn, node: string): void {
  const { state, agenda } = turn;
  const lane = laneAtNode(state, node);
  if (lane !== undefined) agenda.lanes.add(lane.id);
  const bay = bayAtNode(state, node);
  if (bay !== undefined) lookAtBay(turn, bay.id);
}

/** A vehicle's timer is due: `vehicle-stuck/ID`, `vehicle-unfit/ID`. */
export function fireVehicle(turn: Turn, kind: 'vehicle-stuck' | 'vehicle-unfit', id: string): void {
  if (kind === 'vehicle-stuck') return noticeStuck(turn, kind, id);
  replace(turn, id);
}

/** A person withdraws a vehicle or returns it; what it has begun, it finishes. Tells why not. */
export function setService(turn: Turn, id: string, inService: boolean): string | null {
  const view = turn.state.vehicles[id];
  if (view === undefined) return `this gate has no vehicle ${id}`;
  if (view.inService === inService) return inService ? `${id} is in service` : `${id} is withdrawn already`;
  view.inService = inService;
  noticeHealth(turn, id, view, view.report);
  turn.agenda.vehicles.add(id);
  turn.agenda.assign = true;
  // What was not heard and is withdrawn keeps no track.
  turn.agenda.tracks = true;
  return null;
}

// ---------------------------------------------------------------- who serves which crossing

/** Gives containers that wait in the yard, and nothing stands against, to idle vehicles: the oldest to the fullest battery. */
export function assign(turn: Turn): void {
  const { state } = turn;
  if (state.ready.length === 0 || !hasBayFree(state, 'loading')) return;
  const idle = [...siteOf(state).vehicles.keys()].filter((id) => isIdle(state, id));
  const battery = (id: string): number => state.vehicles[id]?.report?.batteryPercent ?? 0;
  idle.sort((a, b) => battery(b) - battery(a));
  const waiting: string[] = [];
  for (const id of byTurn(state)) {
    const crossing = state.crossings[id];
    if (crossing === undefined) continue;
    const [vehicle] = idle;
    if (vehicle !== undefined && sendFor(turn, crossing, vehicle)) idle.shift();
    else waiting.push(id);
  }
  if (waiting.length < state.ready.length) state.ready = state.ready.filter((id) => waiting.includes(id));
}

/** How much earlier an authorised economic operator’s container counts as come: it goes first, and lets nobody wait for ever. */
const AEO_AHEAD_MS = 900_000;

/** Those that wait, the longest first; before them what goes home, for it holds a slot that may be kept for what comes. */
function byTurn(state: GateState): readonly string[] {
  const { ready, crossings } = state;
  const home = ready.filter((id) => crossings[id]?.load === 'return');
  const first = ready.filter((id) => isTrusted(state, crossings[id]));
  if (home.length === 0 && (first.length === 0 || first.length === ready.length)) return ready;
  const cameAt = (id: string): number =>
    (crossings[id]?.since ?? 0) - (first.includes(id) ? AEO_AHEAD_MS : 0);
  const others = ready.filter((id) => crossings[id]?.load !== 'return');
  return [...home, ...others.sort((a, b) => cameAt(a) - cameAt(b))];
}

/** All that it carries is declared by authorised economic operators. */
const isTrusted = ({ clearances }: GateState, crossing: Crossing | undefined): boolean =>
  crossing?.containers.every(({ number }) => {
    const rows = Object.values(clearances[number] ?? {});
    return rows.length > 0 && rows.every(({ aeo }) => aeo === true);
  }) === true;

/** One that finds no bay does not block the next: another crane may be free. */
function sendFor(turn: Turn, crossing: Crossing, id: string): boolean {
  const { state } = turn;
  const view = state.vehicles[id];
  const vehicle = siteOf(state).vehicles.get(id);
  const places = freePlaces(state, crossing, 'loading');
  if (view === undefined || vehicle === undefined || places === null) return false;
  if (worst(yardReasons(state, crossing)) !== 'pass') return false;
  takeBay(turn, crossing, places.bay);
  giveVehicle(turn, crossing, { id, home: configOf(state).gate.id, plate: vehicle.plate });
  view.crossing = crossing.id;
  view.goal = null;
  view.order = null;
  advance(turn, crossing, 'loading');
  return true;
}

/** Before it has left its park for the container it was given to, it can do nothing that another could not. */
function isHeldUpAtPark(state: GateState, id: string, { crossing }: VehicleView, report: Report): boolean {
  const stage = state.crossings[crossing ?? '']?.stage;
  const isAtPark = report.lastNodeId === homeOf(state, id) && !report.driving && report.loads.length === 0;
  return stage === 'loading' && isAtPark && !isFit(report);
}

function watchFitness(turn: Turn, id: string, view: VehicleView, report: Report): void {
  const { state } = turn;
  const timer = `vehicle-unfit/${id}`;
  if (!isHeldUpAtPark(state, id, view, report)) clearTimer(state, timer);
  else if (state.timers[timer] === undefined) setTimer(state, timer, state.now + UNFIT_MS);
}

/** It stands at its park and will not be fit soon: another one fetches the container. What it still has of its order is taken back first. */
function replace(turn: Turn, id: string): void {
  const { state } = turn;
  const view = state.vehicles[id];
  const report = freshVehicle(state, id);
  const crossing = state.crossings[view?.crossing ?? ''];
  if (view === undefined || report === null || crossing === undefined) return;
  if (!isHeldUpAtPark(state, id, view, report)) return;
  if (isBusy(report)) {
    want(turn, { kind: 'cancel-order', device: id }, { kind: 'cancelled', orderId: report.orderId });
    return setTimer(state, `vehicle-unfit/${id}`, state.now + CANCELLED_MS);
  }
  decide(turn, 'vehicle-replaced', { crossing: crossing.id, vehicle: id });
  freeBay(turn, crossing, 'loading');
  takeVehicleFrom(turn, crossing);
  view.crossing = null;
  view.goal = null;
  view.order = null;
  state.ready.push(crossing.id);
  turn.agenda.assign = true;
  advance(turn, crossing, 'in-yard');
}

// ---------------------------------------------------------------- where it goes

/** Sets its next goal and orders it there. Nothing is decided on the word of a vehicle that is not heard. */
export function reconsiderVehicle(turn: Turn, id: string): void {
  const { state } = turn;
  const view = state.vehicles[id];
  const report = freshVehicle(state, id);
  if (view === undefined || report === null) return;
  watchFitness(turn, id, view, report);
  pauseWhereHeld(turn, id, view, report);
  leaveTrail(turn, id, report);
  if (!isStanding(report)) return;
  if (isOffRoute(state, id, view, report)) {
    view.goal = null;
    view.order = null;
  }
  if (view.goal === null || hasReached(view, view.goal, report)) view.goal = nextGoal(turn, id, view, report);
  if (view.goal === null) chargeWhileIdle(turn, id, view, report);
  else sendTo(turn, id, view, view.goal, report);
}

const hasReached = (view: VehicleView, { node, action }: VehicleGoal, report: Report): boolean =>
  report.lastNodeId === node && (action === undefined || actionStatus(view, action, report) === 'done');

/**
 * A vehicle that was sent through a lane stands still as soon as something speaks against it after all (a release
 * withdrawn, the lane stopped), and goes on when that is over. Never below the barrier: there it goes on to its hold point.
 */
function pauseWhereHeld(turn: Turn, device: string, view: VehicleView, report: Report): void {
  const { state } = turn;
  const lane = laneAtNode(state, report.lastNodeId);
  const visit = lane === undefined ? null : (state.lanes[lane.id]?.visit ?? null);
  // The one before it has the same last node until it reaches its next.
  const isItsOwn = state.crossings[visit?.crossing ?? '']?.vehicle?.id === device;
  // Once it has left the stop line nobody could read it again: it goes on to its hold point.
  const standsThere =
    lane !== undefined &&
    freshLaneIo(state, lane.devices.io)?.loops.approach === true &&
    visit?.under === false;
  const held = isItsOwn && standsThere && visit.released && visit.verdict !== 'pass';
  if (report.paused && isOurPause(state, report)) view.pausedByUs = true;
  if (held && !report.paused && !isStanding(report)) {
    view.pausedByUs = true;
    want(turn, { kind: 'pause', device }, { kind: 'paused', paused: true });
  }
  if (held || !view.pausedByUs) return;
  // Only our own pause is ours to end; one that a person set at the vehicle stays.
  if (report.paused) want(turn, { kind: 'unpause', device }, { kind: 'paused', paused: false });
  else if (state.pending[`vehicle:${device}`] === undefined) view.pausedByUs = false;
}

/** The last word on its pause was ours; we may have died before it was on disk. */
function isOurPause(state: GateState, { actions }: Report): boolean {
  const last = actions.findLast(
    ({ actionType }) => actionType === 'startPause' || actionType === 'stopPause',
  );
  return last?.actionType === 'startPause' && last.actionId.startsWith(`${configOf(state).gate.id}-c`);
}

/**
 * What its position alone tells: off our ground, the hold point behind it is free again. Seen by the lane before its own word
 * comes, it may be released while that still tells of a place before the hold point.
 */
function leaveTrail(turn: Turn, id: string, { lastNodeId }: Report): void {
  const { state } = turn;
  const crossing = vehicleCrossing(state, id);
  if (crossing?.lineClear?.used !== true || nodeGate(state, lastNodeId) === configOf(state).gate.id) return;
  for (const { node } of lanesFor(state, 'border-out', laneLoadOf(crossing.load)))
    if (node !== undefined) free(turn, crossing, `node:${node}`);
}

// ---------------------------------------------------------------- orders

/** Orders a standing vehicle to its goal, unless it is there, or something for it is on its way already. */
function sendTo(turn: Turn, id: string, view: VehicleView, goal: VehicleGoal, report: Report): void {
  const { state } = turn;
  const here = report.lastNodeId;
  const isThere = here === goal.node;
  // There, and its action not given up: it waits for the crane.
  if (isThere && (goal.action === undefined || actionStatus(view, goal.action, report) !== 'missing')) return;
  if (state.pending[`vehicle:${id}`] !== undefined) return;
  const way = wayTo(state, id, here, goal.node);
  if (way === null) return;
  if (report.charging) {
    want(turn, { kind: 'charge', device: id, on: false }, { kind: 'charging', charging: false });
    return;
  }
  // Its last node's actions cannot be changed by an update (VDA 5050 §6.6.2).
  const known = !isThere && continues(view, report) ? view.order : null;
  if (known === null && isBusy(report)) {
    // A vehicle that is not done with an order refuses a new one.
    const { orderId } = report;
    if (want(turn, { kind: 'cancel-order', device: id }, { kind: 'cancelled', orderId })) view.order = null;
    return;
  }
  const order =
    known === null
      ? { orderId: `${configOf(state).gate.id}-o${(state.counters.order ?? 0) + 1}`, orderUpdateId: 0 }
      : // Never the same number again: one that was only late must not be taken for the newer one.
        { ...known, orderUpdateId: Math.max(known.orderUpdateId, report.orderUpdateId) + 1 };
  const start = known === null ? 0 : report.lastNodeSequenceId;
  const nodes = nodesOf(state, way, start, goal, order.orderId);
  const command: Order = { kind: 'order', device: id, ...order, mapId: configOf(state).map.id, nodes };
  if (!want(turn, command, { kind: 'order', ...order }, vehicleCrossing(state, id)?.id)) return;
  if (known === null) count(turn, 'order');
  view.order = order;
  view.way = way;
  // From where it stands it has a way again.
  returnAlarm(turn, 'VEHICLE_OFF_ROUTE', id);
}

/**
 * Whether its order can be prolonged. One it does not have, or whose newest update it has refused, cannot: what it knows
 * and what we know has come apart, and a new order from where it stands puts that right.
 */
function continues(view: VehicleView, report: Report): boolean {
  if (view.order === null || report.orderId !== view.order.orderId) return false;
  return hasTaken(view, report) || !hasRejected(report);
}

/** The whole way, released: the interlock is asked for each of its steps. */
function nodesOf(
  state: GateState,
  way: readonly string[],
  start: number,
  goal: VehicleGoal,
  orderId: string,
): Order['nodes'] {
  const { nodes, ways } = siteOf(state);
  return way.map((nodeId, index): OrderNode & { speedMaxMps?: number } => {
    const node = nodes.get(nodeId);
    const edge = ways.get(way[index - 1] ?? '')?.find(({ to }) => to === nodeId);
    return {
      nodeId,
      sequenceId: start + 2 * index,
      released: true,
      x: node?.x ?? 0,
      y: node?.y ?? 0,
      ...(edge !== undefined && { speedMaxMps: edge.speedMaxMps }),
      ...(nodeId === goal.node &&
        goal.action !== undefined && {
          action: { actionId: actionIdOf(orderId, goal.action), ...goal.action },
        }),
    };
  });
}
