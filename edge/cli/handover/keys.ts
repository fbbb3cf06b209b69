/** Trust files for whoever checks a log: reading them, and the signature algorithms they may name, each in its JWS form. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Verifier } from '../../../protocols/handover/head.ts';
import { readTrust, type Trust, type TrustedKey } from '../../../protocols/handover/trust.ts';
import { GateError, messageOf } from '../../platform/errors.ts';

interface Algorithm {
  curve: string;
  verify(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): boolean;
}

const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['EdDSA', { curve: 'Ed25519', verify: (bytes, signature, key) => verify(null, bytes, key, signature) }],
  [
    'ES256',
    {
      curve: 'P-256',
      verify: (bytes, signature, key) =>
        signature.length === 64 && verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature),
    },
  ],
]);

/** Undefined if the key is of no algorithm known here, or its parts make no key. */
export function verifierOf({ alg, kty, crv, x, y }: TrustedKey): Verifier | undefined {
  const algorithm = ALGORITHMS.get(alg);
  if (algorithm === undefined || algorithm.curve !== crv) return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: { kty, crv, x, ...(y !== undefined && { y }) }, format: 'jwk' });
  } catch {
    // The parts come from a file; that they make no key is an answer.
    return undefined;
  }
  return { alg, verify: (bytes, signature) => algorithm.verify(bytes, signature, key) };
}

/** @throws GateError `TRUST_UNREADABLE` */
export async function readTrustFiles(paths: readonly string[]): Promise<Trust> {
  const unreadable = (reason: string, cause?: unknown): GateError =>
    new GateError(
      'TRUST_UNREADABLE',
      `${paths.join(', ')}: ${reason}`,
      'Name the files with the public keys of both gates, as `gate keys show --public` prints them.',
      { cause },
    );
  let texts: string[];
  try {
    texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  } catch (cause) {
    throw unreadable(messageOf(cause), cause);
  }
  const read = readTrust(texts);
  if (!read.ok) throw unreadable(read.reason);
  return read.trust;
}
