/**
 * The configuration, indexed: what the core asks for after every input is found without searching. Derived from the
 * configuration alone and kept beside it, so it is no part of the state and never in a snapshot.
 */
import type {
  BayConfig,
  Checkpoint,
  GateConfig,
  LaneConfig,
  LoadKind,
  MapNode,
  TrackConfig,
  VehicleConfig,
} from '../../config/schema.ts';
import type { GateState } from './state.ts';

export type YardCrane = GateConfig['yard']['cranes'][number];

/** A bay or slot, and the name it has among what can be owned. */
export interface Place {
  id: string;
  resource: string;
}

export interface Site {
  lanes: ReadonlyMap<string, LaneConfig>;
  /** By any of its devices; several lanes never share one. */
  laneOfDevice: ReadonlyMap<string, LaneConfig>;
  laneAtNode: ReadonlyMap<string, LaneConfig>;
  yardIn: readonly string[];
  /** Tidal lanes by the name they share. */
  carriageways: ReadonlyMap<string, readonly LaneConfig[]>;
  /** Key: checkpoint and load, joined by a slash. */
  lanesFor: ReadonlyMap<string, readonly LaneConfig[]>;
  bays: ReadonlyMap<string, BayConfig>;
  bayOfIo: ReadonlyMap<string, BayConfig>;
  bayAtNode: ReadonlyMap<string, BayConfig>;
  baysFor: ReadonlyMap<BayConfig['use'], readonly BayConfig[]>;
  cranes: ReadonlyMap<string, YardCrane>;
  /** What each crane reaches, in the order of the configuration. */
  reach: readonly { bays: readonly (Place & { bay: BayConfig })[]; slots: readonly Place[] }[];
  slots: readonly Place[];
  /** Cranes that reach a bay or slot, by its id. */
  cranesOver: ReadonlyMap<string, readonly YardCrane[]>;
  nodes: ReadonlyMap<string, MapNode>;
  /** The refuge slots on our own ground. */
  refuges: readonly string[];
  /** Ends of the edges that begin at a node, with their speed, m/s. */
  ways: ReadonlyMap<string, readonly { to: string; speedMaxMps: number }[]>;
  /** Shortest ways already searched, by `from to`. */
  routes: Map<string, readonly string[] | null>;
  tracks: ReadonlyMap<string, TrackConfig>;
  vehicles: ReadonlyMap<string, VehicleConfig>;
}

const sites = new WeakMap<GateConfig, Site>();
/** What was asked for last is mostly asked for again. */
let latest: { config: GateConfig; site: Site } | undefined;

/** The configuration; every input after `boot` finds one. */
export function configOf(state: GateState): GateConfig {
  if (state.config === null) throw new Error('the core was stepped before its first boot input');
  return state.config;
}

export function siteOf(state: GateState): Site {
  const config = configOf(state);
  if (latest?.config === config) return latest.site;
  const site = sites.get(config) ?? index(config);
  sites.set(config, site);
  latest = { config, site };
  return site;
}

function index(config: GateConfig): Site {
  const { lanes, yard, map, section, devices } = config;
  const laneDevices = lanes.flatMap((lane) =>
    Object.values(lane.devices).flatMap((device): [string, LaneConfig][] =>
      device === undefined ? [] : [[device, lane]],
    ),
  );
  return {
    lanes: byId(lanes),
    laneOfDevice: new Map(laneDevices),
    laneAtNode: new Map(
      lanes.flatMap((lane): [string, LaneConfig][] => (lane.node === undefined ? [] : [[lane.node, lane]])),
    ),
    carriageways: grouped(
      lanes,
      ({ tidal }) => (tidal === undefined ? [] : [tidal]),
      (lane) => lane,
    ),
    yardIn: lanes.filter((lane) => lane.checkpoint === 'yard-in').map((lane) => lane.id),
    lanesFor: grouped(
      lanes,
      (lane) => lane.loads.map((load) => `${lane.checkpoint}/${load}`),
      (lane) => lane,
    ),
    bays: byId(yard.bays),
    bayOfIo: new Map(yard.bays.map((bay) => [bay.io, bay])),
    bayAtNode: new Map(
      yard.bays.flatMap((bay): [string, BayConfig][] => (bay.node === undefined ? [] : [[bay.node, bay]])),
    ),
    baysFor: grouped(
      yard.bays,
      (bay) => [bay.use],
      (bay) => bay,
    ),
    cranes: new Map(yard.cranes.map((crane) => [crane.device, crane])),
    reach: yard.cranes.map((crane) => ({
      bays: yard.bays
        .filter(({ id }) => crane.bays.includes(id))
        .map((bay) => ({ id: bay.id, resource: `bay:${bay.id}`, bay })),
      slots: crane.slots.map(slotPlace),
    })),
    slots: yard.slots.map(slotPlace),
    cranesOver: grouped(
      yard.cranes,
      (crane) => [...crane.bays, ...crane.slots],
      (crane) => crane,
    ),
    nodes: byId(map.nodes),
    refuges: map.nodes
      .filter(({ role, gate }) => role === 'refuge' && gate === config.gate.id)
      .map(({ id }) => id),
    ways: grouped(
      map.edges,
      (edge) => [edge.from],
      ({ to, speedMaxMps }) => ({ to, speedMaxMps }),
    ),
    routes: new Map(),
    tracks: byId(section.tracks),
    vehicles: byId(devices.filter((device) => device.kind === 'vehicle')),
  };
}

const slotPlace = (id: string): Place => ({ id, resource: `slot:${id}` });

const byId = <T extends { id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));

function grouped<T, K, V>(
  items: readonly T[],
  keys: (item: T) => readonly K[],
  value: (item: T) => V,
): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const item of items) {
    for (const key of keys(item)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value(item)]);
      else group.push(value(item));
    }
  }
  return groups;
}

const NONE: readonly never[] = [];

export const lanesFor = (state: GateState, checkpoint: Checkpoint, load: LoadKind): readonly LaneConfig[] =>
  siteOf(state).lanesFor.get(`${checkpoint}/${load}`) ?? NONE;
export const laneAtNode = (state: GateState, node: string): LaneConfig | undefined =>
  siteOf(state).laneAtNode.get(node);
export const bayConfig = (state: GateState, id: string): BayConfig | undefined => siteOf(state).bays.get(id);
export const bayAtNode = (state: GateState, node: string): BayConfig | undefined =>
  siteOf(state).bayAtNode.get(node);
export const baysFor = (state: GateState, use: BayConfig['use']): readonly BayConfig[] =>
  siteOf(state).baysFor.get(use) ?? NONE;
export const cranesOver = (state: GateState, place: string): readonly YardCrane[] =>
  siteOf(state).cranesOver.get(place) ?? NONE;
/** The gate on whose ground a node lies; undefined for the border line itself. */
export const nodeGate = (state: GateState, node: string): string | undefined =>
  siteOf(state).nodes.get(node)?.gate;
/** Whether a vehicle is ours to command. */
export const isOurs = (state: GateState, homeGate: string): boolean => homeGate === configOf(state).gate.id;
