/**
 * Who has custody of what, out of two logs: a state machine over both, pure and without I/O. Each log is told in its own order, and the
 * two side by side in any way; told roughly as time went, little is under way at once. A move that is over is folded into the
 * counts, so that what is kept is what is under way.
 */
import {
  type Custody,
  type Horizon,
  isNotSent,
  isOver,
  judge,
  type LineNumber,
  type Move,
  otherSide,
  REASONS,
  type Reason,
  type Side,
  type Status,
} from './custody-move.ts';
import { NameSet } from './name-set.ts';
import type { HandoverRecord, RecordOf } from './record.ts';

/** What is said of one move. */
export interface JudgedMove {
  move: string;
  sender: Side | undefined;
  status: Status;
  reason: Reason;
  /** The last line about it in each log. */
  lines: [LineNumber | undefined, LineNumber | undefined];
  custody: Custody;
}

export interface CustodyCounts {
  moves: number;
  byStatus: Record<Status, number>;
  byReason: Partial<Record<Reason, number>>;
}

export interface CustodySession {
  /** The next record of a log, in that log's order. */
  take(side: Side, line: LineNumber, record: HandoverRecord): void;
  /** Moves kept now. */
  readonly underWay: number;
  /** Nothing more comes: judges what is left. */
  end(): CustodyCounts;
}

