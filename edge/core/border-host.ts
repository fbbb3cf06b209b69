/** The border section as the receiver and host sees it: grants, arrivals, and the counterpart's vehicles on our ground (DESIGN §7). */
import { type LaneConfig, laneLoadOf } from '../../config/schema.ts';
import type { Evidence, RecordOf } from '../../protocols/handover/record.ts';
import { UNTOLD } from '../../protocols/refusal.ts';
import { lookAtCrossing } from './agenda.ts';
import { raiseAlarm } from './alarms.ts';
import { giveVehicle, joinBooking, localTime, newCrossing, remove } from './crossing.ts';
import { isAgreed } from './custody.ts';
import { evidenceIn } from './custody-evidence.ts';
import { endStay } from './dwell.ts';
import { seenAgain } from './findings.ts';
import { record } from './handover.ts';
import { meetOffer, noteArrived } from './hotline.ts';
import type { HandoverRecord } from './input.ts';
import { hoistAgainst } from './interlock-yard.ts';
import { isOpen } from './lane-hours.ts';
import { hasContainers } from './load.ts';
import type { Signed } from './officer-signatures.ts';
import { firstFree, free, freePlaceOn, freePlaces, isFree, take, takeBay, takeSlot } from './owners.ts';
import { standsAt } from './place-ahead.ts';
import { leaveRefuges, mayPass, outOfRefuge } from './refuge.ts';
import { linkReturn } from './returns.ts';
import { bayAtNode, configOf, cranesOver, isOurs, laneAtNode, lanesFor, siteOf } from './site.ts';
import type { AuthorityRequest, CargoContainer, Crossing, GateState, Visit, Visitor } from './state.ts';
import { freshLaneIo } from './state.ts';
import { endTransit, mayReceiveOn } from './tracks.ts';
import type { Turn } from './turn.ts';
import { advance, count, decide, tell } from './turn.ts';

/** The crossing a move of the other gate brings. */
export const inboundOf = (state: GateState, move: string): Crossing | undefined => {
  const crossing = state.crossings[state.moves[move] ?? ''];
  return crossing?.inbound?.move === move ? crossing : undefined;
};

// ---------------------------------------------------------------- line clear

type Offer = Extract<HandoverRecord, { kind: 'offered' }>;

export function takeOffer(turn: Turn, offer: Offer): void {
  const { state } = turn;
  const track = siteOf(state).tracks.get(offer.track);
  if (track === undefined || track.direction === 'out' || !track.loads.includes(laneLoadOf(offer.load))) {
    record(turn, { kind: 'refused', move: offer.move, code: 'NO_TRACK' });
    return;
  }
  if (!isAgreed(turn, offer.custodyPoint)) {
    record(turn, { kind: 'refused', move: offer.move, code: 'CUSTODY_POINT_DIFFERS' });
    return;
  }
  // Told by telephone before, and granted.
  if (meetOffer(turn, offer)) return;
  announce(turn, offer);
  record(turn, { kind: 'accepted', move: offer.move });
  turn.agenda.grants = true;
}

/** A crossing for what the other side will send. */
export function announce(turn: Turn, offer: Offer): Crossing {
  const { state } = turn;
  const crossing = newCrossing(turn, {
    direction: 'import',
    load: offer.load,
    stage: 'offered',
    containers: containersOf(offer),
  });
  const { move, track, custodyPoint } = offer;
  crossing.inbound = { move, track, departed: false, ...(custodyPoint && { custodyPoint }) };
  state.moves[offer.move] = crossing.id;
  for (const { number } of crossing.containers) state.containers[number] = crossing.id;
  giveVehicle(turn, crossing, { id: offer.vehicle, home: offer.homeGate, plate: offer.plate });
  const view = isOurs(state, offer.homeGate) ? state.vehicles[offer.vehicle] : undefined;
  if (view !== undefined) view.homeward = crossing.id;
  linkReturn(turn, crossing, offer.returnOf && { ...UNTOLD, ...offer.returnOf });
  joinBooking(turn, crossing);
  tell(turn, crossing);
  state.offers.push(crossing.id);
  return crossing;
}

