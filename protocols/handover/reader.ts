/**
 * Reading another gate's log, without I/O: what to ask next, and what an answer is worth. An answer that comes late, twice or
 * to another question teaches nothing and harms nothing; one that contradicts what was signed before is a fault, with the
 * signed heads that show it. Nothing is believed before what it rests on is on disk, and nothing twice.
 */
import {
  type Batch,
  believe,
  checkHead,
  type FollowerState,
  keysToldIn,
  type LogFault,
  NEW_FOLLOWER,
  type ReadLogHead,
  ringAt,
  type ToldKeys,
  type VerifiedLine,
} from './follower.ts';
import type { LogHashes } from './hashes.ts';
import { headIn, type LogHead } from './head.ts';
import type { KeyRing } from './key-ring.ts';
import { decodeRecord } from './line.ts';
import type { Asking, SignedHead } from './needs.ts';
import { pageOfLines } from './page.ts';
import type { CopyPage, LogPage } from './wire.ts';

export const READS_VERSION = 2;

/** What to ask: the lines after `after`, and if a head is being read up to, under that. */
export interface Question {
  after: number;
  under?: number;
}

export type ReaderAnswer =
  /** Lines that follow what is stored, verified. They and `state` are to become durable together; then `committed`. */
  | { kind: 'lines'; lines: VerifiedLine[]; state: FollowerState }
  /** The log has no more lines. With `state` its head is new all the same, and to be stored. */
  | { kind: 'level'; state?: FollowerState }
  /** An answer of before, or to another question: harmless, and no sign that the other side is there. */
  | { kind: 'old'; reason: string }
  | { kind: 'fault'; fault: LogFault };

export type PastHead =
  | { kind: 'past'; head: LogHead }
  | { kind: 'ahead' }
  | { kind: 'unreadable'; reason: string }
  | { kind: 'fault'; fault: LogFault };

export interface Reader {
  /** Number of lines that are stored. */
  readonly size: number;
  /** The newest head all of whose lines are stored. */
  readonly witness: SignedHead | null;
  readonly fault: LogFault | undefined;
  /** The keys of the log, with every change that its stored lines have told of. */
  readonly ring: KeyRing;
  /** The head that our own journal remembers: the log must have it in its past, or lead to it. */
  promise(head: SignedHead): Asking<LogFault | undefined>;
  question(): Question;
  /** Takes the answer to a question. After a fault each is answered with that fault. */
  receive(page: Omit<LogPage, 'witness'>): Asking<ReaderAnswer>;
  /** Whether a signed head is of the log as it is stored; one of more lines is not judged yet. */
  past(jws: string): Asking<PastHead>;
  /** What the last answer brought is on disk. */
  committed(): void;
  /**
   * For the gate whose log it is, should it have lost it: lines after `after`, up to the newest head all of whose lines are
   * stored; undefined before the first head.
   */
  copy(after: number): Asking<CopyPage | undefined>;
  /** Other keys are trusted at first. Not between an answer that brought lines and {@link Reader.committed}. */
  useKeys(trusted: KeyRing): void;
  /** A person has looked at the fault: reading goes on from what is stored. */
  clear(): void;
}

/**
 * Reads the log of `gate` on from `state`; `hashes`: of the lines that are stored; `ring`: the keys trusted at first, the log itself
 * tells of later ones.
 */
