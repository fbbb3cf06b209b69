/** `npm start`: both gates as their own processes, simulated hardware around them, and the story told in plain words. */
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Subscription } from 'rxjs';
import { loadConfig } from '../../config/load.ts';
import type { GateConfig } from '../../config/schema.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { systemClock } from '../platform/clock.ts';
import { dataPaths } from '../platform/data-paths.ts';
import { createDoorClient } from '../platform/door-client.ts';
import { createLog } from '../platform/log.ts';
import { stopRequested } from '../platform/process.ts';
import { prepareDevelopmentKeys } from './development-keys.ts';
import { childrenOf } from './run.ts';
import { tellStage } from './story.ts';
import { type Supervised, superviseGate } from './supervise.ts';

const CONFIG_FILES = ['huu-nghi.yaml', 'huu-nghi-quan.yaml'].map((file) =>
  fileURLToPath(new URL(`../../config/${file}`, import.meta.url)),
);
/** Pause between two containers each way when they keep coming, at speed 1. */
const TRAFFIC_MS = 120_000;
/** Containers under way at once each way; a yard has eight slots. */
const UNDER_WAY_MAX = 4;

export interface DemoOptions {
  crossings?: number;
  exit?: boolean;
  speed: number;
  data: string;
  /** Configurations of the two gates instead of the shipped ones. */
  config?: string[];
}

/** The simulated hardware, as the demonstration needs it; started by the command line, for the edge knows no simulator. */
export interface DemoSite {
  export(gate: string): string;
  stop(): Promise<void>;
}
export type StartDemoSite = (
  gates: { config: GateConfig; dataDir: string }[],
  speed: number,
) => Promise<DemoSite>;

interface Gate {
  config: GateConfig;
  configFile: string;
  dataDir: string;
}

/** Completed containers by gate and direction, from the journals. */
type Tally = Map<
  string,
  { export: number; import: number; announced: number; firstAt: number; lastAt: number }
>;

