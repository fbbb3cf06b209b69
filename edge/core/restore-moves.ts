/**
 * Moves that two logs leave open to a gate that has lost its disk. Each is a crossing again, at the stage the logs tell, with the
 * places they name; where its vehicle is nobody has seen, so it carries the finding `UNSEEN_SINCE_RESTORE`, and its track stays
 * occupied, until it is read before `border-in`, the other side has told of its arrival, or people say where it is. From there it
 * goes on as any other: custody passes once, by the line that passes it always.
 */
import type { HandoverRecord, RecordOf } from '../../protocols/handover/record.ts';
import { UNTOLD as REFUSAL_UNTOLD } from '../../protocols/refusal.ts';
import { raiseAlarm } from './alarms.ts';
import { announce, containersOf, takePlaces } from './border-host.ts';
import { giveVehicle, localTime, newCrossing } from './crossing.ts';
import { handOver, UNTOLD } from './custody.ts';
import { beginStay } from './dwell.ts';
import { find } from './findings.ts';
import { record } from './handover.ts';
import { fault } from './hotline.ts';
import type { OpenMove, Restoring } from './log-state.ts';
import { reason } from './reasons.ts';
import { configOf, isOurs } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { endTransit } from './tracks.ts';
import { type Turn, tell } from './turn.ts';

type OfMove = Extract<HandoverRecord, { move: string }>;

/** Numbers that are read out on the telephone; grants in the logs have names. */
const BY_TELEPHONE = /^\d+-\d+$/;
const LOST_HERE = 'our own log of it was lost';

// ---------------------------------------------------------------- reading

export function readMove({ state }: Turn, restoring: Restoring, line: OfMove, ours: boolean): void {
  if (line.kind === 'departed') followGuest(state, restoring, line.move, ours);
  if (ours) noteNumber(restoring, line);
  else followTelephone(state, restoring, line);
  readOpenMove(state, line, ours);
}

/** A vehicle of the other gate has set out for us, or for home. */
function followGuest(state: GateState, { guests, offers }: Restoring, move: string, ours: boolean): void {
  const offer = ours ? state.openMoves[move]?.offered : offers[move];
  if (offer?.homeGate !== configOf(state).counterpart.gate) return;
  guests[offer.vehicle] ??= { came: 0, left: 0 };
  const guest = guests[offer.vehicle];
  if (guest === undefined) return;
  if (ours) guest.left += 1;
  else Object.assign(guest, { came: guest.came + 1, last: offer });
}

function readOpenMove({ openMoves }: GateState, line: OfMove, ours: boolean): void {
  // Ours are read first: what is ended by them stays ended, whatever the other log then tells of it.
  if (ours && line.kind === 'offered')
    openMoves[line.move] = { sent: true, track: line.track, offered: line };
  if (ours && line.kind === 'granted')
    openMoves[line.move] = { sent: false, track: line.track, granted: line };
  const open = Object.hasOwn(openMoves, line.move) ? openMoves[line.move] : undefined;
  if (open === undefined) return;
  if (open.sent === ours) takeOfSender(openMoves, line, open);
  else takeOfReceiver(openMoves, line, open);
}

function takeOfSender(openMoves: GateState['openMoves'], line: OfMove, open: OpenMove): void {
  if (line.kind === 'offered') open.offered = line;
  if (line.kind === 'offer-withdrawn') open.withdrawn = true;
  if (line.kind === 'departed') open.departed = line;
  if (line.kind === 'recalled') open.recalled = line;
  if (line.kind === 'grant-returned' || line.kind === 'closed') delete openMoves[line.move];
}

function takeOfReceiver(openMoves: GateState['openMoves'], line: OfMove, open: OpenMove): void {
  if (line.kind === 'granted') open.granted = line;
  if (line.kind === 'arrived') open.arrived = true;
  if (line.kind === 'received' || line.kind === 'received-with-remarks') {
    // For us as the receiver it is over; as the sender we have yet to close it.
    if (open.sent) open.received = line;
    else delete openMoves[line.move];
  }
  if (line.kind === 'refused') delete openMoves[line.move];
}

