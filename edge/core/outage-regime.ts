/**
 * The outage regime, from its declaration to its end: while customs' main list is down, a customs leader lets the word of named
 * systems count, for a time and for goods. Every crossing released under it is remembered until it was checked again
 * (`outage-checks.ts`).
 */
import type { LaneConfig } from '../../config/schema.ts';
import { lookAtEverything } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { Act } from './input.ts';
import type { Reason } from './reasons.ts';
import type { OutageRegime } from './reconcile/case.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

type Declared = Extract<Act, { kind: 'declare-outage' }>;

/** A longer outage is declared anew: somebody looks at it every day. */
export const OUTAGE_MS_MAX = 86_400_000;
/** Crossings remembered; beyond them the regime covers no other. */
export const PASSED_MAX = 5_000;
/** Declarations remembered of one container: consignments of e-commerce are judged by what customs says of them alone. */
const DECLARATIONS_MAX = 50;
const TIMER = 'outage-ends';

/** The regime that covers crossings now: none while no more crossings can be remembered. */
export const outageInForce = ({ outages: { regime, full } }: GateState): OutageRegime | undefined =>
  regime === null || full ? undefined : regime;

/** What is wrong with a declaration; null if nothing is. */
export function outageProblem(state: GateState, { untilAt }: Declared): string | null {
  if (state.outages.regime !== null) return 'an outage is declared already: end it first';
  if (untilAt <= state.now) return 'it would have ended already';
  return untilAt - state.now > OUTAGE_MS_MAX ? 'an outage is declared for at most 24 hours at a time' : null;
}

export function declareOutage(
  turn: Turn,
  { legalBasis, untilAt, sources, hs }: Declared,
  declaredBy: string,
): string | null {
  const { state } = turn;
  state.outages.regime = { legalBasis, declaredBy, from: state.now, until: untilAt, sources, hs };
  setTimer(state, TIMER, untilAt);
  decide(turn, 'outage', { state: 'declared', ...state.outages.regime });
  lookAtEverything(turn);
  return null;
}

/** By an act, or because its time is over. Whoever was released under it stays remembered. */
export function endOutage(turn: Turn, by: 'act' | 'time'): string | null {
  const { state } = turn;
  if (state.outages.regime === null) return 'no outage is declared';
  const { legalBasis } = state.outages.regime;
  state.outages.regime = null;
  clearTimer(state, TIMER);
  decide(turn, 'outage', {
    state: 'ended',
    by,
    legalBasis,
    toCheck: Object.keys(state.outages.passed).length,
  });
  lookAtEverything(turn);
  return null;
}

/** A crossing is released at a lane; if only the regime let it, it is checked again later. */
export function rememberRelease(
  turn: Turn,
  { checkpoint }: LaneConfig,
  crossing: Crossing,
  reasons: readonly Reason[],
): void {
  const { state } = turn;
  if (state.outages.regime === null || !reasons.some(({ code }) => code === 'OUTAGE_REGIME')) return;
  const { legalBasis, declaredBy } = state.outages.regime;
  state.outages.passed[crossing.id] = {
    crossing: crossing.id,
    checkpoint,
    at: state.now,
    legalBasis,
    declaredBy,
    containers: crossing.containers.map(({ number, declarations }) => ({
      number,
      declarations: declarations.length <= DECLARATIONS_MAX ? declarations : [],
    })),
  };
  decide(turn, 'outage-release', { crossing: crossing.id, checkpoint, legalBasis });
  if (Object.keys(state.outages.passed).length >= PASSED_MAX) setFull(turn, true);
}

/** One of them was checked and is forgotten: there is room for another. */
export function forgetRelease(turn: Turn, crossing: string): void {
  delete turn.state.outages.passed[crossing];
  if (turn.state.outages.full) setFull(turn, false);
}

function setFull(turn: Turn, full: boolean): void {
  const { state } = turn;
  state.outages.full = full;
  if (full) raiseAlarm(turn, 'OUTAGE_FULL', configOf(state).gate.id);
  else returnAlarm(turn, 'OUTAGE_FULL', configOf(state).gate.id);
  lookAtEverything(turn);
}
