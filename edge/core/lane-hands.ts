/** What people do to a lane. Each returns why it cannot be done, or null: it is done. */

import { expectationOf } from './awaited.ts';
import { forgetReadings } from './evidence.ts';
import { laneState, lookBelow, loseSight } from './lane.ts';
import { lookAtOpening } from './lane-hours.ts';
import { resume, stop } from './lane-watch.ts';
import { siteOf } from './site.ts';
import type { LaneState, Visit } from './state.ts';
import type { Turn } from './turn.ts';

/** Nothing is released in a stopped lane; its barrier closes as soon as nothing is below it. */
export function stopLane(turn: Turn, laneId: string, stopped: boolean): string | null {
  const lane = siteOf(turn.state).lanes.get(laneId);
  if (lane === undefined) return noLane(laneId);
  const view = laneState(turn.state, laneId);
  if (view.stopped === stopped) return stopped ? `${laneId} is stopped already` : `${laneId} is not stopped`;
  if (stopped) stop(turn, lane, view, 'person');
  else {
    resume(turn, lane, view);
    lookBelow(turn, lane, view);
  }
  return null;
}

/** `open` means as its hours say. */
export function setLaneMode(turn: Turn, laneId: string, mode: LaneState['mode']): string | null {
  const lane = siteOf(turn.state).lanes.get(laneId);
  if (lane === undefined) return noLane(laneId);
  const view = laneState(turn.state, laneId);
  if (view.mode === mode) return `${laneId} is in mode ${mode} already`;
  // While a technician is at work nobody knows who comes and goes.
  if (view.mode === 'maintenance') loseSight(turn, lane);
  if (mode === 'maintenance' && view.visit?.released === true) view.visit.unobserved = true;
  view.mode = mode;
  lookAtOpening(turn, lane);
  return null;
}

/** What was read of the vehicle in the lane is forgotten; its devices read it anew. */
export function reread(turn: Turn, laneId: string): string | null {
  const visit = standingIn(turn, laneId);
  if (typeof visit === 'string') return visit;
  forgetReadings(visit);
  // Whoever asks for it doubts that the released vehicle is still the one that stands there.
  if (visit.released) visit.unobserved = true;
  turn.agenda.lanes.add(laneId);
  return null;
}

/** A person vouches that the vehicle in the lane is that of the crossing. */
export function identify(turn: Turn, laneId: string, crossingId: string): string | null {
  const visit = standingIn(turn, laneId);
  if (typeof visit === 'string') return visit;
  if (visit.released) return `the vehicle in ${laneId} is released already`;
  const checkpoint = siteOf(turn.state).lanes.get(laneId)?.checkpoint;
  const crossing = turn.state.crossings[crossingId];
  if (crossing === undefined) return `there is no crossing ${crossingId}`;
  if (checkpoint === undefined || expectationOf(crossing, checkpoint) === null)
    return `${crossingId} is not awaited in ${laneId} (${crossing.stage})`;
  visit.identifiedAs = crossingId;
  turn.agenda.lanes.add(laneId);
  return null;
}

/** The visit about which something can still be decided, or why there is none. */
function standingIn(turn: Turn, laneId: string): Visit | string {
  if (!siteOf(turn.state).lanes.has(laneId)) return noLane(laneId);
  const visit = turn.state.lanes[laneId]?.visit ?? null;
  if (visit === null) return `nothing stands in ${laneId}`;
  return visit.under ? `the vehicle in ${laneId} is under the barrier already` : visit;
}

const noLane = (lane: string): string => `there is no lane ${lane}`;
