/** Who stands in a lane, and what speaks against opening for it: the readings of a visit against what is awaited there. */
import type { Carried, Checkpoint, Condition, LaneConfig } from '../../config/schema.ts';
import type { Requirement } from '../../protocols/clearance/words.ts';
import { platesMeant } from '../../protocols/plates.ts';
import { areSame, awaited, everybody, expectationOf, expectedAs } from './awaited.ts';
import { hasLineClear } from './border.ts';
import { clearancesOf } from './clearances.ts';
import { wordsFor } from './cleared.ts';
import { disputedReasons } from './discrepancies.ts';
import { weightOf } from './evidence.ts';
import type { Identified } from './identify/identify.ts';
import { isOpen } from './lane-hours.ts';
import { hasContainers } from './load.ts';
import { freePlaces } from './owners.ts';
import { type Reason, reason } from './reasons.ts';
import type { Case, Clearances, Evidence, ExpectedCrossing, GateFacts } from './reconcile/case.ts';
import { clearanceReasons, pendingRequirements, unmetDemands } from './reconcile/clearance.ts';
import { conditionsFor, isCertain, judgeAs, type Recognised, recognise } from './reconcile.ts';
import { isSectionClosed } from './section-state.ts';
import { policyOf } from './site-policy.ts';
import type { Crossing, GateState, Visit } from './state.ts';
import { isFresh } from './state.ts';

// ---------------------------------------------------------------- what is known

function evidenceOf(state: GateState, lane: LaneConfig, visit: Visit): Evidence[] {
  const { scale, rearReader } = lane.devices;
  const grossKg = weightOf(state, lane, visit);
  return [
    ...visit.plates.map((one) => ({ ...one, kind: 'plate' as const })),
    ...visit.trailers.map((one) => ({ ...one, kind: 'trailer' as const })),
    ...visit.containers.map((one) => ({
      ...one,
      kind: 'container' as const,
      ...(one.device === rearReader && { position: 'rear' as const }),
    })),
    ...visit.observations,
    ...(scale === undefined || grossKg === undefined
      ? []
      : [{ kind: 'weight' as const, device: scale, at: state.now, grossKg, stable: true }]),
  ];
}

/** What customs’ word leaves against goods that will pass this checkpoint, if the site asks for it there. */
export function customsReasons(state: GateState, crossing: Crossing, checkpoint: Checkpoint): Reason[] {
  return crossing.load === 'laden' && demanded(state, checkpoint, 'laden').has('clearance')
    ? wordOfCustoms(state, crossing, checkpoint)
    : [];
}

const demanded = (state: GateState, checkpoint: Checkpoint, load: Carried): ReadonlySet<Condition> =>
  conditionsFor({ at: state.now, checkpoint, policy: policyOf(state) }, { load });

const wordOfCustoms = (state: GateState, crossing: Crossing, checkpoint: Checkpoint): Reason[] =>
  clearanceReasons({
    at: state.now,
    checkpoint,
    crossing: expectedAs(state, crossing, { load: 'laden', plate: '' }),
    conditions: CLEARANCE,
    clearances: clearancesOf(state, crossing.containers),
    policy: policyOf(state),
  });

/** Examinations that customs demands of a container in our hands, and that nobody has made yet. */
export function pendingExaminations(state: GateState, crossing: Crossing) {
  const policy = policyOf(state);
  const isAsked = crossing.containers.some(({ number }) => isDemanding(state, number));
  if (crossing.load !== 'laden' || (!isAsked && policy.regimes.length === 0)) return [];
  const clearances = clearancesOf(state, crossing.containers);
  const checkpoint = crossing.direction === 'export' ? 'border-out' : 'yard-out';
  const stated = crossing.containers.flatMap(({ number }) =>
    [...pendingRequirements({ clearances, checkpoint }, number).keys()].map((requirement) => ({
      container: number,
      requirement,
    })),
  );
  const expected = expectedAs(state, crossing, { load: 'laden', plate: '' });
  const demanded = unmetDemands({
    at: state.now,
    checkpoint,
    crossing: expected,
    conditions: CLEARANCE,
    clearances,
    policy,
  });
  return [...stated, ...demanded].filter(({ requirement }) => EXAMINED.has(requirement));
}

/** Most containers are under nothing that demands anything. */
const isDemanding = ({ clearances }: GateState, container: string): boolean =>
  Object.values(clearances[container] ?? {}).some(
    ({ channel, requirements }) => channel !== 'green' || requirements !== undefined,
  );

