/**
 * What of a party to a declaration may be kept: numbers of organisations as they are, names and the documents of people as
 * digests only. Lists of parties are written in the same words, so that the two can be compared.
 *
 * A digest hides a name from readers, not from somebody who guesses it: whoever has the name can make the digest.
 */
import { hash } from 'node:crypto';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Letters and digits of a name in capitals without their marks, words one blank apart: as good as never two spellings. */
export const normalisePartyName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/Đ/g, 'D')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** `sha256:` and 64 hexadecimal digits, of the normalised name in UTF-8; a digest stays what it is. */
export const partyNameDigest = (name: string): string =>
  DIGEST.test(name) ? name : `sha256:${hash('sha256', normalisePartyName(name), 'hex')}`;

/**
 * Numbers of papers that belong to a person: Vietnamese citizen ids (12 digits, since 2025 the tax code of a household, too)
 * and old ones (9), Chinese resident ids (GB 11643: 17 digits with the date of birth and a check character), passports of both.
 */
const DOCUMENTS: readonly RegExp[] = [
  /^\d{12}$/,
  /^\d{9}$/,
  /^[1-8]\d{5}(19|20)\d{9}[\dX]$/,
  /^[A-Z]\d{7,8}$/,
  /^[A-Z]{2}\d{7}$/,
];

/** The word under which a party's number is kept and compared: of an organisation as given, else a digest. */
export function partyNumber(text: string): string {
  if (DIGEST.test(text)) return text;
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}.]/gu, '');
  return DOCUMENTS.some((document) => document.test(plain)) ? partyNameDigest(plain) : plain;
}

/** The word for an entry of a list: what has no digit, or blanks in it, is a name. */
export const partyWord = (text: string): string =>
  DIGEST.test(text) || (/\d/.test(text) && !/\s/.test(text.trim()))
    ? partyNumber(text)
    : partyNameDigest(text);
