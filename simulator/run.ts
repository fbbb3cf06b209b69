/**
 * Two gates in one process and in virtual time: the real core at each, the simulated world below, customs and the other
 * gate's log delivered with a delay. No protocols, no disk; the journal is kept in memory so that it can be replayed.
 */
import type { GateConfig } from '../config/schema.ts';
import type { Command } from '../edge/core/effect.ts';
import { CORE_VERSION, nextDeadline, step } from '../edge/core/gate.ts';
import type { AdmittedInput, Input } from '../edge/core/input.ts';
import { permit } from '../edge/core/interlock.ts';
import { liveView } from '../edge/core/live.ts';
import type { GateState } from '../edge/core/state.ts';
import { initialState } from '../edge/core/state.ts';
import { EMPTY_HEAD, chain, type JournalEntry, type NewEntry } from '../edge/journal/journal.ts';
import { seededRandom } from '../edge/platform/random.ts';
import { decodeRecord } from '../protocols/handover/line.ts';
import { connectDirectly, type DirectDevices } from './direct.ts';
import { createVirtualClock, type VirtualClock } from './world/virtual-clock.ts';
import { createWorld, type SimulatedWorld } from './world/world.ts';

/** From a decision to its record on disk. */
const COMMIT_MS = 5;
/** From a line in one gate's log to the other gate's core, and from customs to the gate. */
const LINK_MS = 40;

export interface VirtualGate {
  readonly config: GateConfig;
  readonly state: GateState;
  /** Everything that happened, chained as on disk. */
  journal(): JournalEntry[];
  submit(input: Input): void;
  /** Commands handed to devices, in order. */
  readonly sent: readonly Command[];
  readonly devices: DirectDevices;
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
export function startVirtualRun(configs: readonly GateConfig[], { seed = 1, startMs = Date.UTC(2026, 0, 1) } = {}): VirtualRun {
  const clock = createVirtualClock(startMs);
  const world = createWorld({ configs, clock, random: seededRandom(seed) });
  const gates = new Map<string, InternalGate>();
  const link = { up: true };
  for (const config of configs) gates.set(config.gate.id, createGate(config, world, clock));
  for (const gate of gates.values()) {
    gate.submit({ type: 'boot', coreVersion: CORE_VERSION, config: gate.config, configDigest: '' });
    gate.devices.connect();
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
  /** Calls back with each decision when it is durable. */
  onDecision: ((type: string, body: Record<string, unknown>) => void)[];
}

function createGate(config: GateConfig, world: SimulatedWorld, clock: VirtualClock): InternalGate {
  const state = initialState();
  const entries: NewEntry[] = [];
  const sent: Command[] = [];
  let cancelWake = () => {};

  const send = (command: Command): void => {
    sent.push(command);
    gate.devices.deliver(command);
  };
  const release = (command: Command): void => {
    const permission = permit(state, command);
    if (permission.allowed) send(command);
    else submit({ type: 'command-refused', commandId: command.commandId, reason: permission.reason });
  };
  function submit(input: Input): void {
    const admitted = { ...input, at: Math.max(state.now, Math.floor(clock.nowMs())) } as AdmittedInput;
    const effects = step(state, admitted);
    const { type, at, ...body } = admitted;
    entries.push({ at, kind: 'input', type, body: JSON.stringify(body) });
    for (const effect of effects) {
      const [decision, content] = effect.kind === 'decide' ? [effect.type, effect.body] : ['command', { ...effect.command }];
      entries.push({ at, kind: 'decision', type: decision, body: JSON.stringify(content) });
      if (effect.kind === 'decide') {
        clock.after(COMMIT_MS, () => {
          for (const listener of gate.onDecision) listener(effect.type, effect.body);
        });
      } else if (effect.command.class === 'permissive') clock.after(COMMIT_MS, () => release(effect.command));
      // Devices answer in an event of their own, never inside the step that commanded them.
      else clock.after(0, () => send(effect.command));
    }
    cancelWake();
    const deadline = nextDeadline(state);
    if (deadline !== undefined) cancelWake = clock.after(Math.max(1, deadline - clock.nowMs()), () => submit({ type: 'tick' }));
  }
  const simulated = world.gates.get(config.gate.id);
  if (simulated === undefined) throw new RangeError(`the world has no gate ${config.gate.id}`);
  const gate: InternalGate = {
    config,
    state,
    sent,
    journal: () => chain(EMPTY_HEAD, entries),
    submit,
    onDecision: [],
    devices: connectDirectly(simulated, submit),
  };
  return gate;
}

function followCustoms(gate: InternalGate, world: SimulatedWorld, clock: VirtualClock): void {
  const customs = world.gates.get(gate.config.gate.id)?.customs;
  if (customs === undefined) return;
  gate.submit({ type: 'customs-feed', asOf: Math.floor(clock.nowMs()) });
  clock.every(10_000, () => gate.submit({ type: 'customs-feed', asOf: Math.floor(clock.nowMs()) }));
  customs.changes.subscribe((change) => clock.after(LINK_MS, () => gate.submit(change)));
  gate.onDecision.push((type, body) => {
    if (type !== 'customs-report') return;
    const { crossing: _, ...report } = body as unknown as Parameters<typeof customs.report>[0] & { crossing: string };
    clock.after(LINK_MS, () => customs.report(report));
  });
}

function followPeer(gate: InternalGate, peer: InternalGate, clock: VirtualClock, link: { up: boolean }): void {
  const waiting: string[] = [];
  let taken = 0;
  const drain = (): void => {
    while (link.up && waiting.length > 0) {
      const decoded = decodeRecord(waiting.shift() ?? '');
      if (!decoded.ok) throw new Error(`a gate wrote a line the other cannot read: ${decoded.reason}`);
      taken += 1;
      gate.submit({ type: 'counterpart-record', line: taken, record: decoded.record });
    }
  };
  peer.onDecision.push((type, body) => {
    if (type !== 'handover') return;
    waiting.push(String(body.data));
    clock.after(LINK_MS, drain);
  });
  gate.submit({ type: 'counterpart-link', up: true });
  let last = '';
  clock.every(250, () => {
    drain();
    const view = liveView(peer.state);
    const text = JSON.stringify(view);
    if (!link.up || text === last) return;
    last = text;
    gate.submit({ type: 'counterpart-live', fresh: true, ...view });
  });
}
