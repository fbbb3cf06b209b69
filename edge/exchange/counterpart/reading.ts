/**
 * Reads the other gate's log: the session of protocols/handover/reader.ts says what to ask and what an answer is worth; here
 * are the requests and the disk. What verified is stored before it is told to anybody.
 */
import { z } from 'zod';
import {
  type FollowerState,
  type LogFault,
  NEW_FOLLOWER,
  type VerifiedLine,
} from '../../../protocols/handover/follower.ts';
import { createLogHashes, type LogHashes, TILE_LINES } from '../../../protocols/handover/hashes.ts';
import { isInForce, type KeyRing, lastTrustedHeads } from '../../../protocols/handover/key-ring.ts';
import { leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import { fulfilFrom, type SignedHead, type SlowLogSource } from '../../../protocols/handover/needs.ts';
import { createReader, logPath } from '../../../protocols/handover/reader.ts';
import { takenRotation } from '../../../protocols/handover/rotation.ts';
import { type CopyPage, type LogPage, logPage, WAIT_MS_MAX } from '../../../protocols/handover/wire.ts';
import { GateError } from '../../platform/errors.ts';
import { type Database, getMeta, type Statements, setMeta } from '../database.ts';
import { type HttpClient, parseJson, refusedWith } from '../http.ts';
import { startWorker, type WorkerTools } from '../worker.ts';
import type { FoundFault } from './faults.ts';
import { linesBetween, storeLines } from './log.ts';
import type { CounterpartMemory } from './memory.ts';
import type { TheirStamps } from './time-stamps/reading.ts';

export const FOLLOWER = 'counterpart.follower';
const ANSWER_MS_MAX = 5_000;
const READ_TILES = 8;

const signedHead = z.object({ size: z.int().nonnegative(), rootHash: z.string(), jws: z.string() });
const followerState = z.object({
  tree: z.object({ size: z.int().nonnegative(), peaks: z.array(z.string()) }),
  head: z.string().nullable(),
  ahead: z.array(signedHead).exactOptional(),
  rotations: z.array(takenRotation).exactOptional(),
});

export interface CounterpartReading {
  /** The newest head of the other side's log that was verified with all its lines, as signed. */
  witness(): SignedHead | null;
  /** The keys of that log, with what its lines have told of. */
  ring(): KeyRing;
  /** Other keys are trusted: from the next answer on, that of a question under way included. */
  useKeys(listed: KeyRing): void;
  /** Lines of it that are stored, if it has been read to its end; else undefined. */
  level(): number | undefined;
  /** A page of the copy that we have of it. */
  copy(after: number): Promise<CopyPage | undefined>;
  /** What control remembers: reading begins with that, and goes on when a fault was cleared. */
  remember(memory: CounterpartMemory): Promise<void>;
  stop(): Promise<void>;
}

export async function startReading(
  options: WorkerTools & {
    gate: string;
    /** The keys we trust, as listed. */
    ring: KeyRing;
    database: Database;
    client: HttpClient;
    linkStaleAfterMs: number;
    /** The newest head of our log that the other side has verified, as it says; with the keys of its own. What cannot be is a fault of it. */
    onWitness(witness: string, theirs: KeyRing): Promise<LogFault | undefined>;
    /** What becomes of time stamps on the other side's log. */
    stamps: TheirStamps;
    /** A page came and verified. */
    onSeen(): void;
    /** Whether any key that we trust may sign the next head; told whenever keys are listed. */
    onKeys(inForce: boolean): void;
    /** New lines, or a new head, are stored. */
    onStored(lines: readonly VerifiedLine[]): void;
    /** Resolves when more lines may be read, soon in any case. */
    room(): Promise<void>;
    /** The log is not what was signed; nothing more is read until a person has cleared it. */
    onFault(fault: FoundFault): void;
  },
): Promise<CounterpartReading> {
  const { gate, database, client, clock } = options;
  const stored = await getMeta(database, FOLLOWER);
  const state: FollowerState | undefined =
    stored === undefined ? undefined : followerState.parse(JSON.parse(stored));
  const source = sourceOf(database);
  const tiles = createTileStore(database);
  const hashes = await tiles.open(state?.tree.size ?? 0);
  if (rootHash(hashes.tree) !== rootHash((state ?? NEW_FOLLOWER).tree))
    throw new GateError(
      'EXCHANGE_DB_DAMAGED',
      `the stored lines of gate ${gate} are not those that were verified`,
      'Keep exchange.db as evidence, move it away and start again: it is rebuilt from the journal, customs and the counterpart.',
    );
  const reader = createReader({ gate, ring: options.ring, hashes, ...(state && { state }) });
  // Well within the silence that counts as down, so that an idle log keeps the link up.
  const waitMs = Math.min(WAIT_MS_MAX, Math.floor(options.linkStaleAfterMs / 3));
  /** Until control has said what it remembers, and while a fault stands, nothing is read. */
  let mayRead = false;
  let isLevel = false;
  /** As listed last; the reader takes them when no answer is being stored. */
  let trusted = options.ring;
  let areKeysTaken = false;

  const end = (fault: LogFault, answer?: string): void => {
    mayRead = false;
    const verified = { size: reader.size, witness: reader.witness };
    options.onFault({
      ...fault,
      log: 'theirs',
      evidence: { gate, verified, ...(answer !== undefined && { answer }) },
    });
  };

  /** Takes keys that were listed since; false if the log contradicts what a person has said of them. */
  const takeKeys = async (): Promise<boolean> => {
    if (areKeysTaken) return true;
    areKeysTaken = true;
    reader.useKeys(trusted);
    options.onKeys(isInForce(reader.ring, reader.size + 1));
    return promised(lastTrustedHeads(reader.ring));
  };
  const promised = async (heads: readonly SignedHead[]): Promise<boolean> => {
    for (const head of heads) {
      const fault = await fulfilFrom(reader.promise(head), source);
      if (fault === undefined) continue;
      end(fault);
      return false;
    }
    return true;
  };

  const ask = async (signal: AbortSignal): Promise<{ page: LogPage; body: string }> => {
    const { status, body } = await client.request({
      method: 'GET',
      path: logPath(reader.question(), waitMs, options.stamps.asked()),
      timeoutMs: waitMs + ANSWER_MS_MAX,
      signal,
    });
    if (status !== 200) throw refusedWith(status, `gate ${gate}`, body);
    const page = logPage.safeParse(parseJson(body, `gate ${gate}`));
    if (page.success) return { page: page.data, body };
    throw new GateError(
      'COUNTERPART_UNREADABLE',
      `gate ${gate} answered with something that is no page of its log: ${page.error.message}`,
      'Both gates must run releases that know each other’s protocol version.',
    );
  };

  const store = async (lines: readonly VerifiedLine[], next: FollowerState): Promise<void> => {
    const tilesStored = await database.transaction(async (tx) => {
      if (lines.length > 0) await storeLines(tx, 'their_line', lines);
      await setMeta(tx, FOLLOWER, JSON.stringify(next));
      return tiles.store(tx, hashes);
    });
    tiles.committed(tilesStored);
    reader.committed();
    options.onStored(lines);
  };

  const worker = startWorker({
    ...options,
    name: 'read the counterpart’s log',
    backoff: { minMs: 200, maxMs: Math.max(1_000, options.linkStaleAfterMs) },
    async turn(signal) {
      if (!mayRead) return 'idle';
      await options.room();
      const askedMs = clock.monotonicMs();
      const { page, body } = await ask(signal);
      if (!(await takeKeys())) return 'idle';
      const lie = page.witness === null ? undefined : await options.onWitness(page.witness, reader.ring);
      if (lie !== undefined) {
        end(lie, body);
        return 'idle';
      }
      const answer = await fulfilFrom(reader.receive(page), source);
      if (answer.kind === 'fault') {
        end(answer.fault, body);
        return 'idle';
      }
      if (answer.kind === 'lines') await store(answer.lines, answer.state);
      else if (answer.kind === 'level' && answer.state !== undefined) await store([], answer.state);
      const wrong = answer.kind === 'old' ? undefined : await options.stamps.take(page, reader, source);
      if (wrong !== undefined) {
        end(wrong, body);
        return 'idle';
      }
      isLevel = answer.kind === 'level';
      if (answer.kind !== 'old') options.onSeen();
      if (answer.kind === 'lines') return 0;
      // A server that answers at once instead of waiting must not be asked in a tight circle.
      return clock.monotonicMs() - askedMs < waitMs / 2 ? 250 : 0;
    },
  });

  return {
    // What is stored, not what was just read: it is a promise to remember.
    witness: () => reader.witness,
    ring: () => reader.ring,
    useKeys(listed) {
      trusted = listed;
      areKeysTaken = false;
      worker.wake();
    },
    level: () => (isLevel ? reader.size : undefined),
    copy: (after) => fulfilFrom(reader.copy(after), source),
    async remember({ witness, faults }) {
      if (faults.theirs !== null) {
        mayRead = false;
        return;
      }
      reader.clear();
      areKeysTaken = false;
      if (!(await promised(witness === null ? [] : [witness])) || !(await takeKeys())) return;
      mayRead = true;
      worker.wake();
    },
    stop: worker.stop,
  };
}

const sourceOf = (database: Database): SlowLogSource => ({
  lines: (after, last) => linesBetween(database, 'their_line', after, last),
  leaves: async (after, last) => (await linesBetween(database, 'their_line', after, last)).map(leafHash),
  head: async () => undefined,
});

/** Roots of full tiles are kept, so that a start does not hash the whole log: its root is checked against the tree we left off at. */
function createTileStore(database: Database) {
  let storedTiles = 0;
  /** How many are stored then. */
  const store = async (tx: Statements, hashes: LogHashes): Promise<number> => {
    let next = storedTiles;
    for (let root = hashes.tile(next); root !== undefined; root = hashes.tile(next)) {
      await tx.run('INSERT INTO their_tile (tile, root_hash) VALUES (?, ?)', next, root);
      next += 1;
    }
    return next;
  };
  return {
    async open(size: number): Promise<LogHashes> {
      const rows = await database.all<{ root: string }>(
        'SELECT root_hash AS root FROM their_tile ORDER BY tile',
      );
      storedTiles = rows.length;
      const hashes = createLogHashes({ tiles: rows.map(({ root }) => root), leaves: [] });
      while (hashes.tree.size < size) {
        const after = hashes.tree.size;
        const lines = await linesBetween(
          database,
          'their_line',
          after,
          Math.min(size, after + READ_TILES * TILE_LINES),
        );
        if (lines.length === 0) break;
        for (const data of lines) hashes.append(leafHash(data));
      }
      return hashes;
    },
    store,
    committed(tiles: number): void {
      storedTiles = tiles;
    },
  };
}
