/** Which device stands where in the explored world, by the two configurations. */
import type { BayConfig, GateConfig, LaneConfig, VehicleConfig } from '../../config/schema.ts';
import { SIDES, type Side } from './world.ts';

export interface Places {
  configs: readonly [GateConfig, GateConfig];
  /** By its home gate. */
  vehicles: readonly [VehicleConfig, VehicleConfig];
  /** By map node. */
  laneAt: ReadonlyMap<string, { side: Side; lane: LaneConfig }>;
  bayAt: ReadonlyMap<string, { side: Side; bay: BayConfig }>;
  /** By side, then id. */
  lanes: readonly [ReadonlyMap<string, LaneConfig>, ReadonlyMap<string, LaneConfig>];
  bays: readonly [ReadonlyMap<string, BayConfig>, ReadonlyMap<string, BayConfig>];
  /** The lane or bay whose sensors these are, by side, then device. */
  ofIo: readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>];
  /** The border section begins behind these nodes and ends at the others. */
  isBeforeBorder(node: string): boolean;
  isOnBorder(node: string): boolean;
}

/** Throws `RangeError` for a site that has not exactly one vehicle a gate. */
export function placesOf(configs: readonly [GateConfig, GateConfig]): Places {
  const vehicleOf = ({ gate, devices }: GateConfig): VehicleConfig => {
    const [vehicle, second] = devices.filter((device) => device.kind === 'vehicle');
    if (vehicle === undefined || second !== undefined)
      throw new RangeError(`${gate.id} needs exactly one vehicle to be explored`);
    return vehicle;
  };
  const both = <T>(of: (config: GateConfig) => T): readonly [T, T] => [of(configs[0]), of(configs[1])];
  const laneAt = new Map<string, { side: Side; lane: LaneConfig }>();
  const bayAt = new Map<string, { side: Side; bay: BayConfig }>();
  for (const side of SIDES) {
    for (const lane of configs[side].lanes)
      if (lane.node !== undefined) laneAt.set(lane.node, { side, lane });
    for (const bay of configs[side].yard.bays) if (bay.node !== undefined) bayAt.set(bay.node, { side, bay });
  }
  const kilometreZero = new Set(configs[0].section.tracks.map(({ km0 }) => km0));
  return {
    configs,
    vehicles: both(vehicleOf),
    laneAt,
    bayAt,
    lanes: both(({ lanes }) => new Map(lanes.map((lane) => [lane.id, lane]))),
    bays: both(({ yard }) => new Map(yard.bays.map((bay) => [bay.id, bay]))),
    ofIo: both(
      ({ lanes, yard }) =>
        new Map([
          ...lanes.map(({ id, devices }): [string, string] => [devices.io, id]),
          ...yard.bays.map(({ id, io }): [string, string] => [io, id]),
        ]),
    ),
    isBeforeBorder: (node) => laneAt.get(node)?.lane.checkpoint === 'border-out',
    isOnBorder: (node) => kilometreZero.has(node),
  };
}
