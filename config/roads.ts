/**
 * Whether vehicles can drive what the gate will order: each trip is walked over the map, from one place where a vehicle
 * stands to the next, and between them only over nodes of role `way`.
 */
import type { Draft, Item } from './draft.ts';
import { type Path, type Report, suggestion } from './problem.ts';
import { type LaneConfig, type LoadKind, loadKind, type MapNode } from './schema.ts';

interface Roads {
  nodes: Map<string, MapNode>;
  /** Nodes of role other than `way` that can be reached from `from` without standing anywhere in between. */
  stopsAfter(from: string): Set<string>;
  ownGate: string;
  otherGate: string;
}

function roadsOf(draft: Draft, ownGate: string, otherGate: string): Roads {
  const nodes = new Map(draft.nodes.map(({ value }) => [value.id, value]));
  const next = new Map<string, string[]>();
  for (const { value } of draft.edges) next.set(value.from, [...(next.get(value.from) ?? []), value.to]);
  const stopsAfter = (from: string): Set<string> => {
    const stops = new Set<string>();
    const seen = new Set<string>([from]);
    const open = [...(next.get(from) ?? [])];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (nodes.get(id)?.role === 'way') open.push(...(next.get(id) ?? []));
      else stops.add(id);
    }
    return stops;
  };
  return { nodes, stopsAfter, ownGate, otherGate };
}

function checkEdges(draft: Draft, report: Report): void {
  const ids = draft.nodeNames.map((node) => node.id);
  const seen = new Set<string>();
  for (const { value, path } of draft.edges) {
    for (const end of ['from', 'to'] as const)
      if (!ids.includes(value[end]))
        report([...path, end], `there is no map node "${value[end]}"`, suggestion(value[end], ids));
    if (value.from === value.to)
      report(path, `the edge leads from "${value.from}" to itself`, 'remove it, or correct one end');
    const key = `${value.from} ${value.to}`;
    if (seen.has(key))
      report(path, `the edge from "${value.from}" to "${value.to}" is there twice`, 'remove one');
    seen.add(key);
  }
}

function checkNodes(draft: Draft, report: Report): void {
  if (!draft.gate || !draft.counterpart) return;
  const gates = [draft.gate.id, draft.counterpart.gate];
  for (const { value, path } of draft.nodes) {
    if (value.role === 'km0' && value.gate !== undefined)
      report([...path, 'gate'], 'a node on the border line belongs to no gate', 'remove "gate"');
    if (value.role !== 'km0' && value.gate === undefined)
      report(
        path,
        `node "${value.id}" does not say on whose ground it lies`,
        `add gate: ${gates.join(' or gate: ')}`,
      );
    if (value.gate !== undefined && !gates.includes(value.gate))
      report(
        [...path, 'gate'],
        `"${value.gate}" is neither this gate nor the counterpart`,
        suggestion(value.gate, gates),
      );
  }
}

/** A place of this gate's equipment that stands on a map node. */
interface Stand {
  what: string;
  node: string;
  role: MapNode['role'];
  path: Path;
}

function checkStands(draft: Draft, report: Report): void {
  const stands: Stand[] = [];
  for (const { value, path } of draft.lanes) {
    if (value.node !== undefined)
      stands.push({ what: `lane "${value.id}"`, node: value.node, role: 'hold', path: [...path, 'node'] });
    else if (value.traffic === 'vehicle')
      report(
        path,
        `lane "${value.id}" is for driverless vehicles and has no node`,
        'add the map node where they stop before the barrier',
      );
  }
  for (const { value, path } of draft.bays) {
    if (value.node !== undefined)
      stands.push({ what: `bay "${value.id}"`, node: value.node, role: 'bay', path: [...path, 'node'] });
    else if (value.use !== 'truck')
      report(
        path,
        `bay "${value.id}" is for driverless vehicles and has no node`,
        'add the map node where they stop below the crane',
      );
  }
  for (const { value, path } of draft.devices)
    if (value.kind === 'vehicle')
      stands.push({
        what: `vehicle "${value.id}"`,
        node: value.homeNode,
        role: 'park',
        path: [...path, 'homeNode'],
      });

  const taken = new Map<string, string>();
  const names = draft.nodeNames.map((node) => node.id);
  for (const { what, node: nodeId, role, path } of stands) {
    const owner = taken.get(nodeId);
    if (owner !== undefined)
      report(path, `node "${nodeId}" already belongs to ${owner}`, `give ${what} a node of its own`);
    else taken.set(nodeId, what);
    const node = draft.nodes.find(({ value }) => value.id === nodeId)?.value;
    const fitting = draft.nodes
      .filter(({ value }) => value.role === role && value.gate === draft.gate?.id)
      .map(({ value }) => value.id);
    if (!names.includes(nodeId))
      report(path, `there is no map node "${nodeId}"`, suggestion(nodeId, fitting));
    else if (node !== undefined && node.role !== role)
      report(
        path,
        `node "${nodeId}" has the role ${node.role}, and ${what} needs one of role ${role}`,
        suggestion(nodeId, fitting),
      );
    else if (node?.gate !== undefined && draft.gate !== undefined && node.gate !== draft.gate.id)
      report(path, `node "${nodeId}" lies on the ground of "${node.gate}"`, suggestion(nodeId, fitting));
  }
}

