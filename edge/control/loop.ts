/**
 * The control loop (DESIGN §3): stamps each input on arrival, steps the core, and writes both to the journal. Only commits
 * are batched: while one append is under way, what is stepped gathers for the next.
 *
 * Restrictive and securing commands leave as stepped. A permissive one waits until its record is durable, then passes the
 * interlock once more with the newest state, and an age check; a refusal comes back as input `command-refused`.
 */
import type { GateConfig } from '../../config/schema.ts';
import type { Command } from '../core/effect.ts';
import { CORE_VERSION, nextDeadline, step } from '../core/gate.ts';
import type { AdmittedInput, Input, InputSource } from '../core/input.ts';
import { actuatorOf, permit } from '../core/interlock.ts';
import type { GateState } from '../core/state.ts';
import { snapshot } from '../core/state.ts';
import type { Journal, NewEntry } from '../journal/journal.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { createSeenInputs } from './seen-inputs.ts';

/** Pause before an append that failed is tried again. */
const APPEND_RETRY_MS = 500;
/** Failures that trying again cannot cure. */
const HOPELESS: ReadonlySet<string> = new Set(['JOURNAL_CONFLICT', 'JOURNAL_INVALID']);
/** An append under way for longer than this counts as stalled. */
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

export interface Admission {
  repeated: boolean;
  /** Resolves when the entry is on disk, with its journal sequence; for a repeat, with the first one's. */
  durable: Promise<number>;
}

export interface ControlLoop {
  /** Admits the boot input; nothing may be admitted before. */
  start(config: GateConfig, configDigest: string): void;
  /** Stamps, steps and queues one input. Throws `GateError` `GAP` if a gapless source skipped a number. */
  admit(input: Input, from?: InputSource): Admission;
  readonly state: GateState;
  /** `ok`, or `stop-only` while the disk does not keep up: no permission leaves, nothing is acknowledged. */
  readonly storage: 'ok' | 'stop-only';
  /** Calls back with the head's sequence after each durable append. */
  onDurable(listener: (headSeq: number) => void): () => void;
  /** Waits for what is queued to become durable and stops; admits nothing afterwards. */
  stop(): Promise<void>;
}

interface Batch {
  entries: NewEntry[];
  permissions: Command[];
  /** Called with the sequence of the batch's first entry. */
  onDurable: ((firstSeq: number) => void)[];
}

const emptyBatch = (): Batch => ({ entries: [], permissions: [], onDurable: [] });

