/** Crossings: from announced to completed, and what each passage through a lane means for them. */
import type { Carried, LaneConfig } from '../../config/schema.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import { isoWithOffset } from '../../protocols/time.ts';
import { notePassing } from './admission.ts';
import { lookAtBay, lookAtCrossing, lookAtWaiting } from './agenda.ts';
import { returnAlarm } from './alarms.ts';
import { doubtTruck } from './bay-doubt.ts';
import { dismiss } from './block-reset.ts';
import { forgetMove } from './border.ts';
import { forgetSaid } from './clearances.ts';
import { receive, receiveAtBorder } from './custody.ts';
import { rememberDelivered } from './delivered.ts';
import { disputedReasons } from './discrepancies.ts';
import { beginStay, endStay } from './dwell.ts';
import { find } from './findings.ts';
import type { Booking } from './input.ts';
import { customsReasons } from './judgement.ts';
import { bookedContainer, contradictionOf, hasContainers } from './load.ts';
import { free, freeAll, freeBay, freePlaces, freeSlotOf, takeBay, takeSlot } from './owners.ts';
import { type Reason, reason, sameReasons, worst } from './reasons.ts';
import { linkReturn, turnHome, unlinkedReasons } from './returns.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { awaitAgain, isSentOff, sendOff } from './truck-sent-off.ts';
import type { Turn } from './turn.ts';
import { advance, count, decide, tell } from './turn.ts';

/** Completed crossings kept for the console. */
const RECENT_MAX = 50;

/** A new crossing; its first stage is told when the caller has filled it in. */
export function newCrossing(
  turn: Turn,
  given: Pick<Crossing, 'direction' | 'load' | 'stage' | 'containers'>,
): Crossing {
  const crossing: Crossing = {
    id: `${configOf(turn.state).gate.id}-${count(turn, 'crossing')}`,
    since: turn.state.now,
    lanes: {},
    bays: {},
    jobFailures: 0,
    findings: [],
    verdict: null,
    reasons: [],
    ...given,
  };
  turn.state.crossings[crossing.id] = crossing;
  return crossing;
}

/** The domestic truck that brings or fetches its container. */
export function giveTruck(turn: Turn, crossing: Crossing, truck: NonNullable<Crossing['truck']>): void {
  crossing.truck = truck;
  for (const plate of platesOf(truck)) knowPlate(turn.state, plate, crossing);
}

const platesOf = ({ plate, trailer }: NonNullable<Crossing['truck']>): string[] =>
  trailer === undefined ? [plate] : [plate, trailer];

/** What a booking says of the truck that will come. A rigid one may be given its own plate for a trailer’s. */
function truckOf({ truckPlate, trailerPlate = '' }: Omit<Booking, 'type'>): NonNullable<Crossing['truck']> {
  const hasTrailer = !['', normalisePlate(truckPlate)].includes(normalisePlate(trailerPlate));
  return { plate: truckPlate, ...(hasTrailer && { trailer: trailerPlate }), phase: 'awaited' };
}

/** The driverless vehicle that takes it over the border. */
export function giveVehicle(turn: Turn, crossing: Crossing, vehicle: NonNullable<Crossing['vehicle']>): void {
  crossing.vehicle = vehicle;
  knowPlate(turn.state, vehicle.plate, crossing);
}

/** It serves the crossing no more. */
export function takeVehicleFrom({ state }: Turn, crossing: Crossing): void {
  if (crossing.vehicle === undefined) return;
  forgetPlate(state, crossing.vehicle.plate, crossing);
  delete crossing.vehicle;
}

function knowPlate(state: GateState, text: string, { id }: Crossing): void {
  const plate = normalisePlate(text);
  const known = state.plates[plate];
  if (known === undefined) state.plates[plate] = [id];
  else if (!known.includes(id)) known.push(id);
}

function forgetPlate(state: GateState, text: string, { id }: Crossing): void {
  const plate = normalisePlate(text);
  const left = state.plates[plate]?.filter((one) => one !== id) ?? [];
  if (left.length === 0) delete state.plates[plate];
  else state.plates[plate] = left;
}

