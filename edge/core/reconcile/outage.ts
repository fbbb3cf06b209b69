/**
 * The outage regime: a customs leader declares by law, for a time and for goods, that the word of named systems counts
 * although the main list is old. Every crossing under it is checked again when the list is back.
 */
import { normaliseHsCode } from '../../../protocols/hs-code.ts';
import type { ClearanceRow, Judged } from './case.ts';

/** Whether the regime in force speaks for this row; without a row, for every row of the crossing. */
export function outageCovers(
  { at, policy, crossing, clearances }: Pick<Judged, 'at' | 'policy' | 'crossing' | 'clearances'>,
  row: ClearanceRow | undefined,
): boolean {
  const { outage } = policy;
  if (outage === undefined || at < outage.from || at >= outage.until) return false;
  const numbers = new Set(crossing.containers.map(({ number }) => number));
  const rows = row === undefined ? clearances.rows.filter(({ container }) => numbers.has(container)) : [row];
  return (
    rows.length > 0 && rows.every((one) => outage.sources.includes(one.source) && covers(outage.hs, one))
  );
}

/** Goods that are not named cannot be said to be among those the regime is for. */
function covers(hs: readonly string[], { goods = [] }: ClearanceRow): boolean {
  if (hs.length === 0) return true;
  const beginnings = hs.map(normaliseHsCode);
  return (
    goods.length > 0 &&
    goods
      .map((one) => normaliseHsCode(one.hs))
      .every((code) => beginnings.some((one) => code.startsWith(one)))
  );
}
