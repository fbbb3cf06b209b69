/** The algorithms that a time stamp may be signed with: RSA (PKCS #1 v1.5) and ECDSA, over the SHA-2 family. */
import { type KeyObject, verify } from 'node:crypto';
import { SHA256_OID } from './request.ts';

const DIGESTS: Readonly<Record<string, string>> = {
  [SHA256_OID]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Node's name of a digest; undefined for one that is not taken (SHA-1 and older, or unknown here). */
export const digestNamed = (oid: string): string | undefined =>
  Object.hasOwn(DIGESTS, oid) ? DIGESTS[oid] : undefined;

interface SignatureKind {
  keyType: 'rsa' | 'ec';
  /** Undefined: the digest is named beside it. */
  digest?: string;
}

const SIGNATURES: Readonly<Record<string, SignatureKind>> = {
  '1.2.840.113549.1.1.1': { keyType: 'rsa' },
  '1.2.840.113549.1.1.11': { keyType: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', digest: 'sha512' },
};

const RSA_BITS_MIN = 2_048;

export interface Signed {
  bytes: Uint8Array;
  signature: Uint8Array;
  /** OID of the signature algorithm. */
  algorithm: string;
  /** OID of the digest beside it, where the algorithm itself names none; none: it must name one. */
  digest?: string;
  key: KeyObject;
}

/** Why the signature does not hold; undefined if it does. */
export function whyNotSigned({ bytes, signature, algorithm, digest, key }: Signed): string | undefined {
  const kind = Object.hasOwn(SIGNATURES, algorithm) ? SIGNATURES[algorithm] : undefined;
  const name = kind?.digest ?? (digest === undefined ? undefined : digestNamed(digest));
  if (kind === undefined || name === undefined)
    return `its algorithm ${algorithm} is none that is taken here`;
  if (key.asymmetricKeyType !== kind.keyType)
    return `it is signed with ${kind.keyType}, its certificate holds a key of ${key.asymmetricKeyType}`;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN;
  if (bits < RSA_BITS_MIN) return `its RSA key has ${bits} bits, fewer than ${RSA_BITS_MIN}`;
  return verify(name, bytes, key, signature) ? undefined : 'its signature does not match';
}
