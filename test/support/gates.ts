/** Both gates as real processes around simulated hardware on real sockets, on free ports and folders of their own. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type GateConfig, gateConfig } from '../../config/schema.ts';
import { prepareDevelopmentKeys } from '../../edge/cli/development-keys.ts';
import { journalReplay, journalVerify } from '../../edge/cli/journal.ts';
import { childrenOf } from '../../edge/cli/run.ts';
import { type Supervised, superviseGate } from '../../edge/cli/supervise.ts';
import type { GateState } from '../../edge/core/state.ts';
import type { JournalEntry } from '../../edge/journal/journal.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { dataPaths } from '../../edge/platform/data-paths.ts';
import { createDoorClient, type DoorClient } from '../../edge/platform/door-client.ts';
import { createLog } from '../../edge/platform/log.ts';
import { seededRandom, systemRandom } from '../../edge/platform/random.ts';
import { type SimulatedSite, simulatedPkiDir, startSite } from '../../simulator/site.ts';

/** Below the range from which the system takes ports for outgoing connections, so that none of those is in the way later. */
const PORT_MIN = 10_000;
const PORT_MAX = 30_000;

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const free = new Set<number>();
  while (free.size < count) {
    const port = PORT_MIN + Math.floor(systemRandom.next() * (PORT_MAX - PORT_MIN));
    if (!free.has(port) && (await isFree(port))) free.add(port);
  }
  return [...free];
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** The reference configurations with every port replaced by a free one; the same port in both files stays the same port. */
export async function configsOnFreePorts(): Promise<[GateConfig, GateConfig]> {
  const texts = await Promise.all(
    ['huu-nghi.yaml', 'huu-nghi-quan.yaml'].map((file) =>
      readFile(new URL(`../../config/${file}`, import.meta.url), 'utf8'),
    ),
  );
  const used = [
    ...new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/(?:port: |127\.0\.0\.1:)(\d+)/g)].map(([, port]) => port ?? ''),
      ),
    ),
  ];
  const free = await freePorts(used.length);
  const replaced = texts.map((text) =>
    text.replace(
      /(port: |127\.0\.0\.1:)(\d+)/g,
      (_, before: string, port: string) => `${before}${free[used.indexOf(port)]}`,
    ),
  );
  const [first, second] = replaced.map((text) => gateConfig.parse(parse(text)));
  assert.ok(first && second);
  return [first, second];
}

export interface RunningGate {
  id: string;
  config: GateConfig;
  configFile: string;
  dataDir: string;
  door: DoorClient;
  supervised: Supervised;
  state(): Promise<GateState>;
  /** All entries so far. */
  journal(): Promise<JournalEntry[]>;
}

export interface RunningSite {
  site: SimulatedSite;
  vn: RunningGate;
  cn: RunningGate;
  stop(): Promise<void>;
}

/** A gate's configuration in a file of its own, its data folder, and its processes' options. */
async function place(
  config: GateConfig,
  root: string,
): Promise<{ config: GateConfig; configFile: string; dataDir: string }> {
  const dataDir = join(root, config.gate.id);
  await mkdir(dataDir, { recursive: true });
  const configFile = join(root, `${config.gate.id}.yaml`);
  await writeFile(configFile, stringify(config));
  return { config, configFile, dataDir };
}

/** Starts everything and waits until every daemon is ready and every device online. */
export async function startGates(
  root: string,
  options: { speed?: number; change?: (config: GateConfig) => void; configs?: GateConfig[] } = {},
): Promise<RunningSite> {
  const configs = options.configs ?? (await configsOnFreePorts());
  for (const config of configs) options.change?.(config);
  const placed = await Promise.all(configs.map((config) => place(config, root)));
  await prepareDevelopmentKeys(
    placed.map(({ config, dataDir }) => ({
      gate: config.gate.id,
      dataDir,
      serverPkiDir: simulatedPkiDir(dataDir),
    })),
  );
  const site = await startSite({
    gates: placed,
    speed: options.speed ?? 20,
    clock: systemClock,
    random: seededRandom(1),
  });
  const running = await Promise.all(placed.map((gate) => launch(gate)));
  const [vn, cn] = running;
  assert.ok(vn && cn);
  await until('every device of both gates is online', async () => {
    const states = await Promise.all(running.map((gate) => gate.state()));
    return states.every(({ devices }) => Object.values(devices).every(({ status }) => status === 'online'));
  });
  return {
    site,
    vn,
    cn,
    async stop() {
      await Promise.all(running.map((gate) => gate.supervised.stop()));
      await site.stop();
    },
  };
}

async function launch(gate: {
  config: GateConfig;
  configFile: string;
  dataDir: string;
}): Promise<RunningGate> {
  const { config, configFile, dataDir } = gate;
  const supervised = await superviseGate({
    names: childrenOf(config.broker.kind),
    options: { config: configFile, data: dataDir },
    clock: systemClock,
    log: createLog(config.gate.id, () => {}),
    logFile: join(dataDir, 'log'),
  });
  const door = createDoorClient(dataPaths(dataDir).consoleDoor, systemClock);
  return {
    id: config.gate.id,
    ...gate,
    door,
    supervised,
    state: async () => (await door.state()) as GateState,
    async journal() {
      const all: JournalEntry[] = [];
      for (;;) {
        const page = await door.read(all.at(-1)?.seq ?? 0, 1_000);
        if (page.length === 0) return all;
        all.push(...page);
      }
    },
  };
}

/** Waits for a condition; fails with `what` and the newest state of the thing asked after `limitMs`. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  limitMs = 60_000,
  everyMs = 50,
): Promise<void> {
  const deadline = systemClock.monotonicMs() + limitMs;
  while (!(await condition())) {
    assert.ok(systemClock.monotonicMs() < deadline, `within ${limitMs} ms never happened: ${what}`);
    await new Promise<void>((resolve) => systemClock.after(everyMs, resolve));
  }
}

/** Both journals verify, and replay to every decision they hold. */
export async function assertJournals(...gates: readonly RunningGate[]): Promise<void> {
  for (const { dataDir } of gates) {
    const { journal } = dataPaths(dataDir);
    for (const result of [await journalVerify(journal), await journalReplay(journal)])
      assert.equal(result.exitCode, 0, result.text);
  }
}
