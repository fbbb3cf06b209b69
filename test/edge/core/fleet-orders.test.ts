import assert from 'node:assert/strict';
import { type CoreFleet, createFleet, onlyOrder, told, wayOf } from '../../support/core-fleet.ts';
import { ordersOf } from '../../support/core-gate.ts';
import type { CoreVehicle } from '../../support/core-vehicle.ts';

describe('orders to a vehicle that does not do as it was told', () => {
  let fleet: CoreFleet;
  let xe: CoreVehicle;
  beforeEach(() => {
    fleet = createFleet();
    xe = fleet.vehicle('xe-1');
  });
  const commandMs = () => fleet.gate.config.timeouts.commandMs;
  const alarms = () => fleet.gate.alarms().filter((alarm) => alarm.endsWith('/xe-1'));
  const toBay = () => {
    fleet.inYard('s-1-1');
    return onlyOrder(fleet.clears('CSQU3054383', 'released'));
  };
  /** It stands loaded below the crane; the order that takes it to its hold point. */
  const toHold = () => {
    xe.drives(toBay());
    return onlyOrder(fleet.loaded('xe-1'));
  };
  const numberOf = ({ orderId, orderUpdateId }: { orderId: string; orderUpdateId: number }) =>
    `${orderId}/${orderUpdateId}`;

  it('one that was lost is given again under a new number, so that the first may still come late', () => {
    assert.equal(numberOf(toBay()), 'huu-nghi-o1/0');
    assert.deepEqual(ordersOf(fleet.gate.wait(commandMs() - 1)), []);
    const again = onlyOrder(fleet.gate.wait(1));
    assert.equal(numberOf(again), 'huu-nghi-o2/0');
    xe.drives(again);
    assert.deepEqual(alarms(), []);
    const update = onlyOrder(fleet.loaded('xe-1'));
    assert.equal(numberOf(update), 'huu-nghi-o2/1');
    const lost = onlyOrder(fleet.gate.wait(commandMs()));
    assert.equal(numberOf(lost), 'huu-nghi-o2/2');
    assert.deepEqual(lost.nodes, update.nodes);
    // The first one comes late: it has it, is on its way, and refuses the second.
    xe.takes(update);
    xe.refuses('orderUpdateError');
    assert.deepEqual(alarms(), ['COMMAND_UNCONFIRMED/xe-1', 'ORDER_REJECTED/xe-1']);
    assert.deepEqual(ordersOf(fleet.gate.wait(commandMs())), []);
    assert.deepEqual(ordersOf(xe.arrives()), []);
  });

  it('a refused update is told, and a new order begins where it stands', () => {
    const update = toHold();
    assert.equal(numberOf(update), 'huu-nghi-o1/1');
    assert.deepEqual(ordersOf(xe.refuses('orderUpdateError')), [], 'it may still be on its way');
    assert.deepEqual(alarms(), ['ORDER_REJECTED/xe-1']);
    const fresh = onlyOrder(fleet.gate.wait(commandMs()));
    assert.equal(numberOf(fresh), 'huu-nghi-o2/0');
    assert.deepEqual(wayOf(fresh), ['hn-bay-load-1', 'hn-out-1']);
    assert.equal(fresh.nodes[0]?.sequenceId, 0);
    xe.drives(fresh);
    assert.deepEqual(alarms(), []);
  });

  it('that it refused a doubled message of the past is no alarm: it has the newest', () => {
    const update = toHold();
    xe.takes(update);
    xe.refuses('orderUpdateError');
    assert.deepEqual(alarms(), []);
    xe.arrives();
    assert.deepEqual(told(fleet.gate.wait(60_000)), []);
  });

  it('an order of somebody else, not done yet, is cancelled first; then it gets ours', () => {
    const horizon = [{ nodeId: 'hn-bay-load-2', sequenceId: 2, released: false }];
    xe.says({ orderId: 'of-somebody', nodesAhead: horizon });
    fleet.inYard('s-1-1');
    assert.deepEqual(told(fleet.clears('CSQU3054383', 'released')), ['xe-1 cancel-order']);
    assert.deepEqual(told(fleet.gate.wait(1_000)), [], 'one at a time');
    const order = onlyOrder(xe.says({ nodesAhead: [] }));
    assert.equal(numberOf(order), 'huu-nghi-o1/0');
  });

  it('an order that was cancelled is not prolonged: the vehicle refuses it, and gets a new one', () => {
    const update = toHold();
    xe.takes(update);
    // Somebody at the vehicle has cancelled it before it drove off.
    const again = onlyOrder(xe.says({ nodesAhead: [], driving: false }));
    assert.equal(numberOf(again), 'huu-nghi-o1/2');
    xe.refuses('orderUpdateError');
    const fresh = onlyOrder(fleet.gate.wait(commandMs()));
    assert.equal(numberOf(fresh), 'huu-nghi-o2/0');
    xe.drives(fresh);
    assert.equal(xe.report.lastNodeId, 'hn-out-1');
  });

  describe('when the vehicle was switched off and on', () => {
    const forgotten = { orderId: '', orderUpdateId: 0, lastNodeSequenceId: 0, nodesAhead: [], actions: [] };

    it('below the crane: it is told again what it waits for', () => {
      xe.drives(toBay());
      const again = onlyOrder(xe.says(forgotten));
      assert.deepEqual(wayOf(again), ['hn-bay-load-1']);
      assert.equal(again.nodes[0]?.action?.actionId, 'huu-nghi-o2-pick');
      assert.deepEqual(told(xe.takes(again)), []);
      assert.deepEqual(wayOf(onlyOrder(fleet.loaded('xe-1'))), ['hn-bay-load-1', 'hn-out-1']);
    });

    it('with its container on it and no memory of its number: it is told which one it is', () => {
      xe.drives(toBay());
      fleet.gate.status('xe-1', 'offline');
      fleet.loaded('xe-1');
      xe.says({ ...forgotten, loads: [''] });
      const again = onlyOrder(fleet.gate.online('xe-1'));
      assert.equal(again.nodes[0]?.action?.loadId, 'CSQU3054383');
      xe.takes(again);
      onlyOrder(xe.exchanges(['CSQU3054383']));
    });

    it('on its way: a new order begins where it stands', () => {
      xe.takes(toHold());
      const fresh = onlyOrder(xe.says({ ...forgotten, driving: false }));
      assert.equal(numberOf(fresh), 'huu-nghi-o2/0');
      assert.deepEqual(wayOf(fresh), ['hn-bay-load-1', 'hn-out-1']);
    });

    it('on the border line: it goes on to the place it was granted', () => {
      const { crossing } = fleet.toBorder('xe-1');
      xe.takes(fleet.released('xe-1', crossing));
      const fresh = onlyOrder(xe.says({ ...forgotten, driving: false, lastNodeId: 'km0-north' }));
      assert.deepEqual(wayOf(fresh), ['km0-north', 'hnq-in-2']);
    });
  });

  describe('where it was not sent', () => {
    it('is told; with a crossing its order is cancelled, and a new one begins there', () => {
      xe.takes(toBay());
      const effects = xe.says({ nodesAhead: [], driving: false, lastNodeId: 'hn-park-3' });
      assert.deepEqual(told(effects), ['xe-1 cancel-order'], 'its pick is not done');
      assert.deepEqual(alarms(), ['VEHICLE_OFF_ROUTE/xe-1']);
      const order = onlyOrder(
        xe.says({ actions: xe.report.actions.map((action) => ({ ...action, status: 'FAILED' })) }),
      );
      assert.deepEqual(wayOf(order), ['hn-park-3', 'hn-bay-load-1']);
      assert.equal(numberOf(order), 'huu-nghi-o2/0');
      xe.drives(order);
      assert.deepEqual(alarms(), []);
    });

    it('without a crossing it is sent home, if a road of our own ground leads there', () => {
      assert.deepEqual(told(xe.says({ lastNodeId: 'hn-park-2' })), []);
      assert.deepEqual(alarms(), ['VEHICLE_OFF_ROUTE/xe-1']);
      assert.deepEqual(told(fleet.gate.wait(60_000)), [], 'the only road leads over the border');
      xe.says({ lastNodeId: 'hn-park-1' });
      assert.deepEqual(alarms(), []);
    });

    it('where the interlock forbids every step, it stays', () => {
      xe.takes(toBay());
      fleet.inYard('s-1-2', 'MSKU1234565');
      fleet.vehicle('xe-2').drives(onlyOrder(fleet.clears('MSKU1234565', 'released')));
      const effects = xe.says({ nodesAhead: [], driving: false, lastNodeId: 'hn-out-2' });
      assert.deepEqual(told(effects), []);
      assert.deepEqual(told(fleet.gate.wait(60_000)), []);
      assert.ok(alarms().includes('VEHICLE_OFF_ROUTE/xe-1'));
    });
  });

  describe('with a way that is free', () => {
    it('that does not get on for five minutes is told, and over as soon as it moves', () => {
      const limitMs = fleet.gate.config.timeouts.vehicleMs;
      xe.takes(toBay());
      fleet.gate.wait(limitMs - 1);
      assert.deepEqual(alarms(), []);
      fleet.gate.wait(1);
      assert.deepEqual(alarms(), ['VEHICLE_STUCK/xe-1']);
      xe.arrives();
      assert.deepEqual(alarms(), []);
      fleet.gate.wait(2 * limitMs);
      assert.deepEqual(alarms(), []);
    });

    it('and is not heard, is not said to be stuck', () => {
      xe.takes(toBay());
      fleet.gate.status('xe-1', 'stale');
      fleet.gate.wait(fleet.gate.config.timeouts.vehicleMs);
      assert.deepEqual(alarms(), ['DEVICE_OFFLINE/xe-1']);
    });
  });

  it('a release withdrawn on the way out lets it stand, and only our own pause is ended', () => {
    const { crossing } = fleet.toBorder('xe-1');
    xe.takes(fleet.released('xe-1', crossing));
    assert.deepEqual(told(fleet.clears('CSQU3054383', 'registered')), ['xe-1 pause']);
    // The release is back before the pause has come to the vehicle: it will have to be ended all the same.
    assert.deepEqual(told(fleet.clears('CSQU3054383', 'released')), []);
    assert.deepEqual(told(xe.says({ paused: true, driving: false })), ['xe-1 unpause']);
    xe.says({ paused: false, driving: true });
    assert.deepEqual(told(xe.says({ paused: true, driving: false })), [], 'a person has paused it');
  });
});
