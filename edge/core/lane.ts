/** Lanes: who stands there, whether the barrier should be open for it, and when it has passed. */
import type { LaneConfig } from '../../config/schema.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { useLineClear } from './border.ts';
import { onPassed, onReleased } from './crossing.ts';
import { judgeVisit, weightOf } from './evidence.ts';
import type { LaneIoReport } from './input.ts';
import { worst } from './reasons.ts';
import type { GateState, LaneState, Visit } from './state.ts';
import { configOf, freshLaneIo } from './state.ts';
import type { Turn } from './turn.ts';
import { count, decide, want } from './turn.ts';

/** Takes a lane's sensors: a visit begins at the stop line and ends behind the barrier, or where it came from. */
export function takeLaneIo(turn: Turn, input: LaneIoReport): void {
  const { type: _, device, ...sensors } = input;
  turn.state.laneIo[device] = sensors;
  const lane = configOf(turn.state).lanes.find((one) => one.devices.io === device);
  if (lane === undefined) return;
  if (sensors.barrier === 'fault') raiseAlarm(turn, 'BARRIER_FAULT', lane.id);
  else returnAlarm(turn, 'BARRIER_FAULT', lane.id);
  const view = laneState(turn.state, lane.id);
  const below = sensors.loops.under || sensors.curtain === 'broken';
  const empty = !below && !sensors.loops.exit;
  if (below && view.visit?.released !== true) raiseAlarm(turn, 'INTRUSION', lane.id);
  if (!below) returnAlarm(turn, 'INTRUSION', lane.id);
  if (view.visit !== null) {
    const { visit } = view;
    if (sensors.loops.under) visit.under = true;
    if (visit.under && empty) endVisit(turn, lane, view, visit, visit.released);
    else if (empty && !sensors.loops.approach)
      endVisit(turn, lane, view, visit, visit.released && visit.unobserved);
  }
  if (view.visit === null && sensors.loops.approach) view.visit = newVisit(turn);
}

function newVisit(turn: Turn): Visit {
  return {
    id: `v${count(turn, 'visit')}`,
    since: turn.state.now,
    plates: [],
    containers: [],
    verdict: 'hold',
    reasons: [],
    released: false,
    under: false,
    unobserved: false,
  };
}

function endVisit(turn: Turn, lane: LaneConfig, view: LaneState, visit: Visit, passed: boolean): void {
  view.visit = null;
  decide(turn, 'visit-ended', { lane: lane.id, visit: visit.id, crossing: visit.crossing, passed });
  const crossing = visit.crossing === undefined ? undefined : turn.state.crossings[visit.crossing];
  if (passed && crossing !== undefined && visit.load !== undefined)
    onPassed(turn, lane, crossing, visit.load);
}

/** Sensors that fell silent, or a restart: what happens meanwhile is not seen, and readings must be made again. */
export function loseSight(state: GateState, lane: LaneConfig): void {
  const visit = state.lanes[lane.id]?.visit ?? null;
  if (visit === null) return;
  visit.unobserved = true;
  visit.plates = [];
  visit.containers = [];
}

/** Compares wish and observation in every lane. */
export function reconsiderLanes(turn: Turn): void {
  for (const lane of configOf(turn.state).lanes) {
    const view = laneState(turn.state, lane.id);
    if (view.visit !== null) judge(turn, lane, view, view.visit);
    drive(turn, lane, view);
  }
}

