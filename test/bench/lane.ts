/**
 * A gate with one lane for the benches: a real broker and a real control daemon, a simulated camera, and a PLC in this process
 * that times how long the gate takes from the lane's last message to its command.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
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
import { until } from '../support/gates.ts';

const LANE = 'yard-in-1';
const TOPIC = `lane-io/io-${LANE}`;
const PLATE = '12H-045.67';

export type BenchLane = Awaited<ReturnType<typeof startBenchLane>>;

/** Starts broker and control on `config` with a truck in the lane that only waits for its barrier. */
export async function startBenchLane(of: GateConfig, dataDir: string) {
  const config = oneLane(of);
  assert.ok(config.broker.kind === 'embedded');
  const url = `mqtt://127.0.0.1:${config.broker.port}`;
  await mkdir(dataDir, { recursive: true });
  const configFile = join(dataDir, 'bench.yaml');
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
  const state = async (): Promise<GateState> => (await door.state()) as GateState;
  const online = async (device: string): Promise<boolean> =>
    (await state()).devices[device]?.status === 'online';
  await until('the camera is online', () => online(camera.id));
  await lane.publish({ barrier: 'fault', approach: true });
  await until('the lane is online', () => online(`io-${LANE}`));
  sightings.next({ text: PLATE, quality: 960 });
  await until('the truck is in order', async () => (await state()).lanes[LANE]?.visit?.verdict === 'pass');
  // Readings age; the camera of a real lane reads again while a truck waits.
  const rereading = systemClock.every(20_000, () => sightings.next({ text: PLATE, quality: 960 }));

  return {
    url,
    configFile,
    dataDir,
    client,
    state,
    pids: supervised.pids,
    openOnce: lane.openOnce,
    async stop(): Promise<void> {
      rereading();
      lane.stop();
      await client.endAsync();
      await supervised.stop();
      await onvif.stop();
    },
  };
}

/** One lane with its camera and nothing else, so that the lane's own message is the last one needed. */
function oneLane(config: GateConfig): GateConfig {
  const small = structuredClone(config);
  small.checkpoints['yard-in'].laden = ['booking', 'plate'];
  return small;
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
  await client.subscribeAsync(laneIoCommandTopic(TOPIC), { qos: 1 });

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
