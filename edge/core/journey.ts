/**
 * Where one of our own vehicles should stand next, from where it stands now and what its crossing waits for: park, loading
 * bay, hold point before the border, the place granted on the other side, the bay there, and home again empty. What it
 * may not reach yet is no goal; whether it may drive there is the interlock's to say.
 */
import { laneLoadOf } from '../../config/schema.ts';
import { disputeOf } from './discrepancies.ts';
import { record } from './handover.ts';
import { vehicleCrossing } from './interlock-vehicle.ts';
import { hoistAgainst } from './interlock-yard.ts';
import { isOpen } from './lane-hours.ts';
import { isFree, ownerOf, take } from './owners.ts';
import { standsAt } from './place-ahead.ts';
import { routeBetween } from './route.ts';
import { bayConfig, configOf, isOurs, laneAtNode, lanesFor, nodeGate, siteOf } from './site.ts';
import type { Crossing, GateState, VehicleGoal, VehicleView } from './state.ts';
import { freshLaneIo } from './state.ts';
import type { Turn } from './turn.ts';
import { advance, count } from './turn.ts';
import { homeOf, type Report } from './vehicle-health.ts';

type Action = NonNullable<VehicleGoal['action']>;

/** What an action is called; an order has at most one of each type. */
export const actionIdOf = (orderId: string, { actionType }: Action): string => `${orderId}-${actionType}`;

/** `missing`: the vehicle has nothing of it, or has given it up. */
export function actionStatus(
  { order }: VehicleView,
  action: Action,
  report: Report,
): 'done' | 'under-way' | 'missing' {
  const id = order === null ? undefined : actionIdOf(order.orderId, action);
  const status = report.actions.find(({ actionId }) => actionId === id)?.status;
  if (status === 'FINISHED') return 'done';
  if (status !== undefined && status !== 'FAILED') return 'under-way';
  // It may have lost its memory with its power; its load tells.
  const shows =
    action.actionType === 'pick' ? report.loads.includes(action.loadId) : report.loads.length === 0;
  return shows ? 'done' : 'missing';
}

/** Null while there is nowhere to go, or not yet. The vehicle stands. */
export function nextGoal(turn: Turn, id: string, view: VehicleView, report: Report): VehicleGoal | null {
  const { state } = turn;
  const here = report.lastNodeId;
  const ground = nodeGate(state, here);
  const crossing = vehicleCrossing(state, id);
  if (ground === undefined) return offTheBorder(view, crossing);
  if (!isOurs(state, ground)) return abroad(turn, id, view, report, crossing);
  view.authority = null;
  const lane = laneAtNode(state, here);
  if (lane !== undefined) {
    const visit = state.lanes[lane.id]?.visit ?? null;
    const open = visit?.released === true && visit.crossing === crossing?.id;
    if (!open || freshLaneIo(state, lane.devices.io)?.barrier !== 'up') return null;
    return lane.checkpoint === 'border-out' ? overBorder(crossing) : toHome(state, id, here);
  }
  if (view.crossing === null) return report.loads.length === 0 ? toHome(state, id, here) : null;
  if (crossing === undefined || crossing.findings.length > 0) return null;
  if (crossing.stage === 'loading') return toBeLoaded(turn, id, crossing, report);
  return crossing.stage === 'loaded' ? loaded(turn, id, crossing, here) : null;
}

/** What a difference keeps here waits where its vehicle parks: others need the bay. */
const loaded = (turn: Turn, id: string, crossing: Crossing, here: string): VehicleGoal | null =>
  disputeOf(turn.state, crossing) === undefined
    ? toBorder(turn, crossing, here)
    : toHome(turn.state, id, here);

/** Node ids from where it stands to its goal, both included; over the border on the track it was given. Null: there is no road. */
export function wayTo(state: GateState, id: string, here: string, goal: string): readonly string[] | null {
  const crossing = vehicleCrossing(state, id);
  const given = crossing?.lineClear ?? crossing?.inbound;
  const track = given === undefined ? undefined : siteOf(state).tracks.get(given.track);
  if (track === undefined || nodeGate(state, here) === nodeGate(state, goal))
    return routeBetween(state, here, goal);
  const before = routeBetween(state, here, track.km0);
  const behind = routeBetween(state, track.km0, goal);
  return before === null || behind === null ? null : [...before, ...behind.slice(1)];
}

// ---------------------------------------------------------------- on our own ground

const goTo = (node: string | undefined): VehicleGoal | null => (node === undefined ? null : { node });

/** Over our own ground only: a road that leads round over the border is no way home. */
function toHome(state: GateState, id: string, here: string): VehicleGoal | null {
  const home = homeOf(state, id);
  if (home === undefined || home === here) return null;
  const { gate } = configOf(state);
  const route = routeBetween(state, here, home);
  return route?.every((node) => nodeGate(state, node) === gate.id) === true ? { node: home } : null;
}

