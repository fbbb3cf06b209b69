/**
 * Whether vehicles can drive what the gate will order: each trip is walked over the map, from one place where a vehicle
 * stands to the next, and between them only over nodes of role `way`.
 */
import { checkBlocks } from './blocks.ts';
import type { Draft, Item } from './draft.ts';
import type { Path, Report } from './problem.ts';
import type { LaneConfig, LoadKind, MapNode } from './schema.ts';
import { stopFinder } from './stops.ts';
import { leads } from './tracks.ts';

interface Roads {
  nodes: Map<string, MapNode>;
  /** Nodes of role other than `way` that can be reached from `from` without standing anywhere in between. */
  stopsAfter(from: string): Set<string>;
  ownGate: string;
  otherGate: string;
}

function roadsOf(draft: Draft, ownGate: string, otherGate: string): Roads {
  const nodes = draft.nodes.map(({ value }) => value);
  const stopsAfter = stopFinder(
    nodes,
    draft.edges.map(({ value }) => value),
  );
  return { nodes: new Map(nodes.map((node) => [node.id, node])), stopsAfter, ownGate, otherGate };
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

function walkTrips(draft: Draft, roads: Roads, report: Report): void {
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
        .filter(({ value }) => leads(value, direction) && value.loads.includes(load))
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

/** Whoever was set aside goes on to the landing bay that was kept for it, whichever that is. */
function checkRefuges(draft: Draft, roads: Roads, report: Report): void {
  const landing = draft.bays.flatMap(({ value }) =>
    value.use === 'landing' && value.node !== undefined ? [value.node] : [],
  );
  for (const { value, path } of draft.nodes) {
    if (value.role !== 'refuge' || value.gate !== roads.ownGate) continue;
    const after = roads.stopsAfter(value.id);
    const missed = landing.filter((node) => !after.has(node)).sort();
    if (missed.length > 0)
      report(
        path,
        `no way leads out of the refuge slot "${value.id}" to the landing bays at ${missed.join(', ')}`,
        'add an edge to each of them: a vehicle that was set aside goes on to the bay that was kept for it',
      );
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

/** Every trip on the map; nothing where parts of it cannot be read. */
export function checkTrips(draft: Draft, report: Report): void {
  const whole = (['lanes', 'bays', 'nodes', 'edges', 'tracks'] as const).every(
    (list) => !draft.torn.has(list),
  );
  if (!whole || !draft.gate || !draft.counterpart) return;
  const roads = roadsOf(draft, draft.gate.id, draft.counterpart.gate);
  walkTrips(draft, roads, report);
  checkHolds(draft, roads, report);
  checkRefuges(draft, roads, report);
  checkBlocks(draft, report);
}
