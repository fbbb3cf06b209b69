/**
 * The control loop (DESIGN §3): gives `admission.ts`, which steps the core, a clock, a disk and drivers. Inputs are stamped on
 * arrival; only commits are batched: while one append is under way, what is stepped gathers for the next.
 *
 * Restrictive and securing commands leave as stepped. A permissive one waits until its record is durable, then passes the
 * interlock once more with the newest state, and an age check; a refusal comes back as input `command-refused`.
 */
import type { GateConfig } from '../../config/schema.ts';
import type { Command } from '../core/effect.ts';
import { CORE_VERSION, nextDeadline } from '../core/gate.ts';
import type { Input, InputSource } from '../core/input.ts';
import type { GateState } from '../core/state.ts';
import type { Journal, NewEntry } from '../journal/journal.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { createAdmission } from './admission.ts';
import { createSeenInputs } from './seen-inputs.ts';

/** Pause before an append that failed is tried again. */
const APPEND_RETRY_MS = 500;
/** Failures that trying again cannot cure. */
const HOPELESS: ReadonlySet<string> = new Set(['JOURNAL_CONFLICT', 'JOURNAL_INVALID']);
/** A write under way for longer than this counts as stalled. */
const STALL_MS = 2_000;

export interface LoopOptions {
  /** On a full disk its reserve is freed once, for the audit. */
  journal: Journal & { freeReserve?(): Promise<void> };
  /** The state at the journal's head; see `restoreState`. */
  state: GateState;
  clock: Clock;
  log: Log;
  /** Hands a command to its driver; rejects if it was not, or may not have been, handed to the wire. */
  deliver(command: Command): Promise<void>;
  /** The loop cannot go on (backlog full, another writer): the process must end and start again, held. */
  onFatal(error: GateError): void;
  limits: Pick<GateConfig['limits'], 'backlogEntriesMax' | 'snapshotEveryEntries'>;
  permissionAgeMsMax: number;
  /** Sequences of inputs that are already in the journal, so that repeats are recognised across a restart. */
  seen?: ReturnType<typeof createSeenInputs>;
}

export interface Receipt {
  repeated: boolean;
  /** Resolves when the entry is on disk, with its journal sequence; for a repeat, with the first one's. */
  durable: Promise<number>;
}

export interface ControlLoop {
  /** Admits the boot input; nothing may be admitted before. `saltSeed`: 32 random bytes, hex. */
  start(config: GateConfig, configDigest: string, saltSeed: string): void;
  /** Stamps, steps and queues one input. Throws `GateError` `GAP` if a gapless source skipped a number. */
  admit(input: Input, from?: InputSource): Receipt;
  readonly state: GateState;
  /** `ok`, or `stop-only` while the disk does not keep up: no permission leaves, nothing is acknowledged. */
  readonly storage: 'ok' | 'stop-only';
  /** Calls back with the head's sequence after each durable append. */
  onDurable(listener: (headSeq: number) => void): () => void;
  /** Waits for what is queued to become durable and stops; admits nothing afterwards. */
  stop(): Promise<void>;
}

