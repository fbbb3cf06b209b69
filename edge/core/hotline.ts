/**
 * Line clear by telephone, where both authorities have allowed it: while the gates cannot read each other, the two officers on
 * duty read a one-time number back to each other, and one vehicle goes. Each side looks at what it knows itself: the whole
 * section must be empty. Both journal it, and when the link is back the logs are held against each other; until they agree
 * nothing is granted any other way.
 */
import { laneLoadOf } from '../../config/schema.ts';
import type { RecordOf } from '../../protocols/handover/record.ts';
import type { HotlineAct } from './acts.ts';
import { lookAtCrossing } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { giveUpLineClear, noteDeparted, offer, sentAs, waitsForLineClear } from './border.ts';
import { announce, give, inboundOf, roomFor, tellMore } from './border-host.ts';
import type { HotlineCall } from './hotline-state.ts';
import { logsAreSound } from './log-faults.ts';
import type { Signed } from './officer-signatures.ts';
import { isOccupied } from './owners.ts';
import { closureOn, isInspected } from './section-state.ts';
import { configOf, isOurs, siteOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { freshVehicle } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import { endTransit, leadsIn, leadsOut, lookAtBorderOut } from './tracks.ts';
import type { Turn } from './turn.ts';
import { count, decide } from './turn.ts';

type Of<K extends HotlineAct['kind']> = Extract<HotlineAct, { kind: K }>;

/** How long two officers may take on the telephone, from the announcement until the number is used. */
const OFFER_MS = 900_000;
/** How long after the link is back the other log may keep silent about what was granted by telephone. */
const RECONCILE_MS = 60_000;
/** What the other log says of numbers nobody knows is kept up to here; each of them keeps line clear off. */
const FAULTS_MAX = 20;
/** Vehicles that may be sent or let come by telephone before the logs are held against each other. */
const CALLS_MAX = 50;
const NOT_TOLD = 'the other log does not tell of it';

/** What a duty officer, or a supervisor, asks for. Tells why not. */
export function hotline(turn: Turn, act: HotlineAct, person: string, signed: Signed): string | null {
  const { state } = turn;
  const { counterpart, gate } = configOf(state);
  if (!counterpart.hotline) return 'line clear by telephone is not allowed here';
  if (act.kind === 'hotline-clear') return clear(turn, act.number, person);
  if (!isOfficer(state, gate.id, person)) return `${person} is no duty officer of ${gate.id}`;
  if ('officer' in act && !isOfficer(state, counterpart.gate, act.officer))
    return `${act.officer} is no duty officer of ${counterpart.gate}`;
  // Its numbers and its moves would have the names of others.
  if (!state.log.open)
    return 'how far our own log had come is not known yet: the other side must be read first';
  if (state.link.up) return 'the link is up: line clear is asked for and granted by the logs';
  // What was granted could not be held against a log that is not believed. What is on its way may still be said to have arrived.
  if (act.kind !== 'hotline-arrived' && !logsAreSound(state))
    return 'a fault of a log stands: nothing goes until people have cleared it';
  switch (act.kind) {
    case 'hotline-offer':
      return announceOurs(turn, act);
    case 'hotline-grant':
      return grant(turn, act, person, signed);
    case 'hotline-use':
      return use(turn, act, person, signed);
    case 'hotline-arrived':
      return arrived(turn, act.number);
    default:
      return act satisfies never;
  }
}

const isOfficer = (state: GateState, gate: string, id: string): boolean =>
  configOf(state).counterpart.hotlineOfficers.some((one) => one.gate === gate && one.id === id);

/** Why nobody can be sent or let come by telephone now; `move`: the one that it is about. */
function againstCall(state: GateState, track: string, move: string): string | null {
  const { calls, faults } = state.section.hotline;
  const fault = Object.keys(faults)[0];
  if (fault !== undefined) return `${fault} is not explained yet`;
  if (Object.keys(calls).length >= CALLS_MAX) return `${CALLS_MAX} wait to be held against the other log`;
  const open = Object.values(calls).find((call) => !call.arrived);
  if (open !== undefined) return `${open.number} is not over: one vehicle at a time`;
  for (const { id } of configOf(state).section.tracks) {
    const view = state.tracks[id];
    const other = [...(view?.overdue ?? []), ...(view?.moves ?? [])].find((one) => one !== move);
    if (other !== undefined) return `${other} is not known to have left the section`;
    if (isOccupied(state, id)) return `a place on ${id} is still given away`;
  }
  if (closureOn(state, track) !== undefined) return `${track} is closed`;
  return isInspected(state, track) ? `the block reset of ${track} is not done` : null;
}

// ---------------------------------------------------------------- the sender

/** The vehicle in the lane gets the name under which the officers speak of it. */
function announceOurs(turn: Turn, { lane }: Of<'hotline-offer'>): string | null {
  const { state } = turn;
  const visit = state.lanes[lane]?.visit;
  const crossing = state.crossings[visit?.crossing ?? ''];
  if (
    visit == null ||
    crossing?.vehicle === undefined ||
    siteOf(state).lanes.get(lane)?.checkpoint !== 'border-out'
  )
    return `nobody known stands before the border in ${lane}`;
  // The other gate’s vehicle needs its authority on its way out, and that is read in its log alone.
  if (!isOurs(state, crossing.vehicle.home)) return `${crossing.vehicle.id} is commanded by the other gate`;
  const { lineClear } = crossing;
  if (lineClear?.used === true) return `${crossing.id} has been sent already`;
  if (lineClear?.byTelephone === true) return `it is announced as ${lineClear.move} already`;
  // What it is the return of could not be told over the telephone so that it would count.
  if (crossing.load === 'return') return `${crossing.id} is a return: it waits for the link`;
  if (!waitsForLineClear(visit)) return `something else stands against ${crossing.id}`;
  const load = laneLoadOf(crossing.load);
  const track = configOf(state).section.tracks.find(
    ({ id, loads }) => loads.includes(load) && leadsOut(state, id) && closureOn(state, id) === undefined,
  );
  if (track === undefined) return 'no track leads there now';
  const against = againstCall(state, track.id, lineClear?.move ?? '');
  if (against !== null) return against;
  giveUpLineClear(turn, crossing);
  const made = offer(turn, crossing, track.id, OFFER_MS);
  made.byTelephone = true;
  const { vehicle, containers } = crossing;
  decide(turn, 'hotline', {
    state: 'announced',
    move: made.move,
    track: track.id,
    vehicle: vehicle.id,
    plate: vehicle.plate,
    load: crossing.load,
    containers: containers.map(({ number }) => number),
  });
  return null;
}

/** The number was read back: it may go, once, and only while nothing has come between. */
function use(
  turn: Turn,
  { number, move, hold, officer }: Of<'hotline-use'>,
  person: string,
  { officerSignatures }: Signed,
): string | null {
  const { state } = turn;
  const crossing = sentAs(state, move);
  const { lineClear } = crossing ?? {};
  if (crossing === undefined || lineClear?.byTelephone !== true)
    return `${move} was not announced by telephone`;
  if (lineClear.grant !== undefined) return `${move} has its number already`;
  if (Object.hasOwn(state.section.hotline.calls, number)) return `${number} was used already`;
  const node = siteOf(state).nodes.get(hold);
  if (node?.role !== 'hold' || isOurs(state, node.gate ?? ''))
    return `${hold} is no hold point of the other gate`;
  const against = againstCall(state, lineClear.track, move);
  if (against !== null) return against;
  lineClear.grant = number;
  lineClear.holdNode = hold;
  lineClear.hotline = { number, sender: person, receiver: officer };
  if (officerSignatures !== undefined) lineClear.officerSignatures = officerSignatures;
  setTimer(state, `grant/${crossing.id}`, state.now + configOf(state).counterpart.grantValidMs);
  lookAtCrossing(turn, crossing);
  return null;
}

/** Whether it may go on the number that was read back: only as long as the logs cannot be read, and are believed. */
export function hasNumber(state: GateState, { lineClear }: Crossing): boolean {
  if (lineClear?.hotline === undefined || state.link.up || !logsAreSound(state)) return false;
  return leadsOut(state, lineClear.track) && againstCall(state, lineClear.track, lineClear.move) === null;
}

/** It goes on that number: nobody else until it has arrived, and nothing by the logs until they agree. */
export function noteSent(
  { state }: Turn,
  { move, track, hotline: said }: NonNullable<Crossing['lineClear']>,
): void {
  if (said === undefined) return;
  keepCall(state, { ...said, move, track, side: 'sender', arrived: false });
}

/** The other officer says so; what our own vehicle tells must bear it out. */
function arrived(turn: Turn, number: string): string | null {
  const { state } = turn;
  const call = callOf(state, number);
  if (call === undefined || call.arrived) return `${number} is not under way`;
  if (call.side === 'receiver') return `${number} comes to us: it arrives when it is seen`;
  const { vehicle, lineClear } = sentAs(state, call.move) ?? {};
  const heardAt = freshVehicle(state, vehicle?.id ?? '')?.lastNodeId;
  if (heardAt !== lineClear?.holdNode)
    return `${vehicle?.id} was last heard at ${heardAt ?? 'no known place'}`;
  call.arrived = true;
  endTransit(turn, call.track, call.move);
  decide(turn, 'hotline', { state: 'arrived', number, move: call.move });
  return null;
}

// ---------------------------------------------------------------- the receiver

/** Gives away track, hold point and bay for what the other officer has announced, under a number that is used once. */
function grant(turn: Turn, act: Of<'hotline-grant'>, person: string, signed: Signed): string | null {
  const { state } = turn;
  const { move, track, load, containers, officer } = act;
  const against = grantAgainst(state, act);
  if (against !== null) return against;
  if (roomFor(state, track, { direction: 'import', load }) === null) return 'there is no room for it';
  const known = inboundOf(state, move);
  const crossing =
    known ??
    announce(turn, {
      kind: 'offered',
      move,
      load,
      track,
      vehicle: act.vehicle,
      homeGate: configOf(state).counterpart.gate,
      plate: act.plate,
      containers: containers.map((number) => ({ number })),
    });
  const number = `${count(turn, 'hotline')}-${act.salt}`;
  const said = { number, sender: officer, receiver: person };
  give(turn, crossing, said, signed);
  state.offers = state.offers.filter((id) => id !== crossing.id);
  keepCall(state, { ...said, move, track, side: 'receiver', arrived: false });
  decide(turn, 'hotline', { state: 'granted', number, move, track, hold: crossing.inbound?.holdNode });
  return null;
}

function grantAgainst(state: GateState, act: Of<'hotline-grant'>): string | null {
  const { move, track, vehicle, load, containers } = act;
  if (state.stopped) return 'the gate is stopped';
  const known = siteOf(state).tracks.get(track);
  const leadsToUs = known !== undefined && known.direction !== 'out' && leadsIn(state, track);
  if (!leadsToUs || !known.loads.includes(laneLoadOf(load)))
    return `nobody comes to us on ${track} with that load now`;
  if (siteOf(state).vehicles.has(vehicle))
    return `${vehicle} is ours: the other gate cannot send it by telephone`;
  if (Object.hasOwn(state.visitors, vehicle)) return `${vehicle} is on our ground already`;
  if ((load === 'bobtail') !== (containers.length === 0))
    return `${containers.length} containers do not fit “${load}”`;
  if (Object.hasOwn(state.moves, move)) {
    const crossing = inboundOf(state, move);
    if (crossing?.stage !== 'offered' || crossing.vehicle?.id !== vehicle) return `${move} is another one`;
  }
  return againstCall(state, track, move);
}

/** It was seen at our hold point. */
export function noteArrived({ state }: Turn, move: string): void {
  const call = callFor(state, move);
  if (call !== undefined) call.arrived = true;
}

// ---------------------------------------------------------------- holding the logs against each other

const callOf = ({ section }: GateState, number: string): HotlineCall | undefined =>
  Object.hasOwn(section.hotline.calls, number) ? section.hotline.calls[number] : undefined;

const callFor = ({ section }: GateState, move: string): HotlineCall | undefined =>
  Object.values(section.hotline.calls).find((call) => call.move === move);

function keepCall({ section }: GateState, call: HotlineCall): void {
  section.hotline.calls[call.number] = call;
}

/** The link came: what was announced and not sent is asked for by the logs again, and each call must be met soon. Or it went. */
export function takeHotlineLink(turn: Turn, up: boolean): void {
  const { state } = turn;
  for (const number in state.section.hotline.calls) {
    if (up) setTimer(state, `hotline/${number}`, state.now + RECONCILE_MS);
    else clearTimer(state, `hotline/${number}`);
  }
  if (!up) return;
  for (const crossing of Object.values(state.crossings))
    if (crossing.lineClear?.byTelephone === true) giveUpLineClear(turn, crossing);
}

/** The other log has not met it in time: timer `hotline/<number>`. */
export function fireHotline(turn: Turn, number: string): void {
  const { state } = turn;
  if (state.link.up && callOf(state, number) !== undefined) fault(turn, number, NOT_TOLD);
}

/** The receiver’s log tells of the grant. False: it is not about one that was sent by telephone. */
export function meetGrant(turn: Turn, crossing: Crossing, line: RecordOf<'granted'>): boolean {
  const { state } = turn;
  const { lineClear } = crossing;
  const call = callFor(state, line.move);
  if (call === undefined || lineClear === undefined) return false;
  const { number, sender, receiver } = line.hotline ?? {};
  const isSame = number === call.number && sender === call.sender && receiver === call.receiver;
  // Where it is unloaded; it gets there only by movement authority.
  if (line.bayNode !== undefined) lineClear.bayNode = line.bayNode;
  lookAtCrossing(turn, crossing);
  if (!isSame || line.grant !== call.number || line.holdNode !== lineClear.holdNode)
    fault(turn, call.number, `it was granted as ${number ?? line.grant}, to ${line.holdNode}`);
  else meet(turn, call);
  return true;
}

/** The sender’s log tells of a departure. */
export function meetDeparture(turn: Turn, line: RecordOf<'departed'>): void {
  const { state } = turn;
  const call = callFor(state, line.move);
  const { number, sender, receiver } = line.hotline ?? {};
  if (call === undefined) {
    if (number !== undefined)
      fault(turn, number, `${line.move} was sent on it, and we have granted no such number`);
    return;
  }
  const isSame = number === call.number && sender === call.sender && receiver === call.receiver;
  if (isSame && line.grant === call.number) return meet(turn, call);
  call.departed = true;
  fault(turn, call.number, `${line.move} was sent on ${number ?? line.grant}`);
}

/** What was announced by telephone stands in the sender’s log: it must be what we were told. True: it was about that. */
export function meetOffer(turn: Turn, line: RecordOf<'offered'>): boolean {
  const { state } = turn;
  const call = callFor(state, line.move);
  const crossing = inboundOf(state, line.move);
  if (call === undefined || crossing === undefined) return false;
  const numbers = (containers: readonly { number: string }[]): string =>
    containers
      .map(({ number }) => number)
      .toSorted()
      .join();
  const isSame =
    crossing.vehicle?.id === line.vehicle &&
    crossing.vehicle.plate === line.plate &&
    crossing.load === line.load &&
    call.track === line.track &&
    numbers(crossing.containers) === numbers(line.containers);
  // Of the two the signed line counts.
  tellMore(turn, crossing, line);
  if (!isSame) fault(turn, call.number, `${line.move} is not what was told by telephone`);
  return true;
}

/** It was given back unused. */
export function forgetCall(turn: Turn, move: string): void {
  const call = callFor(turn.state, move);
  if (call !== undefined) meet(turn, call);
}

/** Both logs tell the same of it. */
function meet(turn: Turn, { number, move }: HotlineCall): void {
  const { hotline: kept } = turn.state.section;
  delete kept.calls[number];
  clearTimer(turn.state, `hotline/${number}`);
  if (kept.faults[number] === NOT_TOLD) explain(turn, number);
  decide(turn, 'hotline', { state: 'reconciled', number, move });
  resume(turn);
}

/** Nothing is offered or granted until a supervisor has found out what happened. */
export function fault(turn: Turn, number: string, why: string): void {
  const { faults } = turn.state.section.hotline;
  decide(turn, 'hotline', { state: 'mismatch', number, why });
  raiseAlarm(turn, 'HOTLINE_MISMATCH', number);
  if (Object.keys(faults).length < FAULTS_MAX || Object.hasOwn(faults, number)) faults[number] ??= why;
}

/** A supervisor has found out what happened. */
function clear(turn: Turn, number: string, person: string): string | null {
  const { hotline: kept } = turn.state.section;
  if (!Object.hasOwn(kept.faults, number)) return `nothing is wrong with ${number}`;
  explain(turn, number);
  const call = kept.calls[number];
  if (call?.departed === true) noteDeparted(turn, call.move);
  delete kept.calls[number];
  clearTimer(turn.state, `hotline/${number}`);
  decide(turn, 'hotline', { state: 'cleared', number, person });
  resume(turn);
  return null;
}

function explain(turn: Turn, number: string): void {
  delete turn.state.section.hotline.faults[number];
  returnAlarm(turn, 'HOTLINE_MISMATCH', number);
}

/** Line clear by the logs may be on again. */
function resume(turn: Turn): void {
  turn.agenda.grants = true;
  turn.agenda.tracks = true;
  lookAtBorderOut(turn);
}
