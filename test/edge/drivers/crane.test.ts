import assert from 'node:assert/strict';
import type { DeviceCommand } from '../../../edge/core/effect.ts';
import { type OpcuaBench, online, openOpcuaBench, type Recorder, runCrane } from '../../support/opcua.ts';

let nextJob = 0;
const newJob = (): DeviceCommand & { kind: 'job'; commandId: string } => {
  nextJob += 1;
  return {
    kind: 'job',
    device: 'crane-yard',
    commandId: `c-${nextJob}`,
    jobId: `j-${nextJob}`,
    container: 'CSQU3054383',
    from: 's-01',
    to: 'bay-load',
  };
};
const stopOf = ({ jobId }: { jobId: string }): DeviceCommand & { commandId: string } => ({
  kind: 'job-stop',
  device: 'crane-yard',
  commandId: `stop-${jobId}`,
  jobId,
});

describe('crane', function () {
  this.timeout(20_000);
  let bench: OpcuaBench;
  let driver: Awaited<ReturnType<typeof runCrane>>['driver'];
  let reports: Recorder;
  before(async () => {
    bench = await openOpcuaBench();
    ({ driver, reports } = await runCrane(bench));
  });
  after(() => bench.close());

  it('tells its whole job list and its state before it counts as online', async () => {
    await reports.next('device-status', online);
    const [list, state, status] = reports.all;
    assert.deepEqual(list, { type: 'crane-jobs', device: 'crane-yard', jobs: [] });
    assert.deepEqual(state, {
      type: 'crane',
      device: 'crane-yard',
      mode: 'automatic',
      spreader: { landed: false, locked: false, unlocked: true, loaded: false },
      position: 's-01',
      hoistClear: true,
    });
    assert.equal(status?.type, 'device-status');
  });

  it('reports each change of the spreader whole, in TIC 4.0’s words', async () => {
    bench.crane.move({ position: 'bay-load', hoistClear: false });
    bench.crane.move({ spreader: { landed: true, locked: false, unlocked: false, loaded: false } });
    const report = await reports.next('crane', ({ spreader }) => spreader.landed);
    assert.deepEqual(report.spreader, { landed: true, locked: false, unlocked: false, loaded: false });
    assert.deepEqual([report.position, report.hoistClear], ['bay-load', false]);
    bench.crane.move({
      hoistClear: true,
      spreader: { landed: false, locked: false, unlocked: true, loaded: false },
    });
    await reports.next('crane', ({ hoistClear }) => hoistClear);
  });

  it('starts a job under the id of the core, and tells what its spreader saw', async () => {
    const job = newJob();
    await driver.send(job);
    assert.deepEqual(bench.crane.started, [job.jobId]);
    assert.deepEqual(bench.crane.jobs[0], {
      jobId: job.jobId,
      container: 'CSQU3054383',
      from: 's-01',
      to: 'bay-load',
      state: 'running',
    });
    await reports.next('crane-job', ({ jobId, state }) => jobId === job.jobId && state === 'running');
    bench.crane.setJob(job.jobId, { containerSeen: 'CSQU3054383' });
    await reports.next('crane-job', ({ containerSeen }) => containerSeen === 'CSQU3054383');
    bench.crane.setJob(job.jobId, { containerSet: 'MWCU6059784' });
    const set = await reports.next('crane-job', ({ containerSet }) => containerSet !== undefined);
    assert.equal(set.state, 'running', 'a reading is told when it is made, not with the next state');
    bench.crane.setJob(job.jobId, { state: 'ended' });
    const ended = await reports.next('crane-job', ({ state }) => state === 'ended');
    assert.deepEqual([ended.containerSeen, ended.containerSet], ['CSQU3054383', 'MWCU6059784']);
  });

  it('never starts a job that is in the list already', async () => {
    const job = newJob();
    await driver.send(job);
    await Promise.all([driver.send(job), driver.send({ ...job, commandId: 'again' })]);
    assert.equal(bench.crane.started.filter((jobId) => jobId === job.jobId).length, 1);
    bench.crane.setJob(job.jobId, { state: 'ended' });
  });

  it('finds in the list a job whose start was never answered, and does not start it again', async () => {
    const job = newJob();
    bench.server.cranes.get('crane-1')?.loseAnswers(1);
    await driver.send(job);
    await driver.send(job);
    assert.equal(bench.crane.started.filter((jobId) => jobId === job.jobId).length, 1);
    bench.crane.setJob(job.jobId, { state: 'ended' });
  });

  it('says so when the crane refuses a job', async () => {
    bench.crane.answer = 'busy';
    const job = newJob();
    await assert.rejects(driver.send(job), { code: 'CRANE_JOB_REFUSED', message: /cannot accept the job/ });
    bench.crane.answer = undefined;
    assert.ok(!bench.crane.started.includes(job.jobId));
  });

  it('interrupts a running job when it is told to stop', async () => {
    const job = newJob();
    await driver.send(job);
    await driver.send(stopOf(job));
    await reports.next('crane-job', ({ jobId, state }) => jobId === job.jobId && state === 'interrupted');
    bench.crane.setJob(job.jobId, { state: 'aborted' });
  });

  it('revokes a job that has not begun to move', async () => {
    const job = newJob();
    await driver.send(job);
    bench.crane.setJob(job.jobId, { state: 'allowed' });
    await driver.send(stopOf(job));
    assert.equal(bench.crane.jobs.at(-1)?.state, 'interrupted');
    bench.crane.setJob(job.jobId, { state: 'aborted' });
  });

  it('takes a stop of a job that it does not have for done', async () => {
    await driver.send(stopOf({ jobId: 'never-was' }));
  });

  it('is not moving after a start and a stop sent together, whichever comes first', async () => {
    const job = newJob();
    const [start, stop] = await Promise.allSettled([driver.send(job), driver.send(stopOf(job))]);
    assert.equal(stop.status, 'fulfilled');
    if (start.status === 'rejected') assert.equal(start.reason.code, 'CRANE_JOB_STOPPED');
    const moving = bench.crane.jobs.filter(({ jobId, state }) => jobId === job.jobId && state === 'running');
    assert.deepEqual(moving, []);
  });

  it('refuses a job while the crane is not connected, and says that nothing was sent', async () => {
    const other = await runCrane(bench, { id: 'crane-x', object: 'crane-9' });
    const status = await other.reports.next('device-status');
    assert.match(status.reason, /no object crane-9/);
    await assert.rejects(other.driver.send(newJob()), { code: 'CRANE_OFFLINE' });
    await assert.rejects(other.driver.send(stopOf({ jobId: 'j-1' })), { code: 'CRANE_OFFLINE' });
    await other.driver.stop();
  });

  it('tells the list anew when a job is gone from it', async () => {
    const [first] = bench.crane.jobs;
    assert.ok(first);
    (bench.crane.jobs as unknown[]).shift();
    bench.crane.setJob(bench.crane.jobs[0]?.jobId ?? '', {});
    const list = await reports.next('crane-jobs');
    assert.ok(list.jobs.every(({ jobId }) => jobId !== first.jobId));
  });
});
