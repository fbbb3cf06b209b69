/**
 * One gate of the explored world: the core, and the rules of edge/control/admission.ts for what waits for the disk. A gate as
 * it is at one moment has a number.
 */
import type { Command } from '../../edge/core/effect.ts';
import { CORE_VERSION } from '../../edge/core/gate.ts';
import type { HandoverRecord, Input } from '../../edge/core/input.ts';
import { actuatorOf } from '../../edge/core/interlock.ts';
import { NO_COMMAND } from './abstraction.ts';
import { type CoreStep, type CoreTable, notOvertaken } from './core.ts';
import type { CoreFacts } from './facts.ts';
import { interned } from './interned.ts';

/** What an event makes of a gate. */
export interface Outcome {
  /** The number of the gate as it is then. */
  gate: number;
  /** Commands that leave now, in order. */
  sent: readonly Command[];
  /** Lines of its log that others can read from now on, in order. */
  lines: readonly HandoverRecord[];
  /** What its core has done and must not do. */
  wrong: readonly string[];
}

export interface GateFacts extends CoreFacts {
  up: boolean;
  /** A crash would lose something. */
  uncommitted: boolean;
  /** Permissions and lines of its log that wait for the disk. */
  awaited: number;
  /** Lines of the other log that a restart would not ask for again. */
  durableCursor: number;
}

export interface ExploredGate {
  readonly core: CoreTable;
  /** The gate before its first start. */
  readonly first: number;
  facts(gate: number): GateFacts;
  /** An input is stepped; what it permits waits for {@link commit}. */
  admit(gate: number, input: Input): Outcome;
  /** Its next timer that decides something is due; `sweep`: only the regular look at everything. */
  pass(gate: number, until: 'timer' | 'sweep'): Outcome;
  /** All that was stepped is on disk: what waited leaves, each after one more look. */
  commit(gate: number): Outcome;
  /** The process dies; `stored`: when all was on disk and nothing had left yet. */
  crash(gate: number, stored: boolean): Outcome;
  boot(gate: number): Outcome;
  /** It will not die any more: what a restart would begin with is of no account. */
  neverDies(gate: number): number;
}

interface Kept {
  /** State of the core now, and the one a restart begins with. */
  head: number;
  durable: number;
  up: boolean;
  waiting: readonly Command[];
  unread: readonly HandoverRecord[];
}

/** A gate while it is changed. */
interface Open extends Kept {
  sent: Command[];
  wrong: string[];
}

export function createExploredGate(core: CoreTable): ExploredGate {
  const gates = interned<{ kept: Kept; facts: GateFacts }>();

  function keep({ head, durable, up, waiting, unread }: Kept): number {
    const rest = waiting.length + unread.length === 0 ? '' : JSON.stringify([waiting, unread]);
    return gates.of(`${head},${durable},${up},${rest}`, () => ({
      kept: { head, durable, up, waiting, unread },
      facts: {
        ...core.facts(head),
        up,
        uncommitted: head !== durable,
        awaited: waiting.length + unread.length,
        durableCursor: core.facts(durable).cursor,
      },
    }));
  }

  const open = (gate: number): Open => ({ ...gates.at(gate).kept, sent: [], wrong: [] });

  /** As admission does: stopping leaves at once and overtakes what waits for the same actuator. */
  function take(gate: Open, step: CoreStep): void {
    const { permissions, leaving, lines, stillPending, passedMs, wrong } = step;
    if (wrong !== null) gate.wrong.push(wrong);
    gate.head = step.state;
    gate.sent.push(...leaving);
    gate.unread = [...gate.unread, ...lines];
    const before = gate.waiting.map((command) => ({
      ...command,
      decidedAt: command.decidedAt - passedMs,
      commandId: stillPending.has(actuatorOf(command)) ? command.commandId : NO_COMMAND,
    }));
    gate.waiting = notOvertaken([...before, ...permissions], leaving);
  }

  function admit(gate: number, input: Input): Outcome {
    const one = open(gate);
    take(one, core.step(one.head, input));
    return { gate: keep(one), sent: one.sent, lines: [], wrong: one.wrong };
  }

  function commit(gate: number): Outcome {
    const one = open(gate);
    const { waiting, unread: lines } = one;
    const { permissionAgeMsMax } = core.config.timeouts;
    one.waiting = [];
    one.unread = [];
    one.durable = one.head;
    // One at a time: a refusal changes the state by which the next is judged.
    for (const [index, command] of waiting.entries()) {
      const ageMs = core.facts(one.head).now - command.decidedAt;
      const reason = ageMs > permissionAgeMsMax ? 'too old' : core.refusal(one.head, command);
      if (reason === null) {
        one.sent.push(command);
        continue;
      }
      const step = core.step(one.head, {
        type: 'command-refused',
        commandId: command.commandId,
        reason,
      });
      take(one, step);
      const rest = waiting.slice(index + 1);
      if (notOvertaken(rest, step.leaving).length < rest.length)
        throw new Error('a refusal has overtaken a permission that was about to leave');
    }
    return { gate: keep(one), sent: one.sent, lines, wrong: one.wrong };
  }

  function crash(gate: number, stored: boolean): Outcome {
    const { head, durable, unread } = open(gate);
    const state = stored ? head : durable;
    const dead = { head: state, durable: state, up: false, waiting: [], unread: [] };
    return { gate: keep(dead), sent: [], lines: stored ? unread : [], wrong: [] };
  }

  function boot(gate: number): Outcome {
    const one = { ...open(gate), up: true };
    const { config } = core;
    take(one, core.step(one.head, { type: 'boot', coreVersion: CORE_VERSION, config, configDigest: '' }));
    return { gate: keep(one), sent: one.sent, lines: [], wrong: one.wrong };
  }

  return {
    core,
    first: keep({ head: core.first, durable: core.first, up: false, waiting: [], unread: [] }),
    facts: (gate) => gates.at(gate).facts,
    admit,
    pass(gate, until) {
      const one = open(gate);
      take(one, core.pass(one.head, until));
      return { gate: keep(one), sent: one.sent, lines: [], wrong: one.wrong };
    },
    commit,
    crash,
    boot,
    neverDies(gate) {
      const { kept } = gates.at(gate);
      return kept.head === kept.durable ? gate : keep({ ...kept, durable: kept.head });
    },
  };
}
