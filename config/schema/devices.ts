/** The devices of a gate, one form a kind: how each is reached, and how long its silence may be. */
import { z } from 'zod';
import { durationMs, host, id, path, port } from './words.ts';

const deviceBase = {
  id: id.describe('Unique name of the device at this gate'),
  staleAfterMs: durationMs
    .default(5_000)
    .describe('Silence after which what the device said no longer counts as fresh'),
};
const credentials = {
  username: z.string().min(1),
  password: z.string().min(1).optional().describe('For simulators only; a real site names a passwordFile'),
  passwordFile: path.optional(),
};
const opcua = {
  endpointUrl: z.string().regex(/^opc\.tcp:\/\/[^/]+:\d+/, 'use opc.tcp://host:port/path'),
  object: z.string().min(1).describe('Browse name of the device object below Objects/DeviceSet'),
  security: z
    .enum(['none', 'sign', 'sign-and-encrypt'])
    .default('sign-and-encrypt')
    .describe('Basic256Sha256 unless none; the server certificate must be in the trusted folder'),
};

export const laneIoDevice = z.strictObject({
  kind: z.literal('lane-io'),
  ...deviceBase,
  topic: z.string().min(1).describe('MQTT topic prefix: {topic}/state is read, {topic}/command is written'),
});
export const plateCameraDevice = z.strictObject({
  kind: z.literal('plate-camera'),
  ...deviceBase,
  staleAfterMs: durationMs.default(15_000),
  host,
  port,
  ...credentials,
});
export const containerReaderDevice = z.strictObject({
  kind: z.literal('container-reader'),
  ...deviceBase,
  staleAfterMs: durationMs.default(10_000),
  ...opcua,
});
export const craneDevice = z.strictObject({ kind: z.literal('crane'), ...deviceBase, ...opcua });
export const weighbridgeDevice = z.strictObject({
  kind: z.literal('weighbridge'),
  ...deviceBase,
  format: z
    .enum(['mettler-toledo-continuous'])
    .describe('The frame format set on the indicator; it cannot be guessed'),
  checksum: z.boolean().default(true).describe('Whether the indicator appends a checksum to each frame'),
  connection: z.discriminatedUnion('via', [
    z.strictObject({
      via: z.literal('serial'),
      path: path.describe('Serial line, such as /dev/ttyS0'),
      baudRate: z.int().min(300).max(921_600).default(9_600),
      dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
      parity: z.enum(['none', 'even', 'odd']).default('none'),
      stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
    }),
    z.strictObject({ via: z.literal('tcp'), host, port }),
  ]),
});
export const vehicleDevice = z.strictObject({
  kind: z.literal('vehicle'),
  ...deviceBase,
  staleAfterMs: durationMs
    .default(10_000)
    .describe(
      'VDA 5050 allows 30 s between states; a vehicle that may meet a crane or barrier reports more often',
    ),
  manufacturer: z.string().min(1),
  serialNumber: z.string().regex(/^[A-Za-z0-9_.:-]+$/, 'VDA 5050 allows letters, digits and _ . : -'),
  topicPrefix: z.string().default('uagv/v2').describe('VDA 5050 interface name and major version'),
  plate: z.string().min(1).describe('Plate mounted on the vehicle, as registered'),
  homeNode: id.describe('Map node where the vehicle parks'),
});
export const device = z.discriminatedUnion('kind', [
  laneIoDevice,
  plateCameraDevice,
  containerReaderDevice,
  craneDevice,
  weighbridgeDevice,
  vehicleDevice,
]);

export type LaneIoConfig = z.infer<typeof laneIoDevice>;
export type PlateCameraConfig = z.infer<typeof plateCameraDevice>;
export type ContainerReaderConfig = z.infer<typeof containerReaderDevice>;
export type CraneConfig = z.infer<typeof craneDevice>;
export type WeighbridgeConfig = z.infer<typeof weighbridgeDevice>;
export type VehicleConfig = z.infer<typeof vehicleDevice>;
