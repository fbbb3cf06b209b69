import type { GateConfig, MapNode } from '../../config/schema.ts';
import type { Bay } from './bay.ts';
import type { WorldContext } from './context.ts';
import type { Lane } from './lane.ts';

/** A driverless vehicle as the road and the vehicles behind it see it. */
export interface RoadUser {
  readonly deviceId: string;
  /** It does not move, whatever is free before it. */
  readonly halted: boolean;
  /** How far it has come on the edge it is on. */
  coveredM(): number;
}

/**
 * The map both gates share: where nodes lie, which roads join them, what stands at them, who is where. One vehicle fits on a
 * node. On an edge any number follow each other and keep their order; who has come to its end waits there until it is the
 * first and the node is free. On `way` and `km0` nodes that is traffic; where vehicles stand, one too many is a collision
 * just avoided.
 */
export interface Road {
  readonly mapId: string;
  node(nodeId: string): MapNode | undefined;
  /** Whether a road leads from one node to the other. */
  joins(from: string, to: string): boolean;
  lane(nodeId: string): Lane | undefined;
  bay(nodeId: string): Bay | undefined;
  /** The vehicle on a node. */
  occupant(nodeId: string): RoadUser | undefined;
  /** Nodes of one role, in the order of the map. */
  withRole(role: MapNode['role']): readonly MapNode[];
  /** Puts a vehicle on a node at the start. */
  settle(user: RoadUser, nodeId: string): void;
  /** People carry it away from wherever it is on its way. */
  takeOff(user: RoadUser): void;
  /** It leaves `from` and drives towards the first node of `route`, which is all it knows of its way. */
  setOut(user: RoadUser, from: string, route: readonly string[]): void;
  /** The one directly before it on the edge. */
  ahead(user: RoadUser, from: string, to: string): RoadUser | undefined;
  /** It has come to the end of the edge: `enter` runs, now or later, when it is on the node. */
  arrive(user: RoadUser, from: string, to: string, enter: () => void): void;
  /** A vehicle at the end of the edge is no longer halted. */
  reconsider(from: string, to: string): void;
}

interface Edge {
  to: string;
  /** In the order in which they drive. */
  users: RoadUser[];
  /** Those who have come to its end. */
  arrived: Map<RoadUser, () => void>;
}

const isTransit = (role: MapNode['role'] | undefined): boolean => role === 'way' || role === 'km0';

