import assert from 'node:assert/strict';
import { signHead } from '../../../protocols/handover/head.ts';
import type { LogKey } from '../../../protocols/handover/public-key.ts';
import { judgeWitness } from '../../../protocols/handover/witness.ts';
import { makeKey, ringOf } from '../../support/log-keys.ts';

const HEAD = { gate: 'huu-nghi', version: 2, size: 3, rootHash: '0f'.repeat(32), at: 1_772_000_000_000 };
const ours = makeKey('EdDSA');
const theirs = makeKey('ES256');
const nobodys = makeKey('EdDSA');

const judged = (jws: string, keys: readonly LogKey[] = [ours.key]) =>
  judgeWitness(jws, { gate: 'huu-nghi', ours: ringOf(keys), theirs: ringOf([theirs.key]) });
const lieOf = (jws: string): string => {
  const witness = judged(jws);
  assert.ok(witness.kind === 'lie', witness.kind);
  assert.deepEqual(witness.fault.heads, [jws], 'what was shown is kept');
  return `${witness.fault.kind}: ${witness.fault.reason}`;
};
const ownKeys = (jws: string, keys?: readonly LogKey[]): string => {
  const witness = judged(jws, keys);
  assert.ok(witness.kind === 'own-keys', witness.kind);
  return witness.reason;
};
/** The same text with another head in it, under the signature of the first. */
const altered = (jws: string, content: object): string => {
  const [header, , signature] = jws.split('.');
  return `${header}.${Buffer.from(JSON.stringify(content)).toString('base64url')}.${signature}`;
};

describe('a head that the other side shows as one of our log', () => {
  it('is ours if a key of ours may have signed it', () => {
    const witness = judged(signHead(HEAD, ours.signer));
    assert.deepEqual(witness.kind === 'ours' && witness.head.size, 3);
  });

  it('is a lie of the other side if it names a key of ours that never signed it', () => {
    const jws = signHead(HEAD, ours.signer);
    assert.match(
      lieOf(altered(jws, { ...HEAD, capabilities: [], size: 4 })),
      /^bad-signature: .*never signed/,
    );
    const named = { ...nobodys.signer, kid: ours.key.kid };
    assert.match(lieOf(signHead(HEAD, named)), /the signature does not match/);
    assert.match(lieOf(signHead(HEAD, { ...ours.signer, alg: 'ES256' })), /signs by EdDSA, not by ES256/);
  });

  it('is a lie if a key of its own log has signed it, or if it is no head at all', () => {
    assert.match(lieOf(signHead(HEAD, theirs.signer)), /^bad-signature: .*which is not trusted/);
    assert.match(lieOf('not.a.head'), /not a log head/);
    assert.match(lieOf('x'.repeat(3_000)), /longer than/);
  });

  it('is a lie if it is of the log of another gate', () => {
    assert.match(lieOf(signHead({ ...HEAD, gate: 'tan-thanh' }, ours.signer)), /^wrong-log: .*tan-thanh/);
  });

  it('of a key that is not in our list accuses nobody: the list may have been lost', () => {
    const reason = ownKeys(signHead(HEAD, nobodys.signer));
    assert.match(reason, new RegExp(`cannot check: signed with key ${nobodys.key.kid}`));
    assert.match(reason, /gate keys trust --own/);
    // One of protocol version 1 names no key at all.
    assert.match(ownKeys(signHead({ ...HEAD, version: 1 }, nobodys.signer)), /cannot check/);
  });

  it('that our key has signed and should not have is a matter of our keys', () => {
    const jws = signHead(HEAD, ours.signer);
    assert.match(
      ownKeys(jws, [{ ...ours.key, lastSize: 2 }]),
      /should not have: .*followed by another at line 2/,
    );
    // Of a later release than this one.
    const later = signHead({ ...HEAD, capabilities: ['LOUD'] }, ours.signer);
    assert.match(ownKeys(later), /should not have: the signed text is not a log head/);
  });
});
