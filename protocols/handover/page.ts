/** Which lines of a log go into one page. */
import { TILE_LINES } from './hashes.ts';
import { type Asking, askLines } from './needs.ts';
import { PAGE_CHARS_MAX, PAGE_LINES_MAX } from './wire.ts';

/** Lines after `after` of a log whose head covers `size` lines: as many as make a page of bearable size, at least one. */
export function* pageOfLines(after: number, size: number): Asking<string[]> {
  const upTo = wholeTiles(after, Math.min(size, after + PAGE_LINES_MAX), size);
  const fitting = fittingOf(yield* askLines(after, upTo));
  return fitting.slice(0, wholeTiles(after, after + fitting.length, upTo) - after);
}

/** A page that does not reach its head ends with a tile where it can: its proof is then ready at hand. */
function wholeTiles(after: number, upTo: number, end: number): number {
  const whole = upTo - (upTo % TILE_LINES);
  return upTo < end && whole > after ? whole : upTo;
}

/** How many of the lines make a page of bearable size; at least one. */
function fittingOf(lines: readonly string[]): readonly string[] {
  let chars = 0;
  const tooMuch = lines.findIndex((data, index) => {
    chars += data.length;
    return index > 0 && chars > PAGE_CHARS_MAX;
  });
  return tooMuch === -1 ? lines : lines.slice(0, tooMuch);
}
