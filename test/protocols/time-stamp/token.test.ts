import 'reflect-metadata';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { TimeStampAuthority } from '../../../protocols/time-stamp/authority.ts';
import { readAuthority, TOKEN_BYTES_MAX } from '../../../protocols/time-stamp/authority.ts';
import { onlyTlv, tlvsIn } from '../../../protocols/time-stamp/der.ts';
import { timeStampRequest } from '../../../protocols/time-stamp/request.ts';
import { readTimeStampResponse } from '../../../protocols/time-stamp/response.ts';
import { type CheckedTimeStamp, checkTimeStamp } from '../../../protocols/time-stamp/token.ts';
import { useTempDirs } from '../../support/temp-dir.ts';
import {
  makeStamper,
  OTHER_POLICY,
  POLICY,
  type Stamper,
  type StamperWords,
} from '../../support/time-stamp-authority.ts';

const HEAD = 'eyJhbGciOiJFZERTQSJ9.eyJzaXplIjo5fQ.c2lnbmF0dXJl';
const NONCE = Buffer.alloc(16, 0xff);
const DAY_MS = 86_400_000;

describe('a time stamp', () => {
  const newDir = useTempDirs();
  let stamper: Stamper;
  let trusted: TimeStampAuthority[];
  let token: Buffer;

  const ask = async (of: Stamper, policy?: string): Promise<Buffer> => {
    const answer = readTimeStampResponse(
      await of.reply(timeStampRequest({ text: HEAD, nonce: NONCE, policy })),
    );
    assert.equal(answer.kind, 'token', answer.kind === 'token' ? '' : answer.reason);
    return answer.kind === 'token' ? Buffer.from(answer.token) : assert.fail();
  };
  const check = (bytes: Uint8Array, by = trusted): CheckedTimeStamp =>
    checkTimeStamp(bytes, { text: HEAD }, by);
  const refusal = (checked: CheckedTimeStamp): string =>
    checked.ok ? assert.fail('it held') : checked.reason;
  /** What an authority with such a certificate would sign over the same content. */
  const forged = async (context: Mocha.Context, words: StamperWords): Promise<CheckedTimeStamp> => {
    const other = await makeStamper(context, await newDir(), 'EC', words);
    return check(other.sign(contentOf(token)), [other.authority()]);
  };

  beforeEach(async function () {
    stamper = await makeStamper(this, await newDir());
    trusted = [stamper.authority()];
    token = await ask(stamper);
  });

  for (const algorithm of ['RSA', 'EC'] as const)
    it(`of a real authority (${algorithm}) holds: who, when, under which policy`, async function () {
      const other = await makeStamper(this, await newDir(), algorithm);
      const before = Date.now();
      const stamp = await ask(other);
      const checked = checkTimeStamp(stamp, { text: HEAD, nonce: NONCE }, [other.authority()]);
      assert.ok(checked.ok, checked.ok ? '' : checked.reason);
      const { genTimeMs, signer, ...rest } = checked.stamp;
      assert.deepEqual(rest, { authority: 'test authority', policy: POLICY, serial: '02' });
      assert.match(signer, /^CN=Stamper \d+$/);
      // It tells whole seconds.
      assert.ok(genTimeMs > before - 1_000 && genTimeMs <= Date.now());
    });

  it('may name its certificate as earlier authorities do, and by longer hashes', async function () {
    for (const namedBy of ['sha1', 'sha512'] as const) {
      const other = await makeStamper(this, await newDir(), 'EC', { namedBy });
      const checked = check(await ask(other), [other.authority()]);
      assert.ok(checked.ok, checked.ok ? '' : `${namedBy}: ${checked.reason}`);
    }
  });

  it('holds where the signing certificate itself is trusted, not its root', () => {
    assert.ok(check(token, [anchored(stamper.signer)]).ok);
    assert.ok(check(token, [anchored(stamper.intermediate)]).ok);
  });

  it('of another text, or in answer to another question, is refused', () => {
    assert.equal(refusal(checkTimeStamp(token, { text: `${HEAD}A` }, trusted)), 'it stamps another text');
    const other = { text: HEAD, nonce: Buffer.alloc(16, 1) };
    assert.equal(refusal(checkTimeStamp(token, other, trusted)), 'it answers another question');
  });

  it('with a bit changed anywhere is refused, or says exactly the same', () => {
    const right = check(token);
    const passed: number[] = [];
    for (let at = 0; at < token.length; at += 5) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] ?? 0) ^ (1 << ((at / 5) % 8));
      const checked = check(changed);
      if (!checked.ok) continue;
      assert.deepEqual(checked, right, `byte ${at}`);
      passed.push(at);
    }
    assert.ok(passed.length < 15, `${passed.length} of ${token.length / 5} bytes are not signed`);
  });

  it('of an authority that nobody here trusts is refused', async function () {
    const other = await makeStamper(this, await newDir());
    assert.match(
      refusal(check(token, [other.authority()])),
      /^no authority that is trusted here stands behind CN=Stamper/,
    );
    assert.match(refusal(check(token, [])), /no authority that is trusted here/);
  });

  it('of a root that only has the same name is refused', async () => {
    const keys = await x509.cryptoProvider
      .get()
      .subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const same = await x509.X509CertificateGenerator.createSelfSigned({
      name: new X509Certificate(stamper.root).subject,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    assert.match(refusal(check(token, [anchored(same.toString('pem'))])), /its signature does not match$/);
  });

  it('is refused if its certificate had expired, or was not valid yet, when it was made', async function () {
    const at = Date.now();
    const expired = { notBefore: new Date(at - 20 * DAY_MS), notAfter: new Date(at - DAY_MS) };
    assert.match(refusal(await forged(this, expired)), /^the certificate of CN=Stamper \d+ had expired on /);
    const later = { notBefore: new Date(at + DAY_MS), notAfter: new Date(at + 20 * DAY_MS) };
    assert.match(
      refusal(await forged(this, later)),
      /^the certificate of CN=Stamper \d+ was not valid before /,
    );
  });

  it('is refused if its certificate is not one for time stamps, and for nothing else', async function () {
    assert.match(refusal(await forged(this, { purposes: null })), /is not one for time stamps only$/);
    const server = { oids: ['1.3.6.1.5.5.7.3.1'], critical: true };
    assert.match(refusal(await forged(this, { purposes: server })), /is not one for time stamps only$/);
    const both = { oids: ['1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.1'], critical: true };
    assert.match(refusal(await forged(this, { purposes: both })), /is not one for time stamps only$/);
    const lax = { oids: ['1.3.6.1.5.5.7.3.8'], critical: false };
    assert.match(refusal(await forged(this, { purposes: lax })), /is not marked critical$/);
    const keyUsage = x509.KeyUsageFlags.keyEncipherment;
    assert.match(refusal(await forged(this, { keyUsage })), /may not sign$/);
  });

  it('is refused if what stands between is no authority for certificates', async function () {
    assert.match(
      refusal(await forged(this, { intermediateIsCa: false })),
      /is no authority for certificates$/,
    );
  });

  it('is refused under another policy than the one that is trusted', async () => {
    assert.ok(check(token, [stamper.authority(POLICY)]).ok);
    const why = refusal(check(token, [stamper.authority(OTHER_POLICY)]));
    assert.equal(why, `it was made under policy ${POLICY}, not ${OTHER_POLICY}`);
    assert.ok(check(await ask(stamper, OTHER_POLICY), [stamper.authority(OTHER_POLICY)]).ok);
    assert.ok(check(token, [stamper.authority(OTHER_POLICY), stamper.authority(POLICY)]).ok);
  });

  it('is refused if it names no certificate, or signs by a digest that is broken', () => {
    const content = contentOf(token);
    assert.ok(check(stamper.sign(content)).ok);
    assert.equal(
      refusal(check(stamper.sign(content, { named: false }))),
      'its signature names no certificate',
    );
    assert.match(
      refusal(check(stamper.sign(content, { digest: 'sha1' }))),
      /^its digest 1\.3\.14\.3\.2\.26 is none/,
    );
  });

  it('is refused if what is signed is no time stamp', () => {
    const mail = stamper.sign(contentOf(token), { type: '1.2.840.113549.1.7.1' });
    assert.match(refusal(check(mail)), /not the word of a time-stamp authority$/);
    assert.match(refusal(check(stamper.sign(Buffer.from('hello')))), /^it is no time stamp: /);
  });

  it('is refused if it is garbage, cut off, followed by something, or too long', () => {
    const garbage = [
      Buffer.alloc(0),
      Buffer.from('<html>'),
      token.subarray(0, -1),
      Buffer.concat([token, token]),
      Buffer.alloc(20_000, 0x30),
      Buffer.concat([Buffer.from([0x30, 0x80]), token]),
    ];
    for (const bytes of garbage) assert.match(refusal(check(bytes)), /^it is no time stamp: /);
    assert.match(refusal(check(Buffer.alloc(TOKEN_BYTES_MAX + 1))), /^it has 24001 bytes, more than 24000$/);
  });
});

