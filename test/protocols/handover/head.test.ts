import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { ed25519Signer, ed25519Verifier } from '../../../edge/exchange/keys.ts';
import { readHead, signHead } from '../../../protocols/handover/head.ts';
import { testSigner } from './log.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = ed25519Signer(privateKey);
const verifier = ed25519Verifier(publicKey);
const HEAD = { gate: 'huu-nghi', version: 1, size: 3, rootHash: 'ab'.repeat(32), at: 1_772_000_000_000 };

describe('the signed head of a log', () => {
  it('is a compact JWS that any JOSE library verifies', async () => {
    const { payload, protectedHeader } = await compactVerify(signHead(HEAD, signer), publicKey);
    assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), HEAD);
    assert.deepEqual(protectedHeader, { alg: 'EdDSA', typ: 'gate-log-head+jws' });
  });

  it('is read back by whoever has the public key', () => {
    assert.deepEqual(readHead(signHead(HEAD, signer), verifier), { ok: true, head: HEAD });
  });

  it('is refused with any character changed', () => {
    const jws = signHead(HEAD, signer);
    for (let index = 0; index < jws.length; index += 1) {
      const other = jws[index] === 'A' ? 'B' : 'A';
      const changed = jws.slice(0, index) + other + jws.slice(index + 1);
      assert.equal(readHead(changed, verifier).ok, false, `character ${index}`);
    }
  });

  it('is refused from another key, with another algorithm, or of another type', async () => {
    assert.equal(
      readHead(signHead(HEAD, ed25519Signer(generateKeyPairSync('ed25519').privateKey)), verifier).ok,
      false,
    );
    assert.equal(readHead(signHead(HEAD, testSigner), verifier).ok, false);
    const otherType = await new CompactSign(Buffer.from(JSON.stringify(HEAD)))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .sign(privateKey);
    assert.equal(readHead(otherType, verifier).ok, false);
    assert.equal(readHead('', verifier).ok, false);
    assert.equal(readHead('a.b.c.d', verifier).ok, false);
  });

  it('is refused when the signed text is no head', () => {
    const signed = signHead({ ...HEAD, rootHash: 'short' }, signer);
    assert.deepEqual(readHead(signed, verifier), { ok: false, reason: 'the signed text is not a log head' });
  });
});
