/**
 * The border section and the gate across it: line clear, movement authority, custody (DESIGN §7). Each gate writes only
 * its own log; what the other side did is known when its line has been read.
 */
import type { ShareableField } from '../../config/schema.ts';
import { encodeRecord } from '../../protocols/handover/line.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { complete, joinBooking, localTime, newCrossing } from './crossing.ts';
import type { CounterpartRecord, HandoverRecord } from './input.ts';
import { hoistClearOf } from './interlock.ts';
import type { AuthorityRequest, CargoContainer, Crossing, GateState } from './state.ts';
import {
  activeCrossings,
  bayAtNode,
  bayConfig,
  baysFor,
  configOf,
  disown,
  firstFree,
  freeSlot,
  freshLaneIo,
  laneAtNode,
  laneFor,
} from './state.ts';
import type { Turn } from './turn.ts';
import { advance, clearTimer, count, decide, setTimer, tell } from './turn.ts';

/** Writes one line of our log: exact bytes, numbered without gaps. Exchange only signs and serves it. */
export function record(turn: Turn, line: HandoverRecord): void {
  const { gate } = configOf(turn.state);
  const number = count(turn, 'line');
  const data = encodeRecord({
    gate: gate.id,
    line: number,
    at: turn.state.now,
    utcOffset: gate.utcOffset,
    record: line,
  });
  decide(turn, 'handover', { line: number, record: line.kind, data });
}

// ---------------------------------------------------------------- as the sender

/** Asks for line clear for whatever stands at `border-out` with nothing else against it. */
function askLineClear(turn: Turn): void {
  const { state } = turn;
  const config = configOf(state);
  if (!state.link.up) return;
  for (const lane of config.lanes.filter((one) => one.checkpoint === 'border-out')) {
    const visit = state.lanes[lane.id]?.visit ?? null;
    const crossing = visit?.crossing === undefined ? undefined : state.crossings[visit.crossing];
    if (visit === null || crossing?.vehicle === undefined || crossing.lineClear !== undefined) continue;
    if (visit.reasons.length !== 1 || visit.reasons[0]?.code !== 'LINE_NOT_CLEAR') continue;
    const track = config.section.tracks.find(
      (one) => one.direction === 'out' && one.loads.includes(crossing.load),
    );
    if (track === undefined) continue;
    const move = `${config.gate.id}-m${count(turn, 'move')}`;
    crossing.lineClear = { move, askedAt: state.now, used: false };
    setTimer(turn, `grant/${crossing.id}`, state.now + config.counterpart.grantValidMs);
    record(turn, {
      kind: 'offer',
      move,
      load: crossing.load,
      track: track.id,
      vehicle: crossing.vehicle.id,
      homeGate: crossing.vehicle.home,
      plate: crossing.vehicle.plate,
      containers: crossing.containers.map((container) => shared(container, config.counterpart.share)),
    });
    advance(turn, crossing, 'at-border-out');
  }
}

/** What of a container may cross the border: its number, and the fields the configuration allows. */
function shared(container: CargoContainer, fields: readonly ShareableField[]) {
  return {
    number: container.number,
    ...(fields.includes('seals') && { seals: container.seals }),
    ...(fields.includes('grossKg') && container.grossKg !== undefined && { grossKg: container.grossKg }),
    ...(fields.includes('declarations') && { declarations: container.declarations }),
  };
}

/** The release decision uses the grant, once, in the same journal entry and before any command. */
export function useLineClear(turn: Turn, crossing: Crossing): void {
  const { lineClear } = crossing;
  if (lineClear?.grant === undefined || lineClear.used) return;
  lineClear.used = true;
  clearTimer(turn, `grant/${crossing.id}`);
  record(turn, {
    kind: 'departed',
    move: lineClear.move,
    grant: lineClear.grant,
    eventTime: localTime(turn),
  });
  advance(turn, crossing, 'departed');
}

/** Gives up a line clear that was not used: time ran out, or we do not know how long ago we asked. */
export function giveUpLineClear(turn: Turn, crossing: Crossing): void {
  const { lineClear } = crossing;
  if (lineClear === undefined || lineClear.used) return;
  if (lineClear.grant !== undefined) {
    record(turn, { kind: 'grant-returned', move: lineClear.move, grant: lineClear.grant });
  } else record(turn, { kind: 'offer-withdrawn', move: lineClear.move });
  delete crossing.lineClear;
  clearTimer(turn, `grant/${crossing.id}`);
}

const sentAs = (state: GateState, move: string): Crossing | undefined =>
  activeCrossings(state).find((crossing) => crossing.lineClear?.move === move);
const receivedAs = (state: GateState, move: string): Crossing | undefined =>
  activeCrossings(state).find((crossing) => crossing.inbound?.move === move);

// ---------------------------------------------------------------- both sides: reading the other log

