/**
 * Publishing our own log, without I/O: lines go in as the journal tells them, heads come out, and pages and proofs of what is
 * on disk. A head is never shown before it is: what {@link Publisher.project} returns is to be stored, whole, in one
 * transaction with the lines it covers; only `committed` makes it the head that is served.
 *
 * Whatever contradicts a head we have signed (a journal that tells other lines, a reader who has seen another history) ends
 * publishing until a person has looked: a gate never signs two histories.
 */

import type { LogFault } from './follower.ts';
import type { LogHashes } from './hashes.ts';
import { type NewHead, PROTOCOL_VERSION, readHead, signedWith, unsignedHead } from './head.ts';
import { type KeyRing, signingKeyOf } from './key-ring.ts';
import { decodeRecord } from './line.ts';
import { appendLeaf, leafHash, rootHash } from './merkle.ts';
import { type Asking, askHead, askLeaves, askLines, askSignature, type SignedHead } from './needs.ts';
import { pageOfLines } from './page.ts';
import {
  mayTellRotation,
  type ReadRotation,
  readRotation,
  rotationIn,
  type TakenRotation,
  withRotations,
} from './rotation.ts';
import {
  type ConsistencyPage,
  HEAD_LINES_MAX,
  type InclusionPage,
  type LogPage,
  UNDER_LINES_MAX,
} from './wire.ts';
import { judgeWitness } from './witness.ts';

/**
 * - `altered-line`: the journal, or the store, tells another line than the one we signed.
 * - `gap`: the journal leaves lines out.
 * - `shrunken-log`: fewer lines than we have signed.
 * - `fork`: the other side shows a head of ours over another history.
 * - `bad-signature`: no key of ours may sign the next head, a line tells of a change of keys that is none, or the other side shows a
 *   head of our log that is of no key we know, or of one that should not have signed it.
 */
export interface OwnLogFault {
  kind: 'altered-line' | 'gap' | 'shrunken-log' | 'fork' | 'bad-signature';
  /** What was found, for a person. */
  reason: string;
  /** Signed heads of ours that show it. */
  heads: readonly string[];
}

export interface LogLine {
  /** From 1, without gaps. */
  line: number;
  data: string;
}

/** What is to become durable, all of it or none. */
export interface Projection {
  lines: LogLine[];
  heads: SignedHead[];
  /** Changes of our key that these lines tell of. */
  rotations: TakenRotation[];
}

/** What a reader asks for. */
export interface PageRequest {
  after: number;
  /** The newest protocol version it reads. */
  reads: number;
  /** The head it is reading up to. */
  under?: number;
}

export interface Publisher {
  /** Lines covered by the newest head that is on disk. */
  readonly size: number;
  /** The newest head that is on disk. */
  readonly head: string;
  /** The keys of our log, with every change that it tells of and that is on disk. */
  readonly ring: KeyRing;
  /** Why nothing is published any more; undefined while all is well. */
  readonly fault: OwnLogFault | undefined;
  /** Whether the journal is being compared with our lines from its beginning. */
  readonly rechecking: boolean;
  /** Whether lines and heads may be served: no fault, and level with the journal once since the start. */
  readonly publishing: boolean;
  /** Takes lines as the journal tells them, known ones to compare, new ones to add. `at`: now, milliseconds since 1970. */
  project(lines: readonly LogLine[], at: number): Asking<Projection>;
  /** What was projected is on disk. */
  committed(): void;
  /** The journal is read again from its beginning. */
  recheck(): void;
  /** Our keys are listed anew. */
  useKeys(listed: KeyRing): void;
  /**
   * The newest head once more, by the key in force now, if the one that has signed it counts no more: else nobody could read on before
   * there is a next line. To be stored in its place, then `renewed`. Undefined if there is nothing to do.
   */
  renew(at: number): Asking<SignedHead | undefined>;
  renewed(head: SignedHead): void;
  /** A person has looked at the fault: it is forgotten, and found again if it is still there. The journal is to be read again. */
  clear(): void;
  /** Everything in the journal has been projected. */
  level(): void;
  /** Lines after `after` with a head that covers them. */
  page(request: PageRequest): Asking<Omit<LogPage, 'witness'>>;
  /** That the log of `from` lines is a beginning of the log of `to`; undefined if there are no such sizes. */
  consistency(from: number, to: number): Asking<ConsistencyPage | undefined>;
  /** That `line` is in the log of `size` lines; undefined if it is not. */
  inclusion(line: number, size: number): Asking<InclusionPage | undefined>;
  /**
   * Compares a head of ours that the other side shows with our log. What is wrong with our log, or our keys, ends publishing; a fault of
   * the other side is given back. `theirs`: the keys of its own log.
   */
  compare(witness: string, theirs: KeyRing): Asking<LogFault | undefined>;
  /** Ends publishing. */
  fail(fault: OwnLogFault): void;
}

