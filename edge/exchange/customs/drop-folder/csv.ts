/** A list as CSV (RFC 4180, and as Excel writes it in Vietnam): lines of the head, the names of the columns, one line a container. */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { trimmed } from './cells.ts';
import type { ListPart } from './list.ts';
import { ListRefused } from './refusal.ts';
import { plain, textOf } from './text.ts';

const SEPARATORS = [';', ',', '\t'] as const;
const RECORD_CHARACTERS_MAX = 64 * 1024;
/** Within so many characters the names of the columns must come. */
const HEAD_CHARACTERS_MAX = 64 * 1024;
/** By this column the line with the names is known. */
const MARK = plain('SoToKhai');

/** Reads the parts of a list. Throws `LIST_FORM`. */
export async function* readCsv(bytes: Buffer): AsyncGenerator<ListPart> {
  const parser = parse({
    delimiter: separatorOf(bytes),
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARACTERS_MAX,
    info: true,
  });
  // An error of either comes out of the loop below.
  pipeline(Readable.from(textOf(bytes), { objectMode: true }), parser, () => undefined);
  let columns: string[] | undefined;
  try {
    for await (const { info, record } of parser as AsyncIterable<{
      info: { lines: number };
      record: string[];
    }>) {
      const cells = record.map(trimmed);
      if (cells.every((cell) => cell === '')) continue;
      if (columns !== undefined) {
        yield { line: info.lines, fields: fieldsOf(columns, cells, info.lines) };
      } else if (cells.some((cell) => plain(cell) === MARK)) {
        columns = cells;
        yield { columns: cells.filter((cell) => cell !== '') };
      } else {
        const [name = '', value = ''] = cells;
        yield { name, value };
      }
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new ListRefused('FORM', {
      en: `the file is no readable CSV: ${cause.message}`,
      vi: `tệp không phải CSV đọc được: ${cause.message}`,
    });
  }
}

function fieldsOf(
  columns: readonly string[],
  cells: readonly string[],
  line: number,
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [index, cell] of cells.entries()) {
    const column = columns[index] ?? '';
    if (column !== '') fields[column] = cell;
    else if (cell !== '')
      throw new ListRefused('FORM', {
        en: `line ${line}: “${cell}” stands in no column`,
        vi: `dòng ${line}: “${cell}” không thuộc cột nào`,
      });
  }
  return fields;
}

/** The separator that the line with the names of the columns uses most. */
function separatorOf(bytes: Buffer): string {
  let start = '';
  for (const piece of textOf(bytes)) {
    start += piece;
    if (start.length >= HEAD_CHARACTERS_MAX) break;
  }
  const names = start.split(/\r\n|\r|\n/).find((line) => plain(line).includes(MARK));
  if (names === undefined)
    throw new ListRefused('FORM', {
      en: 'no line with the names of the columns was found; there must be one with SoToKhai, in UTF-8, UTF-16 or windows-1258',
      vi: 'không tìm thấy dòng tên cột; phải có cột SoToKhai, bảng mã UTF-8, UTF-16 hoặc windows-1258',
    });
  const uses = (separator: string): number => names.split(separator).length;
  return SEPARATORS.reduce((most, next) => (uses(next) > uses(most) ? next : most));
}
