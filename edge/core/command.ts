/** Wanting a command: from the wish to the effect, and back when it was refused. */
import type { Command, DeviceCommand } from './effect.ts';
import { actuatorOf, classOf, permit } from './interlock.ts';
import { lookAtActuator } from './pending.ts';
import { configOf } from './site.ts';
import type { Expectation } from './state.ts';
import { setTimer } from './timers.ts';
import { count, decide, type Turn } from './turn.ts';

/** How long after a refusal the same permission is decided anew: long enough not to spin, short enough not to hold up traffic. */
const REFUSAL_PAUSE_MS = 500;
/** A crane that will not do a job does not change its mind so soon. */
const CRANE_PAUSE_MS = 5_000;
/** A red light that is not confirmed is wanted again and again: drivers go by it, and saying it twice does no harm. */
const RED_AGAIN_MS = 1_000;

/**
 * Wants a command: it becomes an effect unless it is already on its way, was just refused, or the interlock forbids it.
 * What is not issued now is wanted again when something changes, or at the next sweep. Tells whether it was issued.
 */
export function want(turn: Turn, command: DeviceCommand, expects: Expectation, crossing?: string): boolean {
  const { state } = turn;
  const actuator = actuatorOf(command);
  const commandClass = classOf(command);
  const waiting = state.pending[actuator];
  const isUnderWay = waiting !== undefined && isSame(waiting.expects, expects);
  if (isUnderWay ? waiting.again !== true : waiting !== undefined && commandClass === 'permissive')
    return false;
  const full: Command = {
    ...command,
    commandId: `${configOf(state).gate.id}-c${(state.counters.command ?? 0) + 1}`,
    class: commandClass,
    decidedAt: state.now,
    ...(crossing !== undefined && { crossing }),
  };
  if (!permit(state, full).allowed) return false;
  count(turn, 'command');
  const until = isUnderWay ? waiting.until : state.now + configOf(state).timeouts.commandMs;
  state.pending[actuator] = { commandId: full.commandId, expects, until, refused: false };
  setTimer(state, `pending/${actuator}`, isRed(expects) ? Math.min(until, state.now + RED_AGAIN_MS) : until);
  turn.effects.push({ kind: 'command', command: full });
  return true;
}

const isRed = (expects: Expectation): boolean => expects.kind === 'light' && expects.colour === 'red';

function isSame(a: Expectation, b: Expectation): boolean {
  switch (a.kind) {
    case 'barrier':
      return b.kind === a.kind && b.position === a.position;
    case 'light':
      return b.kind === a.kind && b.colour === a.colour;
    case 'order':
      return b.kind === a.kind && b.orderId === a.orderId && b.orderUpdateId === a.orderUpdateId;
    case 'cancelled':
      return b.kind === a.kind && b.orderId === a.orderId;
    case 'paused':
      return b.kind === a.kind && b.paused === a.paused;
    case 'charging':
      return b.kind === a.kind && b.charging === a.charging;
    case 'job':
    case 'job-stopped':
      return b.kind === a.kind && b.jobId === a.jobId;
    default:
      return a satisfies never;
  }
}

/** A permission was not sent after all: forget it, and decide anew a moment later. */
export function refuse(turn: Turn, commandId: string, reason: string): void {
  const { state } = turn;
  for (const [actuator, pending] of Object.entries(state.pending)) {
    if (pending.commandId !== commandId) continue;
    const pauseMs = actuator.startsWith('crane:') ? CRANE_PAUSE_MS : REFUSAL_PAUSE_MS;
    const until = state.now + pauseMs;
    state.pending[actuator] = { ...pending, refused: true, until };
    setTimer(state, `pending/${actuator}`, until);
    decide(turn, 'refused', { commandId, actuator, reason });
    lookAtActuator(turn, actuator);
    return;
  }
}