/** A log of which `hashes` and the newest `head` are on disk; without a head, {@link firstHead} has to be stored first. */
export function createPublisher(options: {
  gate: string;
  /** Our keys as listed; `rotations`: what our lines on disk have told of them since. */
  ring: KeyRing;
  rotations?: readonly TakenRotation[];
  /** What our heads say that this gate can do. */
  capabilities?: readonly string[];
  hashes: LogHashes;
  head: SignedHead;
  /** Publishing has ended. */
  onFault(fault: OwnLogFault): void;
}): Publisher {
  const { gate, hashes, capabilities = [] } = options;
  let listed = options.ring;
  let rotations = options.rotations ?? [];
  let ring = ringWith(listed, rotations);
  let published = options.head;
  let projected:
    | {
        head: SignedHead;
        leaves: readonly string[];
        rechecked: number | undefined;
        rotations: readonly TakenRotation[];
      }
    | undefined;
  let fault: OwnLogFault | undefined;
  let isLevel = false;
  /** While the journal is read again: how many of our lines it has told so far. */
  let rechecked: number | undefined;
  let compared: string | undefined;
  let version1: { of: string; jws: string } | undefined;

  const fail = (found: OwnLogFault): void => {
    if (fault !== undefined) return;
    fault = found;
    options.onFault(found);
  };
  const check = (): void => {
    if (published.size !== hashes.tree.size || published.rootHash !== rootHash(hashes.tree))
      fail({
        kind: published.size > hashes.tree.size ? 'shrunken-log' : 'altered-line',
        reason: `the stored lines (${hashes.tree.size}) differ from the head signed over ${published.size} lines`,
        heads: [published.jws],
      });
  };
  check();

  /** Whether the line is the one that was signed, or the next. */
  const judge = (line: number, end: number, told: number | undefined): OwnLogFault | undefined => {
    if (told !== undefined && line !== told + 1)
      return gap(`the journal tells line ${line} after line ${told}`);
    return line > end + 1 ? gap(`the journal tells line ${line}, our log ends at ${end}`) : undefined;
  };
  const gap = (reason: string): OwnLogFault => ({ kind: 'gap', reason, heads: [published.jws] });

  /** The same head in the form of version 1, for a reader that knows no other; the newest is kept, for it is asked for again. */
  function* inVersion1({ jws }: SignedHead): Asking<string> {
    if (version1?.of === jws) return version1.jws;
    const read = readHead(jws, ring);
    if (!read.ok) throw new Error(`a head of ours cannot be read: ${read.reason}`);
    if (read.head.version === 1) return jws;
    const key = ring.keys.find(({ kid }) => kid === read.kid);
    if (key === undefined) throw new Error(`key ${read.kid} has signed and is none of ours`);
    version1 = { of: jws, jws: yield* signedBy({ ...read.head, version: 1 }, key) };
    return version1.jws;
  }

  return {
    get size() {
      return published.size;
    },
    get head() {
      return published.jws;
    },
    get ring() {
      return ring;
    },
    get fault() {
      return fault;
    },
    get rechecking() {
      return rechecked !== undefined;
    },
    get publishing() {
      return fault === undefined && isLevel;
    },

    *project(lines, at) {
      let { tree } = hashes;
      let head = published;
      let told = rechecked;
      const leaves: string[] = [];
      const added: Projection = { lines: [], heads: [], rotations: [] };
      let keys = ring;
      function* sign(): Asking<void> {
        if (tree.size === head.size) return;
        const signed = yield* signedHead(
          { gate, size: tree.size, rootHash: rootHash(tree), at, capabilities: [...capabilities] },
          keys,
        );
        if (typeof signed === 'string') {
          fail({ kind: 'bad-signature', reason: signed, heads: [published.jws] });
          return;
        }
        head = signed;
        added.heads.push(head);
      }
      const known = lines.filter(({ line }) => line <= published.size);
      const [first, last] = [known[0]?.line ?? 1, known.at(-1)?.line ?? 0];
      const stored = first <= last ? yield* askLeaves(first - 1, last) : [];
      for (const { line, data } of lines) {
        if (fault !== undefined) break;
        const wrong = judge(line, tree.size, told);
        if (wrong !== undefined) {
          fail(wrong);
          break;
        }
        if (told !== undefined) told = line;
        const leaf = leafHash(data);
        if (line <= tree.size) {
          const signed = line <= published.size ? stored[line - first] : leaves[line - published.size - 1];
          if (signed === leaf) continue;
          fail({
            kind: 'altered-line',
            reason: `the journal tells another line ${line} than the one we signed`,
            heads: [published.jws],
          });
          break;
        }
        const change = changeIn(gate, line, data, keys);
        // What no reader may believe is neither stored nor signed: it could never be taken back.
        if (change?.ok === false) {
          fail({
            kind: 'bad-signature',
            reason: `${change.reason}. It is not published: replace our key by hand (docs/keys.md)`,
            heads: [head.jws],
          });
          break;
        }
        added.lines.push({ line, data });
        leaves.push(leaf);
        tree = appendLeaf(tree, leaf);
        // Often enough that a reader of version 1 finds a page that ends at a head.
        if (tree.size - head.size === HEAD_LINES_MAX) yield* sign();
        if (change === undefined) continue;
        // The head of exactly the lines up to a change of keys is the last of the old one.
        yield* sign();
        keys = change.ring;
        if (change.taken) added.rotations.push(change.taken);
      }
      yield* sign();
      // Lines that no head covers are not ours to tell.
      const covered = head.size - published.size;
      added.lines.splice(covered);
      leaves.splice(covered);
      projected = { head, leaves, rechecked: told, rotations: added.rotations };
      return added;
    },
    committed() {
      if (projected === undefined) return;
      for (const leaf of projected.leaves) hashes.append(leaf);
      published = projected.head;
      rechecked = projected.rechecked;
      if (projected.rotations.length > 0) {
        rotations = [...rotations, ...projected.rotations];
        ring = ringWith(listed, rotations);
      }
      projected = undefined;
    },
    recheck() {
      isLevel = false;
      rechecked = 0;
      projected = undefined;
    },
    useKeys(keys) {
      listed = keys;
      ring = ringWith(listed, rotations);
      compared = undefined;
      version1 = undefined;
    },
    *renew(at) {
      const { size, rootHash: root, jws } = published;
      const read = readHead(jws, ring);
      const signer = read.ok ? ring.keys.find(({ kid }) => kid === read.kid) : undefined;
      if (signer !== undefined && signer.revokedAt === undefined) return undefined;
      const found = signingKeyOf(ring, { size, at });
      if (!found.ok || found.key.revokedAt !== undefined) return undefined;
      const head = yield* signedHead({ gate, size, rootHash: root, at }, ring);
      return typeof head === 'string' ? undefined : head;
    },
    renewed(head) {
      if (head.size === published.size) published = head;
    },
    clear() {
      fault = undefined;
      compared = undefined;
      isLevel = false;
      check();
    },
    level() {
      if (rechecked !== undefined && rechecked < published.size)
        fail({
          kind: 'shrunken-log',
          reason: `the journal tells ${rechecked} lines, we have signed ${published.size}`,
          heads: [published.jws],
        });
      rechecked = undefined;
      isLevel = true;
    },

    *page({ after, reads, under }) {
      const newest = published;
      if (after >= newest.size)
        return reads > 1
          ? { lines: [], head: newest.jws, after }
          : { lines: [], head: yield* inVersion1(newest) };
      if (reads <= 1) {
        const end = yield* askHead(Math.min(after + HEAD_LINES_MAX, newest.size));
        if (end === undefined || end.size <= after)
          throw new Error(`no signed head within ${HEAD_LINES_MAX} lines after line ${after}`);
        return { lines: [...(yield* askLines(after, end.size))], head: yield* inVersion1(end) };
      }
      // Not further ahead than this, so that who reads a long log has a witness of it now and then.
      // Nor beyond a change of keys: it does not know the next one before it has read that line.
      const within = yield* upToChange(ring, after, Math.min(newest.size, after + UNDER_LINES_MAX));
      const asked = under !== undefined && under > after ? Math.min(under, within) : within;
      const found = asked < newest.size ? yield* askHead(asked) : newest;
      const head = found === undefined || found.size <= after ? newest : found;
      const lines = yield* pageOfLines(after, head.size);
      const last = after + lines.length;
      if (last === head.size) return { lines, head: head.jws, after };
      return { lines, head: head.jws, after, proof: yield* hashes.consistencyProof(last, head.size) };
    },
    *consistency(from, to) {
      if (from < 1 || from > to || to > published.size) return undefined;
      return {
        from,
        to,
        fromRoot: yield* hashes.rootAt(from),
        toRoot: yield* hashes.rootAt(to),
        proof: yield* hashes.consistencyProof(from, to),
      };
    },
    *inclusion(line, size) {
      if (line < 1 || line > size || size > published.size) return undefined;
      const [leaf = ''] = yield* askLeaves(line - 1, line);
      const proof = yield* hashes.inclusionProof(line - 1, size);
      return { line, size, leaf, root: yield* hashes.rootAt(size), proof };
    },

    *compare(witness, theirs) {
      // Until we are level with the journal, the other side may rightly have seen more than we have projected.
      if (witness === compared || !isLevel) return undefined;
      const newest = published;
      const judged = judgeWitness(witness, { gate, ours: ring, theirs });
      if (judged.kind === 'lie') return judged.fault;
      if (judged.kind === 'own-keys') {
        fail({ kind: 'bad-signature', reason: judged.reason, heads: [newest.jws, witness] });
        return undefined;
      }
      const { size, rootHash: seenRoot } = judged.head;
      const ownRoot = size <= newest.size ? yield* hashes.rootAt(size) : undefined;
      if (ownRoot === undefined)
        fail({
          kind: 'shrunken-log',
          reason: `the other side has seen ${size} lines of our log, we have ${newest.size}`,
          heads: [newest.jws, witness],
        });
      else if (ownRoot !== seenRoot)
        fail({
          kind: 'fork',
          reason: `the other side has seen another history of our first ${size} lines`,
          heads: [newest.jws, witness],
        });
      else compared = witness;
      return undefined;
    },
    fail,
  };
}

