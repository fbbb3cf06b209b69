/**
 * Number plates of Vietnam and China, from what a camera writes to one form that can be compared.
 *
 * A camera may write `12C-123.45`, `12C 12345`, full-width letters, a rear plate as two lines, or the same letter under
 * another code point. The canonical form keeps every character that carries meaning (Đ, the province character, 挂, R)
 * and every one it does not know (`?` and `*` stand for characters the camera could not read): dropping one of those
 * could make the plate of another vehicle. Look-alikes such as 0/O or 8/B are never exchanged.
 *
 * Sources: Circular 79/2024/TT-BCA (Vietnam), GA 36-2018 (China).
 */

export interface Plate {
  /** Comparable form: capitals and digits without separators, such as `12C12345` or `桂F12345`. */
  canonical: string;
  /** Undefined when the form belongs to neither country. */
  country?: 'VN' | 'CN';
  /** A trailer's plate: 挂 (China), series R or RM (Vietnam). A rig carries two plates. */
  trailer: boolean;
}

/** White space and line breaks, invisible format characters, hyphens, dots of every width, and what two-line readers put between lines. */
const SEPARATORS = /[\s\p{Cf}\p{Pd}.·•‧∙⋅・˙/|]/gu;

/** Ð (eth) and Ɖ (African D) look exactly like Đ; neither is used on plates. */
const CODE_POINTS_OF_D_WITH_STROKE = /[ÐƉ]/g;

/**
 * Vietnam: province 11–99, one or two series letters (I, J, O, Q, W unused, but QT for international organisations), for
 * motorcycles a series digit, and four or five digits.
 */
const VIETNAM = /^[1-9][0-9](?:[A-HK-NPR-VX-ZĐ]{1,2}|QT)(?:[0-9]{4,6})$/;
const VIETNAM_TRAILER = /^[1-9][0-9](?:R|RM)[0-9]{4,5}$/;

const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';
/** China: province, office letter (I and O unused), five characters or six for new energy; a last character for special use. */
const CHINA = new RegExp(
  `^[${PROVINCES}][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳领使超])$`,
);

/** As most plates are written, to the width and the case: only these separators are to go. */
const USUAL = new RegExp(`^[0-9A-Z${PROVINCES}.·-]*$`);

/** The comparable form of a plate's text. Idempotent; empty for a text of separators only. */
export function normalisePlate(text: string): string {
  if (USUAL.test(text)) return text.replace(/[.·-]/g, '');
  const plain = text.normalize('NFKC').toUpperCase().normalize('NFKC');
  return plain.replace(SEPARATORS, '').replace(CODE_POINTS_OF_D_WITH_STROKE, 'Đ');
}

/** Reads a plate; `undefined` only when nothing is left of the text. */
export function parsePlate(text: string): Plate | undefined {
  const canonical = normalisePlate(text);
  if (canonical === '') return undefined;
  if (CHINA.test(canonical)) return { canonical, country: 'CN', trailer: canonical.endsWith('挂') };
  if (VIETNAM.test(canonical)) return { canonical, country: 'VN', trailer: VIETNAM_TRAILER.test(canonical) };
  return { canonical, trailer: false };
}

/** Whether two texts name the same plate. An empty text is never the same as anything. */
export function samePlate(a: string, b: string): boolean {
  const left = normalisePlate(a);
  return left !== '' && left === normalisePlate(b);
}
