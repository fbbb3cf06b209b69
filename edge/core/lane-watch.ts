/**
 * What should not happen in a lane, told from its loops, curtain and barrier: a second vehicle behind the released one, one
 * from the wrong side, a person, a vehicle that does not move on, a barrier that moves by itself, sensors that contradict
 * each other. A loop that flickers is no vehicle: what would stop the lane must last for a moment.
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { AlarmCode } from './alarm-catalogue.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { LaneIoReport } from './input.ts';
import { mayPass } from './refuge.ts';
import { configOf, siteOf } from './site.ts';
import type { Doubt, GateState, LaneState } from './state.ts';
import { freshLaneIo } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

export type LaneSensors = Omit<LaneIoReport, 'type' | 'device'>;

/** Longer than a loop flickers, shorter than the slowest sampling of a vehicle that drives over it. */
export const CONFIRM_MS = 300;
/** A loop reaches further than the curtain: for so long one may see a vehicle without the other. */
const READINGS_MS = 1_000;

/** Nothing under the barrier and nothing behind it. */
export const isWayFree = ({ loops, curtain }: LaneSensors): boolean =>
  !loops.under && !loops.exit && curtain === 'clear';

// ---------------------------------------------------------------- who has come through

/**
 * A loop changed: is there somebody under the barrier who was not let in? Which side they came from is only known while the
 * change is seen; `before` is null after a time without sight.
 */
export function doubt(
  turn: Turn,
  lane: LaneConfig,
  view: LaneState,
  before: LaneSensors | null,
  sensors: LaneSensors,
): void {
  const { loops } = sensors;
  if (!loops.under || (view.doubt === 'first-gone' && loops.exit)) forgetDoubt(turn, lane, view);
  const known = view.doubt !== undefined || (view.stopped && view.stoppedBy !== 'person');
  if (known || view.mode === 'maintenance' || before === null) return;
  const found = doubtOf(turn.state, view, before.loops, sensors);
  if (found === undefined) return;
  view.doubt = found;
  setTimer(turn.state, `lane-doubt/${lane.id}`, turn.state.now + CONFIRM_MS);
}

function doubtOf(
  { now }: GateState,
  { visit, exitSince = now }: LaneState,
  before: LaneSensors['loops'],
  sensors: LaneSensors,
): Doubt | undefined {
  const { under, exit } = sensors.loops;
  if (!under) return undefined;
  const rises = !before.under;
  if (visit?.under === true) {
    if (rises && visit.cleared) return before.exit && !before.approach ? 'from-exit' : 'second';
    // The exit lies behind the barrier: who leaves it while another is still under the barrier went before that one.
    return !rises && before.exit && !exit && now - exitSince >= CONFIRM_MS ? 'first-gone' : undefined;
  }
  if (!rises) return undefined;
  if (before.exit) return 'from-exit';
  return visit?.released !== true && sensors.barrier !== 'down' ? 'second' : undefined;
}

export function forgetDoubt(turn: Turn, lane: LaneConfig, view: LaneState): void {
  if (view.doubt === undefined) return;
  delete view.doubt;
  clearTimer(turn.state, `lane-doubt/${lane.id}`);
}

/** It has lasted: something unknown has passed, and nothing more is released until a person has looked. */
export function confirmDoubt(turn: Turn, lane: LaneConfig, view: LaneState): void {
  if (view.doubt === undefined) return;
  const wrongWay = view.doubt === 'from-exit';
  raiseAlarm(turn, wrongWay ? 'WRONG_WAY' : 'TAILGATING', lane.id);
  stop(turn, lane, view, wrongWay ? 'wrong-way' : 'tailgating');
}

export function stop(
  turn: Turn,
  lane: LaneConfig,
  view: LaneState,
  by: NonNullable<LaneState['stoppedBy']>,
): void {
  view.stopped = true;
  view.stoppedBy = by;
  decide(turn, 'lane-stopped', { lane: lane.id, by });
  turn.agenda.lanes.add(lane.id);
}

