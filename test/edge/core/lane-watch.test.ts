import assert from 'node:assert/strict';
import { bootLane, type CoreLane } from '../../support/core-lane.ts';

describe('what should not happen in a lane', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
  });
  const stoppedBy = (): string | undefined => (lane.view.stopped ? lane.view.stoppedBy : undefined);
  const raised = (...codes: string[]): void =>
    assert.deepEqual(
      lane.alarms(),
      codes.map((code) => `${code}/yard-in-1`),
    );

  describe('a second vehicle', () => {
    it('under the barrier right after the first: the lane stops, and closes when it is empty', () => {
      const crossing = lane.admits();
      lane.sees('approach', 'under');
      lane.sees('approach', 'under', 'exit');
      lane.sees('approach', 'exit');
      lane.sees('approach', 'under', 'exit');
      lane.wait(300);
      raised('TAILGATING');
      assert.equal(stoppedBy(), 'tailgating');
      lane.sees('under', 'exit');
      assert.equal(lane.barrier, 'up', 'never onto a vehicle');
      lane.sees('exit');
      lane.sees();
      assert.equal(lane.barrier, 'down');
      assert.equal(crossing.stage, 'truck-inside', 'the first had its release');
      lane.act({ kind: 'resume-lane', lane: 'yard-in-1' });
      raised();
      assert.equal(stoppedBy(), undefined);
    });

    it('bumper to bumper: the first leaves the exit while something is still under the barrier', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.sees('approach', 'under', 'exit');
      lane.wait(300);
      lane.sees('approach', 'under');
      lane.wait(300);
      raised('TAILGATING');
    });

    it('but not where the loop of the exit only flickers while it stands below the barrier', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.sees('approach', 'under', 'exit');
      lane.wait(299);
      lane.sees('approach', 'under');
      lane.wait(1_000);
      assert.deepEqual(lane.alarms(), []);
    });

    it('after the first has gone, before the barrier is down', () => {
      lane.admits();
      lane.obeys = false;
      lane.sees('approach', 'under');
      lane.sees('under', 'exit');
      lane.sees();
      lane.sees('under');
      lane.wait(300);
      raised('TAILGATING');
    });

    it('that has come up to the stop line behind the first is ordinary traffic', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.sees('under', 'exit');
      lane.sees('approach', 'under', 'exit');
      lane.sees('approach', 'exit');
      lane.wait(10_000);
      raised();
    });

    it('is not seen where only a loop flickers', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.sees('under', 'exit');
      lane.sees('under');
      lane.wait(120);
      lane.sees('under', 'exit');
      lane.wait(1_000);
      lane.sees('exit');
      lane.sees('under', 'exit');
      lane.wait(120);
      lane.sees('exit');
      lane.wait(1_000);
      raised();
      assert.equal(stoppedBy(), undefined);
    });

    it('is noticed in a lane that a person has stopped, too', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.sees('under', 'exit');
      lane.act({ kind: 'stop-lane', lane: 'yard-in-1' });
      lane.wait(300);
      lane.sees('under');
      lane.wait(300);
      raised('TAILGATING');
      assert.equal(stoppedBy(), 'tailgating');
    });
  });

  describe('a vehicle from the exit side', () => {
    it('stops the lane once it is under the barrier', () => {
      lane.sees('exit');
      lane.wait(60_000);
      raised();
      lane.sees('under', 'exit');
      lane.wait(300);
      raised('WRONG_WAY');
      assert.equal(stoppedBy(), 'wrong-way');
      lane.sees('exit');
      lane.sees();
      raised('WRONG_WAY');
      lane.act({ kind: 'resume-lane', lane: 'yard-in-1' });
      raised();
    });

    it('through the barrier that is still up for the one before is not taken for one that follows', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.sees('under', 'exit');
      lane.sees('exit');
      lane.sees('under', 'exit');
      lane.wait(300);
      raised('WRONG_WAY');
    });

    it('is not taken for the released one that waits at the stop line', () => {
      const crossing = lane.admits();
      lane.sees('approach', 'exit');
      assert.deepEqual([lane.barrier, lane.light], ['down', 'red'], 'closed before it comes through');
      lane.sees('approach', 'under', 'exit');
      lane.wait(300);
      lane.sees('approach', 'exit');
      lane.sees('approach');
      assert.equal(lane.visit.crossing, crossing.id);
      assert.equal(crossing.stage, 'announced');
      raised('WRONG_WAY');
    });

    it('that was the released one, seen late below the barrier: a person has looked, and it is followed to its end', () => {
      const crossing = lane.admits();
      lane.obeys = false;
      lane.sees('approach', 'exit');
      lane.sees('approach', 'under', 'exit');
      lane.wait(300);
      raised('WRONG_WAY');
      assert.equal(lane.visit.under, false);
      lane.act({ kind: 'resume-lane', lane: 'yard-in-1' });
      raised();
      assert.equal(lane.visit.under, true);
      lane.sees('exit');
      lane.sees();
      assert.equal(crossing.truck?.phase, 'inside');
    });

    it('is not seen where nobody knows what came first', () => {
      lane.sees('exit');
      lane.gate.restart();
      for (const { id } of lane.gate.config.devices) lane.gate.online(id);
      lane.sees('under', 'exit');
      lane.wait(300);
      assert.ok(!lane.alarms().includes('WRONG_WAY/yard-in-1'));
    });
  });

  describe('a person or thing', () => {
    it('in the light curtain, with nothing on the loop, is a person', () => {
      lane.says({ curtain: 'broken' });
      raised('PERSON_IN_LANE');
      lane.says({ curtain: 'clear' });
      raised();
    });

    it('before an open barrier turns the light red and closes nothing onto the person', () => {
      lane.admits();
      lane.says({ curtain: 'broken' });
      assert.deepEqual([lane.barrier, lane.light], ['up', 'red']);
      lane.says({ curtain: 'clear' });
      assert.deepEqual([lane.barrier, lane.light], ['up', 'green']);
    });

    it('on the loop without a release is an intrusion', () => {
      lane.sees('under');
      lane.wait(299);
      raised();
      lane.wait(1);
      raised('INTRUSION');
      lane.sees();
      raised();
    });

    it('under the barrier of a lane in maintenance is the technician', () => {
      lane.act({ kind: 'maintain-lane', lane: 'yard-in-1' });
      lane.sees('under');
      lane.wait(60_000);
      assert.ok(!lane.alarms().includes('INTRUSION/yard-in-1'));
    });
  });

  it('a released vehicle that does not get through is stuck, until it has', () => {
    lane.admits();
    lane.sees('approach', 'under');
    lane.wait(59_999);
    raised();
    lane.wait(1);
    raised('VEHICLE_STUCK_IN_LANE');
    lane.wait(600_000);
    lane.sees('under', 'exit');
    lane.sees('exit');
    lane.sees();
    raised();
  });

  it('a vehicle that is held again at the stop line is not stuck', () => {
    lane.admits();
    lane.act({ kind: 'stop-lane', lane: 'yard-in-1' });
    lane.wait(600_000);
    raised();
  });

  describe('a barrier', () => {
    it('that goes up by itself is alarmed, and lowered when nothing is below it', () => {
      lane.says({
        barrier: 'moving',
        loops: { approach: false, under: true, exit: false },
        curtain: 'broken',
      });
      assert.ok(lane.alarms().includes('BARRIER_UNCOMMANDED/yard-in-1'));
      assert.equal(lane.barrier, 'moving');
      lane.sees();
      assert.equal(lane.barrier, 'down');
      assert.ok(!lane.alarms().includes('BARRIER_UNCOMMANDED/yard-in-1'));
    });

    it('that follows a command late is not', () => {
      lane.obeys = false;
      lane.admits();
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'stale', reason: 'test' });
      lane.wait(60_000);
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'online', reason: 'test' });
      lane.says({ barrier: 'up' });
      assert.ok(!lane.alarms().includes('BARRIER_UNCOMMANDED/yard-in-1'));
    });

    it('that reports a fault is alarmed, and told nothing', () => {
      lane.books();
      lane.sees('approach');
      lane.says({ barrier: 'fault' });
      lane.reads();
      lane.weighs();
      raised('BARRIER_FAULT');
      assert.equal(lane.visit.released, true);
      assert.deepEqual(
        lane.sent.filter(({ kind }) => kind === 'barrier'),
        [],
      );
      lane.says({ barrier: 'down' });
      raised();
      assert.equal(lane.barrier, 'up');
    });
  });

  it('a curtain that sees nothing where a vehicle stands on the loop contradicts it; for a moment that is normal', () => {
    lane.admits();
    lane.sees('approach', 'under');
    lane.says({ curtain: 'clear' });
    lane.wait(999);
    raised();
    lane.wait(1);
    raised('LANE_READINGS');
    lane.says({ curtain: 'broken' });
    raised();
  });
});