export const containersOf = ({ containers }: Offer): CargoContainer[] =>
  containers.map((container) => ({
    number: container.number,
    ...(container.seals !== undefined && { seals: container.seals }),
    declarations: container.declarations ?? [],
    ...(container.grossKg !== undefined && { grossKg: container.grossKg }),
    ...(container.sizeType !== undefined && { sizeType: container.sizeType }),
  }));

/** What it carries, with seals, weights and declarations, of what was told by its numbers alone. */
export function tellMore(turn: Turn, crossing: Crossing, offer: Offer): void {
  const { containers } = turn.state;
  for (const { number } of crossing.containers)
    if (containers[number] === crossing.id) delete containers[number];
  for (const { number } of offer.containers) containers[number] = crossing.id;
  const booked = new Map(crossing.containers.map(({ number, declarations }) => [number, declarations]));
  crossing.containers = containersOf(offer).map((container) => ({
    ...container,
    declarations: [...new Set([...container.declarations, ...(booked.get(container.number) ?? [])])],
  }));
  lookAtCrossing(turn, crossing);
}

/** Grants what can be granted, oldest first: a free place on the track, a hold point, and for a container a bay and a slot. */
export function reconsiderGrants(turn: Turn): void {
  const { state } = turn;
  if (state.stopped) return;
  let granted = false;
  for (const id of state.offers) {
    const crossing = state.crossings[id];
    if (crossing?.inbound === undefined || !mayReceiveOn(state, crossing.inbound.track)) continue;
    if (give(turn, crossing)) granted = true;
  }
  if (granted) state.offers = state.offers.filter((id) => state.crossings[id]?.stage === 'offered');
}

/** A free place on the track, a hold point, and for containers a bay and a slot; null while one of them is missing. */
export function roomFor(
  state: GateState,
  track: string,
  coming: Pick<Crossing, 'direction' | 'load' | 'slot'>,
) {
  const place = freePlaceOn(state, track);
  const holdNode = holdPointFor(state, 'border-in', coming.load);
  const places = hasContainers(coming) ? freePlaces(state, coming, 'landing') : undefined;
  return place === undefined || holdNode === undefined || places === null
    ? null
    : { place, holdNode, places };
}

/** Grants what was offered, if there is room; `hotline`: by telephone, under that number, as our officer has `signed` it. */
export function give(
  turn: Turn,
  crossing: Crossing,
  hotline?: RecordOf<'granted'>['hotline'],
  signed: Signed = {},
): boolean {
  const { state } = turn;
  const { inbound } = crossing;
  const room = inbound === undefined ? null : roomFor(state, inbound.track, crossing);
  if (inbound === undefined || room === null) return false;
  const { place, holdNode, places } = room;
  inbound.grant = hotline?.number ?? `${configOf(state).gate.id}-g${count(turn, 'grant')}`;
  inbound.place = place;
  inbound.holdNode = holdNode;
  take(turn, crossing, place);
  take(turn, crossing, `node:${holdNode}`);
  if (places !== undefined) {
    takeBay(turn, crossing, places.bay);
    takeSlot(turn, crossing, places.slot);
  }
  welcome(turn, crossing);
  const bayNode = places?.bay.node;
  record(turn, {
    kind: 'granted',
    move: inbound.move,
    grant: inbound.grant,
    track: inbound.track,
    holdNode,
    ...(bayNode !== undefined && { bayNode }),
    ...(hotline && { hotline }),
    ...signed,
  });
  advance(turn, crossing, 'granted');
  return true;
}

