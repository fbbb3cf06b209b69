/**
 * After an outage: every crossing that was released under the regime is held against customs' list once that is fresh again.
 * Where customs says otherwise than what it passed on, a case opens, which a customs officer closes.
 *
 * Most of them are over and their containers forgotten, so customs is asked for each container again. All it has on one
 * container comes together, and before its next confirmation: once a container was told of and the list confirmed after that,
 * its word is complete.
 */
import type { Condition } from '../../config/schema.ts';
import { areFull, openCase } from './cases.ts';
import { clearancesOf, forgetSaid } from './clearances.ts';
import { forgetRelease } from './outage-regime.ts';
import type { OutageRelease } from './outage-state.ts';
import { isAgainst, type Reason } from './reasons.ts';
import type { Clearances } from './reconcile/case.ts';
import { clearanceReasons } from './reconcile/clearance.ts';
import { configOf } from './site.ts';
import { policyOf } from './site-policy.ts';
import type { GateState } from './state.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

/** Crossings asked for at once: customs answers them between two confirmations. */
const ASKED_MAX = 50;
/** A container of which customs says nothing for so long, its list confirmed meanwhile, is not on its list. */
const ANSWER_MS = 1_800_000;

/** Customs has confirmed its list: crossings whose containers were answered for are judged, and others asked for. */
export function checkReleases(turn: Turn): void {
  const { state } = turn;
  const confirmedAt = state.feeds.customs ?? 0;
  if (state.now - confirmedAt > configOf(state).customs.clearanceAgeMsMax) return;
  let asked = 0;
  for (const release of Object.values(state.outages.passed)) {
    if (release.askedAt !== undefined && settle(turn, release)) continue;
    if (release.askedAt !== undefined) asked += 1;
    else if (asked < ASKED_MAX && confirmedAt > release.at && ask(turn, release)) asked += 1;
  }
}

/** Customs has spoken of a container. */
export function noteAnswer({ state }: Turn, container: string): void {
  const release = state.outages.passed[state.outages.asked[container] ?? ''];
  if (release?.answered?.includes(container) === false) release.answered.push(container);
}

/** One of its containers may be asked for in the name of another crossing just now: then it waits. */
function ask(turn: Turn, release: OutageRelease): boolean {
  const { state } = turn;
  const numbers = release.containers.map(({ number }) => number);
  if (numbers.some((number) => (state.outages.asked[number] ?? release.crossing) !== release.crossing))
    return false;
  release.askedAt = state.now;
  release.answered = [];
  for (const container of numbers) {
    state.outages.asked[container] = release.crossing;
    decide(turn, 'ask-clearance', { container });
  }
  return true;
}

/** True if it was judged, and is remembered no more. */
function settle(turn: Turn, release: OutageRelease): boolean {
  const { state } = turn;
  const { crossing, containers, askedAt = 0, answered = [] } = release;
  const isLate = state.now - askedAt > ANSWER_MS;
  if (answered.length < containers.length && !isLate) return false;
  const reasons = differences(state, release);
  // A part of its word may come from a list of its own that is not fresh yet.
  if (reasons.some(({ code }) => code === 'CLEARANCE_STALE') && !isLate) return false;
  if (reasons.length > 0 && areFull(state)) return false;
  for (const { number } of containers) {
    delete state.outages.asked[number];
    dropUnexpected(state, number);
  }
  forgetRelease(turn, crossing);
  if (reasons.length > 0) {
    const { checkpoint, at: passedAt, legalBasis, declaredBy } = release;
    const numbers = containers.map(({ number }) => number);
    openCase(
      turn,
      { crossing, containers: numbers, passedAt, reasons },
      { checkpoint, legalBasis, declaredBy },
    );
  } else decide(turn, 'outage-checked', { crossing, containers: containers.map(({ number }) => number) });
  return true;
}

/** What was asked for only to check it is not kept. */
function dropUnexpected(state: GateState, container: string): void {
  if (state.bookings[container] !== undefined || state.containers[container] !== undefined) return;
  forgetSaid(state, container);
  state.unbooked = state.unbooked.filter((one) => one !== container);
}

const CLEARANCE: ReadonlySet<Condition> = new Set<Condition>(['clearance']);

/** What customs' list says against what has passed, as if there had been no outage. */
function differences(state: GateState, { crossing, checkpoint, at, containers }: OutageRelease): Reason[] {
  // What a regime demanded was met when it passed; one that began since is not for it.
  const { outage: _, ...policy } = { ...policyOf(state), regimes: [] };
  return clearanceReasons({
    at: state.now,
    checkpoint,
    crossing: {
      crossingId: crossing,
      load: 'laden',
      vehicle: {},
      containers,
      declarations: [],
      booked: true,
    },
    conditions: CLEARANCE,
    clearances: asOfPassing(clearancesOf(state, containers), at),
    policy,
  }).filter(isAgainst);
}

/** What was valid when it passed, and an allotment that its own passing has used up, speak not against it. */
const asOfPassing = (clearances: Clearances, passedAt: number): Clearances => ({
  ...clearances,
  rows: clearances.rows.map(({ allotment: _a, remaining: _r, ...row }) => endedBefore(row, passedAt)),
  advance: (clearances.advance ?? []).map((document) => endedBefore(document, passedAt)),
});

function endedBefore<Said extends { validUntil?: number }>(said: Said, passedAt: number): Said {
  const { validUntil, ...rest } = said;
  return validUntil === undefined || validUntil <= passedAt ? said : (rest as Said);
}
