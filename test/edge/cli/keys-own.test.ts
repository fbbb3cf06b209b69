import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initKeys, rotateKeys } from '../../../edge/cli/keys/make.ts';
import { trustOwnKeys } from '../../../edge/cli/keys/own.ts';
import { showKeys } from '../../../edge/cli/keys/show.ts';
import { openDatabase } from '../../../edge/exchange/database.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { signHead } from '../../../protocols/handover/head.ts';
import type { LogKey, LogKeySet } from '../../../protocols/handover/public-key.ts';
import { linesOf } from '../../protocols/handover/log.ts';
import { newFolder, removeFolders } from '../../support/exchange-world.ts';
import { type MadeKey, makeKey, rotationBetween } from '../../support/log-keys.ts';

const code =
  (expected: string, said = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof GateError, String(error));
    assert.equal(error.code, expected, error.message);
    assert.match(error.message, said);
    return true;
  };

describe('gate keys trust --own', () => {
  const config = 'config/huu-nghi.yaml';
  const [first, second, stranger] = [makeKey('EdDSA'), makeKey('ES256'), makeKey('EdDSA')];
  let data: string;
  let file: string;
  beforeEach(async () => {
    data = await newFolder();
    file = join(data, 'old.json');
    await initKeys({ config, data, alg: 'EdDSA', validDays: 365 });
  });
  after(removeFolders);

  const own = async (keys: readonly object[], gate = 'huu-nghi') => {
    await writeFile(file, JSON.stringify({ gate, keys }));
    return trustOwnKeys(file, { config, data });
  };
  const handed = async (): Promise<LogKey[]> =>
    (JSON.parse((await showKeys({ config, data, public: true })).text) as LogKeySet).keys;
  /** Our log on disk: lines 1 to 4, the second of which tells of a change from the first key to the second. */
  const onDisk = async (heads: readonly [size: number, by: MadeKey][]): Promise<void> => {
    const lines = linesOf([
      { kind: 'token-asked', track: 't' },
      rotationBetween(first, second),
      { kind: 'token-asked', track: 't' },
      { kind: 'token-asked', track: 't' },
    ]);
    const database = await openDatabase(join(data, 'exchange.db'));
    await database.transaction(async (tx) => {
      for (const [index, line] of lines.entries())
        await tx.run('INSERT INTO own_line (line, data) VALUES (?, ?)', index + 1, line);
      for (const [size, by] of heads) {
        const head = { gate: 'huu-nghi', version: 2, size, rootHash: 'a'.repeat(64), at: 1_772_000_000_000 };
        await tx.run(
          'INSERT INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)',
          size,
          head.rootHash,
          signHead(head, by.signer),
        );
      }
    });
    await database.close();
  };

  it('takes back what checks our own old heads; it is retired, signs nothing, and is handed to nobody without need', async () => {
    const [present] = await handed();
    assert.match((await own([first.key])).text, new RegExp(first.key.kid));
    const { text } = await showKeys({ config, data });
    assert.match(text, new RegExp(`${first.key.kid}[^]*?retired`));
    assert.deepEqual(await handed(), [present]);
    const { text: planned } = await rotateKeys({ config, data, alg: 'EdDSA', validDays: 365 });
    assert.ok(planned.includes(`from ${present?.kid}`), 'the key in force names its successor');
    assert.match((await own([first.key])).text, /listed already/);
  });

  it('says how far a key has signed, where its heads are on our disk: that part is handed over', async () => {
    await onDisk([
      [1, first],
      [2, first],
      [4, second],
    ]);
    await own([first.key, { ...second.key, fromSize: 3 }]);
    const places = (await handed()).map(({ kid, fromSize, lastSize }) => [kid, fromSize, lastSize]);
    assert.deepEqual(places.slice(1), [
      [first.key.kid, 0, 2],
      [second.key.kid, 3, 4],
    ]);
  });

  it('refuses what our own log contradicts, and takes nothing of it', async () => {
    await onDisk([
      [2, first],
      [4, second],
    ]);
    const refused = (keys: readonly LogKey[], said: RegExp) =>
      assert.rejects(own(keys), code('KEY_CONTRADICTED', said));
    await refused([{ ...first.key, lastSize: 1 }], /has signed a head of 2 lines, after its last/);
    await refused([{ ...first.key, fromSize: 3 }], /line 2: .* signs heads of 3 lines and more/);
    await refused([first.key, { ...second.key, fromSize: 2 }], /line 2/);
    await refused([stranger.key], new RegExp(`line 2 is signed by key ${first.key.kid}, the file says`));
    assert.equal((await handed()).length, 1);
    await own([first.key, { ...stranger.key, fromSize: 9 }]);
  });

  it('refuses a private half, the keys of another gate, and to begin a log with what cannot sign it', async () => {
    await assert.rejects(own([{ ...first.key, d: 'AAAA' }]), code('KEY_PRIVATE'));
    await writeFile(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await assert.rejects(trustOwnKeys(file, { config, data }), code('KEY_PRIVATE'));
    await assert.rejects(own([first.key], 'huu-nghi-quan'), code('KEY_OTHER_GATE'));
    await writeFile(file, JSON.stringify({ gate: 'huu-nghi', keys: [first.key] }));
    const empty = { config, data: await newFolder(), clock: systemClock };
    await assert.rejects(trustOwnKeys(file, empty), code('KEY_UNREADABLE', /no key yet/));
  });
});
