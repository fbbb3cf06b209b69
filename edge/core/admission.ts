/**
 * What was admitted for a time (Istanbul convention), and has to come back: watched from its passing to its return. When the
 * date is over and it has not come, people are told once and customs has a case; a new word of customs moves the date.
 */
import type { Carried, Checkpoint } from '../../config/schema.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { areFull, openCase } from './cases.ts';
import type { ClearanceReport } from './input.ts';
import { reason } from './reasons.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

/** Watched at once: more than a year of a busy gate, as far as is known. */
export const ADMISSIONS_MAX = 5_000;
/** Overdue ones with an alarm of their own; the others share one. */
const ALARMED_MAX = 50;
const OTHERS = 'others';
/** No further case can be opened just now: tried again after this. */
const AGAIN_MS = 3_600_000;

/** One container under one declaration; instants are milliseconds since 1970. */
export interface Admission {
  container: string;
  declaration: string;
  /** Of customs’ word that counts. */
  version: number;
  source: string;
  /** It came in and has to leave (import), or left and has to come home (export). */
  direction: Crossing['direction'];
  crossing: string;
  passedAt: number;
  returnBy: number;
  /** It has not come back by then: the case that was opened for it. */
  case?: string;
}

const keyOf = ({ container, declaration }: Pick<Admission, 'container' | 'declaration'>): string =>
  `${container}/${declaration}`;
const timerOf = (key: string): string => `admission/${key}`;

/** Goods have gone through: what it brings back is watched no more, what it takes away for a time is. */
export function notePassing(
  turn: Turn,
  checkpoint: Checkpoint,
  { id, direction, containers }: Crossing,
  load: Carried,
): void {
  if (load !== 'laden' && load !== 'return') return;
  const { state } = turn;
  const back = checkpoint === 'border-out' ? 'import' : checkpoint === 'border-in' ? 'export' : undefined;
  if (back !== undefined) {
    const numbers = new Set(containers.map(({ number }) => number));
    for (const [key, one] of Object.entries(state.admissions))
      if (one.direction === back && numbers.has(one.container)) end(turn, key, 'returned');
  }
  if (load !== 'laden' || checkpoint !== (direction === 'export' ? 'border-out' : 'yard-out')) return;
  for (const { number } of containers)
    for (const { returnBy, kind, declaration, version, source } of Object.values(
      state.clearances[number] ?? {},
    ))
      if (returnBy !== undefined && kind === direction)
        watch(turn, {
          container: number,
          declaration,
          version,
          source,
          direction,
          crossing: id,
          passedAt: state.now,
          returnBy,
        });
}

function watch(turn: Turn, admission: Admission): void {
  const { state } = turn;
  const key = keyOf(admission);
  if (state.admissions[key] === undefined && !hasRoom(turn)) {
    tell(turn, admission, 'no-room');
    return raiseAlarm(turn, 'ADMISSIONS_FULL', configOf(state).gate.id);
  }
  state.admissions[key] = admission;
  tell(turn, admission, 'watched');
  expectBack(turn, key, admission);
}

/** Its date is still to come, or over already. */
function expectBack(turn: Turn, key: string, { returnBy }: Admission): void {
  if (returnBy > turn.state.now) setTimer(turn.state, timerOf(key), returnBy);
  else overstay(turn, key);
}

/** Those whose case is closed need not be kept: customs has decided on them. */
function hasRoom({ state }: Turn): boolean {
  if (Object.keys(state.admissions).length < ADMISSIONS_MAX) return true;
  for (const [key, { case: opened }] of Object.entries(state.admissions))
    if (opened !== undefined && state.cases[opened] === undefined) {
      delete state.admissions[key];
      return true;
    }
  return false;
}

/** Customs has spoken anew: another date counts from now on; none, and it may stay. */
export function hearOfAdmission(turn: Turn, clearance: Omit<ClearanceReport, 'type'>): void {
  const { state } = turn;
  const { version, returnBy, status } = clearance;
  const key = keyOf(clearance);
  const known = state.admissions[key];
  if (known === undefined || version < known.version) return;
  const isNewer = version > known.version;
  known.version = version;
  if (returnBy === undefined) {
    if (isNewer && status !== 'withdrawn') end(turn, key, 'ended');
    return;
  }
  if (returnBy === known.returnBy) return;
  known.returnBy = returnBy;
  tell(turn, known, 'moved');
  if (returnBy > state.now) {
    delete known.case;
    settle(turn, key);
  }
  if (known.case === undefined) expectBack(turn, key, known);
}

/** Timer `admission/<container>/<declaration>`: the date is over. */
export function overstay(turn: Turn, key: string): void {
  const { state } = turn;
  const admission = state.admissions[key];
  if (admission === undefined) return;
  if (areFull(state)) return setTimer(state, timerOf(key), state.now + AGAIN_MS);
  const { container, declaration, crossing, passedAt, source } = admission;
  const overdue = reason('TEMPORARY_ADMISSION_OVERDUE', `${container} under ${declaration}`, source);
  admission.case = openCase(
    turn,
    { crossing, containers: [container], passedAt, reasons: [overdue] },
    { declaration },
  );
  tell(turn, admission, 'overdue');
  raiseAlarm(turn, 'ADMISSION_OVERDUE', overdueOnes(state).length <= ALARMED_MAX ? key : OTHERS);
}

/** It is back, or may stay. A case that was opened for it stays with customs. */
function end(turn: Turn, key: string, how: 'returned' | 'ended'): void {
  const { state } = turn;
  const admission = state.admissions[key];
  if (admission === undefined) return;
  delete state.admissions[key];
  clearTimer(state, timerOf(key));
  tell(turn, admission, how);
  settle(turn, key);
  returnAlarm(turn, 'ADMISSIONS_FULL', configOf(state).gate.id);
}

/** It is overdue no more. */
function settle(turn: Turn, key: string): void {
  returnAlarm(turn, 'ADMISSION_OVERDUE', key);
  if (overdueOnes(turn.state).length <= ALARMED_MAX) returnAlarm(turn, 'ADMISSION_OVERDUE', OTHERS);
}

const overdueOnes = ({ admissions }: GateState): Admission[] =>
  Object.values(admissions).filter((one) => one.case !== undefined);

const tell = (
  turn: Turn,
  { container, declaration, crossing, direction, returnBy }: Admission,
  state: 'watched' | 'moved' | 'overdue' | 'returned' | 'ended' | 'no-room',
): void =>
  decide(turn, 'temporary-admission', { container, declaration, crossing, direction, returnBy, state });
