import assert from 'node:assert/strict';
import { isOpen } from '../../../edge/core/lane-hours.ts';
import { bootLane, type CoreLane } from '../../support/core-lane.ts';

const HOUR_MS = 3_600_000;

/** The clock of Hữu Nghị shows 07:00 when the tests begin. */
describe('the hours of a lane', () => {
  const withHours = (...hours: { from: string; to: string }[]): CoreLane =>
    bootLane('yard-in-1', (config) => {
      const lane = config.lanes.find(({ id }) => id === 'yard-in-1');
      if (lane !== undefined) lane.hours = hours;
    });
  const open = (lane: CoreLane): boolean => isOpen(lane.gate.state, lane.config);

  it('hold on the gate’s own clock, from their first minute to the one before their last', () => {
    const lane = withHours({ from: '08:00', to: '17:30' });
    assert.equal(open(lane), false);
    lane.wait(HOUR_MS - 1);
    assert.equal(open(lane), false);
    lane.wait(1);
    assert.equal(open(lane), true);
    lane.wait(9.5 * HOUR_MS - 1);
    assert.equal(open(lane), true);
    lane.wait(1);
    assert.equal(open(lane), false);
  });

  it('may go past midnight, and may have a break', () => {
    const lane = withHours({ from: '20:00', to: '02:00' }, { from: '05:00', to: '07:30' });
    const openAt = (hours: number): boolean => {
      lane.wait(hours * HOUR_MS);
      return open(lane);
    };
    assert.deepEqual(
      [openAt(0.25), openAt(0.5), openAt(12.5), openAt(5.5), openAt(0.5), openAt(3)],
      [true, false, true, true, false, true],
    );
  });

  it('let whoever waits go as soon as they begin, without anybody’s doing', () => {
    const lane = withHours({ from: '07:01', to: '17:30' });
    lane.books();
    lane.sees('approach');
    lane.reads();
    lane.weighs();
    assert.deepEqual(
      lane.visit.reasons.map(({ code }) => code),
      ['LANE_CLOSED'],
    );
    lane.wait(60_000);
    assert.equal(lane.visit.released, true);
  });

  it('do not end for whom they were promised', () => {
    const lane = withHours({ from: '06:00', to: '07:01' });
    lane.admits();
    lane.wait(60_000);
    assert.equal(open(lane), false);
    assert.deepEqual([lane.barrier, lane.light], ['up', 'green']);
  });

  it('keep one timer, also over a restart with other hours', () => {
    const lane = withHours({ from: '08:00', to: '17:30' });
    const timers = (): [string, number][] =>
      Object.entries(lane.gate.state.timers).filter(([name]) => name.startsWith('lane-hours'));
    assert.deepEqual(timers(), [['lane-hours/yard-in-1', lane.gate.state.now + HOUR_MS]]);
    lane.wait(24 * HOUR_MS);
    assert.deepEqual(timers(), [['lane-hours/yard-in-1', lane.gate.state.now + HOUR_MS]]);
    const config = structuredClone(lane.gate.config);
    for (const one of config.lanes) delete one.hours;
    lane.gate.step({ type: 'boot', coreVersion: '2', config, configDigest: '' });
    assert.deepEqual(timers(), []);
  });
});

describe('a carriageway for both directions', () => {
  const tidal = (laneId: string): CoreLane =>
    bootLane(laneId, (config) => {
      for (const lane of config.lanes) {
        if (lane.id === 'yard-in-1') lane.hours = [{ from: '07:00', to: '08:00' }];
        else if (lane.id === 'border-in-1') lane.hours = [{ from: '08:00', to: '07:00' }];
        else continue;
        lane.tidal = 'only-road';
      }
    });
  const isOpenNow = (lane: CoreLane, id: string): boolean => {
    const config = lane.gate.config.lanes.find((one) => one.id === id) ?? assert.fail();
    return isOpen(lane.gate.state, config);
  };

  it('turns only when whoever was let in has gone through', () => {
    const lane = tidal('yard-in-1');
    assert.deepEqual([isOpenNow(lane, 'yard-in-1'), isOpenNow(lane, 'border-in-1')], [true, false]);
    lane.admits();
    lane.sees('approach', 'under');
    lane.wait(HOUR_MS);
    assert.deepEqual([isOpenNow(lane, 'yard-in-1'), isOpenNow(lane, 'border-in-1')], [false, false]);
    lane.sees('exit');
    lane.sees();
    assert.deepEqual([isOpenNow(lane, 'yard-in-1'), isOpenNow(lane, 'border-in-1')], [false, true]);
  });

  it('turns only when nobody is promised the other end', () => {
    const lane = tidal('yard-in-1');
    lane.gate.state.owners['node:hn-in-1'] = 'huu-nghi-9';
    lane.wait(HOUR_MS);
    lane.gate.wait(23 * HOUR_MS);
    assert.equal(isOpenNow(lane, 'yard-in-1'), false);
    delete lane.gate.state.owners['node:hn-in-1'];
    assert.equal(isOpenNow(lane, 'yard-in-1'), true);
  });

  it('is not kept shut by one who waits at the closed end', () => {
    const lane = tidal('yard-in-1');
    lane.wait(HOUR_MS);
    lane.sees('approach');
    assert.equal(isOpenNow(lane, 'border-in-1'), true);
  });
});
