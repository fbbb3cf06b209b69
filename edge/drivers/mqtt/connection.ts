/**
 * The gate's one connection to its MQTT broker, shared by all drivers. It comes back by itself, with back-off and
 * jitter; it keeps no message while it is down. See README.md beside this file for what it does when things break.
 */
import { readFileSync } from 'node:fs';
import { BehaviorSubject, distinctUntilChanged, Observable, Subject } from 'rxjs';
import type { GateConfig } from '../../../config/schema.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createBackOff } from '../back-off.ts';
import type { DriverContext } from '../driver.ts';
import { openSession, type Session, type SessionTimings, type Target } from './session.ts';

export interface MqttMessage {
  topic: string;
  payload: Buffer;
  /** Kept by the broker from before we subscribed; nobody says it now. */
  retained: boolean;
}

export interface MqttConnection {
  /** The broker's address, for people. */
  readonly broker: string;
  /** Whether we are connected *and* subscribed; starts with how it is now. Completes after `stop`. */
  readonly connected$: Observable<boolean>;
  /** Messages of one exact topic for as long as somebody is subscribed. Never errors; completes after `stop`. */
  messages(topic: string): Observable<MqttMessage>;
  /**
   * Resolves when QoS 0 is written and QoS 1 is acknowledged by the broker. Rejects with `GateError`: `MQTT_OFFLINE`,
   * `MQTT_BUSY` (certainly not sent), `MQTT_UNCONFIRMED` (may have arrived). Nothing is kept for later.
   */
  publish(topic: string, payload: string | Buffer, options: { qos: 0 | 1; retain?: boolean }): Promise<void>;
  /** Begins connecting and returns. */
  start(): void;
  stop(): Promise<void>;
}

export interface MqttTimings extends SessionTimings {
  backoffMinMs: number;
  backoffMaxMs: number;
  /** A session that lived this long was a good one: after it the back-off begins anew. */
  stableAfterMs: number;
}

const defaultTimings: MqttTimings = {
  keepaliveSeconds: 5,
  connectTimeoutMs: 5_000,
  publishTimeoutMs: 5_000,
  backoffMinMs: 250,
  backoffMaxMs: 10_000,
  stableAfterMs: 10_000,
};

export interface MqttConnectionOptions {
  broker: GateConfig['broker'];
  /** Unique at the broker: a second client of the same name throws out the first. */
  clientId: string;
  ctx: Pick<DriverContext, 'clock' | 'random' | 'log' | 'resolvePath'>;
  timings?: Partial<MqttTimings>;
}

const urlOf = (broker: GateConfig['broker']): string =>
  broker.kind === 'embedded' ? `mqtt://${broker.host}:${broker.port}` : broker.url;

/** Reads the files anew at each attempt, so that a changed password counts without a restart. */
function targetOf({ broker, clientId, ctx }: MqttConnectionOptions): Target {
  if (broker.kind === 'embedded') return { host: broker.host, port: broker.port, clientId };
  const { protocol, hostname, port } = new URL(broker.url);
  const read = (path: string): string => readFileSync(ctx.resolvePath(path), 'utf8');
  const secure = protocol === 'mqtts:';
  return {
    // An IPv6 address stands in brackets in a URL, but nowhere else.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 8883 : 1883) : Number(port),
    clientId,
    ...(secure ? { tls: broker.caFile === undefined ? {} : { ca: read(broker.caFile) } } : {}),
    ...(broker.username === undefined ? {} : { username: broker.username }),
    ...(broker.passwordFile === undefined ? {} : { password: read(broker.passwordFile).trimEnd() }),
  };
}

/** The connection of one gate to its broker; does nothing before `start`. */
export function createMqttConnection(options: MqttConnectionOptions): MqttConnection {
  const { clock, random } = options.ctx;
  const log = options.ctx.log.child('mqtt');
  const timings: MqttTimings = { ...defaultTimings, ...options.timings };
  const broker = urlOf(options.broker);
  const connected = new BehaviorSubject(false);
  const routes = new Map<string, { messages: Subject<MqttMessage>; readers: number }>();
  const backOff = createBackOff(random, { firstMs: timings.backoffMinMs, maxMs: timings.backoffMaxMs });
  let session: Session | undefined;
  let cancelRetry = (): void => {};
  let cancelStable = (): void => {};
  let lastReason = '';
  let started = false;
  let stopped = false;

  const up = (): void => {
    log.info(`connected to ${broker}`);
    lastReason = '';
    cancelStable = clock.after(timings.stableAfterMs, backOff.reset);
    connected.next(true);
  };

  const down = (reason: string): void => {
    session = undefined;
    cancelStable();
    connected.next(false);
    if (stopped) return;
    cancelRetry = clock.after(backOff.nextMs(), attempt);
    // Once for each new cause, not for each attempt.
    if (reason !== lastReason) log.warn(`no connection to ${broker}: ${reason}; trying on`);
    lastReason = reason;
  };

  const message = (topic: string, payload: Buffer, retained: boolean): void =>
    routes.get(topic)?.messages.next({ topic, payload, retained });

  const denied = (topic: string): void =>
    log.error(`the broker ${broker} does not let us read ${topic}; allow it in the broker's access list`);

  const attempt = (): void => {
    try {
      session = openSession(targetOf(options), routes.keys(), timings, clock, { up, down, message, denied });
    } catch (error) {
      down(messageOf(error));
    }
  };

  const open = (topic: string): Subject<MqttMessage> => {
    const known = routes.get(topic);
    if (known) {
      known.readers += 1;
      return known.messages;
    }
    const messages = new Subject<MqttMessage>();
    routes.set(topic, { messages, readers: 1 });
    session?.subscribe(topic);
    return messages;
  };

  const close = (topic: string): void => {
    const route = routes.get(topic);
    if (!route) return;
    route.readers -= 1;
    if (route.readers > 0) return;
    routes.delete(topic);
    session?.unsubscribe(topic);
  };

  return {
    broker,
    connected$: connected.pipe(distinctUntilChanged()),

    messages(topic) {
      // A wildcard would let anybody at the broker decide how much we have to read.
      if (/[+#]/.test(topic))
        throw new GateError(
          'MQTT_WILDCARD',
          `${topic} is not one topic`,
          'Name the topic of the device exactly.',
        );
      return new Observable((reader) => {
        if (stopped) return reader.complete();
        const subscription = open(topic).subscribe(reader);
        return () => {
          subscription.unsubscribe();
          close(topic);
        };
      });
    },

    async publish(topic, payload, publishOptions) {
      if (!session || !connected.value)
        throw new GateError(
          'MQTT_OFFLINE',
          `No connection to ${broker}; the message to ${topic} was not sent`,
          'Check that the broker runs and that the network to it is up.',
        );
      await session.publish(topic, payload, publishOptions);
    },

    start() {
      if (started || stopped) return;
      started = true;
      attempt();
    },

    async stop() {
      if (stopped) return;
      stopped = true;
      cancelRetry();
      session?.end('stopped');
      connected.complete();
      for (const { messages } of routes.values()) messages.complete();
      routes.clear();
    },
  };
}