/** A visit was announced: an export begins with it; an import learns which truck will fetch its container. */
export function takeBooking(turn: Turn, booking: Omit<Booking, 'type'>): void {
  const { state } = turn;
  // Exchange tells all it knows of a container that it is asked about.
  if (state.delivered[booking.container]?.booking === booking.bookingId) return;
  const known = state.bookings[booking.container];
  state.bookings[booking.container] = booking;
  if (known?.bookingId === booking.bookingId) return correct(turn, booking);
  lookAtWaiting(turn);
  if (booking.direction === 'export') {
    if (turnHome(turn, booking)) return;
    const { container: number, load = 'laden' } = booking;
    const containers = [bookedContainer(booking)];
    const crossing = newCrossing(turn, { direction: 'export', load, stage: 'announced', containers });
    const other = state.crossings[state.containers[number] ?? ''];
    if (other !== undefined && other.stage !== 'completed') announceTwice(turn, other, crossing, number);
    // Whatever is here already is the one that is found by its number; what is over only waits for its vehicle to leave.
    if (other === undefined || other.stage === 'announced' || other.stage === 'completed')
      state.containers[number] = crossing.id;
    giveTruck(turn, crossing, truckOf(booking));
    linkReturn(turn, crossing, booking.returnOf);
    tell(turn, crossing);
    return;
  }
  const crossing = state.crossings[state.containers[booking.container] ?? ''];
  if (crossing !== undefined) joinBooking(turn, crossing);
}

/** Told anew, a booking may name the move that a return is the way home of, as long as it has not come. */
function correct(turn: Turn, { container, returnOf }: Omit<Booking, 'type'>): void {
  const crossing = turn.state.crossings[turn.state.containers[container] ?? ''];
  if (crossing?.direction === 'export' && crossing.stage === 'announced')
    linkReturn(turn, crossing, returnOf);
}

/** One container cannot come twice: both are for customs to look at. */
function announceTwice(turn: Turn, older: Crossing, newer: Crossing, container: string): void {
  for (const [one, other] of [
    [older, newer],
    [newer, older],
  ] as const) {
    find(one, reason('DUPLICATE_CROSSING', `${container} is announced for ${other.id}, too`));
    lookAtCrossing(turn, one);
  }
}

/** Gives an import crossing the truck and the declarations that were booked for its container. */
export function joinBooking(turn: Turn, crossing: Crossing): void {
  if (crossing.direction !== 'import' || crossing.truck !== undefined) return;
  for (const container of crossing.containers) {
    const booking = turn.state.bookings[container.number];
    if (booking?.direction !== 'import') continue;
    giveTruck(turn, crossing, truckOf(booking));
    container.declarations = [...new Set([...container.declarations, ...booking.declarations])];
    const contradiction = contradictionOf(crossing, booking);
    if (contradiction !== undefined) find(crossing, contradiction);
    lookAtCrossing(turn, crossing);
  }
}

/** The moment a vehicle is released at a lane: the places it will need behind it become its own. */
export function onReleased(turn: Turn, lane: LaneConfig, crossing: Crossing): void {
  if (lane.checkpoint !== 'yard-in' || crossing.bays.truck !== undefined) return;
  const places = freePlaces(turn.state, crossing, 'truck');
  if (places === null) return;
  takeBay(turn, crossing, places.bay);
  if (crossing.slot === undefined) takeSlot(turn, crossing, places.slot);
}

/** A released truck has turned back: others may come before it does again, and need the places that were kept for it. */
export function onTurnedBack(turn: Turn, lane: LaneConfig, crossing: Crossing): void {
  if (lane.checkpoint !== 'yard-in') return;
  freeBay(turn, crossing, 'truck');
  if (crossing.direction === 'export') freeSlotOf(turn, crossing);
}

