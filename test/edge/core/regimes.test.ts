import assert from 'node:assert/strict';
import type { GateConfig } from '../../../config/schema.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import { BOX, bootLane, type CoreLane } from '../../support/core-lane.ts';

type Regime = NonNullable<NonNullable<GateConfig['reconciliation']>['regimes']>[number];

const REGIME: Regime = {
  id: 'h1',
  name: 'cholera',
  owner: 'border-guard',
  legalBasis: 'Law 03/2007/QH12',
  declaredBy: 'Lạng Sơn province',
  from: '2026-03-01',
  until: '2026-03-02',
  when: {},
  demands: ['driverHealth'],
};

describe('a health regime at a running gate', () => {
  const boot = (members: Partial<Regime> = {}): CoreLane => {
    const lane = bootLane('yard-in-1', (config) => {
      config.checkpoints['yard-in'].laden = ['plate', 'container', 'clearance', 'bay'];
      config.reconciliation = { regimes: [{ ...REGIME, ...members }] };
    });
    lane.gate.step({ type: 'customs-feed', asOf: lane.gate.state.now });
    return lane;
  };
  const comes = (lane: CoreLane): void => {
    lane.sees('approach');
    lane.reads();
  };
  const says = (lane: CoreLane, goods: { hs: string }[] = []): Effect[] =>
    lane.step({
      type: 'clearance',
      declaration: '308044805740',
      container: BOX,
      kind: 'export',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'VNACCS',
      goods,
    });
  const codes = (lane: CoreLane): string[] => lane.visit.reasons.map(({ code }) => code);

  it('has a driver’s health document checked by whom it names; then the truck goes in', () => {
    const lane = boot();
    const crossing = lane.books();
    says(lane);
    comes(lane);
    assert.deepEqual([lane.visit.released, codes(lane)], [false, ['DRIVER_HEALTH_UNCHECKED']]);
    const act = (role: 'quarantine-officer' | 'border-guard'): Effect[] =>
      lane.step({
        type: 'operator-act',
        person: 'minh',
        role,
        act: { kind: 'clear-finding', crossing: crossing.id, code: 'DRIVER_HEALTH_UNCHECKED' },
        reason: 'seen',
      });
    act('quarantine-officer');
    assert.equal(lane.visit.released, false);
    act('border-guard');
    // As for every finding, this site wants a second person's word.
    const [proposal] = Object.keys(lane.gate.state.proposals);
    lane.step({
      type: 'operator-act',
      person: 'hoa',
      role: 'border-guard',
      act: { kind: 'confirm', proposal: proposal ?? assert.fail('nothing was proposed') },
      reason: 'seen',
    });
    assert.equal(lane.visit.released, true);
  });

  it('demands nothing before its first day, and nothing after its last', () => {
    for (const days of [
      { from: '2026-03-03', until: '2026-03-04' },
      { from: '2026-02-01', until: '2026-02-28' },
    ]) {
      const lane = boot(days);
      lane.books();
      says(lane);
      comes(lane);
      assert.equal(lane.visit.released, true);
    }
  });

  it('lets who waits go on when its last day is over', () => {
    const lane = boot({ demands: ['quarantine'], until: '2026-03-02' });
    lane.books();
    says(lane, [{ hs: '020714' }]);
    lane.act({ kind: 'close-lane', lane: 'yard-in-1' });
    comes(lane);
    assert.ok(codes(lane).includes('QUARANTINE_PENDING'));
    lane.wait(Date.parse('2026-03-03T00:00:00+07:00') - lane.gate.state.now);
    assert.ok(!codes(lane).includes('QUARANTINE_PENDING'));
  });

  it('has the examiner asked for what it demands of goods, once, and is met by the examiner’s word', () => {
    const lane = boot({
      demands: ['quarantine'],
      when: { hs: ['0207'], checkpoints: ['yard-in', 'border-out'] },
    });
    const crossing = lane.books();
    const asks = says(lane, [{ hs: '020714' }]).flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'ask-examination' ? [effect.body] : [],
    );
    assert.deepEqual(asks, [{ container: BOX, requirement: 'quarantine', crossing: crossing.id }]);
    comes(lane);
    assert.deepEqual(codes(lane), ['QUARANTINE_PENDING']);
    lane.step({
      type: 'examination',
      examinationId: 'e-1',
      container: BOX,
      requirement: 'quarantine',
      state: 'passed',
      version: 1,
      source: 'station-1',
      examinedAt: lane.gate.state.now,
    });
    assert.equal(lane.visit.released, true);
  });
});
