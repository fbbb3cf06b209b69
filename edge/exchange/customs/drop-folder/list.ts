/**
 * A list that came as a file: its head, and a clearance for each of its containers. Read strictly, for a person typed some of it: a
 * column that nobody knows, a cell that cannot be read, a count that is not right, and the whole list counts for nothing.
 */
import {
  LIST_COLUMNS,
  LIST_COLUMNS_NEEDED,
  type ListColumn,
} from '../../../../protocols/clearance/fields.ts';
import { readChanges } from '../../../../protocols/clearance/reading.ts';
import type { ClearanceReport } from '../../../../protocols/clearance/words.ts';
import { CellRefused, type CellValue, readCell, readTime } from './cells.ts';
import { readCsv } from './csv.ts';
import { ListRefused } from './refusal.ts';
import { plain } from './text.ts';
import { readXml } from './xml.ts';

/** Lines of a list; a line is a container of a declaration. */
export const LINES_MAX = 500_000;
const BATCH = 1_000;

/** What a file is read into, whatever its form. */
export type ListPart =
  /** Of the head. */
  | { name: string; value: string }
  /** The names of the columns, where the form has such. */
  | { columns: string[] }
  /** A declaration with one container, or with several. */
  | { line: number; fields: Record<string, string>; containers?: Record<string, string>[] };

export interface ListHead {
  /** Which list this is; no number comes twice. */
  number: string;
  /** When customs drew it up, milliseconds since 1970. */
  asOf: number;
  /** How many lines it says it has. */
  lines: number;
  /** Everything that is eligible, or an addition to what was told before. */
  whole: boolean;
}

export interface ListLine {
  line: number;
  clearance: ClearanceReport;
}

/** What `NguonDuLieu` is where the list does not say. */
const SOURCE = 'danh-sach';

const COLUMNS = new Map((Object.keys(LIST_COLUMNS) as ListColumn[]).map((column) => [plain(column), column]));
const HEAD = new Map(
  (['SoDanhSach', 'ThoiDiem', 'SoDong', 'LoaiDanhSach', 'NguonDuLieu'] as const).map((name) => [
    plain(name),
    name,
  ]),
);
type HeadName = 'SoDanhSach' | 'ThoiDiem' | 'SoDong' | 'LoaiDanhSach' | 'NguonDuLieu';

/**
 * Reads a list; `onLines` gets its lines in batches and may be slow.
 * @throws ListRefused
 */
export async function readList(
  file: { name: string; bytes: Buffer; utcOffset: string },
  onHead: (head: ListHead) => Promise<void>,
  onLines: (lines: readonly ListLine[]) => Promise<void>,
): Promise<void> {
  const parts = /\.xml$/i.test(file.name) ? readXml(file.bytes) : readCsv(file.bytes);
  const said = new Map<HeadName, string>();
  let head: ListHead | undefined;
  let batch: ListLine[] = [];
  let count = 0;
  const beginLines = async (): Promise<ListHead> => {
    const read = readHead(said, file.utcOffset);
    await onHead(read);
    return read;
  };
  for await (const part of parts) {
    if ('name' in part) sayHead(said, part);
    else if ('columns' in part) checkColumns(part.columns);
    else {
      head ??= await beginLines();
      const lines = readLines(part, said.get('NguonDuLieu') ?? SOURCE, file.utcOffset);
      count += lines.length;
      if (count > head.lines || count > LINES_MAX) throw wrongCount(head, count);
      batch.push(...lines);
      if (batch.length >= BATCH) {
        await onLines(batch);
        batch = [];
      }
    }
  }
  head ??= await beginLines();
  if (count !== head.lines) throw wrongCount(head, count);
  await onLines(batch);
}

function sayHead(said: Map<HeadName, string>, { name, value }: { name: string; value: string }): void {
  const known = HEAD.get(plain(name));
  // A title, or whom the list is from: for people.
  if (known === undefined) return;
  if (said.has(known))
    throw new ListRefused('HEAD', { en: `${known} is said twice`, vi: `${known} ghi hai lần` });
  said.set(known, value);
}

