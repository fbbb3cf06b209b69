/**
 * Our own vehicles: which crossing each serves, where it should stand next, and the VDA 5050 order that takes it there.
 * A vehicle stops at the last released node, so each stretch is released only when its interlock holds.
 */
import { record } from './border.ts';
import { yardReasons } from './crossing.ts';
import type { OrderNode } from './effect.ts';
import type { VehicleReport } from './input.ts';
import { hoistClearOf, vehicleCrossing } from './interlock.ts';
import { routeBetween } from './route.ts';
import type { Crossing, GateState, VehicleGoal, VehicleView } from './state.ts';
import {
  activeCrossings,
  bayAtNode,
  baysFor,
  configOf,
  disown,
  firstFree,
  freshLaneIo,
  freshVehicle,
  laneAtNode,
  laneFor,
  nodeGate,
} from './state.ts';
import type { Turn } from './turn.ts';
import { advance, count, want } from './turn.ts';

/** Below this a vehicle gets no new crossing. */
const BATTERY_PERCENT_MIN = 20;

type Report = Omit<VehicleReport, 'type' | 'device'>;

/** Nothing released lies ahead and it does not move. */
const isStanding = (report: Report): boolean =>
  !report.driving && !report.nodesAhead.some((node) => node.released);

/** Assigns vehicles, sets their next goals and orders them there. */
export function reconsiderFleet(turn: Turn): void {
  const { state } = turn;
  assign(turn);
  for (const [id, view] of Object.entries(state.vehicles)) {
    const report = freshVehicle(state, id);
    if (report === null) continue;
    pauseWhereHeld(turn, id, view, report);
    leaveTrail(turn, id, report);
    if (
      view.goal === null ||
      (isStanding(report) && report.lastNodeId === view.goal.node && actionDone(view.goal, report))
    ) {
      const goal = nextGoal(turn, id, view, report);
      if (goal !== null) view.goal = goal;
    }
    if (view.goal !== null) order(turn, id, view.goal, report);
  }
}

/** Gives released containers that wait in the yard to idle vehicles, oldest first. */
function assign(turn: Turn): void {
  const { state } = turn;
  for (const crossing of activeCrossings(state)) {
    const ready =
      crossing.direction === 'export' && crossing.stage === 'in-yard' && crossing.vehicle === undefined;
    if (!ready || yardReasons(state, crossing).length > 0) continue;
    const bay = firstFree(
      state,
      'bay',
      baysFor(state, 'loading').map((one) => one.id),
    );
    const vehicle = configOf(state).devices.find(
      (one) => one.kind === 'vehicle' && isIdle(state, one.id, one.homeNode),
    );
    if (bay === undefined || vehicle?.kind !== 'vehicle') return;
    const view = state.vehicles[vehicle.id];
    if (view === undefined) return;
    state.owners[`bay:${bay}`] = crossing.id;
    crossing.vehicle = { id: vehicle.id, home: configOf(state).gate.id, plate: vehicle.plate };
    view.crossing = crossing.id;
    view.goal = null;
    advance(turn, crossing, 'loading');
  }
}

function isIdle(state: GateState, id: string, homeNode: string): boolean {
  const view = state.vehicles[id];
  const report = freshVehicle(state, id);
  if (view === undefined || report === null || view.crossing !== null) return false;
  if (vehicleCrossing(state, id) !== undefined) return false;
  const fit =
    report.mode === 'AUTOMATIC' &&
    report.eStop === 'NONE' &&
    report.localized &&
    report.batteryPercent >= BATTERY_PERCENT_MIN;
  return fit && isStanding(report) && report.lastNodeId === homeNode && report.loads.length === 0;
}

/**
 * A vehicle that was sent through a lane stands still as soon as something speaks against it after all (a release
 * withdrawn, the lane stopped), and goes on when that is over. Never below the barrier: there it goes on to its hold point.
 */
