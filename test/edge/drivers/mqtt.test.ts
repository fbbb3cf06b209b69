// The certificate library finds its decorators through this one.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import * as x509 from '@peculiar/x509';
import { Aedes } from 'aedes';
import { startBroker } from '../../../edge/broker/broker.ts';
import { createMqttConnection, type MqttMessage } from '../../../edge/drivers/mqtt/connection.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import {
  benchBroker,
  benchContext,
  bystander,
  connectTo,
  createCleanup,
  eventually,
  listen,
  quick,
} from '../../support/mqtt-bench.ts';

/** A certificate for 127.0.0.1 that vouches for itself, PEM. */
async function selfSigned(): Promise<{ certificate: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=broker',
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true),
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ],
    },
    webcrypto,
  );
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  return { certificate: certificate.toString('pem'), key };
}

describe('connection to the broker', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  it('carries messages both ways, with and without acknowledgement', async () => {
    const { port } = await benchBroker(cleanup);
    const connection = connectTo(port, benchContext());
    cleanup.add(() => connection.stop());
    const seen: boolean[] = [];
    connection.connected$.subscribe((connected) => seen.push(connected));
    const heard: MqttMessage[] = [];
    connection.messages('in').subscribe((message) => heard.push(message));
    connection.start();
    await eventually('connected', () => seen.at(-1) === true);
    assert.deepEqual(seen, [false, true]);

    const other = await bystander(port, cleanup);
    const out = await listen(other, 'out');
    await connection.publish('out', '{"qos":0}', { qos: 0 });
    await connection.publish('out', '{"qos":1}', { qos: 1 });
    await other.publishAsync('in', 'hello', { qos: 1 });
    await eventually('all messages', () => out.length === 2 && heard.length === 1);
    assert.deepEqual(heard, [{ topic: 'in', payload: Buffer.from('hello'), retained: false }]);
  });

  it('reads a topic as long as somebody wants it, also one asked for while connected', async () => {
    const { port } = await benchBroker(cleanup);
    const connection = connectTo(port, benchContext());
    cleanup.add(() => connection.stop());
    connection.start();
    let connected = false;
    connection.connected$.subscribe((now) => {
      connected = now;
    });
    await eventually('connected', () => connected);
    const other = await bystander(port, cleanup);
    await other.publishAsync('in', 'kept', { qos: 1, retain: true });

    const heard: string[] = [];
    const first = connection
      .messages('in')
      .subscribe(({ retained }) => heard.push(retained ? 'kept' : 'now'));
    await eventually('the retained message', () => heard.length === 1);
    const second = connection
      .messages('in')
      .subscribe(({ retained }) => heard.push(retained ? 'kept' : 'now'));
    first.unsubscribe();
    await other.publishAsync('in', 'x', { qos: 1 });
    await eventually('one message for the reader that is left', () => heard.length === 2);
    second.unsubscribe();
    const again = connection
      .messages('in')
      .subscribe(({ retained }) => heard.push(retained ? 'kept' : 'now'));
    await eventually('the retained message of a new subscription', () => heard.length === 3);
    again.unsubscribe();
    assert.deepEqual(heard, ['kept', 'now', 'kept']);
  });

  it('refuses to send while the broker is away, and sends nothing of it later', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0, log: silentLog });
    await broker.stop();
    const connection = connectTo(broker.port, benchContext());
    cleanup.add(() => connection.stop());
    connection.start();
    for (let n = 0; n < 100; n += 1)
      await assert.rejects(connection.publish('out', 'raise', { qos: 1 }), { code: 'MQTT_OFFLINE' });

    const { port } = await benchBroker(cleanup, broker.port);
    const out = await listen(await bystander(port, cleanup), 'out');
    let connected = false;
    connection.connected$.subscribe((now) => {
      connected = now;
    });
    await eventually('connected', () => connected);
    await connection.publish('out', '{"n":1}', { qos: 1 });
    await eventually('the message sent while connected', () => out.length > 0);
    assert.deepEqual(out, [{ n: 1 }]);
  });

  it('goes on with the topics it may read when the broker denies one', async () => {
    const broker = await startBroker({
      host: '127.0.0.1',
      port: 0,
      log: silentLog,
      limits: { subscriptionsPerClientMax: 1 },
    });
    cleanup.add(() => broker.stop());
    const errors: string[] = [];
    const log = {
      ...silentLog,
      child: () => ({ ...silentLog, error: (text: string) => void errors.push(text) }),
    };
    const connection = connectTo(broker.port, { ...benchContext(), log });
    cleanup.add(() => connection.stop());
    let heard = 0;
    connection.messages('allowed').subscribe(() => {
      heard += 1;
    });
    connection.messages('denied').subscribe(() => {});
    connection.start();
    await eventually('the denial in the log', () => errors.length === 1);
    assert.match(errors[0] ?? '', /does not let us read denied/);
    const other = await bystander(broker.port, cleanup);
    await other.publishAsync('allowed', 'x', { qos: 1 });
    await eventually('the allowed message', () => heard === 1);
  });

  it('refuses wildcards: nobody else decides how much the gate reads', () => {
    assert.throws(() => connectTo(1, benchContext()).messages('lane-io/#'), { code: 'MQTT_WILDCARD' });
  });

  it('presents the password of the file as it is at the moment of connecting', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gate-mqtt-'));
    cleanup.add(() => rmSync(folder, { recursive: true }));
    const passwordFile = join(folder, 'password');
    const presented: string[] = [];
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (connect) => {
        presented.push(connect.toString('latin1'));
        socket.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.add(() => server.close());
    const { port } = server.address() as net.AddressInfo;

    const connection = createMqttConnection({
      broker: { kind: 'external', url: `mqtt://127.0.0.1:${port}`, username: 'gate', passwordFile },
      clientId: 'gate-under-test',
      ctx: benchContext(),
      timings: quick,
    });
    cleanup.add(() => connection.stop());
    connection.start();
    writeFileSync(passwordFile, 'first\n');
    await eventually('a first attempt', () => presented.length > 0);
    writeFileSync(passwordFile, 'second\n');
    await eventually('an attempt with the new password', () => presented.at(-1)?.endsWith('second') === true);
    assert.ok(presented[0]?.endsWith('first'));
  });

  it('speaks TLS with a broker whose authority it was given, and with no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gate-mqtt-'));
    cleanup.add(() => rmSync(folder, { recursive: true }));
    const { certificate, key } = await selfSigned();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, certificate);
    const aedes = await Aedes.createBroker();
    cleanup.add(() => new Promise<void>((resolve) => aedes.close(resolve)));
    const server = tls.createServer({ cert: certificate, key }, (socket) => void aedes.handle(socket));
    let refused = 0;
    server.on('tlsClientError', () => {
      refused += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.add(() => server.close());
    const { port } = server.address() as net.AddressInfo;
    const connect = (clientId: string, trust: { caFile?: string }): { connected: boolean } => {
      const connection = createMqttConnection({
        broker: { kind: 'external', url: `mqtts://127.0.0.1:${port}`, ...trust },
        clientId,
        ctx: benchContext(),
        timings: { ...quick, connectTimeoutMs: 2_000 },
      });
      cleanup.add(() => connection.stop());
      const seen = { connected: false };
      connection.connected$.subscribe((connected) => {
        seen.connected = connected;
      });
      connection.start();
      return seen;
    };
    const trusting = connect('trusting', { caFile });
    await eventually('connected over TLS', () => trusting.connected);
    const distrusting = connect('distrusting', {});
    await eventually('two attempts broken off', () => refused >= 2);
    assert.equal(distrusting.connected, false);
  });

  it('completes its streams when it is stopped, also before it ever connected', async () => {
    const connection = connectTo(1, benchContext());
    const completed: string[] = [];
    connection.connected$.subscribe({ complete: () => completed.push('connected') });
    connection.messages('in').subscribe({ complete: () => completed.push('messages') });
    connection.start();
    await connection.stop();
    await connection.stop();
    connection.messages('late').subscribe({ complete: () => completed.push('late') });
    assert.deepEqual(completed, ['connected', 'messages', 'late']);
  });
});
