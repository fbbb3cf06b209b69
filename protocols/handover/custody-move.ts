/**
 * One move as two logs tell it: what each side has written of it, who has custody, and what that makes of it. The order of records
 * within one log is known, that between the logs is not; so this asks only whether both can be true.
 */
import type { CustodyPoint } from './record.ts';

/** One of the two logs. */
export type Side = 0 | 1;
export const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

/** A line of a log; 0 where the move was over before and its lines are not kept. */
export type LineNumber = number;

interface Difference {
  /** Line in which each side first told of it. */
  told: [LineNumber | undefined, LineNumber | undefined];
  closed: [
    { line: LineNumber; outcome: string } | undefined,
    { line: LineNumber; outcome: string } | undefined,
  ];
}

/** What was written of a move. Numbers are lines of the sender's log or the receiver's, by whose the record is. */
export interface Move {
  readonly name: string;
  sender?: Side;
  offered?: { line: LineNumber; containers: readonly string[] | undefined };
  withdrawn?: LineNumber;
  grantReturned?: { line: LineNumber; grant: string | undefined };
  departed?: {
    line: LineNumber;
    grant: string | undefined;
    containers: readonly string[] | undefined;
    hotline: string | undefined;
  };
  recalled?: LineNumber;
  closed?: LineNumber;
  accepted?: LineNumber;
  refused?: LineNumber;
  granted?: { line: LineNumber; grant: string | undefined; hotline: string | undefined };
  arrived?: LineNumber;
  received?: { line: LineNumber; containers: readonly string[] | undefined; hasRemarks: boolean };
  /** The original sender has its goods back. */
  returned?: LineNumber;
  differences?: Map<string, Difference>;
  /** Lines of block resets that name it. */
  resets?: [LineNumber | undefined, LineNumber | undefined];
  custodyPoints?: [CustodyPoint | undefined, CustodyPoint | undefined];
  /** The last line of each log that is about it. */
  last: [LineNumber | undefined, LineNumber | undefined];
  /** What one log alone shows to be wrong, the first that was found. */
  fault?: Reason;
}

export type Status = 'complete' | 'open' | 'disputed' | 'contradictory';

/** Every reason, with the status it gives and what it says. */
export const REASONS = {
  closed: ['complete', 'received, and closed by the sender'],
  'not-sent': ['complete', 'it ended before anything was sent'],
  settled: ['complete', 'received; its differences are closed by both sides alike'],
  'brought-back': ['complete', 'received, and its goods are back with the sender'],
  reset: ['complete', 'ended by an inspection of the track that both sides have signed'],

  offered: ['open', 'offered, and not granted yet'],
  refused: ['open', 'refused, and the offer not withdrawn yet'],
  granted: ['open', 'granted, and not used yet'],
  withdrawn: ['open', 'withdrawn while it was granted, and the grant not returned yet'],
  departed: ['open', 'departed, and not received yet'],
  arrived: ['open', 'arrived, and not received yet'],
  received: ['open', 'received, and not closed by the sender yet'],
  'reset-by-one-side': ['open', 'one side has inspected the track, the other has not said so yet'],
  'not-told-yet': ['open', 'the other log does not reach far enough to tell'],
  'before-this-part': ['open', 'it began before this part of the log'],

  'difference-open': ['disputed', 'a difference is open'],
  'difference-closed-by-one': ['disputed', 'a difference is closed by one side only'],
  'outcomes-differ': ['disputed', 'both sides have closed a difference, with different outcomes'],

  'two-senders': ['contradictory', 'both gates write as its sender, or one as both'],
  'told-twice': ['contradictory', 'one side has told the same twice'],
  'told-too-late': ['contradictory', 'one side has told something after its own end of the move'],
  'received-twice': ['contradictory', 'received twice'],
  'departed-twice': ['contradictory', 'departed twice'],
  'grant-used-twice': ['contradictory', 'the same grant was given twice'],
  'never-offered': ['contradictory', 'never offered'],
  'never-granted': ['contradictory', 'never granted'],
  'other-grant': ['contradictory', 'departed, or returned a grant, by another grant than it was given'],
  'returned-and-used': [
    'contradictory',
    'departed by a grant that was returned, or after the offer was withdrawn',
  ],
  'hotline-differs': ['contradictory', 'the two sides name different hotline numbers'],
  'never-departed': ['contradictory', 'taken over, and never departed: custody is with both'],
  'arrived-not-departed': ['contradictory', 'arrived, and never departed'],
  'closed-not-departed': ['contradictory', 'closed, and never departed'],
  'never-received': ['contradictory', 'closed, and never received: custody is with nobody'],
  'containers-differ': [
    'contradictory',
    'the containers received are not those handed over, and no remark says so',
  ],
  'custody-point-differs': ['contradictory', 'the two sides name different places where custody passes'],
  'unknown-difference': ['contradictory', 'a difference was closed or inspected that nobody has told of'],
  'never-brought-back': ['contradictory', 'said to be brought back by a move that was never received'],
} as const satisfies Record<string, readonly [Status, string]>;
export type Reason = keyof typeof REASONS;

