/** The core of one gate, stepped by hand in virtual time: what a device, a person or the other side says goes in, effects come out. */
import type { GateConfig } from '../../config/schema.ts';
import type { Command, Effect } from '../../edge/core/effect.ts';
import { CORE_VERSION, nextDeadline, step } from '../../edge/core/gate.ts';
import type { AdmittedInput, Boot, DeviceStatus, Input } from '../../edge/core/input.ts';
import { type GateState, initialState, restore, snapshot } from '../../edge/core/state.ts';

export const START_MS = Date.UTC(2026, 2, 2);
/** What a start would have drawn. */
export const SALT_SEED = '5a'.repeat(32);

export interface CoreGate {
  readonly config: GateConfig;
  /** Changed in place; a new object after each restart. */
  readonly state: GateState;
  /** Steps the core now. */
  step(input: Input): Effect[];
  /** Lets time pass, waking the core whenever it wants to be woken. */
  wait(ms: number): Effect[];
  online(...devices: string[]): Effect[];
  status(device: string, status: DeviceStatus['status']): Effect[];
  /** The other side's next line. */
  read(record: Extract<Input, { type: 'counterpart-record' }>['record']): Effect[];
  /** The process starts again on what its journal tells. */
  restart(): Effect[];
  /** Raised, or seen and not over. */
  alarms(): string[];
}

/** Booted, every device unheard. */
export function bootGate(config: GateConfig): CoreGate {
  let state = initialState();
  let line = 0;
  const boot = (at: number): Effect[] => {
    const input: Boot = {
      type: 'boot',
      coreVersion: CORE_VERSION,
      config,
      configDigest: '',
      saltSeed: SALT_SEED,
    };
    return step(state, { ...input, at });
  };
  const submit = (input: Input): Effect[] => step(state, { ...input, at: state.now } as AdmittedInput);
  const status: CoreGate['status'] = (device, is) =>
    submit({ type: 'device-status', device, status: is, reason: 'test' });
  boot(START_MS);
  return {
    config,
    get state() {
      return state;
    },
    step: submit,
    wait(ms) {
      const end = state.now + ms;
      const effects: Effect[] = [];
      for (let due = nextDeadline(state); due !== undefined && due <= end; due = nextDeadline(state))
        effects.push(...step(state, { type: 'tick', at: Math.max(due, state.now) }));
      effects.push(...step(state, { type: 'tick', at: end }));
      return effects;
    },
    online: (...devices) => devices.flatMap((device) => status(device, 'online')),
    status,
    read(record) {
      line += 1;
      return submit({ type: 'counterpart-record', line, record });
    },
    restart() {
      state = restore(snapshot(state));
      return boot(state.now);
    },
    alarms: () =>
      Object.values(state.alarms)
        .filter((alarm) => alarm.state !== 'returned')
        .map((alarm) => alarm.id)
        .toSorted(),
  };
}

/** The commands among effects, of one kind where it is named. */
export const commandsOf = (effects: readonly Effect[]): Command[] =>
  effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command] : []));

export const ordersOf = (effects: readonly Effect[]): Extract<Command, { kind: 'order' }>[] =>
  commandsOf(effects).filter((command) => command.kind === 'order');
