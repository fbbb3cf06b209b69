/**
 * Which of the expected crossings a vehicle is, from everything that was read of it: tractor, trailer and containers, each by
 * several cameras and in several frames, tags, the serial of a driverless vehicle, the booking shown.
 *
 * Only texts that are expected are ever held against what was read, and nothing read is repaired. A crossing is accepted above
 * a score and a margin over the next one; what stays ambiguous is for a person. How it weighs: docs/identification.md.
 */
import { type Finding, type Judged, judge } from './judge.ts';
import type { IdentifyPolicy } from './policy.ts';
import { type Candidate, closest, type ExpectedIndex, indexOf } from './pool.ts';
import { bestText, isPlateKind, type Read, type Usable, usable } from './reads.ts';
import { toTheLetter } from './to-the-letter.ts';

export { defaultIdentifyPolicy, type IdentifyPolicy } from './policy.ts';
export { type Candidate, type ExpectedIndex, indexOf } from './pool.ts';
export type { Read } from './reads.ts';

export type Agreement = 'agrees' | 'contradicts' | 'unread' | 'not-expected';

export interface IdentityResult {
  agreement: Agreement;
  /** The text that most quality stands behind, in comparable form. */
  read?: string;
  /** How much speaks against the expected text, see {@link IdentifyPolicy}; 0 when every frame bears it out. */
  doubt: number;
}

export interface ContainerResult extends IdentityResult {
  /** As expected. */
  number: string;
  /** Where on the vehicle it was seen. */
  position?: 'front' | 'rear';
  /** It is the right one in the wrong place; then it contradicts. */
  misplaced?: true;
}

export interface Identified {
  /** The one crossing that is accepted. */
  crossingId?: string;
  /** `ambiguous`: rivals within the margin. `none`: nobody is near. `unread`: nothing usable was read. */
  outcome: 'matched' | 'ambiguous' | 'none' | 'unread';
  /** Best first, at most five. */
  candidates: readonly { crossingId: string; score: number }[];
  /** This and all below: against the best candidate, also where none is accepted. */
  plate: IdentityResult;
  trailer: IdentityResult;
  containers: readonly ContainerResult[];
  rfid: IdentityResult;
  /** The serial of a driverless vehicle. */
  vehicle: IdentityResult;
  booking: IdentityResult;
  /** Container codes read that belong to no expected container of the best candidate. */
  unexpectedContainers: readonly string[];
  /** Of all reads that were used, in their order, each once. */
  images: readonly string[];
}

const CANDIDATES_MAX = 5;

/** `index` must be that of `expected`; with thousands expected it is worth keeping between visits. */
export function identify(
  reads: readonly Read[],
  expected: readonly Candidate[],
  policy: IdentifyPolicy,
  index: ExpectedIndex = indexOf(expected),
): Identified {
  const used = usable(reads, policy.qualityMin);
  const images = [...new Set(used.flatMap(({ image }) => image ?? []))];
  const [only, more] = index.entries;
  const plain = only === undefined || more !== undefined ? undefined : toTheLetter(only, used);
  return plain === undefined ? { ...weighAll(used, policy, index), images } : { ...plain, images };
}

/** Everybody who could be meant, each identity weighed. */
export function weighAll(
  used: readonly Usable[],
  policy: IdentifyPolicy,
  index: ExpectedIndex,
): Omit<Identified, 'images'> {
  const ranked = closest(index, used)
    .map((entry) => conclude(judge(entry, used, policy, index), policy))
    .sort((a, b) => b.score - a.score || byName(a.entry.candidate, b.entry.candidate));
  const [best] = ranked;
  const candidates = ranked
    .filter(({ score }) => score > 0)
    .slice(0, CANDIDATES_MAX)
    .map(({ entry, score }) => ({ crossingId: entry.candidate.crossingId, score }));
  if (used.length === 0) return { outcome: 'unread', candidates, ...(best?.results ?? nobody(used)) };
  if (best === undefined || best.score <= 0) return { outcome: 'none', candidates, ...nobody(used) };
  const rivals = ranked.filter(({ score }) => score > best.score - policy.marginMin);
  if (!rivals.some(({ acceptable }) => acceptable)) return { outcome: 'none', candidates, ...best.results };
  if (rivals.length > 1) return { outcome: 'ambiguous', candidates, ...best.results };
  const { crossingId } = best.entry.candidate;
  return { crossingId, outcome: 'matched', candidates, ...best.results };
}

