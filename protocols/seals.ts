/**
 * Numbers of container seals (ISO 17712 clause 4.3: the maker's mark and serial number, in no common form) as people,
 * readers and customs write them.
 */

/** What people and readers put between the groups of one number. */
const SEPARATORS = /[\s\p{Cf}\p{Pd}._/·]/gu;

/**
 * The comparable form of one seal number: capitals, no separators, leading zeros kept, look-alikes never exchanged.
 * Undefined when there is no seal: customs writes `#####` for none.
 */
export function normaliseSeal(text: string): string | undefined {
  const plain = text.normalize('NFKC').toUpperCase().normalize('NFKC').replace(SEPARATORS, '');
  return /^#*$/.test(plain) ? undefined : plain;
}

/** The seals of a list, each once, sorted, so that two lists can be compared. */
export function normaliseSeals(texts: readonly string[]): string[] {
  const seals = texts.map(normaliseSeal).filter((seal) => seal !== undefined);
  return [...new Set(seals)].sort();
}

/** What is on the container but should not be, and what should be but is not. Both empty: the seals agree. */
export function compareSeals(
  expected: readonly string[],
  found: readonly string[],
): { missing: string[]; unexpected: string[] } {
  const wanted = normaliseSeals(expected);
  const seen = normaliseSeals(found);
  return {
    missing: wanted.filter((seal) => !seen.includes(seal)),
    unexpected: seen.filter((seal) => !wanted.includes(seal)),
  };
}