/** A person has looked: what had passed is dealt with. */
export function resume(turn: Turn, lane: LaneConfig, view: LaneState): void {
  view.stopped = false;
  delete view.stoppedBy;
  decide(turn, 'lane-resumed', { lane: lane.id });
  returnAlarm(turn, 'TAILGATING', lane.id);
  returnAlarm(turn, 'WRONG_WAY', lane.id);
  turn.agenda.lanes.add(lane.id);
  for (const crane of siteOf(turn.state).cranes.keys()) turn.agenda.cranes.add(crane);
}

// ---------------------------------------------------------------- what is so now

/** Raises and returns the alarms that follow from what the lane's sensors say now. */
export function watchLane(turn: Turn, lane: LaneConfig, view: LaneState): void {
  const { state } = turn;
  const sensors = freshLaneIo(state, lane.devices.io);
  if (sensors === null) return;
  const { visit } = view;
  const { loops, curtain, barrier } = sensors;
  const released = visit?.released === true;
  const arriving = released && (visit.under || barrier !== 'down');
  const isIntruder = loops.under && !released && view.doubt === undefined && view.mode !== 'maintenance';
  alarmWhile(turn, 'BARRIER_FAULT', lane.id, barrier === 'fault');
  alarmWhile(
    turn,
    'BARRIER_UNCOMMANDED',
    lane.id,
    !view.raised && (barrier === 'up' || barrier === 'moving'),
  );
  alarmAfter(turn, 'INTRUSION', lane.id, isIntruder, CONFIRM_MS);
  // The bumper of a released vehicle may reach the curtain before the loop, and its tail leave the loop first.
  alarmWhile(turn, 'PERSON_IN_LANE', lane.id, curtain === 'broken' && !loops.under && !arriving);
  const contradicts = loops.under && curtain === 'clear';
  alarmAfter(turn, 'LANE_READINGS', lane.id, contradicts, READINGS_MS);
  const passing = released && barrier === 'up' && (visit.under || mayPass(visit));
  alarmAfter(turn, 'VEHICLE_STUCK_IN_LANE', lane.id, passing, configOf(state).timeouts.passMs);
}

const timerFor = {
  INTRUSION: 'lane-intrusion',
  LANE_READINGS: 'lane-readings',
  VEHICLE_STUCK_IN_LANE: 'lane-stuck',
} as const satisfies Partial<Record<AlarmCode, string>>;

/** Raised once something has been so for `afterMs`; returned when it no longer is. */
function alarmAfter(
  turn: Turn,
  code: keyof typeof timerFor,
  lane: string,
  isSo: boolean,
  afterMs: number,
): void {
  const { state } = turn;
  const timer = `${timerFor[code]}/${lane}`;
  if (!isSo) {
    clearTimer(state, timer);
    returnAlarm(turn, code, lane);
  } else if (state.timers[timer] === undefined && !isRaised(state, code, lane))
    setTimer(state, timer, state.now + afterMs);
}

/** Its time has come; without sight of the lane nobody knows whether it is still so. */
export function raiseIfStill(turn: Turn, lane: LaneConfig, code: keyof typeof timerFor): void {
  if (freshLaneIo(turn.state, lane.devices.io) !== null) raiseAlarm(turn, code, lane.id);
}

/** Raised while something is so: once, however often it is looked at. */
export function alarmWhile(turn: Turn, code: AlarmCode, lane: string, isSo: boolean): void {
  if (!isSo) returnAlarm(turn, code, lane);
  else if (!isRaised(turn.state, code, lane)) raiseAlarm(turn, code, lane);
}

function isRaised(state: GateState, code: AlarmCode, subject: string): boolean {
  const alarm = state.alarms[`${code}/${subject}`];
  return alarm !== undefined && alarm.state !== 'returned';
}
