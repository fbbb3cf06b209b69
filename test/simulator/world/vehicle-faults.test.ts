import assert from 'node:assert/strict';
import { type GateConfig, gateConfig } from '../../../config/schema.ts';
import { createSite, orderAlong, recorded, referenceConfigs, the } from '../../support/simulated-site.ts';

const HOUR_MS = 3_600_000;

/** The reference site, its parking places with chargers. */
const withChargers = referenceConfigs.map((config): GateConfig => {
  const nodes = config.map.nodes.map((node) => ({ ...node, charger: node.role === 'park' }));
  return gateConfig.parse({ ...structuredClone(config), map: { ...config.map, nodes } });
});

function siteWithVehicle() {
  const site = createSite({ configs: withChargers });
  const vehicle = the(site.vn.vehicles, 'xe-1');
  const instant = (actionId: string, actionType: string) => {
    vehicle.instantAction({ actionId, actionType });
    return vehicle.state.actionStates.find((action) => action.actionId === actionId);
  };
  return { ...site, vehicle, instant };
}
const toBay = orderAlong('o-1', 0, ['hn-park-1', 'hn-bay-load'], { base: 2 });

describe('a vehicle’s battery', () => {
  it('is charged at a charger, every five percent told, full after an hour and a half', () => {
    const { clock, vehicle, instant } = siteWithVehicle();
    vehicle.setCharge(0);
    const heard = recorded(vehicle.changes);
    assert.equal(instant('i-1', 'startCharging')?.actionStatus, 'FINISHED');
    assert.equal(vehicle.state.charging, true);
    clock.advance(1.5 * HOUR_MS);
    assert.equal(vehicle.state.batteryPercent, 100);
    assert.deepEqual(
      heard.map(({ batteryPercent }) => batteryPercent),
      Array.from({ length: 21 }, (_, step) => 5 * step),
    );
    assert.equal(instant('i-2', 'stopCharging')?.actionStatus, 'FINISHED');
    assert.equal(vehicle.state.charging, false);
  });

  it('lasts for about twelve hours of driving, and two days of standing', () => {
    const { clock, vehicle } = siteWithVehicle();
    vehicle.setCharge(100);
    clock.advance(12 * HOUR_MS);
    assert.equal(vehicle.state.batteryPercent, 75);
    const wayM = 5 * 12 * 3_600;
    const legM = Math.hypot(50, 20);
    vehicle.setCharge(100);
    vehicle.order(toBay);
    clock.advance(60_000);
    assert.ok(100 - vehicle.state.batteryPercent <= 1, `${legM} of ${wayM} m are next to nothing`);
  });

  it('is not charged where no charger is, nor on the way; driving off ends charging', () => {
    const { clock, vehicle, instant } = siteWithVehicle();
    instant('i-1', 'startCharging');
    vehicle.order(toBay);
    assert.equal(vehicle.state.charging, false);
    clock.advance(2_000);
    assert.equal(instant('i-2', 'startCharging')?.actionStatus, 'FAILED');
    clock.advance(60_000);
    const refused = instant('i-3', 'startCharging');
    assert.deepEqual(
      [refused?.actionStatus, refused?.resultDescription],
      ['FAILED', 'no charger at hn-bay-load'],
    );
  });
});

describe('a vehicle with a fault', () => {
  type Case = [string, (vehicle: ReturnType<typeof siteWithVehicle>['vehicle'], on: boolean) => void];
  const cases: Case[] = [
    ['breaks down', (vehicle, on) => vehicle.breakDown(on)],
    ['is emergency-stopped', (vehicle, on) => vehicle.eStop(on)],
    ['loses its position', (vehicle, on) => vehicle.delocalize(on)],
    ['is taken over by hand', (vehicle, on) => vehicle.setMode(on ? 'MANUAL' : 'AUTOMATIC')],
  ];
  for (const [what, fault] of cases) {
    it(`that ${what} stands where it is, paused or not, and goes on afterwards`, () => {
      const { clock, vehicle, instant } = siteWithVehicle();
      vehicle.order(toBay);
      clock.advance(5_000);
      fault(vehicle, true);
      instant('i-1', 'startPause');
      const { position } = vehicle.state;
      assert.equal(vehicle.state.driving, false);
      clock.advance(HOUR_MS);
      assert.deepEqual(vehicle.state.position, position);
      instant('i-2', 'stopPause');
      clock.advance(HOUR_MS);
      assert.deepEqual(vehicle.state.position, position);
      fault(vehicle, false);
      clock.advance(60_000);
      assert.equal(vehicle.state.lastNodeId, 'hn-bay-load');
      assert.deepEqual(vehicle.state.errors, []);
    });
  }

  it('says which', () => {
    const { vehicle } = siteWithVehicle();
    vehicle.breakDown(true);
    assert.deepEqual(
      vehicle.state.errors.map(({ errorType, errorLevel }) => [errorType, errorLevel]),
      [['driveError', 'FATAL']],
    );
    vehicle.eStop(true);
    vehicle.delocalize(true);
    vehicle.setMode('SERVICE');
    const { eStop, localized, mode } = vehicle.state;
    assert.deepEqual({ eStop, localized, mode }, { eStop: 'MANUAL', localized: false, mode: 'SERVICE' });
  });

  it('takes no order while it is driven by hand', () => {
    const { vehicle } = siteWithVehicle();
    vehicle.setMode('MANUAL');
    vehicle.order(toBay);
    assert.equal(vehicle.state.orderId, '');
    assert.deepEqual(
      vehicle.state.errors.map(({ errorType }) => errorType),
      ['orderError'],
    );
  });

  it('takes itself for elsewhere for a moment, with a warning, and only where it parks', () => {
    const { clock, vehicle } = siteWithVehicle();
    assert.equal(vehicle.wander(), true);
    assert.equal(vehicle.state.lastNodeId, 'hn-park-2');
    assert.equal(vehicle.state.errors[0]?.errorLevel, 'WARNING');
    clock.advance(2_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-park-1');
    assert.deepEqual(vehicle.state.errors, []);
    vehicle.order(toBay);
    assert.equal(vehicle.wander(), false);
    clock.advance(60_000);
    assert.equal(vehicle.wander(), false);
  });
});
