import assert from 'node:assert/strict';
import { type CoreFleet, createFleet, onlyOrder, told, wayOf } from '../../support/core-fleet.ts';
import { ordersOf } from '../../support/core-gate.ts';

const OTHER = 'MSKU1234565';

describe('the fleet of a gate', () => {
  let fleet: CoreFleet;
  beforeEach(() => {
    fleet = createFleet();
  });
  const { fail } = assert;
  const view = (id: string) => fleet.gate.state.vehicles[id] ?? fail(`no vehicle ${id}`);
  const owner = (resource: string) => fleet.gate.state.owners[resource];

  describe('serves the containers that wait in the yard', () => {
    it('the oldest one with the fullest vehicle, at a bay below a crane that reaches its slot', () => {
      fleet.vehicle('xe-1').says({ batteryPercent: 50 });
      fleet.vehicle('xe-3').says({ batteryPercent: 70 });
      const crossing = fleet.inYard('s-3-2');
      const order = onlyOrder(fleet.clears('CSQU3054383', 'released'));
      assert.equal(order.device, 'xe-2');
      assert.deepEqual(wayOf(order), ['hn-park-2', 'hn-bay-load-3']);
      assert.deepEqual(order.nodes[1]?.action, {
        actionId: 'huu-nghi-o1-pick',
        actionType: 'pick',
        loadId: 'CSQU3054383',
        stationName: 'bay-load-3',
      });
      assert.equal(fleet.crossing(crossing).stage, 'loading');
      assert.equal(owner('bay:bay-load-3'), crossing);
      assert.deepEqual(fleet.gate.state.ready, []);
    });

    it('one that customs holds does not keep the next waiting, and is served once it is released', () => {
      const held = fleet.inYard('s-1-1');
      const next = fleet.inYard('s-1-2', OTHER);
      fleet.clears('CSQU3054383', 'registered');
      fleet.clears(OTHER, 'released');
      assert.equal(fleet.crossing(next).stage, 'loading');
      assert.equal(fleet.crossing(held).stage, 'in-yard');
      assert.deepEqual(fleet.gate.state.ready, [held]);
      onlyOrder(fleet.clears('CSQU3054383', 'released'));
      assert.equal(fleet.crossing(held).stage, 'loading');
    });

    it('one whose cranes have no bay free does not keep the next waiting', () => {
      const waits = fleet.inYard('s-3-1');
      const next = fleet.inYard('s-1-1', OTHER);
      fleet.gate.state.owners['bay:bay-load-3'] = 'somebody';
      fleet.clears('CSQU3054383', 'released');
      fleet.clears(OTHER, 'released');
      assert.equal(fleet.crossing(next).stage, 'loading');
      assert.deepEqual(fleet.gate.state.ready, [waits]);
    });

    it('an authorised operator’s goes first, but never unreleased', () => {
      for (const id of ['xe-1', 'xe-2', 'xe-3']) fleet.vehicle(id).says({ localized: false });
      const first = fleet.inYard('s-1-1');
      const trusted = fleet.inYard('s-1-2', OTHER);
      fleet.clears('CSQU3054383', 'released');
      fleet.clears(OTHER, 'registered');
      const [row] = Object.values(fleet.gate.state.clearances[OTHER] ?? {});
      Object.assign(row ?? fail(), { aeo: true });
      fleet.vehicle('xe-1').says({ localized: true });
      assert.equal(fleet.crossing(first).vehicle?.id, 'xe-1', 'the other one is not released');
      const last = fleet.inYard('s-2-1', 'TCLU4444440');
      fleet.clears('TCLU4444440', 'released');
      fleet.clears(OTHER, 'released');
      Object.assign(Object.values(fleet.gate.state.clearances[OTHER] ?? {})[0] ?? fail(), { aeo: true });
      fleet.gate.state.ready = [last, trusted];
      fleet.vehicle('xe-2').says({ localized: true });
      assert.equal(fleet.crossing(trusted).vehicle?.id, 'xe-2');
    });

    it('what goes home goes before any, for it holds a slot that is kept for what comes', () => {
      for (const id of ['xe-1', 'xe-2', 'xe-3']) fleet.vehicle(id).says({ localized: false });
      const first = fleet.inYard('s-1-1');
      const home = fleet.inYard('s-1-2', OTHER);
      Object.assign(fleet.crossing(home), {
        load: 'return',
        returnOf: { move: 'm1', refusedBy: 'customs', reason: 'x', refusedAt: 0 },
      });
      fleet.clears('CSQU3054383', 'released');
      fleet.vehicle('xe-1').says({ localized: true });
      assert.deepEqual(
        [fleet.crossing(home).vehicle?.id, fleet.crossing(first).vehicle],
        ['xe-1', undefined],
      );
    });

    it('with nobody else left, a vehicle that comes into service takes it', () => {
      for (const id of ['xe-1', 'xe-2', 'xe-3']) fleet.vehicle(id).says({ localized: false });
      const crossing = fleet.inYard('s-1-1');
      assert.deepEqual(told(fleet.clears('CSQU3054383', 'released')), []);
      onlyOrder(fleet.vehicle('xe-3').says({ localized: true }));
      assert.equal(fleet.crossing(crossing).vehicle?.id, 'xe-3');
    });
  });

  describe('carries a container out', () => {
    it('leaves the loading bay only with the right container, its crane done and the hoist clear, for a hold point of its own', () => {
      const crossing = fleet.inYard('s-1-1');
      const xe = fleet.vehicle('xe-1');
      xe.drives(onlyOrder(fleet.clears('CSQU3054383', 'released')));
      fleet.crane('crane-1', 'bay-load-1', false);
      assert.deepEqual(ordersOf(fleet.loaded('xe-1')), [], 'the hoist hangs over it');
      const order = onlyOrder(fleet.crane('crane-1', 'bay-load-1', true));
      assert.deepEqual(wayOf(order), ['hn-bay-load-1', 'hn-out-1']);
      assert.deepEqual(
        [order.orderId, order.orderUpdateId, order.nodes[0]?.sequenceId],
        ['huu-nghi-o1', 1, 2],
        'the same order, prolonged from where it stands',
      );
      assert.equal(owner('node:hn-out-1'), crossing);
      assert.equal(fleet.crossing(crossing).stage, 'loaded');
    });

    it('with another container on it, it stands and waits', () => {
      fleet.inYard('s-1-1');
      const xe = fleet.vehicle('xe-1');
      xe.drives(onlyOrder(fleet.clears('CSQU3054383', 'released')));
      assert.deepEqual(told(xe.exchanges([OTHER])), []);
      assert.deepEqual(told(fleet.gate.wait(60_000)), []);
    });

    it('waits below the crane while every hold point is taken, and goes when one is free again', () => {
      fleet.gate.state.owners['node:hn-out-1'] = 'somebody';
      const first = fleet.toBorder('xe-1');
      assert.equal(first.node, 'hn-out-2');
      fleet.inYard('s-1-2', OTHER);
      const xe = fleet.vehicle('xe-2');
      xe.drives(onlyOrder(fleet.clears(OTHER, 'released')));
      assert.deepEqual(ordersOf(fleet.loaded('xe-2')), []);
      const order = fleet.released('xe-1', first.crossing);
      assert.equal(owner('node:hn-out-2'), first.crossing, 'it still stands there');
      fleet.vehicle('xe-1').takes(order);
      const effects = fleet.vehicle('xe-1').says({
        lastNodeId: 'km0-north',
        nodesAhead: fleet.vehicle('xe-1').report.nodesAhead.slice(1),
      });
      assert.deepEqual(told(effects), [], 'something still stands before that barrier');
      const lane = fleet.gate.config.lanes.find(({ node }) => node === 'hn-out-2')?.id ?? '';
      const freed = fleet.lane(lane, { stands: false, barrier: 'up' });
      assert.deepEqual(wayOf(onlyOrder(freed)), ['hn-bay-load-1', 'hn-out-2']);
    });

    it('is sent over the line of its track to the place that was granted, and not before the barrier is up', () => {
      const { crossing, node } = fleet.toBorder('xe-1');
      assert.equal(node, 'hn-out-1');
      const order = fleet.released('xe-1', crossing);
      assert.deepEqual(wayOf(order), ['hn-out-1', 'km0-north', 'hnq-in-2']);
      assert.equal(fleet.crossing(crossing).lineClear?.used, true);
      assert.equal(order.crossing, crossing);
    });
  });

  describe('on the other gate’s ground', () => {
    const atTheirLane = () => {
      const { crossing } = fleet.toBorder('xe-1');
      const xe = fleet.vehicle('xe-1');
      xe.drives(fleet.released('xe-1', crossing));
      return { crossing, xe, ask: view('xe-1').authority ?? fail('nothing was asked') };
    };

    it('asks once for the next stretch, and goes when it is granted', () => {
      const { xe, ask } = atTheirLane();
      assert.deepEqual(ask, { ask: 'huu-nghi-a1', from: 'hnq-in-2', to: 'hnq-bay-land-3', granted: false });
      assert.deepEqual(told(fleet.gate.wait(60_000)), []);
      assert.equal(fleet.gate.state.counters.authority, 1);
      const { from, to } = ask;
      const order = onlyOrder(
        fleet.gate.read({ kind: 'authority-granted', ask: ask.ask, vehicle: 'xe-1', from, to }),
      );
      assert.deepEqual(wayOf(order), ['hnq-in-2', 'hnq-bay-land-3']);
      assert.equal(order.nodes[1]?.action?.actionType, 'drop');
      assert.deepEqual(told(xe.drives(order)), [], 'it waits below the crane');
    });

    it('goes where the host sets it aside, and from there to its bay when the host lets it', () => {
      const { xe, ask } = atTheirLane();
      const to = 'hnq-refuge';
      const order = onlyOrder(
        fleet.gate.read({ kind: 'authority-granted', ask: ask.ask, vehicle: 'xe-1', from: ask.from, to }),
      );
      assert.deepEqual(wayOf(order), ['hnq-in-2', to]);
      assert.equal(order.nodes[1]?.action, undefined);
      xe.drives(order);
      const next = view('xe-1').authority ?? fail('nothing was asked');
      assert.deepEqual([next.from, next.to, next.granted], [to, 'hnq-bay-land-3', false]);
      assert.deepEqual(told(fleet.gate.wait(60_000)), [], 'there it waits for people');
      const { granted: _, ...asked } = next;
      const on = onlyOrder(fleet.gate.read({ kind: 'authority-granted', ...asked, vehicle: 'xe-1' }));
      assert.deepEqual(wayOf(on), [to, 'hnq-bay-land-3']);
      assert.equal(on.nodes[1]?.action?.actionType, 'drop');
      assert.deepEqual(
        fleet.gate.alarms().filter((alarm) => alarm.endsWith('/xe-1')),
        [],
      );
    });

    it('an authority asked for before a restart still counts after it', () => {
      const { xe, ask } = atTheirLane();
      fleet.gate.restart();
      fleet.gate.step({ type: 'counterpart-link', up: true });
      fleet.gate.online('xe-1');
      xe.says();
      assert.equal(fleet.gate.state.counters.authority, 1);
      const { from, to } = ask;
      onlyOrder(fleet.gate.read({ kind: 'authority-granted', ask: ask.ask, vehicle: 'xe-1', from, to }));
    });

    it('unloaded, it leaves the bay only when the other side’s hoist is clear by its live word too', () => {
      fleet.delivered('xe-1');
      const { ask, from, to } = view('xe-1').authority ?? fail('nothing was asked');
      assert.equal(from, 'hnq-bay-land-3');
      const granted = { kind: 'authority-granted' as const, ask, vehicle: 'xe-1', from, to: 'hnq-out-4' };
      assert.notEqual(to, granted.to);
      assert.deepEqual(ordersOf(fleet.gate.read(granted)), []);
      const live = (clear: boolean) =>
        fleet.gate.step({ type: 'counterpart-live', fresh: true, vehicles: {}, bays: { [from]: { clear } } });
      assert.deepEqual(ordersOf(live(false)), []);
      assert.deepEqual(wayOf(onlyOrder(live(true))), [from, 'hnq-out-4']);
    });
  });

  describe('comes home empty', () => {
    /** It stands at their hold point, its way home offered and granted by us. */
    const atTheirBorder = () => {
      fleet.delivered('xe-1');
      const xe = fleet.vehicle('xe-1');
      const bay = view('xe-1').authority ?? fail('nothing was asked');
      fleet.gate.step({
        type: 'counterpart-live',
        fresh: true,
        vehicles: {},
        bays: { [bay.from]: { clear: true } },
      });
      const { ask, from, to } = bay;
      xe.drives(onlyOrder(fleet.gate.read({ kind: 'authority-granted', ask, vehicle: 'xe-1', from, to })));
      const plate = fleet.gate.config.devices.find(({ id }) => id === 'xe-1');
      fleet.gate.read({
        kind: 'offered',
        move: 'm',
        load: 'bobtail',
        track: 'south',
        vehicle: 'xe-1',
        homeGate: 'huu-nghi',
        plate: plate?.kind === 'vehicle' ? plate.plate : '',
        containers: [],
      });
      const next = view('xe-1').authority ?? fail('nothing was asked');
      return { xe, next, crossing: view('xe-1').homeward ?? fail('not known to be on its way home') };
    };

    it('over the border on the other track to the hold point we gave it, through our lane, and to its own park', () => {
      const { xe, next, crossing } = atTheirBorder();
      const { ask, from, to } = next;
      const hold = fleet.crossing(crossing).inbound?.holdNode ?? fail('not granted');
      assert.deepEqual([from, to], ['hnq-out-3', hold]);
      const order = onlyOrder(fleet.gate.read({ kind: 'authority-granted', ask, vehicle: 'xe-1', from, to }));
      assert.deepEqual(wayOf(order), [from, 'km0-south', hold]);
      fleet.gate.read({
        kind: 'departed',
        move: 'm',
        grant: fleet.crossing(crossing).inbound?.grant ?? '',
        eventTime: '2026-03-02T08:10:00+08:00',
      });
      xe.drives(order);
      const lane = fleet.gate.config.lanes.find(({ node }) => node === hold) ?? fail('no lane');
      fleet.lane(lane.id, {});
      const plate = fleet.crossing(crossing).vehicle?.plate ?? '';
      const { camera: device } = lane.devices;
      fleet.gate.step({ type: 'plate', device, readId: 'h', plate, quality: 990, deviceAt: 0 });
      const home = onlyOrder(fleet.lane(lane.id, { barrier: 'up' }));
      assert.deepEqual(wayOf(home), [hold, 'hn-park-1']);
      assert.equal(view('xe-1').authority, null);
    });

    it('and is not held by what is wrong with the next one in the lane it has left', () => {
      const xe = fleet.vehicle('xe-1');
      const ahead = [{ nodeId: 'hn-park-1', sequenceId: 2, released: true }];
      xe.says({ lastNodeId: 'hn-in-3', nodesAhead: ahead, driving: true });
      const next = fleet.gate.config.devices.find(({ id }) => id === 'xe-2');
      const plate = next?.kind === 'vehicle' ? next.plate : '';
      fleet.gate.read({
        kind: 'offered',
        move: 'm2',
        load: 'bobtail',
        track: 'south',
        vehicle: 'xe-2',
        homeGate: 'huu-nghi',
        plate,
        containers: [],
      });
      fleet.vehicle('xe-2').says({ lastNodeId: 'hn-in-3', nodesAhead: ahead, driving: true });
      fleet.lane('border-in-3', {});
      const device = 'anpr-border-in-3';
      fleet.gate.step({ type: 'plate', device, readId: 'n', plate, quality: 990, deviceAt: 0 });
      assert.equal(fleet.gate.state.lanes['border-in-3']?.visit?.released, true);
      assert.deepEqual(told(fleet.gate.status(device, 'stale')), ['xe-2 pause']);
      assert.deepEqual(told(xe.says()), []);
    });
  });

  describe('across a restart and out of hearing', () => {
    it('keeps what each vehicle was sent for, and orders nothing before it has spoken', () => {
      const crossing = fleet.inYard('s-1-1');
      const order = onlyOrder(fleet.clears('CSQU3054383', 'released'));
      const xe = fleet.vehicle('xe-1');
      xe.takes(order);
      assert.deepEqual(told(fleet.gate.restart()), []);
      const { goal, report, crossing: served } = view('xe-1');
      assert.deepEqual(
        [goal?.node, goal?.action?.actionType, report, served],
        ['hn-bay-load-1', 'pick', null, crossing],
      );
      assert.deepEqual(ordersOf(fleet.gate.online('xe-1')), []);
      assert.deepEqual(ordersOf(xe.arrives()), [], 'it has its order and is there');
    });

    it('nothing is decided on the word of a vehicle that is not heard, and what it holds stays its own', () => {
      const crossing = fleet.inYard('s-1-1');
      const xe = fleet.vehicle('xe-1');
      xe.drives(onlyOrder(fleet.clears('CSQU3054383', 'released')));
      fleet.gate.status('xe-1', 'stale');
      assert.deepEqual(ordersOf(fleet.loaded('xe-1')), []);
      assert.deepEqual(ordersOf(fleet.gate.wait(600_000)), []);
      assert.equal(owner('bay:bay-load-1'), crossing);
      fleet.gate.online('crane-1');
      onlyOrder(fleet.gate.status('xe-1', 'online'));
    });
  });
});
