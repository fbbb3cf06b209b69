import assert from 'node:assert/strict';
import { bootYard, CARRYING, findingsOf, type Yard } from '../../support/core-yard.ts';

const BOX = 'CSQU3054383';
const OTHER = 'MSCU1234565';

describe('jobs of a crane that go wrong', () => {
  let yard: Yard;
  beforeEach(() => {
    yard = bootYard();
  });

  describe('that break off', () => {
    it('before anything was lifted, are given anew', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.job('crane-1', 'aborted');
      assert.equal(yard.jobs.length, 1, 'what the spreader holds may be told a moment later');
      yard.wait(1_000);
      assert.equal(yard.jobs.length, 2);
      assert.equal(crossing.jobFailures, 1);
      assert.deepEqual(yard.gate.alarms(), ['JOB_FAILED/crane-1']);
      yard.job('crane-1', 'ended');
      assert.deepEqual(yard.gate.alarms(), []);
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(crossing.jobFailures, 0);
    });

    it('and whose crane is out of order, go to another that reaches both places', () => {
      yard = bootYard((config) => config.yard.cranes[1]?.bays.push('bay-truck-1'));
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.crane('crane-1', { mode: 'fault' });
      yard.job('crane-1', 'aborted');
      yard.wait(1_000);
      assert.deepEqual(
        yard.jobs.map((job) => job.device),
        ['crane-1', 'crane-2'],
      );
    });

    for (const state of ['not-allowed', 'interrupted', 'aborted'] as const) {
      it(`three times as ${state}, wait for a person`, () => {
        const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
        for (let n = 0; n < 3; n += 1) {
          yard.job('crane-1', state);
          yard.wait(1_000);
        }
        assert.deepEqual(findingsOf(crossing), ['JOB_FAILED']);
        assert.equal(yard.jobs.length, 3);
        yard.clear(crossing.id, 'JOB_FAILED');
        assert.equal(yard.jobs.length, 4);
      });
    }

    it('with the container in the spreader, are ended by a new job of the same crane, and only its target must be ready', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'interrupted');
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.wait(1_000);
      assert.equal(crossing.held, 'crane-1');
      assert.equal(crossing.job?.state, 'held');
      assert.equal(yard.jobs.length, 1, 'not while a person drives the crane');
      yard.bay('bay-truck-1', false);
      yard.crane('crane-1', CARRYING);
      assert.equal(yard.jobs.length, 2);
      const [first, second] = yard.jobs;
      assert.deepEqual([second?.container, second?.from, second?.to], [BOX, first?.from, first?.to]);
      assert.notEqual(second?.jobId, first?.jobId);
      yard.job('crane-1', 'running');
      yard.crane('crane-1');
      yard.job('crane-1', 'ended');
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(crossing.held, undefined);
    });

    it('with the container in the spreader: a new job that the crane does not take is given again', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'aborted');
      yard.wait(1_000);
      assert.equal(yard.jobs.length, 2);
      yard.step({ type: 'command-refused', commandId: yard.jobs[1]?.commandId ?? '', reason: 'busy' });
      yard.wait(5_000);
      const [first, second, third] = yard.jobs;
      assert.notEqual(second?.jobId, first?.jobId);
      assert.equal(third?.jobId, second?.jobId);
      assert.deepEqual([crossing.job?.from, crossing.job?.to], ['bay-truck-1', 's-1-1']);
      yard.job('crane-1', 'running');
      yard.crane('crane-1');
      yard.job('crane-1', 'ended');
      assert.equal(crossing.stage, 'in-yard');
    });

    it('with the container in the spreader: a new job that nobody takes leaves it held after all', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'aborted');
      yard.wait(1_000);
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.wait(10_000);
      assert.equal(crossing.job?.state, 'commanded', 'possibly executed');
      yard.list('crane-1', [{ jobId: yard.jobs[0]?.jobId ?? '', state: 'aborted' }]);
      assert.equal(crossing.job?.state, 'held');
      yard.crane('crane-1', CARRYING);
      assert.deepEqual(new Set(yard.jobs.map((job) => job.jobId)).size, 2, 'the same again');
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.wait(10_000);
      yard.list('crane-1');
      yard.job('crane-1', 'aborted');
      yard.wait(1_000);
      assert.equal(crossing.jobFailures, 2, 'it had it');
      yard.crane('crane-1', CARRYING);
      assert.equal(new Set(yard.jobs.map((job) => job.jobId)).size, 3);
    });

    it('with the container in the spreader, though the job tells it before the spreader does', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.job('crane-1', 'interrupted');
      yard.wait(300);
      yard.crane('crane-1', CARRYING);
      yard.wait(700);
      assert.equal(crossing.held, 'crane-1');
    });

    it('while the crane fell silent, are judged when it is heard again', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      const jobId = yard.jobs[0]?.jobId ?? '';
      yard.silent('crane-1');
      yard.wait(60_000);
      yard.list('crane-1', [{ jobId, state: 'aborted' }]);
      yard.wait(2_000);
      assert.equal(crossing.job?.state, 'aborted');
      yard.crane('crane-1', CARRYING);
      yard.online('crane-1');
      assert.equal(crossing.held, 'crane-1');
      assert.equal(yard.jobs.length, 2);
    });

    it('and whose list tells so again, have failed once', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'interrupted');
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.wait(1_000);
      yard.list('crane-1', [{ jobId: yard.jobs[0]?.jobId ?? '', state: 'interrupted' }]);
      yard.wait(1_000);
      assert.equal(crossing.jobFailures, 1);
      assert.equal(crossing.job?.state, 'held');
    });

    it('are taken up again by the crane itself, and end as they should', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'interrupted');
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.wait(1_000);
      yard.job('crane-1', 'running');
      yard.crane('crane-1');
      yard.job('crane-1', 'ended');
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(yard.jobs.length, 1);
    });

    it('and what was lifted hangs there no longer: it is lost', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.crane('crane-1');
      yard.job('crane-1', 'aborted');
      yard.wait(1_000);
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST']);
      assert.equal(yard.jobs.length, 1);
      assert.deepEqual(yard.gate.alarms(), [`JOB_LOST/${crossing.id}`]);
    });

    it('and of which nothing else was told than that the container was set down: it is lost', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      const jobId = yard.jobs[0]?.jobId ?? assert.fail('no job was given');
      yard.list('crane-1', [{ jobId, state: 'aborted', containerSeen: BOX, containerSet: BOX }]);
      yard.crane('crane-1');
      yard.wait(1_000);
      assert.equal(yard.jobs.length, 1, 'it may stand where the job was to bring it');
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST']);
    });

    it('and a person sets the held container down by hand: it is lost until they say where', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'interrupted');
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.wait(1_000);
      yard.crane('crane-1', { mode: 'manual' });
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST']);
      yard.confirmPlace(crossing.id, 's-1-1');
      assert.equal(crossing.stage, 'in-yard');
    });
  });

  describe('of which not everything is heard', () => {
    it('and whose container was read in the spreader have lifted it: it does not stand where it was', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'aborted', { containerSeen: BOX });
      yard.wait(1_000);
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST'], 'it should hang there, and nothing does');
      assert.equal(yard.jobs.length, 1);
      yard.crane('crane-1', CARRYING);
      yard.confirmPlace(crossing.id, 'crane-1');
      assert.equal(yard.jobs.length, 2);
    });

    it('and are given anew for what hangs there: nobody answers, and then nothing hangs there', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'aborted');
      yard.wait(1_000);
      assert.equal(yard.jobs.length, 2);
      yard.step({ type: 'command-refused', commandId: yard.jobs[1]?.commandId ?? '', reason: 'impossible' });
      yard.crane('crane-1', { mode: 'manual' });
      assert.deepEqual(findingsOf(crossing), []);
      yard.wait(5_000);
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST'], 'somebody has taken it out');
      yard.confirmPlace(crossing.id, 's-1-1');
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(yard.gate.alarms(), []);
    });
  });

  describe('whose container is not the expected one', () => {
    it('at the pick, are stopped; the finding holds the crossing until it is cleared', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running', { containerSeen: OTHER });
      assert.deepEqual(findingsOf(crossing), ['YARD_CONTAINER_MISMATCH']);
      assert.deepEqual(yard.gate.alarms(), [`CONTAINER_MISMATCH/${crossing.id}`]);
      assert.equal(yard.stops.length, 1);
      yard.crane('crane-1', CARRYING);
      yard.job('crane-1', 'interrupted', { containerSeen: OTHER });
      yard.wait(60_000);
      assert.equal(yard.jobs.length, 1);
      assert.equal(crossing.jobFailures, 0, 'we stopped it ourselves');
      yard.clear(crossing.id, 'YARD_CONTAINER_MISMATCH');
      assert.equal(yard.jobs.length, 2);
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('at the pick, are stopped again when the crane takes them up by itself', () => {
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running', { containerSeen: OTHER });
      yard.job('crane-1', 'interrupted', { containerSeen: OTHER });
      yard.job('crane-1', 'running', { containerSeen: OTHER });
      assert.equal(yard.stops.length, 2);
    });

    it('and hangs in the spreader, stay there until that is cleared', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.job('crane-1', 'running', { containerSeen: OTHER });
      yard.job('crane-1', 'interrupted', { containerSeen: OTHER });
      yard.wait(60_000);
      assert.equal(crossing.job?.state, 'held');
      assert.equal(yard.jobs.length, 1);
      yard.clear(crossing.id, 'YARD_CONTAINER_MISMATCH');
      assert.equal(yard.jobs.length, 2);
    });

    it('at the pick, are stopped again when the first stop had no effect', () => {
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running', { containerSeen: OTHER });
      yard.wait(10_000);
      assert.equal(yard.stops.length, 2);
    });

    it('at the set-down, let nothing more happen to the crossing, but the crane goes on with others', () => {
      const crossing = yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
      yard.job('crane-1', 'running', { containerSeen: BOX });
      yard.job('crane-1', 'ended', { containerSeen: BOX, containerSet: OTHER });
      assert.equal(crossing.stage, 'entering', 'what was sent has not been received');
      assert.equal(yard.gate.state.visitors['che-1']?.unloaded, false);
      yard.crane('crane-1', CARRYING);
      yard.confirmPlace(crossing.id, 'crane-1');
      assert.equal(crossing.job?.state, 'ended', 'what hangs there is another one');
      yard.crane('crane-1');
      yard.truckBrings(OTHER, 'bay-truck-1', 's-1-2');
      assert.equal(yard.jobs.length, 2);
      yard.clear(crossing.id, 'YARD_CONTAINER_MISMATCH');
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(yard.gate.state.visitors['che-1']?.unloaded, true);
    });

    it('is no proof of anything if the reader read nothing; it is counted', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'ended', { containerSeen: BOX });
      assert.equal(crossing.stage, 'in-yard');
      const { counters } = yard.gate.state;
      assert.equal(counters['container-unread-at-pick'], undefined);
      assert.equal(counters['container-unread-at-set-down'], 1);
    });
  });

  describe('that the crane no longer knows', () => {
    const lose = (): ReturnType<Yard['truckBrings']> => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.silent('crane-1');
      yard.list('crane-1');
      yard.crane('crane-1');
      yard.online('crane-1');
      return crossing;
    };

    it('leave the container lost: a person must look, and the crane does nothing else', () => {
      const crossing = lose();
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST']);
      assert.deepEqual(yard.gate.alarms(), [`JOB_LOST/${crossing.id}`]);
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.wait(60_000);
      assert.equal(yard.jobs.length, 1);
    });

    it('and a person finds at its target: the crossing goes on as if the job had ended', () => {
      const crossing = lose();
      yard.confirmPlace(crossing.id, 's-1-1');
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(findingsOf(crossing), []);
      assert.deepEqual(yard.gate.alarms(), []);
      assert.deepEqual(yard.gate.state.ready, [crossing.id]);
    });

    it('and a person finds where it was: the job is given anew', () => {
      const crossing = lose();
      yard.confirmPlace(crossing.id, 'bay-truck-1');
      assert.equal(yard.jobs.length, 2);
      assert.equal(crossing.stage, 'truck-inside');
    });

    it('and a person finds in another free slot: that becomes its own', () => {
      const crossing = lose();
      yard.confirmPlace(crossing.id, 's-2-1');
      assert.equal(crossing.slot, 's-2-1');
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(
        [yard.gate.state.owners['slot:s-1-1'], yard.gate.state.owners['slot:s-2-1']],
        [undefined, crossing.id],
      );
    });

    it('and a person finds in another slot on its way out: the job is given anew from there', () => {
      const crossing = yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.list('crane-1');
      yard.confirmPlace(crossing.id, 's-2-2');
      assert.deepEqual([yard.jobs[1]?.from, yard.jobs[1]?.to], ['s-2-2', 'bay-load-1']);
    });

    it('and a person finds in the spreader: the crane sets it down', () => {
      const crossing = lose();
      yard.confirmPlace(crossing.id, 'crane-1');
      assert.equal(yard.jobs.length, 1, 'its spreader tells that it is empty');
      yard.crane('crane-1', CARRYING);
      yard.confirmPlace(crossing.id, 'crane-1');
      assert.equal(yard.jobs.length, 2);
      assert.deepEqual([yard.jobs[1]?.from, yard.jobs[1]?.to], ['bay-truck-1', 's-1-1']);
    });

    it('are not found in a place that is taken, that no crane reaches, or that is none of its own', () => {
      const crossing = lose();
      yard.crane('crane-2', CARRYING);
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      for (const [place, why] of [
        ['s-1-2', /belongs to another/],
        ['bay-truck-2', /is no place of/],
        ['bay-load-1', /is no place of/],
        ['crane-2', /has no job of/],
        ['crane-1', /does not tell that anything hangs/],
      ] as const)
        assert.match(yard.confirmPlace(crossing.id, place) ?? '', why);
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST']);
      assert.equal(crossing.slot, 's-1-1');
      assert.equal(crossing.stage, 'truck-inside');
    });

    it('are not found in a slot from which no crane reaches on', () => {
      yard = bootYard((config) => {
        for (const crane of config.yard.cranes) crane.slots.splice(crane.device === 'crane-1' ? 2 : 0, 2);
      });
      const crossing = yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.list('crane-1');
      yard.confirmPlace(crossing.id, 's-2-1');
      assert.deepEqual([crossing.slot, findingsOf(crossing)], ['s-1-1', ['JOB_LOST']]);
      yard.confirmPlace(crossing.id, 's-1-2');
      assert.deepEqual([yard.jobs[1]?.from, yard.jobs[1]?.to], ['s-1-2', 'bay-load-1']);
    });

    it('stay lost when the finding is cleared without a word where the container is', () => {
      const crossing = lose();
      yard.clear(crossing.id, 'JOB_LOST');
      assert.deepEqual(findingsOf(crossing), ['JOB_LOST']);
    });

    it('and then knows again, are followed as before', () => {
      const crossing = lose();
      yard.list('crane-1', [{ jobId: yard.jobs[0]?.jobId ?? '', state: 'ended', containerSet: BOX }]);
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('have no place to be confirmed while the crane works, or when the gate knows it', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.confirmPlace(crossing.id, 's-1-1');
      assert.equal(crossing.stage, 'truck-inside');
      yard.job('crane-1', 'ended');
      yard.confirmPlace(crossing.id, 'bay-truck-1');
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(yard.jobs.length, 1);
    });
  });

  describe('done by hand', () => {
    it('a container that the crane failed to move three times goes on when a person says it is there', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      for (let n = 0; n < 3; n += 1) {
        yard.job('crane-1', 'aborted');
        yard.wait(1_000);
      }
      yard.confirmPlace(crossing.id, 's-1-1');
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(findingsOf(crossing), []);
    });

    it('a container of a wrong number goes on only when that is cleared as well', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'interrupted', { containerSeen: OTHER });
      yard.wait(1_000);
      yard.confirmPlace(crossing.id, 's-1-1');
      assert.equal(crossing.stage, 'truck-inside');
      yard.clear(crossing.id, 'YARD_CONTAINER_MISMATCH');
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(yard.jobs.length, 1);
    });
  });
});
