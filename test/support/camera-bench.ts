/** A simulated camera and its driver, on the real ONVIF stack. */
import { afterEach } from 'mocha';
import { type PlateCameraConfig, plateCameraDevice } from '../../config/schema.ts';
import { createPlateCameraDriver } from '../../edge/drivers/plate-camera/driver.ts';
import { type PlateCameraTiming, plateCameraTiming } from '../../edge/drivers/plate-camera/timing.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import {
  type OnvifCamera,
  type OnvifCameraOptions,
  startOnvifCamera,
} from '../../simulator/devices/onvif-camera.ts';
import {
  type DeviceBench,
  deviceBench,
  type HandCamera,
  handCamera,
  type Watched,
  watch,
} from './device-bench.ts';

/** Impatient, so that a test takes less than a second. */
export const quickTiming: PlateCameraTiming = {
  ...plateCameraTiming,
  backOffFirstMs: 20,
  backOffMaxMs: 100,
  refusedPauseMs: 200,
  answerMs: 1_000,
  pullMs: 2_000,
  idlePullMs: 80,
  pullAgainMs: 5,
  pictureMs: 400,
  farewellMs: 200,
};

export interface CameraBench extends DeviceBench {
  readonly model: HandCamera;
  readonly camera: OnvifCamera;
  /** Makes and starts a driver for the camera. */
  drive(change?: Partial<PlateCameraConfig>, timing?: Partial<PlateCameraTiming>): Promise<Watched>;
}

/** Gives each test cameras of its own; drivers and cameras are stopped after it. */
export function useCameras(): (change?: Partial<OnvifCameraOptions>) => Promise<CameraBench> {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  return async (change) => {
    const model = handCamera();
    const login = { username: 'gate', password: 'đường 12' };
    const camera = await startOnvifCamera({ port: 0, ...login, model, clock: systemClock, ...change });
    stops.push(() => camera.stop());
    const bench = deviceBench();
    return {
      ...bench,
      model,
      camera,
      async drive(config, timing) {
        const device = plateCameraDevice.parse({
          kind: 'plate-camera',
          id: 'anpr-1',
          host: '127.0.0.1',
          port: camera.port,
          staleAfterMs: 600,
          ...login,
          ...config,
        });
        const watched = await watch(
          createPlateCameraDriver(device, bench.ctx, { ...quickTiming, ...timing }),
        );
        stops.push(() => watched.driver.stop());
        return watched;
      },
    };
  };
}

/** How often an operation was asked for. */
export const askedFor = (bench: CameraBench, operation: string): number =>
  bench.camera.asked.get(operation) ?? 0;
