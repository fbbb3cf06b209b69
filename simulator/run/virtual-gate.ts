/**
 * One gate of a run in virtual time: the real core behind the real admission, a journal that loses what was not on disk
 * when the process dies, and the simulated devices wired straight to it.
 */
import type { GateConfig } from '../../config/schema.ts';
import {
  type Admission,
  createAdmission,
  type JournalWrite,
  type Stepped,
} from '../../edge/control/admission.ts';
import type { Command } from '../../edge/core/effect.ts';
import { CORE_VERSION, nextDeadline, step } from '../../edge/core/gate.ts';
import type { AdmittedInput, Input, InputSource } from '../../edge/core/input.ts';
import { type GateState, initialState, restore, snapshot } from '../../edge/core/state.ts';
import { chain, EMPTY_HEAD, type JournalEntry, type NewEntry } from '../../edge/journal/journal.ts';
import type { Random } from '../../edge/platform/random.ts';
import { connectDirectly, type DirectDevices } from '../direct.ts';
import type { VirtualClock } from '../world/virtual-clock.ts';
import type { SimulatedGate } from '../world/world.ts';
import type { Observer } from './observer.ts';
import { createVirtualDisk, type VirtualDisk } from './virtual-disk.ts';

/** After so many durable inputs a gate's state is kept as a snapshot would be: no restart has to replay more. */
const REPLAYED_MAX = 4_000;
/** Durable entries always kept, so that a failure can be told. */
const TAIL_ENTRIES = 64;

/** Inputs that may change a gate's live view. */
const VISIBLE: ReadonlySet<string> = new Set(['vehicle', 'crane', 'crane-job', 'device-status']);

export interface VirtualGateOptions {
  config: GateConfig;
  world: SimulatedGate;
  clock: VirtualClock;
  random: Random;
  /** What each start draws the seed of its salts from; apart from `random`, so that nothing else depends on it. */
  salts: Random;
  observer: Observer;
  /** Keep the whole journal and every command; without it only what a restart needs. */
  keepAll: boolean;
  snapshotEveryEntries: number;
}

export interface VirtualGate {
  readonly config: GateConfig;
  /** A new object after each restart. */
  readonly state: GateState;
  readonly isUp: boolean;
  /** Entries that wait for the disk. */
  readonly backlog: number;
  readonly devices: DirectDevices;
  readonly disk: VirtualDisk;
  /** Fault: the wall clock a restart begins with is off by this. */
  wallOffsetMs: number;
  /** Fault: its clock runs fast (positive) or slow by so many parts in a million. */
  driftPpm: number;
  /**
   * Admits an input. False: it was not taken (the process is down, or a number of its source was skipped). `acknowledge` is called
   * once it is on disk; a repeat of what is on disk is acknowledged at once.
   */
  submit(input: Input, from?: InputSource, acknowledge?: () => void): boolean;
  /** The process dies now: what was not on disk is lost, but for the write under way if that had just got there. */
  crash(downMs: number, options?: { underWayStored?: boolean }): void;
  /** The process dies now and its disk is gone: it starts with an empty journal. */
  loseDisk(downMs: number): void;
  /** Runs after each start of the process. */
  onBoot(listener: () => void): void;
  /** Runs after each input that may change what the other side sees of now. */
  onChange(listener: () => void): void;
  /** Runs with each decision that has become durable. */
  onDecision(type: string, listener: (body: Record<string, unknown>) => void): void;
  /** The durable journal, chained as on disk (as far as it is kept, see `keepAll`). */
  journal(): JournalEntry[];
  /** The last durable entries, oldest first. */
  tail(): readonly NewEntry[];
  /** Commands handed to devices, in order (only with `keepAll`). */
  readonly sent: readonly Command[];
}

