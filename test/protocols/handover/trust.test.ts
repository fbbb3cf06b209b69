import assert from 'node:assert/strict';
import { readTrust } from '../../../protocols/handover/trust.ts';
import { makeKey } from '../../support/log-keys.ts';
import { newOfficer } from '../../support/officers.ts';

describe('a trust file', () => {
  const { key } = makeKey('EdDSA');
  const [dung, wei] = [newOfficer('dung').key, newOfficer('wei', 'huu-nghi-quan').key];
  const read = (...files: unknown[]) => readTrust(files.map((file) => JSON.stringify(file)));

  it('names keys of gates and of officers, in one file or in several', () => {
    const gates = { gates: { 'huu-nghi': { keys: [key] } } };
    const trust = new Map([['huu-nghi', [key]]]);
    const expected = { ok: true, trust, officers: [dung, wei], authorities: [] };
    assert.deepEqual(read({ ...gates, officers: [dung, wei] }), expected);
    assert.deepEqual(
      read({ gate: 'huu-nghi', keys: [key], officers: [dung] }, { officers: [wei] }),
      expected,
    );
    assert.deepEqual(read(gates, { officers: [dung] }, { officers: [wei] }), expected);
    assert.deepEqual(read(gates), { ...expected, officers: [] });
  });

  it('may say from when to when an officer’s key counts', () => {
    const former = { ...dung, from: '2026-01-01T00:00:00+07:00', to: '2026-07-01T00:00:00Z' };
    const result = read({ officers: [former, dung] });
    assert.deepEqual(result.ok && result.officers, [former, dung]);
  });

  it('is refused where an officer’s entry is not as it must be', () => {
    for (const wrong of [
      { ...dung, publicKey: dung.publicKey.slice(1) },
      { ...dung, from: '2026-01-01' },
      { ...dung, d: 'AAAA' },
      { id: 'dung', publicKey: dung.publicKey },
    ])
      assert.equal(read({ officers: [wrong] }).ok, false, JSON.stringify(wrong));
  });
});
