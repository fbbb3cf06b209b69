import assert from 'node:assert/strict';
import { dropRefused, retryRefused, showOutbox } from '../../../../edge/cli/outbox.ts';
import type { Exchange } from '../../../../edge/exchange/exchange.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { type CustomsServer, startCustoms } from '../../../../simulator/devices/customs-http.ts';
import { configWith, folderWithKeys, forgetKeys, startWith } from '../../../support/exchange-bench.ts';
import {
  createFakeControl,
  createFakeCustoms,
  eventually,
  type FakeControl,
  type FakeCustoms,
  removeFolders,
} from '../../../support/exchange-world.ts';

const report = (number: number, container: string) => ({
  reportId: `r-${number}`,
  kind: 'get-in',
  container,
  declarations: [],
  eventTime: '2026-03-01T08:00:00+07:00',
});

describe('a report that customs has refused', () => {
  let control: FakeControl;
  let customs: FakeCustoms;
  let server: CustomsServer;
  let data: string;
  let exchange: Exchange | undefined;

  const start = async (): Promise<void> => {
    exchange = await startWith(await configWith(server.url), data, control);
  };
  const told = () => control.of('reports-refused').map(({ refused }) => refused);
  const tells = (what: Record<string, number>) =>
    eventually(`control is told ${JSON.stringify(what)}`, () => {
      return JSON.stringify(told().at(-1)) === JSON.stringify(what);
    });

  beforeEach(async () => {
    control = createFakeControl();
    customs = createFakeCustoms();
    server = await startCustoms({ port: 0, model: customs, clock: systemClock });
    data = await folderWithKeys();
  });
  afterEach(async () => {
    await exchange?.stop();
    await server.stop();
  });
  after(async () => {
    forgetKeys();
    await removeFolders();
  });

  it('is told to control while it lies there, and no more once it was sent again and taken', async () => {
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await tells({ customs: 1 });
    server.faults.refusing.clear();
    assert.equal((await retryRefused(['r-1'], { data })).exitCode, 0);
    await tells({});
    await eventually('customs has it', () => customs.reports.length === 1);
    // Under its own key: had customs taken it before, it would not count twice.
    assert.equal(server.requests.get('r-1'), 2);
  });

  it('lies there still when it was sent again and refused once more', async () => {
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await tells({ customs: 1 });
    await retryRefused(['r-1'], { data });
    await eventually('it is refused again', async () => {
      return server.requests.get('r-1') === 2 && (await showOutbox({ data })).exitCode === 1;
    });
    await tells({ customs: 1 });
    assert.deepEqual(customs.reports, []);
  });

  it('is told no more once it was dropped, be it while exchange was down', async () => {
    server.faults.refusing.add('BOX1').add('BOX2');
    control.decide('customs-report', report(1, 'BOX1'));
    control.decide('customs-report', report(2, 'BOX2'));
    await start();
    await tells({ customs: 2 });
    await dropRefused(['r-1'], { data, reason: 'told by telephone' });
    await tells({ customs: 1 });
    await exchange?.stop();
    await dropRefused([], { data, to: 'customs', reason: 'told by telephone' });
    await start();
    await tells({});
    assert.deepEqual([server.requests.get('r-1'), server.requests.get('r-2')], [1, 1]);
  });

  it('is told again when control has restarted', async () => {
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await tells({ customs: 1 });
    const before = told().length;
    control.boot();
    await eventually('it is told again', () => told().length > before);
    assert.deepEqual(told().at(-1), { customs: 1 });
  });

  it('that is put back goes before what waits behind it of its container', async () => {
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await tells({ customs: 1 });
    server.faults.refusing.clear();
    server.faults.failing.add('BOX1');
    control.decide('customs-report', report(2, 'BOX1'));
    await eventually('the next is tried', () => (server.requests.get('r-2') ?? 0) > 0);
    await retryRefused(['r-1'], { data });
    await tells({});
    server.faults.failing.clear();
    await eventually('both are taken', () => customs.reports.length === 2);
    assert.deepEqual(
      customs.reports.map(({ reportId }) => reportId),
      ['r-1', 'r-2'],
    );
  });
});