function readHead(said: ReadonlyMap<HeadName, string>, utcOffset: string): ListHead {
  const need = (name: HeadName): string => {
    const value = said.get(name) ?? '';
    if (value !== '') return value;
    throw new ListRefused('HEAD', {
      en: `the head does not say ${name}; it needs SoDanhSach, ThoiDiem, SoDong and LoaiDanhSach`,
      vi: `phần đầu thiếu ${name}; cần có SoDanhSach, ThoiDiem, SoDong và LoaiDanhSach`,
    });
  };
  const reading = <T>(name: HeadName, read: (text: string) => T): T => {
    try {
      return read(need(name));
    } catch (cause) {
      if (!(cause instanceof CellRefused)) throw cause;
      throw new ListRefused('HEAD', { en: `${name}: ${cause.message}`, vi: `${name}: ${cause.vi}` });
    }
  };
  const number = reading('SoDanhSach', (text) => String(readCell('text', text, utcOffset))).slice(0, 100);
  const asOf = reading('ThoiDiem', (text) => Date.parse(readTime(text, utcOffset)));
  const lines = reading('SoDong', (text) => Number(readCell('integer', text, utcOffset)));
  const kind = plain(need('LoaiDanhSach'));
  if (kind !== 'toanbo' && kind !== 'bosung')
    throw new ListRefused('HEAD', {
      en: 'LoaiDanhSach is neither ToanBo (everything) nor BoSung (an addition)',
      vi: 'LoaiDanhSach không phải ToanBo (toàn bộ) hay BoSung (bổ sung)',
    });
  return { number, asOf, lines, whole: kind === 'toanbo' };
}

function checkColumns(columns: readonly string[]): void {
  const known = new Set<ListColumn>();
  for (const name of columns) {
    const column = columnOf(name);
    if (known.has(column))
      throw new ListRefused('COLUMN', { en: `there are two columns ${column}`, vi: `có hai cột ${column}` });
    known.add(column);
  }
  const missing = LIST_COLUMNS_NEEDED.filter((column) => !known.has(column));
  if (missing.length > 0)
    throw new ListRefused('COLUMN', {
      en: `there is no column ${missing.join(', ')}`,
      vi: `thiếu cột ${missing.join(', ')}`,
    });
}

/** A column that is not known may be one that forbids, misspelt. */
function columnOf(name: string): ListColumn {
  const column = COLUMNS.get(plain(name));
  if (column !== undefined) return column;
  throw new ListRefused('COLUMN', {
    en: `the column “${name}” is not known; known are ${[...COLUMNS.values()].join(', ')}`,
    vi: `không biết cột “${name}”; các cột hợp lệ: ${[...COLUMNS.values()].join(', ')}`,
  });
}

function readLines(
  { line, fields, containers }: Extract<ListPart, { line: number }>,
  source: string,
  utcOffset: string,
): ListLine[] {
  const record = {
    Loai: 'ToKhai',
    NguonDuLieu: source,
    ...readFields(fields, line, utcOffset),
    ...(containers && { DanhSachContainer: containers.map((one) => readFields(one, line, utcOffset)) }),
  };
  const read = readChanges(record);
  if (!read.ok)
    throw new ListRefused('CELL', {
      en: `line ${line}: ${read.reason}`,
      vi: `dòng ${line}: không đọc được (${read.reason})`,
    });
  return read.changes.flatMap((clearance) => (clearance.type === 'clearance' ? [{ line, clearance }] : []));
}

function readFields(
  fields: Readonly<Record<string, string>>,
  line: number,
  utcOffset: string,
): Record<string, CellValue> {
  const record: Record<string, CellValue> = {};
  for (const [name, cell] of Object.entries(fields)) {
    const column = columnOf(name);
    try {
      const value = readCell(LIST_COLUMNS[column], cell, utcOffset);
      if (value !== undefined) record[column] = value;
    } catch (cause) {
      if (!(cause instanceof CellRefused)) throw cause;
      throw new ListRefused('CELL', {
        en: `line ${line}, ${column}: ${cause.message}`,
        vi: `dòng ${line}, ${column}: ${cause.vi}`,
      });
    }
  }
  return record;
}

const wrongCount = (head: ListHead, count: number): ListRefused =>
  head.lines > LINES_MAX
    ? new ListRefused('SIZE', { en: `more than ${LINES_MAX} lines`, vi: `hơn ${LINES_MAX} dòng` })
    : new ListRefused('COUNT', {
        en: `the head says ${head.lines} lines, but there are ${count > head.lines ? 'more' : count}`,
        vi: `phần đầu ghi ${head.lines} dòng nhưng có ${count > head.lines ? 'nhiều hơn' : count} dòng`,
      });
