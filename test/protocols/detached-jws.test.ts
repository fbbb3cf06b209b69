import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { flattenedVerify } from 'jose';
import { signerOf } from '../../edge/exchange/algorithms.ts';
import { ed25519Verifier } from '../../edge/exchange/keys.ts';
import { signDetached, verifyDetached } from '../../protocols/detached-jws.ts';

describe('a detached signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from('{"MaBaoCao":"r-1"}');
  const jws = signDetached(bytes, 'gate-report+jws', signerOf(privateKey));
  const verifier = ed25519Verifier(publicKey);

  it('is a JWS that another library can check', async () => {
    const [header = '', payload, signature = ''] = jws.split('.');
    assert.equal(payload, '');
    const { protectedHeader } = await flattenedVerify(
      { protected: header, payload: bytes.toString('base64url'), signature },
      publicKey,
    );
    assert.deepEqual(protectedHeader, { alg: 'EdDSA', typ: 'gate-report+jws' });
  });

  it('binds the bytes, what they are, and the key', () => {
    assert.equal(verifyDetached(bytes, jws, 'gate-report+jws', verifier), true);
    assert.equal(verifyDetached(Buffer.from('{}'), jws, 'gate-report+jws', verifier), false);
    assert.equal(verifyDetached(bytes, jws, 'gate-alert+jws', verifier), false);
    const other = ed25519Verifier(generateKeyPairSync('ed25519').publicKey);
    assert.equal(verifyDetached(bytes, jws, 'gate-report+jws', other), false);
    for (const broken of ['', 'undefined', `${jws}.x`, `${jws}=`, jws.replace('..', '.e30.')])
      assert.equal(verifyDetached(bytes, broken, 'gate-report+jws', verifier), false, broken);
  });
});
