/** Who comes to the gate in the bench of the identifier: announced rigs, and vehicles that were not announced but look like them. */
import type { Candidate, Read } from '../../edge/core/identify/identify.ts';
import type { Random } from '../../edge/platform/random.ts';
import { checkDigit } from '../../protocols/iso6346.ts';
import { frames, lookalike, type NoisePolicy, type NoiseTally, pick } from './identify-noise.ts';

const OWNERS = [
  ...[
    'MSKU',
    'MRKU',
    'TCLU',
    'TGHU',
    'CSQU',
    'CSNU',
    'CBHU',
    'OOLU',
    'HLXU',
    'HLBU',
    'TEMU',
    'TRHU',
    'FCIU',
    'GESU',
  ],
  ...[
    'EMCU',
    'EGHU',
    'YMLU',
    'WHLU',
    'KKFU',
    'NYKU',
    'ONEU',
    'SEGU',
    'BMOU',
    'DFSU',
    'FSCU',
    'CAIU',
    'CMAU',
    'APZU',
  ],
  ...[
    'ZIMU',
    'ZCSU',
    'PCIU',
    'SITU',
    'REGU',
    'UACU',
    'HDMU',
    'XINU',
    'BSIU',
    'DRYU',
    'TLLU',
    'MEDU',
    'MSCU',
    'UETU',
  ],
];

/** The letters whose values are the same modulo 11 pass the check digit for each other (ISO 6346 annex A). */
const BLIND = ['AKU', 'BLV', 'CMW', 'DNX', 'EOY', 'FPZ', 'GQ', 'HR', 'IS', 'JT'];
const blindTwins = (letter: string): string[] =>
  [...(BLIND.find((group) => group.includes(letter)) ?? '')].filter((other) => other !== letter);

const digits = (count: number, random: Random): string =>
  Array.from({ length: count }, () => Math.floor(random.next() * 10)).join('');
const withCheckDigit = (firstTen: string): string => `${firstTen}${checkDigit(firstTen)}`;
const chance = (share: number, random: Random): boolean => random.next() < share;

const newContainer = (random: Random): string => withCheckDigit(pick(OWNERS, random) + digits(6, random));

function newTractor(random: Random): string {
  if (chance(0.3, random)) return `桂${pick([...'AFKL'], random)}${alphanumeric(5, random)}`;
  return (
    pick(['12', '12', '12', '29', '15', '98', '99'], random) + pick([...'CHDE'], random) + digits(5, random)
  );
}
function newTrailer(random: Random): string {
  if (chance(0.3, random)) return `桂${pick([...'AFKL'], random)}${alphanumeric(4, random)}挂`;
  return `${pick(['12', '12', '29', '15', '98'], random)}R${digits(5, random)}`;
}
/** Chinese plates mix in a letter or two. */
const alphanumeric = (count: number, random: Random): string =>
  Array.from({ length: count }, () =>
    chance(0.15, random) ? pick([...'ABCDEFGHJKLMNPQRSTUVWXYZ'], random) : digits(1, random),
  ).join('');

/** A vehicle as it is: what its markings say. */
export interface Rig {
  plate: string;
  trailer: string;
  containers: readonly string[];
}

/** `count` announced rigs: two fifths from fleets with plates in a row, a fifth with containers in a row, a twelfth with two containers. */
export function announce(count: number, random: Random): Candidate[] {
  const pool: Candidate[] = [];
  const taken = new Set<string>();
  let last: Rig | undefined;
  while (pool.length < count) {
    const sister: Rig | undefined = last !== undefined && chance(0.4, random) ? last : undefined;
    const rig: Rig = {
      plate: sister === undefined ? newTractor(random) : nextTo(sister.plate, random),
      trailer: sister === undefined ? newTrailer(random) : nextTo(sister.trailer, random),
      containers: Array.from({ length: chance(1 / 12, random) ? 2 : 1 }, () =>
        last !== undefined && chance(0.2, random)
          ? nextContainer(last.containers[0] ?? '', random)
          : newContainer(random),
      ),
    };
    const texts = [rig.plate, rig.trailer, ...rig.containers];
    if (texts.some((text) => taken.has(text)) || new Set(texts).size < texts.length) continue;
    for (const text of texts) taken.add(text);
    last = rig;
    pool.push({
      crossingId: `x${pool.length + 1}`,
      plate: rig.plate,
      trailer: rig.trailer,
      containers: rig.containers.map((number, at) =>
        rig.containers.length === 1 ? { number } : { number, position: at === 0 ? 'front' : 'rear' },
      ),
    });
  }
  return pool;
}

const rigOf = ({ plate = '', trailer = '', containers }: Candidate): Rig => ({
  plate,
  trailer,
  containers: containers.map(({ number }) => number),
});

const digitPlaces = (text: string, from = 2): number[] =>
  Array.from(text, (_, index) => index).filter((index) => index >= from && /[0-9]/.test(text[index] ?? ''));

const replaced = (text: string, at: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + 1);

/** One digit more or less at one place. */
function nextTo(text: string, random: Random): string {
  const at = pick(digitPlaces(text), random);
  if (at === undefined) return text;
  return replaced(text, at, String((Number(text[at]) + (chance(0.5, random) ? 1 : 9)) % 10));
}
function lookalikeOf(text: string, random: Random): string {
  const at = pick(digitPlaces(text), random);
  return at === undefined ? text : replaced(text, at, lookalike(text[at] ?? '', random));
}
const nextContainer = (number: string, random: Random): string =>
  withCheckDigit(number.slice(0, 4) + nextTo(`--${number.slice(4, 10)}`, random).slice(2));
