/** Lines of a file as the bytes they are: what was signed is bytes, and a text may hide that some of them were others. */
import type { Readable } from 'node:stream';

const LINE_FEED = 0x0a;

/**
 * Calls `take` with each line, without its line feed, a piece of the file at a time; a line that is longer than `bytesMax` is cut off after
 * one byte more. Whoever iterates may stop for breath after each piece. Returns whether the last line had no end.
 */
export async function* takeLines(
  input: Readable,
  bytesMax: number,
  take: (line: Buffer) => void,
): AsyncGenerator<void, boolean> {
  let parts: Buffer[] = [];
  let kept = 0;
  const keep = (part: Buffer): void => {
    const fitting = part.subarray(0, bytesMax + 1 - kept);
    if (fitting.length === 0) return;
    parts.push(fitting);
    kept += fitting.length;
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const line = chunk.subarray(start, end);
      start = end + 1;
      if (kept === 0) take(line);
      else {
        keep(line);
        take(Buffer.concat(parts));
        parts = [];
        kept = 0;
      }
    }
    keep(chunk.subarray(start));
    yield;
  }
  if (kept === 0) return false;
  take(Buffer.concat(parts));
  return true;
}
