/**
 * The border section: line clear and custody, by two logs (DESIGN §7). Each gate writes only its own log; what the other
 * side did is known when its line has been read. Here: the sender's side, and the reading of the other log. The receiver's
 * side is in border-host.ts, the tracks are in tracks.ts.
 */
import { type LaneConfig, laneLoadOf } from '../../config/schema.ts';
import type { RecordOf } from '../../protocols/handover/record.ts';
import { lookAtBay, lookAtCrossing, lookAtEverything } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { takeReset } from './block-reset.ts';
import { abandon, inboundOf, takeAuthorityAsk, takeOffer } from './border-host.ts';
import { localTime } from './crossing.ts';
import { canTellCustody, handOver, receiveAtBorder, shownOf } from './custody.ts';
import type { Seen } from './custody-state.ts';
import { takeDiscrepancy } from './discrepancies.ts';
import { takeFilter } from './field-filter.ts';
import { seenAgain } from './findings.ts';
import { record, tellFilter } from './handover.ts';
import { forgetCall, hasNumber, meetDeparture, meetGrant, noteSent, takeHotlineLink } from './hotline.ts';
import type { CounterpartLive, CounterpartRecord } from './input.ts';
import { isWithdrawn } from './judgement.ts';
import { lookAtPlace } from './place-ahead.ts';
import { publicCodeOf } from './public-codes.ts';
import { isAgainst, reason } from './reasons.ts';
import { openLog, takeHistory } from './restore.ts';
import { takeOfOpenMove, tellDeparture } from './restore-moves.ts';
import { takeReturned } from './returns.ts';
import { takeClosed, takeClosing, takeReopening } from './section-closure.ts';
import { isInspected } from './section-state.ts';
import { configOf, siteOf } from './site.ts';
import type { CargoContainer, Crossing, GateState, LineClear, Visit } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import {
  endTransit,
  maySendOn,
  stalledOn,
  takeToken,
  takeTokenAsk,
  trackForOffer,
  watchTransit,
} from './tracks.ts';
import type { Turn } from './turn.ts';
import { advance, count, decide } from './turn.ts';

// ---------------------------------------------------------------- as the sender

/** Asks for line clear for whatever stands at `border-out` with nothing else against it. */
export function offerIfDue(turn: Turn, lane: LaneConfig, visit: Visit, crossing: Crossing): void {
  const { state } = turn;
  if (lane.checkpoint !== 'border-out' || !state.link.up) return;
  if (crossing.vehicle === undefined || crossing.lineClear !== undefined) return;
  if (!waitsForLineClear(visit)) return;
  const track = trackForOffer(turn, laneLoadOf(crossing.load));
  if (track === undefined || isAnothersTurn(state, crossing, track)) return;
  if (!canTellCustody(turn)) return;
  offer(turn, crossing, track, configOf(state).counterpart.grantValidMs);
}

/** Writes the offer, which lapses after that time. */
export function offer(turn: Turn, crossing: Crossing, track: string, validMs: number): LineClear {
  const { state } = turn;
  const { vehicle } = crossing;
  if (vehicle === undefined) throw new Error(`${crossing.id} is offered without a vehicle`);
  const config = configOf(state);
  const { custodyPoint } = config.counterpart;
  const move = `${config.gate.id}-m${count(turn, 'move')}`;
  const lineClear: LineClear = { move, track, askedAt: state.now, used: false, custodyPoint };
  crossing.askedLineClearAt = state.now;
  crossing.lineClear = lineClear;
  state.moves[move] = crossing.id;
  state.tracks[track]?.moves.push(move);
  setTimer(state, `grant/${crossing.id}`, state.now + validMs);
  record(turn, {
    kind: 'offered',
    move,
    load: crossing.load,
    track,
    vehicle: vehicle.id,
    homeGate: vehicle.home,
    plate: vehicle.plate,
    containers: crossing.containers.map((container) => told(container, crossing)),
    ...(crossing.returnOf && { returnOf: crossing.returnOf }),
  });
  advance(turn, crossing, 'at-border-out');
  return lineClear;
}

