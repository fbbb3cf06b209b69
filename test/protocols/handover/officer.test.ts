import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { flattenedVerify } from 'jose';
import { canonicalJson } from '../../../protocols/handover/canonical.ts';
import { signAsOfficer, signedByOfficer } from '../../../protocols/handover/officer.ts';
import { makeKey, ringOf } from '../../support/log-keys.ts';

describe('an officer’s signature on a record', () => {
  const record = { kind: 'section-reopening', closure: 'c-1', eventTime: '2026-03-01T08:00:00+07:00' };
  for (const alg of ['EdDSA', 'ES256']) {
    const officer = makeKey(alg);
    const [key] = ringOf([officer.key]).keys;
    assert.ok(key);
    const signed = { ...record, officerSignature: signAsOfficer(record, officer.signer) };

    it(`is of this person and over exactly this record (${alg})`, () => {
      assert.equal(signedByOfficer(signed, key), true);
      assert.equal(signedByOfficer({ ...signed, closure: 'c-2' }, key), false);
      assert.equal(signedByOfficer({ ...signed, note: 'added' }, key), false);
      assert.equal(signedByOfficer(record, key), false);
      assert.equal(signedByOfficer({ ...signed, officerSignature: 'x' }, key), false);
      const [other] = ringOf([makeKey(alg).key]).keys;
      assert.ok(other);
      assert.equal(signedByOfficer(signed, other), false);
      assert.equal(signedByOfficer(signed, { ...other, kid: key.kid }), false);
    });

    it(`is a JWS that another library can check, and names the key (${alg})`, async () => {
      const [header = '', , signature = ''] = signed.officerSignature.split('.');
      const { protectedHeader } = await flattenedVerify(
        { protected: header, payload: Buffer.from(canonicalJson(record)).toString('base64url'), signature },
        createPublicKey(officer.privateKey),
      );
      assert.deepEqual(protectedHeader, { alg, kid: officer.key.kid, typ: 'gate-record+jws' });
    });
  }
});