/** A released vehicle has gone through a lane. */
export function onPassed(turn: Turn, lane: LaneConfig, crossing: Crossing, load: Carried): void {
  if (lane.node !== undefined) free(turn, crossing, `node:${lane.node}`);
  notePassing(turn, lane.checkpoint, crossing, load);
  switch (lane.checkpoint) {
    case 'yard-in':
      if (crossing.truck !== undefined) crossing.truck.phase = 'inside';
      doubtTruck(turn, crossing);
      if (crossing.direction === 'export') {
        report(turn, crossing, 'get-in');
        advance(turn, crossing, 'truck-inside');
      } else advance(turn, crossing, 'collecting');
      return;
    case 'yard-out':
      if (isSentOff(crossing)) {
        awaitAgain(turn, crossing);
        return lookAtCrossing(turn, crossing);
      }
      if (crossing.truck !== undefined) crossing.truck.phase = 'gone';
      // What its bay still sees is not its truck.
      lookAtCrossing(turn, crossing);
      if (hasContainers({ load })) {
        freeBay(turn, crossing, 'truck');
        report(turn, crossing, 'get-out');
        complete(turn, crossing);
      } else forgetIfOver(turn, crossing);
      return;
    case 'border-out':
      // Lost on the section and found here again, it goes a second time; it is gone once.
      if (hasContainers({ load }) && crossing.toldGone !== true) report(turn, crossing, 'get-out');
      crossing.toldGone = true;
      return;
    case 'border-in':
      if (crossing.vehicle !== undefined) beginStay(turn, crossing.vehicle.id);
      if (hasContainers({ load })) {
        report(turn, crossing, 'get-in');
        advance(turn, crossing, 'entering');
        receiveAtBorder(turn, crossing);
      } else {
        receive(turn, crossing);
        complete(turn, crossing);
      }
      return;
    default:
      lane.checkpoint satisfies never;
  }
}

/** The end of a crossing at this gate: what it carried was handed over, or has left the yard. */
export function complete(turn: Turn, crossing: Crossing): void {
  if (hasContainers(crossing)) turn.state.completed[crossing.direction] += 1;
  close(turn, crossing);
}

/** It is over. It stays known until its truck, and the vehicle that brought it, have left. */
export function close(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  advance(turn, crossing, 'completed');
  // Handed over to the other side, it is remembered from then on.
  if (hasContainers(crossing) && crossing.lineClear?.handedOver !== true) rememberDelivered(turn, crossing);
  // A copy: until its truck has left, the crossing itself goes on changing.
  state.recent.unshift(JSON.parse(JSON.stringify(crossing)) as Crossing);
  if (state.recent.length > RECENT_MAX) state.recent.length = RECENT_MAX;
  forgetIfOver(turn, crossing);
}

/** Completed, its truck gone, and the bay where its vehicle stood left. */
export function forgetIfOver(turn: Turn, crossing: Crossing): void {
  const over = crossing.stage === 'completed' && crossing.truck?.phase !== 'inside';
  if (over && crossing.bays.landing === undefined) forget(turn, crossing);
}

/** It is over: with it goes what was booked and cleared for its containers. */
function forget(turn: Turn, crossing: Crossing): void {
  remove(turn, crossing);
  for (const { number } of crossing.containers) {
    // Another crossing of it is under way: what is known is of that one.
    const other = turn.state.crossings[turn.state.containers[number] ?? ''];
    if (other !== undefined && other.stage !== 'completed') continue;
    if (turn.state.bookings[number]?.direction === crossing.direction) delete turn.state.bookings[number];
    // Customs was asked for it anew, to check what passed under an outage.
    if (turn.state.outages.asked[number] !== undefined) continue;
    forgetSaid(turn.state, number);
  }
}

