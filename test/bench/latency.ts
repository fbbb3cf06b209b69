/**
 * From the lane's last needed message at the broker to the barrier command at the broker, durable commit included, beside the
 * floor: a bare MQTT echo through the same broker and one fdatasync. Both alternate, in processes of their own.
 *
 * Then both gates move containers, and the resident memory of each daemon is read.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { Subject } from 'rxjs';
import { stringify } from 'yaml';
import type { GateConfig } from '../../config/schema.ts';
import { superviseGate } from '../../edge/cli/supervise.ts';
import type { GateState } from '../../edge/core/state.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { dataPaths } from '../../edge/platform/data-paths.ts';
import { createDoorClient } from '../../edge/platform/door-client.ts';
import { createLog } from '../../edge/platform/log.ts';
import {
  type LaneIoStateMessage,
  laneIoCommandTopic,
  laneIoStateTopic,
  parseLaneIoCommand,
} from '../../protocols/lane-io/lane-io.ts';
import { startOnvifCamera } from '../../simulator/devices/onvif-camera.ts';
import type { Sighting } from '../../simulator/world/ports.ts';
import { configsOnFreePorts, startGates, until } from '../support/gates.ts';
import { type Summary, summarise, table } from './stats.ts';

const ROUNDS = 1_000;
const WARM_UP = 100;
const LANE = 'yard-in-1';
const TOPIC = `lane-io/io-${LANE}`;
const PLATE = '12H-045.67';

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

/** One lane with its camera and nothing else, so that the lane's own message is the last one needed. */
function oneLane(config: GateConfig): GateConfig {
  const small = structuredClone(config);
  small.checkpoints['yard-in'].laden = ['booking', 'plate'];
  return small;
}

async function measureLatency(root: string): Promise<{ gate: number[]; floor: number[] }> {
  const [first] = await configsOnFreePorts();
  const config = oneLane(first);
  assert.ok(config.broker.kind === 'embedded');
  const url = `mqtt://127.0.0.1:${config.broker.port}`;
  const dataDir = join(root, 'latency');
  await mkdir(dataDir);
  const configFile = join(root, 'latency.yaml');
  await writeFile(configFile, stringify(config));
  const sightings = new Subject<Sighting>();
  const camera = config.devices.find((device) => device.id === `anpr-${LANE}`);
  assert.ok(camera?.kind === 'plate-camera');
  const onvif = await startOnvifCamera({
    port: camera.port,
    username: camera.username,
    password: camera.password ?? '',
    model: { sightings, picture: () => Buffer.from('89504e470d0a1a0a', 'hex') },
    clock: systemClock,
  });
  const supervised = await superviseGate({
    names: ['broker', 'control'],
    options: { config: configFile, data: dataDir },
    clock: systemClock,
    log: createLog('bench', () => {}),
    logFile: join(dataDir, 'log'),
  });
  const echo = await startEcho(url, join(dataDir, 'floor.bin'));
  const client = await connectAsync(url, { protocolVersion: 4 });
  (client.stream as unknown as Socket).setNoDelay(true);
  const lane = await startLane(client);
  const door = createDoorClient(dataPaths(dataDir).exchangeDoor, systemClock);
  await door.submit(
    {
      type: 'booking',
      bookingId: 'bench',
      direction: 'export',
      container: 'CSQU3054383',
      truckPlate: PLATE,
      declarations: ['308044805740'],
      grossKg: 24_000,
      seals: [],
    },
    { source: 'customs', id: 'customs:1', seq: 1 },
  );
  const online = async (device: string): Promise<boolean> =>
    ((await door.state()) as GateState).devices[device]?.status === 'online';
  await until('the camera is online', () => online(camera.id));
  await lane.publish({ barrier: 'fault', approach: true });
  await until('the lane is online', () => online(`io-${LANE}`));
  sightings.next({ text: PLATE, quality: 960 });
  await until(
    'the truck is in order',
    async () => ((await door.state()) as GateState).lanes[LANE]?.visit?.verdict === 'pass',
  );
  // Readings age; the camera of a real lane reads again while a truck waits.
  const rereading = systemClock.every(20_000, () => sightings.next({ text: PLATE, quality: 960 }));

  const gate: number[] = [];
  const floor: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const ours = await lane.openOnce();
    const bare = await pingOnce(client, round);
    if (round < 0) continue;
    gate.push(ours);
    floor.push(bare);
  }
  rereading();
  lane.stop();
  await client.endAsync();
  echo.stdin.end();
  await supervised.stop();
  await onvif.stop();
  return { gate, floor };
}

async function startEcho(url: string, file: string) {
  const echo = spawn(process.execPath, [fileURLToPath(new URL('./echo.ts', import.meta.url)), url, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: echo.stdout }), 'line');
  return echo;
}

/** The PLC of the lane: tells its state, takes commands, and times them. */
async function startLane(client: MqttClient) {
  let seq = 0;
  let acceptedSeq = 0;
  let now = {
    barrier: 'down' as LaneIoStateMessage['barrier'],
    light: 'red' as LaneIoStateMessage['light'],
    approach: false,
  };
  let onRaise = (): void => {};
  await client.subscribeAsync([laneIoCommandTopic(TOPIC), 'bench/pong'], { qos: 1 });

  const publish = (change: Partial<typeof now>): Promise<unknown> => {
    now = { ...now, ...change };
    seq += 1;
    const message: LaneIoStateMessage = {
      profile: 1,
      boot: 'bench',
      seq,
      clockMs: Math.round(systemClock.monotonicMs()),
      loops: { approach: now.approach, under: false, exit: false },
      curtain: 'clear',
      barrier: now.barrier,
      light: now.light,
      acceptedSeq,
    };
    return client.publishAsync(laneIoStateTopic(TOPIC), JSON.stringify(message), { qos: 1 });
  };
  const waiting = new Map<LaneIoStateMessage['light'], () => void>();
  client.on('message', (topic, payload) => {
    if (topic !== laneIoCommandTopic(TOPIC)) return;
    const parsed = parseLaneIoCommand(payload);
    if (!parsed.ok) throw new Error(parsed.reason);
    acceptedSeq = parsed.value.seq;
    const { action } = parsed.value;
    if (action === 'raise') onRaise();
    if (action !== 'green' && action !== 'red') return;
    void publish({ light: action });
    waiting.get(action)?.();
  });
  const heartbeat = systemClock.every(1_000, () => void publish({}));
  const lightTurns = (light: LaneIoStateMessage['light']): Promise<void> =>
    new Promise((resolve) => {
      waiting.set(light, resolve);
    });

  return {
    publish,
    stop: heartbeat,
    /** The barrier recovers from a fault: milliseconds from that message to the command to open; then all is set back. */
    async openOnce(): Promise<number> {
      const raised = new Promise<number>((resolve) => {
        onRaise = () => resolve(systemClock.monotonicMs());
      });
      const startMs = systemClock.monotonicMs();
      void publish({ barrier: 'down' });
      const tookMs = (await raised) - startMs;
      const green = lightTurns('green');
      await publish({ barrier: 'up' });
      await green;
      const red = lightTurns('red');
      await publish({ barrier: 'fault' });
      await red;
      return tookMs;
    },
  };
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
