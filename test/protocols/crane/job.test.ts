import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type JobState,
  type JobStatus,
  jobOrder,
  jobResponse,
  jobState,
  readJobList,
  readJobOrder,
  readReturnStatus,
  returnStatus,
} from '../../../protocols/crane/job.ts';

/** How a stack wraps a String. */
const wrap = (value: string) => ({ dataType: 12, value });
const states: JobState[] = ['not-allowed', 'allowed', 'running', 'interrupted', 'ended', 'aborted'];
const order = { jobId: 'j-1', container: 'CSQU3054383', from: 's-01', to: 'bay-load' };
const entry = (jobId: string, state: JobState) => ({
  jobOrder: jobOrder({ ...order, jobId }, wrap),
  state: jobState(state),
});

describe('crane job', () => {
  it('a job order carries container, from and to', () => {
    assert.deepEqual(readJobOrder(jobOrder(order, wrap)), order);
  });

  it('a job order without a container is refused', () => {
    const { jobOrderParameters, ...rest } = jobOrder(order, wrap);
    assert.ok(Array.isArray(jobOrderParameters));
    assert.deepEqual(readJobOrder({ ...rest, jobOrderParameters: jobOrderParameters.slice(1) }), {
      problem: 'job order j-1 lacks Container, From or To',
    });
  });

  it('every state of ISA-95 Job Control has its number, from 1 to 6', () => {
    assert.deepEqual(
      states.map((state) => jobState(state)[0]?.stateNumber),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(
      readJobList(
        states.map((state) => entry(state, state)),
        [],
      ),
      states.map((state) => ({ jobId: state, state })),
    );
  });

  it('the list is joined with what the spreader saw', () => {
    const responses = [jobResponse({ jobId: 'j-1', state: 'running', containerSeen: 'MWCU6059784' }, wrap)];
    assert.deepEqual(readJobList([entry('j-1', 'running'), entry('j-2', 'allowed')], responses), [
      { jobId: 'j-1', state: 'running', containerSeen: 'MWCU6059784' },
      { jobId: 'j-2', state: 'allowed' },
    ]);
  });

  it('what was seen at pick and at set-down are two readings, and either may be missing', () => {
    const readings: Pick<JobStatus, 'containerSeen' | 'containerSet'>[] = [
      { containerSeen: 'MWCU6059784' },
      { containerSet: 'CSQU3054383' },
      {},
      { containerSeen: 'CSQU3054383', containerSet: 'MWCU6059784' },
    ];
    const jobs = readings.map((reading, index) => ({
      jobId: `j-${index}`,
      state: 'ended' as const,
      ...reading,
    }));
    const responses = jobs.map((job) => jobResponse(job, wrap));
    assert.deepEqual(
      readJobList(
        jobs.map(({ jobId, state }) => entry(jobId, state)),
        responses,
      ),
      jobs,
    );
  });

  it('one unreadable job makes the whole list unreadable, for what is not in it does not exist', () => {
    const broken = { ...entry('j-2', 'running'), state: [{ stateNumber: 9 }] };
    assert.deepEqual(readJobList([entry('j-1', 'running'), broken], []), {
      problem: 'job j-2 has the unknown state 9',
    });
    assert.ok('problem' in readJobList([{}], []));
  });

  it('never throws, whatever a server sends', () => {
    fc.assert(fc.property(fc.anything(), fc.anything(), (a, b) => void [readJobList(a, b), readJobOrder(a)]));
  });

  it('success is bit 0 or nothing; every error bit is a refusal with a reason', () => {
    assert.deepEqual(readReturnStatus(0n), { ok: true });
    assert.deepEqual(readReturnStatus(returnStatus('ok')), { ok: true });
    for (const refusal of ['unknown-job', 'wrong-state', 'not-accepted', 'invalid'] as const) {
      const status = readReturnStatus(returnStatus(refusal));
      assert.ok(!status.ok);
      assert.equal(status.refusal, refusal);
    }
    assert.deepEqual(readReturnStatus(1n << 40n), {
      ok: false,
      refusal: 'other',
      reason: 'it answers with status 0x10000000000',
    });
  });
});
