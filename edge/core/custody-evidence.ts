/**
 * What a checkpoint of the border can show later of whoever went through: digests of pictures and readings, the seals as they
 * were checked, and what was different from what was handed over.
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { DiscrepancyCode } from '../../protocols/handover/codes.ts';
import { digestOf } from '../../protocols/handover/digest.ts';
import type { Difference, Evidence, SealCheck } from '../../protocols/handover/record.ts';
import { normaliseSeal, normaliseSeals } from '../../protocols/seals.ts';
import { isoWithOffset } from '../../protocols/time.ts';
import type { Seen, SeenDifference } from './custody-state.ts';
import { isAgainst, type Reason, type ReasonCode } from './reasons.ts';
import type { EvidenceOf, Evidence as ObservedEvidence } from './reconcile/case.ts';
import { configOf } from './site.ts';
import { policyOf } from './site-policy.ts';
import type { CargoContainer, Crossing, GateState, Reading, Visit } from './state.ts';

/** Told in one record; of a vehicle that stands for days the last. */
const EVIDENCE_MAX = 40;
const SEAL_CHECKS_MAX = 40;

/** All of it, as the vehicle is let through. */
export function seenAt(state: GateState, lane: LaneConfig, visit: Visit, crossing: Crossing): Seen {
  const seals = sealChecks(state, lane, visit, crossing);
  return { evidence: evidenceIn(visit), seals, differences: differencesIn(seals, visit, crossing) };
}

// ---------------------------------------------------------------- pictures and readings

/** What authorities of ours look for is for them alone: even a digest of it could be guessed. */
const OURS_ALONE: ReadonlySet<ObservedEvidence['kind']> = new Set<ObservedEvidence['kind']>([
  'radiation',
  'test',
]);

/** The newest reading of each device and kind, and every observation: each reading by its digest, and its picture. */
export function evidenceIn({ plates, trailers, containers, observations }: Visit): Evidence[] {
  const told = new Map<string, Evidence>();
  const tell = (type: Evidence['type'], sha256: string): void => {
    told.set(sha256, { type, sha256 });
  };
  for (const reading of [plates, trailers, containers].flatMap(newestOfEach)) {
    tell('reading', digestOf(reading));
    if (reading.image !== undefined) tell('picture', reading.image);
  }
  for (const one of observations) {
    if (OURS_ALONE.has(one.kind)) continue;
    tell('reading', digestOf(one));
    const picture = one.by?.photo ?? one.image;
    if (picture !== undefined) tell('picture', picture);
  }
  return [...told.values()].slice(-EVIDENCE_MAX);
}

const newestOfEach = (readings: readonly Reading[]): Reading[] => [
  ...new Map(readings.map((reading) => [reading.device, reading])).values(),
];

// ---------------------------------------------------------------- seals

type SealRead = EvidenceOf<'seal'>;

/** Each seal of each container: the number expected and the number found. What nobody has looked at is `not-checked`. */
function sealChecks(state: GateState, lane: LaneConfig, visit: Visit, crossing: Crossing): SealCheck[] {
  const { sealQualityMin } = policyOf(state);
  const { gate, counterpart } = configOf(state);
  const isOurs = crossing.direction === 'export';
  const parties = {
    place: lane.checkpoint,
    giver: isOurs ? gate.id : counterpart.gate,
    receiver: isOurs ? counterpart.gate : gate.id,
  };
  const reads = visit.observations.filter(
    (one): one is SealRead =>
      one.kind === 'seal' && (one.state === 'missing' || (numberIn(one) && one.quality >= sealQualityMin)),
  );
  const boxes = crossing.containers;
  const known = new Set(boxes.flatMap(({ seals = [] }) => normaliseSeals(seals)));
  const timeOf = (at: number): string => isoWithOffset(at, gate.utcOffset);
  return boxes
    .flatMap((box, index) => {
      const own = reads.filter(
        ({ container }) => container === box.number || (container === undefined && index === 0),
      );
      // Nobody says of which container: a number that is expected there tells.
      const unplaced = reads.filter(({ container }) => container === undefined && index > 0);
      return checksOf(
        box,
        mostTrusted([...own, ...unplaced.filter((one) => isExpected(box, one))]),
        known,
      ).map(({ read, ...check }): SealCheck => ({ ...check, ...howOf(read, timeOf, state.now), ...parties }));
    })
    .slice(0, SEAL_CHECKS_MAX);
}

const numberIn = ({ state, value = '' }: SealRead): boolean =>
  (state === 'intact' || state === 'broken') && normaliseSeal(value) !== undefined;

const isExpected = ({ seals = [] }: CargoContainer, { value = '' }: SealRead): boolean =>
  normaliseSeals(seals).includes(normaliseSeal(value) ?? '');

/** An officer’s own eyes stand for what devices have read of it. */
function mostTrusted(reads: readonly SealRead[]): readonly SealRead[] {
  const byPeople = reads.filter(({ by }) => by !== undefined);
  return byPeople.length > 0 ? byPeople : reads;
}

type Check = Pick<SealCheck, 'container' | 'expected' | 'found' | 'state'> & { read: SealRead | undefined };

