import assert from 'node:assert/strict';
import { type OpcuaBench, online, openOpcuaBench, runCrane } from '../support/opcua.ts';
import { type Cable, openCable } from '../support/tcp-cut.ts';

describe('power fails at the OPC UA server, and no FIN comes', function () {
  this.timeout(30_000);
  let bench: OpcuaBench;
  let cable: Cable;
  before(async () => {
    bench = await openOpcuaBench();
    cable = await openCable(bench.server.port);
  });
  after(async () => {
    await bench.close();
    await cable.close();
  });

  it('the crane is stale within its time and offline soon after; no job is sent into the dark; it comes back', async () => {
    const { driver, reports } = await runCrane(bench, { endpointUrl: `opc.tcp://127.0.0.1:${cable.port}` });
    await reports.next('device-status', online);
    cable.cut();
    const job = {
      kind: 'job',
      device: 'crane-yard',
      commandId: 'c-1',
      jobId: 'j-1',
      container: 'CSQU3054383',
      from: 's-01',
      to: 'bay-load',
    } as const;
    await assert.rejects(driver.send(job), { code: 'CRANE_LIST' });
    assert.deepEqual(bench.crane.started, []);
    assert.equal((await reports.next('device-status')).status, 'stale');
    assert.equal((await reports.next('device-status')).status, 'offline');
    cable.mend();
    assert.deepEqual((await reports.next('crane-jobs')).jobs, []);
    await reports.next('device-status', online, 15_000);
  });
});
