/** The simulated hardware of one or both gates on real sockets and lines, in real time: what the gates’ drivers connect to. */
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { devicesOf } from '../config/lookup.ts';
import type { GateConfig } from '../config/schema.ts';
import type { Clock } from '../edge/platform/clock.ts';
import type { Random } from '../edge/platform/random.ts';
import { startCustoms } from './devices/customs-http.ts';
import { startLaneIo } from './devices/lane-io-mqtt.ts';
import { startOnvifCamera } from './devices/onvif-camera.ts';
import { startOpcuaServer } from './devices/opcua-server.ts';
import { startVehicle } from './devices/vehicle-mqtt.ts';
import { startSerialWeighbridge, startTcpWeighbridge } from './devices/weighbridge.ts';
import type { CraneModel, GateWorld, SightingModel } from './world/ports.ts';
import { createWorld, type SimulatedWorld } from './world/world.ts';

export interface SiteGate {
  config: GateConfig;
  /** The gate's data folder: serial lines are linked below it. */
  dataDir: string;
}

export interface SiteOptions {
  gates: readonly SiteGate[];
  /** Quickens the hardware's own motion; heartbeats and protocol times stay as they are. */
  speed: number;
  clock: Clock;
  random: Random;
}

export interface SimulatedSite {
  readonly world: SimulatedWorld;
  stop(): Promise<void>;
}

/** Folder of the simulated OPC UA servers' keys, below a gate's data folder. */
export const simulatedPkiDir = (dataDir: string): string => join(dataDir, 'simulator', 'opcua');

type Server = { stop(): Promise<void> | void };

/** Starts everything; devices on MQTT find their broker by themselves when it comes up. */
export async function startSite({ gates, speed, clock, random }: SiteOptions): Promise<SimulatedSite> {
  const world = createWorld({ configs: gates.map(({ config }) => config), clock, random, speed });
  const servers: Server[] = [];
  const stop = async (): Promise<void> => {
    world.stop();
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const gate of gates) {
      const models = world.gates.get(gate.config.gate.id);
      if (models !== undefined)
        for await (const server of startGate(gate, models, clock)) servers.push(server);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { world, stop };
}

/** The model of a configured device; the world is built from the same configuration. */
function modelOf<T>(models: ReadonlyMap<string, T>, id: string): T {
  const model = models.get(id);
  if (model === undefined) throw new RangeError(`the simulated world has no ${id}`);
  return model;
}

async function* startGate(
  { config, dataDir }: SiteGate,
  models: GateWorld,
  clock: Clock,
): AsyncGenerator<Server> {
  const brokerUrl =
    config.broker.kind === 'embedded'
      ? `mqtt://${config.broker.host}:${config.broker.port}`
      : config.broker.url;
  const lanes = devicesOf(config, 'lane-io').map((device) => ({
    config: device,
    model: modelOf(models.laneIo, device.id),
  }));
  yield startLaneIo({ brokerUrl, devices: lanes, clock, clientId: `${config.gate.id}-plc` });
  for (const device of devicesOf(config, 'vehicle')) {
    yield startVehicle({ brokerUrl, config: device, model: modelOf(models.vehicles, device.id), clock });
  }
  for (const { id, port, username, password = '' } of devicesOf(config, 'plate-camera')) {
    yield await startOnvifCamera({ port, username, password, model: modelOf(models.cameras, id), clock });
  }
  yield* startOpcua(config, dataDir, models, clock);
  for (const { id, connection, checksum } of devicesOf(config, 'weighbridge')) {
    const model = modelOf(models.scales, id);
    if (connection.via === 'tcp')
      yield await startTcpWeighbridge({
        model,
        clock,
        checksum,
        host: connection.host,
        port: connection.port,
      });
    else {
      const linkPath = isAbsolute(connection.path) ? connection.path : join(dataDir, connection.path);
      await mkdir(join(linkPath, '..'), { recursive: true });
      yield await startSerialWeighbridge({ model, clock, checksum, linkPath });
    }
  }
  yield await startCustoms({ port: Number(new URL(config.customs.url).port), model: models.customs, clock });
}

/** One server for all readers and cranes that share an endpoint. */
async function* startOpcua(
  config: GateConfig,
  dataDir: string,
  models: GateWorld,
  clock: Clock,
): AsyncGenerator<Server> {
  const endpoints = new Map<
    string,
    { readers: Map<string, SightingModel>; cranes: Map<string, CraneModel> }
  >();
  const at = (url: string) => {
    const known = endpoints.get(url) ?? { readers: new Map(), cranes: new Map() };
    endpoints.set(url, known);
    return known;
  };
  for (const { id, endpointUrl, object } of devicesOf(config, 'container-reader')) {
    at(endpointUrl).readers.set(object, modelOf(models.readers, id));
  }
  for (const { id, endpointUrl, object } of devicesOf(config, 'crane')) {
    at(endpointUrl).cranes.set(object, modelOf(models.cranes, id));
  }
  for (const [url, { readers, cranes }] of endpoints) {
    const port = Number(new URL(url.replace('opc.tcp:', 'http:')).port);
    yield await startOpcuaServer({ port, pkiDir: simulatedPkiDir(dataDir), readers, cranes, clock });
  }
}
