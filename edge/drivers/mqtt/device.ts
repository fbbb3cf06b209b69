/** What every driver of one device behind the broker does alike: reports, presence, messages that cannot be read. */
import { type Observable, Subscription } from 'rxjs';
import type { DeviceInput, DeviceStatus } from '../../core/input.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createDeviceReports } from '../device-reports.ts';
import type { DriverContext } from '../driver.ts';
import type { MqttConnection, MqttMessage } from './connection.ts';
import { createPresence, type Presence } from './presence.ts';

export interface MqttDevice {
  readonly reports$: Observable<DeviceInput>;
  readonly presence: Presence;
  report(report: DeviceInput): void;
  /** Reads `topic` while started. What `handle` throws, or returns as reason, makes the message malformed. */
  read(topic: string, handle: (message: MqttMessage) => string | undefined): void;
  /** Throws `DEVICE_NOT_READY` unless the device was heard lately. */
  demandOnline(): void;
  start(): void;
  stop(): void;
}

/** `lost` is called whenever what the device said before no longer counts as fresh: the next report is a change again. */
export function createMqttDevice(
  device: { id: string; staleAfterMs: number },
  ctx: DriverContext,
  mqtt: MqttConnection,
  lost: (status: 'stale' | 'offline') => void,
): MqttDevice {
  const log = ctx.log.child(device.id);
  const reports = createDeviceReports(device.id, ctx);
  const readings: { topic: string; handle: (message: MqttMessage) => string | undefined }[] = [];
  const subscriptions = new Subscription();
  let started = false;

  const changed = (status: DeviceStatus): void => {
    if (status.status === 'online') log.info('online');
    else {
      log.warn(`${status.status}: ${status.reason}`);
      lost(status.status);
    }
    reports.report(status);
  };
  const presence = createPresence(device, ctx.clock, changed);

  return {
    reports$: reports.reports$.asObservable(),
    report: reports.report,
    presence,
    read: (topic, handle) => void readings.push({ topic, handle }),
    demandOnline() {
      if (!presence.online)
        throw new GateError(
          'DEVICE_NOT_READY',
          `${device.id} has not told its state lately; nothing was sent`,
          'Check the device and its network; the gate decides anew when it speaks again.',
        );
    },
    start() {
      if (started) return;
      started = true;
      for (const { topic, handle } of readings)
        subscriptions.add(
          mqtt.messages(topic).subscribe((message) => {
            let reason: string | undefined;
            try {
              reason = handle(message);
            } catch (error) {
              reason = `the driver failed on it: ${messageOf(error)}`;
            }
            if (reason !== undefined) reports.unreadable(topic, message.payload, reason);
          }),
        );
      subscriptions.add(
        mqtt.connected$.subscribe((connected) =>
          connected ? presence.linked() : presence.unlinked(`no connection to the broker ${mqtt.broker}`),
        ),
      );
    },
    stop() {
      subscriptions.unsubscribe();
      presence.stop();
      reports.reports$.complete();
    },
  };
}