/**
 * The head of a log that has lines and no head yet, such as a new one: to be stored before it is published. A text says why no key of
 * ours may sign it.
 */
export const firstHead = (
  gate: string,
  hashes: LogHashes,
  at: number,
  ring: KeyRing,
): Asking<SignedHead | string> =>
  signedHead({ gate, size: hashes.tree.size, rootHash: rootHash(hashes.tree), at }, ring);

function* signedHead(of: Omit<NewHead, 'version'>, ring: KeyRing): Asking<SignedHead | string> {
  const { size, rootHash: root } = of;
  const found = signingKeyOf(ring, of);
  if (!found.ok) return `our log cannot be signed: ${found.reason}`;
  return { size, rootHash: root, jws: yield* signedBy({ ...of, version: PROTOCOL_VERSION }, found.key) };
}

function* signedBy(head: NewHead, key: { alg: string; kid: string }): Asking<string> {
  const unsigned = unsignedHead(head, key);
  return signedWith(unsigned, yield* askSignature(key.kid, Buffer.from(unsigned, 'ascii')));
}

/** The change of keys that a line tells of, if it does. */
function changeIn(gate: string, line: number, data: string, ring: KeyRing): ReadRotation | undefined {
  if (!mayTellRotation(data)) return undefined;
  const decoded = decodeRecord(data);
  const record = decoded.ok ? rotationIn(decoded.record) : undefined;
  return record && readRotation(record, { gate, line, ring });
}

/** The first line after `after` that tells of a change of keys; `last` if there is none before. One that people have made by hand stands in no line. */
function* upToChange(ring: KeyRing, after: number, last: number): Asking<number> {
  const ends = ring.keys.map(({ lastSize = 0 }) => lastSize).filter((end) => end > after && end < last);
  for (const end of ends.sort((a, b) => a - b)) {
    const [data = ''] = yield* askLines(end - 1, end);
    if (mayTellRotation(data)) return end;
  }
  return last;
}

/** Throws if our own lines told of keys that are none. */
function ringWith(listed: KeyRing, rotations: readonly TakenRotation[]): KeyRing {
  const made = withRotations(listed, rotations);
  if (!made.ok) throw new Error(made.reason);
  return made.ring;
}
