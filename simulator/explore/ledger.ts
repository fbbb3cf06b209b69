/**
 * Both logs read by somebody who trusts neither: each line must be one its writer may write then, whoever has the other
 * log. A line counts from the moment it is durable.
 */
import type { HandoverRecord } from '../../edge/core/input.ts';
import { type Move, otherSide, SIDES, type Side, type World } from './world.ts';

type Sent = Move['sent'];
type Received = Move['received'];

/** What the sender must have written last, and the receiver at least, for each line of the sender. */
const OF_SENDER: Record<
  Exclude<Sent, 'offered'>,
  { after: readonly Sent[]; knowing: readonly Received[] }
> = {
  // It may not have read the grant yet; the receiver then keeps the block until the grant is returned.
  'offer-withdrawn': { after: ['offered'], knowing: ['nothing', 'refused', 'accepted', 'granted'] },
  'grant-returned': { after: ['offered', 'offer-withdrawn'], knowing: ['granted'] },
  departed: { after: ['offered'], knowing: ['granted'] },
  recalled: { after: ['departed'], knowing: ['granted', 'arrived', 'received'] },
  closed: { after: ['departed', 'recalled'], knowing: ['received'] },
};
/** The same for each line of the receiver. */
const OF_RECEIVER: Record<
  Exclude<Received, 'nothing'>,
  { after: readonly Received[]; knowing: readonly Sent[] }
> = {
  refused: { after: ['nothing'], knowing: ['offered', 'offer-withdrawn'] },
  accepted: { after: ['nothing'], knowing: ['offered', 'offer-withdrawn'] },
  granted: { after: ['accepted'], knowing: ['offered', 'offer-withdrawn'] },
  // The vehicle may come before its departure was read, never before it was written.
  arrived: { after: ['granted'], knowing: ['departed', 'recalled'] },
  received: { after: ['arrived'], knowing: ['departed', 'recalled'] },
};

/** Enters a line of `writer`; tells what is wrong with it, or null. */
export function enter(world: World, writer: Side, line: HandoverRecord): string | null {
  if (!('move' in line)) return enterOfSection(world, writer, line);
  if (isOfDifference(line)) return null;
  const what = `${line.kind} of ${line.move}`;
  if (SENDING.has(line.kind)) {
    const known = world.closures.find(({ by, clear }) => by === writer || clear.includes(writer));
    if (known !== undefined) return `${what}, though its writer knows of ${known.closure}`;
  }
  const index = world.moves.findIndex(({ move }) => move === line.move);
  const known = world.moves[index];
  if (line.kind === 'offered') {
    if (known !== undefined) return `${what} a second time`;
    const { move, vehicle } = line;
    const containers = line.containers.map(({ number }) => number);
    world.moves.push({ move, sender: writer, vehicle, containers, sent: 'offered', received: 'nothing' });
    const others = containers.filter((box) => (world.custody[box] ?? writer) !== writer);
    for (const box of containers) world.custody[box] ??= writer;
    return others.length === 0 ? null : `${what}: ${others} is in the custody of the other gate`;
  }
  if (known === undefined) return `${what}, which was never offered or is closed`;
  if (known.reset === true)
    return LEFT.has(line.kind) ? `${what}, which both sides have found gone from the section` : null;
  const wrong = stepOf(line) in OF_RECEIVER ? byReceiver(known, writer, line) : bySender(known, writer, line);
  if (wrong !== null) return `${what}: ${wrong}`;
  if (line.kind === 'received') {
    const others = known.containers.filter((box) => world.custody[box] !== known.sender);
    for (const box of known.containers) world.custody[box] = writer;
    if (others.length > 0) return `${what}: ${others} was not in the custody of its sender`;
  }
  // What is over says nothing more.
  if (isOver(known)) world.moves.splice(index, 1);
  return null;
}

/** What a gate does not say any more once its own log shows that it knows of a closure. */
const SENDING: ReadonlySet<string> = new Set(['offered', 'granted', 'departed']);
/** What nobody says any more of a move that was found gone: its vehicle did not go. */
const LEFT: ReadonlySet<string> = new Set(['departed', 'arrived', 'received', 'received-with-remarks']);

