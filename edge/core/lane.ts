/** Lanes: who stands there, whether the barrier should be open for it, and when it has passed. */
import type { LaneConfig } from '../../config/schema.ts';
import { lookAtAmbiguous, lookAtCarriageway, lookBehindVisitor } from './agenda.ts';
import { askAboutVisit } from './asks.ts';
import { doubtUnread } from './bay-doubt.ts';
import { offerIfDue, useLineClear } from './border.ts';
import { noticeArrival } from './border-host.ts';
import { wordsFor } from './cleared.ts';
import { want } from './command.ts';
import { onPassed, onReleased, onTurnedBack } from './crossing.ts';
import { noteSeen } from './custody.ts';
import { seenAt } from './custody-evidence.ts';
import { awaitReadings, forgetReadings, leaveStopLine, newVisit, scaleFor, weightOf } from './evidence.ts';
import { keepFindings } from './findings.ts';
import type { LaneIoReport } from './input.ts';
import { type Judgement, judgeVisit } from './judgement.ts';
import { fireHours, lookAtOpening, setHoursTimer } from './lane-hours.ts';
import {
  hasTurnedRed,
  isLightUnderWay,
  isReadOverThere,
  isUncertain,
  mayHavePassed,
} from './lane-passage.ts';
import {
  alarmWhile,
  CONFIRM_MS,
  confirmDoubt,
  doubt,
  forgetDoubt,
  isWayFree,
  type LaneSensors,
  raiseIfStill,
  watchLane,
} from './lane-watch.ts';
import { tellHits } from './lists.ts';
import { rememberRelease } from './outage-regime.ts';
import { type Reason, reason, sameReasons, worst } from './reasons.ts';
import { mayPass, noteReferral, sendAside } from './refuge.ts';
import { configOf, siteOf } from './site.ts';
import type { Crossing, GateState, LaneState, Pending, Visit } from './state.ts';
import { freshLaneIo } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

/** How long the stop line must be empty for its vehicle to have backed off: longer than a loop flickers. */
const LEFT_MS = 1_000;

/** A start: nothing is seen yet, and the configuration may have other lanes and hours. */
export function bootLanes(turn: Turn): void {
  const { state } = turn;
  const { lanes } = siteOf(state);
  for (const [id, { visit }] of Object.entries(state.lanes)) {
    if (lanes.has(id)) continue;
    const crossing = state.crossings[visit?.crossing ?? ''];
    for (const traffic of ['truck', 'vehicle'] as const)
      if (crossing?.lanes[traffic] === id) delete crossing.lanes[traffic];
    delete state.lanes[id];
  }
  for (const lane of configOf(state).lanes) {
    loseSight(turn, lane);
    setHoursTimer(turn, lane);
  }
}

/** The lane's part of the state, made when first needed. */
export function laneState(state: GateState, lane: string): LaneState {
  const known = state.lanes[lane];
  if (known !== undefined) return known;
  const fresh: LaneState = {
    visit: null,
    stopped: false,
    mode: 'open',
    raised: false,
    leftAt: 0,
    blind: true,
  };
  state.lanes[lane] = fresh;
  return fresh;
}

/** Sensors that fell silent, or a restart: what happens meanwhile is not seen, and readings must be made again. */
export function loseSight(turn: Turn, lane: LaneConfig): void {
  const { state } = turn;
  const view = laneState(state, lane.id);
  view.blind = true;
  delete view.exitSince;
  forgetDoubt(turn, lane, view);
  const { visit } = view;
  if (visit === null) return;
  if (visit.released) visit.unobserved = true;
  forgetReadings(visit);
}

/**
 * A green that its device did not confirm may shine all the same, and who has driven off by it was perhaps not told either: red,
 * and whoever is at the stop line is read anew.
 */
export function takeBackGreen(turn: Turn, device: string): void {
  const lane = siteOf(turn.state).laneOfDevice.get(device);
  if (lane === undefined) return;
  loseSight(turn, lane);
  want(turn, { kind: 'light', device, to: 'red' }, { kind: 'light', colour: 'red' });
}

