import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CustomsInput } from '../../../../edge/core/input.ts';
import { startDropFolder } from '../../../../edge/exchange/customs/drop-folder/drop-folder.ts';
import { createMirror, type FeedMirror, type Mirror } from '../../../../edge/exchange/customs/mirror.ts';
import { type Database, openDatabase } from '../../../../edge/exchange/database.ts';
import { type Clock, systemClock } from '../../../../edge/platform/clock.ts';
import { GateError } from '../../../../edge/platform/errors.ts';
import type { Log } from '../../../../edge/platform/log.ts';
import { seededRandom } from '../../../../edge/platform/random.ts';
import { readChanges } from '../../../../protocols/clearance/reading.ts';
import type { ClearanceReport } from '../../../../protocols/clearance/words.ts';
import { writeChange } from '../../../../protocols/clearance/writing.ts';
import { COLUMNS, createListSigner, csvList, drop, line } from '../../../support/customs-lists.ts';
import { eventually, hurried, newFolder, removeFolders } from '../../../support/exchange-world.ts';

const DECLARATION = '308044805740';
const BOX = 'CSQU3054383';
const OTHER = 'MWCU6059784';
const at = (time: string): number => Date.parse(`2026-11-22T${time}:00+07:00`);

describe('the drop folder', () => {
  const signer = createListSigner();
  let root: string;
  let folder: string;
  let database: Database;
  let mirror: Mirror;
  let feed: FeedMirror;
  let stops: (() => Promise<void>)[];
  let delivered: number;
  let logged: Record<string, unknown>[];
  const note = (_text: string, fields: object = {}): void => void logged.push({ ...fields });
  const log: Log = { info: note, warn: note, error: note, child: () => log };
  const clock: Clock = { ...hurried(systemClock, 400), nowMs: () => at('12:00') };

  const start = async (): Promise<void> => {
    const running = await startDropFolder({
      folder: 'lists',
      listKeyFile: 'keys/lists.pem',
      dataDir: root,
      utcOffset: '+07:00',
      database,
      clock,
      random: seededRandom(1),
      log,
      onQueued: () => undefined,
    });
    stops.push(running.stop);
  };
  const isIn = async (place: string, name: string): Promise<boolean> =>
    (await readdir(join(folder, place))).includes(name);
  const taken = (name: string): Promise<void> => eventually(`${name} is taken`, () => isIn('taken', name));
  const refused = async (name: string): Promise<string> => {
    await eventually(`${name} is refused`, () => isIn('refused', name));
    return readFile(join(folder, 'refused', `${name}.reason.txt`), 'utf8');
  };
  const take = async (name: string, ...list: Parameters<typeof csvList>): Promise<void> => {
    await drop(folder, name, csvList(...list), signer);
    await taken(name);
  };
  /** What control has not been told yet. */
  const news = async (): Promise<CustomsInput[]> => {
    const batch = await mirror.reserve(delivered, 100);
    delivered += batch.length;
    return batch.map(({ input }) => input);
  };
  const short = (input: CustomsInput): string =>
    input.type === 'clearance'
      ? `${input.container} ${input.status} ${input.version}${input.feed === undefined ? '' : ` by ${input.feed}`}`
      : input.type === 'customs-feed'
        ? `${input.feed ?? 'customs'} as of ${new Date(input.asOf + 7 * 3_600_000).toISOString().slice(11, 16)}`
        : input.type;
  const told = async (): Promise<string[]> => (await news()).map(short);
  /** The network feed brings changes. */
  const network = (asOf: string, ...changes: Partial<ClearanceReport>[]) =>
    networkPage(asOf, true, ...changes);
  const networkPage = (asOf: string, last: boolean, ...changes: Partial<ClearanceReport>[]) =>
    feed.ingest(
      '',
      {
        cursor: '1',
        asOf: at(asOf),
        changes: changes.map((change) =>
          writeChange({
            type: 'clearance',
            declaration: DECLARATION,
            container: BOX,
            kind: 'export',
            channel: 'green',
            status: 'released',
            version: 1,
            source: 'VNACCS',
            ...change,
          }),
        ),
      },
      { moveOn: true, last },
    );
  const watch = (container: string): Promise<void> => database.transaction((tx) => mirror.ask(tx, container));

  beforeEach(async () => {
    root = await newFolder();
    folder = join(root, 'lists');
    await mkdir(join(root, 'keys'));
    await writeFile(join(root, 'keys/lists.pem'), signer.publicPem);
    database = await openDatabase(join(root, 'exchange.db'));
    mirror = createMirror(database);
    feed = mirror.feed('customs', readChanges);
    stops = [];
    delivered = 0;
    logged = [];
    await watch(BOX);
    await watch(OTHER);
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await database.close();
  });
  after(removeFolders);

  describe('takes a signed list', () => {
    it('whole: control hears of its containers, and that everything known is complete as of then', async () => {
      await start();
      await take('a.csv', [line(BOX, 3), line(OTHER, 1, 'DK', '308044805751')]);
      assert.deepEqual(await told(), [
        `${BOX} released 3 by drop-folder`,
        `${OTHER} registered 1 by drop-folder`,
        'drop-folder as of 08:30',
        'customs as of 08:30',
      ]);
      assert.deepEqual((await readdir(folder)).toSorted(), ['refused', 'taken']);
      assert.deepEqual((await readdir(join(folder, 'taken'))).toSorted(), ['a.csv', 'a.csv.jws']);
      await eventually('the log tells of it', () =>
        logged.some(({ file, number, lines }) => file === 'a.csv' && number === '2026-0001' && lines === 2),
      );
    });

    it('as an addition: what it says counts, and confirms nothing', async () => {
      await network('08:00', { version: 1 });
      await told();
      await start();
      await take('a.csv', [line(OTHER, 1)], { kind: 'BoSung' });
      assert.deepEqual(await told(), [`${OTHER} released 1 by drop-folder`]);
    });

    it('signed with ES256, or over the bytes as they are', async () => {
      for (const other of [createListSigner('ES256'), createListSigner('EdDSA', true)]) {
        await writeFile(join(root, 'keys/lists.pem'), other.publicPem);
        await start();
        const name = `${stops.length}.csv`;
        await drop(folder, name, csvList([], { number: name }), other);
        await taken(name);
        await stops.pop()?.();
      }
    });

    it('in the order of the names, and keeps both files when names repeat', async () => {
      await drop(folder, '2.csv', csvList([line(BOX, 2)], { number: '2', asOf: '22/11/2026 09:00' }), signer);
      await drop(folder, '1.csv', csvList([line(BOX, 1)], { number: '1', asOf: '22/11/2026 08:00' }), signer);
      await start();
      await taken('2.csv');
      await drop(folder, '1.csv', csvList([line(BOX, 3)], { number: '3', asOf: '22/11/2026 10:00' }), signer);
      await taken('1-2.csv');
      assert.deepEqual((await told()).slice(0, 1), [`${BOX} released 3 by drop-folder`]);
    });
  });

  describe('waits', () => {
    it('for the signature and for the end of the file, and then takes the list', async () => {
      await start();
      const text = csvList([line(BOX, 1)]);
      await drop(folder, 'a.csv', text.slice(0, 40));
      await writeFile(join(folder, 'a.csv.jws'), await signer.sign(Buffer.from(text)));
      await drop(folder, 'b.csv', csvList([], { number: '2' }), signer);
      await taken('b.csv');
      assert.ok(await isIn('.', 'a.csv'), 'half a file under a whole signature is not judged at once');
      await appendFile(join(folder, 'a.csv'), text.slice(40));
      await taken('a.csv').catch(async () => assert.fail(await refused('a.csv')));
    });

    it('ten minutes for the signature, and then refuses', async () => {
      await start();
      await drop(folder, 'a.csv', csvList([line(BOX, 1)]));
      assert.match(
        await refused('a.csv'),
        /không có chữ ký a\.csv\.jws[\s\S]*no signature a\.csv\.jws came within 10 minutes/,
      );
    });

    it('for nothing that is no list', async () => {
      await start();
      for (const name of ['~$a.csv', '.a.csv', 'readme.txt']) await drop(folder, name, 'x', signer);
      await mkdir(join(folder, 'dir.csv'));
      await take('b.csv', []);
      assert.ok(await isIn('.', 'readme.txt'));
    });
  });

  describe('refuses whole, and changes nothing,', () => {
    const nothingChanged = async (): Promise<void> => {
      assert.deepEqual(await told(), []);
      assert.deepEqual(await database.all('SELECT * FROM clearance'), []);
      assert.deepEqual(await database.all('SELECT * FROM folder_line'), []);
    };

    it('a list signed by another key, or changed after it was signed', async () => {
      await start();
      await drop(folder, 'a.csv', csvList([line(BOX, 1)]), createListSigner());
      assert.match(await refused('a.csv'), /signature is not customs/);
      await drop(folder, 'b.csv', csvList([line(BOX, 1)]));
      await writeFile(join(folder, 'b.csv.jws'), await signer.sign(Buffer.from(csvList([line(BOX, 2)]))));
      assert.match(await refused('b.csv'), /LIST_SIGNATURE/);
      await drop(folder, 'c.csv', csvList([line(BOX, 1)]));
      await writeFile(join(folder, 'c.csv.jws'), 'eyJhbGciOiJub25lIn0..');
      assert.match(await refused('c.csv'), /LIST_SIGNATURE/);
      await nothingChanged();
      assert.deepEqual(
        logged
          .filter(({ code }) => code === 'LIST_SIGNATURE')
          .map(({ refusedSinceStart }) => refusedSinceStart),
        [1, 2, 3],
      );
    });

    it('a list with one line in three thousand that cannot be read', async () => {
      await start();
      const lines = Array.from({ length: 3_000 }, (_, index) => line(`BOXU${1_000_000 + index}`, 1));
      lines[2_500] = line(BOX, 1, 'TQ', '3.08045E+11');
      await drop(folder, 'a.csv', csvList(lines), signer);
      assert.match(await refused('a.csv'), /dòng 2506, SoToKhai[\s\S]*line 2506, SoToKhai[\s\S]*rounded/);
      await nothingChanged();
    });

    it('a list with a line too few, or a container twice', async () => {
      await start();
      await drop(folder, 'a.csv', csvList([line(BOX, 1)], { count: 2 }), signer);
      assert.match(await refused('a.csv'), /LIST_COUNT/);
      await drop(folder, 'b.csv', csvList([line(BOX, 1), line(BOX, 2)]), signer);
      assert.match(await refused('b.csv'), /listed twice/);
      await nothingChanged();
    });

    it('a list from the future', async () => {
      await start();
      await drop(folder, 'a.csv', csvList([line(BOX, 1)], { asOf: '12/12/2026 08:30' }), signer);
      assert.match(await refused('a.csv'), /LIST_FUTURE/);
      await nothingChanged();
    });
  });

  it('refuses a list that it has had, by its number or its content, and one older than the last', async () => {
    await start();
    await take('a.csv', [line(BOX, 1)]);
    await told();
    await drop(folder, 'b.csv', csvList([line(BOX, 1)]), signer);
    assert.match(await refused('b.csv'), /very file/);
    await drop(folder, 'c.csv', csvList([line(BOX, 2)]), signer);
    assert.match(await refused('c.csv'), /number 2026-0001/);
    await drop(folder, 'd.csv', csvList([line(BOX, 9)], { number: '4', asOf: '22/11/2026 08:29' }), signer);
    assert.match(await refused('d.csv'), /older than list 2026-0001/);
    assert.deepEqual(await told(), []);
  });

  describe('beside the network feed', () => {
    it('an older list never gives back a release that customs has withdrawn', async () => {
      await network('08:00', { version: 2, status: 'withdrawn' });
      await start();
      await take('a.csv', [line(BOX, 1), line(OTHER, 1)]);
      assert.deepEqual((await told()).slice(0, 2), [
        `${BOX} withdrawn 2`,
        `${OTHER} released 1 by drop-folder`,
      ]);
    });

    it('a newer version counts, whichever brought it', async () => {
      await network('08:00', { version: 2 });
      await told();
      await start();
      await take('a.csv', [line(BOX, 3, 'HUY')]);
      assert.equal((await told())[0], `${BOX} withdrawn 3 by drop-folder`);
      await network('09:00', { version: 2 });
      assert.deepEqual(await told(), []);
      await network('09:00', { version: 4 });
      assert.deepEqual(await told(), [`${BOX} released 4`]);
    });

    it('a row is the network’s as soon as the network brings it, and its freshness the network’s', async () => {
      await start();
      await take('a.csv', [line(BOX, 3)]);
      await told();
      await network('09:00', { version: 3 });
      assert.deepEqual(await told(), [`${BOX} released 3`]);
    });

    it('what a whole list does not name any more is not released, until customs tells a newer version', async () => {
      await network('08:00', { version: 2 }, { container: OTHER, version: 2 });
      await told();
      await start();
      await take('a.csv', [line(OTHER, 2)]);
      assert.deepEqual(await told(), [
        `${BOX} registered 2`,
        'drop-folder as of 08:30',
        'customs as of 08:30',
      ]);
      // The network is back: what it missed comes in order, and nothing of it counts before the end is reached.
      await networkPage('09:00', false, { version: 3 });
      assert.deepEqual(await told(), [`${BOX} registered 3`]);
      await networkPage('09:00', false, { version: 4, status: 'withdrawn' });
      assert.deepEqual(await told(), [`${BOX} withdrawn 4`]);
      await network('09:00', { version: 5 });
      assert.deepEqual(await told(), [`${BOX} released 5`]);
    });

    it('what a whole list does not name but the network brought after it stays', async () => {
      await network('09:00', { version: 2 });
      await told();
      await start();
      await take('a.csv', [line(OTHER, 1)]);
      assert.deepEqual((await told())[0], `${OTHER} released 1 by drop-folder`);
    });

    it('what a later whole list names again is released again', async () => {
      await network('08:00', { version: 2 });
      await start();
      await take('a.csv', []);
      assert.equal((await told())[0], `${BOX} registered 2`);
      await take('b.csv', [line(BOX, 2)], { number: '2', asOf: '22/11/2026 09:00' });
      assert.equal((await told())[0], `${BOX} released 2`);
    });

    it('other authorities’ rows are not customs’ to name', async () => {
      const acts = mirror.feed('acts', readChanges);
      await acts.ingest(
        '',
        { cursor: '1', asOf: 1, changes: [writeChange(transit)] },
        { moveOn: true, last: true },
      );
      assert.deepEqual(await told(), [`${BOX} released 1 by acts`]);
      await start();
      await take('a.csv', []);
      assert.deepEqual(await told(), ['drop-folder as of 08:30', 'customs as of 08:30']);
    });
    const transit: ClearanceReport = {
      type: 'clearance',
      declaration: '26TH0ABCDEFGHJKLM5',
      container: BOX,
      kind: 'transit',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'ACTS',
    };

    it('what a list has no column for stays as it was known', async () => {
      await network('08:00', {
        version: 2,
        requirements: { scan: 'required' },
        seals: ['VN1'],
        grossKg: 20_000,
      });
      await news();
      await start();
      await take('a.csv', [[...line(BOX, 3), 'VN2']], { columns: [...COLUMNS, 'SoSeal'] });
      const [clearance] = await news();
      assert.ok(clearance?.type === 'clearance');
      assert.deepEqual(clearance.requirements, { scan: 'required' });
      assert.deepEqual(clearance.seals, ['VN2']);
      assert.equal(clearance.grossKg, 20_000);
    });

    it('a list that says otherwise than the network under the same version is refused', async () => {
      await network('08:00', { version: 2, status: 'withdrawn' });
      await told();
      await start();
      await drop(folder, 'a.csv', csvList([line(BOX, 2)]), signer);
      assert.match(await refused('a.csv'), /LIST_CONTRADICTION/);
      assert.deepEqual(await told(), []);
    });
  });

  it('goes on where it was killed: a list that counts already is only moved away', async () => {
    await start();
    await take('a.csv', [line(BOX, 1)]);
    await stops.pop()?.();
    await told();
    // As if it had died before the list was moved.
    await database.transaction((tx) => tx.run('UPDATE folder_list SET moved = 0'));
    for (const name of ['a.csv', 'a.csv.jws']) await rename(join(folder, 'taken', name), join(folder, name));
    await start();
    await taken('a.csv');
    assert.deepEqual(await told(), []);
    await stops.pop()?.();
    // As if it had died between the list and its signature.
    await rename(join(folder, 'taken/a.csv.jws'), join(folder, 'a.csv.jws'));
    await start();
    await eventually('the signature follows', () => isIn('taken', 'a.csv.jws'));
  });

  it('does not start without customs’ key, or with one of another kind', async () => {
    const code = async (pem: string): Promise<string> => {
      await writeFile(join(root, 'keys/lists.pem'), pem);
      return start().then(
        () => 'started',
        (error: unknown) => (error instanceof GateError ? error.code : assert.fail(String(error))),
      );
    };
    assert.equal(await code('no key'), 'KEY_WRONG_KIND');
    await rename(join(root, 'keys/lists.pem'), join(root, 'keys/gone.pem'));
    await assert.rejects(
      start(),
      (error: unknown) => error instanceof GateError && error.code === 'KEY_UNREADABLE',
    );
  });
});
