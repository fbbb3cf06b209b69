import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../../edge/exchange/development-keys.ts';
import { loadLinkKeys } from '../../../edge/exchange/keys.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { readHead, signHead } from '../../../protocols/handover/head.ts';
import { configOf, newFolder, removeFolders } from '../../support/exchange-world.ts';

const HEAD = { gate: 'huu-nghi', version: 1, size: 0, rootHash: '00'.repeat(32), at: 0 };
const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof GateError);
  assert.equal(error.code, expected);
  assert.ok(error.remedy.length > 10);
  return true;
};

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
    const ours = await loadLinkKeys((await configOf('huu-nghi')).counterpart, a);
    const theirs = await loadLinkKeys((await configOf('huu-nghi-quan')).counterpart, b);
    const jws = signHead(HEAD, ours.signer);
    assert.ok(readHead(jws, theirs.theirVerifier).ok);
    assert.ok(readHead(jws, ours.ownVerifier).ok);
    assert.ok(!readHead(jws, ours.theirVerifier).ok);
  });

  it('that are missing, of the wrong kind, or of two different requests stop the start with a remedy', async () => {
    const folder = await newFolder();
    const { counterpart } = await configOf('huu-nghi');
    await assert.rejects(loadLinkKeys(counterpart, folder), code('KEY_UNREADABLE'));

    const other = await newFolder();
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await assert.rejects(loadLinkKeys(counterpart, folder), code('KEY_UNREADABLE'), 'no trust yet');
    await exchangeDevelopmentTrust(folder, other);
    await loadLinkKeys(counterpart, folder);

    await assert.rejects(
      loadLinkKeys({ ...counterpart, certificateFile: join(other, 'keys/exchange.cert.pem') }, folder),
      code('KEY_MISMATCH'),
    );
    await assert.rejects(
      loadLinkKeys({ ...counterpart, signingKeyFile: counterpart.keyFile }, folder),
      code('KEY_WRONG_KIND'),
    );
    await writeFile(join(folder, 'keys/exchange.cert.pem'), 'not a certificate');
    await assert.rejects(loadLinkKeys(counterpart, folder), code('KEY_WRONG_KIND'));
  });
});
