import assert from 'node:assert/strict';
import { bootBorder, box, type CoreBorder, kindsOf } from '../../support/core-border.ts';
import { type CoreFleet, createFleet, onlyOrder, told, wayOf } from '../../support/core-fleet.ts';

const OTHER = 'MSKU6011672';

describe('a place where somebody stands whom nobody here knows of', () => {
  let fleet: CoreFleet;
  beforeEach(() => {
    fleet = createFleet();
  });
  /** Loaded in its bay; where it is sent then. */
  const loadedXe1 = (): string[] => {
    fleet.inYard('s-1-1', OTHER);
    const order = onlyOrder(fleet.clears(OTHER, 'released'));
    fleet.vehicle('xe-1').drives(order);
    const [sent] = told(fleet.loaded('xe-1'));
    return sent === undefined ? [] : [fleet.gate.state.vehicles['xe-1']?.goal?.node ?? ''];
  };
  const bayOf = () => {
    const bay = fleet.gate.config.yard.bays.find(({ id }) => id === 'load-1');
    return bay ?? fleet.gate.config.yard.bays.find(({ use }) => use === 'loading') ?? assert.fail('no bay');
  };

  it('before the border is passed over: the vehicle waits before another barrier', () => {
    fleet.vehicle('xe-3').says({ lastNodeId: 'hn-out-1' });
    assert.deepEqual(loadedXe1(), ['hn-out-2']);
  });

  it('is as much taken by one that has fallen silent there, until people withdraw it', () => {
    fleet.vehicle('xe-3').says({ lastNodeId: 'hn-out-1' });
    fleet.gate.status('xe-3', 'offline');
    assert.deepEqual(loadedXe1(), ['hn-out-2']);
    const xe2 = createFleet();
    xe2.vehicle('xe-3').says({ lastNodeId: 'hn-out-1' });
    xe2.gate.status('xe-3', 'offline');
    xe2.gate.step({
      type: 'operator-act',
      person: 'dung',
      role: 'supervisor',
      act: { kind: 'withdraw-vehicle', vehicle: 'xe-3' },
      reason: 'towed to the workshop',
    });
    fleet = xe2;
    assert.deepEqual(loadedXe1(), ['hn-out-1']);
  });

  it('is not ordered to, though it is the vehicle’s own by every book, and is when it is left', () => {
    const bay = bayOf();
    fleet.inYard('s-1-1', OTHER);
    const xe3 = fleet.vehicle('xe-3');
    xe3.says({ lastNodeId: bay.node ?? '', driving: false });
    assert.deepEqual(told(fleet.clears(OTHER, 'released')), [], 'nobody is sent into that bay');
    assert.equal(fleet.gate.state.vehicles['xe-1']?.goal?.node, bay.node);
    const order = onlyOrder(xe3.says({ driving: true }));
    assert.deepEqual(wayOf(order).at(-1), bay.node);
  });
});

describe('a hold point behind the border where somebody stands', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const grantedTo = (): string[] =>
    Object.values(border.gate.state.crossings).flatMap(({ inbound }) => inbound?.holdNode ?? []);
  const borderIn = () =>
    border.gate.config.lanes.filter(
      ({ checkpoint, loads }) => checkpoint === 'border-in' && loads.includes('laden'),
    );

  it('is not given to another, seen by its loop alone; and is when that is empty', () => {
    const lanes = borderIn();
    for (const { id } of lanes) border.lane(id, { loops: { approach: true, under: false, exit: false } });
    assert.deepEqual(kindsOf(border.offered('m1', box(1))), ['accepted']);
    const [lane] = lanes;
    const effects = border.lane(lane?.id ?? '', { loops: { approach: false, under: false, exit: false } });
    assert.deepEqual(kindsOf(effects), ['granted']);
    assert.deepEqual(grantedTo(), [lane?.node]);
  });
});
