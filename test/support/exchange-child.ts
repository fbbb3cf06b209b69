/**
 * An exchange daemon in a process of its own, to be killed. Its control is a fake one whose journal is made of the decisions
 * in a file, so after a restart the journal is the same, hashes and all.
 *
 *     exchange-child.ts <data folder> <configuration.json> <decisions.json>
 *
 * Prints one line when it runs.
 */
import { readFileSync } from 'node:fs';
import type { GateConfig } from '../../config/schema.ts';
import { startExchange } from '../../edge/exchange/exchange.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import { createFakeControl } from './exchange-world.ts';

export interface Decision {
  type: string;
  body: unknown;
  at?: number;
}

const [dataDir = '', configFile = '', decisionsFile = ''] = process.argv.slice(2);
const control = createFakeControl();
for (const { type, body, at } of JSON.parse(readFileSync(decisionsFile, 'utf8')) as Decision[])
  control.decide(type, body, at);
await startExchange({
  config: JSON.parse(readFileSync(configFile, 'utf8')) as GateConfig,
  dataDir,
  door: control.door,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
});
process.stdout.write('running\n');
