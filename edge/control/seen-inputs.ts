/** Which inputs from the doors are already in the journal, so that a repeat is answered with the first one's sequence. */
import type { InputSource } from '../core/input.ts';
import { GateError } from '../platform/errors.ts';

/** Repeats arrive soon or never; older ones of gapless sources are still recognised by their number. */
const REMEMBERED_MIN = 10_000;

export function createSeenInputs() {
  // Two generations: forgetting one by one from the front of a map gets slower with each that was forgotten.
  let recent = new Map<string, Promise<number>>();
  let before = new Map<string, Promise<number>>();
  const key = ({ source, id }: InputSource): string => `${source}\n${id}`;
  return {
    /** The journal sequence of its first admission, if this is a repeat (0 if long ago). `cursor` is the last gapless number taken from the source. */
    find(from: InputSource, cursor: number): Promise<number> | undefined {
      const name = key(from);
      const known = recent.get(name) ?? before.get(name);
      if (known !== undefined || from.seq === undefined) return known;
      if (from.seq <= cursor) return Promise.resolve(0);
      if (from.seq === cursor + 1) return undefined;
      throw new GateError(
        'GAP',
        `${from.source} sent number ${from.seq} after ${cursor}`,
        `Send ${cursor + 1} first; GET /state tells the last number taken as sources.${from.source}.`,
      );
    },
    add(from: InputSource, seq: Promise<number>): void {
      recent.set(key(from), seq);
      if (recent.size < REMEMBERED_MIN) return;
      before = recent;
      recent = new Map();
    },
  };
}
