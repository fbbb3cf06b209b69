/**
 * Goods that the other side has refused and that go home. A return is a crossing of its own, with its own decisions; the move
 * by which its container had come is known at both gates, and each holds it against what it has handed over or delivered itself.
 */
import type { RecordOf } from '../../protocols/handover/record.ts';
import type { Refusal } from '../../protocols/refusal.ts';
import { lookAtCrossing } from './agenda.ts';
import { raiseAlarm } from './alarms.ts';
import { close, localTime, newCrossing } from './crossing.ts';
import { UNTOLD } from './custody.ts';
import { record } from './handover.ts';
import type { Booking } from './input.ts';
import { bookedContainer } from './load.ts';
import { free, take } from './owners.ts';
import { type Reason, reason } from './reasons.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import type { Turn } from './turn.ts';
import { decide, tell } from './turn.ts';

/** Links a return to the crossing that was refused, or keeps why it cannot be linked: then customs looks at it. */
export function linkReturn(turn: Turn, crossing: Crossing, returnOf: Refusal | undefined): void {
  if (crossing.load !== 'return' || returnOf === undefined) return;
  const unlinked = againstLink(turn.state, crossing, returnOf);
  const original = unlinked === undefined ? (originalOf(turn.state, crossing)?.crossing ?? '') : undefined;
  const isKnown = crossing.original === original && crossing.unlinked === unlinked;
  if (isKnown && isSame(crossing.returnOf, returnOf)) return;
  crossing.returnOf = returnOf;
  delete crossing.original;
  delete crossing.unlinked;
  if (unlinked === undefined) {
    crossing.original = original ?? '';
    decide(turn, 'return-linked', { crossing: crossing.id, original, ...returnOf });
  } else {
    crossing.unlinked = unlinked;
    decide(turn, 'return-unlinked', { crossing: crossing.id, why: unlinked, ...returnOf });
  }
  lookAtCrossing(turn, crossing);
}

const isSame = (known: Refusal | undefined, told: Refusal): boolean =>
  known?.move === told.move &&
  known.refusedBy === told.refusedBy &&
  known.reason === told.reason &&
  known.refusedAt === told.refusedAt;

const originalOf = ({ delivered }: GateState, { containers }: Crossing) =>
  delivered[containers[0]?.number ?? ''];

/** Why it cannot be the way home of what that move had brought; undefined: nothing speaks against it. */
function againstLink(state: GateState, crossing: Crossing, { move, refusedAt }: Refusal): string | undefined {
  const number = crossing.containers[0]?.number ?? '';
  const original = originalOf(state, crossing);
  if (refusedAt > state.now + configOf(state).customs.clockSkewMsMax)
    return `${move} is said to be refused at a time to come`;
  if (original?.move !== move)
    return elsewhere(state, crossing, move) ?? `${number} is not known to have gone by ${move}`;
  if (original.direction === crossing.direction) return `${move} went the same way, and not the other`;
  if ((original.load ?? 'laden') !== 'laden') return `${move} carried no goods that could be refused`;
  return undefined;
}

/** A return that is not linked goes nowhere, in the yard either, until customs has looked at it. */
export function unlinkedReasons({
  id,
  load,
  returnOf,
  unlinked,
  findings,
  cleared = [],
}: Crossing): Reason[] {
  if (load !== 'return' || (returnOf !== undefined && unlinked === undefined)) return [];
  const one = reason('RETURN_UNLINKED', unlinked ?? id);
  const isTold = findings.some(({ code }) => code === one.code);
  const isCleared = cleared.some(({ code, detail }) => code === one.code && detail === one.detail);
  return isTold || isCleared ? [] : [one];
}

/** What is known of the move that is named, if it is not the last one of this container. */
function elsewhere(state: GateState, { id, containers }: Crossing, move: string): string | undefined {
  const number = containers[0]?.number ?? '';
  const underWay = state.crossings[state.moves[move] ?? ''];
  if (underWay !== undefined && underWay.id !== id)
    return `${move} is not over: ${underWay.id} is ${underWay.stage}`;
  const carried = Object.keys(state.delivered).find((one) => state.delivered[one]?.move === move);
  return carried === undefined ? undefined : `${move} carried ${carried}, not ${number}`;
}

/**
 * A return was booked whose container has not left our yard: it goes home from where it stands, and no truck brings it. False if
 * it does not stand there, or a truck is about to fetch it.
 */
export function turnHome(turn: Turn, booking: Omit<Booking, 'type'>): boolean {
  const { state } = turn;
  const { container: number, load, returnOf } = booking;
  const original = state.crossings[state.containers[number] ?? ''];
  if (load !== 'return' || returnOf === undefined || original === undefined) return false;
  if (!isTurned(original, returnOf)) return false;
  const { slot } = original;
  if (slot === undefined) return false;
  const [known] = original.containers;
  const crossing = newCrossing(turn, {
    direction: 'export',
    load,
    stage: 'in-yard',
    containers: [{ ...bookedContainer(booking), ...(known && { seals: known.seals }) }],
  });
  // What was found of it goes with it, but for what only its staying here could have waited for.
  crossing.findings = original.findings.filter(({ code }) => code !== 'RECALLED');
  free(turn, original, `slot:${slot}`);
  delete original.slot;
  take(turn, crossing, `slot:${slot}`);
  crossing.slot = slot;
  state.containers[number] = crossing.id;
  close(turn, original);
  linkReturn(turn, crossing, returnOf);
  tell(turn, crossing);
  state.ready.push(crossing.id);
  turn.agenda.assign = true;
  return true;
}

const isTurned = ({ direction, stage, load, inbound, truck, lanes }: Crossing, { move }: Refusal): boolean =>
  direction === 'import' &&
  load === 'laden' &&
  stage === 'in-yard' &&
  inbound?.move === move &&
  (truck === undefined || truck.phase === 'awaited') &&
  lanes.truck === undefined;

// ---------------------------------------------------------------- home again

/** The goods of a move that was ours are back, brought by the return that has just been received. */
export function tellReturned(turn: Turn, crossing: Crossing): void {
  const { load, returnOf, original, inbound, containers } = crossing;
  if (load !== 'return' || returnOf === undefined || original === undefined || inbound === undefined) return;
  record(turn, {
    kind: 'returned',
    move: returnOf.move,
    custodyPoint: originalOf(turn.state, crossing)?.custodyPoint ?? UNTOLD,
    by: inbound.move,
    eventTime: localTime(turn),
    containers: containers.map(({ number }) => number),
  });
}

/** The other side has its goods again: by a return of ours that it has received, or it cannot be. */
export function takeReturned(turn: Turn, { move, by, containers }: RecordOf<'returned'>): void {
  const { state } = turn;
  const sent = state.crossings[state.moves[by] ?? ''];
  const isOurs =
    sent?.lineClear?.move === by
      ? sent.lineClear.handedOver === true && sent.returnOf?.move === move
      : move !== by && containers.length > 0;
  const isDelivered = containers.every((number) => {
    const { load, direction, move: last } = state.delivered[number] ?? {};
    return last === by && load === 'return' && direction === 'export';
  });
  if (isOurs && isDelivered) return decide(turn, 'goods-returned', { move, by, containers });
  decide(turn, 'handover-impossible', { record: 'returned', move, why: `${by} has not brought it back` });
  raiseAlarm(turn, 'GRANT_UNKNOWN', move);
}
