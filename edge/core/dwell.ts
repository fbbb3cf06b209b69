/**
 * How long a vehicle of the other gate has been in our country. One that stays too long is told of, to people here and in the
 * record of its way home, and never kept from going home.
 */
import { lookAtCrossing } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { policyOf } from './site-policy.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';

/** It has come in: timer `visitor-dwell/<vehicle>` runs from here. Goods it brings, and none it takes back. */
export function beginStay({ state }: Turn, vehicle: string): void {
  const visitor = state.visitors[vehicle];
  if (visitor === undefined || visitor.enteredAt !== undefined) return;
  visitor.enteredAt = state.now;
  setTimer(state, `visitor-dwell/${vehicle}`, state.now + policyOf(state).dwell.oneWayMs + 1);
}

export function outstay(turn: Turn, vehicle: string): void {
  const visitor = turn.state.visitors[vehicle];
  if (visitor === undefined) return;
  raiseAlarm(turn, 'DWELL_EXCEEDED', vehicle);
  const leaving = turn.state.crossings[visitor.leaving ?? ''];
  if (leaving !== undefined) lookAtCrossing(turn, leaving);
}

/** It has gone home. */
export function endStay(turn: Turn, vehicle: string): void {
  clearTimer(turn.state, `visitor-dwell/${vehicle}`);
  returnAlarm(turn, 'DWELL_EXCEEDED', vehicle);
}
