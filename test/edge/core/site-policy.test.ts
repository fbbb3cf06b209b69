import assert from 'node:assert/strict';
import { type GateConfig, gateConfig } from '../../../config/schema.ts';
import { defaultPolicy } from '../../../edge/core/reconcile/policy.ts';
import { policyOf } from '../../../edge/core/site-policy.ts';
import { type GateState, initialState } from '../../../edge/core/state.ts';
import { planSite } from '../../../simulator/plan.ts';
import { bootLane } from '../../support/core-lane.ts';
import { withRearDevices } from '../../support/rear-devices.ts';

describe('what a site demands', () => {
  const [planned] = planSite({ lanes: 7, cranes: 2, vehicles: 2 });
  type Written = NonNullable<Parameters<typeof gateConfig.parse>[0]>;
  const stateOf = (reconciliation?: GateConfig['reconciliation'], more: object = {}): GateState => {
    const written = { ...planned, ...more, ...(reconciliation && { reconciliation }) };
    return { ...initialState(), config: gateConfig.parse(written satisfies Written) };
  };

  it('is usual practice where it says nothing', () => {
    const { conditions, evidenceAgeMsMax: _, ...policy } = policyOf(stateOf());
    const { conditions: _c, evidenceAgeMsMax: _e, ...usual } = defaultPolicy;
    assert.deepEqual(policy, usual);
    // What the lanes have devices for, and what the gate itself must know.
    assert.deepEqual(conditions['border-out'].empty, ['plate', 'container', 'line-clear']);
    assert.deepEqual(conditions['border-in'].return, ['plate', 'container', 'grant', 'bay']);
    assert.deepEqual(conditions['yard-in'].empty, ['booking', 'plate', 'container', 'weight', 'bay']);
  });

  it('is what it says, part by part', () => {
    const policy = policyOf(
      stateOf({
        weight: {
          limits: { VN: { totalKg: 40_000, axleKg: 9_000 }, CN: { totalKg: 49_000, axleKg: 10_000 } },
          fuelKg: 300,
        },
        dwell: { oneWayHours: 12, bothWaysHours: 24 },
        travelMsMin: 60_000,
        mixedCargo: 'allowed',
        dangerousGoods: ['1203'],
        substitutes: { conditions: ['container'], perHourMax: 2 },
        identification: { scoreMin: 700 },
      }),
    );
    assert.deepEqual(policy.weight, {
      ...defaultPolicy.weight,
      limits: { VN: { totalKg: 40_000, axleKg: 9_000 }, CN: { totalKg: 49_000, axleKg: 10_000 } },
      fuelKg: 300,
    });
    assert.deepEqual(policy.dwell, { oneWayMs: 43_200_000, bothWaysMs: 86_400_000 });
    assert.deepEqual(
      [
        policy.travelMsMin,
        policy.mixedCargo,
        policy.dangerousGoods,
        policy.substitutes,
        policy.handheldPerHourMax,
      ],
      [60_000, 'allowed', ['1203'], ['container'], 2],
    );
    assert.deepEqual(policy.identify, { ...defaultPolicy.identify, scoreMin: 700 });
  });

  it('takes the conditions for empties and returns that it names', () => {
    const { checkpoints } = planned;
    const own = {
      ...checkpoints,
      'yard-out': { ...checkpoints['yard-out'], empty: ['plate'], return: ['container'] },
    };
    const { conditions } = policyOf(stateOf(undefined, { checkpoints: own }));
    assert.deepEqual(conditions['yard-out'].empty, ['plate']);
    assert.deepEqual(conditions['yard-out'].return, ['container']);
  });

  it('asks empties and returns for their trailers where every lane there can see them', () => {
    const [equipped] = [planned].map(withRearDevices);
    const at = (lanes: GateConfig['lanes']): string[] => [
      ...policyOf(stateOf(undefined, { ...equipped, lanes })).conditions['yard-in'].return,
    ];
    assert.deepEqual(at(equipped?.lanes ?? []), ['plate', 'trailer', 'container', 'bay']);
    const half = equipped?.lanes.map(({ devices, ...lane }) => {
      const { rearCamera: _, ...rest } = devices;
      return { ...lane, devices: lane.loads.includes('laden') ? rest : devices };
    });
    assert.deepEqual(at(half ?? []), ['plate', 'container', 'bay']);
  });

  it('counts a law by its days, as the gate’s own clock has them', () => {
    const { basis, rules } = policyOf(
      stateOf({
        basis: { weight: { legalBasis: 'Circular 39/2024', from: '2026-03-01', until: '2026-03-31' } },
        rules: [
          {
            id: 'cotton',
            name: 'Cotton',
            owner: 'customs',
            legalBasis: 'x',
            from: '2026-03-02',
            when: { hs: ['52'] },
          },
          { id: 'always', name: 'Always', owner: 'quarantine', legalBasis: 'x', when: { unlicensed: true } },
        ],
      }),
    );
    assert.deepEqual(basis.weight, {
      legalBasis: 'Circular 39/2024',
      from: Date.UTC(2026, 1, 28, 17),
      until: Date.UTC(2026, 2, 31, 17),
    });
    assert.equal(basis.seal, defaultPolicy.basis.seal);
    assert.deepEqual(
      rules.map(({ id, from, until }) => [id, from, until]),
      [
        ['waste', Date.UTC(2022, 0, 10), undefined],
        ['cotton', Date.UTC(2026, 2, 1, 17), undefined],
        ['always', 0, undefined],
      ],
    );
  });

  it('is the same thing until something of it changes', () => {
    const state = stateOf();
    const before = policyOf(state);
    assert.equal(policyOf(state), before);
    state.outages.regime = { legalBasis: 'x', declaredBy: 'hoa', from: 0, until: 1, sources: [], hs: [] };
    const during = policyOf(state);
    assert.equal(during.outage, state.outages.regime);
    assert.equal(policyOf(state), during);
    state.outages.regime = null;
    assert.equal(policyOf(state).outage, undefined);
  });

  it('changes on the first day of a law, for whoever waits then', () => {
    // The gate of the tests starts at 07:00 on 2 March by its own clock.
    const lane = bootLane('yard-in-1', (config) => {
      config.reconciliation = { basis: { weight: { legalBasis: 'x', until: '2026-03-02' } } };
    });
    lane.wait(17 * 3_600_000 - 60_000);
    lane.books();
    lane.sees('approach');
    lane.reads();
    assert.equal(lane.visit.released, false);
    lane.wait(59_999);
    assert.equal(lane.visit.released, false);
    lane.wait(1);
    assert.equal(lane.visit.released, true);
  });
});
