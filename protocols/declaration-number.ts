/**
 * Numbers of customs declarations. Vietnam (VNACCS/VCIS): twelve digits, the last of which counts how often it was amended
 * (guidance to item 1.1 of the declaration, Circular 38/2015/TT-BTC as amended by 39/2018/TT-BTC). China: eighteen characters
 * (Announcement 2019/18 of the General Administration of Customs). Other countries' have other forms, so none is refused for its
 * form, and two numbers that differ in any character are two.
 */

/** The number without the separators people write between its parts. */
export const normaliseDeclarationNumber = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}._/·]/gu, '');
