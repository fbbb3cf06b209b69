/** An expected text and what its standard says of each character: a letter where a digit must be is a misread, not a rival. */
import { normaliseContainerCode, parseContainerCode } from '../../../protocols/iso6346.ts';
import { normalisePlate, parsePlate, platesMeant } from '../../../protocols/plates.ts';
import { GAP } from './align.ts';

export interface Wanted {
  /** Comparable form. */
  text: string;
  /** As long as the text; each character one of {@link Form}. */
  form: string;
  /** A container number with its right check digit: whatever is read of it can be tested by that. */
  checked: boolean;
  /** A text with a character more or less is of no valid form. */
  fixedLength: boolean;
  /** The Chinese plates it may stand for, where it was announced in Latin letters. */
  spelt: readonly string[];
}

/**
 * `9` digit, `A` letter, `U` equipment category, `省` Chinese character, `=` only the expected one (what makes a plate that of
 * a trailer), `*` any.
 */
type Form = '9' | 'A' | 'U' | '省' | '=' | '*';

/** ISO 6346 clause 3.1: owner, category, serial number and check digit. */
const CONTAINER_FORM = 'AAAU9999999';

export function wantedContainer(number: string): Wanted {
  const text = normaliseContainerCode(number);
  const checked = parseContainerCode(text).ok;
  return {
    text,
    form: checked ? CONTAINER_FORM : '*'.repeat(text.length),
    checked,
    fixedLength: checked,
    spelt: [],
  };
}

export function wantedPlate(number: string): Wanted {
  const text = normalisePlate(number);
  const plate = parsePlate(text);
  const form = Array.from({ length: text.length }, (_, index): Form => {
    const character = text[index] ?? GAP;
    if (plate?.country === 'VN') return fits('9', character) ? '9' : plate.trailer ? '=' : 'A';
    if (plate?.country !== 'CN') return '*';
    if (index === 0) return '省';
    if (index === 1) return 'A';
    return plate.trailer && index === text.length - 1 ? '=' : '*';
  });
  return { text, form: form.join(''), checked: false, fixedLength: false, spelt: speltBy(text) };
}

/** The Chinese plates that a text in Latin letters may mean; none for what is a plate as it stands. */
export const speltBy = (text: string): readonly string[] =>
  text === '' || parsePlate(text)?.kind !== undefined ? [] : platesMeant(text).slice(1);

/** Whether each character of a text can stand where the standard wants `form`. */
export const hasForm = (form: string, text: string): boolean =>
  text.length === form.length && Array.from(text).every((character, at) => fits(form[at] ?? '*', character));

/** Whether another character than the expected one can stand where the standard wants `form`. */
export function fits(form: string, character: string): boolean {
  switch (form as Form) {
    case '9':
      return character >= '0' && character <= '9';
    case 'A':
      return (character >= 'A' && character <= 'Z') || character === 'Đ';
    case 'U':
      return character === 'U' || character === 'J' || character === 'Z';
    case '省':
      return character > '\u2e80';
    case '=':
      return false;
    default:
      return character !== GAP;
  }
}