/** One line of the other gate's log. */
export function takeRecord(turn: Turn, input: CounterpartRecord): void {
  const { state } = turn;
  const line = input.record;
  switch (line.kind) {
    case 'offer':
      return takeOffer(turn, line);
    case 'offer-withdrawn': {
      const crossing = receivedAs(state, line.move);
      // Granted meanwhile: only the sender's `grant-returned` frees the block.
      if (crossing !== undefined && crossing.inbound?.grant === undefined) abandon(turn, crossing);
      return;
    }
    case 'grant': {
      const crossing = sentAs(state, line.move);
      if (crossing?.lineClear === undefined) {
        record(turn, { kind: 'grant-returned', move: line.move, grant: line.grant });
        return;
      }
      crossing.lineClear.grant = line.grant;
      crossing.lineClear.holdNode = line.holdNode;
      if (line.bayNode !== undefined) crossing.lineClear.bayNode = line.bayNode;
      return;
    }
    case 'grant-refused': {
      raiseAlarm(turn, 'OFFER_REFUSED', line.move);
      return;
    }
    case 'grant-returned': {
      const crossing = receivedAs(state, line.move);
      if (crossing === undefined || crossing.inbound?.grant !== line.grant)
        raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
      else abandon(turn, crossing);
      return;
    }
    case 'departed': {
      const crossing = receivedAs(state, line.move);
      if (crossing?.inbound === undefined || crossing.inbound.grant !== line.grant) {
        raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
        return;
      }
      crossing.inbound.departed = true;
      returnAlarm(turn, 'DEPARTURE_UNREAD', crossing.id);
      if (crossing.stage === 'granted') advance(turn, crossing, 'departed');
      return;
    }
    case 'arrived': {
      const crossing = sentAs(state, line.move);
      if (crossing !== undefined) advance(turn, crossing, 'arrived');
      return;
    }
    case 'received': {
      const crossing = sentAs(state, line.move);
      if (crossing === undefined) {
        raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
        return;
      }
      record(turn, { kind: 'closed', move: line.move, eventTime: localTime(turn) });
      for (const view of Object.values(state.vehicles))
        if (view.crossing === crossing.id) view.crossing = null;
      complete(turn, crossing);
      return;
    }
    case 'closed':
      decide(turn, 'move-closed', { move: line.move });
      return;
    case 'authority-ask': {
      const { kind: _, ...ask } = line;
      state.authorityRequests[line.vehicle] = { ...ask, granted: false };
      return;
    }
    case 'authority': {
      const view = state.vehicles[line.vehicle];
      if (view?.authority?.ask === line.ask) view.authority.granted = true;
      return;
    }
    default:
      line satisfies never;
  }
}

// ---------------------------------------------------------------- as the receiver

function takeOffer(turn: Turn, offer: Extract<HandoverRecord, { kind: 'offer' }>): void {
  const { state } = turn;
  const track = configOf(state).section.tracks.find(
    (one) => one.id === offer.track && one.direction === 'in',
  );
  if (track === undefined || !track.loads.includes(offer.load)) {
    record(turn, {
      kind: 'grant-refused',
      move: offer.move,
      reason: `no track ${offer.track} for ${offer.load}`,
    });
    return;
  }
  const crossing = newCrossing(turn, {
    direction: 'import',
    load: offer.load,
    stage: 'offered',
    containers: offer.containers.map((container) => ({
      number: container.number,
      seals: container.seals ?? [],
      declarations: container.declarations ?? [],
      ...(container.grossKg !== undefined && { grossKg: container.grossKg }),
    })),
  });
  crossing.vehicle = { id: offer.vehicle, home: offer.homeGate, plate: offer.plate };
  crossing.inbound = { move: offer.move, track: track.id, departed: false };
  joinBooking(turn, crossing);
  tell(turn, crossing);
}

/** Grants what can be granted: a free track, a place to stand, and for a container a bay and a slot. */
function grantLineClear(turn: Turn): void {
  const { state } = turn;
  for (const crossing of activeCrossings(state)) {
    const { inbound } = crossing;
    if (crossing.stage !== 'offered' || inbound === undefined || inbound.grant !== undefined) continue;
    if (state.owners[`track:${inbound.track}`] !== undefined) continue;
    const nodes = laneFor(state, 'border-in', crossing.load).flatMap((lane) =>
      lane.node === undefined ? [] : [lane.node],
    );
    const holdNode = firstFree(state, 'node', nodes);
    if (holdNode === undefined) continue;
    const landing = baysFor(state, 'landing').map((bay) => bay.id);
    const bay = crossing.load === 'laden' ? firstFree(state, 'bay', landing) : undefined;
    const slot = crossing.load === 'laden' ? freeSlot(state, 'import') : undefined;
    if (crossing.load === 'laden' && (bay === undefined || slot === undefined)) continue;
    inbound.grant = `${configOf(state).gate.id}-g${count(turn, 'grant')}`;
    inbound.holdNode = holdNode;
    state.owners[`track:${inbound.track}`] = crossing.id;
    state.owners[`node:${holdNode}`] = crossing.id;
    const bayNode = bay === undefined ? undefined : bayConfig(state, bay)?.node;
    if (bay !== undefined && slot !== undefined) {
      inbound.bay = bay;
      crossing.slot = slot;
      state.owners[`bay:${bay}`] = crossing.id;
      state.owners[`slot:${slot}`] = crossing.id;
    }
    record(turn, {
      kind: 'grant',
      move: inbound.move,
      grant: inbound.grant,
      track: inbound.track,
      holdNode,
      ...(bayNode !== undefined && { bayNode }),
    });
    advance(turn, crossing, 'granted');
  }
}

