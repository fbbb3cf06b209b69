/** A driverless vehicle over MQTT, VDA 5050 2.x: states in, orders and instant actions out. */
import type { VehicleConfig } from '../../../config/schema.ts';
import { buildInstantAction, type InstantActionType } from '../../../protocols/vda5050/actions.ts';
import { parseConnection } from '../../../protocols/vda5050/connection.ts';
import {
  createHeaders,
  createHeaderWatch,
  type Header,
  type Subtopic,
  speaksFor,
  vehicleTopic,
} from '../../../protocols/vda5050/header.ts';
import { buildOrder, type OrderPlan } from '../../../protocols/vda5050/order.ts';
import { parseState, reduceState, type State } from '../../../protocols/vda5050/state.ts';
import type { VehicleReport } from '../../core/input.ts';
import { GateError } from '../../platform/errors.ts';
import type { Driver, DriverContext } from '../driver.ts';
import type { MqttConnection } from '../mqtt/connection.ts';
import { createMqttDevice } from '../mqtt/device.ts';

export function createVehicleDriver(device: VehicleConfig, ctx: DriverContext, mqtt: MqttConnection): Driver {
  const { clock } = ctx;
  const topic = (subtopic: Subtopic): string => vehicleTopic(device.topicPrefix, device, subtopic);
  const head = createHeaders(device);
  const states = createHeaderWatch();
  let lastReport: VehicleReport | undefined;

  const shared = createMqttDevice(device, ctx, mqtt, (status) => {
    lastReport = undefined;
    // A vehicle that restarted with its clock set back must not stay unheard for ever.
    if (status === 'stale') states.reset();
  });

  const foreign = (message: Header): string | undefined =>
    speaksFor(message, device)
      ? undefined
      : `speaks for ${message.manufacturer}/${message.serialNumber}`.slice(0, 200);

  const report = (state: State): void => {
    const facts = reduceState(state);
    // A charge between two per cents must not make a report of each state.
    if (lastReport && Math.abs(lastReport.batteryPercent - state.batteryState.batteryCharge) < 1)
      facts.batteryPercent = lastReport.batteryPercent;
    const next: VehicleReport = { type: 'vehicle', device: device.id, ...facts };
    if (lastReport && JSON.stringify(next) === JSON.stringify(lastReport)) return;
    lastReport = next;
    shared.report(next);
  };

  shared.read(topic('state'), ({ payload, retained }) => {
    if (retained) return 'retained: VDA 5050 retains only `connection`, a kept state says nothing about now';
    const parsed = parseState(payload);
    if (!parsed.ok) return parsed.reason;
    const reason = foreign(parsed.value);
    if (reason !== undefined) return reason;
    // Doubled or overtaken on the way: it tells of the past.
    if (states.isOld(parsed.value)) return;
    report(parsed.value);
    shared.presence.heard();
  });

  shared.read(topic('connection'), ({ payload }) => {
    const parsed = parseConnection(payload);
    if (!parsed.ok) return parsed.reason;
    const reason = foreign(parsed.value);
    if (reason !== undefined) return reason;
    // `ONLINE` only says that a new connection begins: a state has to follow before anything counts.
    if (parsed.value.connectionState === 'ONLINE') states.reset();
    else shared.presence.left(`the vehicle's connection is ${parsed.value.connectionState}`);
  });

  /** QoS 0 as VDA 5050 §6.2 has it: it may vanish, and only the vehicle's state tells. */
  const publish = (subtopic: Subtopic, message: object): Promise<void> =>
    mqtt.publish(topic(subtopic), JSON.stringify(message), { qos: 0 });

  const sendOrder = async (plan: OrderPlan): Promise<void> => {
    shared.demandOnline();
    const built = buildOrder(head('order', clock.nowMs()), plan);
    if (!built.ok)
      throw new GateError(
        'ORDER_INVALID',
        `Order ${plan.orderId}/${plan.orderUpdateId} for ${device.id} was not sent: ${built.reason}`,
        'This is a fault of the gate software; report it with the journal.',
      );
    await publish('order', built.value);
  };
  const sendInstant = (actionId: string, actionType: InstantActionType): Promise<void> =>
    publish(
      'instantActions',
      buildInstantAction(head('instantActions', clock.nowMs()), actionId, actionType),
    );

  return {
    devices: [device.id],
    reports$: shared.reports$,
    start: async () => shared.start(),
    stop: async () => shared.stop(),
    async send(command) {
      if (command.device === device.id)
        switch (command.kind) {
          case 'order':
            return sendOrder(command);
          case 'pause':
            // A stop leaves whatever we know of the vehicle.
            return sendInstant(command.commandId, 'startPause');
          case 'cancel-order':
            return sendInstant(command.commandId, 'cancelOrder');
          case 'unpause':
            shared.demandOnline();
            return sendInstant(command.commandId, 'stopPause');
          case 'charge':
            shared.demandOnline();
            return sendInstant(command.commandId, command.on ? 'startCharging' : 'stopCharging');
        }
      throw new GateError(
        'COMMAND_NOT_FOR_DEVICE',
        `${device.id} cannot do ${command.kind} of ${command.device}`,
        'This is a fault of the gate software; report it with the journal.',
      );
    },
  };
}
