/**
 * Our handover log: a projection of the journal, line for line, with signed heads. A head is signed and on disk, in one
 * transaction with the lines it covers, before anyone is served either.
 *
 * Whatever contradicts a head we have signed (a journal that tells other lines, a counterpart that has seen another
 * history) ends publishing until a person has looked: a gate never signs two histories.
 */
import { PROTOCOL_VERSION, readHead, signHeadRemotely } from '../../../protocols/handover/head.ts';
import { type KeyRing, signingKeyOf } from '../../../protocols/handover/key-ring.ts';
import {
  appendLeaf,
  EMPTY_TREE,
  leafHash,
  type MerkleTree,
  rootHash,
} from '../../../protocols/handover/merkle.ts';
import { PAGE_LINES_MAX } from '../../../protocols/handover/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { GateError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { Database, Statements } from '../database.ts';
import type { OwnKeys } from '../keys.ts';
import { createOwnRing } from './own-ring.ts';

const READ_LINES = 500;

export interface HandoverLog {
  /** Lines covered by the newest head that is on disk. */
  readonly size: number;
  /** The newest signed head. */
  readonly head: string;
  /** The keys of our log, with every change that it tells of and that is on disk. */
  readonly ring: KeyRing;
  /** Why nothing is published any more; undefined while all is well. */
  readonly fault: string | undefined;
  /** Whether the journal is being compared with our lines from its beginning. */
  readonly rechecking: boolean;
  /** Whether lines and heads may be served: no fault, and level with the journal once since the start. */
  readonly publishing: boolean;
  /** Takes lines as the journal tells them, known ones to compare, new ones to add. True if some were added. */
  project(tx: Statements, lines: readonly { line: number; data: string }[]): Promise<boolean>;
  /** What was projected is on disk. */
  committed(): void;
  /** The journal is read again from its beginning. */
  recheck(): void;
  /** Everything in the journal has been projected. */
  level(): void;
  /** Lines after `after` with the head that covers exactly them. */
  page(after: number): Promise<{ lines: string[]; head: string }>;
  /** Resolves when there are lines after `after`, publishing ends, or `signal` aborts. */
  grown(after: number, signal: AbortSignal): Promise<void>;
  /** Compares a head of ours that the other side has seen with our log; publishing ends if they differ. */
  compare(witness: string): Promise<void>;
  /** Stops publishing, for a reason that concerns the log as a whole. */
  stopPublishing(reason: string): void;
}

interface Published {
  tree: MerkleTree;
  head: string;
}

