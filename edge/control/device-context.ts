/** What drivers are given: stores below the data folder, time, randomness, a log. */
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { GateConfig } from '../../config/schema.ts';
import type { DriverContext } from '../drivers/driver.ts';
import type { Clock } from '../platform/clock.ts';
import { dataPaths } from '../platform/data-paths.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { openImageStore } from './images.ts';
import { openQuarantine, type QuarantineStore } from './quarantine.ts';

export interface OpenContext extends DriverContext {
  quarantine: QuarantineStore;
}

/** Opens the stores. Rejects with `GateError` `DATA_FOLDER` where the data folder cannot be written. */
export async function openDeviceContext(options: {
  config: GateConfig;
  dataDir: string;
  clock: Clock;
  random: Random;
  log: Log;
}): Promise<OpenContext> {
  const { config, dataDir, clock, random, log } = options;
  const paths = dataPaths(dataDir);
  try {
    await mkdir(paths.keys, { recursive: true, mode: 0o750 });
    await mkdir(join(dataDir, 'run'), { recursive: true, mode: 0o750 });
    const quarantine = await openQuarantine({
      dir: paths.quarantine,
      bytesMax: config.limits.quarantineBytesMax,
      clock,
      log: log.child('quarantine'),
    });
    const images = await openImageStore({ dir: paths.images, bytesMax: config.limits.imageBytesMax });
    const resolvePath = (path: string): string => (isAbsolute(path) ? path : join(dataDir, path));
    return { clock, random, log: log.child('drivers'), quarantine, images, keysDir: paths.keys, resolvePath };
  } catch (error) {
    throw new GateError(
      'DATA_FOLDER',
      `the data folder ${dataDir} cannot be written: ${messageOf(error)}`,
      'Make it writable for this user, or name another with --data.',
      { cause: error },
    );
  }
}
