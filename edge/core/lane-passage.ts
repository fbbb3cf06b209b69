/** What tells that somebody has passed a lane, where its loops have not: its light, an open barrier, the word of the vehicle, the other log. */
import type { Checkpoint, LaneConfig } from '../../config/schema.ts';
import type { LaneSensors } from './lane-watch.ts';
import { configOf, nodeGate } from './site.ts';
import type { Crossing, GateState, Visit } from './state.ts';
import { freshLive, freshVehicle } from './state.ts';

/**
 * The lane's controller turns its green red by itself as soon as something is below the barrier (protocols/lane-io): whatever
 * the loops have told of that was lost. Where we have just wanted red, too, it is told by whoever is gone at the same time.
 */
export function hasTurnedRed(
  state: GateState,
  lane: LaneConfig,
  before: LaneSensors | null,
  { light, loops }: LaneSensors,
): boolean {
  if (before?.light !== 'green' || light !== 'red') return false;
  const hasLeft = before.loops.approach && !loops.approach;
  return hasLeft || !isLightUnderWay(state, lane);
}

/** Whether an empty stop line does not say yet what has become of the visit. */
export function isUncertain(state: GateState, lane: LaneConfig, visit: Visit): boolean {
  // It has perhaps driven off by a green that is not confirmed, or not taken back yet: what becomes of that tells.
  const isLetGo = isLightUnderWay(state, lane);
  if (lane.traffic === 'truck' || !visit.released) return isLetGo;
  if (isReadOverThere(state, lane, visit)) return false;
  const node = nodeOf(state, visit);
  // By its own word it stands there still, or has not come to its next place yet.
  if (node === lane.node) return true;
  return visit.unobserved ? isLetGo : node === undefined || !isBehind(state, lane, node);
}

/** Nobody saw it, and the barrier was open for it. */
export const mayHavePassed = ({ unobserved, seenOpen }: Visit): boolean => unobserved && seenOpen === true;

/** What becomes of the command tells what the driver goes by. */
export const isLightUnderWay = ({ pending }: GateState, { devices }: LaneConfig): boolean =>
  pending[`light:${devices.io}`] !== undefined;

/** Where the other gate's log tells of a passage: how far the crossing is then. */
const READ_OVER_THERE: Partial<Record<Checkpoint, ReadonlySet<Crossing['stage']>>> = {
  'border-out': new Set(['arrived', 'completed'] as const),
};

export function isReadOverThere(
  { crossings }: GateState,
  { checkpoint }: LaneConfig,
  { crossing }: Visit,
): boolean {
  const { stage = 'completed' } = crossings[crossing ?? ''] ?? {};
  return READ_OVER_THERE[checkpoint]?.has(stage) === true;
}

const isBehind = (state: GateState, { checkpoint }: LaneConfig, node: string): boolean =>
  (nodeGate(state, node) === configOf(state).gate.id) === (checkpoint === 'border-in');

/** Where its driverless vehicle is now, by its own word or the live word of the other gate; undefined if neither is fresh. */
function nodeOf(state: GateState, { crossing }: Visit): string | undefined {
  const vehicle = state.crossings[crossing ?? '']?.vehicle?.id ?? '';
  return freshVehicle(state, vehicle)?.lastNodeId ?? freshLive(state)?.vehicles[vehicle]?.node;
}
