/**
 * Numbers of customs declarations, form only.
 *
 * Vietnam (VNACCS/VCIS): twelve digits. The first eleven are the declaration, the twelfth only counts how often it was
 * amended (guidance to item 1.1 of the declaration, Circular 38/2015/TT-BTC as amended by 39/2018/TT-BTC). That a first
 * digit 1 means import and 3 export is common practice and in no circular: a hint, never a fault.
 *
 * China: eighteen characters. Customs office (4), year (4), 1 or I for import and 0 or E for export, serial number (9)
 * (Announcement 2019/18 of the General Administration of Customs, "customs number").
 */

/** `characters`: others than the form has. `length`: neither 12 nor 18. */
export type DeclarationNumberFault = 'length' | 'characters';

/** What is worth a look, and no reason to refuse. */
export type DeclarationHint =
  /** By its number it goes the other way than was said. */
  | 'other-direction'
  /** Vietnam: the first digit is neither 1 nor 3. */
  | 'unusual-first-digit';

export interface DeclarationNumber {
  country: 'VN' | 'CN';
  /** The number without separators. */
  number: string;
  /** What two numbers of one declaration have in common: Vietnam's without the count of amendments. */
  declaration: string;
  /** How often it was amended (Vietnam). */
  amendments?: number;
  /** What the number suggests. */
  direction?: 'import' | 'export';
}

export type DeclarationNumberResult =
  | { ok: true; value: DeclarationNumber; hints: readonly DeclarationHint[] }
  /** `message` says what is wrong in words for a person. */
  | { ok: false; fault: DeclarationNumberFault; message: string; normalised: string };

/** The number without the separators people write between its parts. */
export const normaliseDeclarationNumber = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}._/·]/gu, '');

/** Reads the number of a declaration. `expected`: which way its goods are said to go, if that is known. */
export function parseDeclarationNumber(
  text: string,
  expected?: 'import' | 'export',
): DeclarationNumberResult {
  const number = normaliseDeclarationNumber(text);
  if (number.length !== 12 && number.length !== 18) {
    const message = `${number || 'an empty number'} has ${number.length} characters; a declaration has 12 (Vietnam) or 18 (China)`;
    return { ok: false, fault: 'length', message, normalised: number };
  }
  const form = number.length === 12 ? /^[0-9]{12}$/ : /^[0-9]{8}[01IE][0-9]{9}$/;
  if (!form.test(number)) {
    const message =
      number.length === 12
        ? `${number} is not digits only, as declarations of Vietnam are`
        : `${number} is not digits, with 1, 0, I or E in the ninth place, as declarations of China are`;
    return { ok: false, fault: 'characters', message, normalised: number };
  }
  const value = number.length === 12 ? vietnamese(number) : chinese(number);
  const hints: DeclarationHint[] = [];
  if (value.direction === undefined) hints.push('unusual-first-digit');
  else if (expected !== undefined && value.direction !== expected) hints.push('other-direction');
  return { ok: true, value, hints };
}

/** Whether two numbers are of one declaration, however often it was amended between them. */
export function sameDeclaration(a: string, b: string): boolean {
  const left = parseDeclarationNumber(a);
  const right = parseDeclarationNumber(b);
  return left.ok && right.ok && left.value.declaration === right.value.declaration;
}

const VIETNAMESE_DIRECTIONS: ReadonlyMap<string, 'import' | 'export'> = new Map([
  ['1', 'import'],
  ['3', 'export'],
]);

function vietnamese(number: string): DeclarationNumber {
  const direction = VIETNAMESE_DIRECTIONS.get(number.charAt(0));
  return {
    country: 'VN',
    number,
    declaration: number.slice(0, 11),
    amendments: Number(number.slice(11)),
    ...(direction !== undefined && { direction }),
  };
}

const chinese = (number: string): DeclarationNumber => ({
  country: 'CN',
  number,
  declaration: number,
  direction: /[1I]/.test(number.charAt(8)) ? 'import' : 'export',
});
