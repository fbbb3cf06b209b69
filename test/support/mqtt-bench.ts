/** A bench for everything behind MQTT: a broker, the gate's connection to it, device models, and a link that can be cut or frozen. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { Subject } from 'rxjs';
import { type LaneIoConfig, laneIoDevice, type VehicleConfig, vehicleDevice } from '../../config/schema.ts';
import { type Broker, startBroker } from '../../edge/broker/broker.ts';
import type { DeviceInput } from '../../edge/core/input.ts';
import type { Driver, DriverContext } from '../../edge/drivers/driver.ts';
import {
  createMqttConnection,
  type MqttConnection,
  type MqttTimings,
} from '../../edge/drivers/mqtt/connection.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import type {
  LaneIoModel,
  LaneIoState,
  VehicleModel,
  VehicleOrder,
  VehicleState,
} from '../../simulator/world/ports.ts';

/** Resolves as soon as `check` holds; fails with `what` if it does not within `timeoutMs`. */
export async function eventually(what: string, check: () => boolean, timeoutMs = 5_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!check()) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Kept {
  device: string;
  channel: string;
  bytes: Uint8Array;
  reason: string;
}

/** What a driver is given, with a quarantine that can be looked into. */
export function benchContext(): DriverContext & { kept: Kept[] } {
  const kept: Kept[] = [];
  return {
    kept,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    quarantine: {
      keep(device, channel, bytes, reason) {
        kept.push({ device, channel, bytes, reason });
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { type: 'malformed', device, channel, reason, sha256, sizeBytes: bytes.length };
      },
    },
    images: { save: async (bytes) => createHash('sha256').update(bytes).digest('hex') },
    keysDir: '/nonexistent',
    resolvePath: (path) => path,
  };
}

/** Times short enough for a test; the ratios are those of the product. */
export const quick: Partial<MqttTimings> = {
  keepaliveSeconds: 1,
  connectTimeoutMs: 500,
  publishTimeoutMs: 1_000,
  backoffMinMs: 20,
  backoffMaxMs: 200,
  stableAfterMs: 500,
};

export const connectTo = (
  port: number,
  ctx: DriverContext,
  timings: Partial<MqttTimings> = {},
  clientId = 'gate-under-test',
): MqttConnection =>
  createMqttConnection({
    broker: { kind: 'embedded', host: '127.0.0.1', port },
    clientId,
    ctx,
    timings: { ...quick, ...timings },
  });

/** Everything that a test starts, stopped in reverse order. */
export function createCleanup(): { add(stop: () => unknown): void; run(): Promise<void> } {
  const stops: (() => unknown)[] = [];
  return {
    add: (stop) => void stops.push(stop),
    async run() {
      for (const stop of stops.splice(0).reverse()) await stop();
    },
  };
}
export type Cleanup = ReturnType<typeof createCleanup>;

export async function benchBroker(cleanup: Cleanup, port = 0): Promise<Broker> {
  const broker = await startBroker({ host: '127.0.0.1', port, log: silentLog });
  cleanup.add(() => broker.stop());
  return broker;
}

/** Collects what a driver reports. */
export function record(driver: Driver): DeviceInput[] {
  const reports: DeviceInput[] = [];
  driver.reports$.subscribe((report) => reports.push(report));
  return reports;
}

/** What a driver said of its device's presence, in order. */
export const statuses = (reports: DeviceInput[]): string[] =>
  reports.flatMap((report) => (report.type === 'device-status' ? [report.status] : []));

/** A plain MQTT client, for whatever a test wants to say or hear. */
export async function bystander(port: number, cleanup: Cleanup): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  cleanup.add(() => client.endAsync(true));
  return client;
}

/** The messages on `topic` from now on, parsed. */
export async function listen(client: MqttClient, topic: string): Promise<Record<string, unknown>[]> {
  const heard: Record<string, unknown>[] = [];
  client.on('message', (at, payload) => {
    if (at === topic) heard.push(JSON.parse(payload.toString()));
  });
  await client.subscribeAsync(topic, { qos: 1 });
  return heard;
}

export interface Link {
  readonly port: number;
  /** From now on bytes go nowhere, while both ends believe that the connection stands. */
  freeze(): void;
  /** Connections made from now on pass again; frozen ones stay frozen. */
  thaw(): void;
  /** Connections that passed through it so far. */
  readonly connections: number;
  stop(): Promise<void>;
}

