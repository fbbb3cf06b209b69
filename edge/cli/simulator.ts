/** `gate simulator`: the simulated hardware alone, around gates that are started by hand. */
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../platform/clock.ts';
import { GateError } from '../platform/errors.ts';
import { runDaemon } from '../platform/process.ts';
import type { StartDemoSite } from './demo.ts';
import { prepareDevelopmentKeys } from './development-keys.ts';

export interface SimulatorOptions {
  config: string[];
  data: string[];
  speed: number;
  /** Seconds between two containers each way. */
  traffic?: number;
}

export function runSimulator(
  options: SimulatorOptions,
  pkiDirOf: (dataDir: string) => string,
  startSite: StartDemoSite,
): Promise<never> {
  return runDaemon(async () => {
    if (options.config.length !== options.data.length) {
      throw new GateError(
        'USAGE',
        `${options.config.length} configurations but ${options.data.length} data folders`,
        'Give one --data folder for each --config file.',
      );
    }
    const gates = options.config.map((file, index) => ({
      config: loadConfig(file),
      dataDir: resolve(options.data[index] ?? ''),
    }));
    await prepareDevelopmentKeys(
      gates.map(({ config, dataDir }) => ({
        gate: config.gate.id,
        dataDir,
        serverPkiDir: pkiDirOf(dataDir),
      })),
    );
    const site = await startSite(gates, options.speed);
    const send = (): void => {
      for (const { config } of gates) site.export(config.gate.id);
    };
    const cancel =
      options.traffic === undefined ? () => {} : systemClock.every(options.traffic * 1_000, send);
    return {
      async stop() {
        cancel();
        await site.stop();
      },
    };
  });
}
