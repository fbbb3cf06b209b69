/**
 * Numbers of container seals (ISO 17712 clause 4.3: the maker's mark and serial number, in no common form) as people,
 * readers and customs write them, and what became of each seal of a container.
 */

/** What people and readers put between the groups of one number; a comma or a semicolon stands between two numbers. */
const SEPARATORS = /[\s\p{Cc}\p{Cf}\p{Pd}\p{Variation_Selector}\u2212.:'’·•‧∙⋅・˙。_/\\]/gu;

/** The class in brackets behind the number, `VN0012345 (H)`. Without brackets a letter is part of the number. */
const CLASS = /(?:[([]([HSI])[)\]])+$/;

const plainText = (text: string): string =>
  text.normalize('NFKC').toUpperCase().normalize('NFKC').replace(SEPARATORS, '').normalize('NFKC');

/**
 * The comparable form of one seal number: capitals, no separators, no class, leading zeros kept, look-alikes never
 * exchanged. Undefined when there is no seal: customs writes `#####` (any number of them) for none.
 */
export function normaliseSeal(text: string): string | undefined {
  const plain = plainText(text).replace(CLASS, '');
  return /^#*$/.test(plain) ? undefined : plain;
}

/** The seals of a list, each once, sorted, so that two lists can be compared. */
export function normaliseSeals(texts: readonly string[]): string[] {
  const seals = texts.map(normaliseSeal).filter((seal) => seal !== undefined);
  return [...new Set(seals)].sort();
}

/** One thing that was done to the seals of a container. */
export interface SealEvent {
  action: 'applied' | 'removed' | 'replaced';
  /** The seal that was put on, or taken off. */
  number: string;
  /** The seal that made way for it; only of `replaced`. */
  replaces?: string;
  /** Whose seal it is: the shipper, a customs authority, the gate. */
  issuer: string;
  /** Who did it. */
  officer: string;
  /** Why, in the officer's words. */
  reason: string;
  /** Unix time, ms. A value told by others: the order of events is the order of the list. */
  at: number;
}

/**
 * The seals that are on the container after these events, and those that were and are no more, each sorted and each
 * once. A seal that is taken off without having been put on was on before the history begins: it is a former one. A seal
 * that was taken off and is put on again stands in both lists, for a seal cannot honestly be used twice.
 */
export function sealsNow(events: readonly SealEvent[]): { intact: string[]; former: string[] } {
  const intact = new Set<string>();
  const former = new Set<string>();
  const takeOff = (text: string | undefined): void => {
    const seal = normaliseSeal(text ?? '');
    if (seal === undefined) return;
    intact.delete(seal);
    former.add(seal);
  };
  for (const { action, number, replaces } of events) {
    if (action === 'removed') {
      takeOff(number);
      continue;
    }
    if (action === 'replaced') takeOff(replaces);
    const seal = normaliseSeal(number);
    if (seal !== undefined) intact.add(seal);
  }
  return { intact: [...intact].sort(), former: [...former].sort() };
}
