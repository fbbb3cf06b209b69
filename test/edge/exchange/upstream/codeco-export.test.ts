import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CodecoConfig, upstream as upstreamSchema } from '../../../../config/upstream.ts';
import { type Database, openDatabase } from '../../../../edge/exchange/database.ts';
import type { Exchange } from '../../../../edge/exchange/exchange.ts';
import { queueGateEvent, startCodecoExport } from '../../../../edge/exchange/upstream/codeco-export.ts';
import type { Worker } from '../../../../edge/exchange/worker.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { type Log, silentLog } from '../../../../edge/platform/log.ts';
import { systemRandom } from '../../../../edge/platform/random.ts';
import { type ReadGateEvent, readCodeco } from '../../../../protocols/edifact/codeco.ts';
import { decodeEdifact } from '../../../../protocols/edifact/syntax.ts';
import { type CustomsServer, startCustoms } from '../../../../simulator/devices/customs-http.ts';
import {
  configWith,
  folderWithKeys,
  forgetKeys,
  kill,
  spawnExchange,
  startWith,
} from '../../../support/exchange-bench.ts';
import {
  booking,
  createFakeControl,
  createFakeCustoms,
  eventually,
  newFolder,
  removeFolders,
} from '../../../support/exchange-world.ts';

const partner = (name: string, more: Partial<CodecoConfig> = {}): CodecoConfig => {
  const [config] = upstreamSchema.parse({
    codeco: [
      { partner: name, folder: `out/${name}`, sender: 'VNHUUNGHI', recipient: 'LINE', batchMs: 10, ...more },
    ],
  }).codeco;
  assert.ok(config);
  return config;
};
const report = (number: number, container = `BOX${number}`) => ({
  reportId: `r-${number}`,
  kind: number % 2 === 0 ? ('get-in' as const) : ('get-out' as const),
  container,
  declarations: [`D-${container}`],
  eventTime: '2026-03-01T08:00:00.000+07:00',
  crossing: `c-${container}`,
});

/** Every file of a partner, read as the partner would. */
async function received(folder: string): Promise<{ references: string[]; events: ReadGateEvent[] }> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const references: string[] = [];
  const events: ReadGateEvent[] = [];
  for (const name of names.filter((one) => one.endsWith('.edi')).toSorted()) {
    const read = readCodeco(decodeEdifact(await readFile(join(folder, name))).text);
    references.push(read.interchange.reference);
    events.push(...read.events);
  }
  return { references, events };
}
const idsOf = (events: readonly ReadGateEvent[]): string[] => events.map(({ eventId }) => eventId);
const gapless = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index + 1).padStart(8, '0'));

describe('CODECO files for partners', () => {
  let server: CustomsServer;
  let customs: ReturnType<typeof createFakeCustoms>;
  let folder: string;

  beforeEach(async () => {
    customs = createFakeCustoms();
    server = await startCustoms({ port: 0, model: customs, clock: systemClock });
    folder = await folderWithKeys();
  });
  afterEach(() => server.stop());
  after(async () => {
    forgetKeys();
    await removeFolders();
  });

  describe('of a running exchange', () => {
    let exchange: Exchange | undefined;
    afterEach(() => exchange?.stop());

    it('tell each partner of each event once, with what booking and crossing say of it', async () => {
      const control = createFakeControl();
      customs.list(booking('CSQU3054383'));
      const config = await configWith(server.url, {
        codeco: [partner('one', { place: 'VNHPH' }), partner('other', { in: '98', charset: 'UNOA' })],
      });
      exchange = await startWith(config, folder, control);
      await eventually('the booking is known', () => control.of('booking').length === 1);
      control.decide('crossing', {
        crossing: 'c-CSQU3054383',
        stage: 'truck-inside',
        direction: 'export',
        load: 'laden',
        containers: ['CSQU3054383'],
        truck: '12C-123.45',
      });
      control.decide('customs-report', report(2, 'CSQU3054383'));
      const one = join(folder, 'out/one');
      const other = join(folder, 'out/other');
      await eventually('both have it', async () => {
        const counts = [await received(one), await received(other)].map(({ events }) => events.length);
        return counts.every((count) => count === 1);
      });
      assert.deepEqual((await received(one)).events, [
        {
          eventId: 'r-2',
          documentName: '34',
          container: 'CSQU3054383',
          direction: 'export',
          localTime: '202603010800',
          declarations: ['D-CSQU3054383'],
          seals: ['VN123456'],
          grossKg: 24_000,
          truckPlate: '12C-123.45',
          place: 'VNHPH',
        },
      ]);
      const [event] = (await received(other)).events;
      assert.deepEqual([event?.eventId, event?.documentName, event?.place], ['R-2', '98', undefined]);
      assert.equal(customs.reports.length, 1);

      control.decide('customs-report', report(3, 'CSQU3054383'));
      await eventually('its way out is told', async () => (await received(one)).events.length === 2);
      const [, out] = (await received(one)).events;
      assert.deepEqual(
        [out?.documentName, out?.truckPlate],
        ['36', undefined],
        'no truck crosses the border',
      );
    });
  });

  it('hold each event exactly once, and no gap in their references, however often exchange is killed', async () => {
    const config = await configWith(server.url, { codeco: [partner('one'), partner('other')] });
    const decisions = Array.from({ length: 700 }, (_, number) => ({
      type: 'customs-report',
      body: report(number),
    }));
    const one = join(folder, 'out/one');
    const other = join(folder, 'out/other');
    let files = 0;
    for (let starts = 0; starts < 5; starts += 1) {
      const child = await spawnExchange(config, folder, decisions);
      const before = files;
      await eventually('one more file is written, or all are', async () => {
        files = (await received(one)).references.length;
        return files > before || files === 7;
      });
      await kill(child);
    }
    const last = await spawnExchange(config, folder, decisions);
    await eventually('all are written', async () => {
      const [a, b] = [await received(one), await received(other)];
      return a.events.length >= 700 && b.events.length >= 700;
    });
    await kill(last);
    for (const place of [one, other]) {
      const { references, events } = await received(place);
      assert.deepEqual(references, gapless(references.length));
      assert.deepEqual(
        idsOf(events),
        decisions.map(({ body }) => body.reportId),
      );
    }
  }).timeout(60_000);
});