/** One of the lane's timers has come. */
export function fireLane(turn: Turn, kind: string, laneId: string): void {
  const lane = siteOf(turn.state).lanes.get(laneId);
  // A lane that the configuration no longer has.
  if (lane === undefined) return;
  const view = laneState(turn.state, laneId);
  switch (kind) {
    case 'lane-hours':
      return fireHours(turn, lane);
    case 'lane-left':
      return backOff(turn, lane, view);
    case 'lane-refuge':
    case 'lane-unread':
      turn.agenda.lanes.add(laneId);
      return;
    case 'lane-doubt':
      return confirmDoubt(turn, lane, view);
    case 'lane-intrusion':
      return raiseIfStill(turn, lane, 'INTRUSION');
    case 'lane-stuck':
      return raiseIfStill(turn, lane, 'VEHICLE_STUCK_IN_LANE');
    case 'lane-readings':
      return raiseIfStill(turn, lane, 'LANE_READINGS');
    default:
      throw new Error(`a timer of unknown kind was set: ${kind}`);
  }
}

// ---------------------------------------------------------------- the visit

/** Takes a lane's sensors: a visit begins at the stop line and ends behind the barrier, or where it came from. */
export function takeLaneIo(turn: Turn, input: LaneIoReport): void {
  const { state } = turn;
  const { device, loops, curtain, barrier, light } = input;
  const lane = siteOf(state).laneOfDevice.get(device);
  if (lane === undefined) return;
  const view = laneState(state, lane.id);
  const before = view.blind ? null : (state.laneIo[device] ?? null);
  const sensors = { loops, curtain, barrier, light };
  state.laneIo[device] = sensors;
  view.blind = false;
  if (barrier === 'down' && raiseUnderWay(state, device) === undefined) view.raised = false;
  doubt(turn, lane, view, before, sensors);
  if (!loops.exit) delete view.exitSince;
  else view.exitSince ??= state.now;
  if (view.visit !== null) follow(turn, lane, view, view.visit, before, sensors);
  if (view.visit === null && loops.approach) view.visit = newVisit(turn, view);
  turn.agenda.lanes.add(lane.id);
  // Whether the barrier is up and the way free decides whether it may drive.
  lookAtDriver(turn, view.visit);
}

/** A person has looked and found nobody but whoever was let in: what is seen below is that one. */
export function lookBelow(turn: Turn, lane: LaneConfig, view: LaneState): void {
  const sensors = freshLaneIo(turn.state, lane.devices.io);
  forgetDoubt(turn, lane, view);
  if (view.visit?.released === true && sensors !== null)
    follow(turn, lane, view, view.visit, sensors, sensors);
}

function raiseUnderWay({ pending }: GateState, device: string): Pending | undefined {
  const raise = pending[`barrier:${device}`];
  return raise?.expects.kind === 'barrier' && raise.expects.position === 'up' ? raise : undefined;
}

/** How far the visit has come. The curtain alone may be a person, and a loop alone may flicker. */
function follow(
  turn: Turn,
  lane: LaneConfig,
  view: LaneState,
  visit: Visit,
  before: LaneSensors | null,
  sensors: LaneSensors,
): void {
  const { approach, under, exit } = sensors.loops;
  const below = under || sensors.curtain === 'broken';
  if (visit.opened && sensors.barrier === 'up') visit.seenOpen = true;
  // Where the report of its front was lost, a vehicle that has left the stop line for the exit tells the same.
  const isAhead = visit.seenOpen === true && exit && !approach;
  const isBelow = under && sensors.curtain === 'broken' && view.doubt !== 'from-exit';
  // Nobody drives through a closed barrier, whatever loops and curtain say; and a technician may be anywhere.
  if ((isBelow || isAhead) && sensors.barrier !== 'down' && view.mode !== 'maintenance') visit.under = true;
  if (visit.under && !visit.through && (!approach || exit)) {
    visit.through = true;
    leaveStopLine(turn.state, view, visit);
  }
  if (visit.released && !visit.under && hasTurnedRed(turn.state, lane, before, sensors)) doubtPassage(visit);
  if (visit.through && !below) visit.cleared = true;
  // Who is below now is another one, once its own tail was seen to leave.
  const isGone = !exit && (!below || visit.cleared);
  const timer = `lane-left/${lane.id}`;
  if (visit.through && isGone) {
    // The next driverless vehicle comes only when the hold point of this one is free; the next truck may be there already.
    const isSure = !approach || (lane.traffic === 'truck' && !visit.unobserved);
    if (isSure || !visit.released) return endVisit(turn, lane, view, visit, visit.released);
    doubtPassage(visit);
  }
  // It has rolled back, or only the loop had flickered; or it has gone, and what was told of that was lost.
  if (visit.under && isGone) {
    if (visit.released) doubtPassage(visit);
    else visit.under = false;
  }
  if (!approach && !visit.under) visit.awaySince ??= turn.state.now;
  else {
    // Longer than a loop flickers: perhaps another one has come.
    if (visit.awaySince !== undefined && turn.state.now - visit.awaySince >= CONFIRM_MS) {
      forgetReadings(visit);
      // And the first may have driven off by a green that is not confirmed yet.
      if (visit.released && isLightUnderWay(turn.state, lane)) visit.unobserved = true;
    }
    delete visit.awaySince;
  }
  if (visit.under || approach || !isGone) clearTimer(turn.state, timer);
  else if (turn.state.timers[timer] === undefined) setTimer(turn.state, timer, turn.state.now + LEFT_MS);
}

