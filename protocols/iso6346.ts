/**
 * Container codes after ISO 6346:1995 (clauses 3.1, 3.2 and annex A): three letters of the owner, one letter of the
 * equipment category (U, J or Z), six digits of the serial number, one check digit.
 *
 * The check digit cannot see 22 swaps of letters (`BLIND_SWAPS`), so a code is never changed to please it: what was read
 * is compared with what is expected, and what does not agree is for a person.
 */

/** Why a text is not a container code. `check-digit`: the form is right, the digit is not. */
export type ContainerCodeFault = 'length' | 'owner' | 'category' | 'serial' | 'check-digit';

export interface ContainerCode {
  /** Eleven characters, such as `CSQU3054383`. */
  code: string;
  /** Registered with the BIC, such as `CSQ`. */
  owner: string;
  category: 'U' | 'J' | 'Z';
  serial: string;
  checkDigit: number;
}

export type ContainerCodeResult =
  | { ok: true; value: ContainerCode }
  | { ok: false; fault: ContainerCodeFault; normalised: string };

/** A = 10 … Z = 38; multiples of 11 are left out (annex A, table A.1). */
const LETTER_VALUES: ReadonlyMap<string, number> = new Map(
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', (letter, index) => {
    const value = 10 + index;
    return [letter, value + Math.floor((value - 1) / 10)];
  }),
);

const characterValue = (character: string): number | undefined =>
  /^[0-9]$/.test(character) ? Number(character) : LETTER_VALUES.get(character);

/**
 * Check digit of the first ten characters, 0–9 (annex A: values weighted by 2^position, sum modulo 11, 10 becomes 0).
 * Undefined unless there are exactly ten capital letters and digits.
 */
export const checkDigit = (firstTen: string): number | undefined =>
  firstTen.length === 10 ? checkDigitOfAny(firstTen) : undefined;

/** The same over any number of characters up to 40, as other numbers use it (MRN). Undefined for other characters. */
export function checkDigitOfAny(characters: string): number | undefined {
  let sum = 0;
  for (const [position, character] of Array.from(characters).entries()) {
    const value = characterValue(character);
    if (value === undefined) return undefined;
    sum += value * 2 ** position;
  }
  return (sum % 11) % 10;
}

/** The pairs of letters, `A` to `Z`, that may take each other's place at any position and leave the check digit as it is. */
export const BLIND_SWAPS: readonly (readonly [string, string])[] = [...LETTER_VALUES].flatMap(
  ([letter, value]) =>
    [...LETTER_VALUES]
      .filter(([other, otherValue]) => letter < other && (otherValue - value) % 11 === 0)
      .map(([other]) => [letter, other] as const),
);

const TWINS: ReadonlyMap<string, readonly string[]> = new Map(
  [...LETTER_VALUES.keys()].map((letter) => [
    letter,
    BLIND_SWAPS.flatMap((pair) => (pair.includes(letter) ? pair.filter((other) => other !== letter) : [])),
  ]),
);

/** The letters that may stand for this one without the check digit's seeing it; none for a digit. */
export const blindTwins = (letter: string): readonly string[] => TWINS.get(letter) ?? [];

/**
 * The text in one comparable form: full-width characters made plain, capitals, separators and white space dropped.
 * No character is ever exchanged for another that looks like it.
 */
export const normaliseContainerCode = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Cc}\p{Cf}\p{Pd}\p{Variation_Selector}\u2212.,:;'’·•‧∙⋅・˙。、_/\\]/gu, '');

/** Reads one container code; says which part is wrong if it is none. */
export function parseContainerCode(text: string): ContainerCodeResult {
  const normalised = normaliseContainerCode(text);
  const refuse = (fault: ContainerCodeFault): ContainerCodeResult => ({ ok: false, fault, normalised });
  if (normalised.length !== 11) return refuse('length');
  const owner = normalised.slice(0, 3);
  const category = normalised.slice(3, 4);
  const serial = normalised.slice(4, 10);
  const digit = normalised.slice(10);
  if (!/^[A-Z]{3}$/.test(owner)) return refuse('owner');
  if (category !== 'U' && category !== 'J' && category !== 'Z') return refuse('category');
  if (!/^[0-9]{6}$/.test(serial)) return refuse('serial');
  if (String(checkDigit(normalised.slice(0, 10))) !== digit) return refuse('check-digit');
  return { ok: true, value: { code: normalised, owner, category, serial, checkDigit: Number(digit) } };
}