/** `known`: numbers expected on any container of the vehicle. */
function checksOf(box: CargoContainer, reads: readonly SealRead[], known: ReadonlySet<string>): Check[] {
  const { number: container } = box;
  const found = new Map<string, SealRead>();
  for (const read of reads) if (numberIn(read)) found.set(normaliseSeal(read.value ?? '') ?? '', read);
  const strange = [...found].filter(([number]) => !known.has(number));
  const gone = reads.find(({ state }) => state === 'missing');
  const checks = normaliseSeals(box.seals ?? []).map((expected): Check => {
    const read = found.get(expected);
    if (read !== undefined) return { container, expected, found: expected, state: stateOf(read), read };
    const [other, itsRead] = strange.shift() ?? [];
    if (other !== undefined) return { container, expected, found: other, state: 'replaced', read: itsRead };
    return { container, expected, state: gone === undefined ? 'not-checked' : 'missing', read: gone };
  });
  return [
    ...checks,
    ...strange.map(([number, read]): Check => ({ container, found: number, state: stateOf(read), read })),
  ];
}

const stateOf = ({ state }: SealRead): 'intact' | 'broken' => (state === 'broken' ? 'broken' : 'intact');

function howOf(
  read: SealRead | undefined,
  timeOf: (at: number) => string,
  now: number,
): Pick<SealCheck, 'method' | 'photo' | 'checkedAt'> {
  if (read === undefined) return { method: 'none', checkedAt: timeOf(now) };
  const photo = read.by?.photo ?? read.image;
  return {
    method: read.by === undefined ? 'reader' : 'person',
    ...(photo !== undefined && { photo }),
    checkedAt: timeOf(read.at),
  };
}

// ---------------------------------------------------------------- what is different

/** What reasons say of the goods themselves. Seals are told by how they were checked: one that nobody has read is no difference. */
const TOLD_BY: Readonly<Partial<Record<ReasonCode, DiscrepancyCode>>> = {
  CONTAINER_MISMATCH: 'CONTAINER_NUMBER',
  CONTAINER_UNEXPECTED: 'CONTAINER_NUMBER',
  YARD_CONTAINER_MISMATCH: 'CONTAINER_NUMBER',
  CONTAINER_DAMAGED: 'CONTAINER_DAMAGED',
  WEIGHT_OUT_OF_TOLERANCE: 'WEIGHT',
  EMPTY_NOT_EMPTY: 'GOODS',
};
const OF_SEALS: Readonly<Partial<Record<ReasonCode, DiscrepancyCode>>> = {
  SEAL_MISMATCH: 'SEAL_NUMBER',
  SEAL_CHANGE_UNRECORDED: 'SEAL_NUMBER',
  SEAL_BROKEN: 'SEAL_BROKEN',
  SEAL_MISSING: 'SEAL_MISSING',
};

function differencesIn(
  seals: readonly SealCheck[],
  { reasons, observations }: Visit,
  crossing: Crossing,
): SeenDifference[] {
  const isWitnessed = observations.some(
    (one) => one.kind === 'damage' && one.damaged && one.by !== undefined,
  );
  return [
    ...seals.flatMap((check): SeenDifference[] => {
      const difference = differenceOf(check, crossing);
      return difference === undefined ? [] : [{ difference, certain: check.method === 'person' }];
    }),
    ...differencesOf(reasons, crossing).map((difference) => ({
      difference,
      certain: difference.code === 'CONTAINER_DAMAGED' && isWitnessed,
    })),
  ];
}

function differenceOf(
  { container, expected, found, state }: SealCheck,
  { containers }: Crossing,
): Difference | undefined {
  const isSealed = containers.some(({ number, seals = [] }) => number === container && seals.length > 0);
  const what = {
    container,
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
  };
  if (state === 'broken') return { code: 'SEAL_BROKEN', ...what };
  if (state === 'missing') return { code: 'SEAL_MISSING', ...what };
  if (state === 'replaced' || (isSealed && expected === undefined)) return { code: 'SEAL_NUMBER', ...what };
  return undefined;
}

/** As a reason tells them: what was read of a container, and what was weighed. */
const NUMBER = /\b[A-Z]{4}\d{7}\b/g;
const WEIGHED = /\b(?:measured|weighs|carries) (\d+(?:–\d+)? kg)/;

/**
 * What was found, in one word that both sides can look at: a number read, a weight measured. Of the rest of a reason’s words nothing crosses:
 * they tell what was declared to our customs, and what our people have written.
 */
function foundIn(told: DiscrepancyCode, detail: string, expected: string | undefined): string | undefined {
  if (told === 'CONTAINER_NUMBER') return detail.match(NUMBER)?.findLast((number) => number !== expected);
  return told === 'WEIGHT' || told === 'GOODS' ? WEIGHED.exec(detail)?.[1] : undefined;
}

/** What of the reasons against a crossing is a difference in the goods. */
export function differencesOf(reasons: readonly Reason[], { containers }: Crossing): Difference[] {
  const [only] = containers.length === 1 ? containers : [];
  return reasons.filter(isAgainst).flatMap(({ code, detail }): Difference[] => {
    const told = TOLD_BY[code];
    if (told === undefined) return [];
    const found = foundIn(told, detail, only?.number);
    return [
      {
        code: told,
        ...(only !== undefined && { container: only.number }),
        ...(found !== undefined && { found }),
      },
    ];
  });
}

/** What owners have cleared is no difference: a reader was wrong, or the papers explain it. */
export function clearedCodes({ cleared = [] }: Crossing): ReadonlySet<DiscrepancyCode> {
  const codes = cleared.map(({ code }) => TOLD_BY[code as ReasonCode] ?? OF_SEALS[code as ReasonCode]);
  return new Set(codes.filter((code) => code !== undefined));
}
