/** A test algorithm for the keys of simulated gates. What is proved in virtual time does not rest on its strength; its use is the real one. */
import { crc32 } from 'node:zlib';
import type { Signer, Verifier } from '../../../protocols/handover/head.ts';

/** Quick and of no secrecy: whoever knows the name has the key. */
export function testKey(name: string): Signer & Verifier {
  const key = crc32(name);
  const sign = (bytes: Uint8Array): Uint8Array => {
    const signature = Buffer.alloc(4);
    signature.writeUInt32BE(crc32(bytes, key));
    return signature;
  };
  return {
    alg: 'TEST',
    sign,
    verify: (bytes, signature) => Buffer.from(sign(bytes)).equals(Buffer.from(signature)),
  };
}
