/**
 * Whether a vehicle takes an order: the flow chart of VDA 5050 2.1 §6.6.2 and the rejections of §6.6.4. Numbers in
 * comments are the chart's.
 */
import type { VehicleOrder } from './ports.ts';

export type OrderNode = VehicleOrder['nodes'][number];
export type OrderEdge = VehicleOrder['edges'][number];

/** What the answer depends on. */
export interface OrderSituation {
  orderId: string;
  orderUpdateId: number;
  /** The order was cancelled; it can't be continued. */
  cancelled: boolean;
  /** Nodes ahead (base or horizon), unfinished actions, or on its way. */
  executing: boolean;
  /** Node the vehicle stands on, or passed last. */
  lastNode: { nodeId: string; sequenceId: number };
  /** Last released node: the decision point. */
  decisionPoint: { nodeId: string; sequenceId: number };
  /** Whether a road leads from one node to the other. */
  joins(from: string, to: string): boolean;
  /** Whether it can do this at that node. */
  canDo(actionType: string, nodeId: string): boolean;
}

export interface Rejection {
  errorType: 'validationError' | 'orderError' | 'orderUpdateError' | 'noRouteError';
  errorDescription: string;
}

const rejection = (errorType: Rejection['errorType'], errorDescription: string): Rejection => ({
  errorType,
  errorDescription,
});

/** `new`: delete what was and begin · `update`: replace the horizon · `known`: sent again, discard silently. */
export function judgeOrder(order: VehicleOrder, now: OrderSituation): 'new' | 'update' | 'known' | Rejection {
  const flaw = malformed(order); // (1)
  if (flaw !== undefined) return rejection('validationError', flaw);
  const [first] = order.nodes as [OrderNode];
  const isNew = order.orderId !== now.orderId; // (2)
  if (!isNew) {
    if (order.orderUpdateId < now.orderUpdateId) {
      // (5)
      return rejection(
        'orderUpdateError',
        `update ${order.orderUpdateId} is older than ${now.orderUpdateId}`,
      );
    }
    if (order.orderUpdateId === now.orderUpdateId) return 'known'; // (6)
    // (7), (8)
    if (now.cancelled) return rejection('orderUpdateError', `order ${order.orderId} was cancelled`);
    const { nodeId, sequenceId } = now.decisionPoint;
    if (first.nodeId !== nodeId || first.sequenceId !== sequenceId) {
      return rejection(
        'orderUpdateError',
        `update starts at ${first.nodeId}/${first.sequenceId}, the base ends at ${nodeId}/${sequenceId}`,
      );
    }
  } else if (now.executing) {
    return rejection('orderError', `still executing order ${now.orderId}, or waiting for its update`); // (3)
  } else if (first.nodeId !== now.lastNode.nodeId) {
    return rejection(
      'orderError',
      `order starts at ${first.nodeId}, the vehicle is at ${now.lastNode.nodeId}`,
    ); // (4)
  }

  for (const edge of order.edges) {
    if (!now.joins(edge.startNodeId, edge.endNodeId)) {
      return rejection('noRouteError', `no road leads from ${edge.startNodeId} to ${edge.endNodeId}`);
    }
  }
  for (const node of order.nodes) {
    const impossible = node.actions.find(({ actionType }) => !now.canDo(actionType, node.nodeId));
    if (impossible) return rejection('orderError', `cannot ${impossible.actionType} at ${node.nodeId}`);
  }
  return isNew ? 'new' : 'update';
}

/** What is wrong with the shape of an order: nodes and edges alternate, sequence ids rise, the base comes first. */
function malformed({ orderId, nodes, edges }: VehicleOrder): string | undefined {
  const [first] = nodes;
  if (orderId === '') return 'no orderId';
  if (first === undefined) return 'no node';
  if (!first.released) return 'the first node is not released';
  if (edges.length !== nodes.length - 1)
    return `${nodes.length} nodes need ${nodes.length - 1} edges, not ${edges.length}`;
  for (const [index, edge] of edges.entries()) {
    const [from, to] = [nodes[index], nodes[index + 1]];
    if (from === undefined || to === undefined) continue;
    if (edge.startNodeId !== from.nodeId || edge.endNodeId !== to.nodeId) {
      return `edge ${edge.edgeId} does not join ${from.nodeId} and ${to.nodeId}`;
    }
    if (!(from.sequenceId < edge.sequenceId && edge.sequenceId < to.sequenceId)) {
      return `sequence ids do not rise at edge ${edge.edgeId}`;
    }
    if (to.released !== edge.released) return `edge ${edge.edgeId} and its end differ in released`;
    if (to.released && !from.released) return `node ${to.nodeId} is released after one that is not`;
  }
  return undefined;
}
