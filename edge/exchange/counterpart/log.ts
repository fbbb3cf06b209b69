/**
 * Our handover log on disk, around the session that publishes it (protocols/handover/publisher.ts): lines and the heads that
 * cover them become durable in one transaction, before anyone is served either.
 */
import { z } from 'zod';
import type { LogFault } from '../../../protocols/handover/follower.ts';
import { createLogHashes, type LogHashes } from '../../../protocols/handover/hashes.ts';
import { readHead } from '../../../protocols/handover/head.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { leafHash } from '../../../protocols/handover/merkle.ts';
import {
  fulfilFrom,
  type SignedHead,
  type SlowLogSource,
  type SlowSigning,
} from '../../../protocols/handover/needs.ts';
import {
  createPublisher,
  firstHead,
  type LogLine,
  type OwnLogFault,
  type PageRequest,
  type Publisher,
} from '../../../protocols/handover/publisher.ts';
import { takenRotation } from '../../../protocols/handover/rotation.ts';
import type { ConsistencyPage, InclusionPage, LogPage } from '../../../protocols/handover/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { GateError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { type Database, getMeta, type Statements, setMeta } from '../database.ts';
import type { OwnKeys } from '../keys.ts';
import type { RememberedFault } from './memory.ts';

const READ_LINES = 2_000;
/** Changes of our key that our log tells of, in `exchange.db`. */
export const OWN_ROTATIONS = 'own.rotations';
const takenRotations = z.array(takenRotation);

export interface HandoverLog
  extends Pick<Publisher, 'size' | 'head' | 'ring' | 'fault' | 'rechecking' | 'publishing'> {
  /** Takes lines as the journal tells them, known ones to compare, new ones to add. True if some were added. */
  project(tx: Statements, lines: readonly LogLine[]): Promise<boolean>;
  /** What was projected is on disk. */
  committed(): void;
  /** The journal is read again from its beginning. */
  recheck(): void;
  /** Everything in the journal has been projected. */
  level(): void;
  page(request: PageRequest): Promise<Omit<LogPage, 'witness'>>;
  consistency(from: number, to: number): Promise<ConsistencyPage | undefined>;
  inclusion(line: number, size: number): Promise<InclusionPage | undefined>;
  /** Resolves when there are lines after `after`, publishing ends, or `signal` aborts. */
  grown(after: number, signal: AbortSignal): Promise<void>;
  /** Compares a head of ours that the other side shows with our log: see {@link Publisher.compare}. */
  compare(witness: string, theirs: KeyRing): Promise<LogFault | undefined>;
  /** Control remembers a fault that nobody has cleared; or, with none, that it remembers none. Nothing is served before. */
  remember(fault: RememberedFault | undefined): void;
  /** Our keys are listed anew. */
  useKeys(listed: KeyRing): Promise<void>;
  /** Ends publishing. */
  fail(fault: OwnLogFault): void;
  /** A person has cleared the fault. */
  clear(): void;
  /** No line of ours is known to the other side that is not here: it may be published. */
  settle(): void;
}

