import type { Random } from '../../edge/platform/random.ts';
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
}

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