/** What an examiner does when asked; the rest is between customs and the declarant. */
const EXAMINED: ReadonlySet<Requirement> = new Set<Requirement>(['scan', 'quarantine', 'inspection']);

const CLEARANCE: ReadonlySet<Condition> = new Set<Condition>(['clearance']);

/** Customs has taken back a release of what this crossing has taken over the border. */
export const isWithdrawn = (state: GateState, crossing: Crossing): boolean =>
  wordOfCustoms(state, crossing, 'border-out').some(({ code }) => code === 'CLEARANCE_WITHDRAWN');

// ---------------------------------------------------------------- who it is

/** What was read of a visit when it was last recognised, among whom, and as whom. Derived, and no part of the state. */
interface Known {
  reads: readonly unknown[];
  among: readonly ExpectedCrossing[];
  identified: Identified;
}
const known = new WeakMap<Visit, Known>();

/** Tells whether anything was read since: each reading is added at the end, whatever makes room for it, or all are forgotten. */
const marksOf = ({ plates, trailers, containers, observations, identifiedAs }: Visit): readonly unknown[] => [
  identifiedAs,
  ...[plates, trailers, containers, observations].flatMap((reads) => [reads, reads.length, reads.at(-1)]),
];

/**
 * Who stands there. Where the readings name, to the letter, crossings that are awaited here, and nothing speaks against one of
 * them, those are all that can be meant; else everybody awaited is held against them.
 */
function recogniseIn(state: GateState, visit: Visit, the: Case): Recognised {
  const { checkpoint } = the;
  const named = awaited(state, namedIn(state, visit), checkpoint);
  const quick = recogniseAmong(named, visit, the);
  const isRead = visit.plates.length + visit.trailers.length + visit.containers.length > 0;
  return isCertain(quick) || !isRead ? quick : recogniseAmong(everybody(state, checkpoint), visit, the);
}

function recogniseAmong(expected: readonly ExpectedCrossing[], visit: Visit, the: Case): Recognised {
  const before = known.get(visit);
  const reads = marksOf(visit);
  if (
    before !== undefined &&
    areSame(before.among, expected) &&
    reads.every((one, at) => one === before.reads[at])
  )
    return recognise({ ...the, expected: before.among }, before.identified);
  const found = recognise({ ...the, expected });
  known.set(visit, { reads, among: expected, identified: found.identified });
  return found;
}

/**
 * Crossings of which a plate or container was read to the letter, or as Latin letters spell it, and the one a person has named.
 */
function namedIn(state: GateState, { plates, trailers, containers, identifiedAs }: Visit): Set<string> {
  const named = new Set<string>(identifiedAs === undefined ? [] : [identifiedAs]);
  for (const { value } of [...plates, ...trailers]) for (const id of bearing(state, value)) named.add(id);
  for (const { value } of containers) {
    const id = state.containers[value];
    if (id !== undefined) named.add(id);
  }
  return named;
}

/** Crossings with a plate that a text may mean. */
const bearing = ({ plates }: GateState, text: string): string[] =>
  platesMeant(text).flatMap((plate) => plates[plate] ?? []);

// ---------------------------------------------------------------- the judgement

export interface Judgement {
  crossing?: Crossing;
  load?: Carried;
  reasons: Reason[];
}

/** Who stands in the lane and what speaks against opening for it, from the state as it is now. */
export function judgeVisit(state: GateState, lane: LaneConfig, visit: Visit): Judgement {
  const { identifiedAs } = visit;
  const the: Case = {
    at: state.now,
    checkpoint: lane.checkpoint,
    expected: [],
    visit: {
      evidence: evidenceOf(state, lane, visit),
      readingUntil: visit.readingUntil ?? Number.MAX_SAFE_INTEGER,
      clockTrusted: state.clockTrusted,
      ...(identifiedAs !== undefined && { identifiedAs }),
    },
    clearances: { rows: [] },
    policy: policyOf(state),
  };
  const found = recogniseIn(state, visit, the);
  const crossing = state.crossings[found.crossing?.crossingId ?? ''];
  if (crossing === undefined || found.crossing === undefined)
    return { reasons: strangerReasons(state, lane, visit, found) };
  const { load } = found.crossing;
  const clearances = wordOn(state, crossing, load);
  const facts = factsOf(state, lane, visit, crossing, load);
  const { reasons } = judgeAs(
    { ...found.the, clearances, visit: { ...the.visit, facts, findings: wordsFor(crossing, lane, visit) } },
    found,
  );
  if (lane.checkpoint === 'yard-out' && crossing.stage === 'truck-inside')
    reasons.push(reason('EVIDENCE_PENDING', 'its container set down in the yard'));
  // What it would fetch, or takes away. The truck that has brought a container goes.
  if (hasContainers({ load }) || lane.checkpoint === 'yard-in')
    reasons.push(...disputedReasons(state, crossing));
  // What sent it to the refuge slot may be seen here still.
  for (const finding of crossing.findings)
    if (!reasons.some(({ code }) => code === finding.code)) reasons.push(finding);
  return { crossing, load, reasons };
}

