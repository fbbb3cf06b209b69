/**
 * Regimes that a law puts in force for a time, such as in a health emergency: what they demand of goods and of drivers beside
 * all else. Outside its dates a regime demands nothing.
 */
import type { Checkpoint } from '../../../config/schema.ts';
import type { Requirement } from '../../../protocols/clearance/words.ts';
import type { Judged, Regime } from './case.ts';
import type { ToClear } from './rows.ts';
import { asksForGoods, cargoOf, hits } from './rules.ts';

/** Of the driver, not of the goods. */
const OF_DRIVERS: Requirement = 'driverHealth';
/** Where drivers come in: there they show their papers, where no regime names checkpoints. */
const COMING_IN: ReadonlySet<Checkpoint> = new Set(['yard-in', 'border-in']);

const inForce = ({ at, policy }: Pick<ToClear, 'at' | 'policy'>): Regime[] =>
  policy.regimes.filter(({ from, until }) => at >= from && at < until);

export const sourceOf = ({ id, legalBasis, declaredBy }: Regime): string =>
  `${id} (${legalBasis}; ${declaredBy})`;

/** What is demanded of goods here: where customs’ word is asked for, or at the checkpoints that a regime names. */
export function demandedOfGoods(
  the: ToClear,
): { container: string; requirement: Requirement; regime: Regime }[] {
  if (the.crossing.load !== 'laden') return [];
  return inForce(the).flatMap((regime) => {
    const { when } = regime;
    const isHere = when.checkpoints?.includes(the.checkpoint) ?? the.conditions.has('clearance');
    if (!isHere) return [];
    const requirements = regime.demands.filter((one) => one !== OF_DRIVERS);
    const containers = new Set(
      cargoOf(the)
        .filter(hits(when))
        .map(({ container }) => container),
    );
    return [...containers].flatMap((container) =>
      requirements.map((requirement) => ({ container, requirement, regime })),
    );
  });
}

/** The regimes that demand something of the driver of this vehicle here; none of a vehicle without one. */
export function demandedOfDriver(the: Judged): Regime[] {
  const { checkpoint, crossing, visit } = the;
  if (visit.facts?.driverless === true || crossing.vehicle.serial !== undefined) return [];
  return inForce(the).filter(({ when, demands }) => {
    if (!demands.includes(OF_DRIVERS)) return false;
    if (!(when.checkpoints?.includes(checkpoint) ?? COMING_IN.has(checkpoint))) return false;
    return !asksForGoods(when) || (crossing.load === 'laden' && cargoOf(the).some(hits(when)));
  });
}
