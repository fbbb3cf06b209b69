/**
 * Movement reference number of a transit declaration, 18 characters: two digits of the year, two letters of the country
 * that gave it (ISO 3166-1 alpha-2), thirteen characters that each country gives as it likes, one check digit.
 *
 * Sources: Implementing Regulation (EU) 2015/2447, annex B, data element 12 01 000 000 (structure; the EU gives the
 * thirteenth as a letter for the procedure, others need not); DG XXI/0879/99 Rev. 1, "Check character algorithm for the MRN
 * and GRN", section 2: the algorithm of ISO 6346 over seventeen characters with weights 2^0 to 2^16, sum modulo 11, 10
 * becomes 0. It holds for examples that customs software publishes.
 *
 * The ASEAN Customs Transit System (ACTS) was built after NCTS and its numbers have the same length. That they have the
 * same check digit is likely, but no ACTS document we have read says so: a number of ACTS that fails by `check-digit` only
 * is for a person to look at, not proof of a forgery.
 */
import { checkDigitOfAny } from './iso6346.ts';

/** Why a text is no movement reference number. `check-digit`: the form is right, the digit is not. */
export type MrnFault = 'length' | 'year' | 'country' | 'reference' | 'check-digit';

export interface Mrn {
  /** Eighteen characters, such as `06DE586600006143E1`. */
  mrn: string;
  /** The last two digits of the year in which it was given. */
  year: string;
  /** Two letters, such as `VN`. */
  country: string;
  /** Thirteen capitals and digits. */
  reference: string;
  checkDigit: number;
}

export type MrnResult = { ok: true; value: Mrn } | { ok: false; fault: MrnFault; normalised: string };

/** The text in one comparable form: full-width characters made plain, capitals, separators and white space dropped. */
export const normaliseMrn = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}._/·]/gu, '');

/** Reads a movement reference number; says which part is wrong if it is none. */
export function parseMrn(text: string): MrnResult {
  const normalised = normaliseMrn(text);
  const refuse = (fault: MrnFault): MrnResult => ({ ok: false, fault, normalised });
  if (normalised.length !== 18) return refuse('length');
  const year = normalised.slice(0, 2);
  const country = normalised.slice(2, 4);
  const reference = normalised.slice(4, 17);
  const digit = normalised.slice(17);
  if (!/^[0-9]{2}$/.test(year)) return refuse('year');
  if (!/^[A-Z]{2}$/.test(country)) return refuse('country');
  if (!/^[0-9A-Z]{13}$/.test(reference)) return refuse('reference');
  if (String(checkDigitOfAny(normalised.slice(0, 17))) !== digit) return refuse('check-digit');
  return { ok: true, value: { mrn: normalised, year, country, reference, checkDigit: Number(digit) } };
}