/**
 * Whoever is at the stop line now may be the released one still, whatever has moved below the barrier, or already the next.
 * What is read there next tells.
 */
function doubtPassage(visit: Visit): void {
  visit.under = false;
  visit.through = false;
  visit.cleared = false;
  visit.unobserved = true;
  forgetReadings(visit);
}

/**
 * The stop line has been empty for a while. A driverless vehicle that was let go does not turn back: its loop has failed, or it
 * has passed and the reports of that were lost.
 */
function backOff(turn: Turn, lane: LaneConfig, view: LaneState): void {
  const { visit } = view;
  const sensors = freshLaneIo(turn.state, lane.devices.io);
  if (visit === null || sensors === null) return;
  if (isUncertain(turn.state, lane, visit))
    return setTimer(turn.state, `lane-left/${lane.id}`, turn.state.now + LEFT_MS);
  const isSeen = !visit.unobserved || isReadOverThere(turn.state, lane, visit);
  const mustHavePassed = visit.released && isSeen && lane.traffic === 'vehicle';
  endVisit(turn, lane, view, visit, mayHavePassed(visit) || mustHavePassed);
}

function endVisit(turn: Turn, lane: LaneConfig, view: LaneState, visit: Visit, passed: boolean): void {
  const { state } = turn;
  view.visit = null;
  // Nobody saw when it left: what the scale settled at after its own weight is the next one's.
  if (passed && !visit.left) view.leftAt = Math.max(view.leftAt, (visit.weighedAt ?? 0) + 1);
  clearTimer(state, `lane-left/${lane.id}`);
  clearTimer(state, `lane-refuge/${lane.id}`);
  clearTimer(state, `lane-unread/${lane.id}`);
  decide(turn, 'visit-ended', { lane: lane.id, visit: visit.id, crossing: visit.crossing, passed });
  alarmWhile(turn, 'CONTAINER_MISMATCH', lane.id, false);
  lookAtDriver(turn, visit);
  const crossing = state.crossings[visit.crossing ?? ''];
  if (crossing?.lanes[lane.traffic] === lane.id) {
    delete crossing.lanes[lane.traffic];
    // What customs has said of it while it was in the lane may still mean that it must come back.
    turn.agenda.crossings.add(crossing.id);
  }
  lookAtAmbiguous(turn);
  if (passed && crossing !== undefined && visit.load !== undefined) {
    onPassed(turn, lane, crossing, visit.load);
    if (visit.unread === true) doubtUnread(crossing);
  } else if (!passed && visit.released && crossing !== undefined) onTurnedBack(turn, lane, crossing);
  if (lane.tidal !== undefined) lookAtOpening(turn, lane);
  turn.agenda.lanes.add(lane.id);
}

/** The driverless vehicle in the lane may drive, or must stand: its own gate hears of it. */
function lookAtDriver({ state, agenda }: Turn, visit: Visit | null): void {
  const vehicle = state.crossings[visit?.crossing ?? '']?.vehicle;
  if (vehicle === undefined) return;
  if (state.vehicles[vehicle.id] !== undefined) agenda.vehicles.add(vehicle.id);
  else agenda.authority = true;
}

// ---------------------------------------------------------------- wish and observation

/** Compares wish and observation in a lane. */
export function reconsiderLane(turn: Turn, lane: LaneConfig): void {
  const view = laneState(turn.state, lane.id);
  if (view.visit !== null) judge(turn, lane, view, view.visit);
  watchLane(turn, lane, view);
  drive(turn, lane, view);
}

