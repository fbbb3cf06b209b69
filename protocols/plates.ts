/**
 * Number plates of Vietnam and China, from what a camera writes to one form that can be compared.
 *
 * A camera may write `12C-123.45`, `12C 12345`, full-width letters, a rear plate as two lines, the same letter under
 * another code point, or a Chinese province in Latin letters. How one text becomes comparable is in `plates/text.ts`,
 * which forms there are in `plates/vietnam.ts` and `plates/china.ts`, what Latin letters may stand for in
 * `plates/pinyin.ts`.
 */
import { chineseKind } from './plates/china.ts';
import type { PlateKind } from './plates/kind.ts';
import { platesSpelt } from './plates/pinyin.ts';
import { normalisePlate } from './plates/text.ts';
import { vietnameseKind } from './plates/vietnam.ts';

export type { PlateKind } from './plates/kind.ts';
export { normalisePlate } from './plates/text.ts';

export interface Plate {
  /** Comparable form: capitals and digits without separators, such as `12C12345` or `桂F12345`. */
  canonical: string;
  /** Undefined when the form belongs to neither country, or to both (some army plates). */
  country?: 'VN' | 'CN';
  /** Undefined when the form is none we know. */
  kind?: PlateKind;
  /** A trailer's plate: 挂 (China), series R or RM (Vietnam). A rig carries two plates. */
  trailer: boolean;
}

/** Reads a plate; `undefined` only when nothing is left of the text. Takes Latin letters as they are: see `platesMeant`. */
export function parsePlate(text: string): Plate | undefined {
  const canonical = normalisePlate(text);
  if (canonical === '') return undefined;
  const vietnamese = vietnameseKind(canonical);
  const chinese = chineseKind(canonical);
  const kind = vietnamese ?? chinese;
  if (kind === undefined) return { canonical, trailer: false };
  const trailer = kind === 'trailer';
  if (vietnamese !== undefined && chinese !== undefined) return { canonical, kind, trailer };
  return { canonical, country: vietnamese === undefined ? 'CN' : 'VN', kind, trailer };
}

/**
 * Every plate that a text may mean, in canonical form: first the text itself, then the Chinese plates it spells in Latin
 * letters. `GUI F12345` means `GUIF12345` (to a reader of Latin letters), `桂F12345` or `贵F12345`. Empty for no text.
 */
export function platesMeant(text: string): readonly string[] {
  const canonical = normalisePlate(text);
  return canonical === '' ? [] : [canonical, ...platesSpelt(canonical)];
}

/**
 * Whether two texts name the same plate: they read the same, or one can mean only one plate and the other may mean it.
 * So `GUIF12345` agrees with 桂F12345 and with 贵F12345, which do not agree with each other. An empty text is never the
 * same as anything.
 */
export function samePlate(a: string, b: string): boolean {
  const left = platesMeant(a);
  const right = platesMeant(b);
  if (left[0] === undefined || right[0] === undefined) return false;
  if (left[0] === right[0]) return true;
  const onlyLeft = onlyMeaning(left);
  const onlyRight = onlyMeaning(right);
  return (
    (onlyLeft !== undefined && right.includes(onlyLeft)) ||
    (onlyRight !== undefined && left.includes(onlyRight))
  );
}

/** The one plate that is meant, if it is plain which: a text that is a plate as it stands means that, too. */
function onlyMeaning([plain, ...spelt]: readonly string[]): string | undefined {
  const [first, ...others] = spelt;
  if (first === undefined) return plain;
  if (others.length > 0 || plain === undefined || parsePlate(plain)?.kind !== undefined) return undefined;
  return first;
}