/** Runs until told to stop, or until all is complete; resolves with the exit code. */
export async function runDemo(
  options: DemoOptions,
  startSite: StartDemoSite,
  pkiDirOf: (dataDir: string) => string,
): Promise<number> {
  const requested = stopRequested();
  const startedMs = systemClock.monotonicMs();
  const root = resolve(options.data);
  await rm(root, { recursive: true, force: true });
  const gates = (options.config ?? CONFIG_FILES).map((configFile): Gate => {
    const config = loadConfig(configFile);
    return { config, configFile, dataDir: join(root, config.gate.id) };
  });
  await prepareDevelopmentKeys(
    gates.map(({ config, dataDir }) => ({ gate: config.gate.id, dataDir, serverPkiDir: pkiDirOf(dataDir) })),
  );
  const running: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of running.toReversed()) await end();
  };
  try {
    const site = await startSite(gates, options.speed);
    running.push(() => site.stop());
    const supervised = await Promise.all(gates.map((gate) => superviseOne(gate)));
    running.push(async () => {
      await Promise.all(supervised.map((one) => one.stop()));
    });
    const seconds = ((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1);
    say(`Both gates are ready after ${seconds} s.`);
    for (const { config } of gates) {
      say(
        `  ${config.gate.name.vi} (${config.gate.id}): console at http://${config.console.host}:${config.console.port}`,
      );
    }
    const tally: Tally = new Map(
      gates.map(({ config }) => [
        config.gate.id,
        { export: 0, import: 0, announced: 0, firstAt: 0, lastAt: 0 },
      ]),
    );
    const complete = new Promise<void>((done) => {
      const narration = gates.map((gate) => narrate(gate, tally, () => isComplete(tally, options) && done()));
      running.push(() => {
        for (const subscription of narration) subscription.unsubscribe();
      });
    });
    running.push(startTraffic(gates, site, options, tally));
    const why = await Promise.race([
      requested,
      ...(options.exit === true ? [complete.then(() => 'complete')] : []),
    ]);
    if (why !== 'complete') say(`Stopping (${why}).`);
    summarise(gates, tally, systemClock.monotonicMs() - startedMs);
    await stop();
    return options.exit === true && why !== 'complete' ? 1 : 0;
  } catch (error) {
    await stop();
    throw error;
  }
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function superviseOne({ config, configFile, dataDir }: Gate): Promise<Supervised> {
  return superviseGate({
    names: childrenOf(config.broker.kind),
    options: { config: configFile, data: dataDir },
    clock: systemClock,
    log: createLog(`${config.gate.id}/run`),
    logFile: join(dataDir, 'log'),
  });
}

/** Tells each stage of each crossing as the journal records it. */
function narrate({ config, dataDir }: Gate, tally: Tally, onProgress: () => void): Subscription {
  const door = createDoorClient(dataPaths(dataDir).consoleDoor, systemClock);
  return door.follow(0).subscribe((entry) => {
    if (entry.kind !== 'decision') return;
    const line = tell(entry);
    if (line !== null)
      say(`${new Date(entry.at).toISOString().slice(11, 19)}  ${config.gate.name.vi.padEnd(13)}  ${line}`);
    const count = tally.get(config.gate.id);
    const body = JSON.parse(entry.body) as { stage?: string; load?: string; direction?: 'export' | 'import' };
    if (
      count === undefined ||
      entry.type !== 'crossing' ||
      body.load !== 'laden' ||
      body.direction === undefined
    )
      return;
    if (body.stage === 'announced') {
      count.announced += 1;
      count.firstAt ||= entry.at;
    }
    if (body.stage !== 'completed') return;
    count[body.direction] += 1;
    count.lastAt = entry.at;
    onProgress();
  });
}

function tell(entry: JournalEntry): string | null {
  const body = JSON.parse(entry.body) as Record<string, unknown>;
  if (entry.type === 'crossing') return tellStage(body);
  if (entry.type === 'alarm' && body.state === 'raised' && body.announced === true)
    return `ALARM ${String(body.alarm)}: ${(body.text as { en: string }).en}`;
  if (entry.type !== 'verdict' || body.verdict !== 'refer') return null;
  const reasons = body.reasons as { text: { en: string }; detail: string }[];
  return `${String(body.lane ?? body.checkpoint)} REFERRED: ${reasons.map((one) => `${one.text.en} (${one.detail})`).join('; ')}`;
}

function isComplete(tally: Tally, { crossings }: DemoOptions): boolean {
  return (
    crossings !== undefined &&
    [...tally.values()].every((count) => count.export >= crossings && count.import >= crossings)
  );
}

/** Sends `crossings` containers each way, or keeps them coming; never more under way than the yards take. */
function startTraffic(gates: Gate[], site: DemoSite, options: DemoOptions, tally: Tally): () => void {
  const sent = new Map<string, number>();
  const send = (): void => {
    for (const { config } of gates) {
      const id = config.gate.id;
      const count = sent.get(id) ?? 0;
      const arrived = tally.get(config.counterpart.gate)?.import ?? 0;
      if (count >= (options.crossings ?? Number.POSITIVE_INFINITY) || count - arrived >= UNDER_WAY_MAX)
        continue;
      site.export(id);
      sent.set(id, count + 1);
    }
  };
  send();
  const periodMs = options.crossings === undefined ? TRAFFIC_MS : 1_000;
  return systemClock.every(periodMs / options.speed, send);
}

function summarise(gates: Gate[], tally: Tally, elapsedMs: number): void {
  say('');
  say('Gate            Exports complete  Imports complete');
  for (const { config } of gates) {
    const count = tally.get(config.gate.id);
    say(
      `${config.gate.id.padEnd(14)}  ${String(count?.export ?? 0).padStart(16)}  ${String(count?.import ?? 0).padStart(16)}`,
    );
  }
  say(`After ${(elapsedMs / 1000).toFixed(1)} s.`);
}