/** What our log tells of numbers given by telephone. */
function noteNumber({ numbers }: Restoring, line: OfMove): void {
  if (line.kind === 'granted' || line.kind === 'departed') {
    if (line.hotline !== undefined) numbers.push(line.hotline.number);
  } else if (line.kind === 'grant-returned' && BY_TELEPHONE.test(line.grant)) numbers.push(line.grant);
}

/**
 * While the two officers spoke, nobody could read our log: the other one may tell of a number that is in none of our lines. Then a
 * vehicle may be on the section, and people must find out.
 */
function followTelephone({ openMoves }: GateState, restoring: Restoring, line: OfMove): void {
  const { offers, numbers, strangeNumbers } = restoring;
  const { move, kind } = line;
  if (kind === 'offered') offers[move] = line;
  const offer = offers[move];
  if (kind === 'offer-withdrawn' || kind === 'departed' || kind === 'grant-returned') delete offers[move];
  if (kind !== 'granted' && kind !== 'departed') return;
  const { hotline } = line;
  if (hotline === undefined || numbers.includes(hotline.number)) return;
  strangeNumbers[hotline.number] = LOST_HERE;
  if (kind === 'granted') openMoves[move] = { sent: true, track: line.track };
  else if (offer !== undefined) openMoves[move] = { sent: false, track: offer.track };
}

// ---------------------------------------------------------------- taking them up

export function takeUpMoves(turn: Turn, { strangeNumbers, guests }: Restoring): void {
  const { openMoves } = turn.state;
  const known = Object.entries(openMoves);
  takeUpGuests(turn, guests);
  // Who is still to come first: who has come may have left its hold point to it.
  for (const [move, open] of known) if (open.arrived !== true) takeUp(turn, move, open);
  for (const [move, open] of known) if (open.arrived === true) takeUp(turn, move, open);
  for (const [number, why] of Object.entries(strangeNumbers)) fault(turn, number, why);
}

/** Vehicles of the other gate that were unloaded here and have not set out for home: they are let go when they ask. */
function takeUpGuests(turn: Turn, guests: Restoring['guests']): void {
  const { visitors, openMoves } = turn.state;
  for (const [vehicle, { came, left, last }] of Object.entries(guests)) {
    if (last === undefined || came <= left || openMoves[last.move] !== undefined) continue;
    const { plate, load, custodyPoint = UNTOLD } = last;
    visitors[vehicle] = { plate, crossing: '', unloaded: custodyPoint === UNTOLD || load === 'bobtail' };
    beginStay(turn, vehicle);
  }
}

function takeUp(turn: Turn, move: string, open: OpenMove): void {
  const { state } = turn;
  const { sent, offered, granted } = open;
  if (sent && offered !== undefined && (granted === undefined || open.withdrawn === true)) {
    giveUp(turn, move, open);
    delete state.openMoves[move];
    return;
  }
  // What neither log tells whole keeps its track, and is no crossing.
  if (offered === undefined || granted === undefined) return occupy(turn, move, open);
  delete state.openMoves[move];
  const crossing = sent ? send(turn, open, offered, granted) : expect(turn, open, offered, granted);
  if (open.arrived !== true) occupy(turn, move, open);
  if (open.received !== undefined) handOver(turn, crossing, open.received);
}

/** It had not left: for that we would have had to read a grant and to want it still. */
function giveUp(turn: Turn, move: string, { granted, withdrawn }: OpenMove): void {
  if (granted !== undefined) record(turn, { kind: 'grant-returned', move, grant: granted.grant });
  else if (withdrawn !== true) record(turn, { kind: 'offer-withdrawn', move });
}

/** Nobody is sent after it. */
function occupy(turn: Turn, move: string, { sent, track }: OpenMove): void {
  const view = turn.state.tracks[track];
  if (view === undefined) return;
  if (sent) view.moves.push(move);
  view.overdue.push(move);
  raiseAlarm(turn, 'SECTION_STALLED', move);
}

type Offer = RecordOf<'offered'>;
type Grant = RecordOf<'granted'>;

