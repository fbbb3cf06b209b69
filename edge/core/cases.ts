/**
 * Cases for customs: crossings that are over, and of which customs says otherwise since, or that took something away which has not
 * come back. Nothing moves because of one; a customs officer deals with it and closes it.
 */
import type { PersonRole } from '../../config/schema.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { CustomsCase } from './outage-state.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';
import type { Turn } from './turn.ts';
import { count, decide } from './turn.ts';

/** Cases that wait for an officer; then no further one is opened until one is closed. */
const CASES_MAX = 1_000;
/** Cases with an alarm of their own. */
const ALARMED_MAX = 50;
const OTHERS = 'others';
const CLOSABLE_BY: readonly PersonRole[] = ['customs-officer', 'customs-leader'];

export const areFull = ({ cases }: GateState): boolean => Object.keys(cases).length >= CASES_MAX;

/** Opens one and returns its id. `more`: what else its record tells. */
export function openCase(
  turn: Turn,
  given: Omit<CustomsCase, 'id' | 'openedAt' | 'closableBy'>,
  more: Record<string, string> = {},
): string {
  const { state } = turn;
  const id = `${configOf(state).gate.id}-c${count(turn, 'case')}`;
  const opened: CustomsCase = { id, ...given, openedAt: state.now, closableBy: CLOSABLE_BY };
  state.cases[id] = opened;
  decide(turn, 'case-opened', { ...opened, ...more });
  const isFew = Object.keys(state.cases).length <= ALARMED_MAX;
  raiseAlarm(turn, 'CUSTOMS_CASE', isFew ? id : OTHERS);
  return id;
}

/** A customs officer has dealt with it. */
export function closeCase(turn: Turn, id: string, by: { person: string; reason: string }): string | null {
  const { state } = turn;
  const closed = state.cases[id];
  if (closed === undefined) return `there is no case ${id}`;
  delete state.cases[id];
  decide(turn, 'case-closed', { case: id, crossing: closed.crossing, ...by });
  returnAlarm(turn, 'CUSTOMS_CASE', id);
  if (Object.keys(state.cases).length <= ALARMED_MAX) returnAlarm(turn, 'CUSTOMS_CASE', OTHERS);
  return null;
}