/** Nothing else stands against it. */
export const waitsForLineClear = ({ reasons }: Visit): boolean => {
  const against = reasons.filter(isAgainst);
  return against.length === 1 && against[0]?.code === 'LINE_NOT_CLEAR';
};

/**
 * Whoever was not granted lets those ask first for the last place on a track who have waited longer since they asked: one that
 * goes home empty needs no slot on the other side, and may be the one that makes room there.
 */
function isAnothersTurn(state: GateState, crossing: Crossing, trackId: string): boolean {
  const track = siteOf(state).tracks.get(trackId);
  const view = state.tracks[trackId];
  if (crossing.askedLineClearAt === undefined || track === undefined || view === undefined) return false;
  if (view.moves.length + 1 < track.capacity) return false;
  const since = crossing.askedLineClearAt;
  return configOf(state).lanes.some(({ id, checkpoint }) => {
    const visit = checkpoint === 'border-out' ? state.lanes[id]?.visit : undefined;
    const other = state.crossings[visit?.crossing ?? ''];
    if (visit == null || other?.vehicle === undefined || other.id === crossing.id) return false;
    if (other.lineClear !== undefined || !track.loads.includes(laneLoadOf(other.load))) return false;
    return waitsForLineClear(visit) && (other.askedLineClearAt ?? 0) < since;
  });
}

/** What there is to tell of a container; what of it crosses, the filter says. Of an empty one also its type, by which it is weighed. */
const told = ({ number, seals, grossKg, declarations, sizeType }: CargoContainer, { load }: Crossing) => ({
  number,
  declarations,
  ...(seals !== undefined && { seals }),
  ...(grossKg !== undefined && { grossKg }),
  ...(load === 'empty' && sizeType !== undefined && { sizeType }),
});

/** Whether the vehicle has line clear now: used, and nobody calls its track empty meanwhile; or a grant in hand, the link up, the track ours, and nobody stuck on it. */
export function hasLineClear(state: GateState, crossing: Crossing): boolean {
  const { lineClear } = crossing;
  if (lineClear === undefined) return false;
  if (lineClear.used) return !isInspected(state, lineClear.track);
  if (lineClear.byTelephone === true) return hasNumber(state, crossing);
  return (
    lineClear.grant !== undefined &&
    state.link.up &&
    maySendOn(state, lineClear.track) &&
    stalledOn(state, lineClear.track, lineClear.move) === undefined
  );
}

/** The release decision uses the grant, once, in the same journal entry and before any command; what was seen of it goes with that. */
export function useLineClear(turn: Turn, crossing: Crossing, seen: Seen): void {
  const { lineClear } = crossing;
  if (lineClear?.untold === true) return tellDeparture(turn, crossing);
  if (lineClear?.grant === undefined || lineClear.used) return;
  lineClear.used = true;
  clearTimer(turn.state, `grant/${crossing.id}`);
  watchTransit(turn, lineClear.move);
  const { move, grant, hotline, officerSignatures } = lineClear;
  const containers = crossing.containers.map(({ number }) => number);
  record(turn, {
    kind: 'departed',
    move,
    grant,
    eventTime: localTime(turn),
    ...(containers.length > 0 && { containers }),
    ...(hotline && { hotline }),
    ...(officerSignatures && { officerSignatures }),
    ...shownOf(seen),
  });
  noteSent(turn, lineClear);
  advance(turn, crossing, 'departed');
}

/** Gives up a line clear that was not used: time ran out, or we do not know how long ago we asked. */
export function giveUpLineClear(turn: Turn, crossing: Crossing): void {
  const { lineClear } = crossing;
  if (lineClear === undefined || lineClear.used) return;
  const { move, grant, track } = lineClear;
  // What was granted by telephone is given back when its grant is read.
  if (grant === undefined || lineClear.byTelephone === true) record(turn, { kind: 'offer-withdrawn', move });
  else record(turn, { kind: 'grant-returned', move, grant });
  forgetMove(turn, crossing);
  delete crossing.lineClear;
  endTransit(turn, track, move);
  lookAtCrossing(turn, crossing);
}

