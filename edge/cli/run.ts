/** `gate run`: all daemons of one gate as children. A child that dies is started again; all end when this process does. */
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../platform/clock.ts';
import { createLog } from '../platform/log.ts';
import { runDaemon } from '../platform/process.ts';
import type { ChildName, DaemonOptions } from './daemons.ts';
import { superviseGate } from './supervise.ts';

export function runGate(options: DaemonOptions): Promise<never> {
  return runDaemon(async () => {
    const config = loadConfig(options.config);
    const log = createLog(`${config.gate.id}/run`);
    return superviseGate({ names: childrenOf(config.broker.kind), options, clock: systemClock, log });
  });
}

/** The embedded broker is a child only where no other is configured. */
export const childrenOf = (broker: 'embedded' | 'external'): ChildName[] => [
  ...(broker === 'embedded' ? (['broker'] as const) : []),
  'control',
  'exchange',
  'console',
];
