/**
 * The map of a planned site. Roads lead straight from each place where a vehicle stands to each one where it may stand next:
 * a node on the way that several roads share would be one more place to be kept free.
 *
 * Metres; the border line is x = 0. The second gate's ground is the first one's, turned half round the middle of the border.
 */
import type { z } from 'zod';
import type { gateConfig, LoadKind } from '../config/schema.ts';

type WrittenMap = z.input<typeof gateConfig>['map'];
type Place = WrittenMap['nodes'][number];
type Road = WrittenMap['edges'][number];

/** What stands on one gate's ground: the ids of its map nodes. */
export interface Ground {
  gate: string;
  parks: readonly string[];
  loadingBays: readonly string[];
  landingBays: readonly string[];
  /** The hold points before the border and behind it, by what the vehicles that stand there carry. */
  out: Record<LoadKind, readonly string[]>;
  in: Record<LoadKind, readonly string[]>;
  refuge: string;
  /** The border nodes on which vehicles leave this ground; those of an alternating track also lead onto it. */
  border: string;
}

/** Speeds on a gate's own ground and on the border section, m/s. */
const YARD_MPS = 4;
const SECTION_MPS = 8;
/** From the bays to the hold points before the border, m. */
const BAY_TO_HOLD_M = 80;

/** The nodes and roads of both gates; `sectionM` metres lie between their bays. */
export function mapOf(first: Ground, second: Ground, sectionM: number): WrittenMap {
  const km0 = (id: string, y: number): Place => ({ id, x: 0, y, role: 'km0' });
  return {
    id: 'huu-nghi-road',
    nodes: [
      ...placesOn(first, sectionM, -1),
      ...placesOn(second, sectionM, 1),
      ...(first.border === second.border
        ? [km0(first.border, 0)]
        : [km0(first.border, 20), km0(second.border, -20)]),
    ],
    edges: [...roadsFrom(first, second), ...roadsFrom(second, first)],
  };
}

/** `sign` tells on which side of the border the ground lies. */
function placesOn(ground: Ground, sectionM: number, sign: -1 | 1): Place[] {
  const bayX = sectionM / 2;
  const holdX = bayX - BAY_TO_HOLD_M;
  const place = (id: string, x: number, y: number, role: Place['role']): Place => ({
    id,
    x: sign * x,
    y: -sign * y,
    role,
    gate: ground.gate,
  });
  const row = (nodes: readonly string[], x: number, y: number, stepY: number, role: Place['role']): Place[] =>
    nodes.map((id, index) => place(id, x, y + stepY * index, role));
  return [
    ...ground.parks.map((id, index) => ({
      ...place(id, bayX + 50 + 12 * (index % 4), 40 + 12 * Math.floor(index / 4), 'park'),
      charger: true,
    })),
    ...row(ground.loadingBays, bayX, 20, 12, 'bay'),
    ...row(ground.landingBays, bayX, -20, -12, 'bay'),
    ...row([...ground.out.laden, ...ground.out.bobtail], holdX, 20, 8, 'hold'),
    ...row([...ground.in.laden, ...ground.in.bobtail], holdX, -20, -8, 'hold'),
    place(ground.refuge, holdX + 30, -12, 'refuge'),
  ];
}

/** The roads on `ground`, and those from it to the hold points of the other. */
function roadsFrom(ground: Ground, other: Ground): Road[] {
  const between = (from: readonly string[], to: readonly string[], speedMaxMps: number): Road[] =>
    from.flatMap((start) => to.map((end) => ({ from: start, to: end, speedMaxMps })));
  return [
    ...between(ground.parks, ground.loadingBays, YARD_MPS),
    ...between(ground.loadingBays, ground.out.laden, YARD_MPS),
    ...between([...ground.out.laden, ...ground.out.bobtail], [ground.border], SECTION_MPS),
    ...between([ground.border], [...other.in.laden, ...other.in.bobtail], SECTION_MPS),
    ...between([...ground.in.laden, ...ground.in.bobtail], [ground.refuge], YARD_MPS),
    ...between([...ground.in.laden, ground.refuge], ground.landingBays, YARD_MPS),
    ...between(ground.landingBays, ground.out.bobtail, YARD_MPS),
    ...between(ground.in.bobtail, ground.parks, YARD_MPS),
  ];
}
