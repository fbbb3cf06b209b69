/**
 * Seals: what should be on the doors, from the history of what was applied, removed and replaced; and what was read
 * there. A number that changed and nobody recorded is as bad as a broken seal.
 */
import { normaliseSeal, normaliseSeals, sealsNow } from '../../../protocols/seals.ts';
import { align, surelyFar } from '../identify/align.ts';
import { type Reason, reason } from '../reasons.ts';
import { exportedSeals } from './advance.ts';
import {
  type EvidenceOf,
  type ExpectedContainer,
  evidenceOf,
  isFresh,
  isReading,
  type Judged,
  seenOf,
} from './case.ts';
import { SEAL_RULES } from './clearance.ts';
import { rowsOf } from './rows.ts';

type SealRead = EvidenceOf<'seal'>;

export interface Wanted {
  /** Numbers that should be there. Undefined: nobody has said anything about seals. */
  seals: readonly string[] | undefined;
  /** Numbers that were taken off, and are on record. */
  former: readonly string[];
  rule: 'required' | 'optional' | 'none';
  /** Why the sources contradict each other, or themselves. */
  conflicts: readonly string[];
}

interface Doors {
  container: string;
  wanted: Wanted;
  /** Seals that belong to the other containers of the vehicle. */
  onOthers: readonly string[];
  /** Read there, or nobody says where: then one reader's seals are those of all containers. */
  isOwn: (read: SealRead) => boolean;
}

/** Everything that speaks against the seals of a vehicle. */
export function sealReasons(the: Judged): Reason[] {
  const { crossing, conditions } = the;
  const reasons = seenOf(the, 'seal')
    .filter(({ state }) => state === 'broken')
    .map(({ value, device }) => reason('SEAL_BROKEN', value, device));
  if (crossing.load !== 'laden' && crossing.load !== 'return') return reasons;
  const all = crossing.containers.map((one) => ({ container: one.number, wanted: wantedSeals(the, one) }));
  for (const { container, wanted } of all) {
    const doors: Doors = {
      container,
      wanted,
      onOthers: all
        .filter((other) => other.container !== container)
        .flatMap((other) => other.wanted.seals ?? []),
      isOwn: (read) => read.container === undefined || read.container === container,
    };
    for (const why of wanted.conflicts)
      reasons.push(reason('SEAL_CHANGE_UNRECORDED', `${container}: ${why}`));
    reasons.push(...strangeReasons(the, doors));
    if (conditions.has('seal')) reasons.push(...missingReasons(the, doors));
    else reasons.push(...goneReasons(the, doors));
  }
  return reasons;
}

const numberOf = ({ value = '' }: SealRead): string | undefined => normaliseSeal(value);

/** Good enough to be believed. */
const isReadable = ({ policy }: Judged, { state, quality }: SealRead): boolean =>
  (state === 'intact' || state === 'broken') && quality >= policy.sealQualityMin;

/** A number with so many wrong characters may still be a misread of the expected one. */
const LIKE_ERRORS_MAX = 2;

/**
 * The readings of one pair of doors without the frames in which a reader has misread what it has read rightly in more of them: one seal
 * is not two. A number that was taken off is no misread, and a reader that is undecided has read both.
 */
function fused(reads: readonly SealRead[], { seals = [], former }: Wanted): SealRead[] {
  const byDevice = Map.groupBy(reads, ({ device }) => device);
  const misread = new Set([...byDevice.values()].flatMap((own) => misreadsOf(own, seals, former)));
  return reads.filter((one) => !misread.has(one));
}

/** Of one reader. */
function misreadsOf(
  reads: readonly SealRead[],
  seals: readonly string[],
  former: readonly string[],
): SealRead[] {
  const byNumber = Map.groupBy(reads, (one) => numberOf(one) ?? '');
  const behind = (numbers: readonly string[]): number =>
    numbers.flatMap((number) => byNumber.get(number) ?? []).reduce((sum, { quality }) => sum + quality, 0);
  const strange = [...byNumber.keys()].filter((one) => one !== '' && !seals.includes(one));
  if (strange.length === 0) return [];
  const rightly = seals.filter((seal) => byNumber.has(seal));
  const misread = rightly.flatMap((seal) => {
    const alike = strange.filter(
      (one) => !surelyFar(one, seal, LIKE_ERRORS_MAX) && align(one, seal).errors <= LIKE_ERRORS_MAX,
    );
    return behind([seal]) > behind(alike) ? alike : [];
  });
  return misread
    .filter((one) => !former.includes(one))
    .flatMap((one) => (byNumber.get(one) ?? []).filter(({ state }) => state === 'intact'));
}

/** Seals that are on the doors and should not be, whoever has read them. */
function strangeReasons(the: Judged, { container, wanted, onOthers, isOwn }: Doors): Reason[] {
  const { seals, former } = wanted;
  if (seals === undefined) return [];
  const reasons: Reason[] = [];
  const reads = seenOf(the, 'seal').filter((one) => isOwn(one) && isReadable(the, one));
  for (const read of fused(reads, wanted)) {
    const number = numberOf(read);
    if (number === undefined || onOthers.includes(number)) continue;
    const detail = `${container}: expected ${seals.join(', ') || 'none'}, read ${number}`;
    if (former.includes(number))
      reasons.push(reason('SEAL_MISMATCH', `${detail}, which was taken off`, read.device));
    else if (!seals.includes(number)) {
      if (seals.length > 0) reasons.push(reason('SEAL_MISMATCH', detail, read.device));
      reasons.push(reason('SEAL_CHANGE_UNRECORDED', detail, read.device));
    }
  }
  return reasons;
}