function judge(turn: Turn, lane: LaneConfig, view: LaneState, visit: Visit): void {
  // Once it is under the barrier there is nothing left to decide for this visit.
  if (visit.under) return;
  const { state } = turn;
  awaitReadings(turn, lane, visit);
  const judgement = judgeVisit(state, lane, visit);
  const sensors = freshLaneIo(state, lane.devices.io);
  if (visit.released && judgement.crossing !== undefined) {
    if (judgement.crossing.id !== visit.crossing) return replace(turn, lane, view, visit);
    delete visit.unread;
    if (sensors?.loops.approach === true && view.mode !== 'maintenance') visit.unobserved = false;
  }
  const elsewhere = standsElsewhere(judgement, lane);
  const reasons = [...judgement.reasons, ...againstLane(lane, judgement, sensors, elsewhere)];
  const isNew = !visit.released && !elsewhere && match(turn, lane, visit, judgement);
  askAboutVisit(turn, lane, visit, judgement.crossing);
  settle(turn, lane, visit, reasons, isNew);
  const crossing = state.crossings[visit.crossing ?? ''];
  if (crossing === undefined || elsewhere) return;
  offerIfDue(turn, lane, visit, crossing);
  noticeArrival(turn, lane, visit, crossing);
  const isThere = sensors?.loops.approach === true && judgement.crossing === crossing;
  if (visit.released || !isThere) return;
  if (visit.verdict === 'pass') release(turn, lane, visit, crossing);
  else if (sendAside(turn, lane, visit, crossing)) letThrough(turn, lane, visit, crossing);
}

/** Another vehicle stands where the released one stood: that one has gone through where that may be, else turned back. */
function replace(turn: Turn, lane: LaneConfig, view: LaneState, gone: Visit): void {
  endVisit(turn, lane, view, gone, mayHavePassed(gone));
  const { plates, trailers, containers, observations } = gone;
  // A person’s word was on the one that is gone.
  view.visit = { ...newVisit(turn, view), plates, trailers, containers, observations };
  judge(turn, lane, view, view.visit);
}

/** Two lanes see the truck, or the vehicle, of one crossing: one of them sees another with its plate. */
function standsElsewhere({ crossing }: Judgement, { id, traffic }: LaneConfig): boolean {
  const at = crossing?.lanes[traffic];
  return at !== undefined && at !== id;
}

function againstLane(
  lane: LaneConfig,
  { crossing }: Judgement,
  sensors: LaneSensors | null,
  elsewhere: boolean,
): readonly Reason[] {
  if (elsewhere)
    return [reason('AMBIGUOUS_MATCH', `${crossing?.id} stands in ${crossing?.lanes[lane.traffic]}`)];
  return sensors === null || isWayFree(sensors) ? [] : [reason('LANE_OBSTRUCTED')];
}

/** A visit keeps what it was last matched to. Tells whether that is another crossing now. */
function match(turn: Turn, lane: LaneConfig, visit: Visit, { crossing, load }: Judgement): boolean {
  const { state } = turn;
  if (crossing === undefined || load === undefined) return false;
  visit.load = load;
  if (visit.crossing === crossing.id) return false;
  const before = state.crossings[visit.crossing ?? ''];
  if (before?.lanes[lane.traffic] === lane.id) delete before.lanes[lane.traffic];
  visit.crossing = crossing.id;
  crossing.lanes[lane.traffic] = lane.id;
  if (crossing.cleared !== undefined) crossing.cleared = [...wordsFor(crossing, lane, visit)];
  lookBehindVisitor(turn, crossing);
  return true;
}

/** Keeps the verdict, and tells it if it is another than before. */
function settle(turn: Turn, lane: LaneConfig, visit: Visit, reasons: Reason[], isNew: boolean): void {
  const verdict = worst(reasons);
  if (!isNew && verdict === visit.verdict && sameReasons(reasons, visit.reasons)) return;
  visit.verdict = verdict;
  visit.reasons = reasons;
  noteReferral(turn, lane, visit);
  tellVerdict(turn, lane, visit);
  lookAtDriver(turn, visit);
}