export function createReader(options: {
  gate: string;
  ring: KeyRing;
  hashes: LogHashes;
  state?: FollowerState;
}): Reader {
  const { gate, hashes } = options;
  let state = options.state ?? NEW_FOLLOWER;
  let trusted = options.ring;
  let ring = ringAt(trusted, state);
  let pending: { state: FollowerState; leaves: readonly string[] } | undefined;
  let ended: LogFault | undefined;
  let known: SignedHead | null = null;

  /** What was verified when it was stored stays our witness, whatever has become of its key. */
  const verified = (jws: string): SignedHead | null => {
    const head = headIn(jws);
    return head === undefined ? null : { size: head.size, rootHash: head.rootHash, jws };
  };
  const fault = (found: LogFault): { kind: 'fault'; fault: LogFault } => {
    ended = found;
    return { kind: 'fault', fault: found };
  };
  /** The largest head that is known, its lines read or still to come. */
  const newest = (): { head: LogHead; jws: string } | undefined => {
    const jws = state.ahead?.at(-1)?.jws ?? state.head;
    // One that our journal remembers may be signed with a key that only lines still to come tell of.
    const head = jws === null ? undefined : headIn(jws);
    return jws === null || head === undefined ? undefined : { head, jws };
  };
  const old = (size: number): ReaderAnswer => ({
    kind: 'old',
    reason: `it answers another question than what follows line ${size}`,
  });
  const forked = (size: number, heads: (string | null)[]): LogFault => ({
    kind: 'fork',
    reason: `two signed histories of ${size} lines`,
    heads: heads.filter((head) => head !== null),
  });

  /** A head of fewer lines than are known: part of the past, or of another one. */
  function* judgeOld(read: ReadLogHead): Asking<LogFault | undefined> {
    const { size, rootHash: root } = read.head;
    if (size <= state.tree.size)
      return (yield* hashes.rootAt(size)) === root ? undefined : forked(size, [state.head, read.jws]);
    const other = state.ahead?.find((promised) => promised.size === size);
    return other === undefined || other.rootHash === root ? undefined : forked(size, [other.jws, read.jws]);
  }

  function* receive({ lines, head, proof, after }: Omit<LogPage, 'witness'>): Asking<ReaderAnswer> {
    if (ended !== undefined) return { kind: 'fault', fault: ended };
    pending = undefined;
    const keys = keysToldIn(lines, gate, ring);
    const read = checkHead(head, { gate, ring: keys.ring });
    const { size } = state.tree;
    // What follows lines that we have not read may be signed with a key that only they tell of.
    if (!read.ok) return after !== undefined && after > size ? old(size) : fault(explained(read.fault, keys));
    if (isOld(after, lines, read.head.size, size)) {
      const wrong = yield* judgeOld(read);
      return wrong === undefined ? old(size) : fault(wrong);
    }
    if (lines.length === 0 && read.head.size <= size) {
      const wrong = yield* judgeOld(read);
      if (wrong !== undefined) return fault(wrong);
      const known = newest();
      if (known !== undefined && known.head.size > read.head.size)
        // It is the signer's own clock that says which of its two heads is the later.
        return read.head.at > known.head.at
          ? fault({
              kind: 'shrunken-log',
              reason: `the log has ${read.head.size} lines, a head of ${known.head.size} was signed before`,
              heads: [known.jws, head],
            })
          : { kind: 'old', reason: `it shows the log of ${read.head.size} lines` };
      if (head === state.head) return { kind: 'level' };
    }
    const belief = believe(state, batchOf({ lines, head, proof }), read, gate, keys);
    if (!belief.ok) return fault(belief.fault);
    pending = { state: belief.state, leaves: belief.lines.map(({ leaf }) => leaf) };
    if (belief.lines.length === 0) return { kind: 'level', state: belief.state };
    return { kind: 'lines', lines: belief.lines, state: belief.state };
  }

  return {
    get size() {
      return state.tree.size;
    },
    get witness() {
      if (state.head !== known?.jws) known = state.head === null ? null : verified(state.head);
      return known;
    },
    get fault() {
      return ended;
    },
    get ring() {
      return ring;
    },
    *promise(head) {
      const { size } = state.tree;
      const known =
        head.size <= size
          ? { rootHash: yield* hashes.rootAt(head.size), jws: state.head }
          : state.ahead?.find((other) => other.size === head.size);
      if (known === undefined) {
        state = { ...state, ahead: [...(state.ahead ?? []), head].sort((a, b) => a.size - b.size) };
        return undefined;
      }
      if (known.rootHash === head.rootHash) return undefined;
      ended = forked(head.size, [head.jws, known.jws]);
      return ended;
    },
    question() {
      const under = state.ahead?.find((head) => head.size > state.tree.size)?.size;
      return { after: state.tree.size, ...(under !== undefined && { under }) };
    },
    receive,
    *past(jws) {
      const read = checkHead(jws, { gate, ring });
      if (!read.ok) return { kind: 'unreadable', reason: read.fault.reason };
      if (read.head.size > state.tree.size) return { kind: 'ahead' };
      const wrong = yield* judgeOld(read);
      return wrong === undefined ? { kind: 'past', head: read.head } : fault(wrong);
    },
    committed() {
      if (pending === undefined) return;
      for (const leaf of pending.leaves) hashes.append(leaf);
      if (pending.state.rotations !== state.rotations) ring = ringAt(trusted, pending.state);
      state = pending.state;
      pending = undefined;
    },
    *copy(after) {
      const { head } = state;
      const size = head === null ? undefined : verified(head)?.size;
      if (head === null || size === undefined) return undefined;
      return { lines: after < size ? yield* pageOfLines(after, size) : [], head };
    },
    useKeys(listed) {
      trusted = listed;
      ring = ringAt(trusted, state);
    },
    clear() {
      if (ended === undefined) return;
      ended = undefined;
      // Heads that the lines may never lead to were looked at; kept, they would be found wrong for ever.
      const { ahead: _, ...believed } = state;
      state = believed;
    },
  };
}

/** Where no key may have signed it, a change of keys that changed nothing is perhaps why. */
const explained = (found: LogFault, { idle }: ToldKeys): LogFault =>
  idle === undefined ? found : { ...found, reason: `${found.reason}; ${idle}` };

/** Whether the page cannot be an answer to what follows line `size`, however honest it is. */
function isOld(after: number | undefined, lines: readonly string[], headSize: number, size: number): boolean {
  if (after !== undefined) return after !== size;
  if (lines.length === 0) return false;
  // Version 1 does not say what it answers; its lines do, and its head covers exactly them.
  if (headSize <= size) return true;
  const first = decodeRecord(lines[0] ?? '');
  return (
    first.ok && first.line !== size + 1 && headSize - lines.length + 1 === first.line && first.line <= size
  );
}

/** How a question is put on the wire. `stamps`: time stamps on heads of more lines are asked for. */
export const logPath = ({ after, under }: Question, waitMs: number, stamps?: number): string =>
  `/log?after=${after}&waitMs=${waitMs}&reads=${READS_VERSION}${under === undefined ? '' : `&under=${under}`}` +
  (stamps === undefined ? '' : `&stamps=${stamps}`);

const batchOf = ({
  lines,
  head,
  proof,
}: {
  lines: readonly string[];
  head: string;
  proof: string[] | undefined;
}): Batch => ({
  lines,
  head,
  ...(proof !== undefined && { proof }),
});
