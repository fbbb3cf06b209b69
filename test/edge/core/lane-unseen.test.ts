import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, kindsOf } from '../../support/core-border.ts';

const NOTHING = { approach: false, under: false, exit: false };

describe('a driverless vehicle that was let go and whose passage the lane did not report', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const isThere = (lane: string): boolean => border.gate.state.lanes[lane]?.visit != null;
  const tellsLive = (node: string, fresh = true): Effect[] =>
    border.step({
      type: 'counterpart-live',
      fresh,
      vehicles: { 'che-m1': { standing: true, locked: false, node } },
      bays: {},
    });

  describe('on its way in', () => {
    beforeEach(() => {
      border.offered('m1', box(1));
      border.stands('border-in-1', border.moved('m1').vehicle?.plate ?? '', box(1));
      assert.equal(border.visit('border-in-1').released, true);
      border.lane('border-in-1', { barrier: 'up', loops: NOTHING });
    });

    it('stays there as long as nobody knows better', () => {
      border.wait(60_000);
      tellsLive('hn-in-1');
      border.wait(60_000);
      tellsLive('hn-bay-land-1', false);
      border.wait(60_000);
      assert.equal(isThere('border-in-1'), true);
      assert.equal(border.moved('m1').stage, 'arrived');
    });

    it('has passed when its home gate shows it behind the lane', () => {
      tellsLive('hn-bay-land-1');
      border.wait(1_000);
      assert.equal(isThere('border-in-1'), false);
      assert.equal(border.moved('m1').stage, 'entering');
      assert.equal(border.gate.state.owners['node:hn-in-1'], undefined);
    });
  });

  it('keeps its hold point while its own word is older than its release', () => {
    const crossing = border.waits('xe-1', 'border-out-1', box(1));
    border.vehicle('xe-1').says({ lastNodeId: 'hn-bay-load-1' });
    const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
    border.read({ kind: 'granted', move, grant: 'g1', track: 'north', holdNode: 'hnq-in-1' });
    border.vehicle('xe-1').says();
    assert.equal(border.visit('border-out-1').released, true);
    assert.equal(border.gate.state.owners['node:hn-out-1'], crossing.id);
    border.vehicle('xe-1').says({ lastNodeId: 'km0-north', driving: true });
    assert.equal(border.gate.state.owners['node:hn-out-1'], undefined);
  });

  describe('on its way out', () => {
    let move: string;
    beforeEach(() => {
      const crossing = border.waits('xe-1', 'border-out-1', box(1));
      move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
      const places = { holdNode: 'hnq-in-1', bayNode: 'hnq-bay-land-1' };
      border.read({ kind: 'granted', move, grant: 'g1', track: 'north', ...places });
      assert.equal(border.visit('border-out-1').released, true);
      border.lane('border-out-1', { barrier: 'up', loops: NOTHING });
      border.wait(60_000);
      assert.equal(isThere('border-out-1'), true);
    });

    it('has passed when it says itself that it is on the border section', () => {
      border.vehicle('xe-1').says({ lastNodeId: 'km0-north', nodesAhead: [], driving: true });
      border.wait(1_000);
      assert.equal(isThere('border-out-1'), false);
      assert.equal(border.gate.state.owners['node:hn-out-1'], undefined);
    });

    it('has passed when the other gate has read it', () => {
      const effects = border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
      assert.deepEqual(kindsOf(effects), []);
      border.wait(1_000);
      assert.equal(isThere('border-out-1'), false);
    });
  });
});
