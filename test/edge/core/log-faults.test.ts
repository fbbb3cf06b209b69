import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act, CounterpartFault, LogName } from '../../../edge/core/input.ts';
import { bootBorder, box, type CoreBorder } from '../../support/core-border.ts';

const LANE = 'border-out-1';
const ROOT = 'a'.repeat(64);
const OTHER_ROOT = 'b'.repeat(64);

describe('the two signed logs, as the core knows of them', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
    border.gate.state.sources.counterpart = 10;
  });
  const witness = () => border.gate.state.witness;
  const head = (size: number, rootHash = ROOT): Effect[] =>
    border.step({ type: 'counterpart-head', size, rootHash, head: `head-${size}-${rootHash[0]}` });
  const fault = (log: LogName, more: Partial<CounterpartFault> = {}): Effect[] =>
    border.step({ type: 'counterpart-fault', log, kind: 'fork', reason: 'two histories', ...more });
  const act = (of: Act, person = 'minh'): Effect[] =>
    border.step({ type: 'operator-act', person, role: 'supervisor', act: of, reason: 'compared with them' });
  const clear = (log: LogName): Effect[] => {
    const proposed = act({ kind: 'clear-log-fault', log });
    const proposal = Object.keys(border.gate.state.proposals)[0];
    return proposal === undefined ? proposed : act({ kind: 'confirm', proposal }, 'lan');
  };
  const told = (effects: readonly Effect[], type: string): unknown[] =>
    effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));
  const alarms = () => border.gate.alarms().filter((id) => id.includes('_LOG_FAULT'));
  const announced = () =>
    Object.values(border.gate.state.alarms)
      .filter((alarm) => alarm.announced && alarm.state === 'raised')
      .map(({ code }) => code);

  it('are signed by keys that the journal remembers and that decide nothing here', () => {
    const { state } = border.gate;
    const before = JSON.stringify({ ...state, now: 0 });
    const effects = border.step({
      type: 'log-keys-changed',
      log: 'theirs',
      file: 'keys/counterpart.log-keys.json',
      trusted: ['A'.repeat(43)],
      revoked: [{ kid: 'B'.repeat(43), upTo: 9 }],
      removed: [],
    });
    assert.deepEqual(effects, []);
    assert.equal(JSON.stringify({ ...state, now: 0 }), before);
  });

  describe('the witness', () => {
    it('is the newest head of the other gate whose lines have all been told', () => {
      head(4);
      head(9);
      assert.deepEqual(witness(), { size: 9, rootHash: ROOT, head: 'head-9-a' });
      head(11);
      assert.equal(witness()?.size, 9, 'its last lines are not here');
      head(4, OTHER_ROOT);
      assert.equal(witness()?.size, 9, 'an older one is no news');
    });

    it('survives a restart', () => {
      border.step({ type: 'counterpart-head', size: 9, rootHash: ROOT, head: 'h' });
      border.restarts();
      assert.deepEqual(witness(), { size: 9, rootHash: ROOT, head: 'h' });
    });

    it('is not replaced by a second history of the same size: that is a fault', () => {
      head(9);
      const effects = head(9, OTHER_ROOT);
      assert.equal(witness()?.rootHash, ROOT);
      assert.deepEqual(told(effects, 'log-fault'), [
        {
          log: 'theirs',
          kind: 'fork',
          reason: 'two signed histories of 9 lines',
          evidence: { heads: ['head-9-a', 'head-9-b'] },
        },
      ]);
    });
  });

  describe('a fault', () => {
    it('takes the link away, calls people, and nothing more is offered', () => {
      fault('theirs');
      assert.equal(border.gate.state.link.up, false);
      assert.equal(border.gate.state.live, null);
      assert.deepEqual(alarms(), ['COUNTERPART_LOG_FAULT/huu-nghi-quan']);
      assert.ok(!announced().includes('LINK_DOWN'), 'that only follows from it');
      const crossing = border.waits('xe-1', LANE, box(1));
      assert.equal(crossing.lineClear, undefined);
    });

    it('of our own log does the same', () => {
      fault('ours');
      assert.equal(border.gate.state.link.up, false);
      assert.deepEqual(alarms(), ['OWN_LOG_FAULT/huu-nghi']);
      assert.ok(!announced().includes('LINK_DOWN'));
    });

    it('keeps a vehicle that has its grant before the border', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
      fault('theirs');
      border.read({ kind: 'granted', move, grant: 'g1', track: 'north', holdNode: 'hnq-in-1' });
      assert.equal(border.visit(LANE).released, false);
    });

    it('keeps the link away however well the other side answers, and over a restart', () => {
      fault('theirs');
      border.link(true);
      assert.equal(border.gate.state.link.up, false);
      border.restarts();
      assert.equal(border.gate.state.link.up, false);
      assert.equal(border.gate.state.logFaults.theirs?.kind, 'fork');
    });

    it('told again while it stands, changes nothing; what was found first is kept', () => {
      fault('theirs');
      const effects = fault('theirs', { kind: 'shrunken-log', reason: 'shorter' });
      assert.deepEqual(told(effects, 'log-fault'), []);
      assert.equal(border.gate.state.logFaults.theirs?.kind, 'fork');
    });
  });

  describe('is cleared', () => {
    it('by two people; exchange reads on by that, and the link comes back when it is told again', () => {
      fault('theirs');
      const proposed = act({ kind: 'clear-log-fault', log: 'theirs' });
      assert.deepEqual(told(proposed, 'log-fault-cleared'), []);
      const [proposal = ''] = Object.keys(border.gate.state.proposals);
      assert.notEqual(border.gate.state.logFaults.theirs, null);
      const confirmed = act({ kind: 'confirm', proposal }, 'lan');
      assert.deepEqual(told(confirmed, 'log-fault-cleared'), [
        { log: 'theirs', kind: 'fork', reason: 'two histories' },
      ]);
      assert.deepEqual(alarms(), []);
      assert.equal(border.gate.state.link.up, false, 'not before exchange has read');
      border.link(true);
      assert.equal(border.gate.state.link.up, true);
    });

    it('and raised anew if it is found again', () => {
      fault('theirs');
      clear('theirs');
      const effects = fault('theirs');
      assert.equal(told(effects, 'log-fault').length, 1);
      assert.deepEqual(alarms(), ['COUNTERPART_LOG_FAULT/huu-nghi-quan']);
    });

    it('each log for itself: with one still at fault there is no link', () => {
      fault('theirs');
      fault('ours');
      clear('theirs');
      border.link(true);
      assert.equal(border.gate.state.link.up, false);
      clear('ours');
      border.link(true);
      assert.equal(border.gate.state.link.up, true);
    });

    it('by nobody where there is none', () => {
      const refused = told(act({ kind: 'clear-log-fault', log: 'ours' }), 'act-refused') as {
        reason: string;
      }[];
      assert.deepEqual(
        refused.map(({ reason }) => reason),
        ['our log has no fault'],
      );
    });
  });
});
