/** What was read of what stands in a lane: readings gathered for a visit, and the weight of its scale. */
import type { LaneConfig } from '../../config/schema.ts';
import { normaliseContainerCode } from '../../protocols/iso6346.ts';
import { normalisePlate, platesMeant } from '../../protocols/plates.ts';
import { expectationOf } from './awaited.ts';
import type { ContainerRead, PlateRead, WeightReport } from './input.ts';
import { alarmReasons } from './reconcile/screening.ts';
import { configOf, siteOf } from './site.ts';
import type { GateState, LaneState, Reading, Visit } from './state.ts';
import { setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { count } from './turn.ts';

/** Readings kept for one visit; a vehicle that stands for days is read again and again. */
const READINGS_MAX = 16;

/** Something has come to the stop line, and nothing of it is read yet. */
export function newVisit(turn: Turn, { leftAt }: LaneState): Visit {
  return {
    id: `v${count(turn, 'visit')}`,
    since: turn.state.now,
    lineFreeAt: leftAt,
    plates: [],
    trailers: [],
    containers: [],
    observations: [],
    verdict: 'hold',
    reasons: [],
    released: false,
    opened: false,
    under: false,
    through: false,
    cleared: false,
    unobserved: false,
  };
}

/** Adds a reading to the visit in the lane of its device; poor or repeated readings add nothing. */
export function addReading(turn: Turn, input: PlateRead | ContainerRead): void {
  const { state } = turn;
  const { evidence } = configOf(state);
  const lane = siteOf(state).laneOfDevice.get(input.device);
  const visit = lane === undefined ? null : (state.lanes[lane.id]?.visit ?? null);
  if (lane === undefined || visit === null) return;
  const isPlate = input.type === 'plate';
  const kind = !isPlate ? 'containers' : input.device === lane.devices.rearCamera ? 'trailers' : 'plates';
  if (input.quality < (isPlate ? evidence.plateQualityMin : evidence.containerQualityMin)) return;
  if (visit[kind].some((known) => known.device === input.device && known.readId === input.readId)) return;
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
  const isAnother = kind === 'plates' && known !== undefined && known !== reading.value;
  if (isAnother && visit.released && !visit.under) {
    forgetReadings(visit);
    visit.unobserved = true;
  } else if (kind === 'plates' && !visit.released && isNews(state, lane, visit, reading.value))
    forgetReadings(visit);
  const kept = visit[kind];
  kept.push(reading);
  if (kept.length > READINGS_MAX) kept.shift();
  turn.agenda.lanes.add(lane.id);
}

/** A plate that whoever said who it is has not seen there, and that is not the one they spoke of: perhaps of the next one. */
function isNews(state: GateState, lane: LaneConfig, { identifiedAs, plates }: Visit, plate: string): boolean {
  const crossing = state.crossings[identifiedAs ?? ''];
  if (crossing === undefined || plates.some(({ value }) => value === plate)) return false;
  const expected = expectationOf(crossing, lane.checkpoint)?.plate;
  return expected === undefined || !platesMeant(plate).includes(normalisePlate(expected));
}

/** Takes what a scale says. */
export function takeWeight({ state, agenda }: Turn, input: WeightReport): void {
  const before = state.scales[input.device];
  state.scales[input.device] = {
    state: input.state,
    at: state.now,
    ...(input.grossKg !== undefined && { grossKg: input.grossKg }),
  };
  const lane = siteOf(state).laneOfDevice.get(input.device);
  if (lane === undefined) return;
  const view = state.lanes[lane.id];
  const visit = view?.visit ?? null;
  if (input.state === 'empty' && view !== undefined && visit !== null) {
    if (visit.released) noticeEmpty(state, lane, view, visit);
    // It had settled under this one: that has left the stop line, whatever its loop tells.
    else if (before?.state === 'stable' && before.at >= visit.since) forgetReadings(visit);
  }
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
  visit.trailers = [];
  visit.containers = [];
  // An alarm is not forgotten with them: whoever stands there now is held by it until it is explained.
  visit.observations = visit.observations.filter((one) => alarmReasons([one]).length > 0);
  delete visit.identifiedAs;
  delete visit.readingUntil;
  visit.forgotten = (visit.forgotten ?? 0) + 1;
  if (visit.released && !visit.under) visit.unread = true;
}

/** How long after its arrival, or since its readings were forgotten, what is not read yet is awaited. */
const READING_MS = 20_000;

/** From timer `lane-unread/<lane>` on, what was not read counts as not to be read. */
export function awaitReadings({ state }: Turn, { id }: LaneConfig, visit: Visit): void {
  if (visit.readingUntil !== undefined) return;
  visit.readingUntil = state.now + READING_MS;
  setTimer(state, `lane-unread/${id}`, visit.readingUntil);
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
