import type { Random } from '../../edge/platform/random.ts';

export type Country = 'VN' | 'CN';

const pick = (random: Random, from: string): string => from.charAt(Math.floor(random.next() * from.length));
const digits = (random: Random, count: number): string =>
  String(Math.floor(random.next() * 10 ** count)).padStart(count, '0');

/** Plates of domestic trucks, never the same twice: `12H-045.67` in Vietnam, `桂F·A1234` in China. */
export function createPlates(random: Random): (country: Country) => string {
  const used = new Set<string>();
  return function next(country): string {
    const plate =
      country === 'VN'
        ? // Series C is left to the driverless vehicles; I, J, O, Q and W are not used, R marks a trailer.
          `12${pick(random, 'ABDEFGHKLMNPSTUVXYZ')}-${digits(random, 3)}.${digits(random, 2)}`
        : `桂F·${pick(random, 'ABCDEFGHJKLMNPQRSTUVWXYZ')}${digits(random, 4)}`;
    if (used.has(plate)) return next(country);
    used.add(plate);
    return plate;
  };
}