/** Where custody is; `none` and `both` only in contradictory moves, `unknown` where the beginning is missing. */
export type Custody =
  | { with: Side; since?: { side: Side; line: LineNumber } }
  | { with: 'both' | 'none' | 'unknown' };

/** What is known of the two logs as a whole. */
export interface Horizon {
  /** Of each log: the other gate's file holds a record that was written after that gate had read up to this line. */
  seen: readonly [LineNumber, LineNumber];
  /** First line of each file. */
  from: readonly [LineNumber, LineNumber];
}

export interface Judgement {
  status: Status;
  reason: Reason;
  custody: Custody;
}

/** What both logs together make of a move. */
export function judge(move: Move, horizon: Horizon): Judgement {
  const reason = move.fault ?? contradictionOf(move, horizon) ?? differenceOf(move) ?? stageOf(move);
  return { status: REASONS[reason][0], reason, custody: custodyOf(move, reason) };
}

/**
 * Whether something is missing for good, for now, or only here. `line` is what rests on it, in the log of `side`: if the other gate
 * has written after it had read that line, then everything the line rests on stands before, and would be here.
 */
function missing(
  wrong: Reason,
  { side, line }: { side: Side; line: LineNumber },
  { seen, from }: Horizon,
): Reason {
  if (line <= seen[side]) return from[otherSide(side)] > 1 ? 'before-this-part' : wrong;
  return 'not-told-yet';
}

function contradictionOf(move: Move, horizon: Horizon): Reason | undefined {
  let notYet: Reason | undefined;
  for (const reason of contradictionsOf(move, horizon)) {
    if (REASONS[reason][0] === 'contradictory') return reason;
    notYet ??= reason;
  }
  return notYet;
}

function* contradictionsOf(move: Move, horizon: Horizon): Generator<Reason> {
  const { sender, offered, granted, departed, grantReturned, arrived, received, closed } = move;
  for (const side of [0, 1] as const)
    for (const { told, closed: ends } of move.differences?.values() ?? []) {
      const end = ends[side];
      if (end !== undefined && told[0] === undefined && told[1] === undefined)
        yield missing('unknown-difference', { side, line: end.line }, horizon);
    }
  if (sender === undefined) return;
  const receiver = otherSide(sender);
  const [one, two] = move.custodyPoints ?? [];
  if (one !== undefined && two !== undefined && one !== two) yield 'custody-point-differs';

  const isHotline = granted?.hotline !== undefined || departed?.hotline !== undefined;
  const answered = move.accepted ?? granted?.line ?? arrived ?? received?.line;
  if (offered === undefined && answered !== undefined && !isHotline)
    yield missing('never-offered', { side: receiver, line: answered }, horizon);
  for (const used of [departed, grantReturned]) {
    if (used === undefined) continue;
    if (granted === undefined) yield missing('never-granted', { side: sender, line: used.line }, horizon);
    else if (isKnownToDiffer(used.grant, granted.grant)) yield 'other-grant';
  }
  if (departed !== undefined && granted?.grant !== undefined && departed.hotline !== granted.hotline)
    yield 'hotline-differs';

  if (departed === undefined && received !== undefined)
    yield missing('never-departed', { side: receiver, line: received.line }, horizon);
  else if (departed === undefined && arrived !== undefined)
    yield missing('arrived-not-departed', { side: receiver, line: arrived }, horizon);
  if (closed !== undefined && received === undefined)
    yield missing('never-received', { side: sender, line: closed }, horizon);

  const given = departed?.containers ?? offered?.containers;
  if (!sameNames(given, offered?.containers)) yield 'containers-differ';
  if (received !== undefined && !received.hasRemarks && !sameNames(given, received.containers))
    yield 'containers-differ';
}

