import assert from 'node:assert/strict';
import { createFleet, onlyOrder, told } from '../../support/core-fleet.ts';
import { commandsOf } from '../../support/core-gate.ts';
import { bootLane, toldLane } from '../../support/core-lane.ts';

describe('a command on its way', () => {
  it('across a restart is possibly executed: it is not sent again but decided from what the device tells', () => {
    const lane = bootLane();
    lane.obeys = false;
    lane.admits();
    const { io } = lane.config.devices;
    const booted = lane.gate.restart();
    assert.deepEqual(
      toldLane(commandsOf(booted)).filter((one) => one.startsWith('barrier')),
      [],
    );
    assert.deepEqual(lane.gate.state.pending[`barrier:${io}`], undefined);
    lane.gate.online(...lane.gate.config.devices.map(({ id }) => id));
    const heard = lane.says({ barrier: 'up', light: 'red' });
    assert.deepEqual(toldLane(commandsOf(heard)), ['barrier lower'], 'nobody is recognised below it yet');
  });

  it('to a vehicle is done when that has the order, or a later one', () => {
    const fleet = createFleet();
    fleet.inYard('s-1-1');
    const order = onlyOrder(fleet.clears('CSQU3054383', 'released'));
    const xe = fleet.vehicle('xe-1');
    const isPending = () => fleet.gate.state.pending['vehicle:xe-1'] !== undefined;
    xe.takes({ ...order, orderId: 'of-somebody', orderUpdateId: 5 });
    assert.equal(isPending(), true);
    xe.takes({ ...order, orderUpdateId: order.orderUpdateId + 1 });
    assert.equal(isPending(), false);
  });

  it('to a vehicle that is not heard is not done, whatever it said last', () => {
    const fleet = createFleet();
    fleet.inYard('s-1-1');
    const order = onlyOrder(fleet.clears('CSQU3054383', 'released'));
    fleet.gate.status('xe-1', 'stale');
    fleet.vehicle('xe-1').takes(order);
    assert.notEqual(fleet.gate.state.pending['vehicle:xe-1'], undefined);
    fleet.gate.status('xe-1', 'online');
    assert.equal(fleet.gate.state.pending['vehicle:xe-1'], undefined);
  });

  it('to cancel an order is done when the vehicle stands and has nothing left to do', () => {
    const fleet = createFleet();
    const xe = fleet.vehicle('xe-1');
    xe.says({ orderId: 'x', nodesAhead: [{ nodeId: 'hn-bay-load-2', sequenceId: 2, released: false }] });
    fleet.inYard('s-1-1');
    assert.deepEqual(told(fleet.clears('CSQU3054383', 'released')), ['xe-1 cancel-order']);
    const expects = () => fleet.gate.state.pending['vehicle:xe-1']?.expects.kind;
    xe.says({ driving: true, nodesAhead: [] });
    assert.equal(expects(), 'cancelled');
    xe.says({ driving: false });
    assert.equal(expects(), 'order');
  });
});