/** A granted vehicle that was recognised at `border-in`: the section behind it is empty again. */
function noticeArrivals(turn: Turn): void {
  const { state } = turn;
  for (const lane of configOf(state).lanes.filter((one) => one.checkpoint === 'border-in')) {
    const visit = state.lanes[lane.id]?.visit ?? null;
    const crossing = visit?.crossing === undefined ? undefined : state.crossings[visit.crossing];
    if (
      crossing?.inbound?.grant === undefined ||
      (crossing.stage !== 'granted' && crossing.stage !== 'departed')
    )
      continue;
    // It is let in all the same: nobody waits on the border section. Custody and unloading wait for the record.
    if (!crossing.inbound.departed) raiseAlarm(turn, 'DEPARTURE_UNREAD', crossing.id);
    disown(state, crossing.id, `track:${crossing.inbound.track}`);
    record(turn, { kind: 'arrived', move: crossing.inbound.move, eventTime: localTime(turn) });
    advance(turn, crossing, 'arrived');
  }
}

/** An announced vehicle that does not come after all. */
function abandon(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  decide(turn, 'abandoned', { crossing: crossing.id, move: crossing.inbound?.move });
  for (const [resource, owner] of Object.entries(state.owners))
    if (owner === crossing.id) delete state.owners[resource];
  delete state.crossings[crossing.id];
}

// ---------------------------------------------------------------- movement authority, as the host

/** Lets the other gate's vehicles go on over our ground, one stretch at a time. */
function grantAuthority(turn: Turn): void {
  const { state } = turn;
  for (const request of Object.values(state.authorityRequests)) {
    if (request.granted || !mayMove(turn, request)) continue;
    request.granted = true;
    const { granted: _, ...stretch } = request;
    record(turn, { kind: 'authority', ...stretch });
  }
}

function mayMove(turn: Turn, { vehicle, from, to }: AuthorityRequest): boolean {
  const { state } = turn;
  const lane = laneAtNode(state, from);
  if (lane !== undefined) {
    const visit = state.lanes[lane.id]?.visit ?? null;
    const crossing = visit?.crossing === undefined ? undefined : state.crossings[visit.crossing];
    const up = freshLaneIo(state, lane.devices.io)?.barrier === 'up';
    if (visit?.released !== true || visit.verdict !== 'pass' || !up || crossing?.vehicle?.id !== vehicle)
      return false;
    const bay = bayAtNode(state, to);
    return bay === undefined || state.owners[`bay:${bay.id}`] === crossing.id;
  }
  const bay = bayAtNode(state, from);
  if (bay === undefined) return false;
  return mayLeaveBay(turn, bay.id, vehicle, to);
}

/** Out of the landing bay: unloaded, the hoist clear, and a place to stand before `border-out`, where its way home begins. */
function mayLeaveBay(turn: Turn, bay: string, vehicle: string, to: string): boolean {
  const { state } = turn;
  const came = [...activeCrossings(state), ...state.recent].find(
    (crossing) => crossing.vehicle?.id === vehicle && crossing.inbound?.bay === bay,
  );
  if (came?.vehicle === undefined) return false;
  const unloaded = !['offered', 'granted', 'departed', 'arrived', 'entering'].includes(came.stage);
  if (!unloaded || !hoistClearOf(state, bay).allowed) return false;
  const home = configOf(state).counterpart.gate;
  let leaving = activeCrossings(state).find(
    (crossing) =>
      crossing.direction === 'export' && crossing.load === 'bobtail' && crossing.vehicle?.id === vehicle,
  );
  if (leaving === undefined) {
    if (state.owners[`node:${to}`] !== undefined) return false;
    leaving = newCrossing(turn, { direction: 'export', load: 'bobtail', stage: 'loaded', containers: [] });
    leaving.vehicle = { id: vehicle, home, plate: came.vehicle.plate };
    state.owners[`node:${to}`] = leaving.id;
    tell(turn, leaving);
  }
  return state.owners[`node:${to}`] === leaving.id;
}

/** Everything that may now be asked, granted or noticed at the border. */
export function reconsiderBorder(turn: Turn): void {
  noticeArrivals(turn);
  askLineClear(turn);
  grantLineClear(turn);
  grantAuthority(turn);
}

/** The link to the other gate came or went. */
export function takeLink(turn: Turn, up: boolean): void {
  turn.state.link.up = up;
  if (up) returnAlarm(turn, 'LINK_DOWN', configOf(turn.state).counterpart.gate);
  else {
    turn.state.live = null;
    raiseAlarm(turn, 'LINK_DOWN', configOf(turn.state).counterpart.gate);
  }
}
