/** A driverless vehicle on the wire: its model behind VDA 5050 2.1 (connection with last will, state, orders, instant actions). */
import { filter, map, pairwise, startWith } from 'rxjs';
import type { VehicleConfig } from '../../config/schema.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import { parseInstantActions, textParameter } from '../../protocols/vda5050/actions.ts';
import type { Connection } from '../../protocols/vda5050/connection.ts';
import {
  createHeaders,
  type Header,
  type Subtopic,
  speaksFor,
  vehicleTopic,
} from '../../protocols/vda5050/header.ts';
import { type Order, parseOrder } from '../../protocols/vda5050/order.ts';
import type { State } from '../../protocols/vda5050/state.ts';
import type { VehicleModel, VehicleOrder, VehicleState } from '../world/ports.ts';
import { connectMqttDevice } from './mqtt-device.ts';

export interface VehicleOptions {
  /** `mqtt://host:port` */
  brokerUrl: string;
  config: VehicleConfig;
  model: VehicleModel;
  clock: Clock;
  /** VDA 5050 demands 30 s at most; a vehicle that meets cranes and barriers speaks more often. */
  stateEveryMs?: number;
}

export interface VehicleServer {
  /** Faults: says nothing more, though it stays connected and obeys. */
  silence(silent: boolean): void;
  /** Faults: the next order is lost on the radio. */
  dropNextOrder(): void;
  /** Faults: anything at all on one of the vehicle's own topics. */
  sendRaw(subtopic: 'state' | 'connection', payload: string | Uint8Array, retain?: boolean): void;
  /** Faults: the power fails; the broker tells the last will. */
  crash(): Promise<void>;
  /** Leaves in an orderly way: `OFFLINE`. */
  stop(): Promise<void>;
}

export const orderOf = (order: Order): VehicleOrder => ({
  orderId: order.orderId,
  orderUpdateId: order.orderUpdateId,
  nodes: order.nodes.map((node) => ({
    nodeId: node.nodeId,
    sequenceId: node.sequenceId,
    released: node.released,
    x: node.nodePosition?.x ?? 0,
    y: node.nodePosition?.y ?? 0,
    actions: node.actions.map((action) => {
      const loadId = textParameter(action, 'loadId');
      return {
        actionId: action.actionId,
        actionType: action.actionType,
        ...(loadId === undefined ? {} : { loadId }),
      };
    }),
  })),
  edges: order.edges.map((edge) => ({
    edgeId: edge.edgeId,
    sequenceId: edge.sequenceId,
    released: edge.released,
    startNodeId: edge.startNodeId,
    endNodeId: edge.endNodeId,
    ...(edge.maxSpeed === undefined ? {} : { maxSpeedMps: edge.maxSpeed }),
  })),
});

/** The state message of a vehicle; `invalid` is why its last order could not be read (§6.6.4.1), if so. */
export const stateMessage = (head: Header, from: Readonly<VehicleState>, invalid?: string): State => ({
  ...head,
  orderId: from.orderId,
  orderUpdateId: from.orderUpdateId,
  lastNodeId: from.lastNodeId,
  lastNodeSequenceId: from.lastNodeSequenceId,
  driving: from.driving,
  paused: from.paused,
  newBaseRequest: from.newBaseRequest,
  operatingMode: from.mode,
  nodeStates: from.nodeStates,
  edgeStates: from.edgeStates,
  agvPosition: { ...from.position, positionInitialized: from.localized },
  loads: from.loads,
  actionStates: from.actionStates,
  batteryState: { batteryCharge: from.batteryPercent, charging: from.charging },
  errors:
    invalid === undefined
      ? from.errors
      : [...from.errors, { errorType: 'validationError', errorLevel: 'WARNING', errorDescription: invalid }],
  safetyState: { eStop: from.eStop, fieldViolation: false },
});

/** Everything but what changes all the while it drives: that waits for the next regular state. */
const significant = ({ position, batteryPercent, ...rest }: VehicleState): string =>
  JSON.stringify({ ...rest, mapId: position.mapId, low: batteryPercent < 20 });

/** Starts connecting and returns; the vehicle finds its broker by itself. */
export function startVehicle({
  brokerUrl,
  config,
  model,
  clock,
  stateEveryMs = 1_000,
}: VehicleOptions): VehicleServer {
  const head = createHeaders(config);
  const topic = (subtopic: Subtopic): string => vehicleTopic(config.topicPrefix, config, subtopic);
  const connection = (connectionState: Connection['connectionState']): string =>
    JSON.stringify({ ...head('connection', clock.nowMs()), connectionState } satisfies Connection);
  let silent = false;
  let dropNext = false;
  let invalid: string | undefined;

  const sendConnection = (is: 'ONLINE' | 'OFFLINE'): void =>
    radio.publish(topic('connection'), connection(is), { qos: 1, retain: true });
  const sendState = (): void => {
    if (silent) return;
    const message = stateMessage(head('state', clock.nowMs()), model.state, invalid);
    radio.publish(topic('state'), JSON.stringify(message), { qos: 0 });
  };

  const onOrder = (payload: Buffer): void => {
    if (dropNext) {
      dropNext = false;
      return;
    }
    const parsed = parseOrder(payload);
    if (parsed.ok && !speaksFor(parsed.value, config)) return;
    invalid = parsed.ok ? undefined : parsed.reason;
    if (parsed.ok) model.order(orderOf(parsed.value));
    sendState();
  };
  const onInstantActions = (payload: Buffer): void => {
    const parsed = parseInstantActions(payload);
    if (parsed.ok && !speaksFor(parsed.value, config)) return;
    if (parsed.ok)
      for (const { actionId, actionType } of parsed.value.actions)
        model.instantAction({ actionId, actionType });
    else invalid = parsed.reason;
    sendState();
  };

  const radio = connectMqttDevice({
    brokerUrl,
    clientId: `${config.manufacturer}-${config.serialNumber}`,
    will: {
      topic: topic('connection'),
      payload: Buffer.from(connection('CONNECTIONBROKEN')),
      qos: 1,
      retain: true,
    },
    subscriptions: [topic('order'), topic('instantActions')],
    onConnect() {
      sendConnection('ONLINE');
      sendState();
    },
    onDisconnect() {},
    onMessage(at, payload, retained) {
      if (retained) return;
      if (at === topic('order')) onOrder(payload);
      else onInstantActions(payload);
    },
  });

  const events = model.changes.pipe(
    map(significant),
    startWith(significant(model.state)),
    pairwise(),
    filter(([before, after]) => before !== after),
  );
  const watching = events.subscribe(sendState);
  const stopRegular = clock.every(stateEveryMs, sendState);
  const quiet = (): void => {
    watching.unsubscribe();
    stopRegular();
  };

  return {
    silence: (to) => {
      silent = to;
    },
    dropNextOrder: () => {
      dropNext = true;
    },
    sendRaw: (subtopic, payload, retain = false) =>
      radio.publish(topic(subtopic), payload, { qos: 1, retain }),
    async crash() {
      quiet();
      await radio.crash();
    },
    async stop() {
      quiet();
      sendConnection('OFFLINE');
      await radio.stop();
    },
  };
}
