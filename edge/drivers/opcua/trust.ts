/**
 * Keys and trust of the gate as an OPC UA client, in `{keysDir}/opcua`: `own` (key and certificate), `trusted/certs`
 * (servers we speak to), `issuers`, `rejected` (what came and was refused). An unknown certificate is refused, always:
 * a person compares its thumbprint and moves it from `rejected` to `trusted/certs`.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import type { Clock } from '../../platform/clock.ts';
import { GateError } from '../../platform/errors.ts';
import type { Random } from '../../platform/random.ts';

const dayMs = 86_400_000;
/** Long, because a certificate that runs out at night stops the crane; renewal is an act of maintenance. */
const validityDays = 3_650;

/** One application's keys and trust lists. */
export interface OpcuaKeys {
  manager: OPCUACertificateManager;
  certificateFile: string;
  /** As the certificate says it; server and client compare. */
  applicationUri: string;
}

/** Folder of the gate's OPC UA keys below the folder of all keys. */
export const opcuaKeysDir = (keysDir: string): string => join(keysDir, 'opcua');

/**
 * Opens the folder; makes key and certificate where there are none yet. The trust lists are read now and not watched:
 * open it anew for each connection, so that a certificate moved by a person counts at the next attempt.
 */
export async function openOpcuaKeys(folder: string, clock: Clock, random: Random): Promise<OpcuaKeys> {
  const manager = new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  await manager.initialize();
  const certificateFile = join(folder, 'own', 'certs', 'certificate.pem');
  if (!existsSync(certificateFile)) {
    await manager.createSelfSignedCertificate({
      applicationUri: `urn:lang-son-gate:${random.uuid()}`,
      subject: '/CN=Lang Son gate/O=Lang Son gate',
      dns: [...new Set([hostname(), 'localhost'])],
      ip: ['127.0.0.1'],
      // The other side's clock may be behind ours.
      startDate: new Date(clock.nowMs() - dayMs),
      validity: validityDays,
      outputFile: certificateFile,
    });
  }
  const certificate = await readCertificate(certificateFile);
  const applicationUri = /URI:([^,\s]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  if (applicationUri === undefined) {
    throw new GateError(
      'OPCUA_CERTIFICATE',
      `${certificateFile} names no application URI`,
      'Make the certificate anew with a URI among its alternative names, or remove it and a new one is made.',
    );
  }
  return { manager, certificateFile, applicationUri };
}

/** Makes the owner of `folder` trust `certificate` (DER). */
export async function trustOpcuaPeer(keys: OpcuaKeys, certificate: Buffer): Promise<void> {
  await keys.manager.trustCertificate(certificate);
}

/** The certificate (DER) that the other side has to trust. */
export const ownOpcuaCertificate = async (keys: OpcuaKeys): Promise<Buffer> =>
  (await readCertificate(keys.certificateFile)).raw;

/**
 * For a first start and for tests: the gate trusts exactly the server's certificate and the server exactly the gate's.
 * Run it before the server opens `serverPkiDir`, which has the same layout; both certificates are made if missing.
 */
export async function prepareOpcuaTrust(options: {
  clientKeysDir: string;
  serverPkiDir: string;
  clock: Clock;
  random: Random;
}): Promise<void> {
  const { clientKeysDir, serverPkiDir, clock, random } = options;
  const gate = await openOpcuaKeys(opcuaKeysDir(clientKeysDir), clock, random);
  const server = await openOpcuaKeys(serverPkiDir, clock, random);
  try {
    await trustOpcuaPeer(gate, await ownOpcuaCertificate(server));
    await trustOpcuaPeer(server, await ownOpcuaCertificate(gate));
  } finally {
    await gate.manager.dispose();
    await server.manager.dispose();
  }
}

const readCertificate = async (file: string): Promise<X509Certificate> =>
  new X509Certificate(await readFile(file));
