import assert from 'node:assert/strict';
import { AT_REST, bootYard, CARRYING, type Yard } from '../../support/core-yard.ts';

const BOX = 'CSQU3054383';
const OTHER = 'MSCU1234565';

describe('a crane and its jobs', () => {
  let yard: Yard;
  beforeEach(() => {
    yard = bootYard();
  });

  describe('are given', () => {
    it('where a truck stands with its container, to a slot; the export is then ready for a vehicle', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      const [job] = yard.jobs;
      assert.deepEqual(
        [job?.device, job?.container, job?.from, job?.to],
        ['crane-1', BOX, 'bay-truck-1', 's-1-1'],
      );
      yard.job('crane-1', 'running');
      yard.job('crane-1', 'ended', { containerSeen: BOX, containerSet: BOX });
      assert.equal(crossing.stage, 'in-yard');
      assert.deepEqual(yard.gate.state.ready, [crossing.id]);
      assert.equal(crossing.job, undefined);
      assert.deepEqual(yard.gate.state.jobs, {});
      const timers = Object.keys(yard.gate.state.timers).filter((name) => name.startsWith('job'));
      assert.deepEqual(timers, []);
    });

    it('where a truck came to fetch its container; the slot is then free', () => {
      const crossing = yard.truckFetches(BOX, 'bay-truck-1', 's-1-1');
      yard.picks('crane-1');
      yard.crane('crane-1');
      yard.job('crane-1', 'ended');
      assert.equal(crossing.stage, 'on-truck');
      assert.equal(yard.gate.state.owners['slot:s-1-1'], undefined);
    });

    it('but not while somebody who was not let in may stand in that truck’s place', () => {
      const lane = yard.gate.state.lanes['yard-in-1'] ?? assert.fail('no lane yard-in-1');
      Object.assign(lane, { stopped: true, stoppedBy: 'tailgating' });
      yard.truckFetches(BOX, 'bay-truck-1', 's-1-1');
      assert.equal(yard.jobs.length, 0);
      yard.vehicleLoads(OTHER, 'bay-load-1', 's-1-2');
      assert.equal(yard.jobs.length, 1, 'no truck comes to where vehicles stand');
      yard.list('crane-1');
      const act = { kind: 'resume-lane', lane: 'yard-in-1' } as const;
      yard.step({ type: 'operator-act', person: 'lan', role: 'supervisor', act, reason: 'nobody there' });
      yard.job('crane-1', 'ended', { jobId: yard.jobs[0]?.jobId ?? '' });
      assert.equal(yard.jobs.at(-1)?.container, BOX);
    });

    it('where our own vehicle stands locked in its loading bay; it is loaded only when the job has ended', () => {
      const crossing = yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
      assert.deepEqual([yard.jobs[0]?.from, yard.jobs[0]?.to], ['s-1-1', 'bay-load-1']);
      yard.picks('crane-1');
      assert.equal(crossing.slot, 's-1-1');
      yard.crane('crane-1');
      yard.job('crane-1', 'ended');
      assert.equal(crossing.slot, undefined);
    });

    it('where a vehicle of the other gate stands locked; custody passes when its container is in the slot', () => {
      const crossing = yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
      yard.job('crane-1', 'running');
      assert.equal(yard.gate.state.visitors['che-1']?.unloaded, false);
      const effects = yard.job('crane-1', 'ended');
      const lines = effects.flatMap((effect) =>
        effect.kind === 'decide' && effect.type === 'handover' ? [effect.body.record] : [],
      );
      assert.deepEqual(lines, ['received']);
      assert.equal(crossing.stage, 'in-yard');
      assert.equal(yard.gate.state.visitors['che-1']?.unloaded, true);
    });

    it('not before its departure was read, however locked the vehicle stands', () => {
      yard.silent('crane-1', 'crane-2');
      const crossing = yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
      assert.ok(crossing.inbound);
      crossing.inbound.departed = false;
      yard.online('crane-1');
      yard.crane('crane-1', { position: 's-1-2' });
      assert.deepEqual(yard.jobs, []);
    });

    it('to whoever has waited longest', () => {
      yard.silent('crane-1');
      const second = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      const first = yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      second.since += 1_000;
      yard.online('crane-1');
      assert.deepEqual(yard.gate.state.jobs, { 'crane-1': first.id });
    });

    it('one at a time; the next when the first has ended', () => {
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.job('crane-1', 'running');
      assert.equal(yard.jobs.length, 1);
      yard.job('crane-1', 'ended');
      assert.deepEqual(
        yard.jobs.map((job) => job.container),
        [BOX, OTHER],
      );
    });

    it('never a second one for the same container, though another crane reaches both places', () => {
      yard = bootYard((config) => config.yard.cranes[1]?.bays.push('bay-truck-1'));
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      for (const crane of ['crane-1', 'crane-2']) yard.crane(crane, { position: 's-1-2' });
      assert.equal(yard.jobs.length, 1);
    });

    it('to the idle one of two cranes that reach both places', () => {
      yard = bootYard((config) => config.yard.cranes[1]?.bays.push('bay-truck-1'));
      yard.truckBrings(BOX, 'bay-truck-2', 's-1-1');
      yard.truckBrings(OTHER, 'bay-truck-1', 's-1-2');
      assert.deepEqual(
        yard.jobs.map((job) => [job.device, job.container]),
        [
          ['crane-1', BOX],
          ['crane-2', OTHER],
        ],
      );
    });

    it('not by a crane that is silent, out of automatic mode, or reaches only one of the places', () => {
      yard.silent('crane-1');
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      assert.deepEqual(yard.jobs, []);
      yard.online('crane-1');
      assert.equal(yard.jobs.length, 1);

      yard = bootYard();
      yard.crane('crane-1', { mode: 'manual' });
      yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      assert.deepEqual(yard.jobs, []);
      yard.crane('crane-1');
      assert.equal(yard.jobs.length, 1);
    });
  });

  describe('that are over', () => {
    const done = (): ReturnType<Yard['truckBrings']> => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'ended');
      return crossing;
    };
    for (const state of ['ended', 'running', 'aborted', 'interrupted'] as const) {
      it(`and are told as ${state} once more, move nothing and raise an alarm`, () => {
        const crossing = done();
        yard.job('crane-1', state);
        yard.wait(1_000);
        assert.equal(crossing.stage, 'in-yard');
        assert.deepEqual(yard.gate.state.ready, [crossing.id]);
        assert.equal(yard.jobs.length, 1);
        assert.deepEqual(yard.gate.alarms(), ['JOB_DONE_TWICE/crane-1']);
        assert.equal(yard.stops.length, state === 'running' ? 1 : 0, 'what runs is stopped');
      });
    }

    it('and move the crane once more keep it from the next job until they are over', () => {
      done();
      yard.job('crane-1', 'running');
      const next = yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      assert.equal(yard.jobs.length, 1);
      yard.job('crane-1', 'aborted');
      assert.equal(yard.jobs.length, 2);
      assert.equal(next.job?.state, 'commanded');
    });

    it('and whose end is never told keep it for as long as a job may take', () => {
      done();
      yard.job('crane-1', 'running');
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.wait(yard.gate.state.config?.timeouts.craneJobMs ?? 0);
      assert.equal(yard.jobs.length, 2);
    });

    it('and that the crane’s list has no more keep it from nothing', () => {
      done();
      yard.job('crane-1', 'running');
      yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
      yard.list('crane-1', []);
      assert.equal(yard.jobs.length, 2);
    });

    it('may stand in the list for long', () => {
      done();
      yard.list('crane-1', [{ jobId: yard.jobs[0]?.jobId ?? '', state: 'ended' }]);
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('or are somebody else’s, are only counted', () => {
      yard.step({ type: 'crane-job', device: 'crane-1', jobId: 'maintenance-7', state: 'running' });
      assert.equal(yard.gate.state.counters['foreign-job'], 1);
      assert.deepEqual(yard.stops, []);
    });
  });

  it('a job that takes too long calls for somebody, until it moves on', () => {
    yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
    yard.job('crane-1', 'running');
    yard.wait(599_999);
    assert.deepEqual(yard.gate.alarms(), []);
    yard.wait(1);
    assert.deepEqual(yard.gate.alarms(), ['JOB_STUCK/crane-1']);
    yard.job('crane-1', 'interrupted');
    assert.deepEqual(yard.gate.alarms(), []);
  });

  it('a job that ended in time calls for nobody', () => {
    yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
    yard.job('crane-1', 'ended');
    yard.wait(600_000);
    assert.deepEqual(yard.gate.alarms(), []);
  });

  describe('with a spreader that contradicts itself', () => {
    const { spreader } = AT_REST;
    for (const [what, part] of [
      ['locked and unlocked', { spreader: { ...spreader, locked: true } }],
      ['loaded, neither locked nor landed', { spreader: { ...spreader, loaded: true } }],
      ['landed with the hoist up', { spreader: { ...spreader, landed: true } }],
    ] as const) {
      it(`(${what}) gets no job until it is consistent again, and somebody is called`, () => {
        yard.crane('crane-1', part);
        yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
        assert.deepEqual(yard.jobs, []);
        assert.deepEqual(yard.gate.alarms(), ['SPREADER_CONTRADICTS/crane-1']);
        yard.crane('crane-1');
        assert.equal(yard.jobs.length, 1);
        assert.deepEqual(yard.gate.alarms(), []);
      });
    }

    it('leaves undecided what a job that broke off has left in it', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.crane('crane-1', { spreader: { ...spreader, locked: true } });
      yard.job('crane-1', 'aborted');
      yard.wait(10_000);
      assert.equal(crossing.job?.state, 'aborted');
      yard.crane('crane-1', CARRYING);
      assert.equal(crossing.held, 'crane-1');
    });
  });
});
