/**
 * The signature algorithms of the gate, each in its JWS form: EdDSA with Ed25519 (RFC 8037), ES256 with P-256 (RFC 7518: r and s
 * side by side, not DER). Another one that a side demands is one more {@link KeyAlgorithm} in the list.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { Algorithms, Signer, Verifier } from '../../protocols/handover/algorithm.ts';
import { type KeyParts, type PublicKey, publicKey, thumbprint } from '../../protocols/handover/public-key.ts';

export interface KeyAlgorithm {
  /** JWS `alg`. */
  readonly alg: string;
  /** Length of every signature, in bytes. */
  readonly signatureBytes: number;
  /** A new private key. */
  generate(): KeyObject;
  /** The parts of the key, private or public, as a JWK; undefined if it is none of this algorithm. */
  partsOf(key: KeyObject): KeyParts | undefined;
  /** Throws if the parts are no key of this algorithm. */
  publicKeyOf(parts: KeyParts): KeyObject;
  sign(bytes: Uint8Array, privateKey: KeyObject): Uint8Array;
  verify(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): boolean;
}

export const EDDSA: KeyAlgorithm = {
  alg: 'EdDSA',
  signatureBytes: 64,
  generate: () => generateKeyPairSync('ed25519').privateKey,
  partsOf: (key) => (key.asymmetricKeyType === 'ed25519' ? exportedParts(key) : undefined),
  publicKeyOf: (parts) => importedParts(parts, 'Ed25519'),
  sign: (bytes, key) => sign(null, bytes, key),
  verify: (bytes, signature, key) => verify(null, bytes, key, signature),
};

export const ES256: KeyAlgorithm = {
  alg: 'ES256',
  signatureBytes: 64,
  generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  partsOf: (key) => (key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? exportedParts(key) : undefined),
  publicKeyOf: (parts) => importedParts(parts, 'P-256'),
  sign: (bytes, key) => sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }),
  verify: (bytes, signature, key) => verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature),
};

export interface KeyAlgorithms extends Algorithms {
  readonly names: readonly string[];
  /** By its JWS name. */
  find(alg: string): KeyAlgorithm | undefined;
  /** The algorithm of a key; undefined if none here fits. */
  of(key: KeyObject): KeyAlgorithm | undefined;
}

/** Throws if a name stands twice or is that of no signature at all: that would be a fault of ours. */
export function createAlgorithms(list: readonly KeyAlgorithm[]): KeyAlgorithms {
  const names = list.map(({ alg }) => alg);
  if (new Set(names).size < names.length || names.some((alg) => alg.toLowerCase() === 'none'))
    throw new Error(`these are no distinct signature algorithms: ${names.join(', ')}`);
  const find = (name: string): KeyAlgorithm | undefined => list.find(({ alg }) => alg === name);
  return {
    names,
    find,
    of: (key) => list.find((algorithm) => algorithm.partsOf(key) !== undefined),
    verifierOf(key) {
      const algorithm = find(key.alg);
      if (algorithm === undefined) return undefined;
      try {
        return verifierOf(algorithm, algorithm.publicKeyOf(key));
      } catch {
        // The parts come from outside; that they make no key is an answer.
        return undefined;
      }
    },
  };
}

export const ALGORITHMS = createAlgorithms([EDDSA, ES256]);

/** How long a key is valid, seconds since 1970. */
export interface Validity {
  nbf?: number;
  exp?: number;
}

/** The public half of a key, under its own name; undefined if no algorithm here fits. */
export function publicKeyOf(
  key: KeyObject,
  algorithms: KeyAlgorithms,
  validity: Validity = {},
): PublicKey | undefined {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  const algorithm = algorithms.of(half);
  const parts = algorithm?.partsOf(half);
  if (algorithm === undefined || parts === undefined) return undefined;
  return publicKey.parse({
    ...parts,
    alg: algorithm.alg,
    kid: thumbprint(parts),
    use: 'sig',
    ...validity,
  });
}

/** Signs with a private key in this process. @throws Error if it is of no algorithm known here. */
export function signerOf(privateKey: KeyObject, algorithms: KeyAlgorithms = ALGORITHMS): Signer {
  const half = createPublicKey(privateKey);
  const algorithm = algorithms.of(half);
  const parts = algorithm?.partsOf(half);
  if (algorithm === undefined || parts === undefined)
    throw new Error(`it is ${kindOf(privateKey)}, and signs by none of ${algorithms.names.join(', ')}`);
  return {
    alg: algorithm.alg,
    kid: thumbprint(parts),
    sign: (bytes) => algorithm.sign(bytes, privateKey),
  };
}

/** What a key is, for a person. */
export const kindOf = (key: KeyObject): string =>
  [key.asymmetricKeyType, key.asymmetricKeyDetails?.namedCurve].filter(Boolean).join(' ');

/** Checks EdDSA signatures with an Ed25519 key. */
export const ed25519Verifier = (key: KeyObject): Verifier => verifierOf(EDDSA, key);

const verifierOf = ({ alg, signatureBytes, verify: check }: KeyAlgorithm, key: KeyObject): Verifier => ({
  alg,
  verify: (bytes, signature) => signature.length === signatureBytes && check(bytes, signature, key),
});

function exportedParts(key: KeyObject): KeyParts {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  const { kty, crv, x, y } = half.export({ format: 'jwk' });
  return { kty, crv, x, ...(y !== undefined && { y }) } as KeyParts;
}

function importedParts({ kty, crv, x, y }: KeyParts, curve: string): KeyObject {
  if (crv !== curve) throw new Error(`the curve ${crv} is not ${curve}`);
  return createPublicKey({ key: { kty, crv, x, ...(y !== undefined && { y }) }, format: 'jwk' });
}
