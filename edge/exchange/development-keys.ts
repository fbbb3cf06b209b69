/**
 * Keys of the link for a first run on one machine, and for tests: certificates, signing keys, and trust in each other.
 * Kept apart from `keys.ts`, because making certificates needs libraries that the daemon does not.
 */
import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { type Clock, systemClock } from '../platform/clock.ts';
import { isThere, writeWhole } from './private-file.ts';

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
  const missing = async (file: string): Promise<boolean> => !(await isThere(join(dataDir, file)));

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
