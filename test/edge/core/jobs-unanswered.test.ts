import assert from 'node:assert/strict';
import type { CraneJobReport } from '../../../edge/core/input.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import { AT_REST, bootYard, CARRYING, type Yard } from '../../support/core-yard.ts';

const BOX = 'CSQU3054383';
const OTHER = 'MSCU1234565';

describe('a crane job that the crane does not acknowledge', () => {
  let yard: Yard;
  let crossing: Crossing;
  let jobId: string;
  beforeEach(() => {
    yard = bootYard();
    crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
    jobId = yard.jobs[0]?.jobId ?? assert.fail('no job was given');
  });
  const idsGiven = (): string[] => yard.jobs.map((job) => job.jobId);
  const tell = (id: string, state: CraneJobReport['state']): void => {
    yard.step({ type: 'crane-job', device: 'crane-1', jobId: id, state });
  };
  /** The crane was silent, and what it lists does not have the job; it may not be given again at once. */
  const givenUp = (): void => {
    yard.silent('crane-1');
    yard.wait(20_000);
    yard.list('crane-1');
    yard.crane('crane-1', { mode: 'manual' });
    yard.online('crane-1');
    assert.equal(crossing.job, undefined);
  };

  describe('because the command was lost', () => {
    it('is given again under its own id until the crane has it', () => {
      yard.wait(9_999);
      assert.deepEqual(idsGiven(), [jobId]);
      yard.wait(20_001);
      assert.deepEqual(idsGiven(), [jobId, jobId, jobId, jobId]);
      assert.deepEqual(yard.gate.alarms(), ['COMMAND_UNCONFIRMED/crane-1']);
      yard.job('crane-1', 'running');
      yard.wait(20_000);
      yard.job('crane-1', 'ended');
      assert.equal(idsGiven().length, 4);
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('is given again a moment after a refusal', () => {
      const commandId = yard.jobs[0]?.commandId ?? '';
      yard.step({ type: 'command-refused', commandId, reason: 'CRANE_JOB_REFUSED' });
      assert.deepEqual(idsGiven(), [jobId]);
      yard.wait(4_000);
      assert.deepEqual(idsGiven(), [jobId], 'a crane that refuses is not asked again and again');
      yard.wait(1_000);
      assert.deepEqual(idsGiven(), [jobId, jobId]);
    });

    it('holds the crane for that crossing meanwhile: it may be at work on it', () => {
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.bay('bay-truck-1', false);
      yard.wait(60_000);
      assert.deepEqual(idsGiven(), [jobId]);
    });

    it('frees the crane after long when it cannot be given again', () => {
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.bay('bay-truck-1', false);
      yard.wait(599_999);
      assert.equal(crossing.job?.state, 'commanded');
      yard.wait(1);
      assert.equal(crossing.job, undefined);
      assert.deepEqual(
        yard.jobs.map((job) => job.container),
        [BOX, OTHER],
      );
    });

    it('waits for the list while the crane is silent, and is given again when that does not have it', () => {
      yard.silent('crane-1');
      yard.wait(20_000);
      assert.equal(crossing.job?.state, 'commanded', 'possibly executed');
      yard.list('crane-1');
      yard.crane('crane-1');
      yard.online('crane-1');
      assert.deepEqual(idsGiven(), [jobId, jobId]);
    });
  });

  describe('because the acknowledgement was lost', () => {
    it('is done: nothing is stopped, and nothing is done twice', () => {
      yard.wait(10_000);
      assert.deepEqual(idsGiven(), [jobId, jobId], 'the crane knows it, and does nothing else');
      yard.crane('crane-1', CARRYING);
      yard.wait(60_000);
      assert.equal(idsGiven().length, 2, 'not while something hangs in the spreader');
      yard.crane('crane-1', AT_REST);
      tell(jobId, 'ended');
      yard.wait(60_000);
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(new Set(idsGiven()), new Set([jobId]));
      assert.deepEqual(yard.stops, []);
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('is not given again after a restart when the list has it', () => {
      yard.restart();
      yard.list('crane-1', [{ jobId, state: 'running' }]);
      yard.crane('crane-1');
      yard.online('crane-1', 'io-bay-truck-1');
      yard.bay('bay-truck-1', true);
      assert.deepEqual(idsGiven(), []);
      assert.equal(Object.values(yard.gate.state.crossings)[0]?.job?.state, 'running');
    });
  });

  describe('before its list was read', () => {
    it('may still be on its way', () => {
      yard.list('crane-1');
      assert.deepEqual(idsGiven(), [jobId]);
      yard.job('crane-1', 'running');
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('and given up, is followed when it had been on its way after all', () => {
      givenUp();
      tell(jobId, 'running');
      assert.equal(crossing.job?.state, 'running');
      yard.wait(600_000);
      assert.ok(yard.gate.alarms().includes('JOB_STUCK/crane-1'), 'watched as any other');
      tell(jobId, 'ended');
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(idsGiven(), [jobId]);
      assert.deepEqual(yard.stops, []);
    });

    for (const state of ['running', 'ended'] as const) {
      it(`and given up, is followed when the next list tells it as ${state}`, () => {
        givenUp();
        yard.list('crane-1', [{ jobId, state }]);
        yard.crane('crane-1');
        if (state === 'running') tell(jobId, 'ended');
        assert.equal(crossing.stage, 'in-yard');
        assert.deepEqual(idsGiven(), [jobId]);
        assert.deepEqual(yard.stops, []);
      });
    }

    describe('and given up, when something hangs in the spreader', () => {
      beforeEach(() => {
        givenUp();
        yard.crane('crane-1', { ...CARRYING, mode: 'automatic' });
      });

      it('has lifted its container, and nobody knows how: people are told, and nothing more is given', () => {
        assert.equal(crossing.job?.state, 'lost');
        assert.ok(yard.gate.alarms().includes(`JOB_LOST/${crossing.id}`));
        yard.wait(60_000);
        assert.deepEqual(idsGiven(), [jobId]);
      });

      it('goes on under its own id when a person has seen that it is that container', () => {
        assert.equal(yard.confirmPlace(crossing.id, 'crane-1'), null);
        assert.deepEqual(idsGiven(), [jobId, jobId]);
        tell(jobId, 'running');
        yard.crane('crane-1', AT_REST);
        tell(jobId, 'ended');
        assert.equal(crossing.stage, 'in-yard');
        assert.deepEqual(yard.gate.alarms(), []);
      });

      it('is given anew, once the spreader is empty, when a person has seen the container where it was', () => {
        assert.equal(yard.confirmPlace(crossing.id, 'bay-truck-1'), null);
        yard.wait(60_000);
        assert.deepEqual(idsGiven(), [jobId]);
        yard.crane('crane-1', AT_REST);
        assert.equal(idsGiven().length, 2);
        assert.notEqual(idsGiven()[1], jobId);
      });

      it('is followed when the crane tells of it after all', () => {
        tell(jobId, 'running');
        assert.equal(crossing.job?.state, 'running');
        assert.ok(!yard.gate.alarms().includes(`JOB_LOST/${crossing.id}`));
      });
    });

    it('and given up, has failed when it broke off; the next one has an id of its own', () => {
      givenUp();
      tell(jobId, 'aborted');
      yard.crane('crane-1');
      yard.wait(1_000);
      assert.equal(crossing.jobFailures, 1);
      assert.equal(idsGiven().length, 2);
      assert.notEqual(idsGiven()[1], jobId);
    });
  });

  describe('and was given up for another one', () => {
    let second: Crossing;
    beforeEach(() => {
      givenUp();
      second = yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.bay('bay-truck-1', false);
      yard.crane('crane-1');
      assert.equal(idsGiven().length, 2);
      yard.bay('bay-truck-1', true);
    });

    it('is followed when the crane works on it, and the other is given again later', () => {
      tell(jobId, 'running');
      assert.equal(crossing.job?.state, 'running');
      assert.equal('job' in second, false);
      tell(jobId, 'ended');
      assert.equal(crossing.stage, 'in-yard');
      const other = idsGiven()[1];
      assert.deepEqual(idsGiven(), [jobId, other, other]);
      assert.deepEqual(yard.stops, []);
    });

    it('is stopped when the crane has acknowledged the other, and given anew under another id', () => {
      const other = idsGiven()[1] ?? assert.fail();
      tell(other, 'running');
      tell(jobId, 'running');
      assert.equal(yard.stops.length, 1);
      assert.ok(yard.gate.alarms().includes('JOB_DONE_TWICE/crane-1'));
      tell(other, 'ended');
      assert.equal('job' in crossing, false, 'the crane still moves for the first');
      tell(jobId, 'aborted');
      assert.equal(crossing.job?.state, 'commanded');
      assert.equal(new Set(idsGiven()).size, 3);
    });
  });

  it('is stopped when a person has seen its container elsewhere meanwhile', () => {
    givenUp();
    crossing.findings.push({ code: 'RECALLED', severity: 'refer' } as Crossing['findings'][number]);
    assert.equal(yard.confirmPlace(crossing.id, 's-1-2'), null);
    tell(jobId, 'running');
    assert.equal(yard.stops.length, 1);
  });
});
