/**
 * Signed lists: the newest version of each, until it ends. Exchange has checked the signature; the core keeps what counts
 * and tells when it should be looked at again, when it has ended, and what it has hit.
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { SignedList } from '../../protocols/lists/words.ts';
import { lookAtEverything } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { GateState, Visit } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

export const LISTS_MAX = 50;
/** Entries of all lists together: the whole state is written down at every snapshot. */
export const LISTED_MAX = 100_000;

/** A list in a newer version replaces the older one; one for which there is no room is not taken. */
export function takeList(turn: Turn, list: SignedList): void {
  const { state } = turn;
  const { id, version } = list;
  const known = state.lists[id];
  if (known !== undefined && known.version >= version) return;
  const { [id]: _, ...others } = state.lists;
  const listed = Object.values(others).reduce(
    (sum, { entries }) => sum + entries.length,
    list.entries.length,
  );
  if (Object.keys(others).length >= LISTS_MAX || listed > LISTED_MAX) {
    decide(turn, 'list', { list: id, version, state: 'no-room' });
    return raiseAlarm(turn, 'LISTS_FULL', id);
  }
  state.lists = { ...others, [id]: list };
  decide(turn, 'list', { list: id, version, state: 'taken', entries: list.entries.length });
  for (const code of ['LIST_REVIEW', 'LIST_EXPIRED', 'LISTS_FULL'] as const) returnAlarm(turn, code, id);
  if (list.until <= state.now) return end(turn, list);
  planList(state, list);
  lookAtEverything(turn);
}

/** One timer a list that has not ended: its next date. */
function planList(state: GateState, { id, from, until, reviewBy }: SignedList): void {
  const next = [from, reviewBy ?? until, until].filter((at) => at > state.now);
  setTimer(state, `list/${id}`, Math.min(...next));
}

/** Timer `list/<id>`: it begins, should be looked at again, or has ended. */
export function fireList(turn: Turn, id: string): void {
  const { state } = turn;
  const list = state.lists[id];
  if (list === undefined) return;
  if (state.now >= list.until) return end(turn, list);
  if (list.reviewBy !== undefined && state.now >= list.reviewBy) raiseAlarm(turn, 'LIST_REVIEW', id);
  planList(state, list);
  lookAtEverything(turn);
}

/** Its entries are of no use any more; its version is, or an older one could come back. */
function end(turn: Turn, list: SignedList): void {
  const { state } = turn;
  state.lists = { ...state.lists, [list.id]: { ...list, entries: [] } };
  clearTimer(state, `list/${list.id}`);
  decide(turn, 'list', { list: list.id, version: list.version, state: 'expired' });
  returnAlarm(turn, 'LIST_REVIEW', list.id);
  raiseAlarm(turn, 'LIST_EXPIRED', list.id);
  lookAtEverything(turn);
}

/** Tells the owners of lists what they have hit, once a visit. */
export function tellHits(turn: Turn, lane: LaneConfig, visit: Visit): void {
  for (const { hit } of visit.reasons) {
    if (hit === undefined) continue;
    const name = `${hit.list} ${hit.kind}`;
    if (visit.hits?.includes(name) === true) continue;
    visit.hits = [...(visit.hits ?? []), name];
    decide(turn, 'list-hit', {
      ...hit,
      lane: lane.id,
      visit: visit.id,
      ...(visit.crossing !== undefined && { crossing: visit.crossing }),
    });
  }
}
