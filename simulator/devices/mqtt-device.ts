/**
 * The MQTT side of a simulated device. On purpose not the gate's own connection: real devices come with other stacks, and this
 * one reconnects the way the library does by itself.
 */
import net from 'node:net';
import { type IClientOptions, MqttClient } from 'mqtt';

export interface MqttDeviceOptions {
  /** `mqtt://host:port` */
  brokerUrl: string;
  clientId: string;
  will?: NonNullable<IClientOptions['will']>;
  subscriptions: string[];
  /** Connected and subscribed, for the first or a further time. */
  onConnect(): void;
  onDisconnect(): void;
  onMessage(topic: string, payload: Buffer, retained: boolean): void;
}

export interface MqttDevice {
  /** Sends now, or not at all if there is no connection. */
  publish(topic: string, payload: string | Uint8Array, options: { qos: 0 | 1; retain?: boolean }): void;
  /** Says goodbye to the broker, which then keeps the last will to itself. */
  stop(): Promise<void>;
  /** Pulls the plug: no goodbye, so the broker tells the last will. */
  crash(): Promise<void>;
}

export function connectMqttDevice(options: MqttDeviceOptions): MqttDevice {
  const { hostname, port } = new URL(options.brokerUrl);
  const client = new MqttClient(() => net.connect({ host: hostname, port: Number(port), noDelay: true }), {
    clientId: options.clientId,
    keepalive: 5,
    connectTimeout: 5_000,
    reconnectPeriod: 200,
    resubscribe: false,
    queueQoSZero: false,
    ...(options.will ? { will: options.will } : {}),
  });
  client.on('connect', () => {
    client.subscribe(options.subscriptions, { qos: 1 }, (error) => {
      if (!error) options.onConnect();
    });
  });
  client.on('message', (topic, payload, packet) => options.onMessage(topic, payload, packet.retain));
  client.on('close', () => options.onDisconnect());
  // A broker that is away is an everyday thing for a device: it tries again.
  client.on('error', () => {});

  return {
    publish(topic, payload, { qos, retain = false }) {
      if (client.connected) client.publish(topic, Buffer.from(payload), { qos, retain });
    },
    stop: () => client.endAsync(!client.connected),
    crash: () => client.endAsync(true),
  };
}
