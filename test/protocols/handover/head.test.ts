import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CompactSign, calculateJwkThumbprint, compactVerify } from 'jose';
import { ALGORITHMS, createAlgorithms, EDDSA, publicKeyOf } from '../../../edge/exchange/algorithms.ts';
import { canonicalJson } from '../../../protocols/handover/canonical.ts';
import { readHead, signHead } from '../../../protocols/handover/head.ts';
import { createKeyRing } from '../../../protocols/handover/key-ring.ts';
import { fingerprint, type LogKey, publicKey, thumbprint } from '../../../protocols/handover/public-key.ts';
import { makeKey, ringOf, WITH_SM2 } from '../../support/log-keys.ts';
import { follow } from './follow.ts';

const HEAD = {
  gate: 'huu-nghi',
  version: 2,
  capabilities: ['witnessed'],
  size: 3,
  rootHash: 'ab'.repeat(32),
  at: 1_772_000_000_000,
};
const ours = makeKey('EdDSA');
const ring = ringOf([ours.key]);
const reasonOf = (jws: string, keys: readonly LogKey[], algorithms = ALGORITHMS): string | undefined => {
  const read = readHead(jws, ringOf(keys, algorithms));
  return read.ok ? undefined : read.reason;
};
const part = (value: unknown): string => Buffer.from(canonicalJson(value)).toString('base64url');

describe('the signed head of a log', () => {
  for (const alg of ['EdDSA', 'ES256'])
    it(`is a compact JWS that any JOSE library verifies: ${alg}`, async () => {
      const { key, signer, privateKey } = makeKey(alg);
      const { payload, protectedHeader } = await compactVerify(
        signHead(HEAD, signer),
        createPublicKey(privateKey),
      );
      assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), HEAD);
      assert.deepEqual(protectedHeader, { alg, kid: key.kid, typ: 'gate-log-head+jws' });
      assert.equal(
        key.kid,
        await calculateJwkThumbprint(createPublicKey(privateKey).export({ format: 'jwk' })),
      );
    });

  for (const alg of ['EdDSA', 'ES256', 'SM2-SM3'])
    it(`is read back by whoever trusts the key: ${alg}`, () => {
      const { key, signer } = makeKey(alg, WITH_SM2);
      const read = { ok: true, head: HEAD, kid: key.kid };
      assert.deepEqual(readHead(signHead(HEAD, signer), ringOf([key], WITH_SM2)), read);
    });

  it('takes a JOSE library’s signature as well, if the head is ours to the byte', async () => {
    const { key, privateKey } = makeKey('ES256');
    const jws = await new CompactSign(Buffer.from(canonicalJson(HEAD)))
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'gate-log-head+jws' })
      .sign(privateKey);
    assert.equal(readHead(jws, ringOf([key])).ok, true);
  });

  it('is refused with any character changed', () => {
    const jws = signHead(HEAD, ours.signer);
    for (let index = 0; index < jws.length; index += 1) {
      const other = jws[index] === 'A' ? 'B' : 'A';
      const changed = jws.slice(0, index) + other + jws.slice(index + 1);
      assert.equal(readHead(changed, ring).ok, false, `character ${index}`);
    }
  });

  it('is refused from an unknown key, with a key’s name under another’s signature, or of another type', async () => {
    const stranger = makeKey('EdDSA');
    assert.match(reasonOf(signHead(HEAD, stranger.signer), [ours.key]) ?? '', /which is not trusted/);
    const forged = signHead(HEAD, { ...stranger.signer, kid: ours.key.kid });
    assert.equal(reasonOf(forged, [ours.key]), 'the signature does not match');
    const otherType = await new CompactSign(Buffer.from(JSON.stringify(HEAD)))
      .setProtectedHeader({ alg: 'EdDSA', kid: ours.key.kid, typ: 'JWT' })
      .sign(ours.privateKey);
    assert.equal(readHead(otherType, ring).ok, false);
    for (const text of ['', '..', 'a.b.c.d', 'e30.e30.', `${'a'.repeat(3_000)}`])
      assert.equal(readHead(text, ring).ok, false);
  });

  it('is refused unsigned, and by an algorithm that is not the key’s own, whatever its header says', () => {
    const payload = part(HEAD);
    const { kid, alg } = ours.key;
    const withHeader = (header: object, signature = ''): string =>
      `${part({ kid, typ: 'gate-log-head+jws', ...header })}.${payload}.${signature}`;
    for (const none of ['none', 'None', 'NONE', ''])
      assert.match(reasonOf(withHeader({ alg: none }), [ours.key]) ?? '', /signs by EdDSA, not by/);
    // The public key taken for the secret of an HMAC: the classic confusion.
    const header = { alg: 'HS256' };
    const mac = createHmac('sha256', Buffer.from(ours.key.x, 'base64url'))
      .update(withHeader(header).slice(0, -1))
      .digest('base64url');
    assert.match(reasonOf(withHeader(header, mac), [ours.key]) ?? '', /signs by EdDSA, not by HS256/);
    // A key of ours, told to have signed by another algorithm of ours.
    const es256 = makeKey('ES256');
    const crossed = signHead(HEAD, { ...ours.signer, alg: 'ES256' });
    assert.match(reasonOf(crossed, [ours.key, es256.key]) ?? '', /signs by EdDSA, not by ES256/);
    assert.equal(alg, 'EdDSA');
    assert.match(
      reasonOf(withHeader({ alg, crit: ['b64'], b64: false }), [ours.key]) ?? '',
      /its header is not/,
    );
  });

  it('of an ES256 key is 64 bytes side by side; the same signature in DER is none', async () => {
    const { key, privateKey, signer } = makeKey('ES256');
    const [header = '', payload = '', signature = ''] = signHead(HEAD, signer).split('.');
    assert.equal(Buffer.from(signature, 'base64url').length, 64);
    const { sign } = await import('node:crypto');
    const der = sign('sha256', Buffer.from(`${header}.${payload}`), privateKey).toString('base64url');
    assert.equal(reasonOf(`${header}.${payload}.${der}`, [key]), 'the signature does not match');
  });

  it('is refused when the signed text is no head', () => {
    const signed = signHead({ ...HEAD, rootHash: 'short' }, ours.signer);
    assert.equal(reasonOf(signed, [ours.key]), 'the signed text is not a log head');
    const shouting = signHead({ ...HEAD, capabilities: ['LOUD'] }, ours.signer);
    assert.equal(reasonOf(shouting, [ours.key]), 'the signed text is not a log head');
  });

  it('tells what the gate can do; a word that the reader does not know means nothing to it', () => {
    const read = readHead(signHead({ ...HEAD, capabilities: ['teleport'] }, ours.signer), ring);
    assert.deepEqual(read.ok && read.head.capabilities, ['teleport']);
  });
});

