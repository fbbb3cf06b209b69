/** Finding things in a gate's configuration. */
import type { DeviceConfig, DeviceKind, GateConfig } from './schema.ts';

/** The device of `kind` named `deviceId`; undefined if there is none. */
export function findDevice<K extends DeviceKind>(
  config: GateConfig,
  kind: K,
  deviceId: string,
): Extract<DeviceConfig, { kind: K }> | undefined {
  return config.devices.find(
    (candidate): candidate is Extract<DeviceConfig, { kind: K }> =>
      candidate.kind === kind && candidate.id === deviceId,
  );
}

/** All devices of one kind, in the order of the file. */
export const devicesOf = <K extends DeviceKind>(
  config: GateConfig,
  kind: K,
): Extract<DeviceConfig, { kind: K }>[] =>
  config.devices.filter(
    (candidate): candidate is Extract<DeviceConfig, { kind: K }> => candidate.kind === kind,
  );
