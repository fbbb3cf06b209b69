/**
 * UN numbers and classes of dangerous goods as placards and documents show them (UN Model Regulations, chapters 2.0 and
 * 3.2; ADR 5.3.2). Form only: which goods a number means is in no table here.
 */

/** Four digits of a UN number (`UN 1203`, `UN1203`, `1203`); undefined for a text that is none. Numbers count from 0001. */
export function parseUnNumber(text: string): string | undefined {
  const number = /^(?:UN)?([0-9]{4})$/.exec(plainText(text))?.[1];
  return number === '0000' ? undefined : number;
}

/** Classes with their divisions; explosives of 1.1 to 1.6 have a letter for their compatibility group, or none on placards. */
const CLASS = /^(?:1(?:\.[1-6][A-HJKLNS]?)?|2(?:\.[1-3])?|3|4\.[1-3]|5\.[12]|6\.[12]|7|8|9)$/;

/** The class of dangerous goods (`3`, `CLASS 6.1`, `1.4S`); undefined for a text that is none. */
export function parseHazardClass(text: string): string | undefined {
  const hazard = plainText(text).replace(/^CLASS/, '');
  return CLASS.test(hazard) ? hazard : undefined;
}

const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '');
