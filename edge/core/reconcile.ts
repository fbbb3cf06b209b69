/**
 * Evidence against clearance: who stands there, and everything that speaks against letting them pass. Pure; all conditions
 * are evaluated and the worst reason wins (DESIGN §7). What each checkpoint demands is configuration; the defaults and
 * what each condition means are published in `docs/reconciliation.md`.
 */
import type { Condition } from '../../config/schema.ts';
import type { Identified } from './identify/identify.ts';
import { type Reason, reason, type Severity, type Verdict, worst } from './reasons.ts';
import type { Case, Evidence, ExpectedCrossing, Finding, Judged } from './reconcile/case.ts';
import { clearanceReasons, driverReasons } from './reconcile/clearance.ts';
import { gateReasons, standstillReasons } from './reconcile/gate-facts.ts';
import { identifyAmong, identityReasons, unmatchedReasons } from './reconcile/identity.ts';
import { journeyReasons } from './reconcile/journey.ts';
import { listReasonsOfCrossing, listReasonsOfReads } from './reconcile/lists.ts';
import { ruleReasons } from './reconcile/rules.ts';
import { alarmReasons, screeningReasons } from './reconcile/screening.ts';
import { sealReasons } from './reconcile/seals.ts';
import { countedEvidence } from './reconcile/substitutes.ts';
import { weightReasons } from './reconcile/weight.ts';

export interface Outcome {
  verdict: Verdict;
  /** The crossing it is; null: nobody expected, or it cannot be said. */
  crossingId: string | null;
  /** The worst first; those of severity `info` block nothing. */
  reasons: Reason[];
}

/** Who it is, and whether it may pass now. */
export const reconcile = (the: Case): Outcome => judgeAs(the, recognise(the));

/** Whom the evidence was recognised as, before anything is said about letting them pass. */
export interface Recognised {
  the: Case;
  /** What of the evidence counts. */
  evidence: readonly Evidence[];
  identified: Identified;
  crossing?: ExpectedCrossing;
}

/** Who of those expected it is; a person’s word stands for the plates. `known`: what came of the same readings before. */
export function recognise(the: Case, known?: Identified): Recognised {
  const evidence = countedEvidence(the);
  const vouched = the.expected.find(({ crossingId }) => crossingId === the.visit.identifiedAs);
  const among = vouched === undefined ? the.expected : [vouched];
  const identified = known ?? identifyAmong(among, evidence, the);
  const crossing = vouched ?? the.expected.find(({ crossingId }) => crossingId === identified.crossingId);
  return { the, evidence, identified, ...(crossing !== undefined && { crossing }) };
}

/** Everything that speaks against letting pass whom it was recognised as. */
export function judgeAs(the: Case, { evidence, identified, crossing }: Recognised): Outcome {
  const always = [
    ...futureReasons(the),
    ...standstillReasons(the),
    ...alarmReasons(the.visit.evidence.filter((one) => !isExplained(the, crossing, one))),
    ...listReasonsOfReads(the),
  ];
  // Nobody’s word clears a vehicle of which nobody knows who it is: a person says who, and it is judged as that.
  if (crossing === undefined) return outcomeOf(the, [...always, ...unmatchedReasons(the, identified)]);
  const judged: Judged = { ...the, crossing, evidence, conditions: conditionsFor(the, crossing) };
  const reasons = [
    ...always,
    ...identityReasons(judged, identified),
    ...sealReasons(judged),
    ...weightReasons(judged),
    ...screeningReasons(judged),
    ...clearanceReasons(judged),
    ...driverReasons(judged),
    ...journeyReasons(judged),
    ...listReasonsOfCrossing(judged),
    ...ruleReasons(judged),
    ...gateReasons(judged),
  ];
  return outcomeOf(the, withFindings(the, reasons), crossing.crossingId);
}

/** An alarm of the portal counts until the specialised unit has measured every container later, and found nothing. */
function isExplained(
  { at, clearances: { examinations = [] } }: Case,
  crossing: ExpectedCrossing | undefined,
  one: Evidence,
): boolean {
  if (one.kind !== 'radiation' || crossing === undefined || crossing.containers.length === 0) return false;
  return crossing.containers.every(({ number }) =>
    examinations.some(
      ({ container, requirement, state, examinedAt }) =>
        container === number &&
        requirement === 'radiation' &&
        state === 'passed' &&
        examinedAt >= one.at &&
        examinedAt <= at,
    ),
  );
}

/** Whether all that was read of it is what was expected, and nobody is near. */
export const isCertain = ({ crossing, identified }: Recognised): boolean =>
  crossing !== undefined &&
  identified.unexpectedContainers.length === 0 &&
  [identified.plate, identified.trailer, ...identified.containers].every(
    ({ agreement }) => agreement !== 'contradicts',
  );

/** What is demanded of its load here: a condition counts between the dates from which and until which its law does. */
export function conditionsFor(
  { at, checkpoint, policy }: Pick<Case, 'at' | 'checkpoint' | 'policy'>,
  { load }: Pick<ExpectedCrossing, 'load'>,
): ReadonlySet<Condition> {
  const inForce = policy.conditions[checkpoint][load].filter((condition) => {
    const { from, until } = policy.basis[condition] ?? {};
    return (from === undefined || at >= from) && (until === undefined || at < until);
  });
  return new Set(inForce);
}

/** A reading of a time to come: a clock is wrong, and nobody knows which. */
const futureReasons = ({ at, visit }: Case): Reason[] =>
  visit.evidence
    .filter((one) => one.at > at)
    .map(({ kind, device }) => reason('EVIDENCE_STALE', `${kind} of a time to come`, device));

const RANK: Record<Severity, number> = { refer: 0, hold: 1, info: 2 };

function outcomeOf(
  { checkpoint }: Case,
  found: readonly Reason[],
  crossingId: string | null = null,
): Outcome {
  // What no device and no authority has told of is missing at the checkpoint that demands it.
  const sourced = found.map((one) => (one.source === '' ? { ...one, source: checkpoint } : one));
  const distinct = new Map(sourced.map((one) => [`${one.code} ${one.detail} ${one.source}`, one]));
  const reasons = [...distinct.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return { verdict: worst(reasons), crossingId, reasons };
}

/** A reason its owner has looked at and cleared is told, and blocks nothing any more. */
function withFindings({ at, visit }: Case, reasons: readonly Reason[]): readonly Reason[] {
  const made = (visit.findings ?? []).filter((one) => one.at <= at);
  if (made.length === 0) return reasons;
  return reasons.map((one) => {
    const others = reasons.filter(({ code, detail }) => code === one.code && detail !== one.detail);
    const finding = made.find(
      (each) => each.code === one.code && one.releasableBy.includes(each.role) && speaksOf(each, one, others),
    );
    if (finding === undefined) return one;
    const detail = `${one.detail}; cleared by ${finding.person}: ${finding.reason}`;
    return { ...one, severity: 'info', detail };
  });
}

/** A detail names the container it speaks of before any other: `expected CSQU3054383, read MWCU6059784`. */
function isAbout(container: string, { detail }: Reason): boolean {
  const [first] = /[A-Z]{4}[0-9]{7}/.exec(detail) ?? [];
  return first === undefined ? detail.includes(container) : first === container;
}

/** Who has looked at one of several, and does not say at which, has cleared none of them. */
function speaksOf({ detail, container }: Finding, one: Reason, others: readonly Reason[]): boolean {
  if (container !== undefined && !isAbout(container, one)) return false;
  return detail === undefined ? container !== undefined || others.length === 0 : detail === one.detail;
}