/** The crossing no longer answers to its move. */
export function forgetMove({ state }: Turn, crossing: Crossing): void {
  const move = crossing.lineClear?.move ?? crossing.inbound?.move;
  if (move !== undefined && state.moves[move] === crossing.id) delete state.moves[move];
  clearTimer(state, `grant/${crossing.id}`);
}

/** Our crossing that was offered, or sent, as this move. */
export const sentAs = (state: GateState, move: string): Crossing | undefined => {
  const crossing = state.crossings[state.moves[move] ?? ''];
  return crossing?.lineClear?.move === move ? crossing : undefined;
};

/** A release withdrawn when its vehicle is past `border-out`: nothing can stop it here any more, so the receiver is told. */
export function recallIfDue(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  const { lineClear } = crossing;
  if (lineClear === undefined || crossing.recalled === true || crossing.lanes.vehicle !== undefined) return;
  if (lineClear.handedOver === true) return;
  if (crossing.load !== 'laden' || (crossing.stage !== 'departed' && crossing.stage !== 'arrived')) return;
  if (!isWithdrawn(state, crossing)) return;
  crossing.recalled = true;
  record(turn, { kind: 'recalled', move: lineClear.move, code: publicCodeOf('CLEARANCE_WITHDRAWN') });
  raiseAlarm(turn, 'RECALLED', crossing.id);
}

// ---------------------------------------------------------------- reading the other log

/** One line of the other gate's log. */
export function takeRecord(turn: Turn, { record: line }: CounterpartRecord): void {
  const { state } = turn;
  if (state.log.restoring !== null) return takeHistory(turn, state.log.restoring, line, false);
  if (takeOfOpenMove(turn, line)) return;
  switch (line.kind) {
    case 'offered':
      return takeOffer(turn, line);
    case 'offer-withdrawn': {
      const crossing = inboundOf(state, line.move);
      // Granted meanwhile: only the sender's `grant-returned` frees the block.
      if (crossing !== undefined && crossing.inbound?.grant === undefined) abandon(turn, crossing);
      return;
    }
    case 'granted': {
      const crossing = sentAs(state, line.move);
      if (crossing !== undefined && meetGrant(turn, crossing, line)) return;
      if (crossing?.lineClear?.byTelephone === true) giveUpLineClear(turn, crossing);
      if (crossing?.lineClear === undefined) {
        record(turn, { kind: 'grant-returned', move: line.move, grant: line.grant });
        return;
      }
      crossing.lineClear.grant = line.grant;
      crossing.lineClear.holdNode = line.holdNode;
      if (line.bayNode !== undefined) crossing.lineClear.bayNode = line.bayNode;
      lookAtCrossing(turn, crossing);
      return;
    }
    case 'refused':
      return raiseAlarm(turn, 'OFFER_REFUSED', line.move);
    case 'grant-returned': {
      const crossing = inboundOf(state, line.move);
      if (crossing === undefined || crossing.inbound?.grant !== line.grant)
        raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
      else {
        forgetCall(turn, line.move);
        abandon(turn, crossing);
      }
      return;
    }
    case 'departed':
      takeDeparted(turn, line.move, line.grant);
      return meetDeparture(turn, line);
    case 'recalled':
      return takeRecalled(turn, line);
    case 'arrived': {
      const crossing = sentAs(state, line.move);
      if (crossing?.lineClear === undefined) return;
      tellDeparture(turn, crossing);
      seenAgain(turn, crossing);
      endTransit(turn, crossing.lineClear.track, line.move);
      advance(turn, crossing, 'arrived');
      return;
    }
    case 'received':
    case 'received-with-remarks':
      return takeReceived(turn, line);
    case 'closed':
      if (line.discrepancy !== undefined) return takeDiscrepancy(turn, line);
      return decide(turn, 'move-closed', { move: line.move });
    case 'disputed':
    case 'joint-inspection':
      return takeDiscrepancy(turn, line);
    case 'returned':
      return takeReturned(turn, line);
    case 'authority-asked': {
      const { kind: _, ...ask } = line;
      return takeAuthorityAsk(turn, ask);
    }
    case 'authority-granted': {
      const view = state.vehicles[line.vehicle];
      if (view?.authority?.ask !== line.ask) return;
      view.authority.to = line.to;
      view.authority.granted = true;
      turn.agenda.vehicles.add(line.vehicle);
      return;
    }
    case 'token-asked':
      return takeTokenAsk(turn, line.track);
    case 'token-passed':
      return takeToken(turn, line.track);
    case 'filter-in-force':
      return takeFilter(state, line);
    case 'block-reset':
      return takeReset(turn, line);
    case 'section-closing':
      return takeClosing(turn, line);
    case 'section-closed':
      return takeClosed(turn, line);
    case 'section-reopening':
      return takeReopening(turn, line);
    case 'accepted':
    case 'keys-rotated':
    case 'restored':
      return;
    default:
      line satisfies never;
  }
}

