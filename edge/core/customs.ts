/** What customs, and the authorities beside it, say: kept by container, the newest version counts. */
import { hearOfAdmission } from './admission.ts';
import { lookAtCrossing, lookAtEverything } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { forgetSaid } from './clearances.ts';
import { noteWithdrawn } from './delivered.ts';
import { explainRadiation } from './findings.ts';
import type { ClearanceReport, CustomsFeed, Examination } from './input.ts';
import { checkReleases, noteAnswer } from './outage-checks.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';
import { setTimer } from './timers.ts';
import type { Turn } from './turn.ts';

/** Containers of which customs speaks and nobody has booked; the oldest are forgotten first. */
const UNBOOKED_MAX = 1_000;
/** The feed of those that name none. */
const CUSTOMS = 'customs';

/**
 * Customs' word on a container; an older version than the known one changes nothing, and a withdrawal is final for its version. Otherwise
 * exchange, which knows the feeds, may tell the same version anew: it came through another feed, or a complete list names it no more.
 */
export function takeClearance(turn: Turn, clearance: Omit<ClearanceReport, 'type'>): void {
  const { state } = turn;
  noteAnswer(turn, clearance.container);
  noteWithdrawn(turn, clearance);
  hearOfAdmission(turn, clearance);
  const ofContainer = state.clearances[clearance.container] ?? {};
  const known = ofContainer[clearance.declaration];
  if (known !== undefined && !isNews(known, clearance)) return;
  boundUnbooked(state, clearance.container);
  ofContainer[clearance.declaration] = clearance;
  state.clearances[clearance.container] = ofContainer;
  watchEnd(state, clearance.container);
  lookAtContainer(turn, clearance.container);
}

const isNews = (known: Omit<ClearanceReport, 'type'>, told: Omit<ClearanceReport, 'type'>): boolean =>
  told.version > known.version || (told.version === known.version && known.status !== 'withdrawn');

/** What was found about a container; an older version than the known one changes nothing. */
export function takeExamination(turn: Turn, examination: Omit<Examination, 'type'>): void {
  const { state } = turn;
  const { container, requirement, version } = examination;
  const ofContainer = state.examinations[container] ?? {};
  const known = ofContainer[requirement];
  if (known !== undefined && known.version >= version) return;
  boundUnbooked(state, container);
  ofContainer[requirement] = examination;
  state.examinations[container] = ofContainer;
  const crossing = state.crossings[state.containers[container] ?? ''];
  if (crossing !== undefined) explainRadiation(crossing, examination);
  lookAtContainer(turn, container);
}

/**
 * A feed has confirmed its list: what was held because the list was too old may go on. Two clocks are never quite the same; a
 * list confirmed at a time to come is a contradiction, and no confirmation.
 */
export function takeFeed(turn: Turn, { asOf: stated, feed = CUSTOMS }: CustomsFeed): void {
  const { state } = turn;
  const { clearanceAgeMsMax: ageMsMax, clockSkewMsMax } = configOf(state).customs;
  if (stated > state.now + clockSkewMsMax) return raiseAlarm(turn, 'CUSTOMS_CLOCK', feed);
  returnAlarm(turn, 'CUSTOMS_CLOCK', feed);
  const asOf = Math.min(stated, state.now);
  const known = state.feeds[feed];
  const wasStale = known === undefined || state.now - known > ageMsMax;
  state.feeds[feed] = Math.max(known ?? 0, asOf);
  if (feed === CUSTOMS) {
    returnAlarm(turn, 'CUSTOMS_STALE', CUSTOMS);
    setTimer(state, 'customs-stale', state.feeds[feed] + ageMsMax + 1);
  }
  if (wasStale) lookAtEverything(turn);
  if (feed === CUSTOMS) checkReleases(turn);
}

/** Timer `clearance-ends/<container>` is due: a release of it, or a document it rests on, has expired. */
export function endClearance(turn: Turn, container: string): void {
  watchEnd(turn.state, container);
  lookAtContainer(turn, container);
}

/** What is said of a container ends: timer `clearance-ends/<container>`. */
export function watchEnd(state: GateState, container: string): void {
  const said = [state.clearances[container] ?? {}, state.advance[container] ?? {}];
  const ends = said
    .flatMap((ones) => Object.values(ones).map(({ validUntil = 0 }) => validUntil))
    .filter((end) => end > state.now);
  if (ends.length > 0) setTimer(state, `clearance-ends/${container}`, Math.min(...ends));
}

export function lookAtContainer(turn: Turn, container: string): void {
  const crossing = turn.state.crossings[turn.state.containers[container] ?? ''];
  if (crossing !== undefined) lookAtCrossing(turn, crossing);
}

/** Something is about to be kept of a container. */
export function boundUnbooked(state: GateState, container: string): void {
  const isKnown = [state.clearances, state.examinations, state.advance].some(
    (said) => said[container] !== undefined,
  );
  if (isKnown || isExpected(state, container)) return;
  state.unbooked.push(container);
  if (state.unbooked.length <= UNBOOKED_MAX) return;
  const oldest = state.unbooked.shift();
  if (oldest === undefined || isExpected(state, oldest)) return;
  forgetSaid(state, oldest);
}

const isExpected = (state: GateState, container: string): boolean =>
  state.bookings[container] !== undefined ||
  state.containers[container] !== undefined ||
  state.outages.asked[container] !== undefined;
