/**
 * The text of a number plate in one comparable form: code points, case, width and separators made one.
 *
 * What is unified is how one character is written, never one character for another: full width and half width, lower
 * case, the simplified character for the traditional one, and letters of other alphabets that have a Latin letter's
 * glyph (a Cyrillic С is what a wrongly set camera writes for C). Characters that only resemble each other (0 and O, 8
 * and B, D and Đ) are never exchanged, and what is not known (`?` and `*` stand for characters the camera could not
 * read) is kept: dropping one could make the plate of another vehicle.
 */

/** The provinces of China as plates write them (GA 36-2018). */
export const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';

/**
 * White space and line breaks, invisible characters, hyphens and the minus sign, dots of every width, the decimal comma, marks of a
 * Chinese keyboard, and what two-line readers put between lines. Not `_`, `~` and `□`: some readers write them for a character.
 */
const SEPARATORS = /[\s\p{Cc}\p{Cf}\p{Pd}\p{Variation_Selector}\u2212.,:;'’·•‧∙⋅・˙。、/\\|]/gu;

/** The same character under another code point, each pair `from` and `to`. */
const SAME_CHARACTERS = [
  // Ð (eth) and Ɖ (African D) look exactly like Đ; neither is used on plates.
  'ÐĐ ƉĐ',
  // Cyrillic and Greek capitals with the very glyph of a Latin one.
  'АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX',
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX',
  // Traditional characters, as people in Hong Kong and on Taiwan-made readers write them.
  '滬沪 雲云 遼辽 魯鲁 蘇苏 贛赣 晉晋 陝陕 閩闽 貴贵 粵粤 寧宁 瓊琼 掛挂 學学 領领 臨临 試试 應应',
];
const OTHER_CODE_POINTS: ReadonlyMap<string, string> = new Map(
  SAME_CHARACTERS.flatMap((line) => line.split(' ')).map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
const OTHER_CODE_POINT = new RegExp(`[${[...OTHER_CODE_POINTS.keys()].join('')}]`, 'g');

/** Đ has no decomposition in Unicode; written as two characters it is a D with a stroke laid over it. */
const D_WITH_STROKE_OVERLAY = /D[\u0335\u0336]/g;

/** As most plates are written, to the width and the case: only these separators are to go. */
const USUAL = new RegExp(`^[0-9A-Z${PROVINCES}挂.·-]*$`);

/** The comparable form of a plate's text. Idempotent; empty for a text of separators only. */
export function normalisePlate(text: string): string {
  if (USUAL.test(text)) return text.replace(/[.·-]/g, '');
  const plain = text.normalize('NFKC').toUpperCase().normalize('NFKC').replace(SEPARATORS, '');
  if (USUAL.test(plain)) return plain;
  return (
    plain
      .replace(OTHER_CODE_POINT, (character) => OTHER_CODE_POINTS.get(character) ?? character)
      // A mark that a separator kept from its letter has joined it now.
      .normalize('NFKC')
      .replace(D_WITH_STROKE_OVERLAY, 'Đ')
  );
}
