import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactSign } from 'jose';
import {
  ensureDevelopmentKeys,
  exchangeDevelopmentTrust,
} from '../../../../edge/exchange/development-keys.ts';
import { type Exchange, startExchange } from '../../../../edge/exchange/exchange.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { silentLog } from '../../../../edge/platform/log.ts';
import { systemRandom } from '../../../../edge/platform/random.ts';
import { partyNameDigest } from '../../../../protocols/party-word.ts';
import { type CustomsServer, startCustoms } from '../../../../simulator/devices/customs-http.ts';
import {
  configOf,
  createFakeControl,
  createFakeCustoms,
  eventually,
  type FakeControl,
  type FakeCustoms,
  hurried,
  newFolder,
  removeFolders,
} from '../../../support/exchange-world.ts';

const LIST = {
  id: 'border-watch',
  version: 1,
  name: 'Vehicles to be stopped',
  owner: 'border-guard',
  legalBasis: 'Decision 12/QĐ-BP',
  from: '2026-01-01T00:00:00+07:00',
  until: '2099-01-01T00:00:00+07:00',
  entries: [
    { kind: 'plate', value: '12c-123.45' },
    { kind: 'party', value: 'Nguyễn Văn An' },
    { kind: 'party', value: '0100109106-001' },
    { kind: 'hs', value: '5201' },
  ],
};