function tellVerdict(turn: Turn, lane: LaneConfig, visit: Visit): void {
  const { state } = turn;
  const { verdict, reasons } = visit;
  const crossing = state.crossings[visit.crossing ?? ''];
  // An empty truck on its way out says nothing about the container it brought.
  if (crossing !== undefined && visit.load === crossing.load) {
    crossing.verdict = verdict;
    crossing.reasons = reasons;
    keepFindings(crossing, reasons);
  }
  decide(turn, 'verdict', {
    lane: lane.id,
    checkpoint: lane.checkpoint,
    visit: visit.id,
    crossing: visit.crossing,
    verdict,
    reasons,
    evidence: {
      plate: visit.plates.at(-1),
      trailer: visit.trailers.at(-1),
      container: visit.containers.at(-1),
      weightKg: weightOf(state, lane, visit),
    },
  });
  const isWrongBox = reasons.some(
    ({ code }) => code === 'CONTAINER_MISMATCH' || code === 'CONTAINER_UNEXPECTED',
  );
  alarmWhile(turn, 'CONTAINER_MISMATCH', lane.id, isWrongBox);
  tellHits(turn, lane, visit);
}

function release(turn: Turn, lane: LaneConfig, visit: Visit, crossing: Crossing): void {
  letThrough(turn, lane, visit, crossing);
  const { id, checkpoint } = lane;
  decide(turn, 'release', { lane: id, checkpoint, visit: visit.id, crossing: crossing.id });
  rememberRelease(turn, lane, crossing, visit.reasons);
  if (checkpoint === 'border-out') useLineClear(turn, crossing, seenAt(turn.state, lane, visit, crossing));
  onReleased(turn, lane, crossing);
}

function letThrough(turn: Turn, lane: LaneConfig, visit: Visit, crossing: Crossing): void {
  noteSeen(turn, lane, visit, crossing);
  const weight = scaleFor(turn.state, lane, visit);
  if (weight !== null) {
    visit.weightKg = weight.grossKg;
    visit.weighedAt = weight.at;
  }
  visit.released = true;
  lookAtDriver(turn, visit);
  // Whoever waits in the other lanes of its carriageway sees them closed now.
  lookAtCarriageway(turn, lane);
}

/** Barrier and light follow the visit: open for the one released until its front is under the barrier, else closed and red. */
function drive(turn: Turn, lane: LaneConfig, view: LaneState): void {
  const { state } = turn;
  const device = lane.devices.io;
  const sensors = freshLaneIo(state, device);
  const { visit } = view;
  const stopped = view.stopped || state.stopped;
  const open = visit?.released === true && !stopped && (visit.under || mayPass(visit));
  const waits = open && !visit.under;
  const green = waits && visit.opened && sensors?.barrier === 'up';
  if (!green && sensors?.light !== 'red' && state.devices[device]?.status !== 'offline')
    want(turn, { kind: 'light', device, to: 'red' }, { kind: 'light', colour: 'red' });
  // Where it was last seen; whether that still counts is the interlock's to say.
  const barrier = state.laneIo[device]?.barrier;
  // Whoever else raises it after a refusal shows the driver no bay, or that of the one before.
  if (visit !== null && raiseUnderWay(state, device)?.refused === true) visit.opened = false;
  // One that is up for another is closed first, or the driver would go where that one was sent.
  const isItsOwn = open && (visit.opened || visit.under);
  if (!isItsOwn && (barrier === 'up' || barrier === 'moving'))
    want(
      turn,
      { kind: 'barrier', device, to: 'lower' },
      { kind: 'barrier', position: 'down' },
      visit?.crossing,
    );
  else if (waits && barrier !== 'up') raise(turn, lane, view, visit);
  if (green && sensors.light !== 'green')
    want(turn, { kind: 'light', device, to: 'green' }, { kind: 'light', colour: 'green' }, visit.crossing);
}

function raise(turn: Turn, lane: LaneConfig, view: LaneState, visit: Visit): void {
  const { crossing } = visit;
  const device = lane.devices.io;
  const bay = lane.checkpoint === 'yard-in' ? turn.state.crossings[crossing ?? '']?.bays.truck : undefined;
  const sign = bay === undefined ? {} : { sign: bay };
  const raised = want(
    turn,
    { kind: 'barrier', device, to: 'raise', ...sign },
    { kind: 'barrier', position: 'up' },
    crossing,
  );
  if (!raised) return;
  view.raised = true;
  visit.opened = true;
}
