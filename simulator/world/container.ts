import type { Random } from '../../edge/platform/random.ts';
import { checkDigit } from '../../protocols/iso6346.ts';

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

/** Random numbers with a true check digit, never the same twice. */
export function createContainerNumbers(random: Random): () => string {
  const used = new Set<string>();
  return function next(): string {
    const owner = owners[Math.floor(random.next() * owners.length)] ?? 'TCLU';
    const code = `${owner}${String(Math.floor(random.next() * 1_000_000)).padStart(6, '0')}`;
    if (used.has(code)) return next();
    used.add(code);
    return `${code}${checkDigit(code)}`;
  };
}
