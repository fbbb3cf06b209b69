/** Everything that was read of a visit, held against one expected crossing. */
import { type Aligned, align, surelyFar, UNSAID } from './align.ts';
import type { IdentifyPolicy } from './policy.ts';
import { type Entry, type ExpectedIndex, isAnnounced } from './pool.ts';
import { bestText, isPlateKind, type Usable } from './reads.ts';
import { hasForm, type Wanted, wantedPlate } from './wanted.ts';
import { type Frame, weigh } from './weigh.ts';

/** With so many wrong characters a read may still be one of the expected text. */
const NEAR_ERRORS_MAX = 3;

/** What the reads say of one identity, before it is known what they say of the others. */
export interface Finding {
  /**
   * `unread`: nothing usable. `exact`: most quality stands behind the expected text itself. `clear`, `doubtful`: frames differ
   * from it, little or more. `damaged`: a container number that is misread for certain, by its check digit, and too much so.
   * `other`: it is something else. `not-expected`: the crossing says nothing of it.
   */
  grade: 'unread' | 'exact' | 'clear' | 'doubtful' | 'damaged' | 'other' | 'not-expected';
  doubt: number;
  /** The text that most quality stands behind. */
  read?: string;
  position?: 'front' | 'rear';
}

export interface Judged {
  entry: Entry;
  plate: Finding;
  trailer: Finding;
  containers: readonly Finding[];
  rfid: Finding;
  vehicle: Finding;
  booking: Finding;
  /** Container codes that belong to none of its containers. */
  unexpectedContainers: readonly string[];
  score: number;
}

export function judge(
  announced: Entry,
  reads: readonly Usable[],
  policy: IdentifyPolicy,
  index: ExpectedIndex,
): Judged {
  const entry = inTheirLetters(announced, reads);
  const { candidate } = entry;
  const plates = allotPlates(entry, reads);
  const boxes = judgeContainers(entry, reads, policy, index);
  const findings = {
    plate: judgePlate(entry.plate, plates.plate, plates.farPlate, policy, index),
    trailer: judgePlate(entry.trailer, plates.trailer, plates.farTrailer, policy, index),
    rfid: judgeWhole('rfid', candidate.rfid ?? [], reads),
    vehicle: judgeWhole('vehicle', candidate.serial === undefined ? [] : [candidate.serial], reads),
    booking: judgeWhole('booking', candidate.bookingId === undefined ? [] : [candidate.bookingId], reads),
  };
  const score = Object.values(findings).reduce((sum, one) => sum + points(one), 0) + containerPoints(boxes);
  return { entry, ...findings, ...boxes, score };
}

const CONTRADICTS_POINTS = -500;

/** 1,000 without doubt; what is something else, but like it, still counts for a crossing rather than none. */
function points({ grade, doubt }: Finding): number {
  if (grade === 'unread' || grade === 'not-expected') return 0;
  return Math.max(grade === 'damaged' ? 0 : CONTRADICTS_POINTS, 1_000 - 50 * doubt);
}

/** Two containers are one identity: the mean of them. One too many speaks against the crossing. */
function containerPoints(boxes: Pick<Judged, 'containers' | 'unexpectedContainers'>): number {
  const { containers, unexpectedContainers } = boxes;
  const others = containers.filter(({ grade, doubt }) => grade === 'other' && doubt === FAR).length;
  const surplus = Math.max(0, unexpectedContainers.length - others);
  const sum = containers.reduce((total, one) => total + points(one), surplus * CONTRADICTS_POINTS);
  return Math.trunc(sum / Math.max(1, containers.length + surplus));
}

interface Placed {
  read: Usable;
  aligned: Aligned;
}

/** Laid over the expected text, if it can be a read of it at all. */
function near(read: Usable, wanted: Wanted | undefined): Placed | undefined {
  if (wanted === undefined || surelyFar(read.text, wanted.text, NEAR_ERRORS_MAX)) return undefined;
  const aligned = align(read.text, wanted.text);
  return aligned.errors <= NEAR_ERRORS_MAX ? { read, aligned } : undefined;
}

/**
 * The same of a plate, which a camera without Chinese characters writes in Latin letters: laid over as the plate of the expected
 * province that it may mean. Where it may mean another province as well, the province speaks neither for nor against.
 */
function nearPlate(read: Usable, wanted: Wanted | undefined): Placed | undefined {
  const province = wanted?.text.charAt(0);
  const meant = read.spelt.filter((plate) => plate.charAt(0) === province);
  const isSure = read.spelt.every((plate) => plate.charAt(0) === province);
  let best = near(read, wanted);
  for (const text of meant) {
    const placed = near({ ...read, text }, wanted);
    if (placed === undefined || (best !== undefined && best.aligned.errors <= placed.aligned.errors))
      continue;
    const glyphs = isSure ? placed.aligned.glyphs : `${UNSAID}${placed.aligned.glyphs.slice(1)}`;
    // What can mean one plate only is that plate; what may mean several stays what was read.
    const plain = read.spelt.length === 1 ? text : read.text;
    best = { read: { ...read, text: plain, wellFormed: true }, aligned: { ...placed.aligned, glyphs } };
  }
  return best;
}