const isKnownToDiffer = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && one !== other;

/** Undefined is not known, and differs from nothing. */
function sameNames(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return one.length === other.length && one.every((name) => other.includes(name));
}

function differenceOf({ differences }: Move): Reason | undefined {
  let worst: Reason | undefined;
  for (const { closed } of differences?.values() ?? []) {
    const [one, two] = closed;
    if (one === undefined && two === undefined) worst = 'difference-open';
    else if (one === undefined || two === undefined) worst ??= 'difference-closed-by-one';
    else if (one.outcome !== two.outcome) worst ??= 'outcomes-differ';
  }
  return worst;
}

/** How far it has come, with nothing wrong about it. */
function stageOf(move: Move): Reason {
  const { granted, departed, received, closed, differences, resets } = move;
  if (closed !== undefined && received !== undefined) {
    if (move.returned !== undefined) return 'brought-back';
    return differences === undefined ? 'closed' : 'settled';
  }
  if (received !== undefined) return 'received';
  if (isNotSent(move)) return 'not-sent';
  const [one, two] = resets ?? [];
  if (one !== undefined && two !== undefined) return 'reset';
  if (one !== undefined || two !== undefined) return 'reset-by-one-side';
  if (move.sender === undefined) return 'not-told-yet';
  if (move.arrived !== undefined) return 'arrived';
  if (departed !== undefined) return 'departed';
  if (move.withdrawn !== undefined) return 'withdrawn';
  if (granted !== undefined) return 'granted';
  return move.refused !== undefined ? 'refused' : 'offered';
}

/** Whether nothing was sent and nothing can be any more. */
export const isNotSent = ({ withdrawn, granted, grantReturned, departed }: Move): boolean =>
  departed === undefined &&
  ((withdrawn !== undefined && granted === undefined && grantReturned === undefined) ||
    (grantReturned !== undefined && granted !== undefined));

/** Whether both sides have said their last word of it, as far as it goes without a person: nothing is wrong, and nothing disputed. */
export function isOver(move: Move, horizon: Horizon): boolean {
  const isEnded = isNotSent(move) || (move.closed !== undefined && move.received !== undefined);
  return isEnded && judge(move, horizon).status === 'complete';
}

function custodyOf({ sender, offered, departed, received, closed, returned }: Move, reason: Reason): Custody {
  if (reason === 'two-senders') return { with: 'both' };
  if (sender === undefined) return { with: 'unknown' };
  if (reason === 'never-departed') return { with: 'both' };
  if (reason === 'never-received') return { with: 'none' };
  if (returned !== undefined && received !== undefined)
    return { with: sender, since: { side: sender, line: returned } };
  const receiver = otherSide(sender);
  if (received !== undefined) return { with: receiver, since: { side: receiver, line: received.line } };
  if (closed !== undefined) return { with: 'unknown' };
  const first = offered?.line ?? departed?.line;
  return first === undefined ? { with: sender } : { with: sender, since: { side: sender, line: first } };
}