/** Equals are told in one order, in whatever order they were announced. */
const byName = (a: Candidate, b: Candidate): number => (a.crossingId < b.crossingId ? -1 : 1);

type Results = Omit<Identified, 'crossingId' | 'outcome' | 'candidates' | 'images'>;

interface Concluded extends Judged {
  /** It may be this crossing: as many identities agree as contradict, one at least, and its score is enough. */
  acceptable: boolean;
  results: Results;
}

/** Whether each identity agrees, seen beside the others. */
function conclude(judged: Judged, policy: IdentifyPolicy): Concluded {
  const { entry, plate, trailer, containers, rfid, vehicle, booking } = judged;
  const all = [plate, trailer, ...containers, rfid, vehicle, booking];
  const borneOut = all.filter(({ grade }) => grade === 'exact' || grade === 'clear').length;
  const others = all.some(({ grade }) => grade === 'other');
  const doubt = all.reduce((sum, one) => sum + one.doubt, 0);
  const agrees = ({ grade }: Finding): boolean => {
    if (grade === 'exact') return true;
    if (grade === 'clear') return borneOut >= 2;
    return grade === 'doubtful' && borneOut >= 1 && !others && doubt <= policy.visitDoubtMax;
  };
  const result = (finding: Finding, hasCheckDigit = false): IdentityResult => ({
    agreement: agreementOf(finding, agrees(finding), hasCheckDigit),
    doubt: finding.doubt,
    ...(finding.read !== undefined && { read: finding.read }),
  });
  const results: Results = {
    plate: result(plate),
    trailer: result(trailer),
    containers: containers.map((finding, at) => {
      const expected = entry.containers[at];
      const { position } = finding;
      const misplaced =
        expected?.position !== undefined && position !== undefined && position !== expected.position;
      return {
        number: expected?.number ?? '',
        ...result(finding, expected?.wanted.checked),
        ...(position !== undefined && { position }),
        ...(misplaced && { misplaced: true as const }),
      };
    }),
    rfid: result(rfid),
    vehicle: result(vehicle),
    booking: result(booking),
    unexpectedContainers: judged.unexpectedContainers,
  };
  return { ...judged, results, acceptable: isAcceptable(judged.score, results, policy) };
}

function agreementOf({ grade }: Finding, agrees: boolean, hasCheckDigit = false): Agreement {
  if (grade === 'not-expected' || grade === 'unread') return grade;
  if (agrees) return 'agrees';
  // Misread for certain, by its check digit: that is not another container, but none that was read.
  const misread = grade === 'damaged' || grade === 'clear' || grade === 'doubtful';
  return hasCheckDigit && misread ? 'unread' : 'contradicts';
}

function isAcceptable(score: number, results: Results, policy: IdentifyPolicy): boolean {
  const { plate, trailer, containers, rfid, vehicle, booking, unexpectedContainers } = results;
  const load = containers.map(({ agreement }) => agreement);
  const identities = [plate, trailer, rfid, vehicle, booking].map(({ agreement }) => agreement);
  if (load.includes('contradicts') || (containers.length === 0 && unexpectedContainers.length > 0))
    identities.push('contradicts');
  else if (load.includes('agrees')) identities.push('agrees');
  const agreeing = identities.filter((one) => one === 'agrees').length;
  const contradicting = identities.filter((one) => one === 'contradicts').length;
  return agreeing > 0 && agreeing >= contradicting && score >= policy.scoreMin;
}

/** No crossing to hold it against: only what was read. */
function nobody(used: readonly Usable[]): Results {
  const only = (reads: readonly Usable[]): IdentityResult => {
    const read = bestText(reads);
    return { agreement: 'not-expected', doubt: 0, ...(read !== undefined && { read }) };
  };
  const of = (kind: Read['kind']): Usable[] => used.filter((read) => read.kind === kind);
  const plates = used.filter(isPlateKind);
  return {
    plate: only(plates.filter(({ kind, ofTrailer }) => kind === 'plate' && !ofTrailer)),
    trailer: only(plates.filter(({ kind, ofTrailer }) => kind === 'trailer' || ofTrailer)),
    containers: [],
    rfid: only(of('rfid')),
    vehicle: only(of('vehicle')),
    booking: only(of('booking')),
    unexpectedContainers: [...new Set(of('container').map(({ text }) => text))],
  };
}
