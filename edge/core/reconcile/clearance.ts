/**
 * Customs’ word against the containers that stand there. Many to many: a container passes only if every declaration that
 * covers it is released, and customs states that it has listed them all.
 */
import { REQUIREMENTS, type Requirement, type RequirementState } from '../../../protocols/clearance/words.ts';
import { ownedBy, type Reason, type ReasonCode, reason } from '../reasons.ts';
import { claimReasons } from './advance.ts';
import type { Case, ClearanceRow, Clearances, Judged } from './case.ts';
import { outageCovers } from './outage.ts';
import { demandedOfDriver, demandedOfGoods, sourceOf } from './regimes.ts';
import { cleared, LOOSE, nameOf, rowsOf, type ToClear } from './rows.ts';

/** From the loosest to the strictest. */
export const STATUSES = ['released', 'inspected', 'registered', 'withdrawn'] as const;
export const CHANNELS = ['green', 'yellow', 'red'] as const;
export const SEAL_RULES = ['none', 'optional', 'required'] as const;
export const REQUIREMENT_STATES = ['not-required', 'passed', 'required', 'failed'] as const;

/** The stricter of two words of one scale. */
export const stricter = <Word extends string>(scale: readonly Word[], a: Word, b: Word): Word =>
  scale.indexOf(a) >= scale.indexOf(b) ? a : b;

export function strictestRequirements(
  a: ClearanceRow['requirements'] = {},
  b: ClearanceRow['requirements'] = {},
): NonNullable<ClearanceRow['requirements']> {
  const both: NonNullable<ClearanceRow['requirements']> = {};
  for (const name of REQUIREMENTS) {
    const [one, other] = [a[name], b[name]];
    const state =
      one !== undefined && other !== undefined ? stricter(REQUIREMENT_STATES, one, other) : (one ?? other);
    if (state !== undefined) both[name] = state;
  }
  return both;
}

/** What customs’ word leaves against a laden vehicle. What an examiner has failed counts wherever it goes. */
export function clearanceReasons(the: ToClear): Reason[] {
  const { crossing, conditions } = the;
  if (crossing.load !== 'laden') return [];
  const containers = cleared(crossing);
  if (!conditions.has('clearance'))
    return containers
      .flatMap(({ number }) => [
        ...requirementReasons(the, number, ['failed']),
        ...claimReasons(the, number, false),
      ])
      .concat(regimeReasons(the));
  const rows = containers.flatMap(({ number }) => rowsOf(the, number));
  return [
    ...undeclared(the).map((what) => reason('NO_CLEARANCE', what, 'customs')),
    ...rows.flatMap((row) => rowReasons(the, row)),
    ...containers.flatMap(({ number }) => requirementReasons(the, number, ['required', 'failed'])),
    ...containers.flatMap(({ number }) => claimReasons(the, number, true)),
    ...regimeReasons(the),
    ...allotmentReasons(rows),
    ...freshnessReasons(the),
  ];
}

/** What of a crossing customs has said nothing of yet: containers, and declarations it was announced under. */
export function undeclared(the: Pick<Judged, 'checkpoint' | 'clearances' | 'crossing'>): string[] {
  const { crossing } = the;
  const all = new Set<string>();
  const missing: string[] = [];
  for (const { number, declarations = [] } of cleared(crossing)) {
    const known = new Set(rowsOf(the, number).map(({ declaration }) => declaration));
    for (const one of known) all.add(one);
    const what = number === LOOSE ? 'loose goods' : number;
    const lacking = declarations.filter((one) => !known.has(one));
    if (known.size === 0 && lacking.length === 0) missing.push(what);
    missing.push(...lacking.map((one) => `${what} under ${one}`));
  }
  return [...missing, ...crossing.declarations.filter((one) => !all.has(one)).map((one) => `under ${one}`)];
}

function rowReasons({ at, crossing }: ToClear, row: ClearanceRow): Reason[] {
  const what = nameOf(row);
  const against = (code: ReasonCode, detail = what): Reason => reason(code, detail, row.source);
  const reasons: Reason[] = [];
  if (row.status === 'withdrawn') reasons.push(against('CLEARANCE_WITHDRAWN'));
  else if (row.status !== 'released') reasons.push(against('NOT_RELEASED', `${what}: ${row.status}`));
  if (row.validUntil !== undefined && at >= row.validUntil) reasons.push(against('CLEARANCE_EXPIRED'));
  if (row.complete === false) reasons.push(against('DECLARATIONS_INCOMPLETE'));
  const { usedBy } = row;
  if (usedBy !== undefined && usedBy !== crossing.crossingId)
    reasons.push(against('ALLOTMENT_EXCEEDED', `${what}: used by ${usedBy}`));
  return reasons;
}

