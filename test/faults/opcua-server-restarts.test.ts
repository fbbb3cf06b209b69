import assert from 'node:assert/strict';
import { type OpcuaBench, online, openOpcuaBench, runCrane, runReader, until } from '../support/opcua.ts';

describe('the OPC UA server restarts', function () {
  this.timeout(30_000);
  let bench: OpcuaBench;
  before(async () => {
    bench = await openOpcuaBench();
  });
  after(() => bench.close());

  it('values resume, nothing is doubled, and a job in the new list is not started again', async () => {
    const crane = await runCrane(bench);
    const reader = await runReader(bench);
    await crane.reports.next('device-status', online);
    await reader.reports.next('device-status', online);
    const job = {
      kind: 'job',
      device: 'crane-yard',
      commandId: 'c-1',
      jobId: 'j-1',
      container: 'CSQU3054383',
      from: 's-01',
      to: 'bay-load',
    } as const;
    await crane.driver.send(job);
    bench.reader.see('CSQU3054383');
    await reader.reports.next('container');
    const before = bench.server.load();

    await bench.server.crash();
    const offline = await crane.reports.next('device-status', ({ status }) => status === 'offline');
    assert.match(offline.reason, /connection/);
    await assert.rejects(crane.driver.send({ ...job, jobId: 'j-2' }), { code: 'CRANE_OFFLINE' });
    bench.crane.move({ position: 'travelling' });
    await bench.restart();

    const list = await crane.reports.next('crane-jobs');
    assert.deepEqual(list.jobs, [{ jobId: 'j-1', state: 'running' }]);
    const state = await crane.reports.next('crane');
    assert.equal(state.position, 'travelling');
    await crane.reports.next('device-status', online);
    await reader.reports.next('device-status', online);
    await until(
      () => bench.server.load().subscriptions === before.subscriptions,
      'as many subscriptions as before',
    );
    assert.deepEqual(bench.server.load(), before);
    await crane.driver.send(job);
    assert.deepEqual(bench.crane.started, ['j-1']);

    const cranesBefore = crane.reports.of('crane').length;
    bench.crane.move({ position: 'bay-load' });
    await crane.reports.next('crane', ({ position }) => position === 'bay-load');
    bench.reader.see('MWCU6059784');
    bench.reader.see('CSQU3054383');
    await reader.reports.next('container', ({ code }) => code === 'MWCU6059784');
    await reader.reports.next('container', ({ code }) => code === 'CSQU3054383');
    assert.equal(crane.reports.of('crane').length, cranesBefore + 1);
    assert.deepEqual(
      reader.reports.of('container').map(({ code }) => code),
      ['CSQU3054383', 'MWCU6059784', 'CSQU3054383'],
    );
  });

  it('a server that is not there at the start is found when it comes', async () => {
    await bench.server.stop();
    const { reports } = await runReader(bench, { id: 'ocr-late' });
    const offline = await reports.next('device-status');
    assert.equal(offline.status, 'offline');
    await bench.restart();
    await reports.next('device-status', online);
  });
});
