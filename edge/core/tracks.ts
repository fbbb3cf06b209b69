/**
 * The tracks of the border section: who may send on them, and whether whoever is on them still moves. An alternating track
 * has a token: only its holder sends, and it is handed over in the log once the holder knows its track empty.
 */
import type { LoadKind } from '../../config/schema.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { lapseResets } from './block-reset.ts';
import { record } from './handover.ts';
import { isOccupied } from './owners.ts';
import { lookAtClosures } from './section-closure.ts';
import { isHeld, isInspected } from './section-state.ts';
import { configOf, siteOf } from './site.ts';
import type { GateState, TrackState, VehicleView } from './state.ts';
import { freshVehicle } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';

type Report = NonNullable<VehicleView['report']>;

/** The tracks of the configuration, each as the logs left it. */
export function bootTracks({ state }: Turn): void {
  const known = state.tracks;
  state.tracks = {};
  for (const track of configOf(state).section.tracks) {
    state.tracks[track.id] = known[track.id] ?? {
      holder: track.holder ?? '',
      asked: false,
      wanted: null,
      moves: [],
      overdue: [],
    };
  }
}

/**
 * Whether we may send on this track at all: nobody has closed it, and it leads out, or it alternates, its token is ours, and
 * nobody comes towards us.
 */
export const maySendOn = (state: GateState, trackId: string): boolean =>
  !isHeld(state, trackId) && leadsOut(state, trackId);

/** The same, whatever people have said of it. */
export function leadsOut(state: GateState, trackId: string): boolean {
  const track = siteOf(state).tracks.get(trackId);
  if (track?.direction !== 'alternating') return track?.direction === 'out';
  return state.tracks[trackId]?.holder === configOf(state).gate.id && !isOccupied(state, trackId);
}

/** Whether we may take one more vehicle towards us. */
export const mayReceiveOn = (state: GateState, trackId: string): boolean =>
  !isHeld(state, trackId) && leadsIn(state, trackId);

/** The same, whatever people have said of it. */
export function leadsIn(state: GateState, trackId: string): boolean {
  const track = siteOf(state).tracks.get(trackId);
  const view = state.tracks[trackId];
  if (track?.direction === 'alternating' && view?.holder === configOf(state).gate.id) return false;
  return view?.overdue.length === 0;
}

/**
 * The track for one more offer, the one with the fewest vehicles of ours. Where an alternating one is not ours to use, its
 * token is asked for.
 */
export function trackForOffer(turn: Turn, load: LoadKind): string | undefined {
  const { state } = turn;
  let best: { id: string; busy: number } | undefined;
  for (const track of configOf(state).section.tracks) {
    const view = state.tracks[track.id];
    if (view === undefined || track.direction === 'in' || !track.loads.includes(load)) continue;
    if (isHeld(state, track.id)) continue;
    if (!leadsOut(state, track.id)) {
      if (track.direction === 'alternating') askToken(turn, track.id, view);
      continue;
    }
    if (isTurning(state, view) || stalledOn(state, track.id) !== undefined) continue;
    if (view.moves.length >= track.capacity) continue;
    if (best === undefined || view.moves.length < best.busy) best = { id: track.id, busy: view.moves.length };
  }
  return best?.id;
}

function askToken(turn: Turn, track: string, view: TrackState): void {
  if (view.asked || view.holder === configOf(turn.state).gate.id) return;
  view.asked = true;
  record(turn, { kind: 'token-asked', track });
}

/** The other side has waited long enough: nobody new is sent, so that the track empties. */
const isTurning = (state: GateState, view: TrackState): boolean =>
  view.wanted !== null && state.now >= view.wanted + configOf(state).section.turnAfterMs;

/** The other gate wants to send on an alternating track. */
export function takeTokenAsk(turn: Turn, trackId: string): void {
  const { state } = turn;
  const view = state.tracks[trackId];
  if (view === undefined || view.holder !== configOf(state).gate.id) return;
  view.wanted = state.now;
  turn.agenda.tracks = true;
}

/** The other gate has handed the token over. */
export function takeToken(turn: Turn, trackId: string): void {
  const { state } = turn;
  const view = state.tracks[trackId];
  if (view === undefined || siteOf(state).tracks.get(trackId)?.direction !== 'alternating') return;
  view.holder = configOf(state).gate.id;
  view.asked = false;
  lookAtBorderOut(turn);
}

