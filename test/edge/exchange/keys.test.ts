import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateConfig } from '../../../config/schema.ts';
import { ALGORITHMS } from '../../../edge/exchange/algorithms.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../../edge/exchange/development-keys.ts';
import { loadLinkKeys, readSigningKey } from '../../../edge/exchange/keys.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { signDetached, verifyDetached } from '../../../protocols/detached-jws.ts';
import { readHead, signedWith, unsignedHead } from '../../../protocols/handover/head.ts';
import { configOf, newFolder, removeFolders } from '../../support/exchange-world.ts';
import { makeKey } from '../../support/log-keys.ts';

const HEAD = { gate: 'huu-nghi', version: 2, size: 0, rootHash: '00'.repeat(32), at: 0 };
const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof GateError);
  assert.equal(error.code, expected);
  assert.ok(error.remedy.length > 10);
  return true;
};

type Gate = 'huu-nghi' | 'huu-nghi-quan';
const load = async (gate: Gate, dataDir: string, changed: Partial<GateConfig['counterpart']> = {}) =>
  loadLinkKeys({
    config: { ...(await configOf(gate)).counterpart, ...changed },
    gate,
    dataDir,
    clock: systemClock,
  });

describe('the keys of the link', () => {
  after(removeFolders);

  it('are made on a first start: readable by their owner only, and named after the gate', async () => {
    const folder = await newFolder();
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    for (const secret of ['keys/exchange.key.pem', 'keys/signing.key.pem'])
      assert.equal((await stat(join(folder, secret))).mode & 0o777, 0o600);
    const certificate = new X509Certificate(await readFile(join(folder, 'keys/exchange.cert.pem')));
    const authority = new X509Certificate(await readFile(join(folder, 'keys/ca.cert.pem')));
    assert.equal(certificate.subjectAltName, 'DNS:huu-nghi');
    assert.ok(certificate.verify(authority.publicKey));
    assert.equal(certificate.ca, false);
    assert.equal(authority.ca, true);
  });

  it('stay the same at every later start', async () => {
    const folder = await newFolder();
    const all = async () =>
      Promise.all(
        ['exchange.key', 'exchange.cert', 'ca.cert', 'signing.key', 'signing.pub'].map((name) =>
          readFile(join(folder, `keys/${name}.pem`), 'utf8'),
        ),
      );
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    const first = await all();
    await rm(join(folder, 'keys/signing.pub.pem'));
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    assert.deepEqual(await all(), first);
  });

  it('let two gates check each other’s heads once trust is exchanged', async () => {
    const [a, b] = [await newFolder(), await newFolder()];
    await ensureDevelopmentKeys(a, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(b, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(a, b);
    const ours = await load('huu-nghi', a);
    const theirs = await load('huu-nghi-quan', b);
    const [key] = ours.own.ring.keys;
    assert.ok(key);
    const signer = await ours.own.signer(key.kid);
    const unsigned = unsignedHead(HEAD, signer);
    const jws = signedWith(unsigned, await signer.sign(Buffer.from(unsigned)));
    assert.ok(readHead(jws, theirs.theirs).ok);
    assert.ok(readHead(jws, ours.own.ring).ok);
    assert.ok(!readHead(jws, ours.theirs).ok);
  });

  it('that are missing, of the wrong kind, or of two different requests stop the start with a remedy', async () => {
    const folder = await newFolder();
    const refused = (expected: string, changed: Partial<GateConfig['counterpart']> = {}) =>
      assert.rejects(load('huu-nghi', folder, changed), code(expected));
    await refused('KEY_UNREADABLE');

    const other = await newFolder();
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await refused('KEY_UNREADABLE');
    await exchangeDevelopmentTrust(folder, other);
    await load('huu-nghi', folder);

    await refused('KEY_MISMATCH', { certificateFile: join(other, 'keys/exchange.cert.pem') });
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await writeFile(join(folder, 'rsa.pem'), rsa.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    await refused('KEY_WRONG_KIND', { signingKeyFile: 'rsa.pem' });
    await writeFile(join(folder, 'keys/exchange.cert.pem'), 'not a certificate');
    await refused('KEY_WRONG_KIND');
  });

  it('are refused when others can read a private one', async () => {
    const [folder, other] = [await newFolder(), await newFolder()];
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(folder, other);
    for (const file of ['keys/signing.key.pem', 'keys/exchange.key.pem'])
      for (const mode of [0o640, 0o604, 0o620]) {
        await chmod(join(folder, file), mode);
        await assert.rejects(load('huu-nghi', folder), code('KEY_EXPOSED'), `${file} ${mode.toString(8)}`);
        await assert.rejects(readSigningKey('key', join(folder, file)), code('KEY_EXPOSED'));
        await chmod(join(folder, file), 0o600);
      }
    await load('huu-nghi', folder);
  });

  it('of what else leaves the gate sign by the algorithm that they are of', async () => {
    const folder = await newFolder();
    for (const alg of ['EdDSA', 'ES256']) {
      const { privateKey, key } = makeKey(alg);
      const path = join(folder, `${alg}.pem`);
      await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      const signer = await readSigningKey('key that signs reports', path);
      const bytes = Buffer.from('a report');
      const jws = signDetached(bytes, 'gate-report+jws', signer);
      const verifier = ALGORITHMS.verifierOf(key);
      assert.ok(verifier && verifyDetached(bytes, jws, 'gate-report+jws', verifier), alg);
    }
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await writeFile(join(folder, 'rsa.pem'), rsa.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    await assert.rejects(readSigningKey('key', join(folder, 'rsa.pem')), code('KEY_WRONG_KIND'));
  });

  it('that the list names must be the ones in the files, and the trusted ones of the other side', async () => {
    const [folder, other] = [await newFolder(), await newFolder()];
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(folder, other);
    const { key } = makeKey('ES256');
    const list = (name: string, set: object) => writeFile(join(folder, name), JSON.stringify(set));
    await list('keys/log-keys.json', {
      gate: 'huu-nghi',
      keys: [{ ...key, file: 'keys/signing.key.pem' }],
    });
    const { own } = await load('huu-nghi', folder);
    await assert.rejects(own.signer(key.kid), code('KEY_MISMATCH'));
    await assert.rejects(own.signer('A'.repeat(43)), code('KEY_UNREADABLE'));
    await list('keys/counterpart.log-keys.json', { gate: 'tan-thanh', keys: [key] });
    await assert.rejects(load('huu-nghi', folder), code('KEY_WRONG_KIND'));
    await list('keys/counterpart.log-keys.json', { gate: 'huu-nghi-quan', keys: [{ ...key, d: 'AAAA' }] });
    await assert.rejects(load('huu-nghi', folder), code('KEY_WRONG_KIND'));
    await list('keys/counterpart.log-keys.json', { gate: 'huu-nghi-quan', keys: [key] });
    assert.equal((await load('huu-nghi', folder)).theirs.keys[0]?.kid, key.kid);
  });
});
