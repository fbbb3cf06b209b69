import assert from 'node:assert/strict';
import { type OpcuaBench, online, openOpcuaBench, runCrane, runReader } from '../support/opcua.ts';

describe('an OPC UA server that is connected, but says nothing', function () {
  this.timeout(30_000);
  let bench: OpcuaBench;
  before(async () => {
    bench = await openOpcuaBench();
  });
  after(() => bench.close());

  it('makes its devices stale within their time, keeps jobs away, and brings them back whole when it speaks', async () => {
    const crane = await runCrane(bench);
    const reader = await runReader(bench);
    await crane.reports.next('device-status', online);
    await reader.reports.next('device-status', online);

    bench.server.silence();
    const stale = await crane.reports.next('device-status');
    assert.equal(stale.status, 'stale');
    assert.match(stale.reason, /does not move/);
    assert.equal((await reader.reports.next('device-status')).status, 'stale');
    const job = {
      kind: 'job',
      device: 'crane-yard',
      commandId: 'c-1',
      jobId: 'j-1',
      container: 'CSQU3054383',
      from: 's-01',
      to: 'bay-load',
    } as const;
    await assert.rejects(crane.driver.send(job), { code: 'CRANE_OFFLINE' });
    // A stop is never kept back while there is a line to send it on.
    await crane.driver.send({ kind: 'job-stop', device: 'crane-yard', commandId: 'c-2', jobId: 'j-0' });

    // It stays silent over a new connection: that must not look like life.
    const offline = await crane.reports.next('device-status');
    assert.equal(offline.status, 'offline');
    bench.crane.move({ position: 'bay-land' });
    bench.server.speak();
    const list = await crane.reports.next('crane-jobs');
    assert.deepEqual(list.jobs, []);
    assert.equal((await crane.reports.next('crane')).position, 'bay-land');
    await crane.reports.next('device-status', online);
    await reader.reports.next('device-status', online);
  });
});
