/**
 * The gate across the border as far as one configuration tells of it: the map shows its ground, and its lanes, bays, cranes, slots and
 * vehicles are taken to be like ours. What a node is for follows from the roads to it, as a vehicle would drive them.
 */
import { devicesOf, findDevice } from '../../config/lookup.ts';
import type { DeviceConfig, GateConfig, LaneConfig, LoadKind, MapNode } from '../../config/schema.ts';
import { stopFinder } from '../../config/stops.ts';
import { leads } from '../../config/tracks.ts';

type Bay = GateConfig['yard']['bays'][number];

/** What stands on the other gate's ground: hold points with what passes them, and bays. */
interface Ground {
  out: Hold[];
  in: Hold[];
  loading: string[];
  landing: string[];
  parks: string[];
}

interface Hold {
  node: string;
  loads: LoadKind[];
}

const OTHER_COUNTRY = { VN: 'CN', CN: 'VN' } as const;
const MIRRORED = { out: 'in', in: 'out', alternating: 'alternating' } as const;

/**
 * The counterpart of `config`, which must be correct by itself. It may be incorrect where the map does not show enough of the
 * other side; `checkConfig` tells.
 */
export function mirrorOf(config: GateConfig): GateConfig {
  const { gate, counterpart, section } = config;
  const ground = groundOf(config);
  const country = OTHER_COUNTRY[gate.country];
  const devices: DeviceConfig[] = [];
  const lanes = lanesOf(config, ground, devices);
  const bays = baysOf(config, ground, devices);
  const cranes = config.yard.cranes.map((crane, index) => ({
    device: copied(config, devices, crane.device, `crane-${index + 1}`),
    // The cranes that reach our first loading bay reach theirs, and so on; more bays begin again with our first.
    bays: bays.filter(({ like }) => crane.bays.includes(like)).map(({ bay }) => bay.id),
    slots: crane.slots,
  }));
  vehiclesOf(config, ground, devices);
  return {
    ...config,
    gate: {
      ...gate,
      id: counterpart.gate,
      country,
      utcOffset: counterpart.utcOffset ?? gate.utcOffset,
    },
    counterpart: { ...counterpart, gate: gate.id, utcOffset: gate.utcOffset },
    lanes,
    yard: { ...config.yard, bays: bays.map(({ bay }) => bay), cranes },
    section: {
      ...section,
      tracks: section.tracks.map((track) => ({ ...track, direction: MIRRORED[track.direction] })),
    },
    devices,
  };
}

function groundOf({ map, counterpart, section }: GateConfig): Ground {
  const on = (role: MapNode['role']): string[] =>
    map.nodes.filter((node) => node.gate === counterpart.gate && node.role === role).map(({ id }) => id);
  const find = stopFinder(map.nodes, map.edges);
  const after = new Map(map.nodes.map(({ id }) => [id, find(id)]));
  const reaches = (from: readonly string[], to: string): boolean =>
    from.some((node) => after.get(node)?.has(to) === true);
  const leadsTo = (from: string, to: readonly string[]): boolean => to.some((node) => reaches([from], node));
  // What leads in for us leads out for them.
  const km0 = (ours: 'out' | 'in'): string[] =>
    section.tracks.filter((track) => leads(track, ours)).map((track) => track.km0);

  const holds = on('hold');
  const arrivals = holds.filter((hold) => reaches(km0('out'), hold));
  const departures = holds.filter((hold) => leadsTo(hold, km0('in')));
  const parks = on('park');
  const [loading, landing] = apart(
    on('bay').filter((bay) => reaches(parks, bay)),
    on('bay').filter((bay) => reaches(arrivals, bay)),
  );
  const [out, inward] = apart(departures, arrivals);
  const passing = (node: string, laden: boolean, bobtail: boolean): Hold[] => {
    const loads: LoadKind[] = [
      ...(laden ? ['laden' as const] : []),
      ...(bobtail ? ['bobtail' as const] : []),
    ];
    return loads.length === 0 ? [] : [{ node, loads }];
  };
  return {
    parks,
    loading,
    landing,
    out: out.flatMap((hold) => passing(hold, reaches(loading, hold), reaches(landing, hold))),
    in: inward.flatMap((hold) => passing(hold, leadsTo(hold, landing), leadsTo(hold, parks))),
  };
}

/** What could be both is what is scarcer. */
function apart(one: readonly string[], other: readonly string[]): [string[], string[]] {
  const oneOnly = one.filter((id) => !other.includes(id));
  const otherOnly = other.filter((id) => !one.includes(id));
  const both = one.filter((id) => other.includes(id));
  return oneOnly.length < otherOnly.length ? [[...one], otherOnly] : [oneOnly, [...otherOnly, ...both]];
}

