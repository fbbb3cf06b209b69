import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initKeys, type MakeOptions, rotateKeys } from '../../../edge/cli/keys/make.ts';
import { showOfficers } from '../../../edge/cli/keys/officers.ts';
import { revokeKey } from '../../../edge/cli/keys/revoke.ts';
import { showKeys } from '../../../edge/cli/keys/show.ts';
import { trustKeys } from '../../../edge/cli/keys/trust.ts';
import { openDatabase, setMeta } from '../../../edge/exchange/database.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../../edge/exchange/development-keys.ts';
import { refuseExposed, refuseOtherUser } from '../../../edge/exchange/private-file.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { signHead } from '../../../protocols/handover/head.ts';
import { statusOf } from '../../../protocols/handover/key-ring.ts';
import { fingerprint, type LogKeySet } from '../../../protocols/handover/public-key.ts';
import { readTrust } from '../../../protocols/handover/trust.ts';
import { newFolder, removeFolders } from '../../support/exchange-world.ts';
import { makeKey } from '../../support/log-keys.ts';
import { newOfficer } from '../../support/officers.ts';

const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof GateError, String(error));
  assert.equal(error.code, expected, error.message);
  assert.ok(error.remedy.length > 10);
  return true;
};

describe('gate keys', () => {
  let a: MakeOptions;
  let b: MakeOptions;
  let handed: string;
  beforeEach(async () => {
    const making = { alg: 'EdDSA', validDays: 365 };
    a = { ...making, config: 'config/huu-nghi.yaml', data: await newFolder() };
    b = { ...making, config: 'config/huu-nghi-quan.yaml', data: await newFolder() };
    handed = join(await newFolder(), 'handed.json');
  });
  after(removeFolders);

  const shown = ({ config, data }: MakeOptions) => showKeys({ config, data });
  const publicOf = async (of: MakeOptions): Promise<LogKeySet> =>
    JSON.parse((await showKeys({ ...of, public: true })).text);
  const hand = async (set: object): Promise<string> => {
    await writeFile(handed, JSON.stringify(set));
    return handed;
  };
  /** `of` takes in what the other one shows. */
  const trusting = async (of: MakeOptions, other: MakeOptions, more: { replace?: boolean } = {}) =>
    trustKeys(await hand(await publicOf(other)), { ...of, ...more });
  const kidOf = async (of: MakeOptions): Promise<string> =>
    (await publicOf(of)).keys.findLast((key) => statusOf(key, Date.now()) === 'active')?.kid ?? '';
  /** As if the daemon had published so many lines, and its log told of these changes. */
  const published = async (
    of: MakeOptions,
    size: number,
    rotations: object[] = [],
    root = '',
  ): Promise<void> => {
    const database = await openDatabase(join(of.data, 'exchange.db'));
    await database.transaction(async (tx) => {
      await tx.run('INSERT INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)', size, root, 'head');
      if (rotations.length > 0) await setMeta(tx, 'own.rotations', JSON.stringify(rotations));
    });
    await database.close();
  };

  describe('init', () => {
    it('makes a key that its owner alone can read, and shows what people compare', async () => {
      const { text, exitCode } = await initKeys({ ...a, alg: 'ES256' });
      assert.equal(exitCode, 0);
      const { gate, keys } = await publicOf(a);
      assert.equal(gate, 'huu-nghi');
      const [key] = keys;
      assert.deepEqual([keys.length, key?.alg, key?.crv, key?.fromSize], [1, 'ES256', 'P-256', 0]);
      assert.ok(text.includes(fingerprint(key?.kid ?? '')));
      const days = ((key?.exp ?? 0) - (key?.nbf ?? 0)) / 86_400;
      assert.ok(days > 365 && days < 366);
      for (const file of ['keys/signing.key.pem', 'keys/log-keys.json'])
        assert.equal((await stat(join(a.data, file))).mode & 0o777, 0o600);
      assert.equal((await stat(join(a.data, 'keys'))).mode & 0o777, 0o700);
      assert.ok(!JSON.stringify(await publicOf(a)).includes('pem'), 'no file names cross');
    });

    it('never replaces a key, be it listed or a PEM of before', async () => {
      await initKeys(a);
      await assert.rejects(initKeys(a), code('KEY_EXISTS'));
      await ensureDevelopmentKeys(b.data, { gate: 'huu-nghi-quan' });
      await assert.rejects(initKeys(b), code('KEY_EXISTS'));
    });

    it('with a lost key makes one that signs from the next line on; what the lost one has signed stays good', async () => {
      await initKeys(a);
      const lost = await kidOf(a);
      await rm(join(a.data, 'keys/signing.key.pem'));
      await published(a, 41);
      await initKeys({ ...a, replaceLost: true });
      assert.deepEqual(
        (await publicOf(a)).keys.map(({ kid, fromSize, lastSize }) => [kid === lost, fromSize, lastSize]),
        [
          [true, 0, 41],
          [false, 42, undefined],
        ],
      );
    });

    it('with a lost key and a lost disk makes the first key of a log that is signed anew', async () => {
      await initKeys(a);
      await initKeys({ ...a, replaceLost: true });
      assert.deepEqual(
        (await publicOf(a)).keys.map(({ fromSize, lastSize }) => [fromSize, lastSize]),
        [[0, undefined]],
      );
    });

    it('refuses an algorithm it does not know, and a token without a program that signs', async () => {
      await assert.rejects(initKeys({ ...a, alg: 'none' }), code('USAGE'));
      await assert.rejects(initKeys({ ...a, alg: 'HS256' }), code('USAGE'));
      await assert.rejects(initKeys({ ...a, public: handed }), code('USAGE'));
    });
  });

  describe('trust', () => {
    it('takes the other side’s keys and shows their fingerprints; then both logs can be signed and read', async () => {
      await initKeys(a);
      await initKeys({ ...b, alg: 'ES256' });
      assert.equal((await shown(a)).exitCode, 1, 'nobody is trusted yet');
      const { text } = await trusting(a, b);
      assert.ok(text.includes(fingerprint(await kidOf(b))));
      await trusting(b, a);
      for (const each of [a, b]) assert.equal((await shown(each)).exitCode, 0);
    });

    it('refuses keys of another gate, a private key in any form, and what is no file of keys', async () => {
      await initKeys(a);
      await initKeys(b);
      await assert.rejects(trusting(a, a), code('KEY_OTHER_GATE'));
      const set = await publicOf(b);
      const withPrivate = { ...set, keys: [{ ...set.keys[0], d: 'AAAA' }] };
      await assert.rejects(trustKeys(await hand(withPrivate), a), code('KEY_PRIVATE'));
      const { privateKey } = generateKeyPairSync('ed25519');
      await writeFile(handed, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await assert.rejects(trustKeys(handed, a), code('KEY_PRIVATE'));
      const jwk = privateKey.export({ format: 'jwk' });
      await assert.rejects(trustKeys(await hand(jwk), a), code('KEY_PRIVATE'));
      await assert.rejects(trustKeys(await hand({ ...set, keys: [] }), a), code('KEY_WRONG_KIND'));
      await assert.rejects(trustKeys(await hand([]), a), code('KEY_WRONG_KIND'));
      await writeFile(handed, 'not JSON');
      await assert.rejects(trustKeys(handed, a), code('KEY_WRONG_KIND'));
      await assert.rejects(trustKeys(`${handed}.not`, a), code('KEY_UNREADABLE'));
      const [key] = set.keys;
      const renamed = { ...set, keys: [{ ...key, kid: makeKey('EdDSA').key.kid }] };
      await assert.rejects(trustKeys(await hand(renamed), a), code('KEY_WRONG_KIND'));
      assert.equal((await shown(a)).exitCode, 1, 'nothing of it was taken');
    });

    it('never goes over to another key in silence, nor takes one beside it', async () => {
      await initKeys(a);
      await initKeys(b);
      await trusting(a, b);
      const before = await readFile(join(a.data, 'keys/counterpart.log-keys.json'), 'utf8');
      const set = await publicOf(b);
      const other = makeKey('EdDSA').key;
      for (const keys of [[other], [...set.keys, other]])
        await assert.rejects(trustKeys(await hand({ ...set, keys }), a), (error) => {
          assert.ok(error instanceof GateError && error.message.includes(fingerprint(other.kid)));
          return code('KEY_OTHER_TRUSTED')(error);
        });
      assert.equal(await readFile(join(a.data, 'keys/counterpart.log-keys.json'), 'utf8'), before);
      await trusting(a, b);
      await trustKeys(await hand({ ...set, keys: [other] }), { ...a, replace: true });
      assert.ok((await shown(a)).text.includes(other.kid));
    });

    it('counts instead of the PEM of before, which it does not replace in silence either', async () => {
      await ensureDevelopmentKeys(a.data, { gate: 'huu-nghi' });
      await ensureDevelopmentKeys(b.data, { gate: 'huu-nghi-quan' });
      await exchangeDevelopmentTrust(a.data, b.data);
      assert.equal((await shown(a)).exitCode, 0);
      await trusting(a, b);
      const stranger = makeKey('EdDSA').key;
      const set = { gate: 'huu-nghi', keys: [stranger] };
      await assert.rejects(trustKeys(await hand(set), b), code('KEY_OTHER_TRUSTED'));
      await trustKeys(await hand(set), { ...b, replace: true });
      assert.ok((await shown(b)).text.includes(stranger.kid));
    });
  });

  describe('rotate', () => {
    it('announces the next key, once at a time; the log says when it counts', async () => {
      await initKeys(a);
      const old = await kidOf(a);
      await rotateKeys({ ...a, alg: 'ES256' });
      await assert.rejects(rotateKeys(a), code('KEY_ROTATION_PLANNED'));
      const { text } = await shown(a);
      assert.match(text, /announced/);
      assert.match(text, /waits for gate exchange/);
      const next = (await publicOf(a)).keys[1];
      assert.deepEqual([next?.alg, next?.fromSize], ['ES256', undefined]);

      await rm(join(a.data, 'keys/log-keys.rotation.json'));
      const { fromSize: _f, ...key } = next ?? makeKey('ES256').key;
      await published(a, 9, [{ line: 7, old, key }]);
      assert.deepEqual(
        (await publicOf(a)).keys.map(({ fromSize, lastSize }) => [fromSize, lastSize]),
        [
          [0, 7],
          [8, undefined],
        ],
      );
      assert.match((await shown(a)).text, /retired, lines 0 to 7/);
      assert.equal(await kidOf(a), key.kid);
    });

    it('takes up a development key, and needs one that may still sign', async () => {
      await assert.rejects(rotateKeys(a), code('KEY_UNREADABLE'));
      await ensureDevelopmentKeys(a.data, { gate: 'huu-nghi' });
      await rotateKeys(a);
      assert.equal((await publicOf(a)).keys.length, 2);
      await initKeys(b);
      await revokeKey(await kidOf(b), b);
      await assert.rejects(rotateKeys(b), code('KEY_NOT_IN_FORCE'));
    });
  });

  describe('officers', () => {
    it('writes the public keys of a gate’s people as a trust file, and says when there is nobody', async () => {
      assert.deepEqual(showOfficers({ config: a.config }), { exitCode: 1, text: '{\n  "officers": []\n}\n' });
      const { key } = newOfficer('dung');
      const config = join(a.data, 'gate.yaml');
      const people = `people: [{ id: dung, role: supervisor, publicKey: ${key.publicKey} }, { id: thao, role: supervisor, publicKey: ${newOfficer('thao').key.publicKey} }]`;
      await writeFile(config, `${await readFile(a.config, 'utf8')}\n${people}\n`);
      const { exitCode, text } = showOfficers({ config });
      const read = readTrust([text]);
      assert.deepEqual([exitCode, read.ok && read.officers[0]], [0, key]);
    });
  });

  describe('revoke', () => {
    it('ends trust in a key of the other side, for good: it is not brought back by their file', async () => {
      await initKeys(a);
      await initKeys(b);
      await trusting(a, b);
      const kid = await kidOf(b);
      await assert.rejects(revokeKey(kid.slice(0, 5), a), code('KEY_UNKNOWN'));
      await assert.rejects(revokeKey('no such key', a), code('KEY_UNKNOWN'));
      const { text } = await revokeKey(fingerprint(kid).slice(0, 14), a);
      assert.ok(text.includes(kid));
      assert.match((await revokeKey(kid, a)).text, /already/);
      assert.equal((await shown(a)).exitCode, 1);
      await trusting(a, b);
      assert.match((await shown(a)).text, /revoked/);
      const { gate } = await publicOf(b);
      const other = makeKey('ES256').key;
      await trustKeys(await hand({ gate, keys: [other] }), { ...a, replace: true });
      const after = await shown(a);
      assert.ok(after.text.includes(kid) && after.text.includes(other.kid), 'it is kept as revoked');
      assert.match(after.text, /revoked on .*: nothing of it stands/);
    });

    it('leaves what had been verified before, up to the newest head, or to one that a person names', async () => {
      await initKeys(a);
      const other = makeKey('EdDSA');
      const headAt = (size: number, by = other, gate = 'huu-nghi-quan') =>
        signHead({ gate, version: 2, size, rootHash: 'a'.repeat(64), at: 1_772_000_000_000 }, by.signer);
      await trustKeys(await hand({ gate: 'huu-nghi-quan', keys: [other.key] }), a);
      const database = await openDatabase(join(a.data, 'exchange.db'));
      await database.transaction((tx) =>
        setMeta(
          tx,
          'counterpart.follower',
          JSON.stringify({ tree: { size: 7, peaks: [] }, head: headAt(7) }),
        ),
      );
      await database.close();
      assert.match((await revokeKey(other.key.kid, a)).text, /up to line 7 stands/);
      assert.match((await shown(a)).text, /revoked on .*: it up to line 7 stands/);

      const lastHead = join(a.data, 'head');
      const naming = async (text: string) => {
        await writeFile(lastHead, text);
        return revokeKey(other.key.kid, { ...a, lastHead });
      };
      assert.match((await naming(headAt(5))).text, /up to line 5 stands/);
      assert.match((await naming(`{"head":"${headAt(6)}"}\n`)).text, /up to line 6 stands/);
      for (const wrong of [
        'x',
        headAt(5, makeKey('EdDSA')),
        headAt(5, other, 'huu-nghi'),
        'x'.repeat(70_000),
      ])
        await assert.rejects(naming(wrong), code('HEAD_UNREADABLE'));
      await assert.rejects(
        revokeKey(other.key.kid, { ...a, lastHead: `${lastHead}.not` }),
        code('HEAD_UNREADABLE'),
      );
      assert.match((await shown(a)).text, /it up to line 6 stands/);
    });

    it('ends a key of ours at our newest head; what the owner says of it is taken by the other side', async () => {
      await initKeys(a);
      await initKeys(b);
      const kid = await kidOf(b);
      await published(b, 12, [], 'b'.repeat(64));
      assert.match((await revokeKey(kid, b)).text, /up to line 12 stands/);
      await trusting(a, b);
      assert.match((await shown(a)).text, /revoked on .*: it up to line 12 stands/);
    });
  });

  it('keeps no keys in the folder of another user, and uses none that another could exchange', async () => {
    const user = (await stat(a.data)).uid;
    await refuseOtherUser(a.data, user);
    await assert.rejects(refuseOtherUser(a.data, user + 1), code('KEY_WRONG_USER'));
    const key = join(a.data, 'key.pem');
    await mkdir(a.data, { recursive: true });
    await writeFile(key, 'x', { mode: 0o600 });
    await refuseExposed('key', key, user);
    await assert.rejects(refuseExposed('key', key, user + 1), code('KEY_EXPOSED'));
    await chmod(key, 0o640);
    await assert.rejects(refuseExposed('key', key, user), code('KEY_EXPOSED'));
    await assert.rejects(refuseExposed('key', `${key}.not`, user), code('KEY_UNREADABLE'));
  });
});
