import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { checkConfig } from '../../config/check.ts';
import { devicesOf } from '../../config/lookup.ts';
import { checkPair } from '../../config/pair.ts';
import type { GateConfig } from '../../config/schema.ts';
import { planSite, type SitePlan } from '../../simulator/plan.ts';
import { told } from '../config/support.ts';

const loads = ({ lanes }: GateConfig): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const lane of lanes) {
    const kind = `${lane.checkpoint} ${lane.loads.join(' ')}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

describe('a planned site', () => {
  const plans: [string, SitePlan][] = [
    ['the smallest', { lanes: 7, cranes: 1, vehicles: 1, trackCapacity: 1, slotsPerCrane: 2 }],
    ['the default', {}],
    ['one with a single track for both directions', { lanes: 9, cranes: 3, vehicles: 4, alternating: true }],
    ['one of 64 lanes on the real road', { lanes: 64, cranes: 8, vehicles: 20, sectionM: 3_600 }],
  ];
  for (const [what, plan] of plans) {
    it(`has nothing wrong with it: ${what}`, () => {
      const [vn, cn] = planSite(plan);
      for (const config of [vn, cn])
        assert.equal(told(checkConfig(stringify(config, { aliasDuplicateObjects: false })).problems), '');
      assert.deepEqual(checkPair(vn, cn), []);
    });
  }

  it('carries by default what 2,500 containers a day in each direction need', () => {
    const [vn, cn] = planSite();
    assert.deepEqual(
      [vn.gate.id, vn.counterpart.gate, cn.gate.id, cn.counterpart.gate],
      ['huu-nghi', 'huu-nghi-quan', 'huu-nghi-quan', 'huu-nghi'],
    );
    for (const config of [vn, cn]) {
      assert.deepEqual(loads(config), {
        'yard-in laden': 2,
        'yard-in bobtail': 2,
        'yard-out laden bobtail': 2,
        'border-out laden': 2,
        'border-out bobtail': 2,
        'border-in laden': 2,
        'border-in bobtail': 2,
      });
      assert.equal(devicesOf(config, 'crane').length, 8);
      assert.equal(devicesOf(config, 'vehicle').length, 20);
      assert.deepEqual(
        config.section.tracks.map(({ capacity }) => capacity),
        [6, 6],
      );
    }
  });

  it('lets two neighbouring cranes work over the same slots, and each over bays of its own', () => {
    const { cranes, bays } = planSite({ cranes: 3, slotsPerCrane: 2 })[0].yard;
    assert.deepEqual(
      cranes.map(({ slots }) => slots.join(' ')),
      ['s-1-1 s-1-2 s-2-1 s-2-2', 's-1-1 s-1-2 s-2-1 s-2-2', 's-3-1 s-3-2'],
    );
    const uses = cranes.map((crane) => crane.bays.map((id) => bays.find((bay) => bay.id === id)?.use));
    assert.deepEqual(uses, Array(3).fill(['truck', 'truck', 'loading', 'landing']));
    assert.equal(new Set(cranes.flatMap((crane) => crane.bays)).size, bays.length);
  });

  it('gives lanes that do not divide evenly to where vehicles stand longest', () => {
    const counts = loads(planSite({ lanes: 9 })[0]);
    assert.equal(counts['border-out laden'], 2);
    assert.equal(counts['border-in laden'], 2);
    assert.equal(counts['border-out bobtail'], 1);
  });

  it('has a charger at each parking place, and plates that one misread character cannot exchange', () => {
    const configs = planSite();
    for (const config of configs) {
      const parks = config.map.nodes.filter(({ role }) => role === 'park');
      assert.ok(parks.length === 40 && parks.every(({ charger }) => charger));
      const plates = devicesOf(config, 'vehicle').map(({ plate }) => plate);
      for (const plate of plates)
        for (const other of plates)
          if (plate !== other) {
            const differing = [...plate].filter((character, index) => character !== other[index]).length;
            assert.ok(differing > 1, `${plate} and ${other}`);
          }
    }
  });

  it('has one alternating track, whose token the first gate holds, if asked', () => {
    const [vn, cn] = planSite({ alternating: true });
    assert.deepEqual(vn.section.tracks, cn.section.tracks);
    const [track, ...more] = vn.section.tracks;
    assert.deepEqual([track?.direction, track?.holder, more.length], ['alternating', 'huu-nghi', 0]);
  });

  it('gives vehicles on a long road the time they need before they count as broken down', () => {
    const { section, timeouts } = planSite({ sectionM: 3_600, cranes: 1, vehicles: 1 })[0];
    const driveMs = (3_600 / 5) * 1_000;
    assert.ok(section.transitMsMax > driveMs && timeouts.vehicleMs > driveMs);
  });

  it('refuses what no site can have, and says what would be possible', () => {
    assert.throws(() => planSite({ lanes: 6 }), {
      code: 'SITE_PLAN_INVALID',
      message: 'no site can be planned with lanes: 6',
      remedy: 'use a whole number from 7 to 1000',
    });
    assert.throws(() => planSite({ vehicles: 1.5 }), { code: 'SITE_PLAN_INVALID' });
  });

  it('is planned in a moment', () => {
    planSite();
    const before = process.cpuUsage();
    planSite();
    const { user } = process.cpuUsage(before);
    assert.ok(user < 100_000, `${user} µs of work`);
  });
});