export function createLoop(options: LoopOptions): ControlLoop {
  const { journal, state, clock, log } = options;
  const seen = options.seen ?? createSeenInputs();
  const anchor = { wallMs: Math.max(clock.nowMs(), state.now), monotonicMs: clock.monotonicMs() };
  const listeners = new Set<(headSeq: number) => void>();
  let gathering = emptyBatch();
  let appending: Batch | null = null;
  let flushing = false;
  let appendSince = 0;
  let failing = false;
  let stopped = false;
  let entriesSinceSnapshot = 0;
  let cancelWake = () => {};

  const stamp = (): number =>
    Math.max(state.now, Math.round(anchor.wallMs + clock.monotonicMs() - anchor.monotonicMs));

  function admit(input: Input, from?: InputSource): Admission {
    if (stopped)
      throw new GateError('STOPPING', 'the control daemon is stopping', 'Try again when it is back.');
    const repeat = from === undefined ? undefined : seen.find(from, state.sources[from.source] ?? 0);
    if (repeat !== undefined) return { repeated: true, durable: repeat };
    const admitted = { ...input, at: stamp(), ...(from !== undefined && { from }) } as AdmittedInput;
    const effects = step(state, admitted);
    const batch = gathering;
    const index = batch.entries.length;
    const { type, at, ...body } = admitted;
    batch.entries.push({ at, kind: 'input', type, body: JSON.stringify(body) });
    const leaving: Command[] = [];
    for (const effect of effects) {
      if (effect.kind === 'decide') {
        batch.entries.push({ at, kind: 'decision', type: effect.type, body: JSON.stringify(effect.body) });
        continue;
      }
      const { command } = effect;
      batch.entries.push({ at, kind: 'decision', type: 'command', body: JSON.stringify(command) });
      if (command.class === 'permissive') batch.permissions.push(command);
      else leaving.push(command);
    }
    const durable = new Promise<number>((resolve) => {
      batch.onDurable.push((firstSeq) => resolve(firstSeq + index));
    });
    if (from !== undefined) seen.add(from, durable);
    for (const command of leaving) {
      if (command.class === 'restrictive') cancelPermissions(actuatorOf(command));
      send(command);
    }
    if (backlog() > options.limits.backlogEntriesMax) {
      fatal(
        new GateError(
          'BACKLOG_FULL',
          `${backlog()} journal entries wait for the disk`,
          'Check the disk; the gate starts again with everything held.',
        ),
      );
    }
    void flush();
    scheduleWake();
    return { repeated: false, durable };
  }

  const backlog = (): number => gathering.entries.length + (appending?.entries.length ?? 0);

  /** A restrictive command overtakes permissions for the same actuator that still wait for the disk. */
  function cancelPermissions(actuator: string): void {
    for (const batch of [gathering, appending]) {
      if (batch === null) continue;
      batch.permissions = batch.permissions.filter((command) => actuatorOf(command) !== actuator);
    }
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
   * Appends what has gathered, again and again until nothing is left. One append at a time: what a release admits
   * while this runs is taken up by the same loop.
   */
  async function flush(): Promise<void> {
    if (flushing) return;
    flushing = true;
    while (gathering.entries.length > 0) {
      const batch = gathering;
      appending = batch;
      gathering = emptyBatch();
      appendSince = clock.monotonicMs();
      const firstSeq = await append(batch);
      if (firstSeq === null) return;
      appending = null;
      entriesSinceSnapshot += batch.entries.length;
      for (const resolve of batch.onDurable) resolve(firstSeq);
      for (const command of batch.permissions) release(command);
      for (const listener of listeners) listener(journal.head.seq);
      if (gathering.entries.length === 0) await takeSnapshotIfDue();
    }
    flushing = false;
  }

  /** The sequence of the batch's first entry once it is durable; null if the loop ends before. */
  async function append(batch: Batch): Promise<number | null> {
    for (;;) {
      try {
        const { firstSeq } = await journal.append(batch.entries);
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

  /** Durable now: does it still hold? */
  function release(command: Command): void {
    const ageMs = stamp() - command.decidedAt;
    const permission =
      ageMs > options.permissionAgeMsMax
        ? { allowed: false as const, reason: `its record took ${ageMs} ms to reach the disk` }
        : permit(state, command);
    if (permission.allowed) send(command);
    else if (!stopped)
      admit({ type: 'command-refused', commandId: command.commandId, reason: permission.reason });
  }

  /** The state equals the journal's head exactly when nothing waits; only then may it become a snapshot. */
  async function takeSnapshotIfDue(): Promise<void> {
    if (entriesSinceSnapshot < options.limits.snapshotEveryEntries) return;
    entriesSinceSnapshot = 0;
    const entry: NewEntry = { at: state.now, kind: 'snapshot', type: 'state', body: snapshot(state) };
    appending = { ...emptyBatch(), entries: [entry] };
    try {
      await journal.startSegment(entry);
    } catch (error) {
      log.error('a new journal segment could not be started; the old one goes on', {
        reason: messageOf(error),
      });
    }
    appending = null;
  }

  function scheduleWake(): void {
    cancelWake();
    const deadline = nextDeadline(state);
    if (deadline === undefined || stopped) return;
    cancelWake = clock.after(deadline - stamp(), () => admit({ type: 'tick' }));
  }

  function fatal(error: GateError): void {
    stopped = true;
    cancelWake();
    options.onFatal(error);
  }

  return {
    state,
    get storage() {
      const stalled = appending !== null && clock.monotonicMs() - appendSince > STALL_MS;
      return failing || stalled ? 'stop-only' : 'ok';
    },
    start(config, configDigest) {
      admit({ type: 'boot', coreVersion: CORE_VERSION, config, configDigest });
    },
    admit,
    onDurable(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      const last = backlog() > 0 ? admit({ type: 'tick' }).durable : Promise.resolve(0);
      stopped = true;
      cancelWake();
      if (!failing) await last;
    },
  };
}
