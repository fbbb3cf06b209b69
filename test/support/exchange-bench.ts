/** An exchange daemon against a simulated customs service, in this process or in one that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateConfig } from '../../config/schema.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../edge/exchange/development-keys.ts';
import { type Exchange, startExchange } from '../../edge/exchange/exchange.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import type { Decision } from './exchange-child.ts';
import { configOf, type FakeControl, newFolder } from './exchange-world.ts';

let keys: Promise<string> | undefined;
/** A data folder with keys. */
export async function folderWithKeys(): Promise<string> {
  keys ??= (async () => {
    const [folder, other] = [await newFolder(), await newFolder()];
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(folder, other);
    return folder;
  })();
  const folder = await newFolder();
  await cp(await keys, folder, { recursive: true });
  return folder;
}
/** Call it when the folders are removed. */
export const forgetKeys = (): void => {
  keys = undefined;
};

/** A gate with this customs service and nobody on the other side. */
export async function configWith(
  customsUrl: string,
  upstream: Partial<GateConfig['upstream']> = {},
): Promise<GateConfig> {
  const config = await configOf('huu-nghi');
  return {
    ...config,
    customs: { ...config.customs, url: customsUrl, pollMs: 10 },
    counterpart: {
      ...config.counterpart,
      url: 'https://127.0.0.1:9',
      listen: { host: '127.0.0.1', port: 0 },
    },
    upstream: { ...config.upstream, ...upstream },
  };
}

export const startWith = (config: GateConfig, dataDir: string, control: FakeControl): Promise<Exchange> =>
  startExchange({
    config,
    dataDir,
    door: control.door,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });

/** Starts it as a process; resolves when it runs. */
export async function spawnExchange(
  config: GateConfig,
  dataDir: string,
  decisions: readonly Decision[],
): Promise<ChildProcess> {
  const configFile = join(dataDir, 'config.json');
  const decisionsFile = join(dataDir, 'decisions.json');
  await writeFile(configFile, JSON.stringify(config));
  await writeFile(decisionsFile, JSON.stringify(decisions));
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'exchange-child.ts'), dataDir, configFile, decisionsFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      if (code !== null) throw new Error(`exchange ended with ${code} before it ran`);
    }),
  ]);
  return child;
}

/** Ends it as a power cut would. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
