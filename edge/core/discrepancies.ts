/**
 * Differences between what was handed over and what was found. Either gate opens one of a move; it stands in both gates’ state,
 * and keeps the goods of that move, and nothing else, where they are until both have closed it in the same way. Their own state is a
 * function of the two logs: each gate’s last word counts, whichever was read first.
 */
import type { DiscrepancyCode } from '../../protocols/handover/codes.ts';
import type { Difference, Evidence, FreeText, RecordOf } from '../../protocols/handover/record.ts';
import { isoWithOffset } from '../../protocols/time.ts';
import { lookAtCrossing } from './agenda.ts';
import type { AlarmCode } from './alarm-catalogue.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { localTime } from './crossing.ts';
import type { Discrepancy, Inspection, Outcome } from './custody-state.ts';
import { moveOf } from './discrepancy-moves.ts';
import { record } from './handover.ts';
import type { Signed } from './officer-signatures.ts';
import { type Reason, reason } from './reasons.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { count, decide } from './turn.ts';

/** Open at once; then no further one is opened until one is closed. */
export const OPEN_MAX = 200;
/** Kept when they are over, the oldest forgotten first: a later word may open one again. */
export const OVER_MAX = 100;
/** Kept of one. */
export const INSPECTIONS_MAX = 20;
/** Those with alarms of their own. */
const ALARMED_MAX = 50;
const OTHERS = 'others';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Whatever the other side names as its deadline. */
const DEADLINE_MS_MAX = 30 * DAY_MS;

const ALARMS: readonly AlarmCode[] = [
  'DISCREPANCY_OPEN',
  'DISCREPANCY_OVERDUE',
  'DISCREPANCY_OUTCOMES_DIFFER',
];

const isOpen = ({ overAt }: Discrepancy): boolean => overAt === undefined;

const opened = ({ discrepancies }: GateState): Discrepancy[] => Object.values(discrepancies).filter(isOpen);

const known = ({ discrepancies }: GateState, id: string): Discrepancy | undefined =>
  Object.hasOwn(discrepancies, id) ? discrepancies[id] : undefined;

// ---------------------------------------------------------------- what it keeps

/** The open difference that keeps the goods of this crossing in the yard: of the move that brought them, or of that which they go home from. */
export function disputeOf(state: GateState, crossing: Crossing): Discrepancy | undefined {
  const move = keptFor(crossing);
  if (move === undefined) return undefined;
  for (const id in state.discrepancies) {
    const one = state.discrepancies[id];
    if (one !== undefined && one.move === move && isOpen(one)) return one;
  }
  return undefined;
}

function keptFor({ direction, load, inbound, returnOf, original }: Crossing): string | undefined {
  if (direction === 'import') return inbound?.move;
  return load === 'return' && original !== undefined ? returnOf?.move : undefined;
}

/**
 * From its bay on it goes nowhere, and no truck is let in for it; out of a lane or a refuge slot it is let into its bay, or it would keep
 * others waiting.
 */
export function disputedReasons(state: GateState, crossing: Crossing): Reason[] {
  if (crossing.stage === 'entering') return [];
  const dispute = disputeOf(state, crossing);
  return dispute === undefined ? [] : [reason('DISCREPANCY_OPEN', dispute.id)];
}

/** What this gate has told of a move in differences that are open. */
export const differencesToldOf = (state: GateState, move: string): Difference[] =>
  opened(state)
    .filter((one) => one.move === move && one.openedBy === configOf(state).gate.id)
    .flatMap(({ differences }) => differences);

// ---------------------------------------------------------------- opening

/** More of it than this gate told by itself. */
interface Told {
  evidence?: readonly Evidence[] | undefined;
}

