import assert from 'node:assert/strict';
import net from 'node:net';
import fc from 'fast-check';
import mqtt, { type IConnackPacket, type MqttClient } from 'mqtt';
import { startBroker } from '../../edge/broker/broker.ts';
import { createFrameLimit } from '../../edge/broker/frames.ts';
import { GateError } from '../../edge/platform/errors.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { benchBroker, bystander, createCleanup, eventually, listen } from '../support/mqtt-bench.ts';

const host = '127.0.0.1';
const closing = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => void client.once('close', resolve));

describe('embedded broker', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  it('says which port is in use and what to do about it', async () => {
    const { port } = await benchBroker(cleanup);
    await assert.rejects(startBroker({ host, port, log: silentLog }), (error) => {
      assert.ok(error instanceof GateError);
      assert.equal(error.code, 'PORT_IN_USE');
      assert.match(error.message, new RegExp(`${host}:${port}`));
      return true;
    });
  });

  it('says that it cannot listen on a foreign address', async () => {
    await assert.rejects(startBroker({ host: '203.0.113.1', port: 0, log: silentLog }), {
      code: 'BROKER_NOT_STARTED',
    });
  });

  it('carries messages, and can be started again on its port after a stop', async () => {
    const first = await startBroker({ host, port: 0, log: silentLog });
    await first.stop();
    const { port } = await benchBroker(cleanup, first.port);
    assert.equal(port, first.port);
    const client = await bystander(port, cleanup);
    const heard = await listen(client, 'a/b');
    await client.publishAsync('a/b', '{"n":1}', { qos: 1 });
    await eventually('the message', () => heard.length === 1);
  });

  it('keeps nothing for a client that is away, even if it asked for that', async () => {
    const { port } = await benchBroker(cleanup);
    const keeping = { clientId: 'away', clean: false, reconnectPeriod: 0 };
    const before = await mqtt.connectAsync(`mqtt://${host}:${port}`, keeping);
    await before.subscribeAsync('a/b', { qos: 1 });
    await before.endAsync();
    const client = await bystander(port, cleanup);
    for (let n = 0; n < 100; n += 1) await client.publishAsync('a/b', `{"n":${n}}`, { qos: 1 });

    const after = mqtt.connect(`mqtt://${host}:${port}`, keeping);
    cleanup.add(() => after.endAsync(true));
    let heard = 0;
    after.on('message', () => {
      heard += 1;
    });
    const connack = await new Promise<IConnackPacket>((resolve) => void after.once('connect', resolve));
    assert.equal(connack.sessionPresent, false);
    await after.subscribeAsync('end', { qos: 1 });
    await client.publishAsync('a/b', 'nobody reads this', { qos: 1 });
    await client.publishAsync('end', 'x', { qos: 1 });
    await eventually('the last message', () => heard > 0);
    assert.equal(heard, 1);
  });

  it('ends the connection that begins too long a packet, and no other', async () => {
    const { port } = await benchBroker(cleanup);
    const good = await bystander(port, cleanup);
    const heard = await listen(good, 'a/b');
    const greedy = await bystander(port, cleanup);
    greedy.on('error', () => {});
    const closed = closing(greedy);
    greedy.publish('a/b', Buffer.alloc(1024 * 1024));
    await closed;
    await good.publishAsync('a/b', '{"n":1}', { qos: 1 });
    await eventually('the good message', () => heard.length === 1);
  });

  it('bounds retained topics and subscriptions', async () => {
    const broker = await startBroker({
      host,
      port: 0,
      log: silentLog,
      limits: { retainedTopicsMax: 2, subscriptionsPerClientMax: 2 },
    });
    cleanup.add(() => broker.stop());
    const client = await bystander(broker.port, cleanup);
    await client.subscribeAsync(['a', 'b']);
    await assert.rejects(client.subscribeAsync('c'), /Subscribe error/);
    await client.unsubscribeAsync('a');
    await client.subscribeAsync('c');

    await client.publishAsync('r/1', 'x', { qos: 1, retain: true });
    await client.publishAsync('r/2', 'x', { qos: 1, retain: true });
    await client.publishAsync('r/1', '', { qos: 1, retain: true });
    await client.publishAsync('r/3', 'x', { qos: 1, retain: true });
    client.on('error', () => {});
    const closed = closing(client);
    client.publish('r/4', 'x', { qos: 1, retain: true });
    await closed;
  });

  it('throws out a subscriber that does not read, so that the others are served', async () => {
    const broker = await startBroker({ host, port: 0, log: silentLog, limits: { drainTimeoutMs: 100 } });
    cleanup.add(() => broker.stop());
    const frozen = net.connect(broker.port, host);
    cleanup.add(() => frozen.destroy());
    frozen.on('error', () => {});
    // CONNECT as client "f", then SUBSCRIBE to "#", then never a read.
    frozen.write(Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x66]));
    frozen.write(Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 0]));
    frozen.pause();
    const client = await bystander(broker.port, cleanup);
    const heard = await listen(client, 'a/b');
    const bulk = JSON.stringify('x'.repeat(200_000));
    for (let n = 0; n < 100; n += 1) await client.publishAsync('a/b', bulk, { qos: 1 });
    await eventually('all messages at the one who reads', () => heard.length === 100, 8_000);
  });
});

describe('packet length limit', () => {
  /** MQTT 3.1.1 §2.2.3: seven bits a byte, the lowest first. */
  const packet = (length: number): Uint8Array => {
    const digits: number[] = [];
    let rest = length;
    do {
      digits.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
      rest = Math.floor(rest / 128);
    } while (rest > 0);
    return Uint8Array.from([0x30, ...digits, ...new Array<number>(length).fill(0xff)]);
  };

  it('finds the first packet that is too long, however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (lengths, size) => {
          const within = createFrameLimit(300);
          const bytes = Buffer.concat(lengths.map(packet));
          let all = true;
          for (let at = 0; at < bytes.length && all; at += size) all = within(bytes.subarray(at, at + size));
          assert.equal(
            all,
            lengths.every((length) => length <= 300),
          );
        },
      ),
    );
  });

  it('refuses a length field that never ends', () => {
    assert.equal(createFrameLimit(300)(Uint8Array.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80])), false);
  });
});