function takeDeparted(turn: Turn, move: string, grant: string): void {
  const crossing = inboundOf(turn.state, move);
  if (crossing?.inbound === undefined || crossing.inbound.grant !== grant)
    return raiseAlarm(turn, 'GRANT_UNKNOWN', move);
  noteDeparted(turn, move);
}

/** It is on its way, or here: custody and unloading wait for nothing more of its sender. */
export function noteDeparted(turn: Turn, move: string): void {
  const crossing = inboundOf(turn.state, move);
  if (crossing?.inbound === undefined) return;
  crossing.inbound.departed = true;
  returnAlarm(turn, 'DEPARTURE_UNREAD', crossing.id);
  receiveAtBorder(turn, crossing);
  lookAtCrossing(turn, crossing);
  if (crossing.stage !== 'granted') return;
  watchTransit(turn, move);
  advance(turn, crossing, 'departed');
}

/** The sender's customs has thought better of it: it is not unloaded, and does not leave our yard, until people have decided. */
function takeRecalled(turn: Turn, { move, code, text }: RecordOf<'recalled'>): void {
  const crossing = inboundOf(turn.state, move);
  if (crossing === undefined) return raiseAlarm(turn, 'GRANT_UNKNOWN', move);
  crossing.findings.push(reason('RECALLED', text?.[0]?.text ?? code));
  raiseAlarm(turn, 'RECALLED', crossing.id);
  lookAtCrossing(turn, crossing);
}

function takeReceived(turn: Turn, line: RecordOf<'received' | 'received-with-remarks'>): void {
  const crossing = sentAs(turn.state, line.move);
  if (crossing?.lineClear === undefined) return raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
  const { track } = crossing.lineClear;
  if (handOver(turn, crossing, line)) endTransit(turn, track, line.move);
}

// ---------------------------------------------------------------- the link

/** The link to the other gate came or went. */
export function setLink(turn: Turn, up: boolean): void {
  const { state } = turn;
  if (up) {
    openLog(turn);
    tellFilter(turn);
  }
  if (state.link.up === up) return;
  state.link.up = up;
  lookAtEverything(turn);
  takeHotlineLink(turn, up);
  if (up) return returnAlarm(turn, 'LINK_DOWN', configOf(state).counterpart.gate);
  state.live = null;
  raiseAlarm(turn, 'LINK_DOWN', configOf(state).counterpart.gate);
}

/** What the other side says of now: it moves our cranes above their vehicles, and our vehicles below their cranes. */
export function takeLive(turn: Turn, live: Omit<CounterpartLive, 'type'>): void {
  const { state, agenda } = turn;
  const before = state.live;
  state.live = live;
  const isNew = before?.fresh !== live.fresh;
  for (const [id, was] of Object.entries(before?.vehicles ?? {})) {
    const is = live.vehicles[id];
    if (was.node !== is?.node || was.standing !== is.standing) lookAtPlace(turn, was.node);
  }
  for (const [id, { bay }] of Object.entries(state.visitors)) {
    const [was, is] = [before?.vehicles[id], live.vehicles[id]];
    const moved = was?.node !== is?.node || was?.standing !== is?.standing || was?.locked !== is?.locked;
    if (bay !== undefined && (isNew || moved)) lookAtBay(turn, bay);
  }
  for (const id of siteOf(state).vehicles.keys()) {
    const node = state.vehicles[id]?.report?.lastNodeId ?? '';
    if (isNew || before?.bays[node]?.clear !== live.bays[node]?.clear) agenda.vehicles.add(id);
  }
}