/** Opens the log as last stored and checks it against its newest signed head. */
export async function openHandoverLog(options: {
  gate: string;
  database: Database;
  keys: OwnKeys;
  clock: Clock;
  log: Log;
  /** Publishing has ended. */
  onFault(): void;
}): Promise<HandoverLog> {
  const { gate, database, keys, clock, log } = options;
  const ownRing = await createOwnRing({ gate, database, ring: keys.ring });
  let fault: string | undefined;
  let isLevel = false;
  /** While the journal is read again: how many of our lines it has told so far, and with the batch not yet on disk. */
  let recheckedLines: number | undefined;
  let recheckedNow: number | undefined;
  let witnessed: string | undefined;
  const waiting = new Set<() => void>();

  const notify = (): void => {
    for (const resume of waiting) resume();
  };
  const stopPublishing = (reason: string): void => {
    if (fault !== undefined) return;
    fault = reason;
    log.error('our handover log is not published any more', {
      reason,
      remedy: 'compare journal, exchange.db and the other side’s copy; start again when it is understood',
    });
    notify();
    options.onFault();
  };

  /** Undefined if no key of ours may sign it: then nothing more is published. */
  const sign = async (tree: MerkleTree): Promise<Published | undefined> => {
    const at = clock.nowMs();
    const found = signingKeyOf(ownRing.ring, { size: tree.size, at });
    if (!found.ok) {
      stopPublishing(`our log cannot be signed: ${found.reason}`);
      return undefined;
    }
    const signer = await keys.signer(found.key.kid);
    const head = await signHeadRemotely(
      { gate, version: PROTOCOL_VERSION, capabilities: [], size: tree.size, rootHash: rootHash(tree), at },
      signer,
    );
    return { tree, head };
  };
  const storeHead = (tx: Statements, { tree, head }: Published): Promise<void> =>
    tx.run('INSERT INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)', tree.size, rootHash(tree), head);

  /** The tree over the first `size` lines as stored. */
  const treeOf = async (size: number): Promise<MerkleTree> => {
    let tree = EMPTY_TREE;
    while (tree.size < size) {
      const rows = await linesBetween(database, tree.size, Math.min(size, tree.size + READ_LINES));
      if (rows.length === 0) break;
      for (const data of rows) tree = appendLeaf(tree, leafHash(data));
    }
    return tree;
  };

  const open = async (): Promise<Published> => {
    const count =
      (await database.get<{ lines: number }>('SELECT COUNT(*) AS lines FROM own_line'))?.lines ?? 0;
    const newest = await database.get<{ size: number; root_hash: string; jws: string }>(
      'SELECT size, root_hash, jws FROM own_head ORDER BY size DESC LIMIT 1',
    );
    const tree = await treeOf(count);
    if (!newest) {
      const first = await sign(tree);
      if (first === undefined)
        throw new GateError(
          'KEY_NOT_IN_FORCE',
          `the first head of our log cannot be signed: ${fault}`,
          'gate keys show tells the state of each key; docs/keys.md what to do.',
        );
      await database.transaction((tx) => storeHead(tx, first));
      return first;
    }
    if (newest.size !== tree.size || newest.root_hash !== rootHash(tree))
      stopPublishing(`the stored lines (${tree.size}) differ from the head signed over ${newest.size} lines`);
    const read = readHead(newest.jws, ownRing.ring);
    if (!read.ok)
      log.warn(
        'the newest head of our log is not of a key of ours; the other side needs our new public key',
        { reason: read.reason },
      );
    return { tree, head: newest.jws };
  };

  let published = await open();
  let projected = published;

  return {
    get size() {
      return published.tree.size;
    },
    get head() {
      return published.head;
    },
    get ring() {
      return ownRing.stored;
    },
    get fault() {
      return fault;
    },
    get rechecking() {
      return recheckedLines !== undefined;
    },
    get publishing() {
      return fault === undefined && isLevel;
    },

    async project(tx, lines) {
      projected = published;
      ownRing.begin();
      recheckedNow = recheckedLines;
      let tree = published.tree;
      const signed = async (): Promise<void> => {
        if (tree.size === projected.tree.size) return;
        const next = await sign(tree);
        if (next === undefined) {
          // Lines that no head covers are not ours to tell.
          await tx.run('DELETE FROM own_line WHERE line > ?', projected.tree.size);
          return;
        }
        projected = next;
        await storeHead(tx, projected);
      };
      for (const { line, data } of lines) {
        if (fault !== undefined) break;
        if (recheckedNow !== undefined) {
          if (line !== recheckedNow + 1) {
            stopPublishing(`the journal tells line ${line} after line ${recheckedNow}`);
            break;
          }
          recheckedNow = line;
        }
        if (line <= tree.size) {
          const stored = await tx.get<{ data: string }>('SELECT data FROM own_line WHERE line = ?', line);
          if (stored?.data !== data)
            stopPublishing(`the journal tells another line ${line} than the one we signed`);
        } else if (line === tree.size + 1) {
          await tx.run('INSERT INTO own_line (line, data) VALUES (?, ?)', line, data);
          tree = appendLeaf(tree, leafHash(data));
          // A head at least every page, so that each page ends at one.
          if (tree.size - projected.tree.size === PAGE_LINES_MAX) await signed();
          // The head of exactly the lines up to a change of keys is the last of the old one.
          const change = ownRing.changeIn(line, data);
          if (change === undefined) continue;
          await signed();
          const refused = await ownRing.take(tx, change);
          if (refused !== undefined) stopPublishing(refused);
        } else {
          stopPublishing(`the journal tells line ${line}, our log ends at ${tree.size}`);
        }
      }
      await signed();
      return projected !== published;
    },
    committed() {
      recheckedLines = recheckedNow;
      ownRing.committed();
      if (projected === published) return;
      published = projected;
      notify();
    },
    recheck() {
      isLevel = false;
      recheckedLines = 0;
      recheckedNow = 0;
    },
    level() {
      if (recheckedLines !== undefined && recheckedLines < published.tree.size)
        stopPublishing(`the journal tells ${recheckedLines} lines, we have signed ${published.tree.size}`);
      recheckedLines = undefined;
      recheckedNow = undefined;
      isLevel = true;
    },

    async page(after) {
      if (after >= published.tree.size) return { lines: [], head: published.head };
      const end = await database.get<{ size: number; jws: string }>(
        'SELECT size, jws FROM own_head WHERE size > ? AND size <= ? ORDER BY size DESC LIMIT 1',
        after,
        Math.min(after + PAGE_LINES_MAX, published.tree.size),
      );
      if (!end)
        throw new GateError(
          'LOG_HEAD_MISSING',
          `no signed head within ${PAGE_LINES_MAX} lines after line ${after}`,
          'Restore exchange.db, or move it away to have it built again.',
        );
      return { lines: await linesBetween(database, after, end.size), head: end.jws };
    },

    grown: (after, signal) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (published.tree.size <= after && fault === undefined && !signal.aborted) return;
          waiting.delete(check);
          signal.removeEventListener('abort', check);
          resolve();
        };
        waiting.add(check);
        signal.addEventListener('abort', check, { once: true });
        check();
      }),

    async compare(witness) {
      // Until we are level with the journal, the other side may rightly have seen more than we have projected.
      if (witness === witnessed || !isLevel) return;
      witnessed = witness;
      const read = readHead(witness, ownRing.ring);
      if (!read.ok) {
        log.warn('the other side shows a head of our log that we cannot check', { reason: read.reason });
        return;
      }
      const { size, rootHash: seenRoot } = read.head;
      const stored = await database.get<{ root_hash: string }>(
        'SELECT root_hash FROM own_head WHERE size = ?',
        size,
      );
      const ownRoot =
        stored?.root_hash ?? (size <= published.tree.size ? rootHash(await treeOf(size)) : undefined);
      if (ownRoot === seenRoot) return;
      stopPublishing(
        ownRoot === undefined
          ? `the other side has seen ${size} lines of our log, we have ${published.tree.size}`
          : `the other side has seen another history of our first ${size} lines`,
      );
    },
    stopPublishing,
  };
}

/** Exact texts of the lines after `after` up to `last`. */
async function linesBetween(database: Database, after: number, last: number): Promise<string[]> {
  const rows = await database.all<{ data: string }>(
    'SELECT data FROM own_line WHERE line > ? AND line <= ? ORDER BY line',
    after,
    last,
  );
  return rows.map((row) => row.data);
}
