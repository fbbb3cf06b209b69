/**
 * What the identifier takes for what: which characters look alike, and how much doubt it puts up with.
 *
 * **Doubt** is an integer, about −log2 of how rarely a true reading looks like this, as measured against the best other
 * explanation of the same frames: 0 means no other text explains them better. See docs/identification.md.
 */
export interface IdentifyPolicy {
  /** Reads below this are not used, per mille. */
  qualityMin: number;
  /** A crossing below this is not accepted. An identity that agrees without doubt counts 1,000, one that contradicts down to −500. */
  scoreMin: number;
  /** And it must be so far ahead of the next crossing. */
  marginMin: number;
  /** Up to this doubt an identity is clear; it then still needs another one beside it, unless it was read to the letter. */
  clearDoubtMax: number;
  /** Up to this doubt an identity agrees if all others that were read are clear. 0: no look-alike is ever taken for another. */
  doubtMax: number;
  /** All identities of one visit together. */
  visitDoubtMax: number;
  /**
   * A container whose number differs in one letter that the check digit cannot tell apart, and of which a frame shows that letter,
   * must explain the frames by so much worse than the expected one.
   */
  twinDoubtMin: number;
  /** The doubt when no frame shows the expected character and the character shown does not look like it. */
  strangerDoubt: number;
  /** The same for two characters that look alike, in either order: `8B`, `0O`. */
  confusions: Readonly<Record<string, number>>;
  /** The same for the character of one Chinese province and that of another, which cameras find hardest to tell apart. */
  provinceDoubt: number;
}

/** Pairs that differ in a stroke too few to be seen on a dirty plate, and pairs that are taken for each other now and then. */
const SAME_BUT_FOR_A_STROKE = '0O 0D 0Q OQ OD DQ 1I 1L IL 1T IT 2Z 5S 6G 8B VY UV DĐ MW';
const ALIKE =
  '06 08 09 0C 0U 0G 14 17 1J 27 23 35 38 39 3B 3E 49 4A 56 58 68 6B 6C 69 79 7T 7Y 7Z 89 8S 8R 9G 9P 9S ' +
  'AR BD BE BP BR BS CG CO CQ CE DP EF EL FP GO GQ HM HN HK HW IJ JU KR KX LU MN NW OU PR SZ TY VW WN XY';

/** Doubt of the well-known confusions, for {@link IdentifyPolicy.confusions}. */
export const commonConfusions: Readonly<Record<string, number>> = Object.fromEntries([
  ...ALIKE.split(' ').map((pair) => [pair, 9]),
  ...SAME_BUT_FOR_A_STROKE.split(' ').map((pair) => [pair, 8]),
]);

export const defaultIdentifyPolicy: IdentifyPolicy = {
  qualityMin: 500,
  scoreMin: 500,
  marginMin: 300,
  clearDoubtMax: 4,
  doubtMax: 13,
  visitDoubtMax: 15,
  twinDoubtMin: 10,
  strangerDoubt: 14,
  confusions: commonConfusions,
  provinceDoubt: 9,
};