function judge(turn: Turn, lane: LaneConfig, view: LaneState, visit: Visit): void {
  // Once it is under the barrier there is nothing left to decide for this visit.
  if (visit.under) return;
  const judgement = judgeVisit(turn.state, lane, visit);
  if (
    visit.released &&
    visit.unobserved &&
    judgement.crossing !== undefined &&
    judgement.crossing.id !== visit.crossing
  ) {
    // Another vehicle stands where the released one stood before we lost sight: that one has gone through.
    endVisit(turn, lane, view, visit, true);
    const fresh = newVisit(turn);
    view.visit = { ...fresh, plates: visit.plates, containers: visit.containers };
    judge(turn, lane, view, view.visit);
    return;
  }
  const verdict = worst(judgement.reasons);
  const changed =
    verdict !== visit.verdict ||
    judgement.crossing?.id !== visit.crossing ||
    JSON.stringify(judgement.reasons) !== JSON.stringify(visit.reasons);
  visit.verdict = verdict;
  visit.reasons = judgement.reasons;
  if (!visit.released && judgement.crossing !== undefined) visit.crossing = judgement.crossing.id;
  if (!visit.released && judgement.load !== undefined) visit.load = judgement.load;
  if (changed) tellVerdict(turn, lane, visit);
  const crossing = judgement.crossing;
  if (verdict !== 'pass' || crossing === undefined || visit.released) return;
  if (freshLaneIo(turn.state, lane.devices.io) === null) return;
  const weightKg = weightOf(turn.state, lane, visit);
  if (weightKg !== undefined) visit.weightKg = weightKg;
  visit.released = true;
  decide(turn, 'release', {
    lane: lane.id,
    checkpoint: lane.checkpoint,
    visit: visit.id,
    crossing: crossing.id,
  });
  if (lane.checkpoint === 'border-out') useLineClear(turn, crossing);
  onReleased(turn, lane, crossing);
}

function tellVerdict(turn: Turn, lane: LaneConfig, visit: Visit): void {
  const { state } = turn;
  const crossing = visit.crossing === undefined ? undefined : state.crossings[visit.crossing];
  // An empty truck on its way out says nothing about the container it brought.
  if (crossing !== undefined && visit.load === crossing.load) {
    crossing.verdict = visit.verdict;
    crossing.reasons = visit.reasons;
  }
  decide(turn, 'verdict', {
    lane: lane.id,
    checkpoint: lane.checkpoint,
    visit: visit.id,
    crossing: visit.crossing,
    verdict: visit.verdict,
    reasons: visit.reasons,
    evidence: {
      plate: visit.plates.at(-1),
      container: visit.containers.at(-1),
      weightKg: weightOf(state, lane, visit),
    },
  });
  const mismatch = visit.reasons.some(
    (one) => one.code === 'CONTAINER_MISMATCH' || one.code === 'CONTAINER_UNEXPECTED',
  );
  if (mismatch) raiseAlarm(turn, 'CONTAINER_MISMATCH', lane.id);
  else returnAlarm(turn, 'CONTAINER_MISMATCH', lane.id);
}

/** Barrier and light follow the visit: open for the one released until its front is under the barrier, else closed and red. */
function drive(turn: Turn, lane: LaneConfig, view: LaneState): void {
  const { state } = turn;
  const device = lane.devices.io;
  const sensors = freshLaneIo(state, device);
  const { visit } = view;
  const open = visit?.released === true && !view.stopped && (visit.verdict === 'pass' || visit.under);
  const green = open && visit?.under === false && sensors?.barrier === 'up';
  if (!green && sensors?.light !== 'red' && state.devices[device]?.status !== 'offline') {
    want(turn, { kind: 'light', device, to: 'red' }, { kind: 'light', colour: 'red' });
  }
  if (sensors === null) return;
  if (open) {
    if (sensors.barrier !== 'up' && visit?.under === false) {
      want(
        turn,
        { kind: 'barrier', device, to: 'raise' },
        { kind: 'barrier', position: 'up' },
        visit.crossing,
      );
    }
  } else if (sensors.barrier === 'up' || sensors.barrier === 'moving') {
    want(
      turn,
      { kind: 'barrier', device, to: 'lower' },
      { kind: 'barrier', position: 'down' },
      visit?.crossing,
    );
  }
  if (green && sensors.light !== 'green') {
    want(turn, { kind: 'light', device, to: 'green' }, { kind: 'light', colour: 'green' }, visit?.crossing);
  }
}

/** The lane's part of the state, made when first needed. */
export function laneState(state: GateState, lane: string): LaneState {
  const known = state.lanes[lane];
  if (known !== undefined) return known;
  const fresh: LaneState = { visit: null, stopped: false };
  state.lanes[lane] = fresh;
  return fresh;
}
