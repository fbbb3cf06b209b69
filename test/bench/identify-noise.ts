/**
 * How cameras misread, for the bench of the identifier. Written apart from the identifier's own table of look-alikes: which
 * character is taken for which follows from the pixels of a 5 × 7 font, and a share of errors follows from nothing at all.
 *
 * A worn or dirty character is misread again and again: each character of a marking is damaged or not for the whole visit, and
 * a damaged one mostly shows the same wrong character. What is left are errors of single frames.
 */
import type { Random } from '../../edge/platform/random.ts';

export interface NoisePolicy {
  /** Share of characters that come out right in one frame. */
  accuracy: number;
  /** Probability that a character misread in one frame is misread in another one, too. */
  correlation: number;
  frames: number;
  /** Every character is misread as often as any other, whether it looks like one or not. */
  allAlike?: boolean;
}

/** What a damaged character is in one frame: misread with this probability, and then mostly as the same other one. */
const DAMAGED_MISREAD = 2 / 3;
const SAME_AGAIN = 0.8;
/** Frames without any read; every camera gets one at least. */
const BLANK = 0.02;
/** Of the characters taken for another, those that no shape explains: of damaged ones, and of passing errors. */
const AT_RANDOM_DAMAGED = 0.05;
const AT_RANDOM_PASSING = 0.5;
/** Readers that know the form of the number put a digit for a digit and a letter for a letter. */
const KNOWS_FORM = 0.5;

/** Columns of a common 5 × 7 font, lowest bit on top. */
const FONT: Record<string, string> = {
  '0': '3e4141413e',
  '1': '00427f4000',
  '2': '4261514946',
  '3': '2141454b31',
  '4': '1814127f10',
  '5': '2745454539',
  '6': '3c4a494930',
  '7': '0171090503',
  '8': '3649494936',
  '9': '064949291e',
  A: '7e1111117e',
  B: '7f49494936',
  C: '3e41414122',
  D: '7f4141221c',
  E: '7f49494941',
  F: '7f09090901',
  G: '3e4149497a',
  H: '7f0808087f',
  I: '00417f4100',
  J: '2040413f01',
  K: '7f08142241',
  L: '7f40404040',
  M: '7f020c027f',
  N: '7f0408107f',
  O: '3e4141413e',
  P: '7f09090906',
  Q: '3e4151215e',
  R: '7f09192946',
  S: '4649494931',
  T: '01017f0101',
  U: '3f4040403f',
  V: '1f2040201f',
  W: '3f4038403f',
  X: '6314081463',
  Y: '0708700807',
  Z: '6151494543',
};
const CHARACTERS = Object.keys(FONT);
const PROVINCES = [...'桂粤湘云黔琼闽赣'];
/** Pixels by which a shape may differ and still be taken for another, about. */
const PIXELS = 2;

const bitsOf = (character: string): bigint => BigInt(`0x${FONT[character]}`);

