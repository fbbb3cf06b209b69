/**
 * What a cell of a list says, by its column. Excel changes numbers that are not text (leading zeros, more than eleven digits) and writes
 * the rest by the machine's region: what has lost something, or could mean two things, is refused and never guessed.
 */
import type { LIST_COLUMNS } from '../../../../protocols/clearance/fields.ts';
import { plain } from './text.ts';

export type CellKind = (typeof LIST_COLUMNS)[keyof typeof LIST_COLUMNS];
export type CellValue = string | number | boolean;

/** Why a cell cannot be read; the column and line are added by who knows them. */
export class CellRefused extends Error {
  readonly vi: string;

  constructor(text: { en: string; vi: string }) {
    super(text.en);
    this.vi = text.vi;
  }
}

/** Excel's way to show a number that it has rounded: 3.08045E+11. */
const ROUNDED = /^\d(?:[.,]\d+)?E[+-]?\d{1,3}$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]/;

/** The text of a cell without what Excel puts around it: an apostrophe before, `="…"` around, hard blanks. */
export function trimmed(cell: string): string {
  const bare = cell
    .normalize('NFC')
    .replace(/\u00a0/g, ' ')
    .trim();
  return (/^="([^"]*)"$/.exec(bare)?.[1] ?? bare.replace(/^'/, '')).trim();
}

/**
 * Reads a cell; undefined if it is empty. `utcOffset` (`+07:00`) belongs to times that are written without one.
 * @throws CellRefused
 */
export function readCell(kind: CellKind, cell: string, utcOffset: string): CellValue | undefined {
  const text = trimmed(cell);
  if (text === '' || kind === 'unused') return undefined;
  if (NO_TEXT.test(text))
    throw new CellRefused({
      en: `“${text}” holds characters that are no text: the encoding of the file is none that is known here`,
      vi: `“${text}” có ký tự không phải văn bản: bảng mã của tệp không được hỗ trợ`,
    });
  if (kind === 'text') {
    if (/^\d(?:[.,]\d+)?E\+\d{1,3}$/i.test(text)) throw rounded(text);
    return text;
  }
  if (ROUNDED.test(text)) throw rounded(text);
  return READERS[kind](text, utcOffset);
}

const READERS: Readonly<
  Record<Exclude<CellKind, 'text' | 'unused'>, (text: string, utcOffset: string) => CellValue>
> = {
  declaration(text) {
    if (/^\d{12}$/.test(text)) return text;
    throw new CellRefused({
      en: `“${text}” is no declaration number of 12 digits; Excel drops leading zeros unless the column is text`,
      vi: `“${text}” không phải số tờ khai 12 chữ số; Excel bỏ số 0 đứng đầu nếu cột không định dạng Văn bản`,
    });
  },
  'tax-code'(text) {
    if (/^(?:\d{10}(?:-?\d{3})?|\d{12})$/.test(text)) return text;
    throw new CellRefused({
      en: `“${text}” is no tax code of 10, 12 or 13 digits; Excel drops leading zeros unless the column is text`,
      vi: `“${text}” không phải mã số thuế 10, 12 hoặc 13 chữ số; Excel bỏ số 0 đứng đầu nếu cột không định dạng Văn bản`,
    });
  },
  integer(text) {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new CellRefused({
      en: `“${text}” is no whole number; write digits only`,
      vi: `“${text}” không phải số nguyên; chỉ ghi chữ số`,
    });
  },
  number: readNumber,
  instant: readTime,
  flag(text) {
    const word = plain(text);
    if (['co', '1', 'x', 'true'].includes(word)) return true;
    if (['khong', '0', 'false'].includes(word)) return false;
    throw new CellRefused({
      en: `“${text}” is neither CO nor KHONG`,
      vi: `“${text}” không phải CO hay KHONG`,
    });
  },
};

/** 24000 · 24000,5 · 24.000,5 · 24,000.5. A single mark before exactly three digits may be either, so it is refused. */
function readNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d+[.,](?:\d{1,2}|\d{4,})$/.test(text)) return Number(text.replace(',', '.'));
  if (/^\d{1,3}(?:\.\d{3})+,\d+$/.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  if (/^\d{1,3}(?:,\d{3})+\.\d+$/.test(text)) return Number(text.replaceAll(',', ''));
  throw new CellRefused({
    en: `“${text}” is no number that can be read in one way only; write 24000 or 24000,5`,
    vi: `“${text}” không phải số đọc được theo một cách duy nhất; hãy ghi 24000 hoặc 24000,5`,
  });
}

const LOCAL = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?$/;
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** dd/MM/yyyy HH:mm by the gate's own clock, or ISO 8601 with its offset; as ISO 8601. */
export function readTime(text: string, utcOffset: string): string {
  const [, day = '', month = '', year = '', hour = '', minute = '', second = '00'] = LOCAL.exec(text) ?? [];
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = WITH_OFFSET.test(text) ? Date.parse(text) : Date.parse(`${local}${utcOffset}`);
  // Date.parse takes the 31st of a shorter month for the first of the next: what comes back must be what went in.
  const exists =
    WITH_OFFSET.test(text) || new Date(Date.parse(`${local}Z`) || 0).toISOString().startsWith(local);
  if (Number.isFinite(at) && at >= 0 && exists) return new Date(at).toISOString();
  throw new CellRefused({
    en: `“${text}” is no time; write 22/11/2026 08:30`,
    vi: `“${text}” không phải thời điểm; hãy ghi 22/11/2026 08:30`,
  });
}

const rounded = (text: string): CellRefused =>
  new CellRefused({
    en: `“${text}” is a number that Excel has rounded; its digits are lost. Format the column as text before filling it`,
    vi: `“${text}” là số đã bị Excel làm tròn, các chữ số đã mất. Hãy định dạng cột là Văn bản trước khi nhập`,
  });