function checkTracks(draft: Draft, report: Report): void {
  const km0 = draft.nodes.filter(({ value }) => value.role === 'km0').map(({ value }) => value.id);
  const names = draft.nodeNames.map((node) => node.id);
  const owners = new Map<string, string>();
  for (const { value, path } of draft.tracks) {
    const at = [...path, 'km0'];
    const owner = owners.get(value.km0);
    if (!names.includes(value.km0))
      report(at, `there is no map node "${value.km0}"`, suggestion(value.km0, km0));
    else if (!draft.torn.has('nodes') && !km0.includes(value.km0))
      report(at, `node "${value.km0}" is not on the border line (role km0)`, suggestion(value.km0, km0));
    if (owner === undefined) owners.set(value.km0, value.id);
    else
      report(
        at,
        `tracks "${owner}" and "${value.id}" cross the border at the same node`,
        'give each track its own km0: each is a block of its own',
      );
  }
  if (draft.torn.has('tracks') || draft.tracks.length === 0) return;
  for (const direction of ['out', 'in'] as const)
    for (const load of loadKind.options)
      if (!draft.tracks.some(({ value }) => value.direction === direction && value.loads.includes(load)))
        report(
          ['section', 'tracks'],
          `no track leads ${direction} for ${load} vehicles`,
          `add a track with direction: ${direction}, loads: [${load}]`,
        );
}

interface Stop {
  /** As a person would say it: "one of our loading bays". */
  name: string;
  nodes: ReadonlySet<string>;
}

/** Walks `stops` in order and reports the first gap. */
function walk(roads: Roads, trip: string, stops: readonly Stop[], path: Path, report: Report): void {
  let here: Stop | undefined;
  for (const stop of stops) {
    if (stop.nodes.size === 0) return;
    if (here === undefined) {
      here = stop;
      continue;
    }
    const after = [...here.nodes].flatMap((node) => [...roads.stopsAfter(node)]);
    const reached = new Set(after.filter((node) => stop.nodes.has(node)));
    if (reached.size === 0) {
      const from = [...here.nodes].sort().join(', ');
      const to = [...stop.nodes].sort().join(', ');
      report(
        path,
        `${trip}: no way leads from ${here.name} (${from}) to ${stop.name} (${to})`,
        'add the missing edges to map.edges; between two stops only nodes of role way may lie',
      );
      return;
    }
    here = { name: stop.name, nodes: reached };
  }
}

