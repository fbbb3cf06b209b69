import assert from 'node:assert/strict';
import { hoistAgainst } from '../../../edge/core/interlock-yard.ts';
import { freePlaces } from '../../../edge/core/owners.ts';
import { AT_REST, bootYard, CARRYING, type Yard } from '../../support/core-yard.ts';

const BOX = 'CSQU3054383';
const OTHER = 'MSCU1234565';

describe('a bay of the yard', () => {
  let yard: Yard;
  beforeEach(() => {
    yard = bootYard();
  });
  const owner = (bay: string) => yard.gate.state.owners[`bay:${bay}`];
  const against = (bay: string) => hoistAgainst(yard.gate.state, bay);

  describe('is free again', () => {
    it('when its truck has been unloaded and is seen to have left', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'ended');
      assert.equal(owner('bay-truck-1'), crossing.id);
      yard.bay('bay-truck-1', false);
      assert.equal(owner('bay-truck-1'), undefined);
      assert.equal(crossing.bays.truck, undefined);
    });

    it('not when a truck that is still laden backs out of it', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.bay('bay-truck-1', false);
      assert.equal(owner('bay-truck-1'), crossing.id);
    });

    it('not while its sensor is silent', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'ended');
      yard.silent('io-bay-truck-1');
      yard.bay('bay-truck-1', false);
      assert.equal(owner('bay-truck-1'), crossing.id);
      yard.online('io-bay-truck-1');
      assert.equal(owner('bay-truck-1'), undefined);
    });

    it('when a truck has got its container and has left', () => {
      yard.truckFetches(BOX, 'bay-truck-1', 's-1-1');
      yard.job('crane-1', 'ended');
      yard.bay('bay-truck-1', false);
      assert.equal(owner('bay-truck-1'), undefined);
    });

    it('when our vehicle is loaded and tells that it stands elsewhere, not as soon as the loop is empty', () => {
      const crossing = yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
      yard.job('crane-1', 'ended');
      yard.vehicle('xe-1', 'hn-bay-load-1', {
        loads: [BOX],
        actions: [{ actionId: 'o1-pick', actionType: 'pick', status: 'FINISHED' }],
      });
      assert.equal(crossing.stage, 'loaded');
      yard.bay('bay-load-1', false);
      assert.equal(owner('bay-load-1'), crossing.id);
      yard.vehicle('xe-1', 'hn-out-1', { loads: [BOX] });
      assert.equal(owner('bay-load-1'), undefined);
    });

    it('when a vehicle of the other gate is unloaded, and both the loop and its own gate tell that it has left', () => {
      const crossing = yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
      yard.bay('bay-land-1', false);
      assert.equal(owner('bay-land-1'), crossing.id, 'a vehicle that is not unloaded will be back');
      yard.bay('bay-land-1', true);
      yard.job('crane-1', 'ended');
      assert.equal(owner('bay-land-1'), crossing.id);
      yard.bay('bay-land-1', false);
      assert.equal(owner('bay-land-1'), crossing.id, 'a loop can fail: its own gate must know it elsewhere');
      yard.gate.step({
        type: 'counterpart-live',
        fresh: true,
        vehicles: { 'che-1': { standing: true, locked: false, node: 'hn-out-3' } },
        bays: {},
      });
      assert.equal(owner('bay-land-1'), undefined);
    });
  });

  describe('with a stranger in it', () => {
    it('that nobody was sent to, raises an alarm and is given to nobody until it is empty', () => {
      const truckBays = () =>
        ['bay-truck-1', 'bay-truck-2', 'bay-truck-3', 'bay-truck-4'].flatMap(() => {
          const places = freePlaces(yard.gate.state, { direction: 'export' }, 'truck');
          return places === null ? [] : [places.bay.id];
        });
      yard.bay('bay-truck-1', true);
      assert.deepEqual(yard.gate.alarms(), ['BAY_OCCUPIED/bay-truck-1']);
      assert.ok(!truckBays().includes('bay-truck-1'));
      yard.bay('bay-truck-1', false);
      assert.deepEqual(yard.gate.alarms(), []);
      assert.ok(truckBays().includes('bay-truck-1'));
    });

    it('keeps the other gate waiting for its grant until it has left', () => {
      yard.bay('bay-land-1', true);
      yard.bay('bay-land-2', true);
      const offer = {
        kind: 'offered',
        move: 'm1',
        load: 'laden',
        track: 'south',
        vehicle: 'che-1',
        homeGate: 'huu-nghi-quan',
        plate: '桂F10000',
        containers: [{ number: BOX }],
      } as const;
      yard.step({
        type: 'counterpart-record',
        line: 1,
        record: { ...offer, containers: [...offer.containers] },
      });
      const [crossing] = Object.values(yard.gate.state.crossings);
      assert.equal(crossing?.stage, 'offered');
      yard.bay('bay-land-2', false);
      assert.equal(crossing?.stage, 'granted');
      assert.equal(crossing?.bays.landing, 'bay-land-2');
    });

    it('before its own truck was let in, raises an alarm until that is inside', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
      assert.deepEqual(yard.gate.alarms(), []);
      assert.ok(crossing.truck);
      crossing.truck.phase = 'awaited';
      yard.bay('bay-truck-1', true);
      assert.deepEqual(yard.gate.alarms(), ['BAY_OCCUPIED/bay-truck-1']);
      crossing.truck.phase = 'inside';
      yard.bay('bay-truck-1', true);
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('before its own truck was let in, is not worked at until the bay has been seen empty', () => {
      const crossing = yard.truckComesBehind(BOX, 'bay-truck-1', 's-1-1');
      assert.deepEqual(
        crossing.findings.map(({ code }) => code),
        ['TRUCK_UNCERTAIN'],
      );
      assert.deepEqual(yard.gate.alarms(), ['BAY_OCCUPIED/bay-truck-1']);
      assert.equal(yard.jobs.length, 0);
      yard.bay('bay-truck-1', false);
      assert.deepEqual(crossing.findings, []);
      assert.deepEqual(yard.gate.alarms(), []);
      yard.bay('bay-truck-1', true);
      assert.equal(yard.jobs.length, 1);
    });

    it('that came in unread, is not worked at until a person has looked, or it has stood there and left', () => {
      const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1', 'unread');
      assert.equal(yard.jobs.length, 0);
      yard.bay('bay-truck-1', false);
      assert.equal(crossing.findings.length, 1, 'it is on its way there');
      yard.bay('bay-truck-1', true);
      assert.equal(yard.jobs.length, 0);
      yard.bay('bay-truck-1', false);
      assert.deepEqual(crossing.findings, []);
      yard.bay('bay-truck-1', true);
      assert.equal(yard.jobs.length, 1);
    });

    it('is worked at once a person has seen that it is its own truck', () => {
      const crossing = yard.truckComesBehind(BOX, 'bay-truck-1', 's-1-1');
      assert.equal(yard.clear(crossing.id, 'TRUCK_UNCERTAIN'), null);
      assert.equal(yard.jobs.length, 1);
      assert.deepEqual(yard.gate.alarms(), []);
    });

    it('while its own vehicle tells that it is elsewhere and not on its way there, raises an alarm', () => {
      yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
      yard.job('crane-1', 'running');
      const strangers = () => yard.gate.alarms().filter((id) => id.startsWith('BAY'));
      yard.vehicle('xe-1', 'hn-park-1');
      assert.deepEqual(strangers(), ['BAY_OCCUPIED/bay-load-1']);
      yard.bay('bay-load-1', false);
      assert.deepEqual(strangers(), []);
      const ahead = [{ nodeId: 'hn-bay-load-1', sequenceId: 2, released: true }];
      yard.vehicle('xe-1', 'hn-park-1', { nodesAhead: ahead, driving: true });
      yard.bay('bay-load-1', true);
      assert.deepEqual(strangers(), []);
      yard.vehicle('xe-1', 'hn-bay-load-1');
      assert.deepEqual(strangers(), []);
    });

    it('before the vehicle it was granted to has come in, raises an alarm', () => {
      const crossing = yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
      assert.deepEqual(yard.gate.alarms(), []);
      crossing.stage = 'departed';
      yard.bay('bay-land-1', true);
      assert.deepEqual(yard.gate.alarms(), ['BAY_OCCUPIED/bay-land-1']);
    });

    it('is told once, however often it is looked at', () => {
      yard.bay('bay-truck-1', true);
      yard.crane('crane-1', { mode: 'manual' });
      yard.crane('crane-1');
      assert.equal(yard.gate.state.alarms['BAY_OCCUPIED/bay-truck-1']?.count, 1);
    });

    it('is none if it is the vehicle that has brought what is long gone', () => {
      const { state } = yard.gate;
      state.visitors['che-1'] = { plate: '桂F10000', crossing: 'gone', bay: 'bay-land-1', unloaded: true };
      yard.bay('bay-land-1', true);
      assert.deepEqual(yard.gate.alarms(), []);
    });
  });

  describe('lets no vehicle leave', () => {
    it('below a hoist that is down, over it or on the move', () => {
      assert.equal(against('bay-load-1'), null);
      yard.crane('crane-1', { position: 'bay-load-1', hoistClear: false });
      assert.match(against('bay-load-1') ?? '', /hoist of crane-1/);
      assert.equal(against('bay-land-1'), null);
      yard.crane('crane-1', { position: 'travelling', hoistClear: false });
      assert.match(against('bay-land-1') ?? '', /hoist of crane-1/);
    });

    it('below a crane that is silent or contradicts itself', () => {
      yard.crane('crane-1', { spreader: { ...AT_REST.spreader, locked: true } });
      assert.match(against('bay-load-1') ?? '', /hoist of crane-1/);
      assert.equal(against('bay-load-2'), null);
      yard.crane('crane-1');
      yard.silent('crane-1');
      assert.match(against('bay-load-1') ?? '', /crane-1 is not fresh/);
    });

    it('while any of the cranes over it works there', () => {
      yard = bootYard((config) => config.yard.cranes[1]?.bays.push('bay-load-1'));
      yard.silent('crane-1');
      yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
      yard.online('crane-1');
      assert.equal(yard.jobs[0]?.device, 'crane-2');
      assert.match(against('bay-load-1') ?? '', /crane-2 works at bay-load-1/);
      yard.job('crane-2', 'ended');
      assert.equal(against('bay-load-1'), null);
    });

    it('while its container may still be set down there, but when it hangs in the spreader', () => {
      yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
      yard.job('crane-1', 'running');
      yard.crane('crane-1', CARRYING);
      assert.match(against('bay-land-1') ?? '', /works at/);
      yard.crane('crane-1', { ...CARRYING, mode: 'manual' });
      yard.job('crane-1', 'interrupted');
      yard.wait(1_000);
      assert.equal(against('bay-land-1'), null);
    });
  });

  it('is free as soon as its vehicle, which was not heard when it left, is heard again elsewhere', () => {
    const crossing = yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
    yard.job('crane-1', 'ended');
    crossing.stage = 'loaded';
    yard.silent('xe-1');
    yard.bay('bay-load-1', false);
    yard.vehicle('xe-1', 'hn-out-1', { loads: [BOX] });
    assert.equal(yard.gate.state.owners['bay:bay-load-1'], crossing.id);
    yard.online('xe-1');
    assert.equal(yard.gate.state.owners['bay:bay-load-1'], undefined);
  });

  it('is worked in by one crane at a time', () => {
    yard = bootYard((config) => config.yard.cranes[1]?.bays.push('bay-truck-1', 'bay-truck-2'));
    yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
    yard.truckBrings(OTHER, 'bay-truck-2', 's-1-2');
    assert.deepEqual(
      yard.jobs.map((job) => [job.device, job.from]),
      [
        ['crane-1', 'bay-truck-1'],
        ['crane-2', 'bay-truck-2'],
      ],
    );
  });
});