/** Opens the log as last stored and checks it against its newest signed head. */
export async function openHandoverLog(options: {
  gate: string;
  database: Database;
  keys: OwnKeys;
  clock: Clock;
  log: Log;
  /** What our heads say that this gate can do. */
  capabilities?: readonly string[];
  /** Publishing has ended. */
  onFault(fault: OwnLogFault): void;
}): Promise<HandoverLog> {
  const { gate, database, keys, clock, log } = options;
  const waiting = new Set<() => void>();
  const notify = (): void => {
    for (const resume of waiting) resume();
  };
  const signing: SlowSigning = { signature: async (kid, bytes) => (await keys.signer(kid)).sign(bytes) };
  const source = { ...sourceOf(database), ...signing };
  const hashes = await hashesOf(database);
  const known = await getMeta(database, OWN_ROTATIONS);
  let rotations = known === undefined ? [] : takenRotations.parse(JSON.parse(known));
  const stored = await source.head(Number.MAX_SAFE_INTEGER);
  const head = stored ?? (await fulfilFrom(firstHead(gate, hashes, clock.nowMs(), keys.ring), source));
  if (typeof head === 'string')
    throw new GateError(
      'KEY_NOT_IN_FORCE',
      head,
      'gate keys show tells the state of each key, docs/keys.md what to do.',
    );
  if (stored === undefined) await database.transaction((tx) => storeHead(tx, head));

  let projected = rotations;
  let remembers = false;
  let settled = false;
  /** What control remembers it has been told before. */
  let remembering = false;
  const publisher = createPublisher({
    gate,
    ring: keys.ring,
    rotations,
    capabilities: options.capabilities ?? [],
    hashes,
    head,
    onFault(fault) {
      notify();
      if (!remembering) options.onFault(fault);
    },
  });

  const newest = readHead(head.jws, publisher.ring);
  if (!newest.ok)
    log.warn('the newest head of our log is not of a key of ours; the other side needs our new public key', {
      reason: newest.reason,
    });

  return {
    get size() {
      return publisher.size;
    },
    get head() {
      return publisher.head;
    },
    get ring() {
      return publisher.ring;
    },
    get fault() {
      return publisher.fault;
    },
    get rechecking() {
      return publisher.rechecking;
    },
    get publishing() {
      return remembers && settled && publisher.publishing;
    },
    async project(tx, lines) {
      const added = await fulfilFrom(publisher.project(lines, clock.nowMs()), {
        ...sourceOf(tx),
        ...signing,
      });
      if (added.lines.length > 0) await storeLines(tx, 'own_line', added.lines);
      for (const each of added.heads) await storeHead(tx, each);
      projected = [...rotations, ...added.rotations];
      if (added.rotations.length > 0) await setMeta(tx, OWN_ROTATIONS, JSON.stringify(projected));
      return added.heads.length > 0;
    },
    committed() {
      rotations = projected;
      const before = publisher.size;
      publisher.committed();
      if (publisher.size > before) notify();
    },
    recheck: () => publisher.recheck(),
    level() {
      publisher.level();
      notify();
    },
    page: (request) => fulfilFrom(publisher.page(request), source),
    consistency: (from, to) => fulfilFrom(publisher.consistency(from, to), source),
    inclusion: (line, size) => fulfilFrom(publisher.inclusion(line, size), source),

    grown: (after, signal) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (publisher.size <= after && publisher.fault === undefined && !signal.aborted) return;
          waiting.delete(check);
          signal.removeEventListener('abort', check);
          resolve();
        };
        waiting.add(check);
        signal.addEventListener('abort', check, { once: true });
        check();
      }),
    // Before it is known what the other side has of our log, it may rightly know more of it than we.
    compare: async (witness, theirs) =>
      settled ? fulfilFrom(publisher.compare(witness, theirs), source) : undefined,
    remember(fault) {
      remembers = true;
      remembering = true;
      if (fault !== undefined) publisher.fail(ownFaultOf(fault));
      remembering = false;
      notify();
    },
    async useKeys(listed) {
      publisher.useKeys(listed);
      const renewed = await fulfilFrom(publisher.renew(clock.nowMs()), source);
      if (renewed === undefined) return;
      await database.transaction((tx) => storeHead(tx, renewed));
      publisher.renewed(renewed);
      log.info('the newest head of our log is signed by the key in force now', { lines: renewed.size });
    },
    fail: publisher.fail,
    clear: publisher.clear,
    settle() {
      settled = true;
      notify();
    },
  };
}

/** Of our own log there are only these kinds. */
const ownFaultOf = ({ kind, reason, evidence }: RememberedFault): OwnLogFault => ({
  kind: kind === 'wrong-log' ? 'altered-line' : kind,
  reason,
  heads: evidence?.heads ?? [],
});

/** The hashes of our log, made anew from its lines: what was altered on disk does not lead to the head that was signed. */
async function hashesOf(database: Database): Promise<LogHashes> {
  const hashes = createLogHashes();
  for (;;) {
    const { size } = hashes.tree;
    const lines = await linesBetween(database, 'own_line', size, size + READ_LINES);
    for (const data of lines) hashes.append(leafHash(data));
    if (lines.length < READ_LINES) return hashes;
  }
}

const sourceOf = (from: Pick<Statements, 'get' | 'all'>): SlowLogSource => ({
  lines: (after, last) => linesBetween(from, 'own_line', after, last),
  leaves: async (after, last) => (await linesBetween(from, 'own_line', after, last)).map(leafHash),
  async head(atMost): Promise<SignedHead | undefined> {
    return from.get<SignedHead>(
      'SELECT size, root_hash AS rootHash, jws FROM own_head WHERE size <= ? ORDER BY size DESC LIMIT 1',
      atMost,
    );
  },
});

const storeHead = (tx: Statements, { size, rootHash, jws }: SignedHead): Promise<void> =>
  tx.run('INSERT OR REPLACE INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)', size, rootHash, jws);

type LineTable = 'own_line' | 'their_line';

/** Parameters that one statement takes at most (SQLite's SQLITE_MAX_VARIABLE_NUMBER is 32,766); no page has so many lines. */
const LINES_A_STATEMENT = 4_000;

/** Stores lines that follow each other. Each text is a parameter of its own: as one JSON text they took thrice the time. */
export async function storeLines(
  tx: Statements,
  table: LineTable,
  lines: readonly { line: number; data: string }[],
): Promise<void> {
  for (let from = 0; from < lines.length; from += LINES_A_STATEMENT) {
    const part = lines.slice(from, from + LINES_A_STATEMENT);
    const rows = part.map((_, index) => `(?1+${index},?${index + 2})`).join();
    await tx.run(
      `INSERT INTO ${table} (line, data) VALUES ${rows}`,
      part[0]?.line ?? 0,
      ...part.map(({ data }) => data),
    );
  }
}

/** Exact texts of the lines after `after` up to `last`. */
export async function linesBetween(
  from: Pick<Statements, 'all'>,
  table: LineTable,
  after: number,
  last: number,
): Promise<string[]> {
  const rows = await from.all<{ data: string }>(
    `SELECT data FROM ${table} WHERE line > ? AND line <= ? ORDER BY line`,
    after,
    last,
  );
  return rows.map((row) => row.data);
}