/** What all containers of the vehicle take of a declaration together, against what is left of it. */
function allotmentReasons(rows: readonly ClearanceRow[]): Reason[] {
  const reasons: Reason[] = [];
  for (const unit of ['packages', 'kg'] as const) {
    const sums = new Map<string, { leftOf: number; source: string; wanted: Map<string, number> }>();
    for (const { declaration, container, allotment, remaining, source } of rows) {
      const sum = sums.get(declaration) ?? { leftOf: Number.POSITIVE_INFINITY, source, wanted: new Map() };
      sum.leftOf = Math.min(sum.leftOf, remaining?.[unit] ?? Number.POSITIVE_INFINITY);
      // Told twice, a container takes its part once.
      sum.wanted.set(container, Math.max(sum.wanted.get(container) ?? 0, allotment?.[unit] ?? 0));
      sums.set(declaration, sum);
    }
    for (const [declaration, { leftOf, source, wanted }] of sums) {
      const total = [...wanted.values()].reduce((all, one) => all + one, 0);
      const detail = `${declaration}: ${total} ${unit}, ${leftOf} left`;
      if (total > leftOf) reasons.push(reason('ALLOTMENT_EXCEEDED', detail, source));
    }
  }
  return reasons;
}

// ---------------------------------------------------------------- channel and requirements

const DEMANDED: Record<Requirement, { pending: ReasonCode; failed: ReasonCode }> = {
  scan: { pending: 'SCAN_PENDING', failed: 'SCAN_REJECTED' },
  quarantine: { pending: 'QUARANTINE_PENDING', failed: 'QUARANTINE_FAILED' },
  inspection: { pending: 'RED_NOT_INSPECTED', failed: 'RED_NOT_INSPECTED' },
  documentCheck: { pending: 'YELLOW_NOT_CHECKED', failed: 'YELLOW_NOT_CHECKED' },
  borderGuard: { pending: 'BORDER_GUARD_PENDING', failed: 'BORDER_GUARD_REFUSED' },
  driverDocuments: { pending: 'DRIVER_DOCUMENT_INVALID', failed: 'DRIVER_DOCUMENT_INVALID' },
  vehicleDocuments: { pending: 'VEHICLE_DOCUMENT_INVALID', failed: 'VEHICLE_DOCUMENT_INVALID' },
  fees: { pending: 'FEE_UNPAID', failed: 'FEE_UNPAID' },
  radiation: { pending: 'RADIATION_UNKNOWN', failed: 'RADIATION_ALARM' },
  driverHealth: { pending: 'DRIVER_HEALTH_UNCHECKED', failed: 'DRIVER_HEALTH_UNCHECKED' },
};

/** What a channel demands by itself, whatever else is stated. */
const CHANNEL_DEMANDS: Record<ClearanceRow['channel'], Requirement | undefined> = {
  green: undefined,
  yellow: 'documentCheck',
  red: 'inspection',
};

interface Standing {
  state: RequirementState;
  source: string;
}

/** How each requirement of a container stands: the strictest word of its declarations, met by its own or the examiner’s. */
function requirementsOf(
  the: Pick<Case, 'clearances' | 'checkpoint'>,
  container: string,
): Map<Requirement, Standing> {
  const rows = rowsOf(the, container);
  const standings = new Map<Requirement, Standing>();
  for (const requirement of REQUIREMENTS) {
    const examined = examinedOf(the.clearances, container, requirement);
    let standing: Standing = { state: examined?.state ?? 'not-required', source: examined?.source ?? '' };
    for (const row of rows) {
      const state = stateOf(requirement, row, examined?.state);
      if (REQUIREMENT_STATES.indexOf(state) > REQUIREMENT_STATES.indexOf(standing.state))
        standing = { state, source: row.source };
    }
    standings.set(requirement, standing);
  }
  return standings;
}

/** What is demanded of a container and not met yet. */
export const pendingRequirements = (the: Pick<Case, 'clearances' | 'checkpoint'>, container: string) =>
  new Map([...requirementsOf(the, container)].filter(([, { state }]) => state === 'required'));

function requirementReasons(the: ToClear, container: string, told: readonly RequirementState[]): Reason[] {
  const reasons: Reason[] = [];
  for (const [requirement, { state, source }] of requirementsOf(the, container)) {
    if (!told.includes(state)) continue;
    const { pending, failed } = DEMANDED[requirement];
    const detail = `${container} ${requirement} ${state}`.trim();
    const one = reason(state === 'failed' ? failed : pending, detail, source);
    // Documents that were checked and found wanting are not cured by waiting; only customs’ next word on them is.
    reasons.push(state === 'failed' && requirement === 'documentCheck' ? { ...one, severity: 'refer' } : one);
  }
  return reasons;
}

