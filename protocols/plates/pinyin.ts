/**
 * Chinese plates as a reader writes them that has no Chinese characters: the province, and a character for the use, in
 * pinyin (`GUI F12345`, `GUI-F1234GUA`).
 *
 * Pinyin without tones loses information: GUI is 桂 or 贵, JIN 津 or 晋; and where the province's name ends and the
 * office's letter begins is not always plain (`JINA12345` is 津A12345, or 冀NA12345 of a new energy vehicle). So a text
 * has readings, all of them, and nobody picks one.
 */
import { chineseKind } from './china.ts';

type Spelling = readonly [latin: string, character: string];

const spellings = (line: string): Spelling[] =>
  line.split(' ').map((word) => [word.replace(/[^A-Z]/g, ''), word.replace(/[A-Z]/g, '')]);

/** SHAAN is how 陕 is told from 山 in Latin letters. */
const FIRST: readonly Spelling[] = [
  ...spellings(
    '京JING 津JIN 沪HU 渝YU 冀JI 豫YU 云YUN 辽LIAO 黑HEI 湘XIANG 皖WAN 鲁LU 新XIN 苏SU 浙ZHE 赣GAN',
  ),
  ...spellings(
    '鄂E 桂GUI 甘GAN 晋JIN 蒙MENG 陕SHAN 陕SHAAN 吉JI 闽MIN 贵GUI 粤YUE 青QING 藏ZANG 川CHUAN 宁NING',
  ),
  ...spellings('琼QIONG 使SHI'),
];

const LAST: readonly Spelling[] = spellings(
  '挂GUA 学XUE 警JING 港GANG 澳AO 领LING 使SHI 试SHI 临LIN 超CHAO 应急YINGJI',
);

/** Some readers shorten GUA to G, which is also a letter of plates: one more reading. Only where they have no 桂 either. */
const LAST_AFTER_LATIN: readonly Spelling[] = [...LAST, ['G', '挂']];

/** A province is spelt at the beginning, a use at the end: a text that begins and ends otherwise spells neither. */
const LATIN_END = /^[A-Z]|[A-Z]$/;

/** The Chinese plates that a canonical text spells in Latin letters; none for a text that spells none. */
export function platesSpelt(canonical: string): string[] {
  if (!LATIN_END.test(canonical)) return [];
  const found = new Set(withLast('', canonical, LAST).filter((plate) => plate !== canonical));
  for (const [latin, character] of FIRST) {
    if (!canonical.startsWith(latin)) continue;
    for (const plate of withLast(character, canonical.slice(latin.length), LAST_AFTER_LATIN))
      found.add(plate);
  }
  return [...found];
}

function withLast(first: string, rest: string, last: readonly Spelling[]): string[] {
  const spelt = last
    .filter(([latin]) => rest.endsWith(latin))
    .map(([latin, character]) => `${first}${rest.slice(0, -latin.length)}${character}`);
  return [`${first}${rest}`, ...spelt].filter((plate) => chineseKind(plate) !== undefined);
}
