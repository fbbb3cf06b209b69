/** What stands in a lane, and which crossing it is: readings gathered for a visit, matched to what is expected there. */
import type { Checkpoint, Condition, LaneConfig, LoadKind } from '../../config/schema.ts';
import { normaliseContainerCode } from '../../protocols/iso6346.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import { hasLineClear } from './border.ts';
import type { ContainerRead, PlateRead, WeightReport } from './input.ts';
import { isOpen } from './lane-hours.ts';
import { freePlaces } from './owners.ts';
import type { Reason } from './reasons.ts';
import { reason } from './reasons.ts';
import { reconcile } from './reconcile.ts';
import { configOf, siteOf } from './site.ts';
import type { Crossing, GateState, LaneState, Reading, Stage, Visit } from './state.ts';
import { isFresh } from './state.ts';
import type { Turn } from './turn.ts';

/** Readings kept for one visit; a vehicle that stands for days is read again and again. */
const READINGS_MAX = 16;

/** Adds a reading to the visit in the lane of its device; poor or repeated readings add nothing. */
export function addReading(turn: Turn, input: PlateRead | ContainerRead): void {
  const { state } = turn;
  const { evidence } = configOf(state);
  const isPlate = input.type === 'plate';
  const lane = siteOf(state).laneOfDevice.get(input.device);
  const visit = lane === undefined ? null : (state.lanes[lane.id]?.visit ?? null);
  const qualityMin = isPlate ? evidence.plateQualityMin : evidence.containerQualityMin;
  if (lane === undefined || visit === null || input.quality < qualityMin) return;
  const readings = isPlate ? visit.plates : visit.containers;
  if (readings.some((known) => known.device === input.device && known.readId === input.readId)) return;
  const reading: Reading = {
    device: input.device,
    readId: input.readId,
    value: isPlate ? normalisePlate(input.plate) : normaliseContainerCode(input.code),
    quality: input.quality,
    at: state.now,
    ...(input.image !== undefined && { image: input.image }),
  };
  const known = visit.plates[0]?.value;
  // Another plate where the released vehicle should stand: a misreading, or it has gone unseen. The next reading tells.
  if (isPlate && visit.released && !visit.under && known !== undefined && known !== reading.value) {
    forgetReadings(visit);
    visit.unobserved = true;
  }
  const kept = isPlate ? visit.plates : visit.containers;
  kept.push(reading);
  if (kept.length > READINGS_MAX) kept.shift();
  turn.agenda.lanes.add(lane.id);
}

/** Takes what a scale says. */
export function takeWeight({ state, agenda }: Turn, input: WeightReport): void {
  state.scales[input.device] = {
    state: input.state,
    at: state.now,
    ...(input.grossKg !== undefined && { grossKg: input.grossKg }),
  };
  const lane = siteOf(state).laneOfDevice.get(input.device);
  if (lane === undefined) return;
  const view = state.lanes[lane.id];
  if (input.state === 'empty' && view?.visit?.released === true) noticeEmpty(state, lane, view, view.visit);
  agenda.lanes.add(lane.id);
}

/** Whoever is at the stop line next is another one; where the loops have not told of that, nobody saw which way it went. */
function noticeEmpty(state: GateState, { devices }: LaneConfig, view: LaneState, visit: Visit): void {
  leaveStopLine(state, view, visit);
  if (visit.under) return;
  forgetReadings(visit);
  if (state.laneIo[devices.io]?.loops.approach === true) visit.unobserved = true;
}

/** What was read of the vehicle no longer counts; what it was matched to stays, for it may have been released as that. */
export function forgetReadings(visit: Visit): void {
  visit.plates = [];
  visit.containers = [];
  delete visit.identifiedAs;
}

/** The released vehicle is off the stop line: what the scale settles at from now on is the next one's. */
export function leaveStopLine({ now }: GateState, view: LaneState, visit: Visit): void {
  if (visit.left === true) return;
  visit.left = true;
  view.leftAt = now;
}

/** The weight of a visit: that of its release, else what its lane's scale shows. */
export const weightOf = (state: GateState, lane: LaneConfig, visit: Visit): number | undefined =>
  visit.released ? visit.weightKg : scaleFor(state, lane, visit)?.grossKg;

/** What a lane's scale shows if it is the visit's own: stable now, and settled since the one before had left. */
export function scaleFor(
  state: GateState,
  { devices }: LaneConfig,
  { lineFreeAt }: Visit,
): { grossKg: number; at: number } | null {
  const scale = devices.scale === undefined ? null : (state.scales[devices.scale] ?? null);
  if (scale?.state !== 'stable' || scale.grossKg === undefined || scale.at < lineFreeAt) return null;
  return { grossKg: scale.grossKg, at: scale.at };
}

/** A vehicle awaited at a checkpoint. */
export interface Expectation {
  load: LoadKind;
  plate: string;
}

/** With which vehicle, and carrying what, this crossing may now come to this checkpoint; null if it is not awaited there. */
export function expectationOf(crossing: Crossing, checkpoint: Checkpoint): Expectation | null {
  const { truck, vehicle, direction, stage } = crossing;
  switch (checkpoint) {
    case 'yard-in':
      if (truck?.phase !== 'awaited') return null;
      return { plate: truck.plate, load: direction === 'export' ? 'laden' : 'bobtail' };
    case 'yard-out':
      if (truck?.phase !== 'inside') return null;
      if (direction === 'export') return { plate: truck.plate, load: 'bobtail' };
      return stage === 'on-truck' ? { plate: truck.plate, load: 'laden' } : null;
    case 'border-out':
      if (direction !== 'export' || vehicle === undefined || !LEAVING.has(stage)) return null;
      return { plate: vehicle.plate, load: crossing.load };
    case 'border-in':
      if (direction !== 'import' || vehicle === undefined || !COMING.has(stage)) return null;
      return { plate: vehicle.plate, load: crossing.load };
    default:
      return checkpoint satisfies never;
  }
}

