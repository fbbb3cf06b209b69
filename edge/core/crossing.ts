/** Crossings: from announced to completed, and what each passage through a lane means for them. */
import type { LaneConfig, LoadKind } from '../../config/schema.ts';
import { isoWithOffset } from '../../protocols/time.ts';
import { record } from './border.ts';
import type { Booking, ClearanceReport } from './input.ts';
import type { Reason } from './reasons.ts';
import { worst } from './reasons.ts';
import { clearanceReasons } from './reconcile.ts';
import type { Crossing, GateState } from './state.ts';
import { activeCrossings, baysFor, configOf, disown, firstFree, freeSlot } from './state.ts';
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
    jobFailures: 0,
    findings: [],
    verdict: null,
    reasons: [],
    ...given,
  };
  turn.state.crossings[crossing.id] = crossing;
  return crossing;
}

/** A visit was announced: an export begins with it; an import learns which truck will fetch its container. */
export function takeBooking(turn: Turn, input: Booking): void {
  const { type: _, ...booking } = input;
  const known = turn.state.bookings[booking.container];
  turn.state.bookings[booking.container] = booking;
  if (known?.bookingId === booking.bookingId) return;
  if (booking.direction === 'export') {
    const crossing = newCrossing(turn, {
      direction: 'export',
      load: 'laden',
      stage: 'announced',
      containers: [
        {
          number: booking.container,
          seals: booking.seals,
          grossKg: booking.grossKg,
          declarations: booking.declarations,
        },
      ],
    });
    crossing.truck = { plate: booking.truckPlate, phase: 'awaited' };
    tell(turn, crossing);
    return;
  }
  for (const crossing of activeCrossings(turn.state)) joinBooking(turn, crossing);
}

/** Gives an import crossing the truck and the declarations that were booked for its container. */
export function joinBooking(turn: Turn, crossing: Crossing): void {
  if (crossing.direction !== 'import' || crossing.truck !== undefined) return;
  for (const container of crossing.containers) {
    const booking = turn.state.bookings[container.number];
    if (booking?.direction !== 'import') continue;
    crossing.truck = { plate: booking.truckPlate, phase: 'awaited' };
    container.declarations = [...new Set([...container.declarations, ...booking.declarations])];
  }
}

/** Customs' word on a container; an older version than the known one changes nothing. */
export function takeClearance(turn: Turn, input: ClearanceReport): void {
  const { type: _, ...clearance } = input;
  const ofContainer = turn.state.clearances[clearance.container] ?? {};
  const known = ofContainer[clearance.declaration];
  if (known !== undefined && known.version >= clearance.version) return;
  ofContainer[clearance.declaration] = clearance;
  turn.state.clearances[clearance.container] = ofContainer;
}

/** The moment a vehicle is released at a lane: the places it will need behind it become its own. */
export function onReleased(turn: Turn, lane: LaneConfig, crossing: Crossing): void {
  const { state } = turn;
  if (lane.checkpoint !== 'yard-in') return;
  const bays = baysFor(state, 'truck').map((bay) => bay.id);
  const bay = bays.find((id) => state.owners[`bay:${id}`] === crossing.id) ?? firstFree(state, 'bay', bays);
  if (bay !== undefined) state.owners[`bay:${bay}`] = crossing.id;
  if (crossing.slot === undefined) {
    const slot = freeSlot(state, crossing.direction);
    if (slot === undefined) return;
    state.owners[`slot:${slot}`] = crossing.id;
    crossing.slot = slot;
  }
}

/** A released vehicle has gone through a lane. */
export function onPassed(turn: Turn, lane: LaneConfig, crossing: Crossing, load: LoadKind): void {
  const { state } = turn;
  if (lane.node !== undefined) disown(state, crossing.id, `node:${lane.node}`);
  switch (lane.checkpoint) {
    case 'yard-in':
      if (crossing.truck !== undefined) crossing.truck.phase = 'inside';
      if (crossing.direction === 'export') {
        report(turn, crossing, 'get-in');
        advance(turn, crossing, 'truck-inside');
      } else advance(turn, crossing, 'collecting');
      return;
    case 'yard-out':
      if (crossing.truck !== undefined) crossing.truck.phase = 'gone';
      if (load === 'laden') {
        report(turn, crossing, 'get-out');
        complete(turn, crossing);
      } else if (crossing.stage === 'completed') forget(state, crossing);
      return;
    case 'border-out':
      if (load === 'laden') report(turn, crossing, 'get-out');
      return;
    case 'border-in':
      if (load === 'laden') {
        report(turn, crossing, 'get-in');
        advance(turn, crossing, 'entering');
      } else {
        receive(turn, crossing);
        complete(turn, crossing);
      }
      return;
    default:
      lane.checkpoint satisfies never;
  }
}

/** We have what was sent: custody passes with this line. */
export function receive(turn: Turn, crossing: Crossing): void {
  if (crossing.inbound === undefined) return;
  record(turn, {
    kind: 'received',
    move: crossing.inbound.move,
    eventTime: localTime(turn),
    containers: crossing.containers.map((container) => container.number),
  });
}

/** The end of a crossing at this gate. One whose truck is still inside stays known until that has left. */
export function complete(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  advance(turn, crossing, 'completed');
  if (crossing.load === 'laden') state.completed[crossing.direction] += 1;
  state.recent.unshift(crossing);
  state.recent.length = Math.min(state.recent.length, RECENT_MAX);
  if (crossing.truck?.phase !== 'inside') forget(state, crossing);
}

function forget(state: GateState, crossing: Crossing): void {
  for (const [resource, owner] of Object.entries(state.owners))
    if (owner === crossing.id) delete state.owners[resource];
  delete state.crossings[crossing.id];
  for (const container of crossing.containers) {
    delete state.bookings[container.number];
    delete state.clearances[container.number];
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

/** Containers waiting in the yard are judged too, so that people see what holds them. */
export function reconsiderYardVerdicts(turn: Turn): void {
  const { state } = turn;
  for (const crossing of activeCrossings(state)) {
    if (crossing.stage !== 'in-yard' && crossing.stage !== 'collecting') continue;
    const reasons = yardReasons(state, crossing);
    if (crossing.verdict !== null && JSON.stringify(reasons) === JSON.stringify(crossing.reasons)) continue;
    crossing.reasons = reasons;
    crossing.verdict = worst(reasons);
    const checkpoint = nextCheckpoint(crossing);
    decide(turn, 'verdict', { checkpoint, crossing: crossing.id, verdict: crossing.verdict, reasons });
  }
}

/** The checkpoint a container in the yard will leave through. */
const nextCheckpoint = (crossing: Crossing) => (crossing.direction === 'export' ? 'border-out' : 'yard-out');

/** What stands against a container of the yard going on: customs' word if demanded, and what was found on the way. */
export function yardReasons(state: GateState, crossing: Crossing): Reason[] {
  const { checkpoints, customs } = configOf(state);
  if (!checkpoints[nextCheckpoint(crossing)].laden.includes('clearance')) return crossing.findings;
  const { clearances, customsAsOf, now } = state;
  return [
    ...clearanceReasons(crossing.containers, clearances, customsAsOf, customs.clearanceAgeMsMax, now),
    ...crossing.findings,
  ];
}
