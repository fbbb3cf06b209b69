import assert from 'node:assert/strict';
import { bootYard, type Yard } from '../../support/core-yard.ts';

const BOX = 'CSQU3054383';

describe('a truck that left the yard unseen', () => {
  let yard: Yard;
  beforeEach(() => {
    yard = bootYard();
  });

  it('with its container: a person says through which lane, and the crossing is over', () => {
    const crossing = yard.truckFetches(BOX, 'bay-truck-1', 's-1-1');
    yard.job('crane-1', 'ended');
    yard.bay('bay-truck-1', false);
    assert.equal(yard.confirmPlace(crossing.id, 'yard-out-1'), null);
    assert.equal(crossing.stage, 'completed');
    assert.equal(yard.gate.state.counters.report, 1, 'customs is told');
    assert.deepEqual(yard.gate.state.crossings, {});
  });

  it('empty: the container it brought goes on alone', () => {
    const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
    yard.job('crane-1', 'ended');
    yard.bay('bay-truck-1', false);
    assert.equal(yard.confirmPlace(crossing.id, 'yard-out-1'), null);
    assert.equal(crossing.truck?.phase, 'gone');
    assert.equal(crossing.stage, 'in-yard');
    assert.match(yard.confirmPlace(crossing.id, 'yard-out-1') ?? '', /no truck/);
  });

  it('has not while its bay is seen occupied, nor through a lane that leads in', () => {
    const crossing = yard.truckFetches(BOX, 'bay-truck-1', 's-1-1');
    yard.job('crane-1', 'ended');
    assert.match(yard.confirmPlace(crossing.id, 'yard-out-1') ?? '', /bay-truck-1/);
    yard.bay('bay-truck-1', false);
    assert.match(yard.confirmPlace(crossing.id, 'yard-in-1') ?? '', /does not lead out/);
    assert.equal(crossing.stage, 'on-truck');
  });

  it('has not while a lane sees it', () => {
    const crossing = yard.truckFetches(BOX, 'bay-truck-1', 's-1-1');
    yard.job('crane-1', 'ended');
    yard.bay('bay-truck-1', false);
    crossing.lanes.truck = 'yard-out-1';
    assert.match(yard.confirmPlace(crossing.id, 'yard-out-1') ?? '', /is seen in yard-out-1/);
    assert.equal(crossing.stage, 'on-truck');
  });
});
