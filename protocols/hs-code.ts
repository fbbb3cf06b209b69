/**
 * Tariff codes: six digits of the Harmonized System (WCO, HS 2022), eight of ASEAN (AHTN 2022, Vietnam's tariff) or of
 * China's tariff, ten as China customs declares them. Only the form is judged; whether a subheading exists is in no table
 * here.
 *
 * Chapters are 01 to 97. 77 is reserved and empty (HS, section XV); 98 and 99 are left to each country.
 */

/** `characters`: not digits only. `length`: not 6, 8 or 10. `chapter`, `heading`: there is none of that number. */
export type HsCodeFault = 'characters' | 'length' | 'chapter' | 'heading';

export interface HsCode {
  /** Digits without dots, such as `08106000`. */
  code: string;
  /** Two digits. */
  chapter: string;
  /** Four digits. */
  heading: string;
  /** Six digits: the part that is the same in all countries. */
  subheading: string;
  /** Chapters 98 and 99: the code means something only in the country it is of. */
  national: boolean;
}

export type HsCodeResult =
  | { ok: true; value: HsCode }
  /** `message` says what is wrong in words for a person. */
  | { ok: false; fault: HsCodeFault; message: string; normalised: string };

/** The code without the dots and spaces people write between its parts; nothing else is dropped. */
export const normaliseHsCode = (text: string): string =>
  text.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}.·]/gu, '');

/** Reads a tariff code; says what is wrong if it is none. */
export function parseHsCode(text: string): HsCodeResult {
  const normalised = normaliseHsCode(text);
  const refuse = (fault: HsCodeFault, message: string): HsCodeResult => ({
    ok: false,
    fault,
    message,
    normalised,
  });
  if (normalised === '') return refuse('length', 'the tariff code is empty');
  if (!/^[0-9]+$/.test(normalised)) return refuse('characters', `${normalised} is not digits only`);
  if (![6, 8, 10].includes(normalised.length)) {
    return refuse(
      'length',
      `${normalised} has ${normalised.length} digits; a tariff code has 6 (HS), 8 (ASEAN, China) or 10 (China customs)`,
    );
  }
  const chapter = normalised.slice(0, 2);
  const heading = normalised.slice(0, 4);
  if (chapter === '00') return refuse('chapter', `${normalised} is of chapter 00; chapters count from 01`);
  if (chapter === '77')
    return refuse('chapter', `${normalised} is of chapter 77, which is reserved and empty`);
  if (heading.endsWith('00'))
    return refuse('heading', `${normalised} is of heading ${heading}; headings count from 01`);
  return {
    ok: true,
    value: {
      code: normalised,
      chapter,
      heading,
      subheading: normalised.slice(0, 6),
      national: chapter === '98' || chapter === '99',
    },
  };
}

/** The code's parts; undefined for a bad code. */
function goodCode(text: string): HsCode | undefined {
  const parsed = parseHsCode(text);
  return parsed.ok ? parsed.value : undefined;
}

/**
 * Fruit, vegetables and roots that lose water on the way: fresh ones of chapters 07 and 08. Not frozen, dried or
 * preserved ones, and no nuts but fresh coconuts. Headings that hold fresh and dried goods together (0714, 0803, 0804)
 * count, for the code does not say which.
 */
const FRESH: readonly string[] = [
  ...['0701', '0702', '0703', '0704', '0705', '0706', '0707', '0708', '0709', '0714'],
  ...['080112', '080119', '0803', '0804', '0805', '080610', '0807', '0808', '0809', '0810'],
];

/** Whether goods of this code are fresh produce, of which some weight is lost as water. False for a bad code. */
export function isProduce(text: string): boolean {
  const code = goodCode(text);
  return code !== undefined && FRESH.some((start) => code.subheading.startsWith(start));
}

export type WasteKind =
  | 'slag'
  | 'oil'
  | 'municipal'
  | 'chemical'
  | 'plastic'
  | 'rubber'
  | 'paper'
  | 'textile'
  | 'metal'
  | 'e-waste';

/**
 * Headings and subheadings of waste and scrap (HS 2022); the first that fits counts. Waste may be declared as something
 * else: a code that is not here proves nothing.
 */
const WASTES: readonly (readonly [start: string, kind: WasteKind])[] = [
  ['2618', 'slag'],
  ['2619', 'slag'],
  ['2620', 'slag'],
  ['2621', 'slag'],
  ['271091', 'oil'],
  ['271099', 'oil'],
  // Municipal waste and sewage sludge; the rest of the heading is clinical, solvents and other chemical waste.
  ['382510', 'municipal'],
  ['382520', 'municipal'],
  ['3825', 'chemical'],
  ['3915', 'plastic'],
  ['4004', 'rubber'],
  ['4707', 'paper'],
  ['6310', 'textile'],
  ['7204', 'metal'],
  ['7404', 'metal'],
  ['7503', 'metal'],
  ['7602', 'metal'],
  ['7802', 'metal'],
  ['7902', 'metal'],
  ['8002', 'metal'],
  ['8549', 'e-waste'],
];

/** Which waste goods of this code are; undefined if the code is not one of waste, or is bad. */
export function wasteOf(text: string): WasteKind | undefined {
  const code = goodCode(text);
  return WASTES.find(([start]) => code?.subheading.startsWith(start))?.[1];
}