/** A vehicle of the other gate is known on our ground from its grant on. */
function welcome({ state }: Turn, { id, vehicle, bays, load }: Crossing): void {
  if (vehicle === undefined || isOurs(state, vehicle.home)) return;
  state.visitors[vehicle.id] = {
    plate: vehicle.plate,
    crossing: id,
    unloaded: !hasContainers({ load }),
    ...(bays.landing !== undefined && { bay: bays.landing }),
  };
}

/**
 * Keeps for a move that was taken up from a restored log what its grant had given it, as far as nobody else has it by now: of
 * one that has arrived the track is free, and its hold point may be another’s.
 */
export function takePlaces(
  turn: Turn,
  crossing: Crossing,
  { holdNode, bayNode }: RecordOf<'granted'>,
  hasArrived: boolean,
): void {
  const { state } = turn;
  const { inbound } = crossing;
  if (inbound === undefined) return;
  inbound.holdNode = holdNode;
  const place = hasArrived ? undefined : freePlaceOn(state, inbound.track);
  if (place !== undefined) {
    inbound.place = place;
    take(turn, crossing, place);
  }
  if (isFree(state, `node:${holdNode}`)) take(turn, crossing, `node:${holdNode}`);
  const bay = bayNode === undefined ? undefined : bayAtNode(state, bayNode);
  if (bay !== undefined && isFree(state, `bay:${bay.id}`)) {
    takeBay(turn, crossing, bay);
    const reached = cranesOver(state, bay.id).flatMap(({ slots }) => slots);
    const slot = firstFree(state, 'slot', reached);
    if (slot !== undefined) takeSlot(turn, crossing, slot);
  }
  welcome(turn, crossing);
}

/** A free hold point of an open lane. */
function holdPointFor(
  state: GateState,
  checkpoint: 'border-in' | 'border-out',
  load: Crossing['load'],
): string | undefined {
  const nodes: string[] = [];
  for (const lane of lanesFor(state, checkpoint, laneLoadOf(load)))
    if (lane.node !== undefined && isOpen(state, lane) && standsAt(state, lane.node, '') === undefined)
      nodes.push(lane.node);
  return firstFree(state, 'node', nodes);
}

/** A granted vehicle that was recognised at `border-in`. */
export function noticeArrival(turn: Turn, lane: LaneConfig, visit: Visit, crossing: Crossing): void {
  const { inbound } = crossing;
  if (lane.checkpoint !== 'border-in' || visit.crossing !== crossing.id || inbound?.grant === undefined)
    return;
  seenAgain(turn, crossing);
  if (crossing.stage !== 'granted' && crossing.stage !== 'departed') return;
  arrive(turn, crossing, evidenceIn(visit));
}

/** It has come: its place on the section is empty again. */
export function arrive(turn: Turn, crossing: Crossing, evidence: readonly Evidence[] = []): void {
  const { inbound } = crossing;
  if (inbound === undefined) return;
  // It is let in all the same: nobody waits on the border section. Custody and unloading wait for the record.
  if (!inbound.departed) raiseAlarm(turn, 'DEPARTURE_UNREAD', crossing.id);
  if (inbound.place !== undefined) free(turn, crossing, inbound.place);
  endTransit(turn, inbound.track, inbound.move);
  noteArrived(turn, inbound.move);
  record(turn, {
    kind: 'arrived',
    move: inbound.move,
    eventTime: localTime(turn),
    ...(evidence.length > 0 && { evidence: [...evidence] }),
  });
  advance(turn, crossing, 'arrived');
}

/** An announced vehicle that does not come after all. */
export function abandon(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  decide(turn, 'abandoned', { crossing: crossing.id, move: crossing.inbound?.move });
  if (crossing.inbound !== undefined) endTransit(turn, crossing.inbound.track, crossing.inbound.move);
  if (crossing.vehicle !== undefined && state.visitors[crossing.vehicle.id]?.crossing === crossing.id) {
    delete state.visitors[crossing.vehicle.id];
    endStay(turn, crossing.vehicle.id);
  }
  state.offers = state.offers.filter((id) => id !== crossing.id);
  remove(turn, crossing);
}

