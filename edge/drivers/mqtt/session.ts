/**
 * One MQTT session: one TCP connection, one clean MQTT 3.1.1 session, from connecting until it ends for whatever reason. It is
 * never revived; `connection.ts` opens the next one. So nothing of a dead session (queues, stores, half-sent commands)
 * can come to life again: a permission must never be sent twice by a library.
 */
import net from 'node:net';
import tls from 'node:tls';
import { MqttClient } from 'mqtt';
import type { Clock } from '../../platform/clock.ts';
import { GateError, messageOf } from '../../platform/errors.ts';

/** Where the broker is and who we are there. */
export interface Target {
  host: string;
  port: number;
  /** Present: TLS, with these extra authorities (PEM) if any. */
  tls?: { ca?: string };
  clientId: string;
  username?: string;
  password?: string;
}

export interface SessionTimings {
  /** The broker hears from us at least this often; a dead link is noticed after one and a half times as long. */
  keepaliveSeconds: number;
  /** For everything until the session is usable: TCP, TLS, CONNACK, SUBACK. */
  connectTimeoutMs: number;
  /** How long a QoS 1 publish may go unacknowledged. */
  publishTimeoutMs: number;
}

export interface SessionEvents {
  /** Connected and subscribed. */
  up(): void;
  /** Called once, for a session that was up and for one that never was. */
  down(reason: string): void;
  message(topic: string, payload: Buffer, retained: boolean): void;
  /** The broker does not let us read `topic`; the session goes on. */
  denied(topic: string): void;
}

export interface Session {
  publish(topic: string, payload: string | Buffer, options: { qos: 0 | 1; retain?: boolean }): Promise<void>;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Ends the session; `down` has been called when it returns. */
  end(reason: string): void;
}

/** Publishes that may wait for the wire or for their acknowledgement at once. */
const publishesMax = 256;

/** SUBACK return code of MQTT 3.1.1 §3.9.3. */
const subscriptionRefused = 128;

const openSocket = (target: Target): net.Socket => {
  const { host, port } = target;
  if (!target.tls) return net.connect({ host, port, noDelay: true });
  const { ca } = target.tls;
  const servername = net.isIP(host) === 0 ? host : '';
  const socket = tls.connect({ host, port, servername, ...(ca === undefined ? {} : { ca }) });
  socket.setNoDelay(true);
  return socket;
};

const unconfirmed = (topic: string, why: string): GateError =>
  new GateError(
    'MQTT_UNCONFIRMED',
    `The message to ${topic} may or may not have arrived: ${why}`,
    'Wait for the device to tell its state and decide anew.',
  );

/** Begins a session on `topics`. Never throws: a failure is `down`. */
export function openSession(
  target: Target,
  topics: Iterable<string>,
  timings: SessionTimings,
  clock: Clock,
  events: SessionEvents,
): Session {
  const pending = new Set<(error: GateError) => void>();
  let over = false;
  let failure: string | undefined;

  const client = new MqttClient(() => openSocket(target), {
    protocolVersion: 4,
    clean: true,
    clientId: target.clientId,
    keepalive: timings.keepaliveSeconds,
    connectTimeout: timings.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
  });

  const end = (reason: string): void => {
    if (over) return;
    over = true;
    cancelDeadline();
    client.end(true);
    for (const reject of [...pending]) reject(unconfirmed('the broker', reason));
    events.down(reason);
  };
  // The library has a time-out for CONNACK; this one also bounds the wait for SUBACK, and whatever else may hang.
  const cancelDeadline = clock.after(timings.connectTimeoutMs, () =>
    end(`no session within ${timings.connectTimeoutMs} ms`),
  );

  const subscribe = (wanted: string[], done: () => void): void => {
    if (wanted.length === 0) {
      done();
      return;
    }
    client.subscribe(wanted, { qos: 1 }, (error, _requested, suback) => {
      if (over) return;
      if (error && !suback) return end(`subscribing failed: ${error.message}`);
      for (const [index, topic] of wanted.entries())
        if (suback?.granted[index] === subscriptionRefused) events.denied(topic);
      done();
    });
  };

  client.on('connect', () => {
    if (over) return;
    subscribe([...topics], () => {
      cancelDeadline();
      events.up();
    });
  });
  client.on('message', (topic, payload, packet) => {
    if (!over) events.message(topic, payload, packet.retain);
  });
  client.on('error', (error) => {
    failure = messageOf(error) || 'unknown error';
    end(failure);
  });
  client.on('close', () => end(failure ?? 'the broker closed the connection'));

  return {
    end,
    publish: (topic, payload, { qos, retain = false }) =>
      new Promise((resolve, reject) => {
        if (over) return reject(unconfirmed(topic, 'the session has ended'));
        if (pending.size >= publishesMax)
          return reject(
            new GateError(
              'MQTT_BUSY',
              `${publishesMax} messages already wait for the broker; the one to ${topic} was not sent`,
              'Check the load of the broker and the network to it.',
            ),
          );
        const settle = (): void => {
          cancel();
          pending.delete(fail);
        };
        const fail = (error: GateError): void => {
          settle();
          reject(error);
        };
        const cancel = clock.after(timings.publishTimeoutMs, () =>
          fail(unconfirmed(topic, `no acknowledgement within ${timings.publishTimeoutMs} ms`)),
        );
        pending.add(fail);
        client.publish(topic, payload, { qos, retain }, (error) => {
          if (error) return fail(unconfirmed(topic, error.message));
          settle();
          resolve();
        });
      }),
    subscribe: (topic) => {
      if (!over && client.connected) subscribe([topic], () => {});
    },
    unsubscribe: (topic) => {
      if (!over && client.connected) client.unsubscribe(topic);
    },
  };
}
