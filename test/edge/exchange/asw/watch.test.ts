import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactSign } from 'jose';
import type { AdvanceReport, CustomsInput } from '../../../../edge/core/input.ts';
import { startAswWatch } from '../../../../edge/exchange/asw/watch.ts';
import { createMirror, type Mirror } from '../../../../edge/exchange/customs/mirror.ts';
import { type Database, openDatabase } from '../../../../edge/exchange/database.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { silentLog } from '../../../../edge/platform/log.ts';
import { seededRandom } from '../../../../edge/platform/random.ts';
import { readChanges } from '../../../../protocols/clearance/reading.ts';
import { writeChange } from '../../../../protocols/clearance/writing.ts';
import { partyNameDigest } from '../../../../protocols/party-word.ts';
import { eventually, hurried, newFolder, removeFolders } from '../../../support/exchange-world.ts';

const BOX = 'CSQU3054383';
const OTHER = 'MWCU6059784';
const DOCUMENT = {
  documentType: 'FORM_D',
  referenceNumber: 'D-17',
  versionNumber: 1,
  documentStatus: 'ISSUED',
  issuingCountry: 'TH',
  issueDateTime: '2026-11-20T08:00:00+07:00',
  consignor: { partyName: 'Nguyễn Văn An' },
  containers: [{ containerNumber: BOX }],
};