/** Our vehicle, or one of theirs on its way home, was let go, or may have been. */
function send(turn: Turn, open: OpenMove, offered: Offer, granted: Grant): Crossing {
  const { state } = turn;
  const { move, track, custodyPoint, returnOf } = offered;
  const { arrived, departed } = open;
  const crossing = newCrossing(turn, {
    direction: 'export',
    load: offered.load,
    stage: arrived === true ? 'arrived' : 'departed',
    containers: containersOf(offered),
  });
  crossing.lineClear = {
    move,
    track,
    askedAt: state.now,
    grant: granted.grant,
    holdNode: granted.holdNode,
    ...(granted.bayNode !== undefined && { bayNode: granted.bayNode }),
    used: true,
    ...(departed === undefined && { untold: true }),
    ...(custodyPoint && { custodyPoint }),
  };
  if (returnOf !== undefined) crossing.returnOf = { ...REFUSAL_UNTOLD, ...returnOf };
  if (open.recalled !== undefined) crossing.recalled = true;
  state.moves[move] = crossing.id;
  for (const { number } of crossing.containers) state.containers[number] ??= crossing.id;
  giveVehicle(turn, crossing, { id: offered.vehicle, home: offered.homeGate, plate: offered.plate });
  const view = isOurs(state, offered.homeGate) ? state.vehicles[offered.vehicle] : undefined;
  if (view !== undefined) view.crossing ??= crossing.id;
  if (arrived !== true) find(crossing, reason('UNSEEN_SINCE_RESTORE', move));
  else if (departed === undefined) tellDeparture(turn, crossing);
  tell(turn, crossing);
  return crossing;
}

/** A vehicle that we have let come: what it needs here is kept for it. */
function expect(turn: Turn, open: OpenMove, offered: Offer, granted: Grant): Crossing {
  const { state } = turn;
  const crossing = announce(turn, offered);
  state.offers = state.offers.filter((id) => id !== crossing.id);
  const { inbound } = crossing;
  if (inbound === undefined) throw new Error(`${crossing.id} is announced without its move`);
  inbound.grant = granted.grant;
  inbound.departed = open.departed !== undefined;
  takePlaces(turn, crossing, granted, open.arrived === true);
  crossing.stage = open.arrived === true ? 'arrived' : inbound.departed ? 'departed' : 'granted';
  find(crossing, reason('UNSEEN_SINCE_RESTORE', offered.move));
  if (open.recalled !== undefined) {
    crossing.findings.push(reason('RECALLED', open.recalled.text?.[0]?.text ?? open.recalled.code));
    raiseAlarm(turn, 'RECALLED', crossing.id);
  }
  tell(turn, crossing);
  return crossing;
}

// ---------------------------------------------------------------- what is told of them later

/** It has come, or goes now: it had left, or leaves, on the grant of which our log tells. */
export function tellDeparture(turn: Turn, { lineClear, containers }: Crossing): void {
  if (lineClear?.untold !== true || lineClear.grant === undefined) return;
  delete lineClear.untold;
  const { move, grant } = lineClear;
  const carried = containers.map(({ number }) => number);
  record(turn, {
    kind: 'departed',
    move,
    grant,
    eventTime: localTime(turn),
    ...(carried.length > 0 && { containers: carried }),
  });
}

/** What the other side says later of a move that is known by its name alone; tells whether it is one. */
export function takeOfOpenMove(turn: Turn, line: HandoverRecord): boolean {
  if (!('move' in line)) return false;
  const { openMoves } = turn.state;
  const open = Object.hasOwn(openMoves, line.move) ? openMoves[line.move] : undefined;
  if (open === undefined) return false;
  const { kind, move } = line;
  const isOver = open.sent
    ? kind === 'received' || kind === 'received-with-remarks'
    : kind === 'grant-returned' || kind === 'closed';
  if (isOver || (open.sent && kind === 'arrived')) endTransit(turn, open.track, move);
  if (isOver && open.sent) record(turn, { kind: 'closed', move, eventTime: localTime(turn) });
  if (isOver) delete openMoves[move];
  if (kind === 'recalled') raiseAlarm(turn, 'RECALLED', move);
  return true;
}
