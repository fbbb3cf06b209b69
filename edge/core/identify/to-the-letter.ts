/**
 * The plain case, found without weighing anything: one crossing is expected, and every read is one of its numbers to the letter.
 * What comes of it is what weighing would come to.
 */
import type { ContainerResult, Identified, IdentityResult } from './identify.ts';
import type { Entry } from './pool.ts';
import { isPlateKind, type Usable } from './reads.ts';

/** Undefined where it is not that plain. */
export function toTheLetter(
  { candidate, plate, trailer, containers }: Entry,
  used: readonly Usable[],
): Omit<Identified, 'images'> | undefined {
  const seen = new Set<string>();
  for (const read of used) {
    const isKnown = isPlateKind(read)
      ? isOf(read, plate?.text, trailer?.text)
      : read.kind === 'container' && containers.some(({ wanted }) => wanted.text === read.text);
    if (!isKnown || read.position !== undefined) return undefined;
    seen.add(read.text);
  }
  const result = (text: string | undefined): IdentityResult => {
    if (text === undefined) return { agreement: 'not-expected', doubt: 0 };
    return seen.has(text) ? { agreement: 'agrees', doubt: 0, read: text } : { agreement: 'unread', doubt: 0 };
  };
  const boxes = containers.map(({ number, wanted }): ContainerResult => ({ number, ...result(wanted.text) }));
  // A wrong check digit, and one number for two, are for closer looks.
  if (
    containers.some(({ wanted }) => !wanted.checked) ||
    new Set(containers.map((one) => one.number)).size < boxes.length
  )
    return undefined;
  const [tractor, behind] = [result(plate?.text), result(trailer?.text)];
  const boxed = boxes.filter(({ agreement }) => agreement === 'agrees').length;
  const identities = [tractor, behind].filter(({ agreement }) => agreement === 'agrees').length;
  const { crossingId, rfid, serial, bookingId } = candidate;
  const score = 1_000 * identities + (boxed === 0 ? 0 : Math.trunc((1_000 * boxed) / boxes.length));
  if (identities + boxed === 0 || score < 1_000) return undefined;
  return {
    crossingId,
    outcome: 'matched',
    candidates: [{ crossingId, score }],
    plate: tractor,
    trailer: behind,
    containers: boxes,
    rfid: unreadUnless(rfid),
    vehicle: unreadUnless(serial),
    booking: unreadUnless(bookingId),
    unexpectedContainers: [],
  };
}

/** A tractor’s and a trailer’s plate that are the same tell nothing apart. */
const isOf = ({ text }: Usable, plate: string | undefined, trailer: string | undefined): boolean =>
  plate !== trailer && (text === plate || text === trailer);

const unreadUnless = (wanted: unknown): IdentityResult => ({
  agreement: wanted === undefined ? 'not-expected' : 'unread',
  doubt: 0,
});
