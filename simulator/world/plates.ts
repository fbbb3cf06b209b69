import type { Random } from '../../edge/platform/random.ts';
import { createSeries } from './serials.ts';

export type Country = 'VN' | 'CN';

/** Series C is left to the driverless vehicles; I, J, O, Q and W are not used, R marks a trailer. */
const vietnamese = 'ABDEFGHKLMNPSTUVXYZ';
const chinese = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Plates of trailers: `12R-045.67` in Vietnam, `桂F·1234挂` in China. */
export function createTrailerPlates(random: Random): (country: Country) => string {
  const fiveDigits = createSeries(random, 5);
  const fourDigits = createSeries(random, 4);
  return (country) => {
    if (country === 'CN') return `桂F·${fourDigits('挂')}挂`;
    const serial = fiveDigits('R');
    return `12R-${serial.slice(0, 3)}.${serial.slice(3)}`;
  };
}

/** Plates of domestic trucks: `12H-045.67` in Vietnam, `桂F·A1234` in China. Ten thousand of a series before one comes again. */
export function createPlates(random: Random): (country: Country) => string {
  const fiveDigits = createSeries(random, 5);
  const fourDigits = createSeries(random, 4);
  const pick = (from: string): string => from.charAt(Math.floor(random.next() * from.length));
  return (country) => {
    if (country === 'CN') {
      const series = pick(chinese);
      return `桂F·${series}${fourDigits(series)}`;
    }
    const series = pick(vietnamese);
    const serial = fiveDigits(series);
    return `12${series}-${serial.slice(0, 3)}.${serial.slice(3)}`;
  };
}