describe('the CODECO files of one partner', () => {
  let dataDir: string;
  let database: Database;
  let worker: Worker | undefined;
  let complaints: string[];
  const config = partner('one');

  const log: Log = {
    ...silentLog,
    warn: (message) => complaints.push(message),
    error: (message, fields) => complaints.push(`${message} ${JSON.stringify(fields)}`),
    child: () => log,
  };
  const folder = (): string => join(dataDir, 'out/one');
  const file = (number: number): string =>
    join(folder(), `codeco-one-${String(number).padStart(8, '0')}.edi`);
  const queue = (...reports: ReturnType<typeof report>[]): Promise<void> =>
    database.transaction(async (tx) => {
      for (const one of reports) await queueGateEvent(tx, [config], one, JSON.stringify(one));
    });
  const start = (): void => {
    worker = startCodecoExport({
      config,
      dataDir,
      utcOffset: '+07:00',
      database,
      clock: systemClock,
      random: systemRandom,
      log,
    });
  };
  const written = (events: number): Promise<void> =>
    eventually(`${events} events are written and recorded`, async () => {
      const row = await database.get<{ events: number | null }>(
        'SELECT SUM(events) AS events FROM codeco_interchange WHERE text IS NULL',
      );
      return row?.events === events;
    });

  beforeEach(async () => {
    dataDir = await newFolder();
    database = await openDatabase(join(dataDir, 'exchange.db'));
    complaints = [];
  });
  afterEach(async () => {
    await worker?.stop();
    await database.close();
  });
  after(removeFolders);

  it('are written again with the same name and bytes when the power went before their writing was recorded', async () => {
    await queue(report(1), report(2));
    start();
    await written(2);
    await worker?.stop();
    const before = await readFile(file(1));
    await rm(file(1));
    // As it was on disk before the last transaction.
    await database.transaction((tx) =>
      tx.run('UPDATE codeco_interchange SET text = ?', decodeEdifact(before).text),
    );
    start();
    await written(2);
    assert.deepEqual(await readFile(file(1)), before);
    assert.deepEqual(await readdir(folder()), ['codeco-one-00000001.edi']);
  });

  it('never overwrite a file that is there with other bytes', async () => {
    await queue(report(1));
    start();
    await written(1);
    await worker?.stop();
    await writeFile(file(2), 'of another gate');
    await queue(report(2));
    start();
    await eventually('a person is told', () => complaints.length > 0);
    assert.match(complaints[0] ?? '', /is there already with other bytes/);
    assert.equal(await readFile(file(2), 'utf8'), 'of another gate');
  });

  it('go on past an event that cannot be told, which is kept and told to a person', async () => {
    await queue(report(1), report(2, '集装箱'), report(3));
    start();
    await written(2);
    assert.deepEqual(idsOf((await received(folder())).events), ['r-1', 'r-3']);
    assert.equal(complaints.length, 1);
    assert.match(complaints[0] ?? '', /cannot be told in CODECO.*r-2/);
  });

  it('hold an event once though the journal is read again, and one that reuses its id as well', async () => {
    await queue(report(1));
    await queue(report(1));
    await queue(report(1, 'BOX7'));
    await queue(report(1, 'BOX7'));
    start();
    await written(2);
    const { events } = await received(folder());
    assert.deepEqual(
      events.map(({ container }) => container),
      ['BOX1', 'BOX7'],
    );
    assert.equal(new Set(idsOf(events)).size, 2);
  });

  it('take at most a hundred events each', async () => {
    await queue(...Array.from({ length: 230 }, (_, number) => report(number)));
    start();
    await written(230);
    const { references, events } = await received(folder());
    assert.deepEqual(references, gapless(3));
    assert.equal(events.length, 230);
  });
});