/** What customs and examiners have said of what it carries. An empty container is under no declaration. */
function wordOn(state: GateState, { containers }: Crossing, load: Carried): Clearances {
  const word = clearancesOf(state, hasContainers({ load }) ? containers : []);
  return load === 'empty' ? { ...word, rows: [] } : word;
}

/** Why nobody awaited can be said to stand there. */
function strangerReasons(state: GateState, lane: LaneConfig, visit: Visit, found: Recognised): Reason[] {
  const { camera } = lane.devices;
  const isBlind = visit.plates.length === 0 && !isFresh(state, camera);
  const facts = { devicesDown: isBlind ? [camera] : [] };
  const { reasons } = judgeAs({ ...found.the, visit: { ...found.the.visit, facts } }, found);
  if (lane.checkpoint !== 'border-in') return reasons;
  return reasons.map((one) => (one.code === 'NO_CROSSING_MATCH' ? unannounced(state, visit, one) : one));
}

/** Over the border comes only who was offered; one of ours that was sent over has come back. */
function unannounced(state: GateState, visit: Visit, { detail }: Reason): Reason {
  const plate = visit.plates[0]?.value ?? '';
  const away = bearing(state, plate)
    .map((id) => state.crossings[id])
    .find((one) => one?.lineClear?.used === true);
  return away === undefined
    ? reason('COUNTERPART_NOT_OFFERED', detail)
    : reason('CAME_BACK', `${plate}, sent as ${away.id}`);
}

function factsOf(
  state: GateState,
  lane: LaneConfig,
  visit: Visit,
  crossing: Crossing,
  load: Carried,
): Partial<GateFacts> {
  return {
    lineClear: hasLineClear(state, crossing),
    sectionClosed: lane.checkpoint === 'border-out' && isSectionClosed(state, crossing),
    granted: crossing.inbound?.grant !== undefined,
    bayFree: hasBay(state, crossing, lane),
    laneStopped: state.lanes[lane.id]?.stopped === true,
    laneOpen: isOpen(state, lane, crossing),
    gateStopped: state.stopped,
    driverless: lane.traffic === 'vehicle',
    devicesDown: devicesDown(state, lane, visit, crossing, load),
  };
}

/** Devices that are not fresh, of those without which what is demanded could not be seen. */
function devicesDown(
  state: GateState,
  lane: LaneConfig,
  { identifiedAs, observations }: Visit,
  crossing: Crossing,
  load: Carried,
): string[] {
  const { io, camera, rearCamera, reader, rearReader, scale } = lane.devices;
  const conditions = demanded(state, lane.checkpoint, load);
  // An officer has read it there; whether that may stand in is the policy’s to say.
  const isTold = (kind: Evidence['kind']): boolean =>
    observations.some((one) => one.kind === kind && one.by !== undefined);
  const hasTrailer = expectationOf(crossing, lane.checkpoint)?.trailer !== undefined;
  const isTrailerAsked = conditions.has('trailer') && hasTrailer && identifiedAs !== crossing.id;
  // One container is seen from any side; of two each has its own.
  const isRearNeeded = reader === undefined || crossing.containers.length > 1;
  const needed = [
    io,
    camera,
    ...(isTrailerAsked && !isTold('trailer') ? [rearCamera] : []),
    ...(conditions.has('container') && !isTold('container')
      ? [reader, isRearNeeded ? rearReader : undefined]
      : []),
    ...(conditions.has('weight') ? [scale] : []),
  ];
  return needed.filter((device) => device !== undefined).filter((device) => !isFresh(state, device));
}

/** Whether the places the vehicle will need behind this lane are its own, or free to be taken. */
function hasBay(state: GateState, crossing: Crossing, lane: LaneConfig): boolean {
  if (lane.checkpoint === 'border-in') return crossing.bays.landing !== undefined;
  if (lane.checkpoint !== 'yard-in' || crossing.bays.truck !== undefined) return true;
  if (crossing.direction === 'import' && crossing.stage !== 'in-yard') return false;
  return freePlaces(state, crossing, 'truck') !== null;
}
