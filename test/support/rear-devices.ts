/** A gate whose lanes see what comes from behind, too, and ask for the trailer of trucks. */
import type { DeviceConfig, GateConfig } from '../../config/schema.ts';
import { containerReaderDevice, plateCameraDevice } from '../../config/schema.ts';

const HOST = '127.0.0.1';
const PORTS_FROM = 31_000;

export const rearCamera = (lane: string): string => `anpr-${lane}-rear`;
export const rearReader = (lane: string): string => `ocr-${lane}-rear`;

/** Each lane for trucks gets a camera at its rear, each lane with a reader a second one. */
export function withRearDevices(config: GateConfig): GateConfig {
  const devices: DeviceConfig[] = [...config.devices];
  const lanes = config.lanes.map((lane, index) => {
    const rear: { rearCamera?: string; rearReader?: string } = {};
    if (lane.traffic === 'truck') {
      rear.rearCamera = rearCamera(lane.id);
      devices.push(
        plateCameraDevice.parse({
          kind: 'plate-camera',
          id: rear.rearCamera,
          host: HOST,
          port: PORTS_FROM + index,
          username: 'gate',
          password: 'simulated',
        }),
      );
    }
    if (lane.devices.reader !== undefined) {
      rear.rearReader = rearReader(lane.id);
      devices.push(
        containerReaderDevice.parse({
          kind: 'container-reader',
          id: rear.rearReader,
          endpointUrl: `opc.tcp://${HOST}:48499`,
          object: rear.rearReader,
        }),
      );
    }
    return { ...lane, devices: { ...lane.devices, ...rear } };
  });
  const { 'yard-in': into, 'yard-out': out } = config.checkpoints;
  const checkpoints: GateConfig['checkpoints'] = {
    ...config.checkpoints,
    'yard-in': {
      ...into,
      laden: [...into.laden, 'trailer'],
      bobtail: [...into.bobtail, 'trailer'],
    },
    'yard-out': {
      ...out,
      laden: [...out.laden, 'trailer'],
      bobtail: [...out.bobtail, 'trailer'],
    },
  };
  return { ...config, checkpoints, lanes, devices };
}
