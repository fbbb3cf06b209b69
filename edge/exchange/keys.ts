/**
 * Keys of the link to the other gate: reading the configured files, and making development keys for a first run.
 *
 * A certificate names the gate (DNS name = gate id), not its address, so addresses may change. Heads of the log are
 * signed with an Ed25519 key of their own: the key that lets a machine connect is not the key that binds the gate.
 */
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate as NodeCertificate,
  sign,
  verify,
  webcrypto,
} from 'node:crypto';
import { chmod, copyFile, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { GateConfig } from '../../config/schema.ts';
import type { Signer, Verifier } from '../../protocols/handover/head.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
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
 * Reads the files named in the configuration.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, `KEY_MISMATCH`, each naming the file.
 */
export async function loadLinkKeys(config: GateConfig['counterpart'], dataDir: string): Promise<LinkKeys> {
  const read = async (what: string, file: string): Promise<string> => {
    const path = resolve(dataDir, file);
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      throw new GateError(
        'KEY_UNREADABLE',
        `the ${what} ${path} cannot be read: ${messageOf(cause)}`,
        'Put the file there, readable by the exchange daemon; for a trial, development keys can be made and exchanged.',
        { cause },
      );
    }
  };
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

// ---------------------------------------------------------------- development keys

/** Files under a data folder, as the configuration names them by default. */
const FILES = {
  authority: 'keys/ca.cert.pem',
  key: 'keys/exchange.key.pem',
  certificate: 'keys/exchange.cert.pem',
  signingKey: 'keys/signing.key.pem',
  signingPublic: 'keys/signing.pub.pem',
  counterpartAuthority: 'keys/counterpart.ca.pem',
  counterpartSigning: 'keys/counterpart.signing.pem',
} as const;

const YEAR_MS = 365 * 24 * 3_600_000;
const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const { KeyUsageFlags } = x509;

/**
 * Makes what is missing of a gate's own keys under `dataDir`: a private key with a certificate for server and client, the
 * authority that issued it (whose own key is thrown away at once), and a signing key. A private key that is there is never
 * replaced. For first runs and tests; a real site brings its own.
 */
export async function ensureDevelopmentKeys(
  dataDir: string,
  options: { gate: string; clock?: Clock },
): Promise<void> {
  const missing = async (file: string): Promise<boolean> => !(await exists(join(dataDir, file)));

  if (await missing(FILES.key)) {
    const made = await makeCertificates(options.gate, (options.clock ?? systemClock).nowMs());
    await writeWhole(join(dataDir, FILES.authority), made.authority, 0o644);
    await writeWhole(join(dataDir, FILES.certificate), made.certificate, 0o644);
    // Last: while it is missing, a run that was cut short is simply repeated.
    await writeWhole(join(dataDir, FILES.key), made.key, 0o600);
  }
  if (await missing(FILES.signingKey)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeWhole(join(dataDir, FILES.signingKey), pem(privateKey, 'pkcs8'), 0o600);
  }
  if (await missing(FILES.signingPublic)) {
    const publicKey = createPublicKey(await readFile(join(dataDir, FILES.signingKey), 'utf8'));
    await writeWhole(join(dataDir, FILES.signingPublic), pem(publicKey, 'spki'), 0o644);
  }
}

/** Lets two gates with development keys trust each other: copies the public parts, both ways. */
export async function exchangeDevelopmentTrust(dataDirA: string, dataDirB: string): Promise<void> {
  for (const [from, to] of [
    [dataDirA, dataDirB],
    [dataDirB, dataDirA],
  ] as const) {
    await copyFile(join(from, FILES.authority), join(to, FILES.counterpartAuthority));
    await copyFile(join(from, FILES.signingPublic), join(to, FILES.counterpartSigning));
  }
}

async function makeCertificates(gate: string, nowMs: number) {
  x509.cryptoProvider.set(webcrypto);
  const generate = () => webcrypto.subtle.generateKey(EC_P256, true, ['sign', 'verify']);
  const authorityKeys = await generate();
  const keys = await generate();
  const issuer = `CN=${gate} development authority`;
  // An hour back: the other gate's clock may be a little behind.
  const notBefore = new Date(nowMs - 3_600_000);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: issuer,
    notBefore,
    notAfter: new Date(nowMs + 10 * YEAR_MS),
    keys: authorityKeys,
    signingAlgorithm: EC_P256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${gate}`,
    issuer,
    notBefore,
    notAfter: new Date(nowMs + 10 * YEAR_MS),
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: EC_P256,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: gate }]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  return {
    authority: authority.toString('pem'),
    key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
    certificate: certificate.toString('pem'),
  };
}

const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string =>
  key.export({ type, format: 'pem' }).toString();

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** The whole file or none, on disk when this resolves; its mode holds from the first byte on. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', mode);
  try {
    await file.writeFile(text.endsWith('\n') ? text : `${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(temporary, mode);
  await rename(temporary, path);
}