export function createVirtualGate(options: VirtualGateOptions): VirtualGate {
  const { config, clock, observer, keepAll } = options;
  const disk = createVirtualDisk(clock);
  let admission = newAdmission(initialState());
  /** What a restart begins with, and the durable inputs after it. */
  let base: string | null = null;
  let sinceBase: NewEntry[] = [];
  let kept: NewEntry[] = [];
  const sent: Command[] = [];
  let gathering: (() => void)[] = [];
  let writing: { write: JournalWrite; acknowledgements: (() => void)[]; forget: () => void } | null = null;
  /** Counts restarts: what an earlier life has planned does not happen. */
  let life = 0;
  let up = false;
  let lost = false;
  let anchor = { wallMs: 0, monotonicMs: 0 };
  let cancelWake = (): void => {};
  let wakeAt: number | undefined;
  const bootListeners: (() => void)[] = [];
  const changeListeners: (() => void)[] = [];
  const decisionListeners = new Map<string, ((body: Record<string, unknown>) => void)[]>();

  function newAdmission(state: GateState): Admission {
    return createAdmission({
      state,
      permissionAgeMsMax: config.timeouts.permissionAgeMsMax,
      snapshotEveryEntries: options.snapshotEveryEntries,
    });
  }

  /** The gate's own time: where its wall clock stood when it started, and its own seconds since. */
  const gateNow = (): number =>
    Math.round(anchor.wallMs + (clock.monotonicMs() - anchor.monotonicMs) * (1 + gate.driftPpm / 1_000_000));

  function send(command: Command): void {
    if (keepAll) sent.push(command);
    observer.sent?.(gate, command);
    gate.devices.deliver(command);
  }

  /** Devices answer in an event of their own, never inside the step that commanded them. */
  function sendSoon(commands: readonly Command[]): void {
    if (commands.length === 0) return;
    const planned = life;
    clock.after(0, () => {
      if (planned === life) for (const command of commands) send(command);
    });
  }

  /** An error thrown from within a report of a device is held up by rxjs: whoever watches is told at once. */
  function admitted(input: Input, from: InputSource | undefined): Stepped {
    try {
      return admission.admit(input, gateNow(), from);
    } catch (error) {
      observer.failed?.(gate, input, error);
      throw error;
    }
  }

  function submit(input: Input, from?: InputSource, acknowledge?: () => void): boolean {
    if (!up) return false;
    if (from?.seq !== undefined) {
      const taken = admission.state.sources[from.source] ?? 0;
      if (from.seq > taken + 1) return false;
      if (from.seq <= taken) return true;
    }
    const { leaving } = admitted(input, from);
    if (from !== undefined || acknowledge !== undefined) {
      gathering.push(() => {
        if (from !== undefined) observer.acknowledged?.(gate, from);
        acknowledge?.();
      });
    }
    observer.stepped?.(gate, input);
    if (VISIBLE.has(input.type)) for (const listener of changeListeners) listener();
    sendSoon(leaving);
    if (admission.backlog > config.limits.backlogEntriesMax) {
      // As the daemon does: it ends, and its service manager starts it again, held.
      gate.crash(1_000);
      return true;
    }
    pump();
    planWake();
    return true;
  }

  function pump(): void {
    if (writing !== null) return;
    const write = admission.next();
    if (write === undefined) return;
    const planned = life;
    const underWay = { write, acknowledgements: gathering, forget: () => {} };
    gathering = [];
    writing = underWay;
    underWay.forget = disk.write(() => {
      if (planned !== life) return;
      writing = null;
      store(write);
      admission.written();
      keepState();
      for (const acknowledged of underWay.acknowledgements) acknowledged();
      release();
      pump();
      planWake();
    });
  }

  function store(write: JournalWrite): void {
    if (write.kind === 'segment') {
      base = write.snapshot.body;
      if (!keepAll) kept = kept.slice(-TAIL_ENTRIES);
      sinceBase = [];
      return;
    }
    for (const entry of write.entries) {
      kept.push(entry);
      if (entry.kind === 'input') sinceBase.push(entry);
      else {
        const listeners = decisionListeners.get(entry.type);
        if (listeners === undefined) continue;
        const body = JSON.parse(entry.body) as Record<string, unknown>;
        for (const listener of listeners) listener(body);
      }
    }
    observer.durable?.(gate, write.entries);
  }

  /** Where nothing waits, the state is what the journal tells so far: a restart may begin with it. */
  function keepState(): void {
    if (sinceBase.length < REPLAYED_MAX || admission.backlog > 0) return;
    base = snapshot(admission.state);
    sinceBase = [];
  }

  function release(): void {
    for (;;) {
      const released = admission.release(gateNow());
      if (released === undefined) return;
      const { command, refusal } = released;
      if (refusal === null) send(command);
      else submit({ type: 'command-refused', commandId: command.commandId, reason: refusal });
    }
  }

  function planWake(): void {
    const deadline = nextDeadline(admission.state);
    if (deadline === wakeAt) return;
    cancelWake();
    wakeAt = deadline;
    if (deadline === undefined) return;
    const delayMs = (deadline - gateNow()) / (1 + gate.driftPpm / 1_000_000);
    cancelWake = clock.after(Math.max(1, Math.ceil(delayMs)), () => {
      wakeAt = undefined;
      submit({ type: 'tick' });
    });
  }

  function boot(): void {
    up = true;
    anchor = {
      wallMs: Math.max(Math.round(clock.nowMs() + gate.wallOffsetMs), admission.state.now),
      monotonicMs: clock.monotonicMs(),
    };
    const saltSeed = options.salts.bytes(32).toString('hex');
    const anew = lost ? { numbersFrom: Math.floor(clock.nowMs() / 1_000) } : {};
    submit({ type: 'boot', coreVersion: CORE_VERSION, config, configDigest: '', saltSeed, ...anew });
    observer.booted?.(gate);
    gate.devices.connect();
    for (const listener of bootListeners) listener();
  }

  /** State is what the journal tells. */
  function restored(): GateState {
    const state = base === null ? initialState() : restore(base);
    for (const { type, at, body } of sinceBase)
      step(state, { type, at, ...JSON.parse(body) } as AdmittedInput);
    return state;
  }

  const gate: VirtualGate = {
    config,
    get state() {
      return admission.state;
    },
    get isUp() {
      return up;
    },
    get backlog() {
      return admission.backlog;
    },
    devices: connectDirectly(options.world, submit, { config, clock, random: options.random }),
    disk,
    wallOffsetMs: 0,
    driftPpm: 0,
    submit,
    loseDisk(downMs) {
      if (!up) return;
      base = null;
      sinceBase = [];
      kept = [];
      lost = true;
      observer.lost?.(gate);
      gate.crash(downMs);
    },
    crash(downMs, { underWayStored = false } = {}) {
      if (!up) return;
      life += 1;
      up = false;
      cancelWake();
      wakeAt = undefined;
      writing?.forget();
      if (writing !== null && underWayStored) store(writing.write);
      writing = null;
      gathering = [];
      admission = newAdmission(restored());
      observer.crashed?.(gate);
      clock.after(downMs, boot);
    },
    onBoot: (listener) => bootListeners.push(listener),
    onChange: (listener) => changeListeners.push(listener),
    onDecision(type, listener) {
      decisionListeners.set(type, [...(decisionListeners.get(type) ?? []), listener]);
    },
    journal: () => chain(EMPTY_HEAD, kept),
    tail: () => kept.slice(-TAIL_ENTRIES),
    sent,
  };
  clock.after(0, boot);
  return gate;
}
