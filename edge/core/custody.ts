/**
 * Custody: who has the goods is a function of the two logs. It is the sender’s until the receiver’s `received` stands in its
 * log, once, when the vehicle is past the point where custody passes; the sender’s `closed` completes the pair.
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { CustodyPoint, Difference } from '../../protocols/handover/record.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { complete, localTime } from './crossing.ts';
import { clearedCodes, differencesOf, seenAt } from './custody-evidence.ts';
import type { Seen } from './custody-state.ts';
import { rememberDelivered } from './delivered.ts';
import { differencesToldOf, openDiscrepancy } from './discrepancies.ts';
import { record } from './handover.ts';
import type { HandoverRecord } from './input.ts';
import { hasContainers } from './load.ts';
import { tellReturned } from './returns.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState, Visit } from './state.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

// ---------------------------------------------------------------- where it passes

/** Of a move that was agreed without a word on it: the only point that version 1 knew. */
export const UNTOLD: CustodyPoint = 'set-down';

/** Where custody of this move passes; of one that nobody knows here, where this gate would have it. */
export function custodyPointOf(state: GateState, move: string): CustodyPoint {
  const crossing = state.crossings[state.moves[move] ?? ''];
  const agreed = [crossing?.lineClear, crossing?.inbound].find((one) => one?.move === move);
  return agreed === undefined ? configOf(state).counterpart.custodyPoint : (agreed.custodyPoint ?? UNTOLD);
}

/** Whether the other gate can read where we would have custody pass; if not, nothing is offered to it. */
export function canTellCustody(turn: Turn): boolean {
  const { link } = turn.state;
  const { custodyPoint, gate } = configOf(turn.state).counterpart;
  if (link.reads > 1 || custodyPoint === UNTOLD) return true;
  if (turn.state.alarms[`CUSTODY_POINT_DIFFERS/${gate}`] === undefined)
    raiseAlarm(turn, 'CUSTODY_POINT_DIFFERS', gate);
  return false;
}

/** Whether an offer names the point that is agreed here; the other side is to be called if it does not. */
export function isAgreed(turn: Turn, offered: CustodyPoint | undefined): boolean {
  const { custodyPoint, gate } = configOf(turn.state).counterpart;
  const agreed = (offered ?? UNTOLD) === custodyPoint;
  if (agreed) returnAlarm(turn, 'CUSTODY_POINT_DIFFERS', gate);
  else raiseAlarm(turn, 'CUSTODY_POINT_DIFFERS', gate);
  return agreed;
}

/** Every record of a move quotes where its custody passes. */
export function withCustodyPoint(state: GateState, line: HandoverRecord): HandoverRecord {
  if (!('move' in line) || line.custodyPoint !== undefined) return line;
  return { ...line, custodyPoint: custodyPointOf(state, line.move) };
}

const passesAtBorder = ({ custodyPoint = UNTOLD }: NonNullable<Crossing['inbound']>): boolean =>
  custodyPoint !== 'set-down';

// ---------------------------------------------------------------- as the receiver

/** Keeps what was seen of a vehicle of the other gate as it is let through `border-in`. */
export function noteSeen({ state }: Turn, lane: LaneConfig, visit: Visit, crossing: Crossing): void {
  if (lane.checkpoint !== 'border-in' || crossing.inbound === undefined || !hasContainers(crossing)) return;
  crossing.inbound.seen = seenAt(state, lane, visit, crossing);
}

/**
 * Custody that passes at the border is told as soon as this gate can know it: its vehicle has come in through `border-in`, and its
 * departure has been read.
 */
export function receiveAtBorder(turn: Turn, crossing: Crossing): void {
  const { inbound, stage } = crossing;
  if (inbound === undefined || !passesAtBorder(inbound)) return;
  if (stage === 'entering' && inbound.departed) receive(turn, crossing);
}

/** We have what was sent: custody passes with this line, which is written once. */
export function receive(turn: Turn, crossing: Crossing): void {
  const { inbound } = crossing;
  if (inbound === undefined || inbound.received === true) return;
  inbound.received = true;
  const { move } = inbound;
  const said = {
    move,
    eventTime: localTime(turn),
    containers: crossing.containers.map((container) => container.number),
    ...shownOf(inbound.seen),
  };
  const remarks = remarksOn(turn.state, crossing, move);
  if (remarks.length === 0) record(turn, { kind: 'received', ...said });
  else {
    crossing.remarks = remarks;
    record(turn, { kind: 'received-with-remarks', ...said, remarks });
    const told = new Set(differencesToldOf(turn.state, move).map(keyOf));
    const untold = remarks.filter((remark) => !told.has(keyOf(remark)));
    if (untold.length > 0) openDiscrepancy(turn, move, untold, inbound.seen?.evidence);
  }
  tellReturned(turn, crossing);
}

