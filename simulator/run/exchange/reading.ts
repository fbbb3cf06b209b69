/**
 * What exchange does with the other gate's log: asks for what follows what it has, hears what the session makes of the answers, and
 * stores what verified before anybody is told. Its disk survives it; the session does not.
 */
import { type FollowerState, NEW_FOLLOWER } from '../../../protocols/handover/follower.ts';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { fulfil, type LogSource, type SignedHead } from '../../../protocols/handover/needs.ts';
import { createReader, logPath, type Reader, type ReaderAnswer } from '../../../protocols/handover/reader.ts';
import { type CopyPage, type LogPage, logPage, WAIT_MS_MAX } from '../../../protocols/handover/wire.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { ExchangeProcess } from './process.ts';
import type { Reply, Wire } from './wire.ts';

/** Beyond the time the other side may wait with its answer. */
const ANSWER_MS_MAX = 5_000;
/** From a refusal, or silence, to the next question. */
const RETRY_MS = 200;
/** A server that answers at once with nothing new is not asked in a tight circle. */
const IDLE_MS = 250;
const STORE_MS = 3;
/** Answers that wait while one is being stored; more are as good as lost. */
const WAITING_MAX = 16;

export type FoundFault = NonNullable<Reader['fault']>;

export interface Reading {
  /** Exact texts of the lines on disk. */
  readonly lines: readonly string[];
  /** Their leaf hashes. */
  readonly leaves: readonly string[];
  /** The newest head all of whose lines are on disk. */
  readonly witness: SignedHead | null;
  readonly fault: FoundFault | undefined;
  /** The last answer brought nothing new. */
  readonly level: boolean;
  /** The process starts: the session is made anew from what is on disk, and waits for {@link read}. */
  start(): void;
  /** Control has said what it remembers, or that people have cleared a fault: reading goes on. */
  read(witness: SignedHead | null): void;
  /** Nothing more is read until {@link read}. */
  hold(): void;
  /** A page of what is on disk, for the gate whose log it is; undefined before the first head. */
  copy(after: number): CopyPage | undefined;
  lose(): void;
}

export function createReading(options: {
  gate: string;
  ring: KeyRing;
  clock: VirtualClock;
  process: ExchangeProcess;
  wire: Wire;
  linkStaleAfterMs: number;
  /** The newest head of our log that the other side has verified, as it says. False: it says what cannot be; reading ends. */
  onWitness(witness: string): boolean;
  /** A page came that verified. */
  onSeen(): void;
  /** New lines, or a new head, are on disk. */
  onStored(): void;
  onFault(fault: FoundFault): void;
}): Reading {
  const { clock, process, wire } = options;
  const waitMs = Math.min(WAIT_MS_MAX, Math.floor(options.linkStaleAfterMs / 3));
  let disk = { lines: [] as string[], leaves: [] as string[], state: NEW_FOLLOWER };
  let hashes = createLogHashes();
  let reader: Reader;
  let mayRead = false;
  let level = false;
  /** The question under way: its number, and how it is given up. */
  let asked = 0;
  let askedMs = 0;
  let giveUp: (() => void) | undefined;
  let waiting: { question: number; text: string }[] = [];
  let storing = false;

  const source: LogSource = {
    lines: (after, last) => disk.lines.slice(after, last),
    leaves: (after, last) => disk.leaves.slice(after, last),
    head: () => undefined,
  };

  function start(): void {
    hashes = createLogHashes({ tiles: [], leaves: disk.leaves });
    reader = createReader({ ...options, hashes, state: disk.state });
    mayRead = false;
    level = false;
    giveUp = undefined;
    waiting = [];
    storing = false;
  }

  function ask(): void {
    if (!mayRead || giveUp !== undefined) return;
    asked += 1;
    const question = asked;
    askedMs = clock.monotonicMs();
    giveUp = process.after(waitMs + ANSWER_MS_MAX, () => next(question, RETRY_MS));
    const hear = process.alive((text: string) => {
      if (waiting.length < WAITING_MAX) waiting.push({ question, text });
      work();
    });
    wire.ask(logPath(reader.question(), waitMs), hear);
  }

  /** The question is answered, or will not be. Answers of before change nothing here. */
  function next(question: number, afterMs: number): void {
    if (question !== asked || giveUp === undefined) return;
    giveUp();
    giveUp = undefined;
    process.after(afterMs, ask);
  }

  function work(): void {
    while (!storing) {
      const answer = waiting.shift();
      if (answer === undefined) return;
      hear(answer.question, JSON.parse(answer.text) as Reply);
    }
  }

  function hear(question: number, { status, body }: Reply): void {
    const page = status === 200 ? logPage.safeParse(body) : undefined;
    if (page?.success !== true) return next(question, RETRY_MS);
    const { witness } = page.data;
    if (witness === null || options.onWitness(witness)) return take(question, page.data);
    mayRead = false;
    next(question, 0);
  }

  function take(question: number, page: LogPage): void {
    if (reader.fault !== undefined) return next(question, 0);
    const answer = fulfil(reader.receive(page), source);
    if (answer.kind === 'fault') {
      mayRead = false;
      next(question, 0);
      return options.onFault(answer.fault);
    }
    level = answer.kind === 'level';
    if (answer.kind === 'old') return next(question, IDLE_MS);
    options.onSeen();
    if ('state' in answer && answer.state !== undefined) store(question, answer, answer.state);
    else next(question, clock.monotonicMs() - askedMs < waitMs / 2 ? IDLE_MS : 0);
  }

  function store(question: number, answer: ReaderAnswer, state: FollowerState): void {
    storing = true;
    process.after(STORE_MS, () => {
      if (answer.kind === 'lines')
        for (const { data, leaf } of answer.lines) {
          disk.lines.push(data);
          disk.leaves.push(leaf);
        }
      disk.state = state;
      if (process.diesAt('page-stored')) return;
      reader.committed();
      storing = false;
      options.onStored();
      next(question, 0);
      work();
    });
  }

  start();
  return {
    get lines() {
      return disk.lines;
    },
    get leaves() {
      return disk.leaves;
    },
    get witness() {
      return reader.witness;
    },
    get fault() {
      return reader.fault;
    },
    get level() {
      return level;
    },
    start,
    read(witness) {
      reader.clear();
      const fault = witness === null ? undefined : fulfil(reader.promise(witness), source);
      if (fault !== undefined) return options.onFault(fault);
      mayRead = true;
      ask();
    },
    hold() {
      mayRead = false;
    },
    copy: (after) => fulfil(reader.copy(after), source),
    lose() {
      disk = { lines: [], leaves: [], state: NEW_FOLLOWER };
    },
  };
}
