/** Keys of a log for tests: real ones, and one of an algorithm that does not come with the gate. */
import assert from 'node:assert/strict';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import {
  ALGORITHMS,
  createAlgorithms,
  EDDSA,
  ES256,
  type KeyAlgorithm,
  type KeyAlgorithms,
  publicKeyOf,
  signerOf,
} from '../../edge/exchange/algorithms.ts';
import type { Signer } from '../../protocols/handover/algorithm.ts';
import { createKeyRing, type KeyRing, type ListedKey } from '../../protocols/handover/key-ring.ts';
import type { LogKey } from '../../protocols/handover/public-key.ts';
import { type RotationRecord, rotationOf, unsignedRotation } from '../../protocols/handover/rotation.ts';

/** 1.2.156.10197.1.301, the curve of SM2. */
const SM2_CURVE = Buffer.from('06082a811ccf5501822d', 'hex');
const spkiOf = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });

/** Two whole numbers of 32 bytes side by side, as JWS has them, out of the DER that OpenSSL writes. */
function fromDer(der: Uint8Array): Buffer {
  const numbers: Buffer[] = [];
  for (let at = 2; at < der.length; at += 2 + (der[at + 1] ?? 0)) {
    const digits = Buffer.from(der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0)));
    numbers.push(Buffer.concat([Buffer.alloc(32), digits]).subarray(-32));
  }
  return Buffer.concat(numbers);
}
function toDer(raw: Uint8Array): Buffer {
  const numbers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const digits = Buffer.from(half.subarray(half.findIndex((byte) => byte !== 0)));
    const positive = (digits[0] ?? 0) < 128 ? digits : Buffer.concat([Buffer.alloc(1), digits]);
    return Buffer.concat([Buffer.from([2, positive.length]), positive]);
  });
  const body = Buffer.concat(numbers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/**
 * What a side that demands SM2 (GB/T 32918) would register: a key that Node.js has no JWK for, and a signature that it knows in DER only.
 * The signer’s identity is OpenSSL’s default; a real site would agree on it.
 */
export const SM2: KeyAlgorithm = {
  alg: 'SM2-SM3',
  signatureBytes: 64,
  generate() {
    const made = generateKeyPairSync('ec', { namedCurve: 'SM2' }).privateKey;
    // Only what was read from a file signs by SM2’s own scheme.
    return createPrivateKey(made.export({ format: 'pem', type: 'pkcs8' }));
  },
  partsOf(key) {
    const der = spkiOf(key);
    if (!der.includes(SM2_CURVE)) return undefined;
    const [x, y] = [der.subarray(-64, -32), der.subarray(-32)].map((half) => half.toString('base64url'));
    assert.ok(x !== undefined && y !== undefined);
    return { kty: 'EC', crv: 'SM2', x, y };
  },
  publicKeyOf({ crv, x, y = '' }) {
    assert.equal(crv, 'SM2');
    const point = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    assert.equal(point.length, 64);
    const der = Buffer.concat([spkiOf(SM2.generate()).subarray(0, -64), point]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  },
  sign: (bytes, key) => fromDer(sign('sm3', bytes, key)),
  verify: (bytes, signature, key) => verify('sm3', bytes, key, toDer(signature)),
};

export const WITH_SM2 = createAlgorithms([EDDSA, ES256, SM2]);

export interface MadeKey {
  privateKey: KeyObject;
  /** As listed, in force from the beginning. */
  key: LogKey;
  signer: Signer;
}

export function makeKey(
  alg: string,
  algorithms: KeyAlgorithms = ALGORITHMS,
  limits: Partial<LogKey> = {},
): MadeKey {
  const privateKey = algorithms.find(alg)?.generate();
  assert.ok(privateKey, alg);
  const half = publicKeyOf(privateKey, algorithms);
  assert.ok(half, alg);
  return { privateKey, key: { ...half, fromSize: 0, ...limits }, signer: signerOf(privateKey, algorithms) };
}

export function ringOf(keys: readonly ListedKey[], algorithms: KeyAlgorithms = ALGORITHMS): KeyRing {
  const made = createKeyRing(keys, algorithms);
  assert.ok(made.ok, made.ok ? '' : made.reason);
  return made.ring;
}

/** The record by which `old` hands over to `next`, signed by both. */
export function rotationBetween(
  old: MadeKey,
  next: MadeKey,
  { gate = 'huu-nghi', at = 1_772_000_000_000 } = {},
): RotationRecord {
  const { fromSize: _f, lastSize: _l, revokedAt: _r, ...half } = next.key;
  const unsigned = unsignedRotation({ gate, at, old: old.key.kid, new: half }, old.key.alg);
  return rotationOf(unsigned, {
    old: old.signer.sign(unsigned.old.bytes),
    new: next.signer.sign(unsigned.new.bytes),
  });
}