/** A device like `like` of ours, under another name; returns that name. */
function copied(config: GateConfig, devices: DeviceConfig[], like: string, id: string): string {
  const device = config.devices.find((one) => one.id === like);
  if (device === undefined) throw new RangeError(`${config.gate.id} has no device ${like}`);
  devices.push(moved({ ...device, id }, devices.length));
  return id;
}

/** The address of its own that every device needs. Nobody calls there. */
function moved(device: DeviceConfig, index: number): DeviceConfig {
  switch (device.kind) {
    case 'lane-io':
      return { ...device, topic: `lane-io/${device.id}` };
    case 'plate-camera':
      return { ...device, port: 1_024 + index };
    case 'container-reader':
    case 'crane':
      return { ...device, object: device.id };
    case 'weighbridge':
      return { ...device, connection: { via: 'tcp', host: '127.0.0.1', port: 1_024 + index } };
    case 'vehicle':
      return device;
  }
}

function lanesOf(config: GateConfig, ground: Ground, devices: DeviceConfig[]): LaneConfig[] {
  const lanes: LaneConfig[] = [];
  const add = (like: LaneConfig, given: Pick<LaneConfig, 'loads' | 'node'>): void => {
    const id = `${like.checkpoint}-${lanes.length + 1}`;
    const { io, camera, rearCamera, reader, rearReader, scale } = like.devices;
    const part = (of: string, what: string): string => copied(config, devices, of, `${id}-${what}`);
    const { hours: _, tidal: __, ...rest } = like;
    lanes.push({
      ...rest,
      id,
      ...given,
      devices: {
        io: part(io, 'io'),
        camera: part(camera, 'camera'),
        ...(rearCamera !== undefined && { rearCamera: part(rearCamera, 'rear-camera') }),
        ...(reader !== undefined && { reader: part(reader, 'reader') }),
        ...(rearReader !== undefined && { rearReader: part(rearReader, 'rear-reader') }),
        ...(scale !== undefined && { scale: part(scale, 'scale') }),
      },
    });
  };
  for (const lane of config.lanes) if (lane.traffic === 'truck') add(lane, { loads: lane.loads });
  for (const [checkpoint, holds] of [
    ['border-out', ground.out],
    ['border-in', ground.in],
  ] as const) {
    const ours = config.lanes.filter((lane) => lane.checkpoint === checkpoint);
    for (const { node, loads } of holds) {
      // One that can see what the most demanding of these loads needs.
      const like = ours.find((lane) => lane.loads.includes(loads[0] ?? 'bobtail'));
      if (like !== undefined) add(like, { loads, node });
    }
  }
  return lanes;
}

/** Each bay with the one of ours that it is like. */
function baysOf(config: GateConfig, ground: Ground, devices: DeviceConfig[]): { bay: Bay; like: string }[] {
  const ours = (use: Bay['use']): Bay[] => config.yard.bays.filter((bay) => bay.use === use);
  const nodes: Record<Bay['use'], readonly (string | undefined)[]> = {
    truck: ours('truck').map(() => undefined),
    loading: ground.loading,
    landing: ground.landing,
  };
  return (['truck', 'loading', 'landing'] as const).flatMap((use) =>
    nodes[use].flatMap((node, index) => {
      const like = ours(use)[index % ours(use).length];
      if (like === undefined) return [];
      const id = `bay-${use}-${index + 1}`;
      const io = copied(config, devices, like.io, `${id}-io`);
      return [{ bay: { id, use, io, ...(node !== undefined && { node }) }, like: like.id }];
    }),
  );
}

/** As many as ours, as far as there are parks. */
function vehiclesOf(config: GateConfig, { parks }: Ground, devices: DeviceConfig[]): void {
  const ours = devicesOf(config, 'vehicle');
  const taken = new Set(ours.map(({ plate }) => plate));
  const id = (index: number): string => `${config.counterpart.gate}-${index + 1}`.slice(-40);
  let number = 10_000;
  parks.slice(0, Math.max(1, ours.length)).forEach((homeNode, index) => {
    const like = ours[index % ours.length];
    if (like === undefined) return;
    const plate = (): string => (config.gate.country === 'VN' ? `桂F${number}` : `12C-${number}`);
    do number += 1;
    while (taken.has(plate()));
    devices.push({
      ...like,
      id: findDevice(config, 'vehicle', id(index)) === undefined ? id(index) : `${id(index)}-x`,
      manufacturer: 'mirrored',
      serialNumber: String(number),
      plate: plate(),
      homeNode,
    });
  });
}
