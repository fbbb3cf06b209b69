/**
 * Believing another gate's log, without I/O: lines with a signed head go in, verified records come out, or the one fault
 * that was found. The whole Merkle tree is recomputed on the way, so nothing that was once verified can be changed behind
 * our back. What to ask for, and answers that come twice or late, are the business of reader.ts.
 */
import { type LogHead, PROTOCOL_VERSIONS_READ, readHead } from './head.ts';
import type { KeyRing } from './key-ring.ts';
import { decodeRecord } from './line.ts';
import { appendLeaf, EMPTY_TREE, leafHash, type MerkleTree, rootHash, verifyConsistency } from './merkle.ts';
import type { SignedHead } from './needs.ts';
import type { HandoverRecord } from './record.ts';
import { mayTellRotation, readRotation, rotationIn, type TakenRotation, withRotations } from './rotation.ts';

/** Where a follower stands: plain JSON, to be stored with the lines it covers. */
export interface FollowerState {
  tree: MerkleTree;
  /** The newest head all of whose lines were verified, exactly as signed: our witness of the other's log. */
  head: string | null;
  /** Verified heads of lines still to come, the nearest first: the log must lead to each of them. */
  ahead?: SignedHead[];
  /** Changes of the other’s key that its lines have told of. */
  rotations?: TakenRotation[];
}

export const NEW_FOLLOWER: FollowerState = { tree: EMPTY_TREE, head: null };

/** Heads of lines to come that are remembered at once. */
const AHEAD_MAX = 4;

/**
 * - `bad-signature`: the head is not signed with a key that we trust and that may sign it, or both keys have not signed a change.
 * - `wrong-log`: it is the head of another gate, or of a protocol version we do not know.
 * - `shrunken-log`: the log has fewer lines than a head says that was signed before.
 * - `fork`: two signed heads that cannot both be of one log.
 * - `gap`: lines are missing, doubled, or more than the head covers.
 * - `altered-line`: a line is unreadable, or the lines do not hash to the signed root.
 */
export interface LogFault {
  kind: 'bad-signature' | 'wrong-log' | 'shrunken-log' | 'fork' | 'gap' | 'altered-line';
  /** What was found, for a person. */
  reason: string;
  /** The signed heads that show it, the one known before first. */
  heads: readonly string[];
}

export interface VerifiedLine {
  line: number;
  /** The exact text of the line. */
  data: string;
  /** Its leaf hash. */
  leaf: string;
  record: HandoverRecord;
}

/** Lines that follow each other, and a signed head. */
export interface Batch {
  lines: readonly string[];
  head: string;
  /** RFC 9162 consistency proof from the tree that ends with the last of `lines` to the head, where it covers more. */
  proof?: readonly string[];
}

export interface Believed {
  ok: true;
  lines: VerifiedLine[];
  /** Where the follower stands with them. */
  state: FollowerState;
}
export type Belief = Believed | { ok: false; fault: LogFault };

/** A head whose signature was checked. */
export interface ReadLogHead {
  head: LogHead;
  jws: string;
}

/** Checks signature, gate and version of a head. */
export function checkHead(
  jws: string,
  { gate, ring }: { gate: string; ring: KeyRing },
): ({ ok: true } & ReadLogHead) | { ok: false; fault: LogFault } {
  const read = readHead(jws, ring);
  if (!read.ok) return fault('bad-signature', read.reason, [jws]);
  const { head } = read;
  if (head.gate !== gate) return fault('wrong-log', `the head is of gate ${head.gate}, not ${gate}`, [jws]);
  if (!PROTOCOL_VERSIONS_READ.includes(head.version))
    return fault(
      'wrong-log',
      `protocol version ${head.version} is none of ${PROTOCOL_VERSIONS_READ.join(', ')}`,
      [jws],
    );
  return { ok: true, head, jws };
}

/** What lines say of the keys of their log, before it is known whether they are its lines. */
export interface ToldKeys {
  ring: KeyRing;
  taken: TakenRotation[];
  /** Why a change among them is none. */
  refused?: string;
  /** Why the last of them that changes nothing does not. */
  idle?: string;
}

/** More changes of keys than a log tells of in its life: whoever wrote them wants to fill our memory. */
const KEYS_MAX = 1_000;

/** The keys with the changes that these lines tell of: a head may be signed with one that only its own lines name. */
export function keysToldIn(lines: readonly string[], gate: string, known: KeyRing): ToldKeys {
  let ring = known;
  const taken: TakenRotation[] = [];
  let idle: string | undefined;
  for (const data of lines) {
    if (!mayTellRotation(data)) continue;
    const decoded = decodeRecord(data);
    const record = decoded.ok ? rotationIn(decoded.record) : undefined;
    if (!decoded.ok || record === undefined) continue;
    const read = readRotation(record, { gate, line: decoded.line, ring });
    if (!read.ok) return { ring, taken, refused: read.reason };
    if (read.ring.keys.length > KEYS_MAX)
      return { ring, taken, refused: `the log has changed its key more than ${KEYS_MAX} times` };
    ({ ring, idle = idle } = read);
    if (read.taken) taken.push(read.taken);
  }
  return { ring, taken, ...(idle !== undefined && { idle }) };
}