function pauseWhereHeld(turn: Turn, device: string, view: VehicleView, report: Report): void {
  const lane = laneAtNode(turn.state, report.lastNodeId);
  const visit = lane === undefined ? null : (turn.state.lanes[lane.id]?.visit ?? null);
  const held = visit?.released === true && !visit.under && visit.verdict !== 'pass';
  if (held && !report.paused && !isStanding(report)) {
    view.pausedByUs = true;
    want(turn, { kind: 'pause', device }, { kind: 'paused', paused: true });
  }
  if (held || !view.pausedByUs) return;
  // Only our own pause is ours to end; one that a person set at the vehicle stays.
  if (report.paused) want(turn, { kind: 'unpause', device }, { kind: 'paused', paused: false });
  else view.pausedByUs = false;
}

/** What its position alone tells: the hold point behind it is free again. */
function leaveTrail(turn: Turn, id: string, report: Report): void {
  const crossing = vehicleCrossing(turn.state, id);
  if (crossing === undefined) return;
  for (const lane of laneFor(turn.state, 'border-out', crossing.load)) {
    const gone = crossing.lineClear?.used === true && report.lastNodeId !== lane.node;
    if (gone && lane.node !== undefined && !report.nodesAhead.some((node) => node.nodeId === lane.node)) {
      disown(turn.state, crossing.id, `node:${lane.node}`);
    }
  }
}

const actionDone = (goal: VehicleGoal, report: Report): boolean =>
  goal.action === undefined ||
  report.actions.some((action) => action.actionId === goal.action?.actionId && action.status === 'FINISHED');

/** Where it should stand next, from where it stands now; null while the interlock of that stretch does not hold. */
function nextGoal(turn: Turn, id: string, view: VehicleView, report: Report): VehicleGoal | null {
  const { state } = turn;
  if (!isStanding(report)) return null;
  const here = report.lastNodeId;
  const crossing = vehicleCrossing(state, id);
  if (nodeGate(state, here) !== configOf(state).gate.id) return abroad(turn, id, view, report, crossing);
  const lane = laneAtNode(state, here);
  if (lane !== undefined) {
    const visit = state.lanes[lane.id]?.visit ?? null;
    const open = visit?.released === true && visit.crossing === crossing?.id;
    if (!open || freshLaneIo(state, lane.devices.io)?.barrier !== 'up') return null;
    const next = lane.checkpoint === 'border-out' ? crossing?.lineClear?.holdNode : homeOf(state, id);
    return next === undefined ? null : { node: next };
  }
  const bay = bayAtNode(state, here);
  if (bay !== undefined)
    return crossing === undefined ? null : outOfLoadingBay(turn, crossing, bay.id, report);
  if (crossing === undefined || view.crossing === null || crossing.stage !== 'loading') return null;
  return toLoadingBay(state, crossing);
}

const homeOf = (state: GateState, id: string): string | undefined => {
  const device = configOf(state).devices.find((one) => one.id === id);
  return device?.kind === 'vehicle' ? device.homeNode : undefined;
};

function toLoadingBay(state: GateState, crossing: Crossing): VehicleGoal | null {
  const bay = baysFor(state, 'loading').find((one) => state.owners[`bay:${one.id}`] === crossing.id);
  const container = crossing.containers[0];
  if (bay?.node === undefined || container === undefined) return null;
  const action = {
    actionId: `${crossing.id}-pick`,
    actionType: 'pick' as const,
    loadId: container.number,
    stationName: bay.id,
  };
  return { node: bay.node, action };
}

/** Loaded, the hoist clear, and a free place before `border-out`: on to it. */
function outOfLoadingBay(turn: Turn, crossing: Crossing, bay: string, report: Report): VehicleGoal | null {
  const { state } = turn;
  const container = crossing.containers[0]?.number;
  if (container === undefined || !report.loads.includes(container) || !hoistClearOf(state, bay).allowed)
    return null;
  if (crossing.stage === 'loading' && crossing.job?.state === 'ended') advance(turn, crossing, 'loaded');
  if (crossing.stage !== 'loaded') return null;
  const nodes = laneFor(state, 'border-out', crossing.load).flatMap((lane) =>
    lane.node === undefined ? [] : [lane.node],
  );
  const node =
    nodes.find((one) => state.owners[`node:${one}`] === crossing.id) ?? firstFree(state, 'node', nodes);
  if (node === undefined) return null;
  state.owners[`node:${node}`] = crossing.id;
  return { node };
}