// ---------------------------------------------------------------- regimes

/** What regimes in force demand of the goods and nobody has found yet, nor found to be wrong. */
export function unmetDemands(the: ToClear): ReturnType<typeof demandedOfGoods> {
  return demandedOfGoods(the).filter(({ container, requirement }) => {
    const state = requirementsOf(the, container).get(requirement)?.state;
    return state !== 'passed' && state !== 'failed';
  });
}

const regimeReasons = (the: ToClear): Reason[] =>
  unmetDemands(the).map(({ container, requirement, regime }) =>
    reason(DEMANDED[requirement].pending, `${container} ${requirement} required`.trim(), sourceOf(regime)),
  );

/** What regimes in force demand of the driver; the word of whoever checks it may come with any of the containers. */
export function driverReasons(the: Judged): Reason[] {
  const states = cleared(the.crossing).map(
    ({ number }) => requirementsOf(the, number).get('driverHealth')?.state,
  );
  // Of a laden vehicle it is told as itself that it failed.
  const isTold = states.includes('failed') && the.crossing.load === 'laden';
  if (isTold || (states.includes('passed') && !states.includes('failed'))) return [];
  return demandedOfDriver(the).map((regime) =>
    ownedBy(regime.owner, reason('DRIVER_HEALTH_UNCHECKED', regime.name, sourceOf(regime))),
  );
}

type Examined = NonNullable<Clearances['examinations']>[number];

/** The examiners’ word on one requirement: of one examination the newest, of several the strictest. */
function examinedOf(
  { examinations = [] }: Clearances,
  container: string,
  requirement: Requirement,
): Examined | undefined {
  const newest = new Map<string, Examined>();
  for (const one of examinations) {
    if (one.container !== container || one.requirement !== requirement) continue;
    const key = `${one.source} ${one.examinationId}`;
    const known = newest.get(key);
    if (known === undefined || one.examinedAt > known.examinedAt) newest.set(key, one);
    else if (one.examinedAt === known.examinedAt) newest.set(key, stricterExamination(known, one));
  }
  return newest.size === 0 ? undefined : [...newest.values()].reduce(stricterExamination);
}

const stricterExamination = (a: Examined, b: Examined): Examined =>
  stricter(REQUIREMENT_STATES, a.state, b.state) === a.state ? a : b;

/** How a requirement stands under one declaration: what is demanded is met by its own word, or by the examiner’s. */
function stateOf(
  requirement: Requirement,
  row: ClearanceRow,
  examined: RequirementState | undefined,
): RequirementState {
  const stated = row.requirements?.[requirement] ?? 'not-required';
  const isDemanded = stated === 'required' || CHANNEL_DEMANDS[row.channel] === requirement;
  if (!isDemanded || stated === 'passed' || stated === 'failed') return stated;
  return examined === 'passed' ? 'passed' : 'required';
}

// ---------------------------------------------------------------- freshness

/** `asOf` says when the source last confirmed its list: too long ago, and not yet, both count as unknown. */
function freshnessReasons(the: ToClear): Reason[] {
  const { crossing, clearances } = the;
  const reasons = new Map<string, Reason>();
  const tell = (one: Reason | undefined): void => {
    if (one !== undefined) reasons.set(`${one.code} ${one.source}`, one);
  };
  for (const { number } of cleared(crossing)) {
    const rows = rowsOf(the, number);
    for (const row of rows) tell(ageReason(the, row.asOf, row.source, row));
    // A list that says nothing of it says so only while it is fresh.
    if (rows.length === 0 && clearances.listAsOf !== undefined)
      tell(ageReason(the, clearances.listAsOf, 'customs', undefined));
  }
  return [...reasons.values()];
}

function ageReason(
  the: ToClear,
  asOf: number | null | undefined,
  source: string,
  row: ClearanceRow | undefined,
): Reason | undefined {
  const { at, policy } = the;
  if (asOf !== undefined && asOf !== null) {
    if (asOf > at) return reason('CLEARANCE_STALE', 'confirmed at a time to come', source);
    if (at - asOf <= policy.clearanceAgeMsMax) return undefined;
  }
  if (outageCovers(the, row)) return reason('OUTAGE_REGIME', policy.outage?.legalBasis, source);
  const isUnknown = asOf === undefined || asOf === null;
  const tooOld = `confirmed more than ${Math.floor(policy.clearanceAgeMsMax / 60_000)} min ago`;
  return reason('CLEARANCE_STALE', isUnknown ? 'never confirmed' : tooOld, source);
}
