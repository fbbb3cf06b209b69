/**
 * Two gates in one process and in virtual time: the real core at each, the simulated world below, customs and the other
 * gate's log delivered with a delay. No protocols, no disk; the journal is kept in memory so that it can be replayed.
 */
import type { GateConfig } from '../config/schema.ts';
import type { Command } from '../edge/core/effect.ts';
import { CORE_VERSION, nextDeadline, step } from '../edge/core/gate.ts';
import type { AdmittedInput, Input, InputSource } from '../edge/core/input.ts';
import { permit } from '../edge/core/interlock.ts';
import { liveView } from '../edge/core/live.ts';
import type { GateState } from '../edge/core/state.ts';
import { initialState } from '../edge/core/state.ts';
import { chain, EMPTY_HEAD, type JournalEntry, type NewEntry } from '../edge/journal/journal.ts';
import { seededRandom } from '../edge/platform/random.ts';
import type { AreaReport } from '../protocols/clearance/words.ts';
import { decodeRecord } from '../protocols/handover/line.ts';
import { connectDirectly } from './direct.ts';
import { createVirtualClock, type VirtualClock } from './world/virtual-clock.ts';
import { createWorld, type SimulatedWorld } from './world/world.ts';

/** From a decision to its record on disk. */
const COMMIT_MS = 5;
/** How often each gate asks for the other's live view. */
const LIVE_MS = 250;
/** From a line in one gate's log to the other gate's core, and from customs to the gate. */
const LINK_MS = 40;

export interface VirtualGate {
  readonly config: GateConfig;
  /** A new object after each restart. */
  readonly state: GateState;
  /** Everything that happened, chained as on disk. */
  journal(): JournalEntry[];
  submit(input: Input, from?: InputSource): void;
  /** The process dies now: what was not on disk is lost. It is back after `downMs`, on what its journal tells. */
  crash(downMs: number): void;
  /** Commands handed to devices, in order. */
  readonly sent: readonly Command[];
}

export interface VirtualRun {
  readonly clock: VirtualClock;
  readonly world: SimulatedWorld;
  readonly gates: ReadonlyMap<string, VirtualGate>;
  /** Cuts or restores the link between the gates; lines wait while it is cut. */
  link(up: boolean): void;
  gate(id: string): VirtualGate;
  stop(): void;
}

/** Builds and starts both gates; time moves only through `clock`. */
export function startVirtualRun(
  configs: readonly GateConfig[],
  { seed = 1, startMs = Date.UTC(2026, 0, 1) } = {},
): VirtualRun {
  const clock = createVirtualClock(startMs);
  const world = createWorld({ configs, clock, random: seededRandom(seed) });
  const gates = new Map<string, InternalGate>();
  const link = { up: true };
  for (const config of configs) gates.set(config.gate.id, createGate(config, world, clock));
  for (const gate of gates.values()) {
    followCustoms(gate, world, clock);
    const peer = gates.get(gate.config.counterpart.gate);
    if (peer !== undefined) followPeer(gate, peer, clock, link);
  }
  const get = (id: string): InternalGate => {
    const gate = gates.get(id);
    if (gate === undefined) throw new RangeError(`no gate ${id}`);
    return gate;
  };
  return {
    clock,
    world,
    gates,
    gate: get,
    link(up) {
      link.up = up;
      for (const gate of gates.values()) gate.submit({ type: 'counterpart-link', up });
    },
    stop: () => world.stop(),
  };
}

interface InternalGate extends VirtualGate {
  /** Lines of its handover log that are on disk. */
  readonly log: readonly string[];
  /** Calls back after each commit with the decisions that became durable. */
  onDurable: ((decisions: readonly { type: string; body: Record<string, unknown> }[]) => void)[];
}

