import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Input } from '../../../edge/core/input.ts';
import { BOX, bootLane, type CoreLane, TRUCK } from '../../support/core-lane.ts';

const SKEW_MS = 60_000;

describe('the word of customs', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
  });
  const clearance = (over: Partial<Extract<Input, { type: 'clearance' }>> = {}): Effect[] =>
    lane.step({
      type: 'clearance',
      declaration: '308044805740',
      container: BOX,
      kind: 'export',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'VNACCS',
      ...over,
    });
  const asked = (effects: Effect[], type: string) =>
    effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));
  const alarms = () => lane.alarms();

  describe('on when its list was complete', () => {
    const feed = (asOf: number, name?: string) =>
      lane.step({ type: 'customs-feed', asOf, ...(name !== undefined && { feed: name }) });

    it('is never of a time to come: what customs’ clock is ahead of ours counts as now', () => {
      const { now } = lane.gate.state;
      feed(now + SKEW_MS);
      assert.equal(lane.gate.state.feeds.customs, now);
    });

    it('that is further ahead is a contradiction, no confirmation, and people are told', () => {
      const before = lane.gate.state.feeds.customs;
      feed(lane.gate.state.now + SKEW_MS + 1);
      assert.equal(lane.gate.state.feeds.customs, before);
      assert.ok(alarms().includes('CUSTOMS_CLOCK/customs'));
      feed(lane.gate.state.now);
      assert.ok(!alarms().includes('CUSTOMS_CLOCK/customs'));
    });

    it('is kept for each feed by itself', () => {
      const { now } = lane.gate.state;
      feed(now - 1_000, 'acts');
      assert.equal(lane.gate.state.feeds.acts, now - 1_000);
    });
  });

  describe('asked for', () => {
    it('when a container comes that nobody has announced: once, and only by a whole number', () => {
      lane.sees('approach');
      const [first] = asked(readsAs('CSQU3054383'), 'ask-clearance');
      assert.deepEqual(first, { container: 'CSQU3054383' });
      assert.deepEqual(asked(readsAs('CSQU3054383'), 'ask-clearance'), []);
      assert.deepEqual(asked(readsAs('CSQU3054380'), 'ask-clearance'), [], 'a misread number');
    });

    it('once more about what is let out of the yard', () => {
      lane = bootLane('yard-in-1', ({ checkpoints }) => {
        checkpoints['yard-in'].laden.push('clearance');
      });
      lane.books();
      lane.sees('approach');
      const asks = asked(readsAs(BOX, TRUCK), 'ask-clearance');
      assert.deepEqual(asks, [{ container: BOX }]);
    });

    function readsAs(code: string, plate = '99X-111.11'): Effect[] {
      const { camera, reader = '' } = lane.config.devices;
      const readId = `${code}/${lane.gate.state.now}`;
      return [
        ...lane.step({ type: 'plate', device: camera, readId, plate, quality: 980, deviceAt: 0 }),
        ...lane.step({ type: 'container', device: reader, readId, code, quality: 980, deviceAt: 0 }),
      ];
    }
  });

  describe('that demands an examination', () => {
    it('has the examiner asked, once, and is met by what the examiner finds', () => {
      const crossing = lane.books();
      const asks = asked(clearance({ requirements: { scan: 'required' } }), 'ask-examination');
      assert.deepEqual(asks, [{ container: BOX, requirement: 'scan', crossing: crossing.id }]);
      assert.deepEqual(
        asked(clearance({ requirements: { scan: 'required' }, version: 2 }), 'ask-examination'),
        [],
      );
    });

    it('is no matter for a container that nobody brings here', () => {
      assert.deepEqual(asked(clearance({ requirements: { scan: 'required' } }), 'ask-examination'), []);
    });

    it('made before it was demanded needs no asking', () => {
      lane.books();
      lane.step({
        type: 'examination',
        examinationId: 'e-1',
        container: BOX,
        requirement: 'scan',
        state: 'passed',
        version: 1,
        source: 'scanner',
        examinedAt: 0,
      });
      assert.deepEqual(asked(clearance({ requirements: { scan: 'required' } }), 'ask-examination'), []);
    });
  });

  it('that ends at a time is looked at then, without anything else happening', () => {
    lane = bootLane('yard-in-1', ({ checkpoints }) => {
      checkpoints['yard-in'].laden = ['plate', 'container', 'clearance', 'bay'];
    });
    lane.gate.step({ type: 'customs-feed', asOf: lane.gate.state.now });
    lane.books();
    lane.act({ kind: 'close-lane', lane: 'yard-in-1' });
    const { now } = lane.gate.state;
    clearance({ declaration: 'D1', validUntil: now + 60_000 });
    clearance({ declaration: 'D2', validUntil: now + 30_000 });
    lane.sees('approach');
    lane.reads();
    const codes = () => lane.visit.reasons.map(({ code }) => code);
    assert.ok(!codes().includes('CLEARANCE_EXPIRED'));
    lane.wait(30_000);
    assert.equal(codes().filter((code) => code === 'CLEARANCE_EXPIRED').length, 1);
    lane.wait(30_000);
    assert.equal(codes().filter((code) => code === 'CLEARANCE_EXPIRED').length, 2);
  });

  it('is kept of so many containers that nobody has announced, the oldest forgotten first', () => {
    for (let n = 0; n < 1_001; n += 1) clearance({ container: `X${n}` });
    assert.equal(lane.gate.state.clearances.X0, undefined);
    assert.notEqual(lane.gate.state.clearances.X1, undefined);
    assert.equal(Object.keys(lane.gate.state.clearances).length, 1_000);
  });
});