describe('a head of protocol version 1', () => {
  const old = { ...HEAD, version: 1, capabilities: [] };

  it('names no key, and is read against the one that is trusted', () => {
    const jws = signHead(old, ours.signer);
    const header = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());
    assert.deepEqual(header, { alg: 'EdDSA', typ: 'gate-log-head+jws' });
    assert.deepEqual(readHead(jws, ring), { ok: true, head: old, kid: ours.key.kid });
    assert.equal(reasonOf(jws, [makeKey('EdDSA').key]), 'the signature does not match');
    assert.match(reasonOf(jws, [makeKey('ES256').key]) ?? '', /not a log head that a trusted key signs/);
  });

  it('cannot be passed off as one of version 2, nor the other way round', () => {
    const [header1 = ''] = signHead(old, ours.signer).split('.');
    const [header2 = ''] = signHead(HEAD, ours.signer).split('.');
    const jws = (header: string, head: object): string => {
      const text = `${header}.${part(head)}`;
      return `${text}.${Buffer.from(ours.signer.sign(Buffer.from(text))).toString('base64url')}`;
    };
    const { capabilities: _, ...short } = old;
    assert.equal(reasonOf(jws(header1, short), [ours.key]), undefined);
    assert.equal(reasonOf(jws(header1, HEAD), [ours.key]), 'the signed text is not a log head');
    assert.equal(reasonOf(jws(header2, short), [ours.key]), 'the signed text is not a log head');
  });

  it('with its lines is followed to the end, as a gate of that version has written them', () => {
    for (const gate of ['huu-nghi', 'huu-nghi-quan']) {
      const file = (name: string): string =>
        readFileSync(new URL(`../../fixtures/handover/v1/${gate}.${name}`, import.meta.url), 'utf8');
      const key = publicKeyOf(createPublicKey(file('pub.pem')), ALGORITHMS);
      assert.ok(key);
      const follower = follow(ringOf([{ ...key, fromSize: 0 }]), { gate });
      let lines = 0;
      for (const page of file('jsonl').trimEnd().split('\n')) {
        const answer = follower.receive(JSON.parse(page));
        assert.ok(answer.ok, answer.ok ? '' : answer.fault.reason);
        lines += answer.lines.length;
      }
      assert.equal(follower.size, lines);
      assert.ok(lines > 50);
    }
  });
});