/** On the other gate's ground: every stretch needs its movement authority, asked once and used once. */
function abroad(
  turn: Turn,
  id: string,
  view: VehicleView,
  report: Report,
  crossing: Crossing | undefined,
): VehicleGoal | null {
  const { state } = turn;
  const here = report.lastNodeId;
  const stretch = nextStretchAbroad(state, id, report, crossing);
  if (stretch === null) return null;
  if (view.authority?.from !== here || view.authority.to !== stretch.node) {
    const ask = `${configOf(state).gate.id}-a${count(turn, 'authority')}`;
    view.authority = { ask, from: here, to: stretch.node, granted: false };
    record(turn, { kind: 'authority-ask', ask, vehicle: id, from: here, to: stretch.node });
    return null;
  }
  return view.authority.granted ? stretch : null;
}

function nextStretchAbroad(
  state: GateState,
  id: string,
  report: Report,
  crossing: Crossing | undefined,
): VehicleGoal | null {
  const here = report.lastNodeId;
  const bayNode = crossing?.lineClear?.bayNode;
  const container = crossing?.containers[0]?.number;
  if (
    crossing !== undefined &&
    bayNode !== undefined &&
    container !== undefined &&
    here === crossing.lineClear?.holdNode
  ) {
    const action = {
      actionId: `${crossing.id}-drop`,
      actionType: 'drop' as const,
      loadId: container,
      stationName: bayNode,
    };
    return { node: bayNode, action };
  }
  if (report.loads.length > 0) return null;
  if (crossing?.inbound?.holdNode !== undefined) return { node: crossing.inbound.holdNode };
  const home = homeOf(state, id);
  const way = home === undefined ? null : routeBetween(configOf(state), here, home);
  const hold = way
    ?.slice(1)
    .find((node) => configOf(state).map.nodes.some((one) => one.id === node && one.role === 'hold'));
  if (hold === undefined || nodeGate(state, hold) === configOf(state).gate.id) return null;
  // The other side's crane must be clear of us by its own live word, not only by its permission.
  const live = state.link.up && state.live?.fresh === true ? state.live.bays[here] : undefined;
  return live?.clear === true ? { node: hold } : null;
}

/** Sends the vehicle on to its goal if its last released node is not already there. */
function order(turn: Turn, id: string, goal: VehicleGoal, report: Report): void {
  const { state } = turn;
  const { map } = configOf(state);
  const last = report.nodesAhead.filter((node) => node.released).at(-1);
  const base = last ?? { nodeId: report.lastNodeId, sequenceId: report.lastNodeSequenceId };
  if (base.nodeId === goal.node) return;
  const route = routeBetween(configOf(state), base.nodeId, goal.node);
  if (route === null) return;
  const parked = map.nodes.some((node) => node.id === report.lastNodeId && node.role === 'park');
  const fresh = report.orderId === '' || (parked && isStanding(report));
  const nodes = route.map((nodeId, index): OrderNode & { speedMaxMps?: number } => {
    const node = map.nodes.find((one) => one.id === nodeId);
    const edge = map.edges.find((one) => one.from === route[index - 1] && one.to === nodeId);
    return {
      nodeId,
      sequenceId: (fresh ? 0 : base.sequenceId) + 2 * index,
      released: true,
      x: node?.x ?? 0,
      y: node?.y ?? 0,
      ...(edge !== undefined && { speedMaxMps: edge.speedMaxMps }),
      ...(nodeId === goal.node && goal.action !== undefined && { action: goal.action }),
    };
  });
  const pending = state.pending[`vehicle:${id}`];
  if (pending !== undefined) return;
  const orderId = fresh ? `${configOf(state).gate.id}-o${(state.counters.order ?? 0) + 1}` : report.orderId;
  const orderUpdateId = fresh ? 0 : report.orderUpdateId + 1;
  const before = turn.effects.length;
  want(
    turn,
    { kind: 'order', device: id, orderId, orderUpdateId, mapId: map.id, nodes },
    { kind: 'order', orderId, orderUpdateId },
    vehicleCrossing(state, id)?.id,
  );
  if (fresh && turn.effects.length > before) count(turn, 'order');
}
