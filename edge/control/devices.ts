/** The device registry: one driver a device of the configuration, and all their reports as one stream. */
import { merge, type Observable } from 'rxjs';
import type { DeviceConfig, GateConfig } from '../../config/schema.ts';
import type { DeviceInput } from '../core/input.ts';
import { createContainerReaderDriver } from '../drivers/container-reader/driver.ts';
import { createCraneDriver } from '../drivers/crane/driver.ts';
import type { Driver, DriverContext } from '../drivers/driver.ts';
import { createLaneIoDriver } from '../drivers/lane-io/driver.ts';
import { createMqttConnection, type MqttConnection } from '../drivers/mqtt/connection.ts';
import { createPlateCameraDriver } from '../drivers/plate-camera/driver.ts';
import { createVehicleDriver } from '../drivers/vehicle/driver.ts';
import { createWeighbridgeDriver } from '../drivers/weighbridge/driver.ts';

export interface Devices {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly reports$: Observable<DeviceInput>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds every driver; nothing connects before `start`. `clientId` must be unique at the broker. */
export function openDevices(config: GateConfig, ctx: DriverContext, clientId: string): Devices {
  const mqtt = createMqttConnection({ broker: config.broker, clientId, ctx });
  const drivers = new Map(config.devices.map((device) => [device.id, createDriver(device, ctx, mqtt)]));
  return {
    drivers,
    reports$: merge(...[...drivers.values()].map((driver) => driver.reports$)),
    async start() {
      mqtt.start();
      await Promise.all([...drivers.values()].map((driver) => driver.start()));
    },
    async stop() {
      await Promise.all([...drivers.values()].map((driver) => driver.stop()));
      await mqtt.stop();
    },
  };
}

function createDriver(device: DeviceConfig, ctx: DriverContext, mqtt: MqttConnection): Driver {
  switch (device.kind) {
    case 'lane-io':
      return createLaneIoDriver(device, ctx, mqtt);
    case 'vehicle':
      return createVehicleDriver(device, ctx, mqtt);
    case 'plate-camera':
      return createPlateCameraDriver(device, ctx);
    case 'container-reader':
      return createContainerReaderDriver(device, ctx);
    case 'crane':
      return createCraneDriver(device, ctx);
    case 'weighbridge':
      return createWeighbridgeDriver(device, ctx);
    default:
      return device satisfies never;
  }
}
