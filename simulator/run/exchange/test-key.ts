/** A test algorithm for the keys of simulated gates. What is proved in virtual time does not rest on its strength; its use is the real one. */
import { crc32 } from 'node:zlib';
import type { Signer, Verifier } from '../../../protocols/handover/head.ts';
import { createKeyRing, type KeyRing } from '../../../protocols/handover/key-ring.ts';
import { type LogKey, thumbprint } from '../../../protocols/handover/public-key.ts';

export interface TestKey extends Signer, Verifier {
  readonly alg: string;
  /** This key and no other. */
  readonly ring: KeyRing;
}

/** Quick and of no secrecy: whoever knows the name has the key. */
export function testKey(name: string): TestKey {
  const secret = crc32(name);
  const parts = { kty: 'OKP', crv: 'TEST', x: Buffer.from(name).toString('base64url') } as const;
  const key: LogKey = { ...parts, alg: 'TEST', kid: thumbprint(parts), use: 'sig', fromSize: 0 };
  const sign = (bytes: Uint8Array): Uint8Array => {
    const signature = Buffer.alloc(4);
    signature.writeUInt32BE(crc32(bytes, secret));
    return signature;
  };
  const signer = {
    alg: 'TEST',
    kid: key.kid,
    sign,
    verify: (bytes: Uint8Array, signature: Uint8Array) =>
      Buffer.from(sign(bytes)).equals(Buffer.from(signature)),
  };
  const made = createKeyRing([key], { verifierOf: () => signer });
  if (!made.ok) throw new Error(made.reason);
  return { ...signer, ring: made.ring };
}
