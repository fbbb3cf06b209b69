/**
 * Size and type codes of containers after ISO 6346:1995 with its amendments to 2012 (clause 4.2, annexes D and E), such as
 * `22G1` or `45R1`: length, height and width, group, one more character for details that we do not look at.
 *
 * The tare ranges are not of the standard, which has none, nor anybody's rule: they are wide enough to hold what lines and
 * lessors give for such boxes in their specification sheets. They serve to see a declared tare that cannot be; the tare of
 * one container is on the container itself and in the BIC's technical database.
 */

/** First letter of the type: what kind of box it is. */
export type ContainerGroup =
  | 'general-purpose'
  | 'ventilated'
  | 'dry-bulk'
  | 'named-cargo'
  | 'reefer'
  | 'insulated'
  | 'open-top'
  | 'flat'
  | 'tank'
  | 'air-surface';

export interface ContainerType {
  /** Four characters, such as `45R1`. */
  code: string;
  lengthMm: number;
  /** As people call it: 20, 40, 45, …; undefined for lengths that are no round number of feet. */
  lengthFt?: number;
  /** Undefined where the code only says that it is more than 9 ft 6 in. */
  heightMm?: number;
  /** Wider than 8 ft (2 438 mm). */
  wide: boolean;
  group: ContainerGroup;
  /** What such a box typically weighs empty; undefined where we know none. */
  tareKg?: { minKg: number; maxKg: number };
}

const LENGTHS: Readonly<Record<string, { lengthMm: number; lengthFt?: number }>> = {
  1: { lengthMm: 2_991, lengthFt: 10 },
  2: { lengthMm: 6_058, lengthFt: 20 },
  3: { lengthMm: 9_125, lengthFt: 30 },
  4: { lengthMm: 12_192, lengthFt: 40 },
  A: { lengthMm: 7_150 },
  B: { lengthMm: 7_315, lengthFt: 24 },
  C: { lengthMm: 7_430 },
  D: { lengthMm: 7_450 },
  E: { lengthMm: 7_820 },
  F: { lengthMm: 8_100 },
  G: { lengthMm: 12_500, lengthFt: 41 },
  H: { lengthMm: 13_106, lengthFt: 43 },
  K: { lengthMm: 13_600 },
  L: { lengthMm: 13_716, lengthFt: 45 },
  M: { lengthMm: 14_630, lengthFt: 48 },
  N: { lengthMm: 14_935, lengthFt: 49 },
  P: { lengthMm: 16_154, lengthFt: 53 },
};

const FT_8_6 = 2_591;
const FT_9 = 2_743;
const FT_9_6 = 2_896;

const HEIGHTS: Readonly<Record<string, { heightMm?: number; wide: boolean }>> = {
  0: { heightMm: 2_438, wide: false },
  2: { heightMm: FT_8_6, wide: false },
  4: { heightMm: FT_9, wide: false },
  5: { heightMm: FT_9_6, wide: false },
  6: { wide: false },
  8: { heightMm: 1_295, wide: false },
  9: { heightMm: 1_219, wide: false },
  // Up to 2 500 mm wide, and wider.
  C: { heightMm: FT_8_6, wide: true },
  D: { heightMm: FT_9, wide: true },
  E: { heightMm: FT_9_6, wide: true },
  F: { wide: true },
  L: { heightMm: FT_8_6, wide: true },
  M: { heightMm: FT_9, wide: true },
  N: { heightMm: FT_9_6, wide: true },
  P: { wide: true },
};

const GROUPS: Readonly<Record<string, ContainerGroup>> = {
  G: 'general-purpose',
  V: 'ventilated',
  B: 'dry-bulk',
  S: 'named-cargo',
  R: 'reefer',
  H: 'insulated',
  U: 'open-top',
  P: 'flat',
  T: 'tank',
  A: 'air-surface',
};

/** Kilograms, by length, height and group. */
const TARES: Readonly<Record<string, readonly [minKg: number, maxKg: number]>> = {
  '22G': [1_900, 2_500],
  '25G': [2_200, 2_700],
  '42G': [3_400, 4_200],
  '45G': [3_600, 4_500],
  L5G: [4_400, 5_200],
  '22V': [2_100, 2_900],
  '22B': [2_200, 3_200],
  '22R': [2_700, 3_500],
  '25R': [2_700, 3_500],
  '42R': [4_000, 5_000],
  '45R': [4_100, 5_200],
  '22U': [2_000, 2_800],
  '42U': [3_500, 4_700],
  '45U': [3_900, 5_300],
  '22P': [2_200, 3_300],
  '42P': [4_200, 6_000],
  '45P': [4_800, 6_500],
  '20T': [2_500, 4_900],
  '22T': [2_500, 4_900],
};

/** What no box of any type is lighter or heavier than, special ones included: for one of which nobody knows the type. */
export const ANY_TARE_KG: { readonly minKg: number; readonly maxKg: number } = {
  minKg: 1_000,
  maxKg: 10_000,
};

/** What a size and type code says; undefined for a text that is none, and for codes of the time before 1995 (`4310`). */
export function parseContainerType(text: string): ContainerType | undefined {
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}._/·]/gu, '');
  if (!/^[0-9A-Z]{4}$/.test(code)) return undefined;
  const length = LENGTHS[code.charAt(0)];
  const height = HEIGHTS[code.charAt(1)];
  const group = GROUPS[code.charAt(2)];
  if (length === undefined || height === undefined || group === undefined) return undefined;
  const tare = TARES[code.slice(0, 3)];
  return {
    code,
    ...length,
    ...height,
    group,
    ...(tare !== undefined && { tareKg: { minKg: tare[0], maxKg: tare[1] } }),
  };
}