/** Nothing is held for it any more, and nothing leads to it. Its containers may come with another crossing. */
export function remove(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  freeAll(turn, crossing);
  forgetMove(turn, crossing);
  if (crossing.truck !== undefined)
    for (const plate of platesOf(crossing.truck)) forgetPlate(state, plate, crossing);
  if (crossing.vehicle !== undefined) {
    forgetPlate(state, crossing.vehicle.plate, crossing);
    const view = state.vehicles[crossing.vehicle.id];
    if (view?.homeward === crossing.id) view.homeward = null;
    turn.agenda.vehicles.add(crossing.vehicle.id);
    const visitor = state.visitors[crossing.vehicle.id];
    if (visitor?.leaving === crossing.id) {
      delete state.visitors[crossing.vehicle.id];
      endStay(turn, crossing.vehicle.id);
      delete state.authorityRequests[crossing.vehicle.id];
      // What its bay still sees is not this vehicle.
      if (visitor.bay !== undefined) lookAtBay(turn, visitor.bay);
    }
  }
  for (const code of ['RECALLED', 'DEPARTURE_UNREAD', 'JOB_LOST', 'IN_REFUGE', 'TRUCK_TO_LEAVE'] as const)
    returnAlarm(turn, code, crossing.id);
  delete state.crossings[crossing.id];
  for (const { number } of crossing.containers) {
    if (state.containers[number] !== crossing.id) continue;
    // Offered more than once, it was known by the last offer; one that was granted before may stand yet.
    const others = Object.values(state.crossings).filter(({ containers }) =>
      containers.some((container) => container.number === number),
    );
    const other = others.find(({ stage }) => stage !== 'completed') ?? others[0];
    if (other === undefined) delete state.containers[number];
    else state.containers[number] = other.id;
  }
}

/** Tells customs of a container's entry to or exit from the supervision area; exchange delivers it. */
function report(turn: Turn, crossing: Crossing, kind: 'get-in' | 'get-out'): void {
  for (const container of crossing.containers) {
    decide(turn, 'customs-report', {
      reportId: `${configOf(turn.state).gate.id}-r${count(turn, 'report')}`,
      kind,
      container: container.number,
      declarations: container.declarations,
      eventTime: localTime(turn),
      crossing: crossing.id,
    });
  }
}

/** Now, as ISO 8601 in the gate's own offset. */
export const localTime = (turn: Turn): string =>
  isoWithOffset(turn.state.now, configOf(turn.state).gate.utcOffset);

const JUDGED: ReadonlySet<Crossing['stage']> = new Set(['entering', 'in-yard', 'collecting'] as const);

/** A container waiting in the yard, or between its lane and its bay, is judged too, so that people see what holds it. */
export function reconsiderInYard(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  if (!JUDGED.has(crossing.stage)) return;
  sendOff(turn, crossing);
  const reasons = yardReasons(state, crossing);
  if (crossing.verdict !== null && sameReasons(reasons, crossing.reasons)) return;
  crossing.reasons = [...reasons];
  crossing.verdict = worst(reasons);
  turn.agenda.assign = true;
  const checkpoint = nextCheckpoint(crossing);
  decide(turn, 'verdict', { checkpoint, crossing: crossing.id, verdict: crossing.verdict, reasons });
}

/** The checkpoint a container in the yard will leave through; one in a refuge slot is not done with the one it came by. */
function nextCheckpoint({ direction, stage }: Crossing) {
  if (stage === 'entering') return 'border-in';
  return direction === 'export' ? 'border-out' : 'yard-out';
}

/** What stands against a container of the yard, or of a refuge slot, going on: customs' word if demanded, and what was found on the way. */
export function yardReasons(state: GateState, crossing: Crossing): readonly Reason[] {
  return [
    ...customsReasons(state, crossing, nextCheckpoint(crossing)),
    ...unlinkedReasons(crossing),
    ...disputedReasons(state, crossing),
    ...crossing.findings,
  ];
}

/**
 * A visit that was announced and will not come, or what was lost on the border section and will not go again. What else is
 * inside, or on its way over the border, cannot be cancelled.
 */
export function cancelCrossing(turn: Turn, id: string): string | null {
  const crossing = turn.state.crossings[id];
  if (crossing === undefined) return `there is no crossing ${id}`;
  const isLost = crossing.findings.some(({ code }) => code === 'LOST_ON_SECTION');
  if (!isLost && (crossing.stage !== 'announced' || crossing.lanes.truck !== undefined))
    return `${id} is no longer only announced (${crossing.stage})`;
  decide(turn, 'cancelled', { crossing: id });
  if (isLost) dismiss(turn, crossing);
  forget(turn, crossing);
  return null;
}
