import assert from 'node:assert/strict';
import type { VehicleReport } from '../../../edge/core/input.ts';
import { type CoreFleet, createFleet, onlyOrder, told } from '../../support/core-fleet.ts';
import type { CoreVehicle } from '../../support/core-vehicle.ts';

describe('the health of a vehicle', () => {
  let fleet: CoreFleet;
  let xe: CoreVehicle;
  beforeEach(() => {
    // One vehicle only, so that nobody else takes its work.
    fleet = createFleet((config) => {
      config.devices = config.devices.filter(({ id }) => id !== 'xe-2' && id !== 'xe-3');
    });
    xe = fleet.vehicle('xe-1');
  });
  const alarms = () => fleet.gate.alarms().filter((alarm) => alarm.endsWith('/xe-1'));
  const container = (slot = 's-1-1') => {
    fleet.inYard(slot);
    return fleet.clears('CSQU3054383', 'released');
  };

  const troubles: [string, Partial<VehicleReport>, Partial<VehicleReport>][] = [
    ['VEHICLE_EMERGENCY_STOP', { eStop: 'MANUAL' }, { eStop: 'NONE' }],
    ['VEHICLE_LOST', { localized: false }, { localized: true }],
    ['VEHICLE_FAULT', { errors: [{ errorType: 'driveError', errorLevel: 'FATAL' }] }, { errors: [] }],
    ['VEHICLE_FAULT', { mode: 'MANUAL' }, { mode: 'AUTOMATIC' }],
  ];
  for (const [code, trouble, over] of troubles) {
    it(`${code} (${Object.keys(trouble)}): told once, no order meanwhile, and afterwards it goes on by itself`, () => {
      xe.drives(onlyOrder(container()));
      xe.says(trouble);
      assert.deepEqual(alarms(), [`${code}/xe-1`]);
      assert.deepEqual(told(fleet.loaded('xe-1')), []);
      assert.equal(fleet.gate.state.alarms[`${code}/xe-1`]?.count, 1);
      const effects = xe.says(over);
      assert.deepEqual(alarms(), []);
      onlyOrder(effects);
    });

    it(`${code} (${Object.keys(trouble)}): it is given no crossing`, () => {
      xe.says(trouble);
      assert.deepEqual(told(container()), []);
      onlyOrder(xe.says(over));
    });
  }

  describe('that breaks down at its park before it has set off', () => {
    const broken = { errors: [{ errorType: 'driveError', errorLevel: 'FATAL' as const }] };
    beforeEach(() => {
      fleet = createFleet();
      xe = fleet.vehicle('xe-1');
      xe.takes(onlyOrder(container()));
      xe.says({ ...broken, driving: false });
    });
    const servedBy = () => Object.values(fleet.gate.state.crossings).map(({ vehicle }) => vehicle?.id);

    it('gives its order back after a minute, and another one fetches the container', () => {
      assert.deepEqual(told(fleet.gate.wait(59_999)), []);
      assert.deepEqual(told(fleet.gate.wait(1)), ['xe-1 cancel-order']);
      xe.says({ nodesAhead: [], actions: [] });
      const effects = fleet.gate.wait(5_000);
      assert.deepEqual(told(effects), ['xe-2 order']);
      assert.deepEqual(servedBy(), ['xe-2']);
      assert.deepEqual(fleet.gate.state.plates['12C22347'], undefined);
      assert.deepEqual(told(xe.says({ errors: [] })), [], 'and is free for the next');
    });

    it('keeps it when it is fit again before', () => {
      fleet.gate.wait(30_000);
      xe.says({ errors: [] });
      xe.says(broken);
      assert.deepEqual(told(fleet.gate.wait(59_999)), []);
      xe.says({ errors: [] });
      assert.deepEqual(told(fleet.gate.wait(120_000)), []);
      assert.deepEqual(servedBy(), ['xe-1']);
    });

    it('keeps it, once it has set off, for as long as it takes', () => {
      xe.says({ driving: true });
      fleet.gate.wait(600_000);
      assert.deepEqual(servedBy(), ['xe-1']);
    });
  });

  it('one that a person has paused at its park gets no crossing before it goes on', () => {
    xe.says({ paused: true });
    assert.deepEqual(told(container()), []);
    onlyOrder(xe.says({ paused: false }));
  });

  describe('and its battery', () => {
    it('while it waits at its park it charges, if that is worth the while', () => {
      assert.deepEqual(told(xe.says({ batteryPercent: 96 })), []);
      assert.deepEqual(told(xe.says({ batteryPercent: 94 })), ['xe-1 charge']);
      assert.deepEqual(told(xe.says({ charging: true })), []);
      assert.deepEqual(told(xe.says({ batteryPercent: 100 })), []);
      assert.deepEqual(fleet.gate.state.pending, {});
    });

    it('without a charger at its park it does not', () => {
      fleet = createFleet(({ map }) => {
        for (const node of map.nodes) node.charger = false;
      });
      assert.deepEqual(told(fleet.vehicle('xe-1').says({ batteryPercent: 50 })), []);
    });

    it('a fit one that charges is unplugged first, then ordered', () => {
      xe.says({ batteryPercent: 60, charging: true });
      assert.deepEqual(told(container()), ['xe-1 charge']);
      const { goal } = fleet.gate.state.vehicles['xe-1'] ?? assert.fail();
      assert.equal(goal?.node, 'hn-bay-load-1');
      assert.deepEqual(told(fleet.gate.wait(1_000)), []);
      onlyOrder(xe.says({ charging: false }));
    });

    it('below its least it is told and gets no crossing until it is charged', () => {
      xe.says({ batteryPercent: 19 });
      assert.deepEqual(alarms(), ['VEHICLE_LOW_BATTERY/xe-1']);
      xe.says({ charging: true });
      assert.deepEqual(told(container()), []);
      assert.deepEqual(told(xe.says({ batteryPercent: 79 })), []);
      assert.deepEqual(alarms(), ['VEHICLE_LOW_BATTERY/xe-1']);
      assert.deepEqual(told(xe.says({ batteryPercent: 80 })), ['xe-1 charge']);
      assert.deepEqual(alarms(), []);
    });

    it('low on its way, it finishes what it has begun', () => {
      xe.drives(onlyOrder(container()));
      xe.says({ batteryPercent: 10 });
      onlyOrder(fleet.loaded('xe-1'));
    });
  });

  describe('withdrawn by a person', () => {
    const act = (kind: 'withdraw-vehicle' | 'return-vehicle') =>
      fleet.gate.step({
        type: 'operator-act',
        person: 'p1',
        role: 'supervisor',
        act: { kind, vehicle: 'xe-1' },
        reason: 'test',
      });

    it('it gets no new crossing and is left alone, until it is returned', () => {
      act('withdraw-vehicle');
      assert.deepEqual(told(container()), []);
      assert.deepEqual(told(xe.says({ batteryPercent: 50 })), [], 'somebody may be working on it');
      xe.says({ mode: 'MANUAL', lastNodeId: 'hn-park-3' });
      assert.deepEqual(alarms(), [], 'driven by hand, as meant');
      xe.says({ mode: 'AUTOMATIC', lastNodeId: 'hn-park-1' });
      onlyOrder(act('return-vehicle'));
    });

    it('it finishes the one it has', () => {
      xe.drives(onlyOrder(container()));
      act('withdraw-vehicle');
      onlyOrder(fleet.loaded('xe-1'));
    });

    it('over a restart, too', () => {
      act('withdraw-vehicle');
      fleet.gate.restart();
      fleet.gate.online('xe-1');
      xe.says();
      assert.deepEqual(told(container()), []);
    });
  });
});