const lookalikeContainer = (number: string, random: Random): string =>
  withCheckDigit(number.slice(0, 4) + lookalikeOf(`--${number.slice(4, 10)}`, random).slice(2));

function blindTwinOf(number: string, random: Random): string {
  const places = [0, 1, 2].flatMap((at) => blindTwins(number[at] ?? '').map((letter) => ({ at, letter })));
  const { at, letter } = pick(places, random);
  return replaced(number, at, letter);
}

/** Everybody who was not announced, by what is like an announced one. */
export const IMPOSTORS = ['stranger', 'neighbour', 'lookalike', 'blind twin', 'clone', 'swap'] as const;
/** One identity of three is a neighbour's or a look-alike, the other two are the announced ones. */
export const CHANGED = ['tractor ±1', 'tractor look-alike', 'trailer ±1', 'trailer look-alike'] as const;
export type Kind = 'honest' | (typeof IMPOSTORS)[number] | (typeof CHANGED)[number];

/** What each view of the visit shows: the container's sides need not agree. */
export interface Shown {
  rig: Rig;
  /** What the right-hand camera sees instead. */
  rightContainers?: readonly string[];
}

/** One arrival. A neighbour or a look-alike is unannounced in each of its markings; the others, in one of them. */
export function arrive(kind: Kind, pool: readonly Candidate[], random: Random): Shown {
  const shown = anArrival(kind, pool, random);
  if (kind === 'honest' || shown.rightContainers !== undefined) return shown;
  const sameMax = kind === 'neighbour' || kind === 'lookalike' ? 0 : 2;
  const announced = pool.some((one) => sameIdentities(one, shown.rig) > sameMax);
  return announced ? arrive(kind, pool, random) : shown;
}

const sameIdentities = ({ plate, trailer, containers }: Candidate, rig: Rig): number =>
  Number(plate === rig.plate) +
  Number(trailer === rig.trailer) +
  Number(containers.every(({ number }) => rig.containers.includes(number)));

function anArrival(kind: Kind, pool: readonly Candidate[], random: Random): Shown {
  const crossing = pick(pool, random);
  const rig = rigOf(crossing);
  const [box = '', ...more] = rig.containers;
  switch (kind) {
    case 'honest':
      return { rig };
    case 'stranger':
      return {
        rig: { plate: newTractor(random), trailer: newTrailer(random), containers: [newContainer(random)] },
      };
    case 'neighbour':
      return {
        rig: {
          plate: nextTo(rig.plate, random),
          trailer: nextTo(rig.trailer, random),
          containers: [nextContainer(box, random), ...more],
        },
      };
    case 'lookalike':
      return {
        rig: {
          plate: lookalikeOf(rig.plate, random),
          trailer: lookalikeOf(rig.trailer, random),
          containers: [lookalikeContainer(box, random), ...more],
        },
      };
    case 'blind twin':
      return { rig: { ...rig, containers: [blindTwinOf(box, random), ...more] } };
    case 'clone': {
      const other = chance(0.5, random) ? newContainer(random) : nextContainer(box, random);
      return { rig: { ...rig, containers: [other, ...more] } };
    }
    case 'swap': {
      // From the next lane: all cameras see its container, or only those on its side.
      let other = pick(pool, random);
      while (other === crossing) other = pick(pool, random);
      const { containers } = rigOf(other);
      return chance(0.5, random) ? { rig: { ...rig, containers } } : { rig, rightContainers: containers };
    }
    case 'tractor ±1':
      return { rig: { ...rig, plate: nextTo(rig.plate, random) } };
    case 'tractor look-alike':
      return { rig: { ...rig, plate: lookalikeOf(rig.plate, random) } };
    case 'trailer ±1':
      return { rig: { ...rig, trailer: nextTo(rig.trailer, random) } };
    case 'trailer look-alike':
      return { rig: { ...rig, trailer: lookalikeOf(rig.trailer, random) } };
    default:
      return kind satisfies never;
  }
}

/** What the portal's cameras report: front, rear, and up to three on the container: both sides and the roof. The rear camera does not always know that it sees a trailer. */
export function look(
  { rig, rightContainers = rig.containers }: Shown,
  noise: NoisePolicy,
  random: Random,
  containerViews: number,
  tally?: NoiseTally,
): Read[] {
  const reads: Read[] = [];
  const see = (device: string, kind: Read['kind'], text: string, position?: 'front' | 'rear'): void => {
    for (const { value, quality } of frames(text, noise, random, tally))
      reads.push({
        kind,
        device,
        value,
        quality,
        at: reads.length,
        ...(position !== undefined && { position }),
      });
  };
  see('front', 'plate', rig.plate);
  see('rear', chance(0.2, random) ? 'plate' : 'trailer', rig.trailer);
  const views = { left: rig.containers, right: rightContainers, roof: rig.containers };
  for (const [side, containers] of Object.entries(views).slice(0, containerViews))
    for (const [at, number] of containers.entries())
      see(side, 'container', number, containers.length === 1 ? undefined : at === 0 ? 'front' : 'rear');
  return reads;
}
