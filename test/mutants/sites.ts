/** The sites on which mutants are tried: small, so that a run of minutes costs a fraction of a second. */
import type { GateConfig } from '../../config/schema.ts';
import { planSite } from '../../simulator/plan.ts';
import { referenceConfigs } from '../support/simulated-site.ts';

export type Pair = [GateConfig, GateConfig];

const SMALL = { lanes: 7, cranes: 2, vehicles: 4 } as const;

export const twoTracks = (): Pair => planSite(SMALL);
/** Two lanes of each kind. */
export const wide = (): Pair => planSite({ ...SMALL, lanes: 14, vehicles: 8 });
/** Twice what the drive takes. */
const TRANSIT_MS_MAX = 150_000;

/** One track for both directions. */
export const oneTrack = (): Pair => planSite({ ...SMALL, alternating: true, trackCapacity: 2 });

/**
 * Lanes with hours at both gates, and at one of them the lanes for vehicles without load on one carriageway: at both, each
 * direction would wait for the other. The run begins at seven in the morning at one gate, and at eight at the other. Whoever
 * stands still on the section for a moment is overdue.
 */
export function withHours(): Pair {
  const hours = [
    { from: '07:05', to: '07:14' },
    { from: '07:20', to: '08:12' },
    { from: '08:18', to: '06:55' },
  ];
  const changed = ({ lanes, section, ...config }: GateConfig, tidal: boolean): GateConfig => ({
    ...config,
    section: { ...section, transitMsMax: TRANSIT_MS_MAX },
    lanes: lanes.map((lane) => {
      const { checkpoint, loads } = lane;
      if (checkpoint === 'yard-in') return loads.includes('laden') ? { ...lane, hours } : lane;
      return tidal && checkpoint !== 'yard-out' && loads.includes('bobtail')
        ? { ...lane, tidal: 'middle' }
        : lane;
    }),
  });
  const [one, other] = planSite(SMALL);
  return [changed(one, true), changed(other, false)];
}

/** As configured in `config/`. */
export function shipped(): Pair {
  const [one, other] = referenceConfigs;
  if (one === undefined || other === undefined) throw new RangeError('two gates are shipped');
  return [one, other];
}
