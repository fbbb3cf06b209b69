/** The topic `order` (VDA 5050 §6.6, §6.7): nodes and edges, a released base and a horizon behind it. */
import { z } from 'zod';
import { type Parsed, parseJsonMessage } from '../json-message.ts';
import { type Action, action } from './actions.ts';
import { type Header, header, text } from './header.ts';

const sequenceId = z.int().min(0);

const node = z.object({
  nodeId: text.min(1),
  sequenceId,
  released: z.boolean(),
  nodePosition: z
    .object({ x: z.number(), y: z.number(), theta: z.number().optional(), mapId: text })
    .optional(),
  actions: z.array(action).max(64),
});
const edge = z.object({
  edgeId: text.min(1),
  sequenceId,
  released: z.boolean(),
  startNodeId: text.min(1),
  endNodeId: text.min(1),
  /** Metres a second. */
  maxSpeed: z.number().optional(),
  actions: z.array(action).max(64),
});
export const order = header.extend({
  orderId: text,
  orderUpdateId: z.int().min(0),
  nodes: z.array(node).max(256),
  edges: z.array(edge).max(256),
});
export type Order = z.infer<typeof order>;

/** A way through the map, as the gate thinks of it: nodes only, since an edge follows from its two ends. */
export interface OrderPlan {
  orderId: string;
  orderUpdateId: number;
  mapId: string;
  nodes: {
    nodeId: string;
    /** Even; the odd numbers between belong to the edges. */
    sequenceId: number;
    released: boolean;
    /** Metres. */
    x: number;
    y: number;
    /** On the edge that leads here, metres a second. */
    speedMaxMps?: number;
    action?: { actionId: string; actionType: 'pick' | 'drop'; loadId: string; stationName: string };
  }[];
}

/** `pick` and `drop` with the parameters of §6.8.1: the container's number is the load's id. */
const loadAction = (of: NonNullable<OrderPlan['nodes'][number]['action']>): Action => ({
  actionId: of.actionId,
  actionType: of.actionType,
  blockingType: 'HARD',
  actionParameters: [
    { key: 'stationType', value: 'bay' },
    { key: 'stationName', value: of.stationName },
    { key: 'loadType', value: 'container' },
    { key: 'loadId', value: of.loadId },
  ],
});

/** What would make a vehicle refuse the order, or, worse, read it otherwise than meant (§6.6.1). */
function flaw(plan: OrderPlan): string | undefined {
  const [first] = plan.nodes;
  if (!first) return 'an order needs a node';
  if (!first.released) return 'the first node must be released';
  for (const [index, current] of plan.nodes.entries()) {
    const previous = plan.nodes[index - 1];
    if (current.sequenceId % 2 !== 0)
      return `node ${current.nodeId}: sequenceId ${current.sequenceId} is odd`;
    if (!previous) continue;
    if (current.sequenceId !== previous.sequenceId + 2)
      return `node ${current.nodeId}: sequenceId ${current.sequenceId} does not follow ${previous.sequenceId}`;
    if (current.released && !previous.released)
      return `node ${current.nodeId} is released behind one that is not`;
  }
  return undefined;
}

/** An order or update along `plan`; refuses a plan that is no way through the map. */
export function buildOrder(head: Header, plan: OrderPlan): Parsed<Order> {
  const reason = flaw(plan);
  if (reason) return { ok: false, reason };
  const nodes = plan.nodes.map((at) => ({
    nodeId: at.nodeId,
    sequenceId: at.sequenceId,
    released: at.released,
    nodePosition: { x: at.x, y: at.y, mapId: plan.mapId },
    actions: at.action ? [loadAction(at.action)] : [],
  }));
  const edges = plan.nodes.flatMap((to, index) => {
    const from = plan.nodes[index - 1];
    if (!from) return [];
    return {
      edgeId: `${from.nodeId}--${to.nodeId}`,
      sequenceId: from.sequenceId + 1,
      released: to.released,
      startNodeId: from.nodeId,
      endNodeId: to.nodeId,
      ...(to.speedMaxMps === undefined ? {} : { maxSpeed: to.speedMaxMps }),
      actions: [],
    };
  });
  return {
    ok: true,
    value: { ...head, orderId: plan.orderId, orderUpdateId: plan.orderUpdateId, nodes, edges },
  };
}

export const parseOrder = (bytes: Uint8Array): Parsed<Order> => parseJsonMessage(bytes, order);
