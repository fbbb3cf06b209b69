/**
 * The real core as a table that fills itself: states have numbers, and what an input makes of a state is worked out once,
 * however often the search comes by. The core sees each state as {@link abstractState} leaves it.
 */
import type { GateConfig } from '../../config/schema.ts';
import type { Command } from '../../edge/core/effect.ts';
import { step } from '../../edge/core/gate.ts';
import type { AdmittedInput, HandoverRecord, Input } from '../../edge/core/input.ts';
import { actuatorOf, permit } from '../../edge/core/interlock.ts';
import { type GateState, initialState } from '../../edge/core/state.ts';
import { recordIn } from '../record-in.ts';
import { abstractState, NOW, nextTimer } from './abstraction.ts';
import { type CoreFacts, factsOf } from './facts.ts';
import { interned } from './interned.ts';

/** What an input makes of a state. */
export interface CoreStep {
  /** The number of the state then. */
  state: number;
  /** Permissions it gives, in order; each is known by its actuator. */
  permissions: readonly Command[];
  /** Commands that leave at once, in order. */
  leaving: readonly Command[];
  /** Lines it writes into its log, in order. */
  lines: readonly HandoverRecord[];
  /** Actuators for which it waits as before: what was permitted for any other one earlier is given up. */
  stillPending: ReadonlySet<string>;
  /** How much time has passed. */
  passedMs: number;
  /** A line that its state forbids: the section is closed here, or somebody is on it by telephone; null: there is none. */
  wrong: string | null;
}

export interface CoreTable {
  readonly config: GateConfig;
  /** Before the first start. */
  readonly first: number;
  /** How many different states were met. */
  readonly met: number;
  facts(state: number): CoreFacts;
  step(state: number, input: Input): CoreStep;
  /** Its next timer that decides something is due; `sweep`: only the regular look at everything. */
  pass(state: number, until: 'timer' | 'sweep'): CoreStep;
  /** Null: the permission may leave in this state. Else why not. */
  refusal(state: number, command: Command): string | null;
}

/** `plant` puts a flaw into the state after each step. */
export type Plant = (state: GateState) => void;

const PARTS = Object.keys(initialState()).filter((name) => name !== 'config') as (keyof GateState)[];
/** Parts that are asked by name only: the order in which they came about means nothing. */
const UNORDERED: ReadonlySet<string> = new Set([
  'bookings',
  'clearances',
  'containers',
  'counters',
  'cranes',
  'devices',
  'laneIo',
  'moves',
  'owners',
  'pending',
  'plates',
  'timers',
]);
const SWEEP_MS = 5_000;

/** By the logs nobody is offered, granted or sent while the section is closed, or while a grant by telephone is not explained by both. */
function forbidden({ section }: GateState, lines: readonly HandoverRecord[]): string | null {
  const closure = Object.values(section.closures).find(({ inForce }) => inForce)?.id;
  const [call] = [...Object.keys(section.hotline.calls), ...Object.keys(section.hotline.faults)];
  const inspected = Object.values(section.resets).some(({ ours }) => ours !== undefined);
  for (const line of lines) {
    if (line.kind !== 'offered' && line.kind !== 'granted' && line.kind !== 'departed') continue;
    const what = `${line.kind} of ${line.move}`;
    if (closure !== undefined) return `${what}, while ${closure} is in force`;
    if (inspected) return `${what}, while people are on the section`;
    const isByTelephone = line.kind !== 'offered' && line.hotline !== undefined;
    if (call !== undefined && !isByTelephone) return `${what}, while ${call} is out by telephone`;
  }
  return null;
}

export function createCoreTable(config: GateConfig, plant: Plant = () => {}): CoreTable {
  // A state is kept as the numbers of its parts: most steps change few of them.
  const parts = PARTS.map(() => interned<string>());
  const states = interned<{ parts: readonly number[]; facts: CoreFacts }>();
  const inputs = interned<Input>();
  const commands = interned<Command>();
  const steps = new Map<string, CoreStep>();
  const refusals = new Map<string, string | null>();

  function closed(state: GateState): number {
    const numbers = PARTS.map((name, index) => {
      const text = UNORDERED.has(name) ? sortedJson(state[name] as object) : JSON.stringify(state[name]);
      return parts[index]?.of(text, () => text) ?? 0;
    });
    return states.of(numbers.join(), () => ({ parts: numbers, facts: factsOf(state) }));
  }

  function opened(number: number): GateState {
    const state = { config } as GateState;
    const numbers = states.at(number).parts;
    for (const [index, name] of PARTS.entries())
      Reflect.set(state, name, JSON.parse(parts[index]?.at(numbers[index] ?? 0) ?? ''));
    return state;
  }

  function work(state: GateState, input: Input, at: number): CoreStep {
    const from =
      input.type === 'counterpart-record'
        ? { source: 'counterpart', id: `${input.line}`, seq: input.line }
        : undefined;
    const effects = step(state, { ...input, at, ...(from && { from }) } as AdmittedInput);
    plant(state);
    const issued = effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command] : []));
    const lines = effects.flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'handover' ? [recordIn(String(effect.body.data))] : [],
    );
    const passedMs = state.now - NOW;
    const wrong = forbidden(state, lines);
    const stillPending = abstractState(state, issued);
    return {
      state: closed(state),
      permissions: issued.filter((command) => command.class === 'permissive'),
      leaving: issued.filter((command) => command.class !== 'permissive'),
      lines,
      stillPending,
      passedMs,
      wrong,
    };
  }

  function once<T>(table: Map<string, T>, key: string, make: () => T): T {
    const known = table.get(key);
    if (known !== undefined) return known;
    const value = make();
    table.set(key, value);
    return value;
  }

  return {
    config,
    first: closed({ ...initialState(), config, now: NOW }),
    get met() {
      return states.size;
    },
    facts: (state) => states.at(state).facts,
    step(state, input) {
      const number = inputs.of(JSON.stringify(input), () => input);
      return once(steps, `${state} ${number}`, () => work(opened(state), input, NOW));
    },
    pass: (state, until) =>
      once(steps, `${state} ${until}`, () => {
        const before = opened(state);
        const at = until === 'timer' ? nextTimer(before)?.at : undefined;
        return work(before, { type: 'tick' }, Math.max(NOW, at ?? NOW + SWEEP_MS));
      }),
    refusal(state, command) {
      const number = commands.of(JSON.stringify(command), () => command);
      return once(refusals, `${state} ${number}`, () => {
        const permission = permit(opened(state), command);
        return permission.allowed ? null : permission.reason;
      });
    },
  };
}

/** Permissions that are not overtaken by a restrictive command for the same actuator. */
export const notOvertaken = (waiting: readonly Command[], leaving: readonly Command[]): readonly Command[] =>
  waiting.filter(
    (command) =>
      !leaving.some((stop) => stop.class === 'restrictive' && actuatorOf(stop) === actuatorOf(command)),
  );

function sortedJson(value: object): string {
  const entries = Object.entries(value);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