/** The ring of `state`: what is trusted, with what the log has told of since. Throws if it told of keys that are none. */
export function ringAt(trusted: KeyRing, { rotations = [] }: FollowerState): KeyRing {
  const made = withRotations(trusted, rotations);
  if (!made.ok) throw new Error(made.reason);
  return made.ring;
}

/** Whether `lines` are the next of the log of `gate` under `read`; all of them are taken or none. */
export function believe(
  state: FollowerState,
  { lines: texts, proof }: Pick<Batch, 'lines' | 'proof'>,
  { head, jws }: ReadLogHead,
  gate: string,
  keys: ToldKeys,
): Belief {
  const { size } = state.tree;
  const heads = state.head === null ? [jws] : [state.head, jws];
  const end = size + texts.length;
  if (head.size < end || (head.size > end && (texts.length === 0 || proof === undefined)))
    return fault(
      'gap',
      `${texts.length} lines came after line ${size}, the head covers ${head.size - size}`,
      heads,
    );

  let { tree } = state;
  const ahead = [...(state.ahead ?? [])];
  /** The nearest head known before that these lines do not lead to. */
  let broken: SignedHead | undefined;
  const lines: VerifiedLine[] = [];
  for (const data of texts) {
    const line = tree.size + 1;
    const decoded = decodeRecord(data);
    if (!decoded.ok) return fault('altered-line', `line ${line}: ${decoded.reason}`, heads);
    if (decoded.gate !== gate) return fault('wrong-log', `line ${line} is of gate ${decoded.gate}`, heads);
    if (decoded.line !== line)
      return fault('gap', `line ${decoded.line} stands where line ${line} belongs`, heads);
    const leaf = leafHash(data);
    lines.push({ line, data, leaf, record: decoded.record });
    tree = appendLeaf(tree, leaf);
    while (ahead[0] !== undefined && ahead[0].size <= line) {
      const [promised] = ahead.splice(0, 1);
      if (promised?.size === line && promised.rootHash !== rootHash(tree)) broken ??= promised;
    }
  }
  if (!isUnder(tree, head, proof))
    return texts.length === 0
      ? fault('fork', `two signed histories of ${size} lines`, heads)
      : fault('altered-line', `lines up to ${tree.size} do not hash to the signed root`, heads);
  // The lines are those of one signed head and not those of another.
  if (broken !== undefined)
    return fault('fork', `two signed histories of ${broken.size} lines`, [broken.jws, jws]);
  // They are the lines of the log, and yet one of them tells of a key that has no right to follow.
  if (keys.refused !== undefined) return fault('bad-signature', keys.refused, heads);
  const rotations = keys.taken.length === 0 ? state.rotations : [...(state.rotations ?? []), ...keys.taken];
  if (head.size === tree.size) return { ok: true, lines, state: stateOf(tree, jws, ahead, rotations) };

  const other = ahead.find((promised) => promised.size === head.size);
  if (other !== undefined && other.rootHash !== head.rootHash)
    return fault('fork', `two signed histories of ${head.size} lines`, [other.jws, jws]);
  if (other === undefined && ahead.length < AHEAD_MAX)
    ahead.push({ size: head.size, rootHash: head.rootHash, jws });
  ahead.sort((a, b) => a.size - b.size);
  return { ok: true, lines, state: stateOf(tree, state.head, ahead, rotations) };
}

const stateOf = (
  tree: MerkleTree,
  head: string | null,
  ahead: SignedHead[],
  rotations: TakenRotation[] | undefined,
): FollowerState => ({
  tree,
  head,
  ...(ahead.length > 0 && { ahead }),
  ...(rotations !== undefined && { rotations }),
});

/** Whether the tree is the head's, or a beginning of it. */
const isUnder = (
  tree: MerkleTree,
  { size, rootHash: root }: LogHead,
  proof: readonly string[] = [],
): boolean =>
  size === tree.size
    ? root === rootHash(tree)
    : verifyConsistency({
        firstSize: tree.size,
        firstRoot: rootHash(tree),
        secondSize: size,
        secondRoot: root,
        proof,
      });

const fault = (
  kind: LogFault['kind'],
  reason: string,
  heads: readonly string[],
): { ok: false; fault: LogFault } => ({ ok: false, fault: { kind, reason, heads } });
