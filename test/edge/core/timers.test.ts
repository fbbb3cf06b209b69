import assert from 'node:assert/strict';
import { nextDeadline } from '../../../edge/core/gate.ts';
import { type GateState, initialState, restore, snapshot } from '../../../edge/core/state.ts';
import { clearTimer, firstTimer, setTimer } from '../../../edge/core/timers.ts';
import { seededRandom } from '../../../edge/platform/random.ts';

describe('timers', () => {
  /** Takes them out as the core fires them. */
  function fired(state: GateState): string[] {
    const names: string[] = [];
    for (let first = firstTimer(state); first !== undefined; first = firstTimer(state)) {
      names.push(`${first.name}@${first.at}`);
      clearTimer(state, first.name);
    }
    return names;
  }
  let state: GateState;
  beforeEach(() => {
    state = initialState();
  });

  it('come in the order they are due', () => {
    for (const [name, at] of [
      ['c', 30],
      ['a', 10],
      ['d', 40],
      ['b', 20],
    ] as const)
      setTimer(state, name, at);
    assert.equal(nextDeadline(state), 10);
    assert.deepEqual(fired(state), ['a@10', 'b@20', 'c@30', 'd@40']);
    assert.equal(nextDeadline(state), undefined);
  });

  it('due at the same moment come by name, in whatever order they were set', () => {
    for (const name of ['pending/x', 'grant/2', 'transit/m1', 'grant/1']) setTimer(state, name, 10);
    assert.deepEqual(fired(state), ['grant/1@10', 'grant/2@10', 'pending/x@10', 'transit/m1@10']);
  });

  it('that were cleared never come, set anew they come once, at the new time', () => {
    setTimer(state, 'a', 10);
    setTimer(state, 'b', 20);
    setTimer(state, 'c', 30);
    clearTimer(state, 'a');
    setTimer(state, 'c', 5);
    clearTimer(state, 'never set');
    setTimer(state, 'b', 20);
    assert.deepEqual(fired(state), ['c@5', 'b@20']);
  });

  it('put off and brought back to their first time, come once', () => {
    setTimer(state, 'a', 10);
    setTimer(state, 'a', 20);
    setTimer(state, 'a', 10);
    assert.deepEqual(fired(state), ['a@10']);
  });

  it('of a restored state come as those of the first would have, and touch it no more', () => {
    const random = seededRandom(4);
    for (let n = 0; n < 200; n += 1) {
      const name = `t/${Math.floor(random.next() * 40)}`;
      if (random.next() < 0.7) setTimer(state, name, Math.floor(random.next() * 50));
      else clearTimer(state, name);
    }
    const expected = Object.entries(state.timers)
      .map(([name, at]) => ({ name, at }))
      .toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
      .map(({ name, at }) => `${name}@${at}`);
    const copy = restore(snapshot(state));
    assert.deepEqual(fired(copy), expected);
    assert.deepEqual(fired(state), expected);
  });
});
