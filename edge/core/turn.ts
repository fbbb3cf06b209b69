/** One turn of the core: the state it changes and the effects it collects. */
import type { Command, DeviceCommand, Effect } from './effect.ts';
import { actuatorOf, classOf, permit } from './interlock.ts';
import type { Crossing, Expectation, GateState, Stage } from './state.ts';
import { configOf } from './state.ts';

export interface Turn {
  readonly state: GateState;
  readonly effects: Effect[];
}

/** How long after a refusal the same permission is decided anew: long enough not to spin, short enough not to hold up traffic. */
const REFUSAL_PAUSE_MS = 500;

/** Records a decision. */
export function decide(turn: Turn, type: string, body: Record<string, unknown>): void {
  turn.effects.push({ kind: 'decide', type, body });
}

/** The next number of a count that never repeats in this journal. */
export function count(turn: Turn, name: string): number {
  const next = (turn.state.counters[name] ?? 0) + 1;
  turn.state.counters[name] = next;
  return next;
}

export function setTimer(turn: Turn, name: string, dueAt: number): void {
  turn.state.timers[name] = dueAt;
}
export function clearTimer(turn: Turn, name: string): void {
  delete turn.state.timers[name];
}

/** Moves a crossing on and says so. */
export function advance(turn: Turn, crossing: Crossing, stage: Stage): void {
  if (crossing.stage === stage) return;
  crossing.stage = stage;
  crossing.since = turn.state.now;
  tell(turn, crossing);
}

/** Records where a crossing stands. */
export function tell(turn: Turn, crossing: Crossing): void {
  decide(turn, 'crossing', {
    crossing: crossing.id,
    stage: crossing.stage,
    direction: crossing.direction,
    load: crossing.load,
    containers: crossing.containers.map((container) => container.number),
    ...(crossing.vehicle && { vehicle: crossing.vehicle.id, home: crossing.vehicle.home }),
    ...(crossing.truck && { truck: crossing.truck.plate }),
    move: crossing.lineClear?.move ?? crossing.inbound?.move,
  });
}

/**
 * Wants a command: it becomes an effect unless it is already on its way, was just refused, or the interlock forbids it.
 * The core compares wish and observation after every input, so what is not issued now is wanted again later.
 */
export function want(turn: Turn, command: DeviceCommand, expects: Expectation, crossing?: string): void {
  const { state } = turn;
  const actuator = actuatorOf(command);
  const commandClass = classOf(command);
  const waiting = state.pending[actuator];
  if (waiting !== undefined) {
    if (JSON.stringify(waiting.expects) === JSON.stringify(expects)) return;
    if (commandClass === 'permissive') return;
  }
  const full: Command = {
    ...command,
    commandId: `${configOf(state).gate.id}-c${count(turn, 'command')}`,
    class: commandClass,
    decidedAt: state.now,
    ...(crossing !== undefined && { crossing }),
  };
  if (permit(state, full).allowed) {
    const until = state.now + configOf(state).timeouts.commandMs;
    state.pending[actuator] = { commandId: full.commandId, expects, until, refused: false };
    setTimer(turn, `pending/${actuator}`, until);
    turn.effects.push({ kind: 'command', command: full });
  }
}

/** A permission was not sent after all: forget it, and decide anew a moment later. */
export function refuse(turn: Turn, commandId: string, reason: string): void {
  const found = Object.entries(turn.state.pending).find(([, pending]) => pending.commandId === commandId);
  if (found === undefined) return;
  const [actuator, pending] = found;
  const until = turn.state.now + REFUSAL_PAUSE_MS;
  turn.state.pending[actuator] = { ...pending, refused: true, until };
  setTimer(turn, `pending/${actuator}`, until);
  decide(turn, 'refused', { commandId, actuator, reason });
}