/** Hands the token over where it is wanted, the track known empty, and our own turn over or nobody of ours under way. */
export function reconsiderTracks(turn: Turn): void {
  const { state } = turn;
  for (const [id, view] of Object.entries(state.tracks)) {
    if (view.wanted === null || view.moves.length > 0 || view.holder !== configOf(state).gate.id) continue;
    // Until both sides have said the same of it, the token stays where it is.
    if (isInspected(state, id)) continue;
    view.holder = configOf(state).counterpart.gate;
    view.wanted = null;
    record(turn, { kind: 'token-passed', track: id });
    // Who still waits here asks for it back.
    lookAtBorderOut(turn);
  }
}

/** Whoever waits before the border may now be offered or sent, or must stay. */
export function lookAtBorderOut({ state, agenda }: Turn): void {
  for (const lane of configOf(state).lanes) {
    const visit = lane.checkpoint === 'border-out' ? state.lanes[lane.id]?.visit : undefined;
    if (visit == null) continue;
    agenda.lanes.add(lane.id);
    const { vehicle } = state.crossings[visit.crossing ?? ''] ?? {};
    if (vehicle !== undefined) agenda.vehicles.add(vehicle.id);
  }
}

// ---------------------------------------------------------------- who is on it

/** A vehicle has left for the other side: it is watched until it has arrived. */
export function watchTransit(turn: Turn, move: string): void {
  setTimer(turn.state, `transit/${move}`, turn.state.now + configOf(turn.state).section.transitMsMax);
}

/** It has arrived, or it never left. */
export function endTransit(turn: Turn, trackId: string, move: string): void {
  const { state, agenda } = turn;
  clearTimer(state, `transit/${move}`);
  lapseResets(turn, trackId, move);
  const view = state.tracks[trackId];
  if (view === undefined) return;
  view.moves = view.moves.filter((one) => one !== move);
  if (view.overdue.includes(move)) {
    view.overdue = view.overdue.filter((one) => one !== move);
    returnAlarm(turn, 'SECTION_STALLED', move);
  }
  agenda.tracks = true;
  agenda.grants = true;
  lookAtBorderOut(turn);
}

/** It should have arrived long ago: no other vehicle is sent after it, from either side. */
export function transitOverdue(turn: Turn, move: string): void {
  const { state } = turn;
  const crossing = state.crossings[state.moves[move] ?? ''];
  const track = crossing?.lineClear?.move === move ? crossing.lineClear.track : crossing?.inbound?.track;
  const view = track === undefined ? undefined : state.tracks[track];
  if (view === undefined) return;
  view.overdue.push(move);
  raiseAlarm(turn, 'SECTION_STALLED', move);
  lookAtBorderOut(turn);
}

/** A move on the track that does not go on as it should: overdue, or its vehicle (where it is ours) is not fit or not heard. */
export function stalledOn(state: GateState, trackId: string, except?: string): string | undefined {
  const view = state.tracks[trackId];
  if (view === undefined) return undefined;
  const stalled = [...view.overdue, ...view.moves.filter((move) => isInTrouble(state, move))];
  return stalled.find((move) => move !== except);
}

function isInTrouble(state: GateState, move: string): boolean {
  const crossing = state.crossings[state.moves[move] ?? ''];
  if (crossing?.lineClear?.used !== true || crossing.vehicle === undefined) return false;
  if (state.vehicles[crossing.vehicle.id] === undefined) return false;
  const report = freshVehicle(state, crossing.vehicle.id);
  return report === null || !isMobile(report);
}

const isMobile = (report: Report): boolean =>
  report.eStop === 'NONE' &&
  report.localized &&
  report.mode === 'AUTOMATIC' &&
  !report.errors.some((error) => error.errorLevel === 'FATAL');

/** One of ours may have got into trouble on the section, or out of it: that holds or frees those behind it. */
export function lookBehind(turn: Turn, vehicle: string, before: Report | null, now: Report | null): void {
  const { state } = turn;
  if (before?.lastNodeId !== now?.lastNodeId) lookAtClosures(turn, before?.lastNodeId);
  const { lineClear } = state.crossings[state.vehicles[vehicle]?.crossing ?? ''] ?? {};
  const isOnSection = lineClear?.used === true;
  const wasMobile = before !== null && isMobile(before);
  const isMobileNow = now !== null && isMobile(now);
  if (isOnSection && wasMobile !== isMobileNow) lookAtBorderOut(turn);
}