/** @param options.from First line of each log that is told. */
export function createCustody(options: {
  from: readonly [LineNumber, LineNumber];
  /** Told of each move once it is over, and of the others at the end. One that is spoken of again is told of again. */
  onMove(judged: JudgedMove): void;
}): CustodySession {
  const moves = new Map<string, Move>();
  /** Names of what is over, by sender: received and closed; ended by a returned grant; withdrawn before there was one. */
  const done = [new NameSet(), new NameSet()] as const;
  const unused = [new NameSet(), new NameSet()] as const;
  const withdrawn = [new NameSet(), new NameSet()] as const;
  const grants = [new NameSet(), new NameSet()] as const;
  const seen: [LineNumber, LineNumber] = [0, 0];
  const horizon: Horizon = { seen, from: options.from };
  const counts: CustodyCounts = {
    moves: 0,
    byStatus: { complete: 0, open: 0, disputed: 0, contradictory: 0 },
    byReason: {},
  };

  const count = (status: Status, reason: Reason, by: 1 | -1): void => {
    counts.moves += by;
    counts.byStatus[status] += by;
    counts.byReason[reason] = (counts.byReason[reason] ?? 0) + by;
  };

  const find = (name: string): Move => {
    const known = moves.get(name);
    if (known !== undefined) return known;
    const move = reopened(name) ?? { name, last: [undefined, undefined] };
    moves.set(name, move);
    return move;
  };

  /** What is spoken of again after it was over: its lines are not kept, but that they were there is known. */
  const reopened = (name: string): Move | undefined => {
    for (const sender of [0, 1] as const) {
      const move: Move = { name, sender, offered: { line: 0, containers: undefined }, last: [0, 0] };
      const granted = { line: 0, grant: undefined, hotline: undefined };
      if (takeOut(withdrawn[sender], name, 'not-sent')) return { ...move, withdrawn: 0 };
      if (takeOut(unused[sender], name, 'not-sent'))
        return { ...move, granted, grantReturned: { line: 0, grant: undefined } };
      if (takeOut(done[sender], name, 'closed'))
        return {
          ...move,
          granted,
          departed: { ...granted, containers: undefined },
          received: { line: 0, containers: undefined, hasRemarks: false },
          closed: 0,
        };
    }
    return undefined;
  };

  const takeOut = (over: NameSet, name: string, reason: Reason): boolean => {
    if (!over.has(name)) return false;
    over.delete(name);
    count('complete', reason, -1);
    return true;
  };

  const settle = (move: Move): void => {
    noteReading(move, seen);
    if (!isOver(move, horizon)) return;
    tell(move);
    moves.delete(move.name);
    if (move.sender === undefined) return;
    const over = !isNotSent(move) ? done : move.grantReturned !== undefined ? unused : withdrawn;
    over[move.sender].add(move.name);
  };

  const tell = (move: Move): void => {
    const { status, reason, custody } = judge(move, horizon);
    // Whatever made it complete: once over, that is what is remembered of it.
    count(
      status,
      status === 'complete' && reason !== 'not-sent' && reason !== 'reset' ? 'closed' : reason,
      1,
    );
    options.onMove({ move: move.name, sender: move.sender, status, reason, lines: move.last, custody });
  };

  return {
    take(side, line, record) {
      if (record.kind === 'block-reset') {
        for (const name of record.moves) {
          if ([...done, ...unused, ...withdrawn].some((over) => over.has(name))) continue;
          const move = find(name);
          move.resets ??= [undefined, undefined];
          move.resets[side] ??= line;
          move.last[side] = line;
        }
        return;
      }
      if (!isOfMove(record)) return;
      if (record.kind === 'returned' && isDone(record.move)) return takeReturnOfDone(side, line, record);
      // Said by the receiver before it had read that nothing would come.
      const isAnswer = record.kind === 'accepted' || record.kind === 'refused';
      if (isAnswer && withdrawn[otherSide(side)].has(record.move)) return;
      const move = find(record.move);
      move.last[side] = line;
      if (record.custodyPoint !== undefined) {
        move.custodyPoints ??= [undefined, undefined];
        move.custodyPoints[side] = record.custodyPoint;
      }
      const fault = takeInto(move, side, line, record);
      if (fault !== undefined) move.fault ??= fault;
      settle(move);
    },
    get underWay() {
      return moves.size;
    },
    end() {
      for (const move of moves.values()) tell(move);
      moves.clear();
      return counts;
    },
  };

  function isDone(name: string): boolean {
    return done[0].has(name) || done[1].has(name);
  }

  /** That goods are back is told long after: the move itself stays over, if what brought them was received. */
  function takeReturnOfDone(side: Side, line: LineNumber, record: RecordOf<'returned'>): void {
    if (wasReceived(side, record.by)) return;
    const move = find(record.move);
    move.last[side] = line;
    move.fault ??= 'never-brought-back';
  }

  /** Whether this side has received the move, by its own log. */
  function wasReceived(side: Side, name: string): boolean {
    if (options.from[side] > 1) return true;
    const move = moves.get(name);
    return (
      done[otherSide(side)].has(name) || (move?.received !== undefined && move.sender === otherSide(side))
    );
  }

  /** Writes down what the record says. What this log alone shows to be wrong is returned, and not written down. */
  function takeInto(move: Move, side: Side, line: LineNumber, record: MoveRecord): Reason | undefined {
    if (record.kind === 'disputed' || record.kind === 'joint-inspection' || isEndOfDifference(record))
      return takeDifference(move, side, line, record);
    const sender = isSenders(record) ? side : otherSide(side);
    if (move.sender !== undefined && move.sender !== sender) return 'two-senders';
    move.sender = sender;
    return isSenders(record)
      ? takeSenders(move, side, line, record)
      : takeReceivers(move, side, line, record);
  }

  function takeSenders(move: Move, side: Side, line: LineNumber, record: SendersRecord): Reason | undefined {
    const isUnknown = move.offered === undefined && options.from[side] === 1;
    switch (record.kind) {
      case 'offered':
        if (move.offered !== undefined) return 'told-twice';
        move.offered = { line, containers: record.containers.map(({ number }) => number) };
        return undefined;
      case 'offer-withdrawn':
        if (move.withdrawn !== undefined) return 'told-twice';
        if (isUnknown) return 'never-offered';
        if (move.departed !== undefined) return 'returned-and-used';
        move.withdrawn = line;
        return undefined;
      case 'grant-returned':
        if (move.grantReturned !== undefined) return 'told-twice';
        if (move.departed !== undefined) return 'returned-and-used';
        move.grantReturned = { line, grant: record.grant };
        return undefined;
      case 'departed': {
        if (move.departed !== undefined) return 'departed-twice';
        if (isUnknown && record.hotline === undefined) return 'never-offered';
        if (move.withdrawn !== undefined || move.grantReturned !== undefined) return 'returned-and-used';
        const { grant, containers, hotline } = record;
        move.departed = { line, grant, containers, hotline: hotline?.number };
        return undefined;
      }
      case 'recalled':
        if (isUnknown) return 'never-offered';
        if (move.closed !== undefined) return 'told-too-late';
        move.recalled = line;
        return undefined;
      case 'closed':
        if (move.closed !== undefined) return 'told-twice';
        if (move.departed === undefined && options.from[side] === 1) return 'closed-not-departed';
        move.closed = line;
        return undefined;
      case 'returned':
        if (move.returned !== undefined) return 'told-twice';
        if (!wasReceived(side, record.by)) return 'never-brought-back';
        move.returned = line;
        return undefined;
      default:
        return record satisfies never;
    }
  }

  function takeReceivers(
    move: Move,
    side: Side,
    line: LineNumber,
    record: ReceiversRecord,
  ): Reason | undefined {
    const isUngranted = move.granted === undefined && options.from[side] === 1;
    const isReceipt = record.kind === 'received' || record.kind === 'received-with-remarks';
    if (move.received !== undefined && !isReceipt) return 'told-too-late';
    switch (record.kind) {
      case 'accepted':
        if (move.accepted !== undefined) return 'told-twice';
        move.accepted = line;
        return undefined;
      case 'refused':
        if (move.refused !== undefined) return 'told-twice';
        move.refused = line;
        return undefined;
      case 'granted':
        if (move.granted !== undefined) return 'told-twice';
        if (grants[side].has(record.grant)) return 'grant-used-twice';
        grants[side].add(record.grant);
        move.granted = { line, grant: record.grant, hotline: record.hotline?.number };
        return undefined;
      case 'arrived':
        if (move.arrived !== undefined) return 'told-twice';
        if (isUngranted) return 'never-granted';
        move.arrived = line;
        return undefined;
      case 'received':
      case 'received-with-remarks': {
        if (move.received !== undefined) return 'received-twice';
        if (isUngranted) return 'never-granted';
        const hasRemarks = record.kind === 'received-with-remarks';
        move.received = { line, containers: record.containers, hasRemarks };
        return undefined;
      }
      default:
        return record satisfies never;
    }
  }

  function takeDifference(move: Move, side: Side, line: LineNumber, record: DifferenceRecord): undefined {
    move.differences ??= new Map();
    const known = move.differences.get(record.discrepancy);
    const difference = known ?? { told: [undefined, undefined], closed: [undefined, undefined] };
    move.differences.set(record.discrepancy, difference);
    if (record.kind === 'closed') difference.closed[side] = { line, outcome: record.outcome ?? '' };
    else difference.told[side] ??= line;
  }
}

