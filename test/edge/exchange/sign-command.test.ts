import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { initKeys, rotateKeys } from '../../../edge/cli/keys/make.ts';
import { showKeys } from '../../../edge/cli/keys/show.ts';
import { trustKeys } from '../../../edge/cli/keys/trust.ts';
import { ALGORITHMS, publicKeyOf } from '../../../edge/exchange/algorithms.ts';
import { commandSigner } from '../../../edge/exchange/sign-command.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { eventually, newFolder, removeFolders } from '../../support/exchange-world.ts';
import { makeKey, ringOf } from '../../support/log-keys.ts';
import { createSoftHsm, type SoftHsm } from '../../support/soft-hsm.ts';
import {
  decide,
  received,
  type TwoExchanges,
  tell,
  twoExchanges,
  upTo,
} from '../../support/two-exchanges.ts';

const BYTES = Buffer.from('what is to be signed');

describe('a program that signs', () => {
  const { key, privateKey } = makeKey('ES256');
  const [verifying] = ringOf([key]).keys;
  assert.ok(verifying);
  const signerWith = (command: string[], timeoutMs = 20_000) =>
    commandSigner({ command, timeoutMs, kid: key.kid, verifier: verifying.verifier, clock: systemClock });
  const refusal = async (script: string, timeoutMs?: number): Promise<string> => {
    try {
      await signerWith(['sh', '-c', script], timeoutMs).sign(BYTES);
    } catch (error) {
      assert.ok(error instanceof GateError);
      assert.equal(error.code, 'SIGN_COMMAND_FAILED');
      return error.message;
    }
    return 'signed';
  };
  after(removeFolders);

  it('is given the bytes and the name of the key, and its answer is the signature', async () => {
    const { sign } = await import('node:crypto');
    const file = join(await newFolder(), 'signature');
    await writeFile(file, sign('sha256', BYTES, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
    const hex = Buffer.from(key.kid, 'base64url').toString('hex');
    const script = `test "$(cat)" = "${BYTES}" && test "$1" = "{kid}" && test "$2" = ${hex} && cat ${file}`;
    const signature = await signerWith(['sh', '-c', script, 'sh', key.kid, '{id}']).sign(BYTES);
    assert.ok(verifying.verifier.verify(BYTES, signature));
  });

  it('that fails, writes something else or too much, or cannot be started, has not signed', async () => {
    assert.match(await refusal('echo no token here >&2; exit 3'), /it ended with 3: no token here/);
    assert.match(await refusal('echo nonsense'), /its answer \(9 bytes\) is no signature of key/);
    assert.match(await refusal('true'), /its answer \(0 bytes\)/);
    assert.match(await refusal('head -c 20000 /dev/zero'), /more than 10000 bytes/);
    assert.match(await refusal('kill -9 $$'), /it ended with SIGKILL/);
    await assert.rejects(signerWith(['/nowhere/sign']).sign(BYTES), { code: 'SIGN_COMMAND_FAILED' });
  });

  it('that hangs is ended with all it has started', async () => {
    const file = join(await newFolder(), 'pid');
    assert.match(await refusal(`sleep 1000 & echo $! > ${file}; wait`, 300), /longer than 300 ms/);
    const pid = Number(readFileSync(file, 'utf8'));
    const isAlive = (): boolean => {
      const state = execFileSync('sh', ['-c', `cat /proc/${pid}/stat 2>/dev/null || true`]).toString();
      return state !== '' && state.split(') ')[1]?.startsWith('Z') !== true;
    };
    await eventually('what it had started is gone', () => !isAlive());
  });
});

describe('a log whose keys never leave a PKCS#11 token', () => {
  let pair: TwoExchanges;
  let hsm: SoftHsm;
  before(async function () {
    this.timeout(60_000);
    hsm = createSoftHsm(this, await newFolder());
    pair = await twoExchanges();
  });
  after(async () => {
    await pair?.close();
    await removeFolders();
  });

  it('is begun, read by the other side, and goes over to the next key in the token', async function () {
    this.timeout(120_000);
    const { ours, theirs } = pair;
    const keys = await newFolder();
    const config = join(keys, 'gate.json');
    const shipped = parse(readFileSync('config/huu-nghi.yaml', 'utf8'));
    const logKeys = {
      signCommand: hsm.command,
      signTimeoutMs: 60_000,
      logKeysFile: 'keys/token-keys.json',
      signingKeyFile: 'keys/nowhere.pem',
    };
    await writeFile(
      config,
      JSON.stringify({ ...shipped, counterpart: { ...shipped.counterpart, ...logKeys } }),
    );
    ours.counterpart = logKeys;
    /** A new key in the token, under the name the gate will ask for. */
    const fromToken = async (id: string): Promise<string> => {
      const key = hsm.makeKey(id);
      const half = publicKeyOf(key, ALGORITHMS);
      assert.ok(half);
      hsm.rename(id, Buffer.from(half.kid, 'base64url').toString('hex'));
      const file = join(keys, `${id}.pub.pem`);
      await writeFile(file, key.export({ type: 'spki', format: 'pem' }));
      return file;
    };
    const making = { config, data: ours.folder, alg: 'ES256', validDays: 365 };
    await initKeys({ ...making, public: await fromToken('01') });
    const handed = join(keys, 'huu-nghi.json');
    await writeFile(handed, (await showKeys({ ...making, public: true })).text);
    const reading = { config: 'config/huu-nghi-quan.yaml', data: theirs.folder };
    // They trust a development key so far.
    await assert.rejects(trustKeys(handed, reading), { code: 'KEY_OTHER_TRUSTED' });
    await trustKeys(handed, { ...reading, replace: true });

    decide(ours, 2);
    await Promise.all([pair.start(ours), pair.start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === 2, 30_000);
    ours.control.beforeSubmit = (input) => {
      if (input.type === 'keys-rotated-asked') tell(ours, input.record);
    };
    // As docs/keys.md tells it: the token does not know the next key by its id before that is known.
    const next = hsm.makeKey('02');
    const file = join(keys, '02.pub.pem');
    await writeFile(file, next.export({ type: 'spki', format: 'pem' }));
    await assert.rejects(rotateKeys({ ...making, public: file }), { code: 'SIGN_COMMAND_FAILED' });
    const announced = /fingerprint ([0-9a-f ]+)\n {2}announced/.exec(
      (await showKeys({ config, data: ours.folder })).text,
    );
    hsm.rename('02', (announced?.[1] ?? '').replaceAll(' ', ''));
    await rotateKeys({ ...making, public: file });
    await eventually('the change is read', () => received(theirs).length === 3, 30_000);
    decide(ours, 2);
    await eventually('what the new key signs is read', () => received(theirs).length === 5, 30_000);
    assert.deepEqual(received(theirs), upTo(5));
    assert.deepEqual(theirs.control.of('counterpart-fault'), []);
  });
});
