/** The sites on which mutants are tried: small, so that a run of minutes costs a fraction of a second. */
import type { GateConfig, LaneConfig } from '../../config/schema.ts';
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
 * Lanes with hours at both gates. At one of them the lanes for vehicles without load share one carriageway (at both, each
 * direction would wait for the other), at the other one the way in for trucks without load and the way out of the yard. The run
 * begins at seven in the morning at one gate, and at eight at the other. Whoever stands still on the section for a moment is
 * overdue.
 */
export function withHours(): Pair {
  const hours = [
    { from: '07:05', to: '07:14' },
    { from: '07:20', to: '08:12' },
    { from: '08:18', to: '06:55' },
  ];
  const isShared = ({ checkpoint, loads, node }: LaneConfig, atBorder: boolean): boolean =>
    (node !== undefined) === atBorder && (checkpoint === 'yard-out' || loads.includes('bobtail'));
  const changed = ({ lanes, section, ...config }: GateConfig, atBorder: boolean): GateConfig => ({
    ...config,
    section: { ...section, transitMsMax: TRANSIT_MS_MAX },
    lanes: lanes.map((lane) => {
      if (isShared(lane, atBorder)) return { ...lane, tidal: 'middle' };
      return lane.checkpoint === 'yard-in' && lane.loads.includes('laden') ? { ...lane, hours } : lane;
    }),
  });
  const [one, other] = planSite(SMALL);
  return [changed(one, true), changed(other, false)];
}

const MIDDLE = 'km0-middle';

/** Beside the two tracks for laden vehicles one for both directions, for those without load. */
export function byLoad(): Pair {
  const pair = planSite(SMALL);
  const nodes = pair.flatMap(({ lanes }) => lanes.filter(({ loads }) => loads.includes('bobtail')));
  const bobtail = new Set(nodes.map(({ node }) => node));
  const changed = ({ map, section, ...config }: GateConfig): GateConfig => {
    const isBorder = (node: string): boolean => node.startsWith('km0-');
    const overMiddle = map.edges.flatMap((edge) => {
      if (isBorder(edge.to) && bobtail.has(edge.from)) return [{ ...edge, to: MIDDLE }];
      return isBorder(edge.from) && bobtail.has(edge.to) ? [{ ...edge, from: MIDDLE }] : [];
    });
    return {
      ...config,
      map: {
        ...map,
        nodes: [...map.nodes, { id: MIDDLE, x: 0, y: 0, role: 'km0', charger: false }],
        edges: [...map.edges, ...overMiddle],
      },
      section: {
        ...section,
        tracks: [
          ...section.tracks.map((track): typeof track => ({ ...track, loads: ['laden'] })),
          {
            id: 'middle',
            direction: 'alternating',
            holder: 'huu-nghi',
            capacity: 2,
            km0: MIDDLE,
            loads: ['bobtail'],
          },
        ],
      },
    };
  };
  const [one, other] = pair;
  return [changed(one), changed(other)];
}

/** As configured in `config/`. */
export function shipped(): Pair {
  const [one, other] = referenceConfigs;
  if (one === undefined || other === undefined) throw new RangeError('two gates are shipped');
  return [one, other];
}