/** Below the crane of its loading bay until its container is on it; what carries another one stays where it is. */
function toBeLoaded(turn: Turn, id: string, crossing: Crossing, report: Report): VehicleGoal | null {
  const { state } = turn;
  const bay = bayConfig(state, crossing.bays.loading ?? '');
  const container = crossing.containers[0]?.number;
  if (bay?.node === undefined || container === undefined) return null;
  const here = report.lastNodeId;
  if (report.loads.includes(container)) {
    if (here !== bay.node || !isCraneDone(crossing) || hoistAgainst(state, bay.id) !== null) return null;
    advance(turn, crossing, 'loaded');
    return loaded(turn, id, crossing, here);
  }
  if (disputeOf(state, crossing) !== undefined) return null;
  // A load it cannot name is the one it was given before it lost its memory; the crane has seen its number.
  const foreign = report.loads.some((load) => load !== '');
  if (foreign || (report.loads.length > 0 && here !== bay.node)) return null;
  return { node: bay.node, action: { actionType: 'pick', loadId: container, stationName: bay.id } };
}

const isCraneDone = ({ job, held, slot }: Crossing): boolean =>
  job === undefined && held === undefined && slot === undefined;

/** A hold point of an open lane before the border, kept for it from now on. */
function toBorder(turn: Turn, crossing: Crossing, here: string): VehicleGoal | null {
  const { state } = turn;
  let free: string | undefined;
  for (const lane of lanesFor(state, 'border-out', laneLoadOf(crossing.load))) {
    const { node } = lane;
    if (node === undefined) continue;
    if (ownerOf(state, `node:${node}`) === crossing.id) return { node };
    if (free !== undefined || !isFree(state, `node:${node}`) || !isOpen(state, lane)) continue;
    if (standsAt(state, node, '') !== undefined) continue;
    if (routeBetween(state, here, node) !== null) free = node;
  }
  if (free === undefined) return null;
  take(turn, crossing, `node:${free}`);
  return { node: free };
}

// ---------------------------------------------------------------- over the border

const overBorder = (crossing: Crossing | undefined): VehicleGoal | null =>
  goTo(crossing?.lineClear?.holdNode);

/** Nothing may stay on the border line: on to where it was granted a place. */
const offTheBorder = (view: VehicleView, crossing: Crossing | undefined): VehicleGoal | null =>
  view.crossing === null ? goTo(crossing?.inbound?.holdNode) : overBorder(crossing);

/** On the other gate's ground: every stretch needs its movement authority, asked once and used once; it may name another place. */
function abroad(
  turn: Turn,
  id: string,
  view: VehicleView,
  report: Report,
  crossing: Crossing | undefined,
): VehicleGoal | null {
  const { state } = turn;
  const here = report.lastNodeId;
  const stretch = stretchAbroad(state, id, report, crossing);
  if (stretch === null || stretch.node === here) return stretch;
  const { authority } = view;
  if (authority?.from === here && authority.granted)
    return authority.to === stretch.node ? stretch : { node: authority.to };
  if (authority?.from !== here || authority.to !== stretch.node) {
    const ask = `${configOf(state).gate.id}-a${count(turn, 'authority')}`;
    view.authority = { ask, from: here, to: stretch.node, granted: false };
    record(turn, { kind: 'authority-asked', ask, vehicle: id, from: here, to: stretch.node });
  }
  return null;
}

function stretchAbroad(
  state: GateState,
  id: string,
  report: Report,
  crossing: Crossing | undefined,
): VehicleGoal | null {
  const here = report.lastNodeId;
  if (report.loads.length > 0) {
    const container = crossing?.containers[0]?.number;
    const { holdNode, bayNode } = crossing?.lineClear ?? {};
    if (bayNode === undefined || container === undefined) return null;
    // Set aside, it goes on when the other gate lets it; anywhere else than on its way it waits for people.
    const isAside = siteOf(state).nodes.get(here)?.role === 'refuge';
    if (here !== holdNode && here !== bayNode && !isAside) return null;
    return { node: bayNode, action: { actionType: 'drop', loadId: container, stationName: bayNode } };
  }
  return goTo(crossing?.inbound?.holdNode) ?? nextHoldPointHome(state, id, here);
}

/** Where its way home is stopped next, while that lies on the other gate's ground. */
function nextHoldPointHome(state: GateState, id: string, here: string): VehicleGoal | null {
  const { nodes } = siteOf(state);
  const home = homeOf(state, id);
  const way = home === undefined ? null : routeBetween(state, here, home);
  const hold = way?.slice(1).find((node) => nodes.get(node)?.role === 'hold');
  return hold === undefined || nodeGate(state, hold) === configOf(state).gate.id ? null : { node: hold };
}
