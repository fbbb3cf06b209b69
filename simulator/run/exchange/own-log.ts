/**
 * What exchange does with its gate's own log: takes the lines from the journal, signs heads, stores both, and only then shows
 * them. Its disk survives it; the session does not.
 */
import type { LogFault } from '../../../protocols/handover/follower.ts';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { leafHash } from '../../../protocols/handover/merkle.ts';
import { fulfil, type LogSource, type SignedHead, type Signing } from '../../../protocols/handover/needs.ts';
import {
  createPublisher,
  firstHead,
  type OwnLogFault,
  type PageRequest,
  type Publisher,
} from '../../../protocols/handover/publisher.ts';
import type { LogPage } from '../../../protocols/handover/wire.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { VirtualGate } from '../virtual-gate.ts';
import type { ExchangeProcess } from './process.ts';
import type { TestKey } from './test-key.ts';

/** From signing a head to its place on disk, and from there to whoever waits for it. */
const STORE_MS = 2;
const SERVE_MS = 1;
/** Lines of the journal taken at once. */
const READ_LINES = 2_000;

export interface OwnLog {
  /** Exact texts of the lines on disk. */
  readonly lines: readonly string[];
  readonly size: number;
  readonly publishing: boolean;
  readonly fault: OwnLogFault | undefined;
  /** The process starts: the session is made anew from what is on disk. */
  start(): void;
  page(request: PageRequest): Omit<LogPage, 'witness'>;
  /** Compares a head of ours that the other side shows; what we never signed is a fault of it. */
  compare(witness: string, theirs: KeyRing): LogFault | undefined;
  /** Control remembers a fault of before. */
  fail(fault: OwnLogFault): void;
  /** People have cleared the fault: the journal is compared with what we have signed from its beginning. */
  clear(): void;
  /** What exchange has stored is gone, or all of the gate's disk, its journal with it. */
  lose(what: 'database' | 'disk'): void;
  onGrown(listener: () => void): void;
}

export function createOwnLog(options: {
  gate: VirtualGate;
  key: TestKey;
  clock: VirtualClock;
  process: ExchangeProcess;
  onFault(fault: OwnLogFault): void;
}): OwnLog {
  const { gate, key, clock, process } = options;
  const { id } = gate.config.gate;
  /** What control's journal tells, by number. */
  let journal: string[] = [];
  let disk = { lines: [] as string[], leaves: [] as string[], heads: [] as SignedHead[] };
  const listeners: (() => void)[] = [];
  let publisher: Publisher;
  /** How far the journal was read, since the start or from its beginning. */
  let read = 0;
  let projecting = false;
  /** Cleared while a projection is under way: after that. */
  let clearing = false;
  /** A fault that control has told us of is not told back. */
  let remembering = false;

  const nowMs = (): number => Math.floor(clock.nowMs());
  const source: LogSource & Signing = {
    signature: (_kid, bytes) => key.sign(bytes),
    lines: (after, last) => disk.lines.slice(after, last),
    leaves: (after, last) => disk.leaves.slice(after, last),
    head: (atMost) => disk.heads.findLast(({ size }) => size <= atMost),
  };

  function start(): void {
    const hashes = createLogHashes({ tiles: [], leaves: disk.leaves });
    const head = disk.heads.at(-1) ?? fulfil(firstHead(id, hashes, nowMs(), key.ring), source);
    if (typeof head === 'string') throw new Error(head);
    if (disk.heads.length === 0) disk.heads.push(head);
    read = disk.lines.length;
    projecting = false;
    clearing = false;
    publisher = createPublisher({
      gate: id,
      ring: key.ring,
      hashes,
      head,
      onFault(fault) {
        if (!remembering) options.onFault(fault);
      },
    });
    pump();
  }

  function pump(): void {
    if (projecting || publisher.fault !== undefined) return;
    if (read >= journal.length) {
      publisher.level();
      for (const listener of listeners) listener();
      return;
    }
    const batch = journal
      .slice(read, read + READ_LINES)
      .map((data, index) => ({ line: read + index + 1, data }));
    const added = fulfil(publisher.project(batch, nowMs()), source);
    projecting = true;
    process.after(STORE_MS, () => {
      if (added.heads.length > 0 && process.diesAt('head-signed')) return;
      for (const { data } of added.lines) {
        disk.lines.push(data);
        disk.leaves.push(leafHash(data));
      }
      disk.heads.push(...added.heads);
      if (added.heads.length > 0 && process.diesAt('head-stored')) return;
      process.after(SERVE_MS, () => {
        publisher.committed();
        read += batch.length;
        projecting = false;
        if (clearing) clear();
        else pump();
      });
    });
  }

  function clear(): void {
    clearing = projecting;
    if (clearing) return;
    publisher.clear();
    publisher.recheck();
    read = 0;
    pump();
  }

  gate.onDecision('handover', ({ line, data }) => {
    journal[Number(line) - 1] = String(data);
    if (process.up) pump();
  });
  start();

  return {
    get lines() {
      return disk.lines;
    },
    get size() {
      return publisher.size;
    },
    get publishing() {
      return publisher.publishing;
    },
    get fault() {
      return publisher.fault;
    },
    start,
    page: (request) => fulfil(publisher.page(request), source),
    compare: (witness, theirs) => fulfil(publisher.compare(witness, theirs), source),
    fail(fault) {
      remembering = true;
      publisher.fail(fault);
      remembering = false;
    },
    clear,
    lose(what) {
      if (what === 'disk') journal = [];
      disk = { lines: [], leaves: [], heads: [] };
    },
    onGrown: (listener) => listeners.push(listener),
  };
}
