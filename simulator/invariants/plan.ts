/** A gate's configuration by what invariants ask of it. Made from the file alone, not by the core's own index. */
import type { BayConfig, GateConfig, LaneConfig } from '../../config/schema.ts';

export interface Plan {
  laneOfIo: ReadonlyMap<string, LaneConfig>;
  /** By either of its cameras. */
  laneOfCamera: ReadonlyMap<string, LaneConfig>;
  laneAtNode: ReadonlyMap<string, LaneConfig>;
  /** The refuge slots on its own ground, with the name each has among what can be owned. */
  refuges: ReadonlyMap<string, string>;
  bays: ReadonlyMap<string, BayConfig>;
  bayAtNode: ReadonlyMap<string, BayConfig>;
  /** Cranes, by device, that reach a bay or slot. */
  cranesOver(place: string): readonly string[];
  /** Our own vehicles. */
  vehicles: ReadonlySet<string>;
  /** Silence after which a device no longer counts, by device. */
  staleAfterMs: ReadonlyMap<string, number>;
  /** Devices that have a state to report, and not only that they are there. */
  stateful: ReadonlySet<string>;
}

const STATEFUL: ReadonlySet<string> = new Set(['lane-io', 'vehicle', 'crane', 'weighbridge']);

export function planOf({ gate, lanes, yard, map, devices }: GateConfig): Plan {
  const over = new Map<string, string[]>();
  for (const { device, bays, slots } of yard.cranes)
    for (const place of [...bays, ...slots]) over.set(place, [...(over.get(place) ?? []), device]);
  return {
    laneOfIo: new Map(lanes.map((lane) => [lane.devices.io, lane])),
    laneOfCamera: new Map(
      lanes.flatMap((lane) =>
        [lane.devices.camera, lane.devices.rearCamera].flatMap((camera): [string, LaneConfig][] =>
          camera === undefined ? [] : [[camera, lane]],
        ),
      ),
    ),
    laneAtNode: new Map(lanes.flatMap((lane) => (lane.node === undefined ? [] : [[lane.node, lane]]))),
    refuges: new Map(
      map.nodes
        .filter((node) => node.role === 'refuge' && node.gate === gate.id)
        .map(({ id }) => [id, `node:${id}`]),
    ),
    bays: new Map(yard.bays.map((bay) => [bay.id, bay])),
    bayAtNode: new Map(yard.bays.flatMap((bay) => (bay.node === undefined ? [] : [[bay.node, bay]]))),
    cranesOver: (place) => over.get(place) ?? [],
    vehicles: new Set(devices.filter(({ kind }) => kind === 'vehicle').map(({ id }) => id)),
    staleAfterMs: new Map(devices.map(({ id, staleAfterMs }) => [id, staleAfterMs])),
    stateful: new Set(devices.filter(({ kind }) => STATEFUL.has(kind)).map(({ id }) => id)),
  };
}
