/**
 * UN numbers of dangerous goods as placards and documents show them (UN Model Regulations, chapter 3.2; ADR 5.3.2). Form only: which goods a number means is in no table here.
 */

/** Four digits of a UN number (`UN 1203`, `UN1203`, `1203`); undefined for a text that is none. Numbers count from 0001. */
export function parseUnNumber(text: string): string | undefined {
  const number = /^(?:UN)?([0-9]{4})$/.exec(plainText(text))?.[1];
  return number === '0000' ? undefined : number;
}

const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '');
