import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { startBroker } from '../../edge/broker/broker.ts';
import { createLaneIoDriver } from '../../edge/drivers/lane-io/driver.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
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
  statuses,
} from '../support/mqtt-bench.ts';

const host = '127.0.0.1';

describe('the MQTT broker restarts', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  it('and a lane is held meanwhile, then served again, each state counted once', async () => {
    const before = await startBroker({ host, port: 0, log: silentLog });
    const ctx = benchContext();
    const connection = connectTo(before.port, ctx);
    cleanup.add(() => connection.stop());
    let messages = 0;
    connection.messages('probe').subscribe(() => {
      messages += 1;
    });
    const driver = createLaneIoDriver(laneConfig(), ctx, connection);
    cleanup.add(() => driver.stop());
    const reports = record(driver);
    await driver.start();
    connection.start();
    const lane = benchLane();
    const plc = startLaneIo({
      brokerUrl: `mqtt://${host}:${before.port}`,
      devices: [{ config: laneConfig(), model: lane }],
      clock: systemClock,
      heartbeatMs: 100,
    });
    cleanup.add(() => plc.stop());
    await eventually('online', () => statuses(reports).at(-1) === 'online');
    lane.light('green');
    await eventually('green', () => JSON.stringify(reports.at(-1)).includes('green'));

    await before.stop();
    await eventually('offline', () => statuses(reports).at(-1) === 'offline');
    await assert.rejects(driver.send({ kind: 'light', device: 'io-1', to: 'red', commandId: 'c-1' }), {
      code: 'MQTT_OFFLINE',
    });
    await eventually('the PLC turns red by itself', () => lane.state.light === 'red');

    const { port } = await benchBroker(cleanup, before.port);
    await eventually('online again', () => statuses(reports).at(-1) === 'online');
    await driver.send({ kind: 'barrier', device: 'io-1', to: 'raise', commandId: 'c-2' });
    await eventually('raised', () => lane.state.barrier === 'up');
    const other = await bystander(port, cleanup);
    await other.publishAsync('probe', 'x', { qos: 1 });
    await other.publishAsync('probe', 'y', { qos: 1 });
    await eventually('both messages', () => messages >= 2);
    assert.equal(messages, 2);
  });

  for (const [how, answer] of [
    ['accepts connections but says nothing', undefined],
    ['acknowledges the connection but no subscription', Buffer.from([0x20, 2, 0, 0])],
  ] as const)
    it(`and ${how}: the gate does not stay stuck connecting`, async () => {
      const sockets = new Set<net.Socket>();
      const mute = net.createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        if (answer) socket.once('data', () => socket.write(answer));
      });
      mute.listen(0, host);
      await once(mute, 'listening');
      const { port } = mute.address() as net.AddressInfo;
      const connection = connectTo(port, benchContext(), { connectTimeoutMs: 200 });
      cleanup.add(() => connection.stop());
      connection.messages('in').subscribe();
      let connected = false;
      connection.connected$.subscribe((now) => {
        connected = now;
      });
      connection.start();
      await eventually('a second attempt', () => sockets.size >= 2);
      assert.equal(connected, false);

      for (const socket of sockets) socket.destroy();
      mute.close();
      await once(mute, 'close');
      await benchBroker(cleanup, port);
      await eventually('connected to the broker that works', () => connected);
    });
});
