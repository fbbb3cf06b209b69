/** Why nothing moves any more: what stands where, and what it waits for, in words of the configuration. */
import { type Problem, pathText } from '../../config/problem.ts';
import type { GateConfig } from '../../config/schema.ts';
import type { Crossing, GateState, VehicleView } from '../../edge/core/state.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';

interface Standstill {
  /** The place in the configuration. */
  path: string;
  /** What stands there. */
  who: string;
  /** What it waits for. */
  what: string;
  remedy: string;
  /** 0: a cause by itself; 1: a cause, unless there is one of those; 2: may only follow from another. */
  rank: 0 | 1 | 2;
}

const ADD_ROAD = 'add the missing edges to map.edges, or take away the place that cannot be reached';
const MORE_ROOM =
  'give more slots, keep more of them free for the other direction (yard.keepFree), or let cranes of every bay reach all of them';
const LOOK = 'see "The drill" in docs/configuration.md for what most often stands in the way';

/**
 * What stands, causes only if there are any; of many containers that wait for the same, the first. `judged`: the configurations that
 * paths are given in; what stands at another gate is told only if nothing does at these.
 */
export function standstillsOf(run: VirtualRun, judged: readonly GateConfig[]): Problem[] {
  const found: Standstill[] = [];
  const waiting = new Map<string, { first: Standstill; more: number }>();
  for (const gate of run.gates.values()) {
    for (const [id, view] of Object.entries(gate.state.vehicles)) {
      const standstill = vehicleStands(run, judged, gate, id, view);
      if (standstill !== undefined) found.push(standstill);
    }
    for (const crossing of Object.values(gate.state.crossings)) {
      const first = crossingStands(gate, crossing);
      if (first === undefined) continue;
      const key = `${gate.config.gate.id} ${crossing.direction} ${crossing.load} ${crossing.stage}`;
      const known = waiting.get(key);
      if (known === undefined) waiting.set(key, { first, more: 0 });
      else known.more += 1;
    }
  }
  for (const { first, more } of waiting.values())
    found.push(more === 0 ? first : { ...first, who: `${first.who} (and ${more} more)` });
  const rank = Math.min(...found.map((one) => one.rank));
  const causes = found.filter((one) => one.rank === rank);
  const own = causes.filter(({ who }) => judged.some(({ gate }) => who.startsWith(`${gate.id}:`)));
  return (own.length > 0 ? own : causes).map(({ path, who, what, remedy }) => ({
    path,
    problem: `${who} ${what}`,
    remedy,
  }));
}

/** An own vehicle that serves a crossing or is not at home. */
function vehicleStands(
  run: VirtualRun,
  judged: readonly GateConfig[],
  { config, state }: VirtualGate,
  id: string,
  view: VehicleView,
): Standstill | undefined {
  const at = run.world.gates.get(config.gate.id)?.vehicles.get(id)?.place.at;
  const home = config.devices.find((device) => device.kind === 'vehicle' && device.id === id);
  if (at === undefined || (home?.kind === 'vehicle' && home.homeNode === at && view.crossing === null))
    return;
  const crossing = state.crossings[view.crossing ?? view.homeward ?? ''];
  const path = pathOfNode(judged, at);
  const goals = [
    view.goal?.node,
    view.authority?.granted === true ? view.authority.to : undefined,
    crossing?.lineClear?.holdNode,
    crossing?.inbound?.holdNode,
  ];
  const goal = goals.find((node) => node !== undefined && node !== at);
  const who = `${config.gate.id}: vehicle ${id}`;
  if (goal !== undefined && !isReachable(config, at, goal))
    return {
      path,
      who,
      what: `stands at ${at} for ever: it was sent to ${goal}, and no road leads there`,
      remedy: ADD_ROAD,
      rank: 0,
    };
  const wants = goal === undefined ? '' : `, on its way to ${goal}`;
  const because = crossing === undefined ? '' : reasonsOf(state, crossing);
  return { path, who, what: `stands at ${at} for ever${wants}${because}`, remedy: LOOK, rank: 2 };
}