/** Of plates that were announced in Latin letters: the ones that were seen, as far as those may be meant. */
function inTheirLetters(entry: Entry, reads: readonly Usable[]): Entry {
  const meant = (wanted: Wanted | undefined): Wanted | undefined => {
    const seen = wanted?.spelt.find((plate) =>
      reads.some((read) => isPlateKind(read) && read.text === plate),
    );
    return seen === undefined ? wanted : wantedPlate(seen);
  };
  const [plate, trailer] = [meant(entry.plate), meant(entry.trailer)];
  if (plate === entry.plate && trailer === entry.trailer) return entry;
  return { ...entry, ...(plate !== undefined && { plate }), ...(trailer !== undefined && { trailer }) };
}

/**
 * Every camera that looks at plates may see that of the tractor or that of the trailer: a read belongs to the expected one it is
 * nearer to; far from both, to what its camera is there for, unless only trailers have such plates. Where no trailer is announced,
 * a trailer's plate that the camera at the back sees is nobody's misread plate of the tractor.
 */
function allotPlates(entry: Entry, reads: readonly Usable[]) {
  const plate: Placed[] = [];
  const trailer: Placed[] = [];
  const farPlate: Usable[] = [];
  const farTrailer: Usable[] = [];
  for (const read of reads) {
    if (!isPlateKind(read)) continue;
    const isOfNone = entry.trailer === undefined && read.kind === 'trailer' && read.ofTrailer;
    const asPlate = isOfNone ? undefined : nearPlate(read, entry.plate);
    const asTrailer = nearPlate(read, entry.trailer);
    const own = read.kind === 'plate' ? asPlate : asTrailer;
    const other = read.kind === 'plate' ? asTrailer : asPlate;
    const chosen =
      own === undefined || (other !== undefined && other.aligned.errors < own.aligned.errors) ? other : own;
    if (chosen !== undefined) (chosen === asPlate ? plate : trailer).push(chosen);
    else (read.kind === 'trailer' || read.ofTrailer ? farTrailer : farPlate).push(read);
  }
  return { plate, trailer, farPlate, farTrailer };
}

/** More doubt than two damaged characters make in the frames of one camera. */
const ELSEWHERE = 22;

/** The doubt of what is not even like the expected text. */
const FAR = 99;

function judgePlate(
  wanted: Wanted | undefined,
  placed: readonly Placed[],
  far: readonly Usable[],
  policy: IdentifyPolicy,
  index: ExpectedIndex,
): Finding {
  const reads = [...placed.map(({ read }) => read), ...far];
  const read = bestText(reads);
  if (wanted === undefined) return { grade: 'not-expected', doubt: 0, ...(read !== undefined && { read }) };
  if (read === undefined) return { grade: 'unread', doubt: 0 };
  const strangers = far.filter(({ wellFormed }) => wellFormed);
  if (placed.length === 0 || strangers.length > 0)
    return { grade: 'other', doubt: FAR, read: bestText(strangers) ?? read };
  const finding = { ...graded(wanted, placed, policy, index), read };
  // A plate that is announced for another crossing is no misread of this one.
  return read !== wanted.text && isAnnounced(index, 'plate', read) ? { ...finding, grade: 'other' } : finding;
}

function graded(
  wanted: Wanted,
  placed: readonly Placed[],
  policy: IdentifyPolicy,
  index: ExpectedIndex,
): Finding {
  const views = byView(placed);
  const { doubt, rival } = weigh(wanted, views, policy);
  // Where others outvote it, one camera may still look at another container: that of the next lane.
  const elsewhere = views.length > 1 && views.some((view) => weigh(wanted, [view], policy).doubt > ELSEWHERE);
  const gradeOf = (): Finding['grade'] => {
    if (isLoneOther(wanted, placed)) return 'other';
    if (elsewhere || rival || (wanted.checked && showsAnother(wanted.text, placed, index))) return 'other';
    if (doubt > policy.doubtMax) return wanted.checked ? 'damaged' : 'other';
    if (doubt > policy.clearDoubtMax) return 'doubtful';
    return bestText(placed.map(({ read }) => read)) === wanted.text ? 'exact' : 'clear';
  };
  return { grade: gradeOf(), doubt };
}

/**
 * One frame is all there is, and it shows another number that could be one: nothing bears out that it is misread. A letter where a digit
 * must be, or the reverse, bears it out by itself.
 */
function isLoneOther({ text, form, checked }: Wanted, placed: readonly Placed[]): boolean {
  const saying = placed.filter(({ aligned }) => !aligned.glyphs.startsWith(UNSAID));
  // Latin letters that may mean the expected province, or another, do not bear it out against one frame that shows another.
  const ofProvince = saying.length === 1 && saying[0]?.aligned.glyphs[0] !== text[0];
  const [only, more] = ofProvince ? saying : placed;
  if (only === undefined || more !== undefined || only.aligned.errors === 0) return false;
  // The check digit is left out of it: a misread may have made it wrong.
  return checked ? hasForm(form, only.read.text) : only.read.wellFormed;
}