/** Opens one by this gate’s own word. Null when it is done, else why it cannot be. */
export function openDiscrepancy(
  turn: Turn,
  move: string,
  differences: readonly Difference[],
  evidence: Told['evidence'] = [],
  signed: Signed = {},
): string | null {
  const { state } = turn;
  const { gate, counterpart } = configOf(state);
  if (!state.log.open) return 'how far our own log had come is not known yet';
  if (state.link.reads < 2)
    return `${counterpart.gate} reads version 1 of the protocol, which knows no differences`;
  const its = moveOf(state, move);
  if (typeof its === 'string') return its;
  if (isFull(turn)) return `${OPEN_MAX} differences are open already`;
  const id = `${gate.id}-d${count(turn, 'discrepancy')}`;
  const deadlineAt = state.now + counterpart.disputes.deadlineHours * HOUR_MS;
  const { custodian, place, custodyPoint } = its;
  record(turn, {
    kind: 'disputed',
    move,
    custodyPoint,
    discrepancy: id,
    eventTime: localTime(turn),
    differences: [...differences],
    deadline: isoWithOffset(deadlineAt, gate.utcOffset),
    place,
    custodian,
    ...(evidence.length > 0 && { evidence: [...evidence] }),
    ...signed,
  });
  begin(turn, {
    id,
    move,
    custodyPoint,
    openedBy: gate.id,
    differences: [...differences],
    deadlineAt,
    place,
    custodian,
  });
  return null;
}

function isFull(turn: Turn): boolean {
  const full = opened(turn.state).length >= OPEN_MAX;
  if (full) raiseAlarm(turn, 'DISCREPANCIES_FULL', configOf(turn.state).counterpart.gate);
  return full;
}

type Begun = Omit<Discrepancy, 'openedAt' | 'inspections' | 'closed' | 'overdue'>;

function begin(turn: Turn, given: Begun): void {
  const { state } = turn;
  const begun: Discrepancy = { ...given, openedAt: state.now, inspections: [], closed: {}, overdue: false };
  state.discrepancies[given.id] = begun;
  decide(turn, 'discrepancy-opened', { ...begun });
  watch(turn, begun);
  lookAtGoods(turn, begun);
}

function watch(turn: Turn, one: Discrepancy): void {
  if (!one.overdue) setTimer(turn.state, `discrepancy/${one.id}`, one.deadlineAt);
  alarm(turn, 'DISCREPANCY_OPEN', one);
}

/** Beyond a number that people can look through, they share one. */
function alarm(turn: Turn, code: AlarmCode, { id }: Discrepancy): void {
  raiseAlarm(turn, code, opened(turn.state).length <= ALARMED_MAX ? id : OTHERS);
}

function silence(turn: Turn, { id }: Discrepancy, codes: readonly AlarmCode[] = ALARMS): void {
  const isFew = opened(turn.state).length <= ALARMED_MAX;
  for (const code of codes) {
    returnAlarm(turn, code, id);
    if (isFew) returnAlarm(turn, code, OTHERS);
  }
}

/** One that two restored logs tell of, open or over. */
export function bringBackDiscrepancy(turn: Turn, one: Discrepancy): void {
  const { state } = turn;
  const words = Object.values(one.closed).map(({ outcome }) => outcome);
  if (words.length === 2 && words[0] === words[1]) {
    state.discrepancies[one.id] = { ...one, overAt: state.now };
    return forgetOldest(state);
  }
  state.discrepancies[one.id] = one;
  decide(turn, 'discrepancy-opened', { ...one });
  watch(turn, one);
  if (one.overdue) alarm(turn, 'DISCREPANCY_OVERDUE', one);
  settle(turn, one);
}

/** Whoever carries the goods, or waits for them. */
function lookAtGoods(turn: Turn, { move }: Discrepancy): void {
  for (const crossing of Object.values(turn.state.crossings))
    if (keptFor(crossing) === move) lookAtCrossing(turn, crossing);
  turn.agenda.assign = true;
}

// ---------------------------------------------------------------- both must close it

