import assert from 'node:assert/strict';
import type { VehicleOrder } from '../../../simulator/world/ports.ts';
import type { Vehicle } from '../../../simulator/world/vehicle.ts';
import { createSite, nodeAt, orderAlong, recorded, the } from '../../support/simulated-site.ts';

const box = { number: 'CSQU3054383', painted: 'CSQU3054383', grossKg: 20_000 };
const toOut = ['hn-park-1', 'hn-bay-load', 'hn-out-1'];

function siteWithVehicle() {
  const site = createSite();
  const vehicle = the(site.vn.vehicles, 'xe-1');
  return { ...site, vehicle, heard: recorded(vehicle.changes) };
}
const errorTypes = (vehicle: Vehicle): string[] => vehicle.state.errors.map(({ errorType }) => errorType);
const statusOf = (vehicle: Vehicle, id: string): string | undefined =>
  vehicle.state.actionStates.find(({ actionId }) => actionId === id)?.actionStatus;

describe('a driverless vehicle', () => {
  it('starts at home, idle, without an order', () => {
    const { state } = siteWithVehicle().vehicle;
    assert.equal(state.orderId, '');
    assert.equal(state.lastNodeId, 'hn-park-1');
    assert.equal(state.driving, false);
    assert.deepEqual(state.position, { ...nodeAt('hn-park-1'), theta: 0, mapId: 'huu-nghi-road' });
    assert.deepEqual(state.loads, []);
  });

  it('drives to the end of its base, asks for more, and waits there', () => {
    const { clock, vehicle, heard } = siteWithVehicle();
    vehicle.order(orderAlong('o-1', 0, toOut, { base: 2 }));
    assert.equal(vehicle.state.driving, true);
    assert.equal(vehicle.state.newBaseRequest, true);
    assert.deepEqual(
      vehicle.state.nodeStates.map(({ nodeId, released }) => [nodeId, released]),
      [
        ['hn-bay-load', true],
        ['hn-out-1', false],
      ],
    );
    clock.advance(600_000);
    const { state } = vehicle;
    assert.equal(state.lastNodeId, 'hn-bay-load');
    assert.equal(state.lastNodeSequenceId, 2);
    assert.equal(state.driving, false);
    assert.deepEqual(state.edgeStates, [{ edgeId: 'hn-bay-load-hn-out-1', sequenceId: 3, released: false }]);
    assert.equal(heard.length, 2, 'one report when it starts, one when it arrives');
  });

  it('knows where it is at any time, at no more than the speed of the edge', () => {
    const { clock, vehicle } = siteWithVehicle();
    const order = orderAlong('o-1', 0, toOut.slice(0, 2), { base: 2 });
    vehicle.order({ ...order, edges: order.edges.map((edge) => ({ ...edge, maxSpeedMps: 2 })) });
    clock.advance(10_000);
    const { x, y, theta } = vehicle.state.position;
    const [from, to] = [nodeAt('hn-park-1'), nodeAt('hn-bay-load')];
    assert.ok(Math.abs(Math.hypot(x - from.x, y - from.y) - 20) < 1e-6);
    assert.ok(Math.abs(theta - Math.atan2(to.y - from.y, to.x - from.x)) < 1e-9);
  });

  it('goes on when its order is updated from the last base node, on the way or standing', () => {
    const { clock, vehicle } = siteWithVehicle();
    vehicle.order(orderAlong('o-1', 0, toOut, { base: 2 }));
    clock.advance(5_000);
    vehicle.order(orderAlong('o-1', 1, ['hn-bay-load', 'hn-out-1', 'km0-north'], { base: 2, sequenceId: 2 }));
    assert.deepEqual(errorTypes(vehicle), []);
    assert.equal(vehicle.state.orderUpdateId, 1);
    assert.deepEqual(
      vehicle.state.nodeStates.map(({ nodeId, released }) => `${nodeId} ${released}`),
      ['hn-bay-load true', 'hn-out-1 true', 'km0-north false'],
    );
    clock.advance(600_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-out-1');
  });

  it('takes an update of a completed order from where it stands', () => {
    const { clock, vehicle } = siteWithVehicle();
    vehicle.order(orderAlong('o-1', 0, toOut.slice(0, 2), { base: 2 }));
    clock.advance(600_000);
    vehicle.order(orderAlong('o-1', 1, toOut.slice(1), { base: 2, sequenceId: 2 }));
    clock.advance(600_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-out-1');
    assert.equal(vehicle.state.lastNodeSequenceId, 4);
  });

  const refusals: { title: string; order: VehicleOrder; errorType?: string }[] = [
    {
      title: 'an update older than the one it has',
      order: orderAlong('o-1', 0, toOut, { base: 2 }),
      errorType: 'orderUpdateError',
    },
    {
      title: 'the update it has, silently',
      order: orderAlong('o-1', 1, toOut, { base: 3 }),
    },
    {
      title: 'an update that does not start at the end of its base',
      order: orderAlong('o-1', 2, toOut, { base: 3 }),
      errorType: 'orderUpdateError',
    },
    {
      title: 'an update with the right node under the wrong number',
      order: orderAlong('o-1', 2, ['hn-bay-load', 'hn-out-1'], { base: 2, sequenceId: 4 }),
      errorType: 'orderUpdateError',
    },
    {
      title: 'another order while its own has a horizon',
      order: orderAlong('o-2', 0, ['hn-bay-load', 'hn-out-1'], { base: 2 }),
      errorType: 'orderError',
    },
    {
      title: 'an order without nodes',
      order: { orderId: 'o-2', orderUpdateId: 0, nodes: [], edges: [] },
      errorType: 'validationError',
    },
    {
      title: 'an order whose edges do not join its nodes',
      order: { ...orderAlong('o-2', 0, toOut, { base: 2 }), edges: [] },
      errorType: 'validationError',
    },
  ];
  for (const { title, order, errorType } of refusals) {
    it(`refuses ${title}, and keeps its own`, () => {
      const { clock, vehicle } = siteWithVehicle();
      vehicle.order(orderAlong('o-1', 1, toOut, { base: 2 }));
      clock.advance(600_000);
      vehicle.order(order);
      assert.deepEqual(errorTypes(vehicle), errorType === undefined ? [] : [errorType]);
      assert.equal(vehicle.state.orderId, 'o-1');
      assert.equal(vehicle.state.orderUpdateId, 1);
      assert.deepEqual(vehicle.state.nodeStates, [{ nodeId: 'hn-out-1', sequenceId: 4, released: false }]);
    });
  }

  it('refuses an order that starts elsewhere, has no road, or asks what it cannot do, until a good one comes', () => {
    const { vehicle } = siteWithVehicle();
    vehicle.order(orderAlong('o-1', 0, ['hn-bay-load', 'hn-out-1'], { base: 2 }));
    assert.deepEqual(errorTypes(vehicle), ['orderError']);
    vehicle.order(orderAlong('o-2', 0, ['hn-park-1', 'km0-north'], { base: 2 }));
    assert.deepEqual(errorTypes(vehicle), ['orderError', 'noRouteError']);
    const pick = [{ actionId: 'a-1', actionType: 'pick' }];
    vehicle.order(orderAlong('o-3', 0, toOut, { base: 3, actions: { 'hn-out-1': pick } }));
    assert.deepEqual(errorTypes(vehicle), ['noRouteError', 'orderError']);
    assert.equal(vehicle.state.orderId, '');
    vehicle.order(orderAlong('o-4', 0, toOut, { base: 2 }));
    assert.deepEqual(errorTypes(vehicle), []);
    assert.equal(vehicle.state.orderId, 'o-4');
  });

  it('picks: stays below the crane until a load is on it, then goes on', () => {
    const { clock, vehicle, vn } = siteWithVehicle();
    const actions = { 'hn-bay-load': [{ actionId: 'a-1', actionType: 'pick', loadId: box.number }] };
    vehicle.order(orderAlong('o-1', 0, toOut, { base: 3, actions }));
    assert.equal(statusOf(vehicle, 'a-1'), 'WAITING');
    clock.advance(600_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-bay-load');
    assert.equal(statusOf(vehicle, 'a-1'), 'RUNNING');
    assert.equal(the(vn.laneIo, 'io-bay-load').state.loops.approach, true);
    the(vn.bays, 'bay-load').put(box);
    assert.equal(statusOf(vehicle, 'a-1'), 'FINISHED');
    assert.deepEqual(vehicle.state.loads, [{ loadId: box.number, loadType: 'container' }]);
    assert.equal(vehicle.state.driving, true);
    assert.equal(the(vn.laneIo, 'io-bay-load').state.loops.approach, false);
  });

  it('stops where it is when paused, even below the barrier, and goes on afterwards', () => {
    const { clock, vehicle, vn, world } = siteWithVehicle();
    vehicle.order(orderAlong('o-1', 0, [...toOut, 'km0-north'], { base: 4 }));
    clock.advance(100_000);
    const io = the(vn.laneIo, 'io-border-out-1');
    io.barrier('raise');
    clock.runUntil(() => io.state.curtain === 'broken', { limitMs: 5_000 });
    vehicle.instantAction({ actionId: 'i-1', actionType: 'startPause' });
    const { position } = vehicle.state;
    clock.advance(60_000);
    assert.equal(vehicle.state.paused, true);
    assert.equal(vehicle.state.driving, false);
    assert.deepEqual(vehicle.state.position, position);
    assert.equal(io.state.curtain, 'broken');
    vehicle.instantAction({ actionId: 'i-2', actionType: 'stopPause' });
    clock.advance(60_000);
    assert.equal(vehicle.state.lastNodeId, 'km0-north');
    assert.equal(io.state.curtain, 'clear');
    assert.equal(world.stats().strikes, 0);
  });

  it('does not start while paused', () => {
    const { clock, vehicle } = siteWithVehicle();
    vehicle.instantAction({ actionId: 'i-1', actionType: 'startPause' });
    vehicle.order(orderAlong('o-1', 0, toOut, { base: 3 }));
    clock.advance(60_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-park-1');
    vehicle.instantAction({ actionId: 'i-2', actionType: 'stopPause' });
    assert.equal(vehicle.state.driving, true);
  });

  it('that is cancelled drives to the next node, fails its actions, and is free for another order', () => {
    const { clock, vehicle } = siteWithVehicle();
    const actions = { 'hn-bay-load': [{ actionId: 'a-1', actionType: 'pick' }] };
    vehicle.order(orderAlong('o-1', 0, toOut, { base: 3, actions }));
    clock.advance(1_000);
    vehicle.instantAction({ actionId: 'i-1', actionType: 'cancelOrder' });
    assert.equal(statusOf(vehicle, 'i-1'), 'RUNNING');
    assert.equal(statusOf(vehicle, 'a-1'), 'FAILED');
    clock.advance(600_000);
    assert.equal(statusOf(vehicle, 'i-1'), 'FINISHED');
    assert.equal(vehicle.state.lastNodeId, 'hn-bay-load');
    assert.equal(vehicle.state.orderId, 'o-1');
    vehicle.order(orderAlong('o-1', 1, toOut.slice(1), { base: 2, sequenceId: 2 }));
    assert.deepEqual(errorTypes(vehicle), ['orderUpdateError']);
    vehicle.order(orderAlong('o-2', 0, toOut.slice(1), { base: 2 }));
    assert.equal(vehicle.state.driving, true);
  });

  it('answers each instant action once, and fails what it does not know', () => {
    const { vehicle, heard } = siteWithVehicle();
    vehicle.instantAction({ actionId: 'i-1', actionType: 'stateRequest' });
    vehicle.instantAction({ actionId: 'i-1', actionType: 'stateRequest' });
    assert.equal(heard.length, 1);
    assert.equal(statusOf(vehicle, 'i-1'), 'FINISHED');
    vehicle.instantAction({ actionId: 'i-2', actionType: 'dance' });
    assert.equal(statusOf(vehicle, 'i-2'), 'FAILED');
    vehicle.instantAction({ actionId: 'i-3', actionType: 'cancelOrder' });
    assert.equal(statusOf(vehicle, 'i-3'), 'FAILED');
    assert.deepEqual(errorTypes(vehicle), ['instantActionError', 'noOrderToCancel']);
  });

  it('waits before a lowered barrier though the road beyond is released, and is seen there', () => {
    const { clock, vehicle, vn } = siteWithVehicle();
    const plates = recorded(the(vn.cameras, 'anpr-border-out-1').sightings);
    vehicle.order(orderAlong('o-1', 0, [...toOut, 'km0-north'], { base: 4 }));
    clock.advance(600_000);
    const io = the(vn.laneIo, 'io-border-out-1');
    assert.equal(vehicle.state.lastNodeId, 'hn-out-1');
    assert.equal(vehicle.state.driving, false);
    assert.deepEqual(io.state.loops, { approach: true, under: false, exit: false });
    assert.equal(plates[0]?.text, '12C-123.45');
    io.barrier('raise');
    clock.advance(1_500);
    assert.equal(io.state.curtain, 'broken');
    assert.equal(vehicle.state.driving, true);
  });

  it('stays at an open barrier as long as its order ends there', () => {
    const { clock, vehicle, vn } = siteWithVehicle();
    vehicle.order(orderAlong('o-1', 0, toOut, { base: 3 }));
    the(vn.laneIo, 'io-border-out-1').barrier('raise');
    clock.advance(600_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-out-1');
    assert.equal(the(vn.laneIo, 'io-border-out-1').state.curtain, 'clear');
  });

  it('stops before a node where another one stands, and the collision just avoided is counted', () => {
    const { clock, vehicle, vn, world } = siteWithVehicle();
    const second = the(vn.vehicles, 'xe-2');
    vehicle.order(orderAlong('o-1', 0, toOut.slice(0, 2), { base: 2 }));
    clock.advance(60_000);
    second.order(orderAlong('o-2', 0, ['hn-park-2', 'hn-bay-load'], { base: 2 }));
    clock.advance(60_000);
    second.breakDown(true);
    second.breakDown(false);
    assert.equal(world.stats().collisions, 1);
    assert.equal(second.state.lastNodeId, 'hn-park-2');
    assert.equal(second.state.driving, false);
    assert.notDeepEqual(second.state.position, vehicle.state.position);
    vehicle.order(orderAlong('o-1', 1, toOut.slice(1), { base: 2, sequenceId: 2 }));
    clock.advance(1);
    assert.equal(second.state.lastNodeId, 'hn-bay-load');
    assert.equal(the(vn.bays, 'bay-load').occupant, second);
  });
});