function pixelsApart(a: string, b: string): number {
  let rest = bitsOf(a) ^ bitsOf(b);
  let count = 0;
  for (; rest > 0n; rest >>= 1n) count += Number(rest & 1n);
  return count;
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

interface Shape {
  /** The others, with the odds of being taken for them, falling with every pixel. */
  others: { character: string; upTo: number }[];
  /** How much more often than the mean it is taken for another: 8 looks like many, 4 like none. */
  prone: number;
}

const PRONE_MIN = 0.3;
const PRONE_MAX = 2.5;

function shapesOf(sameClass: boolean): Map<string, Shape> {
  const shapes = CHARACTERS.map((one) => {
    let upTo = 0;
    const others = CHARACTERS.filter(
      (other) => other !== one && (!sameClass || isDigit(other) === isDigit(one)),
    );
    const row = others.map((other) => {
      upTo += Math.exp(-pixelsApart(one, other) / PIXELS);
      return { character: other, upTo };
    });
    return { one, row, upTo };
  });
  const prone = (digit: boolean): Map<string, number> => {
    const own = shapes.filter(({ one }) => isDigit(one) === digit);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const middle = mean(own.map(({ upTo }) => upTo));
    const clipped = own.map(({ upTo }) => Math.min(PRONE_MAX, Math.max(PRONE_MIN, upTo / middle)));
    return new Map(own.map(({ one }, index) => [one, (clipped[index] ?? 1) / mean(clipped)]));
  };
  const proneness = new Map([...prone(true), ...prone(false)]);
  return new Map(shapes.map(({ one, row }) => [one, { others: row, prone: proneness.get(one) ?? 1 }]));
}
const ANY_SHAPE = shapesOf(false);
const SAME_CLASS_SHAPE = shapesOf(true);

/** The character whose shape is nearest of the same class: what a forger or a series of numbers would show. */
export function lookalike(character: string, random: Random): string {
  return pickShape(SAME_CLASS_SHAPE, character, random);
}

function pickShape(table: typeof ANY_SHAPE, character: string, random: Random): string {
  const others = table.get(character)?.others ?? [];
  const at = random.next() * (others.at(-1)?.upTo ?? 0);
  return others.find(({ upTo }) => at < upTo)?.character ?? character;
}

export const pick = <T>(list: readonly T[], random: Random): T =>
  list[Math.floor(random.next() * list.length)] as T;

function wrong(character: string, atRandom: number, sameClass: boolean, random: Random): string {
  if (!(character in FONT)) return random.next() < 0.5 ? '' : pick(PROVINCES, random);
  if (random.next() >= atRandom)
    return pickShape(sameClass ? SAME_CLASS_SHAPE : ANY_SHAPE, character, random);
  const others = CHARACTERS.filter(
    (other) => other !== character && (!sameClass || isDigit(other) === isDigit(character)),
  );
  return pick(others, random);
}

/** A single frame's slip: another character, none, one too many, or the same one twice. */
function slip(character: string, sameClass: boolean, random: Random): string {
  const kind = random.next();
  if (kind < 0.75) return wrong(character, AT_RANDOM_PASSING, sameClass, random);
  if (kind < 0.85) return '';
  if (kind < 0.93) return character + pick(CHARACTERS, random);
  return character + character;
}

const damage = (character: string, sameClass: boolean, random: Random): string =>
  random.next() < 0.05 ? '' : wrong(character, AT_RANDOM_DAMAGED, sameClass, random);

export interface FrameRead {
  value: string;
  quality: number;
}

/** Counts what was misread, so that the bench can say what it really had. */
export interface NoiseTally {
  characters: number;
  misread: number;
  /** Pairs of frames in whose first a character was misread; and in both. */
  pairs: number;
  both: number;
}

/** Camera frames of one marking. A frame may show nothing. */
export function frames(text: string, policy: NoisePolicy, random: Random, tally?: NoiseTally): FrameRead[] {
  const errors = 1 - policy.accuracy;
  const damaged = (policy.correlation * errors) / DAMAGED_MISREAD ** 2;
  const passing = Math.max(0, errors - damaged * DAMAGED_MISREAD) / (1 - damaged);
  const sameClass = random.next() < KNOWS_FORM;
  const table = sameClass ? SAME_CLASS_SHAPE : ANY_SHAPE;
  const glyphs = Array.from(text, (character): Glyph => {
    const prone = policy.allAlike === true ? 1 : (table.get(character)?.prone ?? 1);
    const share = (atRandom: number): number => atRandom + (1 - atRandom) * prone;
    return {
      character,
      ...(random.next() < damaged * share(AT_RANDOM_DAMAGED) && {
        stuck: damage(character, sameClass, random),
      }),
      passing: passing * share(AT_RANDOM_PASSING),
      sameClass,
    };
  });
  const reads: FrameRead[] = [];
  let before: boolean[] | undefined;
  for (let frame = 0; frame < policy.frames; frame += 1) {
    let value = '';
    let bad = 0;
    const wrongs = glyphs.map((glyph) => {
      const shown = showing(glyph, random);
      value += shown;
      if (shown !== glyph.character) bad += 1;
      return shown !== glyph.character;
    });
    if (tally !== undefined) count(tally, wrongs, before);
    before = wrongs;
    const last = frame === policy.frames - 1 && reads.length === 0;
    if (value === '' || (random.next() < BLANK && !last)) continue;
    reads.push({ value, quality: qualityOf(bad, random) });
  }
  return reads;
}

/** One character of a marking, for the whole visit. */
interface Glyph {
  character: string;
  /** Damaged, and mostly read as this. */
  stuck?: string;
  /** Probability of a slip in one frame. */
  passing: number;
  sameClass: boolean;
}

function showing({ character, stuck, passing, sameClass }: Glyph, random: Random): string {
  if (stuck === undefined) return random.next() < passing ? slip(character, sameClass, random) : character;
  if (random.next() >= DAMAGED_MISREAD) return character;
  return random.next() < SAME_AGAIN ? stuck : damage(character, sameClass, random);
}

/** Half of the misread characters cost the reader some confidence. */
function qualityOf(bad: number, random: Random): number {
  let quality = 930 + Math.floor(random.next() * 65);
  for (let one = 0; one < bad; one += 1) if (random.next() < 0.5) quality -= Math.floor(random.next() * 150);
  return Math.max(550, quality);
}

function count(tally: NoiseTally, wrongs: readonly boolean[], before: readonly boolean[] | undefined): void {
  for (const [index, isWrong] of wrongs.entries()) {
    tally.characters += 1;
    if (isWrong) tally.misread += 1;
    if (before?.[index] !== true) continue;
    tally.pairs += 1;
    if (isWrong) tally.both += 1;
  }
}