/** A line about the section as a whole. */
function enterOfSection(world: World, writer: Side, line: HandoverRecord): string | null {
  switch (line.kind) {
    case 'section-closing':
      world.closures.push({ closure: line.closure, by: writer, clear: [] });
      return null;
    case 'section-reopening':
      world.closures = world.closures.filter(({ closure }) => closure !== line.closure);
      return null;
    case 'section-closed': {
      const standing = world.closures.find(({ closure }) => closure === line.closure);
      if (standing !== undefined)
        standing.clear = SIDES.filter((side) => side === writer || standing.clear.includes(side));
      return null;
    }
    case 'block-reset':
      inspect(world, writer, line.moves);
      return null;
    default:
      return null;
  }
}

/** People of one side have found the block empty of these moves; of the other, too: then they are over, and custody is where it was. */
function inspect(world: World, writer: Side, named: readonly string[]): void {
  const moves = named.toSorted();
  const theirs = world.inspected[otherSide(writer)];
  if (theirs === null || theirs.join() !== moves.join()) {
    world.inspected[writer] = moves;
    return;
  }
  world.inspected = [null, null];
  for (const known of world.moves) if (moves.includes(known.move)) known.reset = true;
}

/** With remarks it is received all the same. */
const stepOf = ({ kind }: HandoverRecord): HandoverRecord['kind'] =>
  kind === 'received-with-remarks' ? 'received' : kind;

/** Differences and returns are told of moves that may be over; nothing is under way because of them. */
const isOfDifference = (line: HandoverRecord): boolean =>
  line.kind === 'disputed' ||
  line.kind === 'joint-inspection' ||
  line.kind === 'returned' ||
  (line.kind === 'closed' && line.discrepancy !== undefined);

function byReceiver(move: Move, writer: Side, line: HandoverRecord): string | null {
  const kind = stepOf(line) as keyof typeof OF_RECEIVER;
  const { after, knowing } = OF_RECEIVER[kind];
  if (writer !== otherSide(move.sender)) return 'written by its sender';
  // What was announced by telephone is granted without another word.
  const isTold = line.kind === 'granted' && line.hotline !== undefined && move.received === 'nothing';
  if (!after.includes(move.received) && !isTold) return `after ${move.received}`;
  if (!knowing.includes(move.sent)) return `while its sender says ${move.sent}`;
  move.received = kind;
  if (line.kind === 'granted') move.grant = line.grant;
  return null;
}

function bySender(move: Move, writer: Side, line: HandoverRecord): string | null {
  const kind = line.kind as keyof typeof OF_SENDER;
  const { after, knowing } = OF_SENDER[kind];
  if (writer !== move.sender) return 'written by its receiver';
  if (!after.includes(move.sent)) return `after ${move.sent}`;
  if (!knowing.includes(move.received)) return `while its receiver says ${move.received}`;
  if ('grant' in line && line.grant !== move.grant) return `with ${line.grant} instead of ${move.grant}`;
  move.sent = kind;
  return null;
}

const isOver = ({ sent, received }: Move): boolean =>
  sent === 'closed' || sent === 'grant-returned' || (sent === 'offer-withdrawn' && received === 'refused');

/** Moves that may be on the block: granted, and neither returned nor arrived. */
export const openGrants = ({ moves }: World): Move[] =>
  moves.filter(
    ({ received, sent, reset }) => received === 'granted' && sent !== 'grant-returned' && reset !== true,
  );

/**
 * Who has a container by the open moves that name it, but for those found gone: by each, its sender until the receiver's log says `received`, then the
 * receiver; where none does, whoever had it last.
 */
export function custodiansOf({ moves, custody }: World, box: string): Side[] {
  const named = moves.filter(({ containers, reset }) => reset !== true && containers.includes(box));
  const sides = named.map(({ sender, received }) => (received === 'received' ? otherSide(sender) : sender));
  const last = custody[box];
  return [...new Set(sides.length === 0 && last !== undefined ? [last] : sides)];
}