function checkTrips(draft: Draft, roads: Roads, report: Report): void {
  const nodes = [...roads.nodes.values()];
  const on = (gate: string, role: MapNode['role']): Set<string> =>
    new Set(nodes.filter((node) => node.gate === gate && node.role === role).map((node) => node.id));
  const laneNodes = (checkpoint: LaneConfig['checkpoint'], load: LoadKind): Set<string> =>
    new Set(
      draft.lanes.flatMap(({ value }) =>
        value.checkpoint === checkpoint && value.loads.includes(load) && value.node !== undefined
          ? [value.node]
          : [],
      ),
    );
  const bayNodes = (use: 'loading' | 'landing'): Set<string> =>
    new Set(
      draft.bays.flatMap(({ value }) => (value.use === use && value.node !== undefined ? [value.node] : [])),
    );
  const km0 = (direction: 'out' | 'in', load: LoadKind): Set<string> =>
    new Set(
      draft.tracks
        .filter(({ value }) => value.direction === direction && value.loads.includes(load))
        .map(({ value }) => value.km0),
    );

  const loading: Stop = { name: 'our loading bays', nodes: bayNodes('loading') };
  const comeHome: Stop = { name: 'our border-in lanes', nodes: laneNodes('border-in', 'bobtail') };
  const theirHold: Stop = { name: 'a hold point of the counterpart', nodes: on(roads.otherGate, 'hold') };
  walk(
    roads,
    'the trip of our vehicles',
    [
      loading,
      { name: 'our border-out lanes', nodes: laneNodes('border-out', 'laden') },
      { name: 'the border line', nodes: km0('out', 'laden') },
      theirHold,
      { name: 'a bay of the counterpart', nodes: on(roads.otherGate, 'bay') },
      theirHold,
      { name: 'the border line on the way home', nodes: km0('in', 'bobtail') },
      comeHome,
    ],
    ['map', 'edges'],
    report,
  );
  walk(
    roads,
    'the trip of the counterpart’s vehicles on our ground',
    [
      { name: 'the border line', nodes: km0('in', 'laden') },
      { name: 'our border-in lanes', nodes: laneNodes('border-in', 'laden') },
      { name: 'our landing bays', nodes: bayNodes('landing') },
      { name: 'our border-out lanes', nodes: laneNodes('border-out', 'bobtail') },
      { name: 'the border line on the way home', nodes: km0('out', 'bobtail') },
    ],
    ['map', 'edges'],
    report,
  );
  for (const { value, path } of draft.devices) {
    if (value.kind !== 'vehicle' || roads.nodes.get(value.homeNode)?.role !== 'park') continue;
    const home: Stop = { name: 'its park', nodes: new Set([value.homeNode]) };
    walk(roads, `vehicle "${value.id}"`, [home, loading], [...path, 'homeNode'], report);
    walk(roads, `vehicle "${value.id}"`, [comeHome, home], [...path, 'homeNode'], report);
  }
}

/** No vehicle reaches the border without a point where it can be held, and each that comes in can be set aside. */
function checkHolds(draft: Draft, roads: Roads, report: Report): void {
  const byId = new Map(draft.nodes.map((item): [string, Item<MapNode>] => [item.value.id, item]));
  for (const { value, path } of draft.nodes) {
    const after = [...roads.stopsAfter(value.id)]
      .map((id) => byId.get(id))
      .filter((item) => item !== undefined);
    if (value.role === 'km0') {
      for (const { value: arrival, path: arrivalPath } of after) {
        if (arrival.role !== 'hold') {
          report(
            arrivalPath,
            `a vehicle from "${value.id}" comes to "${arrival.id}" without a hold point before it`,
            'put a node of role hold between them',
          );
          continue;
        }
        const asides = [...roads.stopsAfter(arrival.id)].map((id) => roads.nodes.get(id));
        if (!asides.some((node) => node?.role === 'refuge' && node.gate === arrival.gate))
          report(
            arrivalPath,
            `no refuge slot can be reached from "${arrival.id}", where vehicles arrive from the border`,
            'add a node of role refuge on the same ground, and an edge to it',
          );
      }
    } else if (value.role !== 'hold' && value.role !== 'way') {
      const border = after.find((item) => item.value.role === 'km0');
      if (border)
        report(
          path,
          `a vehicle at "${value.id}" drives to the border at "${border.value.id}" without a hold point`,
          'put a node of role hold between them',
        );
    }
  }
}

/** Map, tracks, and every trip on them. */
export function checkRoads(draft: Draft, report: Report): void {
  if (!draft.torn.has('nodes')) checkNodes(draft, report);
  checkEdges(draft, report);
  checkStands(draft, report);
  checkTracks(draft, report);
  const whole = (['lanes', 'bays', 'nodes', 'edges', 'tracks'] as const).every(
    (list) => !draft.torn.has(list),
  );
  if (!whole || !draft.gate || !draft.counterpart) return;
  const roads = roadsOf(draft, draft.gate.id, draft.counterpart.gate);
  checkTrips(draft, roads, report);
  checkHolds(draft, roads, report);
}
