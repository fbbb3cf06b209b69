import type { Random } from '../../edge/platform/random.ts';
import type { BookedLoad } from '../../protocols/clearance/words.ts';
import { checkDigit } from '../../protocols/iso6346.ts';
import { createSeries } from './serials.ts';

/** One box: what it is, and what is painted on it. */
export interface Container {
  /** Its true number (ISO 6346). */
  readonly number: string;
  /** What readers see; on an honest box the same. */
  readonly painted: string;
  /** Container and goods. */
  readonly grossKg: number;
  /** What is truly in it: goods (absent), nothing, or goods the other side has refused, which they were not at first. */
  load?: BookedLoad;
  /** What happened to it on the way over the border. */
  harm?: Harm;
}

/** The seal is not the one it left with; or the box is damaged. */
export type Harm = 'seal-swapped' | 'box-damaged';

/** Only goods wait for customs: neither what is empty nor what goes home. */
export const needsRelease = ({ load = 'laden' }: Container): boolean => load === 'laden';

/** A 20-foot box for dry goods, and what such boxes weigh. */
export const SIZE_TYPE = '22G1';
const TARE_KG_MIN = 2_000;
const TARE_KG_RANGE = 450;
const TARE_KG_STEP = 10;
export const tareKg = (random: Random): number =>
  TARE_KG_MIN + Math.floor((random.next() * TARE_KG_RANGE) / TARE_KG_STEP) * TARE_KG_STEP;

/** Owners seen on this road; any four letters ending in U would do. */
const owners = ['TCLU', 'MSKU', 'CSQU', 'TEMU', 'LSNU', 'GXHU'];

/** Random numbers with a true check digit; a million of an owner before one comes again. */
export function createContainerNumbers(random: Random): () => string {
  const serial = createSeries(random, 6);
  return () => {
    const owner = owners[Math.floor(random.next() * owners.length)] ?? 'TCLU';
    const code = `${owner}${serial(owner)}`;
    return `${code}${checkDigit(code)}`;
  };
}