describe('signed lists in their folder', () => {
  let control: FakeControl;
  let customs: FakeCustoms;
  let server: CustomsServer;
  let folder: string;
  let exchange: Exchange | undefined;
  let guards: { privateKey: KeyObject; publicKey: KeyObject };
  let officers: typeof guards;

  const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
  const start = async (): Promise<void> => {
    const config = await configOf('huu-nghi');
    config.customs = { ...config.customs, url: server.url, pollMs: 10 };
    config.counterpart = {
      ...config.counterpart,
      url: 'https://127.0.0.1:9',
      listen: { host: '127.0.0.1', port: 0 },
    };
    config.lists = {
      folder: 'lists',
      pollMs: 20,
      trust: [
        { id: 'guards', owner: 'border-guard', keyFile: 'guards.pem' },
        { id: 'officers', owner: 'customs', keyFile: 'officers.pem' },
      ],
    };
    exchange = await startExchange({
      config,
      dataDir: folder,
      door: control.door,
      clock: hurried(systemClock, 100),
      random: systemRandom,
      log: silentLog,
    });
  };
  const sign = async (text: string, kid: string, key: KeyObject, alg = 'EdDSA'): Promise<string> => {
    const jws = await new CompactSign(Buffer.from(text)).setProtectedHeader({ alg, kid }).sign(key);
    const [header, , signature] = jws.split('.');
    return `${header}..${signature}`;
  };
  /** Puts a list there, signed by the guards where nothing else is said. */
  const put = async (name: string, list: object, jws?: string): Promise<void> => {
    const text = JSON.stringify(list, null, 2);
    await writeFile(join(folder, 'lists', name), text);
    await writeFile(
      join(folder, 'lists', `${name}.jws`),
      jws ?? (await sign(text, 'guards', guards.privateKey)),
    );
  };
  const refusals = async (): Promise<string[]> =>
    (await readdir(join(folder, 'lists', 'refused'))).filter((name) => name.endsWith('.reason.txt'));
  const refusalOf = async (name: string): Promise<string> => {
    await eventually(`${name} is refused`, async () => (await refusals()).includes(`${name}.reason.txt`));
    await eventually('it is moved away', async () => !(await readdir(join(folder, 'lists'))).includes(name));
    assert.ok((await readdir(join(folder, 'lists', 'refused'))).includes(name));
    return readFile(join(folder, 'lists', 'refused', `${name}.reason.txt`), 'utf8');
  };

  before(() => {
    guards = generateKeyPairSync('ed25519');
    officers = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  });
  beforeEach(async () => {
    control = createFakeControl();
    customs = createFakeCustoms();
    server = await startCustoms({ port: 0, model: customs, clock: systemClock });
    folder = await newFolder();
    const other = await newFolder();
    await ensureDevelopmentKeys(folder, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(folder, other);
    await writeFile(join(folder, 'guards.pem'), pem(guards.publicKey));
    await writeFile(join(folder, 'officers.pem'), pem(officers.publicKey));
  });
  afterEach(async () => {
    await exchange?.stop();
    exchange = undefined;
    await server.stop();
  });
  after(removeFolders);

  it('are told to control among what customs says, with digests in place of names', async () => {
    await start();
    await put('guards.json', LIST);
    await eventually('it is told', () => control.of('list').length === 1);
    const [input] = control.of('list');
    assert.deepEqual(input?.list, {
      ...LIST,
      from: Date.UTC(2025, 11, 31, 17),
      until: Date.UTC(2098, 11, 31, 17),
      entries: [
        { kind: 'plate', value: '12C12345' },
        { kind: 'party', value: partyNameDigest('NGUYEN VAN AN') },
        { kind: 'party', value: '0100109106001' },
        { kind: 'hs', value: '5201' },
      ],
    });
    assert.equal(control.admitted.find(({ input: { type } }) => type === 'list')?.from.source, 'customs');
  });

  it('may be signed with ES256, too, and are not told twice, not even after a restart', async () => {
    await start();
    const list = { ...LIST, id: 'origin', owner: 'customs' };
    await put(
      'origin.json',
      list,
      await sign(JSON.stringify(list, null, 2), 'officers', officers.privateKey, 'ES256'),
    );
    await eventually('it is told', () => control.of('list').length === 1);
    await exchange?.stop();
    await start();
    await put('guards.json', LIST);
    await eventually('the other is told', () => control.of('list').length === 2);
    assert.deepEqual(
      control.of('list').map(({ list: { id } }) => id),
      ['origin', 'border-watch'],
    );
  });

  it('are told anew to a control that was restored from a backup', async () => {
    await start();
    await put('guards.json', LIST);
    await eventually('it is told', () => control.of('list').length === 1);
    control.rollBack(0);
    control.boot();
    await eventually('it is told again', () => control.of('list').length === 1);
  });

  const wrong: [what: string, make: () => Promise<void>, told: RegExp][] = [
    [
      'bytes that were not signed',
      async () =>
        put('a.json', { ...LIST, version: 2 }, await sign(JSON.stringify(LIST), 'guards', guards.privateKey)),
      /Chữ ký không đúng.*\nThe signature does not fit/,
    ],
    [
      'a key nobody knows',
      async () =>
        put('a.json', LIST, await sign(JSON.stringify(LIST, null, 2), 'strangers', guards.privateKey)),
      /not trusted at this gate[\s\S]*kid strangers/,
    ],
    [
      'another authority’s key',
      async () =>
        put(
          'a.json',
          LIST,
          await sign(JSON.stringify(LIST, null, 2), 'officers', officers.privateKey, 'ES256'),
        ),
      /border-watch is of border-guard, the key of customs/,
    ],
    ['a list that has ended', () => put('a.json', { ...LIST, until: '2026-02-01T00:00:00Z' }), /has expired/],
    [
      'an entry that can never hit',
      () =>
        put('a.json', { ...LIST, entries: [...LIST.entries, { kind: 'container', value: 'CSQU3054384' }] }),
      /entries\.4: CSQU3054384 is no container/,
    ],
    ['what is no list', () => put('a.json', { ...LIST, version: 'latest' }), /version: /],
    [
      'too many entries',
      () =>
        put('a.json', {
          ...LIST,
          entries: Array.from({ length: 10_001 }, (_, index) => ({ kind: 'plate', value: `12C-${index}` })),
        }),
      /at most 10000 entries/,
    ],
  ];
  for (const [what, make, told] of wrong) {
    it(`are refused for ${what}, and moved aside with the reason`, async () => {
      await start();
      await make();
      assert.match(await refusalOf('a.json'), told);
      assert.deepEqual(control.of('list'), []);
    });
  }

  it('are refused without a signature, once that had time to follow', async () => {
    await start();
    await writeFile(join(folder, 'lists', 'a.json'), JSON.stringify(LIST));
    assert.match(await refusalOf('a.json'), /no signature/);
  });

  it('are refused in an older version, and with other words under the same', async () => {
    await start();
    await put('a.json', { ...LIST, version: 3 });
    await eventually('it is told', () => control.of('list').length === 1);
    await put('b.json', { ...LIST, version: 2 });
    assert.match(await refusalOf('b.json'), /version 2, known is 3/);
    await put('c.json', { ...LIST, version: 3, entries: [] });
    assert.match(await refusalOf('c.json'), /raise the version/);
    assert.equal(control.of('list').length, 1);
  });

  it('do not start without the keys they are trusted by', async () => {
    await cp(join(folder, 'keys', 'ca.cert.pem'), join(folder, 'guards.pem'));
    await writeFile(join(folder, 'guards.pem'), 'no key');
    await assert.rejects(start, { code: 'KEY_WRONG_KIND' });
  });
});
