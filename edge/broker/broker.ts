/**
 * The embedded MQTT broker: nothing to install for a first run. It keeps no offline queue and bounds everything else, so
 * that one device gone mad takes neither the memory nor the time of the others. A real site may run Mosquitto
 * instead (`deploy/mosquitto/mosquitto.conf`); the gates see no difference.
 */
import net from 'node:net';
import { Aedes, type Client } from 'aedes';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { limitFrames } from './frames.ts';

export interface BrokerLimits {
  /** Longer packets end the connection of who sends them. */
  packetBytesMax: number;
  clientsMax: number;
  subscriptionsPerClientMax: number;
  /** Further retained topics are refused by ending the connection of who publishes them. */
  retainedTopicsMax: number;
  /** A subscriber that does not read for so long is thrown out, so that the others do not wait for it. */
  drainTimeoutMs: number;
}

const defaultLimits: BrokerLimits = {
  packetBytesMax: 272 * 1024,
  clientsMax: 200,
  subscriptionsPerClientMax: 200,
  retainedTopicsMax: 1_000,
  drainTimeoutMs: 2_000,
};

export interface BrokerOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  log: Log;
  limits?: Partial<BrokerLimits>;
}

export interface Broker {
  /** The port it listens on. */
  readonly port: number;
  /** Ends all connections. */
  stop(): Promise<void>;
}

const cannotListen = (error: NodeJS.ErrnoException, host: string, port: number): GateError => {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return new GateError(
      'PORT_IN_USE',
      `The broker cannot listen on ${where}: another program already does`,
      'Stop the other program (it may be an earlier gate), or set another port under `broker` in the configuration of the gate and its devices.',
      { cause: error },
    );
  return new GateError(
    'BROKER_NOT_STARTED',
    `The broker cannot listen on ${where}: ${error.message}`,
    'Check host and port under `broker` in the configuration.',
    { cause: error },
  );
};

/** Rules on what a client may ask of the broker. */
function guard(broker: Aedes, limits: BrokerLimits): void {
  const retainedTopics = new Set<string>();
  const subscriptions = new WeakMap<Client, Set<string>>();

  broker.preConnect = (_client, packet, done) => {
    // Every session is clean: what is published while a client is away is not for it. So no queue can grow.
    packet.clean = true;
    done(null, true);
  };
  broker.authorizeSubscribe = (client, subscription, done) => {
    const topics = subscriptions.get(client) ?? new Set();
    const allowed = topics.has(subscription.topic) || topics.size < limits.subscriptionsPerClientMax;
    if (allowed) subscriptions.set(client, topics.add(subscription.topic));
    done(null, allowed ? subscription : null);
  };
  broker.on('unsubscribe', (topics, client) => {
    for (const topic of topics) subscriptions.get(client)?.delete(topic);
  });
  broker.authorizePublish = (_client, packet, done) => {
    if (packet.topic.startsWith('$SYS/')) return done(new Error('$SYS is reserved'));
    if (packet.retain) {
      if (packet.payload.length === 0) retainedTopics.delete(packet.topic);
      else if (retainedTopics.size >= limits.retainedTopicsMax && !retainedTopics.has(packet.topic))
        return done(new Error(`more than ${limits.retainedTopicsMax} retained topics`));
      else retainedTopics.add(packet.topic);
    }
    done(null);
  };
}

/** Resolves when the broker listens. Rejects with `GateError`: `PORT_IN_USE`, `BROKER_NOT_STARTED`. */
export async function startBroker({ host, port, log, limits: given }: BrokerOptions): Promise<Broker> {
  const limits = { ...defaultLimits, ...given };
  const broker = await Aedes.createBroker({ drainTimeout: limits.drainTimeoutMs, connectTimeout: 5_000 });
  guard(broker, limits);

  const failed = (client: Client | null, error: Error): void =>
    log.warn(`connection ended: ${messageOf(error)}`, { client: client?.id ?? undefined });
  broker.on('clientError', failed);
  broker.on('connectionError', failed);
  broker.on('keepaliveTimeout', (client) => log.warn('fell silent', { client: client.id }));
  // aedes emits its own inner failures as an event of this name, which would end the process if nobody listened.
  broker.addListener('error', (error: unknown) => log.error(`broker failure: ${messageOf(error)}`));

  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(limitFrames(socket, limits.packetBytesMax));
  });
  server.maxConnections = limits.clientsMax;
  server.on('drop', () => log.warn(`a connection was refused: ${limits.clientsMax} clients are connected`));

  const closeAedes = (): Promise<void> => new Promise((resolve) => broker.close(resolve));
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  try {
    await listening;
  } catch (error) {
    await closeAedes();
    throw error;
  }
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  server.on('error', (error) => log.error(`broker socket: ${messageOf(error)}`));
  log.info(`broker listens on ${host}:${actualPort}`);

  return {
    port: actualPort,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeAedes();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
