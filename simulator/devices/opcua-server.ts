/**
 * The OPC UA server of simulated readers and cranes: real node sets, real types, one server for all devices that share an
 * endpoint. Its certificate and trust lists are in `pkiDir`; unknown clients are refused when they ask for security.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AddressSpace,
  DataType,
  DataValue,
  MessageSecurityMode,
  makeNodeId,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type UAVariable,
  VariableIds,
} from 'node-opcua';
import { nodesets } from 'node-opcua-nodesets';
import type { Clock } from '../../edge/platform/clock.ts';
import { CRANE_URI } from '../../protocols/crane/profile.ts';
import type { CraneModel, SightingModel } from '../world/ports.ts';
import { addCrane, type SimulatedCrane } from './opcua-crane.ts';
import { addReader, type SimulatedReader } from './opcua-reader.ts';

export interface OpcuaServerOptions {
  /** 0 for any free one. */
  port: number;
  /** Keys, certificate and trust lists, absolute; made if missing. */
  pkiDir: string;
  /** By browse name below Objects/DeviceSet. */
  readers: ReadonlyMap<string, SightingModel>;
  cranes: ReadonlyMap<string, CraneModel>;
  clock: Clock;
  /** How often the server's clock and the cranes' heartbeats move. */
  heartbeatMs?: number;
  /** What clients may ask for; all by default. */
  security?: readonly Security[];
}

export interface OpcuaServer {
  readonly endpointUrl: string;
  readonly port: number;
  readonly readers: ReadonlyMap<string, SimulatedReader>;
  readonly cranes: ReadonlyMap<string, SimulatedCrane>;
  /** What clients have at this server now. */
  load(): { sessions: number; subscriptions: number };
  /** From now on every value, the server's clock included, stays as it is, and no event comes; connections live on. */
  silence(): void;
  /** Ends the silence; values jump to the present. */
  speak(): void;
  /** Breaks all connections without a word, as a crash does. Start another server on the same port to come back. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

type Security = 'none' | 'sign' | 'sign-and-encrypt';
const securityModes: Record<Security, MessageSecurityMode> = {
  none: MessageSecurityMode.None,
  sign: MessageSecurityMode.Sign,
  'sign-and-encrypt': MessageSecurityMode.SignAndEncrypt,
};

/** All in one list: each needs those before it, and machinery needs ia. */
const nodesetFiles = [
  nodesets.standard,
  nodesets.di,
  nodesets.ia,
  nodesets.autoId,
  nodesets.machinery,
  nodesets.isa95JobControl,
];

/** Starts the server on 127.0.0.1; loading the node sets takes about a second. */
export async function startOpcuaServer(options: OpcuaServerOptions): Promise<OpcuaServer> {
  const { clock, pkiDir, heartbeatMs = 1_000, security = ['none', 'sign', 'sign-and-encrypt'] } = options;
  const trust = (folder: string): OPCUACertificateManager =>
    new OPCUACertificateManager({
      rootFolder: folder,
      automaticallyAcceptUnknownCertificate: false,
      disableFileWatchers: true,
    });
  const serverCertificateManager = trust(pkiDir);
  const userCertificateManager = trust(join(pkiDir, 'user'));
  const applicationUri = applicationUriOf(join(pkiDir, 'own', 'certs', 'certificate.pem'));
  const server = new OPCUAServer({
    port: options.port,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverCertificateManager,
    userCertificateManager,
    nodeset_filename: nodesetFiles,
    securityModes: security.map((mode) => securityModes[mode]),
    securityPolicies: [
      ...(security.includes('none') ? [SecurityPolicy.None] : []),
      ...(security.some((mode) => mode !== 'none') ? [SecurityPolicy.Basic256Sha256] : []),
    ],
    serverInfo: applicationUri === undefined ? {} : { applicationUri },
    buildInfo: { productName: 'Simulated readers and cranes' },
    serverCapabilities: { maxSessions: 50 },
  });
  const readers = new Map<string, SimulatedReader>();
  const cranes = new Map<string, SimulatedCrane>();
  let silentSinceMs: number | undefined;
  const isSilent = (): boolean => silentSinceMs !== undefined;
  const shutdown = async (): Promise<void> => {
    for (const device of [...readers.values(), ...cranes.values()]) device.stop();
    await server.shutdown(0);
    await serverCertificateManager.dispose();
    await userCertificateManager.dispose();
  };

  try {
    await server.initialize();
    const addressSpace = server.engine.addressSpace;
    if (!addressSpace) throw new Error('the address space was not loaded');
    bindServerClock(addressSpace, heartbeatMs, () => silentSinceMs ?? clock.nowMs());
    const craneNamespace = addressSpace.registerNamespace(CRANE_URI);
    for (const [name, model] of options.readers) {
      readers.set(name, addReader(addressSpace, name, model, { clock, isSilent }));
    }
    for (const [name, model] of options.cranes) {
      cranes.set(name, addCrane(addressSpace, craneNamespace, name, model, { clock, heartbeatMs, isSilent }));
    }
    await server.start();
  } catch (error) {
    await shutdown();
    throw error;
  }
  const port = Number(new URL(server.getEndpointUrl()).port);
  return {
    endpointUrl: `opc.tcp://127.0.0.1:${port}`,
    port,
    readers,
    cranes,
    load: () => ({
      sessions: server.engine.currentSessionCount,
      subscriptions: server.engine.currentSubscriptionCount,
    }),
    silence() {
      silentSinceMs ??= clock.nowMs();
    },
    speak() {
      silentSinceMs = undefined;
      for (const crane of cranes.values()) crane.publish();
    },
    async crash() {
      for (const endpoint of server.endpoints) endpoint.abruptlyInterruptChannels();
      await shutdown();
    },
    stop: shutdown,
  };
}

/** Puts the injected clock behind Server_ServerStatus_CurrentTime, so that it can stand still. */
function bindServerClock(addressSpace: AddressSpace, samplingMs: number, nowMs: () => number): void {
  const currentTime = addressSpace.findNode(
    makeNodeId(VariableIds.Server_ServerStatus_CurrentTime),
  ) as UAVariable;
  currentTime.minimumSamplingInterval = samplingMs;
  // The variable is a window on the server's status structure and cannot be bound to anything else.
  currentTime.readValue = () => {
    const now = new Date(nowMs());
    return new DataValue({ value: { dataType: DataType.DateTime, value: now }, sourceTimestamp: now });
  };
}

/** The URI that the certificate in the folder carries; without one, the stack makes both. */
function applicationUriOf(certificateFile: string): string | undefined {
  if (!existsSync(certificateFile)) return undefined;
  const { subjectAltName } = new X509Certificate(readFileSync(certificateFile));
  return /URI:([^,\s]+)/.exec(subjectAltName ?? '')?.[1];
}
