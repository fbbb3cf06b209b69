import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../../edge/exchange/database.ts';
import { queueExaminationAsk, startAsking } from '../../../../edge/exchange/outbox/examination-asks.ts';
import { createOutbox, type Outbox, outboxStatus } from '../../../../edge/exchange/outbox/outbox.ts';
import type { Worker } from '../../../../edge/exchange/worker.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { silentLog } from '../../../../edge/platform/log.ts';
import { systemRandom } from '../../../../edge/platform/random.ts';
import { type ExaminationAsk, readExaminationAsk } from '../../../../protocols/clearance/examination-ask.ts';
import { startCustoms } from '../../../../simulator/devices/customs-http.ts';
import { configWith, folderWithKeys, forgetKeys, startWith } from '../../../support/exchange-bench.ts';
import {
  createFakeControl,
  createFakeCustoms,
  eventually,
  newFolder,
  removeFolders,
} from '../../../support/exchange-world.ts';

const gate = { id: 'huu-nghi', utcOffset: '+07:00' };
const entry = (number: number) => ({
  at: Date.UTC(2026, 2, 1, 1),
  hash: String(number).repeat(64).slice(0, 64),
});

describe('asks for examinations', () => {
  let database: Database;
  let outbox: Outbox;
  let server: http.Server;
  let worker: Worker | undefined;
  let asks: ExaminationAsk[];
  let paths: string[];
  let statusOf: (ask: ExaminationAsk) => number;

  const queue = (number: number, container: string): Promise<void> =>
    database.transaction((tx) =>
      queueExaminationAsk(
        tx,
        outbox,
        [{ id: 'scanner-1' }],
        { container, requirement: 'scan' },
        { entry: entry(number), gate },
      ),
    );
  const start = (): void => {
    const { port } = server.address() as AddressInfo;
    worker = startAsking({
      examiner: {
        id: 'scanner-1',
        askUrl: `http://127.0.0.1:${port}/orders?site=ls`,
        headers: { authorization: 'Bearer secret' },
      },
      outbox,
      backoff: { minMs: 10, maxMs: 1_000 },
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    });
  };

  beforeEach(async () => {
    database = await openDatabase(join(await newFolder(), 'exchange.db'));
    outbox = createOutbox(database);
    asks = [];
    paths = [];
    statusOf = () => 201;
    server = http.createServer(async (request, response) => {
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const ask = readExaminationAsk(JSON.parse(text));
      assert.ok(ask);
      assert.equal(request.headers['idempotency-key'], ask.askId);
      assert.equal(request.headers.authorization, 'Bearer secret');
      paths.push(request.url ?? '');
      const status = statusOf(ask);
      if (status === 201) asks.push(ask);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    await worker?.stop();
    await database.close();
    server.closeAllConnections();
    server.close();
  });
  after(async () => {
    forgetKeys();
    await removeFolders();
  });

  it('reach the examiner once each, though the journal is read again', async () => {
    await queue(1, 'BOX1');
    start();
    await eventually('it is told', () => asks.length === 1);
    await queue(1, 'BOX1');
    await queue(2, 'BOX2');
    worker?.wake();
    await eventually('the next is told', () => asks.length === 2);
    assert.deepEqual(asks[0], {
      askId: 'huu-nghi-x11111111111111111111111111111111',
      gate: 'huu-nghi',
      container: 'BOX1',
      requirement: 'scan',
      askedAt: '2026-03-01T08:00:00.000+07:00',
    });
    assert.equal(paths[0], '/orders?site=ls');
  });

  it('are made by a running exchange when control decides so', async () => {
    const { port } = server.address() as AddressInfo;
    const customs = await startCustoms({ port: 0, model: createFakeCustoms(), clock: systemClock });
    const config = await configWith(customs.url);
    const folder = await folderWithKeys();
    await writeFile(join(folder, 'keys/scanner.token'), 'secret');
    const feed = {
      id: 'scanner-1',
      kind: 'examinations' as const,
      tokenFile: 'keys/scanner.token',
      pollMs: 10,
    };
    const url = `http://127.0.0.1:${port}`;
    config.customs.feeds = [{ ...feed, url: `${url}/nothing-here`, askUrl: `${url}/orders` }];
    const control = createFakeControl();
    const exchange = await startWith(config, folder, control);
    control.decide('ask-examination', { container: 'BOX1', requirement: 'scan', crossing: 'c-1' });
    await eventually('it is told', () => asks.length === 1);
    await exchange.stop();
    await customs.stop();
    assert.deepEqual([asks[0]?.container, asks[0]?.requirement], ['BOX1', 'scan']);
    assert.deepEqual(paths, ['/orders']);
  });

  it('wait only for their own container when the examiner cannot take one, and stay on record when refused', async () => {
    let broken = true;
    statusOf = ({ container }) => {
      if (container === 'BOX1' && broken) return 500;
      return container === 'BOX2' ? 422 : 201;
    };
    for (const [index, container] of ['BOX1', 'BOX2', 'BOX3', 'BOX1'].entries())
      await queue(index + 1, container);
    start();
    await eventually('the third is told', () => asks.length === 1);
    broken = false;
    await eventually('all are told', () => asks.length === 3);
    assert.deepEqual(
      asks.map(({ container, askId }) => `${container} ${askId.at(-1)}`),
      ['BOX3 3', 'BOX1 1', 'BOX1 4'],
    );
    const { refusals } = await outboxStatus(database);
    assert.deepEqual(
      refusals.map(({ destination, kind, container }) => `${destination} ${kind} ${container}`),
      ['examiner scanner-1 examination-ask BOX2'],
    );
  });
});