export function createRoad(
  context: WorldContext,
  configs: readonly GateConfig[],
): Road & {
  place(nodeId: string, station: { lane: Lane } | { bay: Bay }): void;
} {
  const nodes = new Map<string, MapNode>();
  const edges = new Map<string, Edge>();
  for (const { map } of configs) {
    for (const node of map.nodes) nodes.set(node.id, node);
    for (const { from, to } of map.edges) edges.set(`${from} ${to}`, { to, users: [], arrived: new Map() });
  }
  const lanes = new Map<string, Lane>();
  const bays = new Map<string, Bay>();
  const occupants = new Map<string, RoadUser>();
  /** Edges whose first vehicle waits for a node, in the order of coming. */
  const waiting = new Map<string, Edge[]>();
  const tracks = createTracks(context, nodes);

  function enterNext(edge: Edge): void {
    for (;;) {
      const [first] = edge.users;
      const enter = first && edge.arrived.get(first);
      if (first === undefined || enter === undefined || first.halted) return;
      const other = occupants.get(edge.to);
      if (other !== undefined) return waitFor(edge, first, other);
      edge.users.shift();
      edge.arrived.delete(first);
      occupants.set(edge.to, first);
      tracks.reach(first, edge.to);
      enter();
    }
  }

  function waitFor(edge: Edge, first: RoadUser, other: RoadUser): void {
    const queue = waiting.get(edge.to) ?? [];
    if (queue.includes(edge)) return;
    waiting.set(edge.to, [...queue, edge]);
    if (!isTransit(nodes.get(edge.to)?.role))
      context.mishap('collisions', `${first.deviceId} was sent to ${edge.to}, where ${other.deviceId} stood`);
  }

  function leave(nodeId: string): void {
    occupants.delete(nodeId);
    const queue = waiting.get(nodeId);
    if (queue === undefined) return;
    waiting.delete(nodeId);
    for (const edge of queue) {
      if (occupants.has(nodeId)) waiting.set(nodeId, [...(waiting.get(nodeId) ?? []), edge]);
      else enterNext(edge);
    }
  }

  return {
    mapId: configs[0]?.map.id ?? '',
    node: (nodeId) => nodes.get(nodeId),
    joins: (from, to) => edges.has(`${from} ${to}`),
    lane: (nodeId) => lanes.get(nodeId),
    bay: (nodeId) => bays.get(nodeId),
    occupant: (nodeId) => occupants.get(nodeId),
    withRole: (role) => [...nodes.values()].filter((node) => node.role === role),
    place(nodeId, station) {
      if ('lane' in station) lanes.set(nodeId, station.lane);
      else bays.set(nodeId, station.bay);
    },
    settle(user, nodeId) {
      occupants.set(nodeId, user);
    },
    takeOff(user) {
      tracks.leave(user);
      for (const [nodeId, one] of occupants) if (one === user) leave(nodeId);
      for (const edge of edges.values()) {
        if (!edge.users.includes(user)) continue;
        edge.users = edge.users.filter((one) => one !== user);
        edge.arrived.delete(user);
        enterNext(edge);
      }
    },
    setOut(user, from, route) {
      edges.get(`${from} ${route[0]}`)?.users.push(user);
      tracks.setOut(user, from, route);
      if (occupants.get(from) === user) leave(from);
    },
    ahead(user, from, to) {
      const users = edges.get(`${from} ${to}`)?.users ?? [];
      return users[users.indexOf(user) - 1];
    },
    arrive(user, from, to, enter) {
      const edge = edges.get(`${from} ${to}`);
      if (edge === undefined) throw new RangeError(`no road leads from ${from} to ${to}`);
      edge.arrived.set(user, enter);
      enterNext(edge);
    },
    reconsider(from, to) {
      const edge = edges.get(`${from} ${to}`);
      if (edge !== undefined) enterNext(edge);
    },
  };
}

/** Who is under way over the border, on which track (named by its km 0) and from whose ground. */
function createTracks(context: WorldContext, nodes: ReadonlyMap<string, MapNode>) {
  const onTrack = new Map<string, Map<RoadUser, string>>();
  const origins = new Map<RoadUser, string>();
  const trackOf = new Map<RoadUser, string>();

  function join(user: RoadUser, km0: string): void {
    if (trackOf.get(user) === km0) return;
    const others = onTrack.get(km0) ?? new Map<RoadUser, string>();
    const origin = origins.get(user) ?? '';
    for (const [other, from] of others) {
      if (from !== origin)
        context.mishap('headOn', `${user.deviceId} came towards ${other.deviceId} over ${km0}`);
    }
    onTrack.set(km0, others.set(user, origin));
    trackOf.set(user, km0);
  }

  function leave(user: RoadUser): void {
    const km0 = trackOf.get(user);
    if (km0 === undefined) return;
    onTrack.get(km0)?.delete(user);
    trackOf.delete(user);
  }

  return {
    leave,
    /** A vehicle that leaves a place where vehicles stand may be on its way to the border. */
    setOut(user: RoadUser, from: string, route: readonly string[]): void {
      const node = nodes.get(from);
      if (isTransit(node?.role)) return;
      origins.set(user, node?.gate ?? '');
      for (const nodeId of route) {
        const role = nodes.get(nodeId)?.role;
        if (role === 'km0') return join(user, nodeId);
        if (role !== 'way') return;
      }
    },
    reach(user: RoadUser, nodeId: string): void {
      const role = nodes.get(nodeId)?.role;
      if (role === 'way') return;
      if (role === 'km0') return join(user, nodeId);
      leave(user);
    },
  };
}