/** What one side wrote only after it had read the other's line: the file of the one reaches beyond that line of the other. */
function noteReading({ sender, ...move }: Move, seen: [LineNumber, LineNumber]): void {
  if (sender === undefined) return;
  const { offered, accepted, refused, granted, departed, grantReturned, received, closed } = move;
  const reads = (side: Side, line: LineNumber | undefined): void => {
    if (line !== undefined && line > seen[side]) seen[side] = line;
  };
  // Over the hotline things are told by people, and read later.
  const isRead = granted?.hotline === undefined && departed?.hotline === undefined;
  if (accepted !== undefined || refused !== undefined || (granted !== undefined && isRead))
    reads(sender, offered?.line);
  if ((departed !== undefined || grantReturned !== undefined) && isRead)
    reads(otherSide(sender), granted?.line);
  if (closed !== undefined) reads(otherSide(sender), received?.line);
}

type MoveRecord = Extract<HandoverRecord, { move: string }>;
type EndOfDifference = RecordOf<'closed'> & { discrepancy: string };
type DifferenceRecord = RecordOf<'disputed' | 'joint-inspection'> | EndOfDifference;
type SendersRecord = RecordOf<
  'offered' | 'offer-withdrawn' | 'grant-returned' | 'departed' | 'recalled' | 'closed' | 'returned'
>;
type ReceiversRecord = RecordOf<
  'accepted' | 'refused' | 'granted' | 'arrived' | 'received' | 'received-with-remarks'
>;

const isOfMove = (record: HandoverRecord): record is MoveRecord => 'move' in record;

const isEndOfDifference = (record: MoveRecord): record is EndOfDifference =>
  record.kind === 'closed' && record.discrepancy !== undefined;

const SENDERS: ReadonlySet<string> = new Set([
  'offered',
  'offer-withdrawn',
  'grant-returned',
  'departed',
  'recalled',
  'closed',
  'returned',
] satisfies SendersRecord['kind'][]);
const isSenders = (record: SendersRecord | ReceiversRecord): record is SendersRecord =>
  SENDERS.has(record.kind);

export { REASONS };