/** Both gates’ last words: alike, it is over; otherwise it is open (again). */
function settle(turn: Turn, one: Discrepancy): void {
  const { state } = turn;
  const { gate, counterpart } = configOf(state);
  const [ours, theirs] = [one.closed[gate.id]?.outcome, one.closed[counterpart.gate]?.outcome];
  const isOver = ours !== undefined && ours === theirs;
  const differs = ours !== undefined && theirs !== undefined && !isOver;
  if (differs) alarm(turn, 'DISCREPANCY_OUTCOMES_DIFFER', one);
  else silence(turn, one, ['DISCREPANCY_OUTCOMES_DIFFER']);
  if (isOver === !isOpen(one)) return;
  if (isOver) {
    one.overAt = state.now;
    clearTimer(state, `discrepancy/${one.id}`);
    silence(turn, one);
    returnAlarm(turn, 'DISCREPANCIES_FULL', counterpart.gate);
    decide(turn, 'discrepancy-over', { discrepancy: one.id, move: one.move, outcome: ours });
    forgetOldest(state);
  } else {
    delete one.overAt;
    decide(turn, 'discrepancy-reopened', { discrepancy: one.id, move: one.move });
    watch(turn, one);
  }
  lookAtGoods(turn, one);
}

function forgetOldest(state: GateState): void {
  const over = Object.values(state.discrepancies)
    .filter((one) => !isOpen(one))
    .sort((a, b) => (a.overAt ?? 0) - (b.overAt ?? 0));
  for (const { id } of over.slice(0, Math.max(0, over.length - OVER_MAX))) delete state.discrepancies[id];
}

/** Its deadline has passed: timer `discrepancy/<id>`. Whoever has opened it writes the escalation, once. */
export function escalate(turn: Turn, id: string): void {
  const one = known(turn.state, id);
  if (one === undefined || !isOpen(one) || one.overdue) return;
  const { gate } = configOf(turn.state);
  one.overdue = true;
  alarm(turn, 'DISCREPANCY_OVERDUE', one);
  decide(turn, 'discrepancy-overdue', { discrepancy: id, move: one.move, custodian: one.custodian });
  if (one.openedBy !== gate.id) return;
  inspect(turn, one, { inspectors: [gate.id], outcome: 'escalated' });
}

type Inspected = Pick<Inspection, 'inspectors' | 'outcome' | 'text'>;

function inspect(
  turn: Turn,
  one: Discrepancy,
  said: Inspected,
  evidence: readonly Evidence[] = [],
  signed: Signed = {},
): void {
  const { id, move, custodyPoint } = one;
  record(turn, {
    kind: 'joint-inspection',
    move,
    custodyPoint,
    discrepancy: id,
    eventTime: localTime(turn),
    ...said,
    ...(evidence.length > 0 && { evidence: [...evidence] }),
    ...signed,
  });
  noteInspection(turn, one, configOf(turn.state).gate.id, said);
}

function noteInspection({ state }: Turn, one: Discrepancy, by: string, said: Inspected): void {
  const { inspectors, outcome, text } = said;
  one.inspections.push({ by, at: state.now, inspectors, outcome, ...(text !== undefined && { text }) });
  if (one.inspections.length > INSPECTIONS_MAX) one.inspections.shift();
}

// ---------------------------------------------------------------- what people do

/** A person has found a difference. Each act returns null when it is done, else why it cannot be done. */
export function dispute(
  turn: Turn,
  move: string,
  told: {
    code: DiscrepancyCode;
    container?: string;
    expected?: string;
    found?: string;
    text?: FreeText;
    photo?: string;
  },
  signed: Signed,
): string | null {
  const { state } = turn;
  const its = moveOf(state, move);
  if (typeof its === 'string') return its;
  const { photo, text, ...what } = told;
  const { code, container } = what;
  if (container !== undefined && !its.containers.includes(container))
    return `${container} did not go by ${move}`;
  const same = opened(state).find(
    (one) =>
      one.move === move &&
      one.differences.some((known) => known.code === code && known.container === container),
  );
  if (same !== undefined) return `${same.id} is open on that already`;
  const difference: Difference = { ...what, ...(text !== undefined && { text: [text] }) };
  const evidence: Evidence[] = photo === undefined ? [] : [{ type: 'picture', sha256: photo }];
  return openDiscrepancy(turn, move, [difference], evidence, signed);
}