export function createLoop(options: LoopOptions): ControlLoop {
  const { journal, state, clock, log, limits } = options;
  const seen = options.seen ?? createSeenInputs();
  const admission = createAdmission({
    state,
    permissionAgeMsMax: options.permissionAgeMsMax,
    snapshotEveryEntries: limits.snapshotEveryEntries,
  });
  const anchor = { wallMs: Math.max(clock.nowMs(), state.now), monotonicMs: clock.monotonicMs() };
  const listeners = new Set<(headSeq: number) => void>();
  /** For the inputs that gather: called with the sequence of the first entry of their append. */
  let unacknowledged: ((firstSeq: number) => void)[] = [];
  let flushing = false;
  let writingSince: number | null = null;
  let failing = false;
  let stopped = false;
  let cancelWake = () => {};
  let wakesAt: number | undefined;

  /** The wall clock of the start, advanced by the monotonic one. */
  const now = (): number => Math.round(anchor.wallMs + clock.monotonicMs() - anchor.monotonicMs);

  function admit(input: Input, from?: InputSource): Receipt {
    if (stopped)
      throw new GateError('STOPPING', 'the control daemon is stopping', 'Try again when it is back.');
    const repeat = from === undefined ? undefined : seen.find(from, state.sources[from.source] ?? 0);
    if (repeat !== undefined) return { repeated: true, durable: repeat };
    const { leaving, index } = admission.admit(input, now(), from);
    const durable = new Promise<number>((resolve) => {
      unacknowledged.push((firstSeq) => resolve(firstSeq + index));
    });
    if (from !== undefined) seen.add(from, durable);
    for (const command of leaving) send(command);
    if (admission.backlog > limits.backlogEntriesMax) {
      fatal(
        new GateError(
          'BACKLOG_FULL',
          `${admission.backlog} journal entries wait for the disk`,
          'Check the disk; the gate starts again with everything held.',
        ),
      );
    }
    if (!flushing) void flush();
    scheduleWake();
    return { repeated: false, durable };
  }

  function send(command: Command): void {
    options.deliver(command).catch((error: unknown) => {
      log.warn('a command was not handed over', {
        command: command.commandId,
        device: command.device,
        reason: messageOf(error),
      });
      if (!stopped)
        admit({ type: 'command-refused', commandId: command.commandId, reason: messageOf(error) });
    });
  }

  /**
   * Writes what has gathered, again and again until nothing is left. One write at a time: what a release admits while
   * this runs is taken up by the same loop. Never called while it runs.
   */
  async function flush(): Promise<void> {
    flushing = true;
    for (let write = admission.next(); write !== undefined; write = admission.next()) {
      writingSince = clock.monotonicMs();
      if (write.kind === 'segment') {
        await startSegment(write.snapshot);
        written();
        continue;
      }
      const acknowledge = unacknowledged;
      unacknowledged = [];
      const firstSeq = await append(write.entries);
      if (firstSeq === null) return;
      written();
      for (const resolve of acknowledge) resolve(firstSeq);
      releasePermissions();
      for (const listener of listeners) listener(journal.head.seq);
    }
    flushing = false;
  }

  function written(): void {
    writingSince = null;
    admission.written();
  }

  /** The sequence of the first entry once all are durable; null if the loop ends before. */
  async function append(entries: readonly NewEntry[]): Promise<number | null> {
    for (;;) {
      try {
        const { firstSeq } = await journal.append(entries);
        if (failing) log.info('the journal writes again');
        failing = false;
        return firstSeq;
      } catch (error) {
        if (error instanceof GateError && HOPELESS.has(error.code)) {
          fatal(error);
          return null;
        }
        if (!failing) {
          log.error('the journal does not write: stop-only until it does', { reason: messageOf(error) });
          failing = true;
          if (error instanceof GateError && error.code === 'JOURNAL_DISK_FULL') await freeReserve();
        }
        await new Promise<void>((resolve) => clock.after(APPEND_RETRY_MS, resolve));
        if (stopped) return null;
      }
    }
  }

  async function freeReserve(): Promise<void> {
    try {
      await journal.freeReserve?.();
    } catch (error) {
      log.error('the journal’s reserve could not be freed', { reason: messageOf(error) });
    }
  }

  async function startSegment(entry: NewEntry): Promise<void> {
    try {
      await journal.startSegment(entry);
    } catch (error) {
      log.error('a new journal segment could not be started; the old one goes on', {
        reason: messageOf(error),
      });
    }
  }

  /** Durable now: what still holds leaves, what does not is recorded. */
  function releasePermissions(): void {
    for (let next = admission.release(now()); next !== undefined; next = admission.release(now())) {
      const { command, refusal } = next;
      if (refusal === null) send(command);
      else if (!stopped) admit({ type: 'command-refused', commandId: command.commandId, reason: refusal });
    }
  }

  function scheduleWake(): void {
    const deadline = nextDeadline(state);
    if (deadline === wakesAt) return;
    cancelWake();
    wakesAt = deadline;
    if (deadline === undefined || stopped) return;
    cancelWake = clock.after(deadline - now(), () => {
      wakesAt = undefined;
      admit({ type: 'tick' });
    });
  }

  function fatal(error: GateError): void {
    stopped = true;
    cancelWake();
    options.onFatal(error);
  }

  return {
    state,
    get storage() {
      const stalled = writingSince !== null && clock.monotonicMs() - writingSince > STALL_MS;
      return failing || stalled ? 'stop-only' : 'ok';
    },
    start(config, configDigest, saltSeed) {
      const numbersFrom = Math.floor(anchor.wallMs / 1_000);
      admit({ type: 'boot', coreVersion: CORE_VERSION, config, configDigest, saltSeed, numbersFrom });
    },
    admit,
    onDurable(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      const last = admission.backlog > 0 ? admit({ type: 'tick' }).durable : Promise.resolve(0);
      stopped = true;
      cancelWake();
      if (!failing) await last;
    },
  };
}
