import type { Random } from '../../edge/platform/random.ts';

/**
 * Serial numbers of `digits` digits in a shuffled order, none twice before all have come: a linear congruential
 * generator of full period (Hull and Dobell 1962). So nothing has to be remembered of those given out.
 */
export function createSerials(random: Random, digits: number): () => string {
  const modulus = 10 ** digits;
  const draw = (limit: number): number => Math.floor(random.next() * limit);
  const multiplier = 20 * (1 + draw(1_000)) + 1;
  const increment = 10 * draw(modulus / 10) + 3;
  let last = draw(modulus);
  return () => {
    last = (multiplier * last + increment) % modulus;
    return String(last).padStart(digits, '0');
  };
}

/** Serials of their own for each of a handful of series. */
export function createSeries(random: Random, digits: number): (series: string) => string {
  const all = new Map<string, () => string>();
  return (series) => {
    const next = all.get(series) ?? createSerials(random, digits);
    all.set(series, next);
    return next();
  };
}
