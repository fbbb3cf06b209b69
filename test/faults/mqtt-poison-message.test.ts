import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { createLaneIoDriver } from '../../edge/drivers/lane-io/driver.ts';
import { createVehicleDriver } from '../../edge/drivers/vehicle/driver.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { startLaneIo } from '../../simulator/devices/lane-io-mqtt.ts';
import {
  benchBroker,
  benchContext,
  benchLane,
  bystander,
  connectTo,
  createCleanup,
  eventually,
  laneConfig,
  record,
  startLink,
  statuses,
  vehicleConfig,
} from '../support/mqtt-bench.ts';

const poisons: (string | Buffer)[] = [
  Buffer.from([0xff, 0x00, 0xfe]),
  '{',
  'null',
  '[]',
  '"state"',
  '{"__proto__":{"profile":1}}',
  '['.repeat(50_000),
  'x'.repeat(250 * 1024),
  `{"profile":1,"seq":${'9'.repeat(400)}}`,
];

describe('a poison message on a device topic', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  it('is kept aside, retained or not, and causes no reconnect', async () => {
    const broker = await benchBroker(cleanup);
    const link = await startLink(broker.port, cleanup);
    const other = await bystander(broker.port, cleanup);
    // The broker hands this one out at each subscription: a gate that broke on it would never come up again.
    await other.publishAsync('uagv/v2/langson/LS-001/connection', '{"poison":', { qos: 1, retain: true });

    const ctx = benchContext();
    const connection = connectTo(link.port, ctx);
    cleanup.add(() => connection.stop());
    const laneDriver = createLaneIoDriver(laneConfig(), ctx, connection);
    const vehicleDriver = createVehicleDriver(vehicleConfig(), ctx, connection);
    cleanup.add(() => laneDriver.stop());
    cleanup.add(() => vehicleDriver.stop());
    const reports = record(laneDriver);
    await laneDriver.start();
    await vehicleDriver.start();
    connection.start();
    const plc = startLaneIo({
      brokerUrl: `mqtt://127.0.0.1:${broker.port}`,
      devices: [{ config: laneConfig(), model: benchLane() }],
      clock: systemClock,
      heartbeatMs: 100,
    });
    cleanup.add(() => plc.stop());
    await eventually('online', () => statuses(reports).at(-1) === 'online');

    for (const poison of poisons)
      for (const topic of ['lane-io/io-1/state', 'uagv/v2/langson/LS-001/state'])
        await other.publishAsync(topic, poison, { qos: 1 });
    await eventually('all kept aside', () => ctx.kept.length === 2 * poisons.length + 1);
    await eventually('still online', () => statuses(reports).at(-1) === 'online');
    assert.equal(link.connections, 1);
    assert.deepEqual(statuses(reports), ['offline', 'online']);
  });

  it('that is not even MQTT makes the gate come back ever more slowly, not in a loop', async () => {
    const connack = Buffer.from([0x20, 2, 0, 0]);
    // A PUBLISH with both QoS bits set, which no broker may send (MQTT 3.1.1 §3.3.1.2).
    const broken = Buffer.from([0x36, 2, 0, 0]);
    const atMs: number[] = [];
    const server = net.createServer((socket) => {
      atMs.push(performance.now());
      socket.on('error', () => {});
      socket.once('data', () => socket.write(Buffer.concat([connack, broken])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.add(() => server.close());
    const { port } = server.address() as net.AddressInfo;
    const timings = { backoffMinMs: 40, backoffMaxMs: 10_000, stableAfterMs: 10_000 };
    const connection = connectTo(port, benchContext(), timings);
    cleanup.add(() => connection.stop());
    connection.start();
    await eventually('six attempts', () => atMs.length === 6, 8_000);
    // Half to all of 40, 80, 160, 320 and 640 ms.
    const lastPauseMs = (atMs[5] ?? 0) - (atMs[4] ?? 0);
    assert.ok(lastPauseMs >= 310, `only ${lastPauseMs} ms before the sixth attempt`);
  });
});