describe('the keys that a log is trusted by', () => {
  const { key } = ours;
  const days = (count: number): number => HEAD.at / 1_000 + count * 86_400;
  const jws = signHead(HEAD, ours.signer);

  it('count in their days, by the time that the signer has signed', () => {
    assert.equal(reasonOf(jws, [{ ...key, nbf: days(-1), exp: days(1) }]), undefined);
    assert.match(reasonOf(jws, [{ ...key, nbf: days(1) }]) ?? '', /is valid from 2026-02-26/);
    assert.match(reasonOf(jws, [{ ...key, exp: days(-1) }]) ?? '', /expired on 2026-02-24/);
    assert.match(reasonOf(jws, [{ ...key, exp: days(0) }]) ?? '', /expired/, 'the end itself is over');
  });

  it('count in their place of the log', () => {
    assert.equal(reasonOf(jws, [{ ...key, fromSize: 3, lastSize: 3 }]), undefined);
    assert.match(reasonOf(jws, [{ ...key, lastSize: 2 }]) ?? '', /was followed by another at line 2/);
    assert.match(reasonOf(jws, [{ ...key, fromSize: 4 }]) ?? '', /signs heads of 4 lines and more/);
    const { fromSize: _, ...announced } = key;
    assert.match(reasonOf(jws, [announced]) ?? '', /is not in force/);
  });

  it('count no more once a person has revoked them', () => {
    assert.match(reasonOf(jws, [{ ...key, revokedAt: days(1) }]) ?? '', /was revoked on 2026-02-26/);
    assert.match(
      reasonOf(signHead({ ...HEAD, version: 1 }, ours.signer), [{ ...key, revokedAt: days(1) }]) ?? '',
      /was revoked/,
    );
  });

  it('are named by their thumbprint, are of a known algorithm and of its kind, and stand once', () => {
    const refused = (keys: readonly LogKey[], algorithms = ALGORITHMS): string => {
      const made = createKeyRing(keys, algorithms);
      assert.ok(!made.ok);
      return made.reason;
    };
    const es256 = makeKey('ES256').key;
    assert.match(refused([{ ...key, kid: es256.kid }]), /is not the key of that name/);
    assert.match(refused([key, key]), /stands twice/);
    assert.match(refused([es256], createAlgorithms([EDDSA])), /no key of an algorithm known here \(ES256\)/);
    assert.match(refused([{ ...key, alg: 'ES256' }]), /no key of an algorithm known here \(ES256\)/);
    assert.match(refused([{ ...es256, alg: 'EdDSA' }]), /no key of an algorithm known here \(EdDSA\)/);
    const parts = { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } as const;
    assert.match(refused([{ ...key, ...parts, kid: thumbprint(parts) }]), /no key of an algorithm/);
  });

  it('have no private part, and are never without an algorithm', () => {
    const { fromSize: _, ...half } = key;
    assert.ok(publicKey.safeParse(half).success);
    assert.equal(publicKey.safeParse({ ...half, d: half.x }).success, false);
    for (const alg of ['none', 'None', ''])
      assert.equal(publicKey.safeParse({ ...half, alg }).success, false);
    assert.throws(() => createAlgorithms([{ ...EDDSA, alg: 'none' }]));
    assert.throws(() => createAlgorithms([EDDSA, EDDSA]));
  });

  it('are compared by people as groups of four', () => {
    assert.match(fingerprint(key.kid), /^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  });
});