/** A TCP link to `targetPort` that can become half-open. */
export async function startLink(targetPort: number, cleanup: Cleanup): Promise<Link> {
  const sockets = new Set<net.Socket>();
  let frozen = false;
  let connections = 0;
  const server = net.createServer({ noDelay: true }, (near) => {
    connections += 1;
    sockets.add(near);
    near.on('error', () => near.destroy());
    if (frozen) return;
    const far = net.connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    sockets.add(far);
    near.pipe(far);
    far.pipe(near);
    far.on('error', () => far.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const link: Link = {
    port,
    get connections() {
      return connections;
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    thaw() {
      frozen = false;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  cleanup.add(() => link.stop());
  return link;
}

export const laneConfig = (given: Partial<LaneIoConfig> = {}): LaneIoConfig =>
  laneIoDevice.parse({ kind: 'lane-io', id: 'io-1', topic: 'lane-io/io-1', staleAfterMs: 1_000, ...given });

export const vehicleConfig = (given: Partial<VehicleConfig> = {}): VehicleConfig =>
  vehicleDevice.parse({
    kind: 'vehicle',
    id: 'xe-1',
    manufacturer: 'langson',
    serialNumber: 'LS-001',
    plate: '12C-123.45',
    homeNode: 'hn-park-1',
    staleAfterMs: 1_000,
    ...given,
  });

/** A lane whose barrier, sign and light do at once what they are told. */
export function benchLane(): LaneIoModel & {
  state: LaneIoState;
  sign: string | undefined;
  set(change: Partial<LaneIoState>): void;
} {
  const changes = new Subject<LaneIoState>();
  const lane = {
    state: {
      loops: { approach: false, under: false, exit: false },
      curtain: 'clear',
      barrier: 'down',
      light: 'red',
    } as LaneIoState,
    sign: undefined as string | undefined,
    changes,
    set(change: Partial<LaneIoState>) {
      lane.state = { ...lane.state, ...change };
      changes.next(lane.state);
    },
    barrier(to: 'raise' | 'lower', sign?: string) {
      lane.sign = sign;
      lane.set({ barrier: to === 'raise' ? 'up' : 'down' });
    },
    light: (to: 'red' | 'green') => lane.set({ light: to }),
  };
  return lane;
}

/** A vehicle that takes every order and stands where it is until the test moves it. */
export function benchVehicle(): VehicleModel & {
  state: VehicleState;
  orders: VehicleOrder[];
  set(change: Partial<VehicleState>): void;
} {
  const changes = new Subject<VehicleState>();
  const vehicle = {
    orders: [] as VehicleOrder[],
    state: {
      orderId: '',
      orderUpdateId: 0,
      lastNodeId: 'hn-park-1',
      lastNodeSequenceId: 0,
      nodeStates: [],
      edgeStates: [],
      actionStates: [],
      driving: false,
      paused: false,
      newBaseRequest: false,
      loads: [],
      position: { x: -420, y: 40, theta: 0, mapId: 'road' },
      batteryPercent: 80,
      charging: false,
      mode: 'AUTOMATIC',
      eStop: 'NONE',
      localized: true,
      errors: [],
    } as VehicleState,
    changes,
    set(change: Partial<VehicleState>) {
      vehicle.state = { ...vehicle.state, ...change };
      changes.next(vehicle.state);
    },
    order(order: VehicleOrder) {
      vehicle.orders.push(order);
      vehicle.set({
        orderId: order.orderId,
        orderUpdateId: order.orderUpdateId,
        nodeStates: order.nodes
          .slice(1)
          .map(({ nodeId, sequenceId, released }) => ({ nodeId, sequenceId, released })),
        edgeStates: order.edges.map(({ edgeId, sequenceId, released }) => ({ edgeId, sequenceId, released })),
        actionStates: order.nodes.flatMap(({ actions }) =>
          actions.map(({ actionId, actionType }) => ({
            actionId,
            actionType,
            actionStatus: 'WAITING' as const,
          })),
        ),
      });
    },
    instantAction({ actionType }: { actionId: string; actionType: string }) {
      if (actionType === 'startPause') vehicle.set({ paused: true });
      if (actionType === 'stopPause') vehicle.set({ paused: false });
      if (actionType === 'startCharging') vehicle.set({ charging: true });
      if (actionType === 'stopCharging') vehicle.set({ charging: false });
      if (actionType === 'cancelOrder') vehicle.set({ nodeStates: [], edgeStates: [] });
    },
  };
  return vehicle;
}