function createGate(config: GateConfig, world: SimulatedWorld, clock: VirtualClock): InternalGate {
  const simulated = world.gates.get(config.gate.id);
  if (simulated === undefined) throw new RangeError(`the world has no gate ${config.gate.id}`);
  let state = initialState();
  /** The first `durable` of these are on disk. */
  let entries: NewEntry[] = [];
  let durable = 0;
  /** Counts restarts: what an earlier life has planned does not happen. */
  let life = 0;
  let up = true;
  let cancelWake = () => {};
  const log: string[] = [];
  const sent: Command[] = [];

  const send = (command: Command): void => {
    sent.push(command);
    devices.deliver(command);
  };
  const release = (command: Command): void => {
    const permission = permit(state, command);
    if (permission.allowed) send(command);
    else submit({ type: 'command-refused', commandId: command.commandId, reason: permission.reason });
  };
  const later = (delayMs: number, task: () => void): void => {
    const planned = life;
    clock.after(delayMs, () => {
      if (planned === life) task();
    });
  };

  function submit(input: Input, from?: InputSource): void {
    if (!up) return;
    const at = Math.max(state.now, Math.floor(clock.nowMs()));
    const effects = step(state, { ...input, at, ...(from !== undefined && { from }) } as AdmittedInput);
    const { type, ...body } = input;
    entries.push({
      at,
      kind: 'input',
      type,
      body: JSON.stringify({ ...body, ...(from !== undefined && { from }) }),
    });
    const decisions: { type: string; body: Record<string, unknown> }[] = [];
    const permissions: Command[] = [];
    for (const effect of effects) {
      const decision = effect.kind === 'decide' ? effect : { type: 'command', body: { ...effect.command } };
      entries.push({ at, kind: 'decision', type: decision.type, body: JSON.stringify(decision.body) });
      if (effect.kind === 'decide') decisions.push(effect);
      else if (effect.command.class === 'permissive') permissions.push(effect.command);
      // Devices answer in an event of their own, never inside the step that commanded them.
      else later(0, () => send(effect.command));
    }
    const end = entries.length;
    later(COMMIT_MS, () => {
      durable = Math.max(durable, end);
      for (const { type: decision, body: content } of decisions)
        if (decision === 'handover') log.push(String(content.data));
      for (const listener of gate.onDurable) listener(decisions);
      for (const command of permissions) release(command);
    });
    cancelWake();
    const deadline = nextDeadline(state);
    if (deadline !== undefined)
      cancelWake = clock.after(Math.max(1, deadline - clock.nowMs()), () => submit({ type: 'tick' }));
  }

  function boot(): void {
    submit({ type: 'boot', coreVersion: CORE_VERSION, config, configDigest: '' });
    devices.connect();
  }

  const devices = connectDirectly(simulated, submit);
  const gate: InternalGate = {
    config,
    get state() {
      return state;
    },
    sent,
    log,
    journal: () => chain(EMPTY_HEAD, entries),
    submit,
    crash(downMs) {
      life += 1;
      up = false;
      cancelWake();
      entries = entries.slice(0, durable);
      state = initialState();
      for (const entry of entries) {
        if (entry.kind === 'input')
          step(state, { type: entry.type, at: entry.at, ...JSON.parse(entry.body) } as AdmittedInput);
      }
      clock.after(downMs, () => {
        up = true;
        boot();
      });
    },
    onDurable: [],
  };
  boot();
  return gate;
}

/** Customs' changes reach the gate in order, each once; what it has not taken is offered again. */
function followCustoms(gate: InternalGate, world: SimulatedWorld, clock: VirtualClock): void {
  const customs = world.gates.get(gate.config.gate.id)?.customs;
  if (customs === undefined) return;
  offerInOrder(
    gate,
    clock,
    'customs',
    () => customs.log,
    (change) => change,
  );
  gate.submit({ type: 'customs-feed', asOf: Math.floor(clock.nowMs()) });
  clock.every(10_000, () => gate.submit({ type: 'customs-feed', asOf: Math.floor(clock.nowMs()) }));
  gate.onDurable.push((decisions) => {
    for (const { type, body } of decisions) {
      if (type !== 'customs-report') continue;
      const { crossing: _, ...report } = body as unknown as AreaReport & { crossing: string };
      clock.after(LINK_MS, () => customs.report(report));
    }
  });
}

/** The other gate's log, line by line, while the link is up; and its live view. */
function followPeer(
  gate: InternalGate,
  peer: InternalGate,
  clock: VirtualClock,
  link: { up: boolean },
): void {
  const lines = (): readonly string[] => (link.up ? peer.log : []);
  offerInOrder(gate, clock, 'counterpart', lines, (text, line) => {
    const decoded = decodeRecord(text);
    if (!decoded.ok) throw new Error(`a gate wrote a line the other cannot read: ${decoded.reason}`);
    return { type: 'counterpart-record', line, record: decoded.record };
  });
  clock.every(LIVE_MS, () => {
    if (gate.state.link.up !== link.up) gate.submit({ type: 'counterpart-link', up: link.up });
    if (!link.up) return;
    const view = liveView(peer.state);
    const { vehicles, bays } = gate.state.live ?? {};
    if (JSON.stringify({ vehicles, bays }) !== JSON.stringify(view))
      gate.submit({ type: 'counterpart-live', fresh: true, ...view });
  });
}

/** What exchange does: offers what lies beyond the gate's cursor, again until it is taken. */
function offerInOrder<T>(
  gate: InternalGate,
  clock: VirtualClock,
  source: string,
  list: () => readonly T[],
  toInput: (item: T, seq: number) => Input,
): void {
  clock.every(LINK_MS, () => {
    for (;;) {
      const seq = (gate.state.sources[source] ?? 0) + 1;
      const item = list()[seq - 1];
      if (item === undefined) return;
      gate.submit(toInput(item, seq), { source, id: `${source}:${seq}`, seq });
      // A gate that is down takes nothing.
      if (gate.state.sources[source] !== seq) return;
    }
  });
}