const LEAVING: ReadonlySet<Stage> = new Set(['loaded', 'at-border-out', 'departed']);
const COMING: ReadonlySet<Stage> = new Set(['offered', 'granted', 'departed', 'arrived', 'entering']);

export interface Judgement {
  crossing?: Crossing;
  load?: LoadKind;
  reasons: Reason[];
}

/** Who stands in the lane and what speaks against opening for it, from the state as it is now. */
export function judgeVisit(state: GateState, lane: LaneConfig, visit: Visit): Judgement {
  const found = identify(state, lane, visit);
  if ('reasons' in found) return found;
  const { crossing, load } = found;
  const config = configOf(state);
  const conditions = config.checkpoints[lane.checkpoint][load];
  const reasons = reconcile({
    at: state.now,
    load,
    conditions,
    containers: load === 'laden' ? crossing.containers : [],
    plates: visit.plates,
    containerReadings: visit.containers,
    weightKg: weightOf(state, lane, visit),
    clearances: state.clearances,
    customsAsOf: state.customsAsOf,
    clearanceAgeMsMax: config.customs.clearanceAgeMsMax,
    policy: config.evidence,
    clockTrusted: state.clockTrusted,
    facts: {
      booked: crossing.truck !== undefined,
      lineClear: hasLineClear(state, crossing),
      granted: crossing.inbound?.grant !== undefined,
      bayFree: hasBay(state, crossing, lane),
      devicesDown: devicesDown(state, lane, conditions),
      laneStopped: state.lanes[lane.id]?.stopped === true,
      laneOpen: isOpen(state, lane, crossing),
      gateStopped: state.stopped,
    },
  });
  if (lane.checkpoint === 'yard-out' && crossing.stage === 'truck-inside') {
    reasons.push(reason('EVIDENCE_PENDING', 'its container set down in the yard'));
  }
  // What sent it to the refuge slot may be seen here still.
  for (const finding of crossing.findings)
    if (!reasons.some(({ code }) => code === finding.code)) reasons.push(finding);
  return { crossing, load, reasons };
}

/** Which of the awaited crossings it is, or why that cannot be said. A person's word stands for the plate. */
function identify(
  state: GateState,
  lane: LaneConfig,
  visit: Visit,
): { crossing: Crossing; load: LoadKind } | Judgement {
  const { checkpoint } = lane;
  if (visit.identifiedAs !== undefined) {
    const crossing = state.crossings[visit.identifiedAs];
    const expected = crossing === undefined ? null : expectationOf(crossing, checkpoint);
    if (crossing !== undefined && expected !== null) return { crossing, load: expected.load };
  }
  const plate = visit.plates[0]?.value;
  if (plate === undefined) {
    const { camera } = lane.devices;
    const offline = isFresh(state, camera) ? [] : [reason('DEVICE_OFFLINE', camera)];
    return { reasons: [...offline, reason('EVIDENCE_PENDING', 'plate')] };
  }
  const other = visit.plates.find((reading) => reading.value !== plate);
  if (other !== undefined) return { reasons: [reason('PLATE_MISMATCH', `${plate} / ${other.value}`)] };
  const known = state.plates[plate] ?? [];
  let match: { crossing: Crossing; load: LoadKind } | undefined;
  for (const id of known) {
    const crossing = state.crossings[id];
    const expected = crossing === undefined ? null : expectationOf(crossing, checkpoint);
    if (crossing === undefined || expected === null || normalisePlate(expected.plate) !== plate) continue;
    if (match !== undefined)
      return { reasons: [reason('AMBIGUOUS_MATCH', `${match.crossing.id}, ${crossing.id}`)] };
    match = { crossing, load: expected.load };
  }
  if (match !== undefined) return match;
  if (checkpoint !== 'border-in') return { reasons: [reason('NO_CROSSING_MATCH', plate)] };
  const away = known.map((id) => state.crossings[id]).find((one) => one?.lineClear?.used === true);
  return {
    reasons: [
      away === undefined
        ? reason('COUNTERPART_NOT_OFFERED', plate)
        : reason('CAME_BACK', `${plate}, sent as ${away.id}`),
    ],
  };
}

function devicesDown(state: GateState, lane: LaneConfig, conditions: readonly Condition[]): string[] {
  const { io, camera, reader, scale } = lane.devices;
  const down: string[] = [];
  if (!isFresh(state, io)) down.push(io);
  if (!isFresh(state, camera)) down.push(camera);
  if (reader !== undefined && conditions.includes('container') && !isFresh(state, reader)) down.push(reader);
  if (scale !== undefined && conditions.includes('weight') && !isFresh(state, scale)) down.push(scale);
  return down;
}

/** Whether the places the vehicle will need behind this lane are its own, or free to be taken. */
function hasBay(state: GateState, crossing: Crossing, lane: LaneConfig): boolean {
  if (lane.checkpoint === 'border-in') return crossing.bays.landing !== undefined;
  if (lane.checkpoint !== 'yard-in' || crossing.bays.truck !== undefined) return true;
  if (crossing.direction === 'import' && crossing.stage !== 'in-yard') return false;
  return freePlaces(state, crossing, 'truck') !== null;
}
