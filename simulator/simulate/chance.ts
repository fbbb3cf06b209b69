/** Chance in a run of hours: a stream of its own for each thing that is drawn, so that one does not change the others. */
import type { Random } from '../../edge/platform/random.ts';

/** The seed of the stream named `name` (FNV-1a over both). */
export function streamSeed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const sign of `${seed} ${name}`) {
    hash ^= sign.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** The gap to the next of events that come by chance, `mean` apart in the long run. */
export const exponential = (random: Random, mean: number): number => -Math.log(1 - random.next()) * mean;
