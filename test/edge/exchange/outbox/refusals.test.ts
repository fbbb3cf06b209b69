import assert from 'node:assert/strict';
import { upstream as upstreamSchema } from '../../../../config/upstream.ts';
import { dropRefused, retryRefused, showOutbox } from '../../../../edge/cli/outbox.ts';
import { parseSubmission } from '../../../../edge/control/inputs-schema.ts';
import type { Exchange } from '../../../../edge/exchange/exchange.ts';
import { systemClock } from '../../../../edge/platform/clock.ts';
import { type CustomsServer, startCustoms } from '../../../../simulator/devices/customs-http.ts';
import { bootLane } from '../../../support/core-lane.ts';
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

  it('is an alarm of the gate until somebody has seen to it', async () => {
    const { gate, alarms, step } = bootLane();
    control.beforeSubmit = (input) => {
      if (input.type !== 'reports-refused') return;
      // Through control’s own door, into the core.
      step(parseSubmission(JSON.stringify({ input, from: { source: 'exchange-outbox', id: 'x' } })).input);
    };
    const stands = (): boolean => alarms().includes('OUTBOX_REFUSED/customs');
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    await start();
    await eventually('it stands', stands);
    step({
      type: 'operator-act',
      person: 'lan',
      role: 'operator',
      act: { kind: 'acknowledge-alarm', alarm: 'OUTBOX_REFUSED/customs' },
      reason: 'I call customs',
    });
    assert.equal(gate.state.alarms['OUTBOX_REFUSED/customs']?.state, 'acknowledged');
    server.faults.refusing.clear();
    await retryRefused(['r-1'], { data });
    await eventually('it stands no more', () => !stands());
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

  it('and an event that CODECO cannot tell are told apart, and seen to apart', async () => {
    const upstream = upstreamSchema.parse({
      codeco: [{ partner: 'one', folder: 'out', sender: 'VNHUUNGHI', recipient: 'LINE', batchMs: 10 }],
    });
    server.faults.refusing.add('BOX1');
    control.decide('customs-report', report(1, 'BOX1'));
    control.decide('customs-report', report(2, '箱2'));
    exchange = await startWith(await configWith(server.url, upstream), data, control);
    await tells({ 'CODECO one': 1, customs: 1 });
    await dropRefused(['r-2'], { data, to: 'CODECO one', reason: 'told by telephone' });
    await tells({ customs: 1 });
    assert.equal(customs.reports.length, 1);
  });
});
