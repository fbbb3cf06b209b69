/** When a lane is open: its mode, its hours on the gate's own clock, and whose turn it is on a carriageway for both directions. */
import type { GateConfig, LaneConfig } from '../../config/schema.ts';
import { utcOffsetMs } from '../../protocols/time.ts';
import { lookAtCarriageway, lookAtLoaded } from './agenda.ts';
import { configOf, siteOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

type Window = NonNullable<LaneConfig['hours']>[number];

const DAY_MS = 86_400_000;

/**
 * Whether the lane takes `crossing`, or anybody new. Whoever was promised the lane before it closed is served to the end;
 * in maintenance nobody is.
 */
export function isOpen(state: GateState, lane: LaneConfig, crossing?: Crossing): boolean {
  const view = state.lanes[lane.id];
  if (view?.mode === 'maintenance') return false;
  if (crossing !== undefined && isPromised(state, lane, crossing)) return true;
  return view?.mode !== 'closed' && isInHours(state, lane) && isCarriagewayFree(state, lane);
}

function isPromised(state: GateState, lane: LaneConfig, crossing: Crossing): boolean {
  if (state.owners[`node:${lane.node}`] === crossing.id) return true;
  // Who is read in the place of a released one is judged as a visit of its own.
  return state.lanes[lane.id]?.visit?.released === true;
}

function isInHours(state: GateState, { hours }: LaneConfig): boolean {
  if (hours === undefined) return true;
  const time = timeOfDayMs(configOf(state).gate, state.now);
  return hours.some((window) => isWithin(window, time));
}

/** Past midnight, the time lies after its beginning or before its end. */
function isWithin(window: Window, time: number): boolean {
  const [from, to] = [clockMs(window.from), clockMs(window.to)];
  return from < to ? from <= time && time < to : from <= time || time < to;
}

/**
 * No other lane of the carriageway has let somebody in or promised it. What merely waits before a closed barrier does not
 * count: it would keep the carriageway shut for both directions.
 */
function isCarriagewayFree(state: GateState, lane: LaneConfig): boolean {
  if (lane.tidal === undefined) return true;
  const others = (siteOf(state).carriageways.get(lane.tidal) ?? []).filter(({ id }) => id !== lane.id);
  return others.every(
    ({ id, node }) => state.lanes[id]?.visit?.released !== true && state.owners[`node:${node}`] === undefined,
  );
}

const clockMs = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;

/** Since midnight on the gate's clock. */
function timeOfDayMs({ utcOffset }: GateConfig['gate'], now: number): number {
  const time = (now + utcOffsetMs(utcOffset)) % DAY_MS;
  return time < 0 ? time + DAY_MS : time;
}

/** Wakes the core when the lane opens or closes next by its hours. */
export function setHoursTimer({ state }: Turn, lane: LaneConfig): void {
  const name = `lane-hours/${lane.id}`;
  if (lane.hours === undefined) return clearTimer(state, name);
  const time = timeOfDayMs(configOf(state).gate, state.now);
  let next = DAY_MS;
  for (const { from, to } of lane.hours) {
    for (const boundary of [clockMs(from), clockMs(to)]) {
      const inMs = boundary > time ? boundary - time : boundary - time + DAY_MS;
      next = Math.min(next, inMs);
    }
  }
  setTimer(state, name, state.now + next);
}

/** The lane opens or closes by its hours. */
export function fireHours(turn: Turn, lane: LaneConfig): void {
  decide(turn, 'lane-hours', { lane: lane.id, open: isInHours(turn.state, lane) });
  setHoursTimer(turn, lane);
  lookAtOpening(turn, lane);
}

/** The lane may have opened or closed, or its carriageway become free: whoever waits there or chooses a hold point looks again. */
export function lookAtOpening(turn: Turn, lane: LaneConfig): void {
  turn.agenda.lanes.add(lane.id);
  lookAtCarriageway(turn, lane);
  lookAtLoaded(turn);
  turn.agenda.grants = true;
  turn.agenda.authority = true;
}
