/** Why a list changes nothing, in words for whoever made it. */
import { GateError } from '../../../platform/errors.ts';

/**
 * Codes: `SIZE`, `ENCODING`, `SIGNATURE`, `FORM` (not CSV or XML as agreed), `HEAD` (number, time, count, kind), `COLUMN`, `CELL`,
 * `COUNT`, `DOUBLED`, `OLDER`, `FUTURE`, `CONTRADICTION`.
 */
export class ListRefused extends GateError {
  /** The same in Vietnamese. */
  readonly vi: string;

  constructor(code: string, text: { en: string; vi: string }) {
    super(
      `LIST_${code}`,
      text.en,
      'Correct the list, sign it and put it into the folder again; nothing of it was taken.',
    );
    this.name = 'ListRefused';
    this.vi = text.vi;
  }
}