describe('the answer of a time-stamp authority', () => {
  const newDir = useTempDirs();

  it('that refuses says why', async function () {
    const stamper = await makeStamper(this, await newDir());
    const query = timeStampRequest({ text: HEAD, nonce: NONCE, policy: '1.2.3.4' });
    const answer = readTimeStampResponse(await stamper.reply(query));
    assert.equal(answer.kind, 'refused');
    assert.match(
      answer.kind === 'refused' ? answer.reason : '',
      /^the authority refuses \(rejection\): unacceptedPolicy/,
    );
  });

  it('that is none is told from a refusal', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('Not found'), Buffer.from([0x30, 5, 0x30, 3, 2, 1, 0])])
      assert.equal(readTimeStampResponse(bytes).kind, 'unreadable');
  });
});

describe('an authority that is trusted', () => {
  it('needs certificates that can be read', () => {
    const reason = (certificates: string): string => {
      const read = readAuthority({ name: 'VN-TSA', certificates });
      return read.ok ? assert.fail() : read.reason;
    };
    assert.equal(reason('hello'), 'VN-TSA has 0 certificates in PEM, not 1 to 50');
    assert.match(
      reason('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
      /^a certificate of VN-TSA cannot be read: /,
    );
  });
});

const anchored = (certificates: string): TimeStampAuthority => {
  const read = readAuthority({ name: 'anchor', certificates });
  return read.ok ? read.authority : assert.fail(read.reason);
};

/** The content that a token signs. */
function contentOf(token: Uint8Array): Buffer {
  const data = tlvsIn(onlyTlv(token).content)[1];
  const encapsulated = tlvsIn(onlyTlv(data?.content ?? Buffer.alloc(0)).content)[2];
  const wrapped = tlvsIn(encapsulated?.content ?? Buffer.alloc(0))[1];
  return Buffer.from(onlyTlv(wrapped?.content ?? Buffer.alloc(0)).content);
}