/** Both sides have looked together. */
export function inspectJointly(
  turn: Turn,
  id: string,
  said: { inspectors: string[]; outcome: Inspection['outcome']; text?: FreeText; photo?: string },
  signed: Signed,
): string | null {
  const one = known(turn.state, id);
  if (one === undefined || !isOpen(one)) return `${id} is not open`;
  const { text, photo, ...rest } = said;
  inspect(
    turn,
    one,
    { ...rest, ...(text !== undefined && { text: [text] }) },
    photo === undefined ? [] : [{ type: 'picture', sha256: photo }],
    signed,
  );
  return null;
}

/** This gate’s word on how it ends; it may say another until the other gate agrees. */
export function closeDiscrepancy(
  turn: Turn,
  id: string,
  said: { outcome: Outcome; text?: FreeText },
  signed: Signed,
): string | null {
  const { state } = turn;
  const { gate } = configOf(state);
  const one = known(state, id);
  if (one === undefined || !isOpen(one)) return `${id} is not open`;
  const { outcome, text } = said;
  if (one.closed[gate.id]?.outcome === outcome) return `this gate has closed ${id} ${outcome} already`;
  const { move, custodyPoint } = one;
  record(turn, {
    kind: 'closed',
    move,
    custodyPoint,
    eventTime: localTime(turn),
    discrepancy: id,
    outcome,
    ...(text !== undefined && { text: [text] }),
    ...signed,
  });
  one.closed[gate.id] = { outcome, at: state.now };
  settle(turn, one);
  return null;
}

// ---------------------------------------------------------------- reading the other log

type Read = RecordOf<'disputed' | 'joint-inspection' | 'closed'>;

/** A line of the other log about a difference. One that cannot be changes nothing, and people are told. */
export function takeDiscrepancy(turn: Turn, line: Read): void {
  const why = line.kind === 'disputed' ? takeDisputed(turn, line) : takeWord(turn, line);
  if (why === null) return;
  decide(turn, 'handover-impossible', { record: line.kind, move: line.move, why });
  raiseAlarm(turn, 'GRANT_UNKNOWN', line.move);
}

function takeDisputed(turn: Turn, line: RecordOf<'disputed'>): string | null {
  const { state } = turn;
  const { gate, counterpart } = configOf(state);
  const { move, discrepancy: id, differences, place, custodian, deadline } = line;
  const isTheirs =
    id.startsWith(`${counterpart.gate}-d`) && /^\d{1,15}$/.test(id.slice(counterpart.gate.length + 2));
  if (!isTheirs) return `${id} is no name of theirs for a difference`;
  if (known(state, id) !== undefined) return `${id} is opened twice`;
  const its = moveOf(state, move);
  if (typeof its === 'string') return its;
  if (custodian !== gate.id && custodian !== counterpart.gate) return `${custodian} is no gate of this road`;
  if (isFull(turn)) return `${OPEN_MAX} differences are open already`;
  const deadlineAt = Math.min(Math.max(Date.parse(deadline), state.now), state.now + DEADLINE_MS_MAX);
  const openedBy = counterpart.gate;
  begin(turn, {
    id,
    move,
    custodyPoint: its.custodyPoint,
    openedBy,
    differences,
    deadlineAt,
    place,
    custodian,
  });
  return null;
}

function takeWord(turn: Turn, line: RecordOf<'joint-inspection' | 'closed'>): string | null {
  const { state } = turn;
  const theirs = configOf(state).counterpart.gate;
  const id = line.discrepancy ?? '';
  const one = known(state, id);
  if (one === undefined) return `${id} is not known`;
  if (one.move !== line.move) return `${id} is about ${one.move}`;
  if (line.kind === 'closed') {
    const { outcome } = line;
    if (outcome === undefined) return `${id} is closed without saying how`;
    one.closed[theirs] = { outcome, at: state.now };
    decide(turn, 'discrepancy-word', { discrepancy: id, by: theirs, outcome });
    settle(turn, one);
    return null;
  }
  noteInspection(turn, one, theirs, line);
  if (line.outcome !== 'escalated') return null;
  clearTimer(state, `discrepancy/${id}`);
  escalate(turn, id);
  return null;
}
