import assert from 'node:assert/strict';
import type { PersonRole } from '../../../config/schema.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act, ClearanceReport } from '../../../edge/core/input.ts';
import { OUTAGE_MS_MAX, PASSED_MAX } from '../../../edge/core/outage-regime.ts';
import type { CustomsCase, OutageRelease, Outages } from '../../../edge/core/outage-state.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME } from '../../support/core-border.ts';

const LANE = 'border-out-1';
const HOUR_MS = 3_600_000;
const LAW = 'Circular 38/2015/TT-BTC, article 25a';

describe('an outage of customs', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });

  const decided = (effects: readonly Effect[], type: string): Record<string, unknown>[] =>
    effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));
  const act = (given: Act, role: PersonRole = 'customs-leader', person = 'hoa'): Effect[] =>
    border.step({ type: 'operator-act', person, role, act: given, reason: 'the line to customs is cut' });
  const refusals = (effects: readonly Effect[]): unknown[] =>
    decided(effects, 'act-refused').map(({ reason }) => reason);
  const outage = (more: Partial<Extract<Act, { kind: 'declare-outage' }>> = {}): Act => ({
    kind: 'declare-outage',
    legalBasis: LAW,
    untilAt: border.gate.state.now + HOUR_MS,
    sources: ['test'],
    hs: [],
    ...more,
  });
  /** Customs has confirmed nothing for longer than its list may be old. */
  const customsFallsSilent = (): void => {
    border.wait(border.gate.config.customs.clearanceAgeMsMax + 1);
  };
  const grant = (move: string, n: number): Effect[] =>
    border.read({
      kind: 'granted',
      move,
      grant: `g-${move}`,
      track: 'north',
      holdNode: `hnq-in-${n}`,
      bayNode: `hnq-bay-land-${n}`,
    });
  const released = (): boolean => border.visit(LANE).released;
  const codes = (): string[] => border.visit(LANE).reasons.map(({ code }) => code);
  /** Over the border, received there, and over here. */
  const sends = (n = 1): { crossing: string; effects: Effect[] } => {
    const crossing = border.waits(`xe-${n}`, LANE, box(n));
    const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
    const effects = grant(move, n);
    border.goesThrough(LANE, `xe-${n}`);
    border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
    border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(n)] });
    assert.equal(border.gate.state.crossings[crossing.id], undefined);
    return { crossing: crossing.id, effects };
  };
  const says = (
    container: string,
    status: ClearanceReport['status'],
    more: Partial<ClearanceReport> = {},
  ): Effect[] =>
    border.step({
      type: 'clearance',
      declaration: '308044805740',
      container,
      kind: 'export',
      channel: 'green',
      status,
      version: 50,
      source: 'VNACCS',
      ...more,
    });
  const remembered = (): string[] => Object.keys(border.gate.state.outages.passed);
  const cases = (): CustomsCase[] => Object.values(border.gate.state.cases);
  const regime = (): Outages['regime'] => border.gate.state.outages.regime;

  describe('that a customs leader has declared', () => {
    it('lets pass what a named system has released, and says by which law', () => {
      customsFallsSilent();
      const crossing = border.waits('xe-1', LANE, box(1));
      assert.deepEqual([crossing.lineClear, codes().includes('CLEARANCE_STALE')], [undefined, true]);
      act(outage());
      const move = border.crossing(crossing.id).lineClear?.move ?? assert.fail('nothing was offered');
      const effects = grant(move, 1);
      assert.equal(released(), true);
      const told = border.visit(LANE).reasons.filter(({ code }) => code === 'OUTAGE_REGIME');
      assert.deepEqual(
        told.map(({ severity, detail }) => [severity, detail]),
        [['info', LAW]],
      );
      assert.deepEqual(decided(effects, 'outage-release'), [
        { crossing: crossing.id, checkpoint: 'border-out', legalBasis: LAW },
      ]);
      assert.deepEqual(remembered(), [crossing.id]);
    });

    it('holds what another system says, and goods it is not for', () => {
      for (const more of [{ sources: ['Ecus6'] }, { hs: ['08'] }]) {
        border = bootBorder();
        customsFallsSilent();
        const crossing = border.waits('xe-1', LANE, box(1));
        act(outage(more));
        assert.equal(crossing.lineClear, undefined);
        assert.ok(codes().includes('CLEARANCE_STALE'));
      }
    });

    it('remembers nobody who passes on a fresh list', () => {
      act(outage());
      sends();
      assert.deepEqual(remembered(), []);
    });

    it('ends by itself at its time, and whoever waits is held again at once', () => {
      customsFallsSilent();
      act(outage());
      border.waits('xe-1', LANE, box(1));
      assert.ok(codes().includes('OUTAGE_REGIME'));
      const effects = border.wait(HOUR_MS);
      assert.deepEqual(
        decided(effects, 'outage').map(({ state, by }) => [state, by]),
        [['ended', 'time']],
      );
      assert.ok(!codes().includes('OUTAGE_REGIME'));
      assert.equal(regime(), null);
    });

    it('ends by an act, and not twice', () => {
      customsFallsSilent();
      act(outage());
      border.waits('xe-1', LANE, box(1));
      act({ kind: 'end-outage' });
      assert.ok(codes().includes('CLEARANCE_STALE'));
      assert.deepEqual(refusals(act({ kind: 'end-outage' })), ['no outage is declared']);
    });

    it('goes on after a restart', () => {
      customsFallsSilent();
      act(outage());
      border.gate.restart();
      assert.equal(regime()?.legalBasis, LAW);
      assert.equal(border.gate.state.timers['outage-ends'], regime()?.until);
    });

    it('is nobody else’s to declare', () => {
      for (const role of ['operator', 'supervisor', 'customs-officer', 'border-guard'] as const)
        assert.deepEqual(refusals(act(outage(), role)), ['it takes the role customs-leader']);
    });

    it('takes a second leader where the site says so', () => {
      border.gate.config.overrides['declare-outage'] = { roles: ['customs-leader'], secondPerson: true };
      const [proposal] = decided(act(outage()), 'proposal');
      assert.equal(regime(), null);
      assert.match(String(refusals(act(outage()))[0]), /hoa has proposed it as/);
      act({ kind: 'confirm', proposal: String(proposal?.proposal) }, 'customs-leader', 'minh');
      assert.equal(regime()?.declaredBy, 'hoa');
    });

    it('is declared once, for a time to come, and for a day at most', () => {
      const { now } = border.gate.state;
      assert.deepEqual(refusals(act(outage({ untilAt: now }))), ['it would have ended already']);
      assert.deepEqual(refusals(act(outage({ untilAt: now + OUTAGE_MS_MAX + 1 }))), [
        'an outage is declared for at most 24 hours at a time',
      ]);
      act(outage());
      assert.deepEqual(refusals(act(outage())), ['an outage is declared already: end it first']);
    });

    it('covers nobody any more when no more can be remembered, and calls people', () => {
      customsFallsSilent();
      act(outage());
      const { passed } = border.gate.state.outages;
      const old: Omit<OutageRelease, 'crossing'> = {
        checkpoint: 'border-out',
        at: border.gate.state.now,
        legalBasis: LAW,
        declaredBy: 'hoa',
        containers: [{ number: box(9), declarations: [] }],
      };
      for (let n = 1; n < PASSED_MAX; n += 1) passed[`old-${n}`] = { ...old, crossing: `old-${n}` };
      const { crossing } = sends(1);
      assert.ok(remembered().includes(crossing));
      assert.deepEqual(
        border.gate.alarms().filter((alarm) => alarm.startsWith('OUTAGE')),
        ['OUTAGE_FULL/huu-nghi'],
      );
      const next = border.waits('xe-2', LANE, box(2));
      assert.equal(next.lineClear, undefined);
      assert.ok(codes().includes('CLEARANCE_STALE'));
      // Customs is back, and has answered for one of them.
      border.wait(1_000);
      border.feeds();
      says(box(9), 'released');
      border.feeds();
      assert.equal(border.gate.state.outages.full, false);
    });
  });

  describe('that is over', () => {
    beforeEach(() => {
      customsFallsSilent();
      act(outage());
    });
    /** Sent under the outage; then customs is back, and was asked. */
    const sentAndAsked = (): string => {
      const { crossing } = sends();
      assert.equal(border.gate.state.clearances[box(1)], undefined);
      border.wait(60_000);
      act({ kind: 'end-outage' });
      assert.deepEqual(decided(border.feeds(), 'ask-clearance'), [{ container: box(1) }]);
      return crossing;
    };

    it('is asked for every container again, and what customs confirms is forgotten', () => {
      const crossing = sentAndAsked();
      assert.deepEqual(decided(border.feeds(), 'outage-checked'), []);
      says(box(1), 'released');
      assert.deepEqual(remembered(), [crossing]);
      assert.deepEqual(decided(border.feeds(), 'outage-checked'), [{ crossing, containers: [box(1)] }]);
      assert.deepEqual([remembered(), cases()], [[], []]);
      const { clearances, outages } = border.gate.state;
      assert.deepEqual([clearances[box(1)], outages.asked], [undefined, {}]);
    });

    it('becomes a case where customs has withdrawn the release, until an officer closes it', () => {
      const crossing = sentAndAsked();
      says(box(1), 'withdrawn');
      const [opened] = decided(border.feeds(), 'case-opened');
      assert.deepEqual(
        [opened?.id, opened?.crossing, opened?.containers, opened?.legalBasis, opened?.declaredBy],
        ['huu-nghi-c1', crossing, [box(1)], LAW, 'hoa'],
      );
      assert.deepEqual(
        cases().map(({ reasons }) => reasons.map(({ code }) => code)),
        [['CLEARANCE_WITHDRAWN']],
      );
      assert.ok(border.gate.alarms().includes('CUSTOMS_CASE/huu-nghi-c1'));
      border.gate.restart();
      const close: Act = { kind: 'close-case', case: 'huu-nghi-c1' };
      assert.deepEqual(refusals(act(close, 'supervisor')), [
        'it takes the role customs-officer or customs-leader',
      ]);
      const closed = act(close, 'customs-officer', 'tuan');
      assert.deepEqual(
        decided(closed, 'case-closed').map(({ person }) => person),
        ['tuan'],
      );
      assert.deepEqual([cases(), border.gate.alarms().includes('CUSTOMS_CASE/huu-nghi-c1')], [[], false]);
      assert.deepEqual(refusals(act(close, 'customs-officer')), ['there is no case huu-nghi-c1']);
    });

    it('becomes a case where customs knows nothing of the container for half an hour', () => {
      sentAndAsked();
      for (let minutes = 0; minutes < 30; minutes += 10) {
        border.wait(600_000);
        assert.deepEqual(decided(border.feeds(), 'case-opened'), []);
      }
      border.wait(1);
      const [opened] = decided(border.feeds(), 'case-opened');
      assert.deepEqual(
        (opened?.reasons as { code: string }[] | undefined)?.map(({ code }) => code),
        ['NO_CLEARANCE'],
      );
    });

    it('is not held against what was valid, or had been used, by its own passing', () => {
      const validUntil = border.gate.state.now + 30_000;
      sentAndAsked();
      says(box(1), 'released', { validUntil, allotment: { kg: 100 }, remaining: { kg: 0 } });
      border.feeds();
      assert.deepEqual([remembered(), cases()], [[], []]);
    });

    it('is not checked while customs is silent again', () => {
      const crossing = sentAndAsked();
      says(box(1), 'withdrawn');
      customsFallsSilent();
      border.step({ type: 'customs-feed', asOf: border.gate.state.now, feed: 'vassc' });
      assert.deepEqual([remembered(), cases()], [[crossing], []]);
    });

    it('asks for a crossing that is still under way, too, and keeps what was said of it when that ends', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
      grant(move, 1);
      border.goesThrough(LANE, 'xe-1');
      border.wait(1_000);
      border.feeds();
      says(box(1), 'released');
      border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
      border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      border.feeds();
      assert.deepEqual([remembered(), cases(), border.gate.state.clearances[box(1)]], [[], [], undefined]);
    });
  });
});
