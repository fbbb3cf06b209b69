/** The bays of the yard: who stands in them, who has left them, and who has no business there. */
import type { BayConfig } from '../../config/schema.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { followDoubt, isInDoubt } from './bay-doubt.ts';
import { forgetIfOver } from './crossing.ts';
import { reconsiderJobs } from './jobs.ts';
import { freeBay, hear } from './owners.ts';
import { bayConfig, type YardCrane } from './site.ts';
import type { Crossing, GateState, Stage } from './state.ts';
import { freshLaneIo, freshLive, freshVehicle } from './state.ts';
import { isSentOff, sendOff } from './truck-sent-off.ts';
import type { Turn } from './turn.ts';

/** The sensors of a bay have told something new, or came or went. */
export function takeBayIo(turn: Turn, bay: BayConfig): void {
  lookInto(turn, bay);
  // As long as it was seen occupied it was given to nobody.
  hear(turn, `bay:${bay.id}`);
}

/** What the crane can do next, and which of its bays were left. */
export function reconsiderCrane(turn: Turn, crane: YardCrane): void {
  for (const id of crane.bays) {
    const bay = bayConfig(turn.state, id);
    if (bay !== undefined) lookInto(turn, bay);
  }
  reconsiderJobs(turn, crane);
}

/** A bay whose vehicle has done what it came for, and is seen to have left, is free. */
function lookInto(turn: Turn, bay: BayConfig): void {
  const { state } = turn;
  const sensors = freshLaneIo(state, bay.io);
  if (sensors === null) return;
  const crossing = state.crossings[state.owners[`bay:${bay.id}`] ?? ''];
  const occupied = sensors.loops.approach;
  if (crossing !== undefined) {
    followDoubt(turn, crossing, occupied);
    sendOff(turn, crossing);
  }
  if (!occupied && crossing !== undefined && hasLeft(state, crossing, bay)) {
    freeBay(turn, crossing, bay.use);
    forgetIfOver(turn, crossing);
  }
  if (!occupied || !isStranger(state, crossing, bay)) returnAlarm(turn, 'BAY_OCCUPIED', bay.id);
  else if (!isAlarmed(state, bay)) raiseAlarm(turn, 'BAY_OCCUPIED', bay.id);
}

const isAlarmed = ({ alarms }: GateState, { id }: BayConfig): boolean => {
  const alarm = alarms[`BAY_OCCUPIED/${id}`];
  return alarm !== undefined && alarm.state !== 'returned';
};

/** An import before its vehicle is let through `border-in`. */
const OUTSIDE: ReadonlySet<Stage> = new Set<Stage>(['offered', 'granted', 'departed', 'arrived']);

function hasLeft(state: GateState, crossing: Crossing, { use, node }: BayConfig): boolean {
  const { stage, direction, vehicle } = crossing;
  switch (use) {
    case 'truck':
      if (direction === 'import') return stage === 'on-truck' || isSentOff(crossing);
      return stage !== 'announced' && stage !== 'truck-inside';
    case 'loading': {
      if (stage === 'loading') return false;
      const at = vehicle === undefined ? undefined : freshVehicle(state, vehicle.id)?.lastNodeId;
      return at !== undefined && at !== node;
    }
    case 'landing':
      return !OUTSIDE.has(stage) && stage !== 'entering' && isSeenElsewhere(state, crossing, node);
    default:
      return use satisfies never;
  }
}

/** A loop that fails shows an empty bay: the vehicle itself must be known elsewhere, by its home gate or before `border-out`. */
function isSeenElsewhere(state: GateState, crossing: Crossing, node: string | undefined): boolean {
  const id = crossing.vehicle?.id ?? '';
  const visitor = state.visitors[id];
  if (visitor?.crossing !== crossing.id) return true;
  const leaving = state.crossings[visitor.leaving ?? ''];
  if (leaving !== undefined && (leaving.lanes.vehicle !== undefined || leaving.stage !== 'loaded'))
    return true;
  const at = freshLive(state)?.vehicles[id]?.node;
  return at !== undefined && at !== node;
}

/** What stands in the bay is not what the bay was given to, as far as it tells where it is. */
function isStranger(state: GateState, crossing: Crossing | undefined, { id, use, node }: BayConfig): boolean {
  if (crossing === undefined) return !Object.values(state.visitors).some((visitor) => visitor.bay === id);
  switch (use) {
    case 'truck':
      return crossing.truck?.phase !== 'inside' || isInDoubt(crossing);
    case 'loading': {
      const report = freshVehicle(state, crossing.vehicle?.id ?? '');
      if (report === null) return false;
      return report.lastNodeId !== node && !report.nodesAhead.some((ahead) => ahead.nodeId === node);
    }
    case 'landing':
      return OUTSIDE.has(crossing.stage);
    default:
      return use satisfies never;
  }
}
