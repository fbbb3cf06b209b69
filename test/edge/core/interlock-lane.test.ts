import assert from 'node:assert/strict';
import type { Command } from '../../../edge/core/effect.ts';
import { permit } from '../../../edge/core/interlock.ts';
import { bootLane, type CoreLane } from '../../support/core-lane.ts';

describe('the interlock of lanes', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
  });
  const asked = (to: 'raise' | 'lower'): string => {
    const command: Command = {
      kind: 'barrier',
      device: 'io-yard-in-1',
      to,
      commandId: 'c',
      class: to === 'raise' ? 'permissive' : 'securing',
      decidedAt: lane.gate.state.now,
    };
    const permission = permit(lane.gate.state, command);
    return permission.allowed ? 'allowed' : permission.reason;
  };
  /** The state as it is when the permission is about to leave, whatever the core would make of it. */
  const now = (): CoreLane['gate']['state'] => lane.gate.state;
  const sensors = () => now().laneIo['io-yard-in-1'] ?? assert.fail('no sensors');

  describe('forbids to raise', () => {
    beforeEach(() => {
      lane.obeys = false;
      lane.admits();
      assert.equal(asked('raise'), 'allowed');
    });

    it('with sensors that are not fresh', () => {
      lane.gate.status('io-yard-in-1', 'stale');
      assert.equal(asked('raise'), 'lane sensors are not fresh');
    });

    it('when nothing stands at the stop line any more', () => {
      sensors().loops.approach = false;
      assert.equal(asked('raise'), 'nothing stands at the stop line');
    });

    it('with somebody in the curtain, or something behind the barrier', () => {
      sensors().curtain = 'broken';
      assert.equal(asked('raise'), 'something is under or behind the barrier');
      sensors().curtain = 'clear';
      sensors().loops.exit = true;
      assert.equal(asked('raise'), 'something is under or behind the barrier');
    });

    it('with a fault of the barrier', () => {
      sensors().barrier = 'fault';
      assert.equal(asked('raise'), 'barrier reports a fault');
    });

    it('for what is not released, or is another than the one released', () => {
      lane.visit.released = false;
      assert.equal(asked('raise'), 'nothing in the lane is released');
      lane.visit.released = true;
      lane.visit.crossing = 'huu-nghi-99';
      assert.equal(asked('raise'), 'the vehicle in the lane is not the one released');
    });

    it('with anything against it at this moment, and in a lane that is not to open', () => {
      now().bookings = {};
      lane.view.stopped = true;
      assert.equal(asked('raise'), 'LANE_STOPPED');
      lane.view.stopped = false;
      lane.view.mode = 'maintenance';
      assert.equal(asked('raise'), 'LANE_CLOSED');
    });
  });

  describe('forbids to lower', () => {
    beforeEach(() => assert.equal(asked('lower'), 'allowed'));

    it('with sensors that are not fresh', () => {
      lane.gate.status('io-yard-in-1', 'stale');
      assert.equal(asked('lower'), 'lane sensors are not fresh');
    });

    it('onto what the loop sees, and onto what only the curtain sees', () => {
      sensors().loops.under = true;
      assert.equal(asked('lower'), 'something stands below the barrier');
      sensors().loops.under = false;
      sensors().curtain = 'broken';
      assert.equal(asked('lower'), 'the light curtain is broken');
    });

    it('beside a technician', () => {
      lane.view.mode = 'maintenance';
      assert.equal(asked('lower'), 'the lane is in maintenance');
    });
  });
});