/** A crossing that waits for a place, without a vehicle of its own gate that would tell. */
function crossingStands({ config, state }: VirtualGate, crossing: Crossing): Standstill | undefined {
  const { id, stage, load } = crossing;
  const who = `${config.gate.id}: ${load !== 'bobtail' ? 'the container' : 'the empty vehicle'} of ${id}`;
  switch (stage) {
    case 'announced':
      if (crossing.truck?.phase !== 'awaited') return undefined;
      return {
        path: 'yard',
        who,
        what: `waits before yard-in for ever${reasonsOf(state, crossing)}; ${room(state)}`,
        remedy: MORE_ROOM,
        rank: 2,
      };
    case 'offered':
      return {
        path: 'yard',
        who,
        what: `is offered and never granted: ${room(state)}`,
        remedy: MORE_ROOM,
        rank: 1,
      };
    case 'in-yard': {
      const what = 'stands in the yard for ever';
      const hasVehicles = config.devices.some((device) => device.kind === 'vehicle');
      if (crossing.direction === 'export' && !hasVehicles)
        return {
          path: 'devices',
          who,
          what: `${what}: the gate has no vehicle`,
          remedy: 'add devices of kind vehicle',
          rank: 0,
        };
      return { path: 'yard', who, what: `${what}${reasonsOf(state, crossing)}`, remedy: LOOK, rank: 2 };
    }
    default:
      return undefined;
  }
}

/** Which slots and bays are taken, and by how many of each direction. */
function room({ config, owners, crossings }: GateState): string {
  const slots = config?.yard.slots ?? [];
  const taken = { export: 0, import: 0 };
  for (const slot of slots) {
    const owner = crossings[owners[`slot:${slot}`] ?? ''];
    if (owner !== undefined) taken[owner.direction] += 1;
  }
  const keepFree = config?.yard.keepFree ?? { export: 0, import: 0 };
  const bays = (config?.yard.bays ?? [])
    .filter(({ id }) => owners[`bay:${id}`] !== undefined)
    .map(({ id }) => id);
  return (
    `of ${slots.length} slots ${taken.export} are taken by exports and ${taken.import} by imports, ` +
    `${keepFree.export} are kept free for exports and ${keepFree.import} for imports` +
    (bays.length === 0 ? '' : `; taken bays: ${bays.join(', ')}`)
  );
}

/** Of the crossing itself, and of the visits to the lanes where its truck and its vehicle stand; begins with a colon if there are any. */
function reasonsOf({ lanes }: GateState, { lanes: at, reasons, findings }: Crossing): string {
  const visits = Object.values(at).flatMap((lane) => lanes[lane]?.visit ?? []);
  const all = [...findings, ...(visits.length > 0 ? visits.flatMap((visit) => visit.reasons) : reasons)];
  const texts = new Set(all.map(({ text, detail }) => (detail === '' ? text.en : `${text.en} (${detail})`)));
  return texts.size === 0 ? '' : `: ${[...texts].join('; ')}`;
}

/** The lane or bay at a node; else the node itself. */
function pathOfNode(judged: readonly GateConfig[], node: string): string {
  for (const { lanes, yard } of judged) {
    const lane = lanes.findIndex((one) => one.node === node);
    if (lane >= 0) return pathText(['lanes', lane]);
    const bay = yard.bays.findIndex((one) => one.node === node);
    if (bay >= 0) return pathText(['yard', 'bays', bay]);
  }
  return pathText(['map', 'nodes', judged[0]?.map.nodes.findIndex(({ id }) => id === node) ?? 0]);
}

function isReachable({ map }: VirtualGate['config'], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const node of seen) for (const edge of map.edges) if (edge.from === node) seen.add(edge.to);
  return seen.has(to);
}