describe('documents of the ASEAN Single Window in their folder', () => {
  let root: string;
  let folder: string;
  let database: Database;
  let mirror: Mirror;
  let window: { privateKey: KeyObject; publicKey: KeyObject };
  let thai: typeof window;
  let stops: (() => Promise<void>)[];
  let delivered: number;

  const start = async (): Promise<void> => {
    const running = await startAswWatch({
      config: {
        folder: 'asw',
        pollMs: 20,
        trust: [
          { id: 'vnsw', keyFile: 'vnsw.pem' },
          { id: 'thai', issuers: ['TH'], keyFile: 'thai.pem' },
        ],
      },
      dataDir: root,
      database,
      clock: hurried(systemClock, 100),
      random: seededRandom(1),
      log: silentLog,
      onQueued: () => undefined,
    });
    stops.push(running.stop);
  };
  const put = async (name: string, text: string, kid = 'vnsw', key = window.privateKey): Promise<void> => {
    const jws = await new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key);
    const [header, , signature] = jws.split('.');
    await writeFile(join(folder, name), text);
    await writeFile(join(folder, `${name}.jws`), `${header}..${signature}`);
  };
  const lies = async (place: string, name: string): Promise<boolean> =>
    (await readdir(join(folder, place))).includes(name);
  const taken = (name: string): Promise<void> => eventually(`${name} is taken`, () => lies('taken', name));
  const take = async (name: string, members: object = {}): Promise<void> => {
    await put(name, JSON.stringify({ ...DOCUMENT, ...members }));
    await taken(name);
  };
  const refusalOf = async (name: string): Promise<string> => {
    await eventually(`${name} is refused`, () => lies('refused', name));
    return readFile(join(folder, 'refused', `${name}.reason.txt`), 'utf8');
  };
  /** What control has not been told yet. */
  const news = async (): Promise<CustomsInput[]> => {
    const batch = await mirror.reserve(delivered, 100);
    delivered += batch.length;
    return batch.map(({ input }) => input);
  };
  const documents = async (): Promise<AdvanceReport[]> =>
    (await news()).filter((input) => input.type === 'advance-document');
  const told = async (): Promise<string[]> =>
    (await documents()).map(({ container, reference, version, status }) =>
      [container, reference, version, status].join(' '),
    );
  const watch = (container: string): Promise<void> => database.transaction((tx) => mirror.ask(tx, container));
  const declares = (container: string, reference: string, version = 1) =>
    mirror.feed('customs', readChanges).ingest(
      '',
      {
        cursor: '1',
        asOf: 0,
        changes: [
          writeChange({
            type: 'clearance',
            declaration: '308044805740',
            container,
            kind: 'import',
            channel: 'green',
            status: 'released',
            version,
            source: 'VNACCS',
            claims: [{ kind: 'certificate-of-origin', reference }],
          }),
        ],
      },
      { moveOn: true, last: true },
    );

  before(() => {
    window = generateKeyPairSync('ed25519');
    thai = generateKeyPairSync('ed25519');
  });
  beforeEach(async () => {
    root = await newFolder();
    folder = join(root, 'asw');
    await mkdir(folder);
    const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
    await writeFile(join(root, 'vnsw.pem'), pem(window.publicKey));
    await writeFile(join(root, 'thai.pem'), pem(thai.publicKey));
    database = await openDatabase(join(root, 'exchange.db'));
    mirror = createMirror(database);
    stops = [];
    delivered = 0;
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await database.close();
  });
  after(removeFolders);

  it('are told to control for containers it watches, now or later, with digests in place of names', async () => {
    await start();
    await take('d17.json');
    assert.deepEqual(await told(), [], 'nobody has asked for it');
    await watch(BOX);
    const [told_, ...more] = await documents();
    assert.deepEqual(more, []);
    assert.deepEqual(told_, {
      type: 'advance-document',
      container: BOX,
      kind: 'certificate-of-origin',
      reference: 'D-17',
      version: 1,
      status: 'issued',
      issuer: 'TH',
      issuedAt: Date.parse(DOCUMENT.issueDateTime),
      containers: [{ number: BOX }],
      parties: [{ role: 'consignor', name: partyNameDigest('NGUYEN VAN AN') }],
    });
    await take('d17-2.json', { versionNumber: 2, documentStatus: 'REVOKED' });
    assert.deepEqual(await told(), [`${BOX} D-17 2 revoked`]);
    assert.ok(await lies('taken', 'd17.json.jws'));
  });

  it('are told for a container whose declaration rests on them, whatever they name, and before they come', async () => {
    await watch(OTHER);
    await start();
    await declares(OTHER, 'D-17');
    assert.deepEqual(await told(), []);
    await take('d17.json');
    assert.deepEqual(await told(), [`${OTHER} D-17 1 issued`]);
    await take('d18.json', { referenceNumber: 'D-18' });
    assert.deepEqual(await told(), []);
    await declares(OTHER, 'D-18', 2);
    assert.deepEqual(await told(), [`${OTHER} D-18 1 issued`]);
  });

  it('that name a container no more are told once more of it', async () => {
    await watch(BOX);
    await start();
    await take('d17.json');
    await take('d17-2.json', { versionNumber: 2, containers: [{ containerNumber: OTHER }] });
    assert.deepEqual(await told(), [`${BOX} D-17 2 issued`]);
  });

  it('may come as XML, and in a second copy that changes nothing', async () => {
    await watch(BOX);
    await start();
    await put(
      'd17.xml',
      `<Document><documentType>PHYTO</documentType><referenceNumber>P-1</referenceNumber><versionNumber>1</versionNumber>
        <documentStatus>ISSUED</documentStatus><issuingCountry>LA</issuingCountry><issueDateTime>2026-11-20T08:00:00Z</issueDateTime>
        <containers><container><containerNumber>${BOX}</containerNumber></container></containers></Document>`,
    );
    await taken('d17.xml');
    assert.deepEqual(await told(), [`${BOX} P-1 1 issued`]);
    await take('a.json');
    await take('b.json');
    assert.deepEqual(await told(), [`${BOX} D-17 1 issued`]);
  });

  it('survive a restart, and are told again to a control that was restored from a backup', async () => {
    await watch(BOX);
    await start();
    await take('d17.json');
    assert.deepEqual(await told(), [`${BOX} D-17 1 issued`]);
    delivered = 0;
    assert.deepEqual(await told(), [`${BOX} D-17 1 issued`]);
  });

  it('are refused with the reason beside them, and nothing is told of them', async () => {
    await watch(BOX);
    await start();
    await take('good.json', { versionNumber: 5 });
    await told();
    const text = JSON.stringify(DOCUMENT);
    await put('older.json', JSON.stringify({ ...DOCUMENT, versionNumber: 4 }));
    assert.match(await refusalOf('older.json'), /a newer version already/);
    await put('changed.json', JSON.stringify({ ...DOCUMENT, versionNumber: 5, issuingCountry: 'LA' }));
    assert.match(await refusalOf('changed.json'), /raise the version/);
    await put('stranger.json', text, 'nobody');
    assert.match(await refusalOf('stranger.json'), /not trusted[\s\S]*kid nobody/);
    await put('forged.json', text, 'vnsw', thai.privateKey);
    assert.match(await refusalOf('forged.json'), /does not fit the file/);
    await put('laos.json', JSON.stringify({ ...DOCUMENT, issuingCountry: 'LA' }), 'thai', thai.privateKey);
    assert.match(await refusalOf('laos.json'), /documents of that country[\s\S]*of LA/);
    await put('half.json', text.slice(0, 40));
    assert.match(await refusalOf('half.json'), /no readable JSON/);
    await writeFile(join(folder, 'unsigned.json'), text);
    assert.match(await refusalOf('unsigned.json'), /no signature/);
    assert.deepEqual(await told(), []);
  });
});
