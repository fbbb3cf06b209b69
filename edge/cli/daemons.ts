/** One daemon in this process: `gate control`, `gate exchange`, `gate console`, `gate broker`. */
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { GateConfig } from '../../config/schema.ts';
import { systemClock } from '../platform/clock.ts';
import { createDoorClient } from '../platform/door-client.ts';
import { GateError } from '../platform/errors.ts';
import { createLog, type Log } from '../platform/log.ts';
import { fail, runDaemon } from '../platform/process.ts';
import { systemRandom } from '../platform/random.ts';

export type ChildName = 'control' | 'exchange' | 'console' | 'broker';

export interface DaemonOptions {
  config: string;
  data: string;
}

type Started = { stop(): Promise<void>; ready?: Record<string, unknown> };

/** Runs the daemon until it is told to stop. */
export function runChild(name: ChildName, options: DaemonOptions): Promise<never> {
  return runDaemon(async () => {
    const config = loadConfig(options.config);
    const log = createLog(`${config.gate.id}/${name}`);
    return start[name](config, resolve(options.data), log);
  });
}

// Each daemon loads only what it needs: the modules of the others cost memory.
const start: Record<ChildName, (config: GateConfig, dataDir: string, log: Log) => Promise<Started>> = {
  async control(config, dataDir, log) {
    const { startControl } = await import('../control/control.ts');
    return startControl({ config, dataDir, clock: systemClock, random: systemRandom, log, onFatal: fail });
  },
  async exchange(config, dataDir, log) {
    const { startExchange } = await import('../exchange/exchange.ts');
    const { dataPaths } = await import('../platform/data-paths.ts');
    const door = createDoorClient(dataPaths(dataDir).exchangeDoor, systemClock);
    return startExchange({ config, dataDir, door, clock: systemClock, random: systemRandom, log });
  },
  async console(config, dataDir, log) {
    const { startConsole } = await import('../console/console.ts');
    const { dataPaths } = await import('../platform/data-paths.ts');
    const door = createDoorClient(dataPaths(dataDir).consoleDoor, systemClock);
    const { port, stop } = await startConsole({ config, door, clock: systemClock, log });
    return { stop, ready: { port } };
  },
  async broker(config, _dataDir, log) {
    const { broker } = config;
    if (broker.kind !== 'embedded') {
      throw new GateError(
        'BROKER_EXTERNAL',
        `the configuration uses the broker at ${broker.url}`,
        'Start that one, or set broker.kind to embedded.',
      );
    }
    const { startBroker } = await import('../broker/broker.ts');
    const { port, stop } = await startBroker({ host: broker.host, port: broker.port, log });
    return { stop, ready: { port } };
  },
};
