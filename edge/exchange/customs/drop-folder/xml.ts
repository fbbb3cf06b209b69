/**
 * A list as XML, read as a stream:
 *
 *     <DanhSach SoDanhSach="…" ThoiDiem="…" SoDong="…" LoaiDanhSach="…">
 *       <ToKhai>
 *         <SoToKhai>…</SoToKhai> …
 *         <DanhSachContainer><Container><SoContainer>…</SoContainer> …</Container> …</DanhSachContainer>
 *       </ToKhai> …
 *     </DanhSach>
 *
 * or with the fields of the one container directly in `ToKhai`. Document types, and with them entities of their own, are refused.
 */
import sax from 'sax';
import type { ListPart } from './list.ts';
import { ListRefused } from './refusal.ts';
import { encodingOf, textOf } from './text.ts';

const FIELD_CHARACTERS_MAX = 4_000;
const CONTAINERS_MAX = 1_000;

/** Reads the parts of a list. Throws `LIST_FORM`. */
export async function* readXml(bytes: Buffer): AsyncGenerator<ListPart> {
  const read: ListPart[] = [];
  const parser = createParser(encodingOf(bytes), (part) => read.push(part));
  for (const piece of textOf(bytes)) {
    guarded(() => parser.write(piece));
    yield* read.splice(0);
  }
  guarded(() => parser.close());
  yield* read.splice(0);
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (cause instanceof ListRefused || !(cause instanceof Error)) throw cause;
    throw refused(
      `the file is no readable XML: ${cause.message}`,
      `tệp không phải XML đọc được: ${cause.message}`,
    );
  }
}

function createParser(encoding: string, tell: (part: ListPart) => void) {
  const parser = sax.parser(true, { strictEntities: true });
  const path: string[] = [];
  let declaration: Record<string, string> = {};
  let containers: Record<string, string>[] = [];
  let text = '';

  const place = (): string => path.slice(0, -1).join('/');
  const unexpected = (name: string): ListRefused =>
    refused(
      `line ${parser.line + 1}: <${name}> does not belong there`,
      `dòng ${parser.line + 1}: <${name}> sai chỗ`,
    );

  const put = (fields: Record<string, string>, name: string, value: string): void => {
    if (Object.hasOwn(fields, name)) throw unexpected(name);
    fields[name] = value.trim();
  };
  const add = (piece: string): void => {
    text += piece;
    if (text.length > FIELD_CHARACTERS_MAX)
      throw refused(
        `line ${parser.line + 1}: a field is too long`,
        `dòng ${parser.line + 1}: trường quá dài`,
      );
  };

  parser.onerror = (error) => {
    throw error;
  };
  parser.ondoctype = () => {
    throw refused(
      'document types and entities are not allowed',
      'không cho phép DOCTYPE và thực thể (entity)',
    );
  };
  parser.onsgmldeclaration = parser.ondoctype;
  parser.onprocessinginstruction = ({ name, body }) => {
    const [, named = encoding] = /encoding\s*=\s*["']([^"']+)["']/.exec(name === 'xml' ? body : '') ?? [];
    const same =
      named.toLowerCase() === encoding || (/^utf-16$/i.test(named) && encoding.startsWith('utf-16'));
    // What fits in seven bits is the same in all of them.
    if (!same && !(encoding === 'utf-8' && /^windows-1258$/i.test(named)))
      throw refused(
        `the file says it is ${named}, but is ${encoding}`,
        `tệp ghi bảng mã ${named} nhưng thực tế là ${encoding}`,
      );
  };
  parser.onopentag = ({ name, attributes }) => {
    // Text before or between elements belongs to no field.
    if (text.trim() !== '') throw unexpected(text.trim().slice(0, 40));
    path.push(name);
    text = '';
    if (path.length === 1 && name === 'DanhSach')
      for (const [attribute, value] of Object.entries(attributes)) tell({ name: attribute, value });
    else if (path.length === 1 || path.length > 5) throw unexpected(name);
    else if (Object.keys(attributes).length > 0)
      throw unexpected(`${name} ${Object.keys(attributes).join(' ')}`);
    else if (place() === 'DanhSach') {
      if (name !== 'ToKhai') throw unexpected(name);
      declaration = {};
      containers = [];
    } else if (path.length === 4) {
      if (place() !== 'DanhSach/ToKhai/DanhSachContainer' || name !== 'Container') throw unexpected(name);
      if (containers.length === CONTAINERS_MAX)
        throw refused(
          `more than ${CONTAINERS_MAX} containers in a declaration`,
          `tờ khai có hơn ${CONTAINERS_MAX} container`,
        );
      containers.push({});
    }
  };
  parser.ontext = add;
  parser.oncdata = add;
  parser.onclosetag = (name) => {
    const where = place();
    const isField = where === 'DanhSach/ToKhai' && name !== 'DanhSachContainer';
    if (where === 'DanhSach/ToKhai/DanhSachContainer/Container') put(containers.at(-1) ?? {}, name, text);
    else if (isField) put(declaration, name, text);
    else if (text.trim() !== '') throw unexpected(text.trim().slice(0, 40));
    if (where === 'DanhSach')
      tell({ line: parser.line + 1, fields: declaration, ...(containers.length > 0 && { containers }) });
    path.pop();
    text = '';
  };
  return parser;
}

const refused = (en: string, vi: string): ListRefused => new ListRefused('FORM', { en, vi });
