/**
 * Keys of the link to the other gate: reading the configured files. Those of a first run are made in `development-keys.ts`.
 *
 * A certificate names the gate (DNS name = gate id), not its address, so addresses may change. Heads of the log are
 * signed with an Ed25519 key of their own: the key that lets a machine connect is not the key that binds the gate.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  X509Certificate as NodeCertificate,
  sign,
  verify,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { GateConfig } from '../../config/schema.ts';
import type { Signer, Verifier } from '../../protocols/handover/head.ts';
import { GateError, messageOf } from '../platform/errors.ts';

/** All that exchange needs to be recognised and to recognise the other side. */
export interface LinkKeys {
  /** Our private key and certificate, and the authority of the other side; PEM. */
  tls: { key: string; cert: string; ca: string };
  /** Signs the heads of our log. */
  signer: Signer;
  /** Checks our own heads: the other side shows us the one it has seen. */
  ownVerifier: Verifier;
  /** Checks the heads of the other side. */
  theirVerifier: Verifier;
}

/**
 * Reads a key or certificate, PEM. `what` it is, and what would cure it.
 * @throws GateError `KEY_UNREADABLE`
 */
export async function readPem(what: string, path: string, cure: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new GateError('KEY_UNREADABLE', `the ${what} ${path} cannot be read: ${messageOf(cause)}`, cure, {
      cause,
    });
  }
}

/**
 * Reads the files named in the configuration.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, `KEY_MISMATCH`, each naming the file.
 */
export async function loadLinkKeys(config: GateConfig['counterpart'], dataDir: string): Promise<LinkKeys> {
  const read = (what: string, file: string): Promise<string> =>
    readPem(
      what,
      resolve(dataDir, file),
      'Put the file there, readable by the exchange daemon; for a trial, development keys can be made and exchanged.',
    );
  const parsed = <T>(what: string, file: string, parse: () => T): T => {
    try {
      return parse();
    } catch (cause) {
      throw wrongKind(what, resolve(dataDir, file), messageOf(cause), cause);
    }
  };

  const key = await read('private key', config.keyFile);
  const cert = await read('certificate', config.certificateFile);
  const ca = await read('other side’s certificate authority', config.trustFile);
  const privateKey = parsed('private key', config.keyFile, () => createPrivateKey(key));
  const certificate = parsed('certificate', config.certificateFile, () => new NodeCertificate(cert));
  parsed('other side’s certificate authority', config.trustFile, () => new NodeCertificate(ca));
  if (!certificate.checkPrivateKey(privateKey))
    throw new GateError(
      'KEY_MISMATCH',
      `the certificate ${resolve(dataDir, config.certificateFile)} does not belong to the private key ${config.keyFile}`,
      'Install key and certificate from the same request.',
    );

  const signingPem = await read('signing key', config.signingKeyFile);
  const signingKey = parsed('signing key', config.signingKeyFile, () =>
    ed25519(createPrivateKey(signingPem)),
  );
  const trustPem = await read('other side’s signing key', config.signingTrustFile);
  const trustKey = parsed('other side’s signing key', config.signingTrustFile, () =>
    ed25519(createPublicKey(trustPem)),
  );
  return {
    tls: { key, cert, ca },
    signer: ed25519Signer(signingKey),
    ownVerifier: ed25519Verifier(createPublicKey(signingKey)),
    theirVerifier: ed25519Verifier(trustKey),
  };
}

/**
 * Reads an Ed25519 private key that signs what leaves the gate.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`
 */
export async function readSigningKey(what: string, path: string): Promise<Signer> {
  const pem = await readPem(
    what,
    path,
    'Put the file there, readable by the exchange daemon only, or take it out of the configuration.',
  );
  try {
    return ed25519Signer(ed25519(createPrivateKey(pem)));
  } catch (cause) {
    throw wrongKind(what, path, messageOf(cause), cause);
  }
}

/** EdDSA signatures (RFC 8037) with an Ed25519 private key. */
export const ed25519Signer = (key: KeyObject): Signer => ({
  alg: 'EdDSA',
  sign: (bytes) => sign(null, bytes, key),
});

export const ed25519Verifier = (key: KeyObject): Verifier => ({
  alg: 'EdDSA',
  verify: (bytes, signature) => verify(null, bytes, key, signature),
});

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`it is ${key.asymmetricKeyType}, not an Ed25519 key`);
  return key;
}

const wrongKind = (what: string, path: string, reason: string, cause: unknown): GateError =>
  new GateError(
    'KEY_WRONG_KIND',
    `the ${what} ${path} is not usable: ${reason}`,
    'Install a PEM file of the right kind there.',
    {
      cause,
    },
  );
