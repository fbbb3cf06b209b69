/**
 * Reading another gate's log, without I/O: batches of lines with a signed head go in, verified records come out, or the
 * one fault that ended it. The follower recomputes the whole Merkle tree as it reads, so nothing that it
 * has once verified can be changed behind its back.
 */
import { type LogHead, PROTOCOL_VERSIONS_READ, readHead } from './head.ts';
import type { KeyRing } from './key-ring.ts';
import { decodeRecord } from './line.ts';
import { appendLeaf, EMPTY_TREE, leafHash, type MerkleTree, rootHash } from './merkle.ts';
import type { HandoverRecord } from './record.ts';
import { mayTellRotation, readRotation, rotationIn, type TakenRotation, withRotations } from './rotation.ts';

/** Where a follower stands: plain JSON, to be stored with the lines it covers. */
export interface FollowerState {
  tree: MerkleTree;
  /** The newest head that was verified, exactly as signed: our witness of the other's log. */
  head: string | null;
  /** Changes of the other's key that its log has told of. */
  rotations: TakenRotation[];
}

export const NEW_FOLLOWER: FollowerState = { tree: EMPTY_TREE, head: null, rotations: [] };

/**
 * - `bad-signature`: the head is not signed with a key that we trust and that may sign it, or a change of keys is not signed by both.
 * - `wrong-log`: it is the head of another gate, or of a protocol version we do not know.
 * - `shrunken-log`: the head covers fewer lines than we have verified.
 * - `fork`: a valid head of the size we know, with another root.
 * - `gap`: lines are missing, doubled, or more than the head covers.
 * - `altered-line`: a line is unreadable, or the lines do not hash to the signed root.
 */
export interface LogFault {
  kind: 'bad-signature' | 'wrong-log' | 'shrunken-log' | 'fork' | 'gap' | 'altered-line';
  /** What was found, for a person. */
  reason: string;
}

export interface VerifiedLine {
  line: number;
  /** The exact text of the line. */
  data: string;
  record: HandoverRecord;
}

export type FollowerAnswer = { ok: true; lines: VerifiedLine[] } | { ok: false; fault: LogFault };

export interface Follower {
  /** Number of lines verified: ask for the lines after this one. */
  readonly size: number;
  readonly state: FollowerState;
  /** All of the batch is taken or none. After a fault every further batch is answered with that fault. */
  receive(batch: { lines: readonly string[]; head: string }): FollowerAnswer;
}

/**
 * Follows the log of `gate`, from `state` on. `ring`: the keys trusted at first; the log itself tells of later ones. Throws if the keys
 * that the state tells of are none.
 */
export function createFollower(options: { gate: string; ring: KeyRing; state?: FollowerState }): Follower {
  let state = options.state ?? NEW_FOLLOWER;
  const made = withRotations(options.ring, state.rotations);
  if (!made.ok) throw new Error(made.reason);
  let { ring } = made;
  let ended: LogFault | undefined;

  const judge = (batch: { lines: readonly string[]; head: string }): FollowerAnswer => {
    // The head may be signed with a key that only these lines tell of.
    const told = keysToldIn(batch.lines, { gate: options.gate, after: state.tree.size, ring });
    if (!told.ok) return fault('bad-signature', told.reason);
    const read = readHead(batch.head, told.ring);
    if (!read.ok) return fault('bad-signature', read.reason);
    const wrong = faultOfHead(read.head, options.gate, state.tree);
    if (wrong) return { ok: false, fault: wrong };
    const expected = read.head.size - state.tree.size;
    if (batch.lines.length !== expected)
      return fault(
        'gap',
        `${batch.lines.length} lines came after line ${state.tree.size}, the head covers ${expected}`,
      );

    let tree = state.tree;
    const lines: VerifiedLine[] = [];
    for (const data of batch.lines) {
      const line = tree.size + 1;
      const decoded = decodeRecord(data);
      if (!decoded.ok) return fault('altered-line', `line ${line}: ${decoded.reason}`);
      if (decoded.gate !== options.gate) return fault('wrong-log', `line ${line} is of gate ${decoded.gate}`);
      if (decoded.line !== line)
        return fault('gap', `line ${decoded.line} stands where line ${line} belongs`);
      lines.push({ line, data, record: decoded.record });
      tree = appendLeaf(tree, leafHash(data));
    }
    if (rootHash(tree) !== read.head.rootHash)
      return fault('altered-line', `lines up to ${tree.size} do not hash to the signed root`);
    state = { tree, head: batch.head, rotations: [...state.rotations, ...told.taken] };
    ring = told.ring;
    return { ok: true, lines };
  };

  return {
    get size() {
      return state.tree.size;
    },
    get state() {
      return state;
    },
    receive(batch) {
      if (ended) return { ok: false, fault: ended };
      const answer = judge(batch);
      if (!answer.ok) ended = answer.fault;
      return answer;
    },
  };
}

const fault = (kind: LogFault['kind'], reason: string): FollowerAnswer => ({
  ok: false,
  fault: { kind, reason },
});

/** More changes of keys than a log tells of in its life: whoever wrote them wants to fill our memory. */
const ROTATIONS_MAX = 1_000;

type ToldKeys = { ok: true; ring: KeyRing; taken: TakenRotation[] } | { ok: false; reason: string };

/** The keys after the changes that these lines tell of. Nothing of it counts before the head has been verified. */
function keysToldIn(
  lines: readonly string[],
  { gate, after, ring }: { gate: string; after: number; ring: KeyRing },
): ToldKeys {
  let now = ring;
  const taken: TakenRotation[] = [];
  for (const [index, data] of lines.entries()) {
    if (!mayTellRotation(data)) continue;
    const decoded = decodeRecord(data);
    const record = decoded.ok ? rotationIn(decoded.record) : undefined;
    if (record === undefined) continue;
    const read = readRotation(record, { gate, line: after + index + 1, ring: now });
    if (!read.ok) return read;
    if (read.ring.keys.length > ROTATIONS_MAX)
      return { ok: false, reason: `the log has changed its key more than ${ROTATIONS_MAX} times` };
    now = read.ring;
    if (read.taken) taken.push(read.taken);
  }
  return { ok: true, ring: now, taken };
}

function faultOfHead(head: LogHead, gate: string, known: MerkleTree): LogFault | undefined {
  if (head.gate !== gate)
    return { kind: 'wrong-log', reason: `the head is of gate ${head.gate}, not ${gate}` };
  if (!PROTOCOL_VERSIONS_READ.includes(head.version))
    return {
      kind: 'wrong-log',
      reason: `protocol version ${head.version} is none of ${PROTOCOL_VERSIONS_READ.join(', ')}`,
    };
  if (head.size < known.size)
    return {
      kind: 'shrunken-log',
      reason: `the log has ${head.size} lines, ${known.size} were verified before`,
    };
  if (head.size === known.size && head.rootHash !== rootHash(known))
    return { kind: 'fork', reason: `two signed histories of ${head.size} lines` };
  return undefined;
}
