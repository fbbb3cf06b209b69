/** Lines of a stream of bytes. Only LF and CR LF end a line: JSON may hold U+2028, which other line readers split at. */
import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is not kept. */
export const LINE_CHARACTERS_MAX = 64 * 1024 * 1024;

/** `null` stands for a line that is too long. A byte-order mark before the first line is dropped. */
export async function* linesOf(
  input: AsyncIterable<Buffer | string>,
  charactersMax = LINE_CHARACTERS_MAX,
): AsyncGenerator<string | null> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  let isFirst = true;
  const take = (part: string): void => {
    length += part.length;
    if (length <= charactersMax) parts.push(part);
    else parts = [];
  };
  const end = (): string | null => {
    const line = parts.join('').replace(/\r$/, '');
    const whole = length > charactersMax ? null : isFirst ? line.replace(/^\uFEFF/, '') : line;
    parts = [];
    length = 0;
    isFirst = false;
    return whole;
  };
  for await (const chunk of input) {
    const pieces = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      take(piece);
      yield end();
    }
    take(last);
  }
  take(decoder.end());
  if (length > 0) yield end();
}