/**
 * A camera that never reads the expected number, but another one with its right check digit: once, if that is announced, too;
 * else in half of its frames, unless two other cameras read the expected one. (Misreads hit a right check digit one time in eleven.)
 */
function showsAnother(expected: string, placed: readonly Placed[], index: ExpectedIndex): boolean {
  const sawExpected = new Set(placed.flatMap(({ read }) => (read.text === expected ? read.device : [])));
  return placed.some(({ read: { text, device, wellFormed } }) => {
    if (!wellFormed || text === expected || sawExpected.has(device)) return false;
    if (isAnnounced(index, 'container', text)) return true;
    const ofDevice = placed.filter(({ read }) => read.device === device);
    const same = ofDevice.filter(({ read }) => read.text === text);
    return sawExpected.size < 2 && 2 * same.length >= ofDevice.length;
  });
}

/** What one camera has seen of one identity is one view. */
function byView(placed: readonly Placed[]): Frame[][] {
  const views = new Map<string, Frame[]>();
  for (const { read, aligned } of placed) {
    const frames = views.get(read.device) ?? [];
    frames.push({ ...aligned, quality: read.quality });
    views.set(read.device, frames);
  }
  return [...views.values()];
}

/** Each read belongs to the expected container it is nearest to; those that are near to none are other containers, or nothing. */
function judgeContainers(
  { containers }: Entry,
  reads: readonly Usable[],
  policy: IdentifyPolicy,
  index: ExpectedIndex,
): Pick<Judged, 'containers' | 'unexpectedContainers'> {
  const placed: Placed[][] = containers.map(() => []);
  const far: Usable[] = [];
  for (const read of reads) {
    if (read.kind !== 'container') continue;
    let best: { at: number; placed: Placed } | undefined;
    for (const [at, { wanted }] of containers.entries()) {
      const one = near(read, wanted);
      if (one !== undefined && (best === undefined || one.aligned.errors < best.placed.aligned.errors))
        best = { at, placed: one };
    }
    if (best === undefined) far.push(read);
    else placed[best.at]?.push(best.placed);
  }
  const others = otherContainers(far, placed.flat());
  const spare = [...others];
  const findings = containers.map(({ wanted, position }, at): Finding => {
    const own = placed[at] ?? [];
    if (own.length === 0) {
      const other = spare.shift();
      return other === undefined
        ? { grade: 'unread', doubt: 0 }
        : { grade: 'other', doubt: FAR, read: other };
    }
    const read = bestText(own.map((one) => one.read)) ?? '';
    const finding = { ...graded(wanted, own, policy, index), read };
    const seen = positionOf(own.map((one) => one.read));
    if (seen === undefined) return finding;
    const misplaced = position !== undefined && position !== seen;
    return { ...finding, position: seen, ...(misplaced && { grade: 'other' as const }) };
  });
  return { containers: findings, unexpectedContainers: others };
}

/** A text that is shorter is a fragment: of which number, nobody can tell. */
const CODE_LENGTH_MIN = 9;

/**
 * Containers that must be there: a number with its right check digit, the same text twice, or the only thing that a camera
 * has seen. Anything else is one misread frame among good ones.
 */
function otherContainers(far: readonly Usable[], placed: readonly Placed[]): string[] {
  const sawExpected = new Set(placed.map(({ read }) => read.device));
  const found: string[] = [];
  for (const { text, wellFormed, device } of far.toSorted(
    (a, b) => Number(b.wellFormed) - Number(a.wellFormed) || (a.text < b.text ? -1 : 1),
  )) {
    const repeated = far.filter((other) => other.text === text).length > 1;
    const alone = !sawExpected.has(device) && text.length >= CODE_LENGTH_MIN;
    const known = found.some((one) => align(text, one).errors <= (wellFormed ? 0 : NEAR_ERRORS_MAX));
    if (!known && (wellFormed || repeated || alone)) found.push(text);
  }
  return found;
}

/** Where most quality has seen it; undefined where nobody says, or as many say the other. */
function positionOf(reads: readonly Usable[]): 'front' | 'rear' | undefined {
  let front = 0;
  for (const { position, quality } of reads) {
    if (position === 'front') front += quality;
    else if (position === 'rear') front -= quality;
  }
  return front === 0 ? undefined : front > 0 ? 'front' : 'rear';
}

/** Tags, serials and bookings are not guessed at: they are told by machines, and are the same or not. */
function judgeWhole(
  kind: 'rfid' | 'vehicle' | 'booking',
  wanted: readonly string[],
  reads: readonly Usable[],
): Finding {
  const own = reads.filter((read) => read.kind === kind);
  const match = own.find(({ text }) => wanted.some((one) => one.trim() === text));
  const read = match?.text ?? bestText(own);
  if (wanted.length === 0) return { grade: 'not-expected', doubt: 0, ...(read !== undefined && { read }) };
  if (read === undefined) return { grade: 'unread', doubt: 0 };
  return match === undefined ? { grade: 'other', doubt: FAR, read } : { grade: 'exact', doubt: 0, read };
}
