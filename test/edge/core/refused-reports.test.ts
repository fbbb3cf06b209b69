import assert from 'node:assert/strict';
import { restore, snapshot } from '../../../edge/core/state.ts';
import { bootLane, type CoreLane } from '../../support/core-lane.ts';

describe('reports that whoever gets them has refused', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
  });

  const tell = (refused: Record<string, number>) => lane.step({ type: 'reports-refused', refused });
  const standing = (): string[] =>
    Object.values(lane.gate.state.alarms)
      .filter(({ code }) => code === 'OUTBOX_REFUSED')
      .map(({ subject, state, count }) => `${subject} ${state} ${count}`);
  const acknowledge = () =>
    lane.step({
      type: 'operator-act',
      person: 'lan',
      role: 'operator',
      act: { kind: 'acknowledge-alarm', alarm: 'OUTBOX_REFUSED/customs' },
      reason: 'I look into it',
    });

  it('raise one alarm for whoever refuses, however many they are', () => {
    tell({});
    assert.deepEqual(standing(), []);
    tell({ customs: 3, 'CODECO line-one': 1 });
    assert.deepEqual(standing(), ['customs raised 1', 'CODECO line-one raised 1']);
    const alarm = lane.gate.state.alarms['OUTBOX_REFUSED/customs'];
    assert.deepEqual([alarm?.priority, alarm?.announced], ['medium', true]);
  });

  it('are told again after a restart, and are no news then', () => {
    tell({ customs: 2 });
    lane.wait(3_600_000);
    tell({ customs: 2 });
    assert.deepEqual(standing(), ['customs raised 1']);
    assert.deepEqual(restore(snapshot(lane.gate.state)).refused, { customs: 2 });
  });

  it('return it when somebody has seen to the last of them, and not before', () => {
    tell({ customs: 2 });
    acknowledge();
    tell({ customs: 1 });
    assert.deepEqual(standing(), ['customs acknowledged 1']);
    tell({});
    assert.deepEqual(standing(), []);
    assert.deepEqual(lane.gate.state.refused, {});
  });

  it('stay shown until a person has seen them, also when they were seen to meanwhile', () => {
    tell({ customs: 1 });
    tell({ customs: 0 });
    assert.deepEqual(standing(), ['customs returned 1']);
    acknowledge();
    assert.deepEqual(standing(), []);
  });

  it('raise it anew when one more is refused, also for whoever had seen those before', () => {
    tell({ customs: 1 });
    acknowledge();
    tell({ customs: 2 });
    assert.deepEqual(standing(), ['customs raised 1']);
    tell({ customs: 3 });
    assert.deepEqual(standing(), ['customs raised 2']);
  });

  it('hold up nobody at the gate', () => {
    lane.books();
    lane.sees('approach');
    lane.reads();
    lane.weighs();
    const before = lane.visit.verdict;
    tell({ customs: 1 });
    assert.equal(lane.visit.verdict, before);
  });
});
