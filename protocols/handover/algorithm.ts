/**
 * The seam for signature algorithms. A side may demand its own (EdDSA and ES256 come with the gate; SM2 is registered the same
 * way); which one a signature is of is the key's business, never that of the text that was signed.
 */
import type { PublicKey } from './public-key.ts';

/** Makes signatures at once, with a private key in this process. */
export interface Signer {
  /** JWS `alg`, such as `EdDSA`. */
  readonly alg: string;
  /** JWK thumbprint of its public key (RFC 7638). */
  readonly kid: string;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Makes signatures with a key that lies elsewhere, such as in a PKCS#11 token. Rejects if it cannot. */
export interface RemoteSigner {
  readonly alg: string;
  readonly kid: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface Verifier {
  readonly alg: string;
  /** False for anything that is no signature of these bytes; never throws. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** What can check signatures with public keys, by the `alg` that the key itself states. */
export interface Algorithms {
  /** Undefined if the algorithm is not known here, or the key is none of it. */
  verifierOf(key: PublicKey): Verifier | undefined;
}