/** A reader or an officer has found no seal where one may be demanded. */
function goneReasons(the: Judged, { container, wanted, isOwn }: Doors): Reason[] {
  if (wanted.rule === 'none') return [];
  const gone = seenOf(the, 'seal').find((one) => one.state === 'missing' && isOwn(one));
  return gone === undefined ? [] : [reason('SEAL_MISSING', container, gone.device)];
}

/** Seals that must be there and were not seen, or not lately. */
function missingReasons(the: Judged, doors: Doors): Reason[] {
  const { container, wanted, onOthers, isOwn } = doors;
  const gone = goneReasons(the, doors);
  if (gone.length > 0 || wanted.rule !== 'required') return gone;
  const { seals = [] } = wanted;
  if (seals.length === 0)
    return [reason('SEAL_MISSING', `${container}: a seal is required and none is on record`)];
  const counted = evidenceOf(the, 'seal').filter((one) => isOwn(one) && isReadable(the, one));
  const reads = fused(counted, wanted);
  const seen = new Set(reads.map(numberOf).filter((one) => one !== undefined));
  const missing = seals.filter((number) => !seen.has(number));
  // Another number in its place is told as that.
  const strange = [...seen].filter((number) => !seals.includes(number) && !onOthers.includes(number));
  const reasons: Reason[] = [];
  if (missing.length > strange.length)
    reasons.push(
      reason(isReading(the) ? 'EVIDENCE_PENDING' : 'SEAL_MISSING', `${container}: ${missing.join(', ')}`),
    );
  const fresh = new Set(reads.filter((one) => isFresh(the, one)).map(numberOf));
  const old = seals.filter((number) => seen.has(number) && !fresh.has(number));
  if (old.length > 0) reasons.push(reason('EVIDENCE_STALE', `seal ${old.join(', ')}`));
  return reasons;
}

/** What should be on the doors of a container, from its records, what customs lists and what was announced. */
export function wantedSeals(the: Judged, container: ExpectedContainer): Wanted {
  const rows = rowsOf(the, container.number);
  const { sealHistory = [] } = container;
  const history = sealHistory.length === 0 ? undefined : sealsNow(sealHistory);
  const exported = exportedSeals(the, container.number, sealHistory.length > 0);
  const lists = distinct([
    ...(exported === undefined ? [] : [normaliseSeals(exported)]),
    ...(container.seals === undefined ? [] : [normaliseSeals(container.seals)]),
    ...rows.flatMap(({ seals }) => (seals === undefined ? [] : [normaliseSeals(seals)])),
  ]);
  const former = history?.former ?? [];
  const seals = history?.intact ?? widest(lists);
  // A list may still name what a record says was taken off since; it may not name what nobody has put on.
  const known = new Set([...(seals ?? []), ...former]);
  const odd = [...new Set(lists.flat())].filter((number) => !known.has(number));
  const listed = `listed ${odd.join(', ')}, on record ${(seals ?? []).join(', ') || 'none'}`;
  const isSealed = (seals ?? []).length > 0 || lists.some((list) => list.length > 0);
  const rules = rows.flatMap(({ sealRule }) => sealRule ?? []);
  return {
    seals,
    former,
    rule: ruleOf(rules, isSealed),
    conflicts: [...(odd.length === 0 ? [] : [listed]), ...faultsOf(the, container)],
  };
}

/** A record of a change that names nobody, or is of a time to come, is none. */
const faultsOf = ({ at }: Judged, { sealHistory = [] }: ExpectedContainer): string[] =>
  sealHistory.flatMap(({ action, number, officer, reason: why, at: doneAt }) => [
    ...(doneAt > at ? [`${number} ${action} at a time to come`] : []),
    ...(action !== 'applied' && (officer === '' || why === '')
      ? [`${number} ${action}, and the record does not say by whom and why`]
      : []),
  ]);

const distinct = (lists: readonly string[][]): string[][] => [
  ...new Map(lists.map((list) => [list.join(' '), list])).values(),
];

/** The list that holds all the others; where none does, the last, which is customs’ own. */
function widest(lists: readonly string[][]): string[] | undefined {
  const longest = lists.reduce<string[]>((best, list) => (list.length > best.length ? list : best), []);
  const isWhole = lists.every((list) => list.every((number) => longest.includes(number)));
  return isWhole && lists.length > 0 ? longest : lists.at(-1);
}

/** What customs says, the strictest; where it says nothing, whoever is said to bear a seal must. */
function ruleOf(rules: readonly Wanted['rule'][], isSealed: boolean): Wanted['rule'] {
  const [strictest] = SEAL_RULES.toReversed().filter((rule) => rules.includes(rule));
  return strictest ?? (isSealed ? 'required' : 'none');
}
