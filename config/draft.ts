/**
 * A configuration as far as it is readable. Cross-references are checked on this, so that one misspelt value does not
 * hide the problems of all others.
 */
import type { z } from 'zod';
import type { Path } from './problem.ts';
import {
  type Checkpoint,
  type DeviceKind,
  device,
  type GateConfig,
  gateConfig,
  type LaneConfig,
  type MapNode,
} from './schema.ts';

/** One entry of a list that is valid by itself, and where it stands. */
export interface Item<T> {
  value: T;
  path: Path;
}

/** One `id:` that is written down, even if the rest of its entry is not readable. */
export interface Named {
  id: string;
  path: Path;
}

type Yard = GateConfig['yard'];
type Reconciliation = NonNullable<GateConfig['reconciliation']>;

export interface Draft {
  gate: GateConfig['gate'] | undefined;
  broker: GateConfig['broker'] | undefined;
  console: GateConfig['console'] | undefined;
  counterpart: GateConfig['counterpart'] | undefined;
  checkpoints: Partial<GateConfig['checkpoints']>;
  lanes: Item<LaneConfig>[];
  slots: Item<string>[];
  keepFree: Yard['keepFree'] | undefined;
  bays: Item<Yard['bays'][number]>[];
  cranes: Item<Yard['cranes'][number]>[];
  nodes: Item<MapNode>[];
  edges: Item<GateConfig['map']['edges'][number]>[];
  tracks: Item<GateConfig['section']['tracks'][number]>[];
  devices: Item<GateConfig['devices'][number]>[];
  people: Item<GateConfig['people'][number]>[];
  fleet: GateConfig['fleet'] | undefined;
  overrides: GateConfig['overrides'] | undefined;
  limits: NonNullable<Reconciliation['weight']>['limits'] | undefined;
  substitutes: Reconciliation['substitutes'] | undefined;
  basis: Reconciliation['basis'] | undefined;
  rules: Item<NonNullable<Reconciliation['rules']>[number]>[];
  regimes: Item<NonNullable<Reconciliation['regimes']>[number]>[];
  /** Keys whose signed lists count. */
  trust: Item<NonNullable<GateConfig['lists']>['trust'][number]>[];
  /** Every device id that is written down, with the kind it claims. */
  deviceNames: (Named & { kind: DeviceKind | undefined })[];
  laneNames: Named[];
  bayNames: Named[];
  nodeNames: Named[];
  /** Lists with at least one unreadable entry: to say that something is missing from them would be a guess. */
  torn: Set<
    | 'lanes'
    | 'bays'
    | 'cranes'
    | 'slots'
    | 'nodes'
    | 'edges'
    | 'tracks'
    | 'devices'
    | 'people'
    | 'rules'
    | 'regimes'
    | 'trust'
  >;
}

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

const listAt = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const { shape } = gateConfig;
const yardShape = shape.yard.shape;
const reconciliation = shape.reconciliation.unwrap().shape;
const weight = reconciliation.weight.unwrap().shape;
const trustShape = shape.lists.unwrap().shape.trust;
const kinds: readonly string[] = device.options.map((option) => option.shape.kind.value);
const isKind = (value: unknown): value is DeviceKind => typeof value === 'string' && kinds.includes(value);

/** What of `root`, the plain value of a configuration file, is valid by itself. */
export function draftOf(root: unknown): Draft {
  const torn: Draft['torn'] = new Set();
  const part = <S extends z.ZodType>(schema: S, value: unknown): z.infer<S> | undefined => {
    const result = schema.safeParse(value);
    return result.success ? result.data : undefined;
  };
  const items = <S extends z.ZodType>(
    name: Parameters<typeof torn.add>[0],
    schema: S,
    value: unknown,
    path: Path,
  ): Item<z.infer<S>>[] =>
    listAt(value).flatMap((entry, index) => {
      const result = schema.safeParse(entry);
      if (result.success) return [{ value: result.data, path: [...path, index] }];
      torn.add(name);
      return [];
    });
  const names = (value: unknown, path: Path): (Named & { kind: DeviceKind | undefined })[] =>
    listAt(value).flatMap((entry, index) => {
      const id = field(entry, 'id');
      const kind = field(entry, 'kind');
      if (typeof id !== 'string') return [];
      return [{ id, kind: isKind(kind) ? kind : undefined, path: [...path, index] }];
    });

  const checkpoints: Draft['checkpoints'] = {};
  for (const name of Object.keys(shape.checkpoints.shape) as Checkpoint[]) {
    const conditions = part(shape.checkpoints.shape[name], field(field(root, 'checkpoints'), name));
    if (conditions) checkpoints[name] = conditions;
  }
  const demands = field(root, 'reconciliation');
  const yard = field(root, 'yard');
  const map = field(root, 'map');
  const lanes = field(root, 'lanes');
  const devices = field(root, 'devices');
  const bays = field(yard, 'bays');
  const nodes = field(map, 'nodes');
  return {
    gate: part(shape.gate, field(root, 'gate')),
    broker: part(shape.broker, field(root, 'broker')),
    console: part(shape.console, field(root, 'console')),
    counterpart: part(shape.counterpart, field(root, 'counterpart')),
    checkpoints,
    lanes: items('lanes', shape.lanes.element, lanes, ['lanes']),
    slots: items('slots', yardShape.slots.element, field(yard, 'slots'), ['yard', 'slots']),
    keepFree: part(yardShape.keepFree, field(yard, 'keepFree')),
    bays: items('bays', yardShape.bays.element, bays, ['yard', 'bays']),
    cranes: items('cranes', yardShape.cranes.element, field(yard, 'cranes'), ['yard', 'cranes']),
    nodes: items('nodes', shape.map.shape.nodes.element, nodes, ['map', 'nodes']),
    edges: items('edges', shape.map.shape.edges.element, field(map, 'edges'), ['map', 'edges']),
    tracks: items('tracks', shape.section.shape.tracks.element, field(field(root, 'section'), 'tracks'), [
      'section',
      'tracks',
    ]),
    devices: items('devices', device, devices, ['devices']),
    people: items('people', shape.people.unwrap().element, field(root, 'people'), ['people']),
    fleet: part(shape.fleet, field(root, 'fleet')),
    overrides: part(shape.overrides, field(root, 'overrides')),
    limits: part(weight.limits, field(field(demands, 'weight'), 'limits')),
    substitutes: part(reconciliation.substitutes, field(demands, 'substitutes')),
    basis: part(reconciliation.basis, field(demands, 'basis')),
    rules: items('rules', reconciliation.rules.unwrap().element, field(demands, 'rules'), [
      'reconciliation',
      'rules',
    ]),
    regimes: items('regimes', reconciliation.regimes.unwrap().element, field(demands, 'regimes'), [
      'reconciliation',
      'regimes',
    ]),
    trust: items('trust', trustShape.element, field(field(root, 'lists'), 'trust'), ['lists', 'trust']),
    deviceNames: names(devices, ['devices']),
    laneNames: names(lanes, ['lanes']),
    bayNames: names(bays, ['yard', 'bays']),
    nodeNames: names(nodes, ['map', 'nodes']),
    torn,
  };
}
