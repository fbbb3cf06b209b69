/**
 * From the lane's last needed message at the broker to the barrier command at the broker, durable commit included, beside the
 * floor: a bare MQTT echo through the same broker and one fdatasync. Both alternate, in processes of their own.
 *
 * Then both gates move containers, and the resident memory of each daemon is read.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { MqttClient } from 'mqtt';
import { systemClock } from '../../edge/platform/clock.ts';
import { configsOnFreePorts, startGates, until } from '../support/gates.ts';
import { startBenchLane } from './lane.ts';
import { type Summary, summarise, table } from './stats.ts';

const ROUNDS = 1_000;
const WARM_UP = 100;

export async function run(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'gate-bench-'));
  try {
    const { gate, floor } = await measureLatency(root);
    process.stdout.write(`${latencyTable(gate, floor)}\n\n`);
    process.stdout.write(`${await measureMemory(root)}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function latencyTable(gate: readonly number[], floor: readonly number[]): string {
  const ms = (value: number): string => value.toFixed(2);
  const [ours, bare]: [Summary, Summary] = [summarise(gate), summarise(floor)];
  return table([
    ['', 'median ms', 'p99 ms', 'rounds'],
    ['last lane message → barrier command', ms(ours.median), ms(ours.p99), String(gate.length)],
    ['floor: MQTT echo + fdatasync', ms(bare.median), ms(bare.p99), String(floor.length)],
    ['ratio', ms(ours.median / bare.median), ms(ours.p99 / bare.p99), ''],
  ]);
}

async function measureLatency(root: string): Promise<{ gate: number[]; floor: number[] }> {
  const [config] = await configsOnFreePorts();
  const lane = await startBenchLane(config, join(root, 'latency'));
  const echo = await startEcho(lane.url, join(lane.dataDir, 'floor.bin'));
  await lane.client.subscribeAsync('bench/pong', { qos: 1 });
  const gate: number[] = [];
  const floor: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const ours = await lane.openOnce();
    const bare = await pingOnce(lane.client, round);
    if (round < 0) continue;
    gate.push(ours);
    floor.push(bare);
  }
  echo.stdin.end();
  await lane.stop();
  return { gate, floor };
}

async function startEcho(url: string, file: string) {
  const echo = spawn(process.execPath, [fileURLToPath(new URL('./echo.ts', import.meta.url)), url, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: echo.stdout }), 'line');
  return echo;
}

/** Milliseconds from a ping to its answer, with a payload as long as a lane's message. */
async function pingOnce(client: MqttClient, round: number): Promise<number> {
  const payload = JSON.stringify({ round, padding: 'x'.repeat(250) });
  const answered = new Promise<number>((resolve) => {
    const listen = (topic: string): void => {
      if (topic !== 'bench/pong') return;
      client.off('message', listen);
      resolve(systemClock.monotonicMs());
    };
    client.on('message', listen);
  });
  const startMs = systemClock.monotonicMs();
  void client.publishAsync('bench/ping', payload, { qos: 1 });
  return (await answered) - startMs;
}

/** Both gates move three containers each way; then each daemon's resident memory, and how long the start took. */
async function measureMemory(root: string): Promise<string> {
  const dir = join(root, 'memory');
  await mkdir(dir);
  const startMs = systemClock.monotonicMs();
  const running = await startGates(dir, { speed: 20 });
  const readySeconds = ((systemClock.monotonicMs() - startMs) / 1_000).toFixed(1);
  const { vn, cn, site } = running;
  for (let n = 0; n < 3; n += 1) for (const gate of [vn, cn]) site.world.export(gate.id);
  await until(
    'all containers across',
    async () => {
      const states = await Promise.all([vn.state(), cn.state()]);
      return states.every(({ completed }) => completed.export === 3 && completed.import === 3);
    },
    180_000,
  );
  const rows = [['daemon', vn.id, cn.id]];
  for (const name of ['control', 'exchange', 'console', 'broker'] as const) {
    const cells = await Promise.all([vn, cn].map((gate) => residentMb(gate.supervised.pids()[name])));
    rows.push([`gate ${name}, resident MB`, ...cells]);
  }
  rows.push(['both gates and simulator ready, s', readySeconds, readySeconds]);
  await running.stop();
  return table(rows);
}

async function residentMb(pid: number | undefined): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  return (Number(kb) / 1_024).toFixed(0);
}