// ---------------------------------------------------------------- movement authority

export function takeAuthorityAsk(turn: Turn, ask: Omit<AuthorityRequest, 'granted'>): void {
  turn.state.authorityRequests[ask.vehicle] = { ...ask, granted: false };
  turn.agenda.authority = true;
}

/** Lets the other gate's vehicles go on over our ground, one stretch at a time, to the place we choose. */
export function reconsiderAuthority(turn: Turn): void {
  const { state } = turn;
  leaveRefuges(turn);
  if (state.stopped) return;
  for (const waiting in state.authorityRequests) {
    const request = state.authorityRequests[waiting];
    if (request === undefined || request.granted) continue;
    const to = nextPlace(turn, request);
    if (to === undefined || standsAt(state, to, waiting) !== undefined) continue;
    request.granted = true;
    request.to = to;
    const { ask, vehicle, from } = request;
    record(turn, { kind: 'authority-granted', ask, vehicle, from, to });
  }
}

/** Where the vehicle may go from where it stands; undefined while it may not. */
function nextPlace(turn: Turn, { vehicle, from, to }: AuthorityRequest): string | undefined {
  const { state } = turn;
  const lane = laneAtNode(state, from);
  if (lane !== undefined) return throughLane(state, lane, vehicle, to);
  if (siteOf(state).refuges.includes(from)) return outOfRefuge(state, from, vehicle);
  const bay = bayAtNode(state, from);
  const visitor = state.visitors[vehicle];
  // Known from a restored log: its own gate tells where it stands.
  if (visitor?.crossing === '' && bay !== undefined && isFree(state, `bay:${bay.id}`)) visitor.bay ??= bay.id;
  if (bay === undefined || visitor?.bay !== bay.id || !visitor.unloaded) return undefined;
  return hoistAgainst(state, bay.id) === null ? holdPointHome(turn, vehicle, visitor) : undefined;
}

/** Out of a lane: let through there, the barrier up; into a bay only if it is its own, and to its refuge slot if it is sent aside. */
function throughLane(state: GateState, lane: LaneConfig, vehicle: string, to: string): string | undefined {
  const visit = state.lanes[lane.id]?.visit ?? null;
  const crossing = visit?.crossing === undefined ? undefined : state.crossings[visit.crossing];
  if (visit?.released !== true || !mayPass(visit) || crossing?.vehicle?.id !== vehicle) return undefined;
  if (freshLaneIo(state, lane.devices.io)?.barrier !== 'up') return undefined;
  if (visit.refuge !== undefined) return visit.refuge;
  const bay = bayAtNode(state, to);
  const isItsOwn = bay === undefined || state.owners[`bay:${bay.id}`] === crossing.id;
  return isItsOwn && !siteOf(state).refuges.includes(to) ? to : undefined;
}

/** A place before `border-out`, where its way home begins. */
function holdPointHome(turn: Turn, vehicle: string, visitor: Visitor): string | undefined {
  const { state } = turn;
  if (visitor.leaving !== undefined) return ownHoldPoint(state, visitor.leaving);
  const node = holdPointFor(state, 'border-out', 'bobtail');
  if (node === undefined) return undefined;
  const leaving = newCrossing(turn, {
    direction: 'export',
    load: 'bobtail',
    stage: 'loaded',
    containers: [],
  });
  giveVehicle(turn, leaving, { id: vehicle, home: configOf(state).counterpart.gate, plate: visitor.plate });
  visitor.leaving = leaving.id;
  take(turn, leaving, `node:${node}`);
  tell(turn, leaving);
  lookAtCrossing(turn, leaving);
  return node;
}

const ownHoldPoint = (state: GateState, crossing: string): string | undefined =>
  lanesFor(state, 'border-out', 'bobtail').find(({ node }) => state.owners[`node:${node}`] === crossing)
    ?.node;