/** What of the evidence goes into a record; absent where there is none. */
export const shownOf = (
  seen: Seen | undefined,
): Partial<Pick<Seen, 'evidence'>> & { sealChecks?: Seen['seals'] } => ({
  ...(seen !== undefined && seen.seals.length > 0 && { sealChecks: seen.seals }),
  ...(seen !== undefined && seen.evidence.length > 0 && { evidence: seen.evidence }),
});

/** More would be no remarks any more, but another load. */
const REMARKS_MAX = 50;

/** What differs as it is received: what was seen and is not explained, what is found now, and what people have told of it. */
function remarksOn(state: GateState, crossing: Crossing, move: string): Difference[] {
  const explained = clearedCodes(crossing);
  const seen = crossing.inbound?.seen?.differences ?? [];
  const differences = [
    ...differencesToldOf(state, move),
    ...seen.flatMap(({ difference, certain }) =>
      certain || !explained.has(difference.code) ? [difference] : [],
    ),
    ...differencesOf(crossing.findings, crossing),
  ];
  const remarks = new Map<string, Difference>();
  for (const one of differences) if (!remarks.has(keyOf(one))) remarks.set(keyOf(one), one);
  return [...remarks.values()].slice(0, REMARKS_MAX);
}

const keyOf = ({ code, container = '', expected = '' }: Difference): string =>
  `${code} ${container} ${code.startsWith('SEAL') ? expected : ''}`;

// ---------------------------------------------------------------- as the sender

type Received = Extract<HandoverRecord, { kind: 'received' | 'received-with-remarks' }>;

/** Why the other gate cannot have received it; undefined: it can. */
function againstReceipt({ lineClear, containers }: Crossing, line: Received): string | undefined {
  if (lineClear?.used !== true) return 'it has not left';
  if (lineClear.handedOver === true) return 'it was received before';
  const sent = containers.map(({ number }) => number).toSorted();
  return sent.join() === line.containers.toSorted().join()
    ? undefined
    : `it carries ${sent.join() || 'nothing'}`;
}

/** The other side has it now. Tells false if that cannot be: then nothing has changed. */
export function handOver(turn: Turn, crossing: Crossing, line: Received): boolean {
  const { lineClear } = crossing;
  const against = againstReceipt(crossing, line);
  if (lineClear === undefined || against !== undefined) {
    decide(turn, 'handover-impossible', { record: line.kind, move: line.move, why: against });
    raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
    return false;
  }
  lineClear.handedOver = true;
  if (line.kind === 'received-with-remarks') {
    crossing.remarks = line.remarks;
    decide(turn, 'remarks', { crossing: crossing.id, move: line.move, remarks: line.remarks });
    raiseAlarm(turn, 'RECEIVED_WITH_REMARKS', line.move);
  }
  record(turn, { kind: 'closed', move: line.move, eventTime: localTime(turn) });
  returnAlarm(turn, 'RECALLED', crossing.id);
  // What customs takes back from now on is of goods that are no longer ours.
  if (hasContainers(crossing)) rememberDelivered(turn, crossing);
  endIfUnloaded(turn, crossing);
  return true;
}

/** Handed over, its crossing is over when its vehicle is empty: before that it drives for it still. */
export function endIfUnloaded(turn: Turn, crossing: Crossing): void {
  const { lineClear, vehicle } = crossing;
  if (lineClear?.handedOver !== true) return;
  const view = turn.state.vehicles[vehicle?.id ?? ''];
  const isAtBorder = (lineClear.custodyPoint ?? UNTOLD) !== 'set-down' && hasContainers(crossing);
  if (isAtBorder && view?.crossing === crossing.id && view.report?.loads.length !== 0) return;
  // It is free for the way home, whatever its crossing still waits for.
  if (view?.crossing === crossing.id) view.crossing = null;
  complete(turn, crossing);
}
