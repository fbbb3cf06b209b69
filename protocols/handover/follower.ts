/**
 * Reading another gate's log, without I/O: batches of lines with a signed head go in, verified records come out, or the
 * one fault that ended it. The follower recomputes the whole Merkle tree as it reads, so nothing that it
 * has once verified can be changed behind its back.
 */
import { type LogHead, PROTOCOL_VERSION, readHead, type Verifier } from './head.ts';
import { decodeRecord } from './line.ts';
import { appendLeaf, EMPTY_TREE, leafHash, type MerkleTree, rootHash } from './merkle.ts';
import type { HandoverRecord } from './record.ts';

/** Where a follower stands: plain JSON, to be stored with the lines it covers. */
export interface FollowerState {
  tree: MerkleTree;
  /** The newest head that was verified, exactly as signed: our witness of the other's log. */
  head: string | null;
}

export const NEW_FOLLOWER: FollowerState = { tree: EMPTY_TREE, head: null };

/**
 * - `bad-signature`: the head is not signed with the key we trust.
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

/** Follows the log of `gate`, from `state` on. */
export function createFollower(options: {
  gate: string;
  verifier: Verifier;
  state?: FollowerState;
}): Follower {
  let state = options.state ?? NEW_FOLLOWER;
  let ended: LogFault | undefined;

  const judge = (batch: { lines: readonly string[]; head: string }): FollowerAnswer => {
    const read = readHead(batch.head, options.verifier);
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
    state = { tree, head: batch.head };
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

function faultOfHead(head: LogHead, gate: string, known: MerkleTree): LogFault | undefined {
  if (head.gate !== gate)
    return { kind: 'wrong-log', reason: `the head is of gate ${head.gate}, not ${gate}` };
  if (head.version !== PROTOCOL_VERSION)
    return { kind: 'wrong-log', reason: `protocol version ${head.version} is not ${PROTOCOL_VERSION}` };
  if (head.size < known.size)
    return {
      kind: 'shrunken-log',
      reason: `the log has ${head.size} lines, ${known.size} were verified before`,
    };
  if (head.size === known.size && head.rootHash !== rootHash(known))
    return { kind: 'fork', reason: `two signed histories of ${head.size} lines` };
  return undefined;
}
