/**
 * Breadth-first over everything that can happen in a small world of two real gates: one alternating track for one vehicle,
 * one vehicle and one crane a side, and a crash, a lost command, a cut link and timers that are due at any moment. What is
 * explored and what is not is in docs/exploration.md.
 */
import type { GateConfig } from '../config/schema.ts';
import type { CustodyPoint } from '../protocols/handover/record.ts';
import { beginningOf } from './explore/beginning.ts';
import type { Plant } from './explore/core.ts';
import { JOURNEYS, type Journey } from './explore/journeys.ts';
import type { Moment } from './explore/moment.ts';
import { createSearch, type Found, type SearchBounds, type Violation } from './explore/search.ts';
import type { Budget } from './explore/world.ts';
import { withTelephone } from './operators/telephone.ts';
import { planSite } from './plan.ts';

export interface ExploreOptions extends SearchBounds {
  /** How much may go wrong on one path. */
  trouble: Budget;
  /** Puts a flaw into both gates after each step; to see that it is found. */
  plant?: Plant;
  /** Around which it is searched; default: all. */
  journeys?: readonly Journey[];
  /** Where custody passes at both gates; default: at set-down. */
  custodyPoint?: CustodyPoint;
}

export const EXPLORE_DEFAULTS: ExploreOptions = {
  statesMax: 200_000,
  depthMax: Number.POSITIVE_INFINITY,
  outlookEvery: 100,
  trouble: { crashes: [1, 1], losses: 1, cuts: 1, expiries: 2, closures: 1, resets: 1, calls: 1 },
};

export interface Exploration extends Found {
  /** Different states of the core at each gate. */
  gates: readonly [number, number];
  violation?: Violation;
}

/** The site that is explored. */
export function exploredSite(): [GateConfig, GateConfig] {
  const [one, other] = planSite({
    alternating: true,
    lanes: 7,
    cranes: 1,
    vehicles: 1,
    trackCapacity: 1,
    slotsPerCrane: 2,
  });
  return [withTelephone(one), withTelephone(other)];
}

/** Searches until the bounds, or the first violation. */
export function explore(wanted: Partial<ExploreOptions> = {}): Exploration {
  const options = { ...EXPLORE_DEFAULTS, ...wanted };
  const site = exploredSite();
  for (const { counterpart } of site) counterpart.custodyPoint = options.custodyPoint ?? 'set-down';
  const { setting, moment } = beginningOf(site, options.plant);
  moment.world.budget = structuredClone(options.trouble);
  const search = createSearch(setting, options);
  const copy = JSON.stringify(moment);
  let violation = null;
  for (const journey of options.journeys ?? JOURNEYS)
    violation ??= search.travel(JSON.parse(copy) as Moment, journey);
  violation ??= search.run();
  const gates = [setting.gates[0].core.met, setting.gates[1].core.met] as const;
  return { ...search.found, gates, ...(violation !== null && { violation }) };
}
