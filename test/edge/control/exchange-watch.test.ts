import assert from 'node:assert/strict';
import { watchExchange } from '../../../edge/control/exchange-watch.ts';
import { initialState } from '../../../edge/core/state.ts';
import { createVirtualClock } from '../../../simulator/world/virtual-clock.ts';

describe('an exchange that dies or hangs', () => {
  it('cannot take its last words back: control itself counts the link as down and live values as not fresh, once', () => {
    const clock = createVirtualClock(0);
    const state = initialState();
    const admitted: string[] = [];
    const watch = watchExchange({
      clock,
      state,
      admit(input) {
        admitted.push(input.type);
        if (input.type === 'counterpart-link') state.link.up = input.up;
        if (input.type === 'counterpart-live') state.live = input;
      },
    });
    state.link.up = true;
    state.live = { fresh: true, vehicles: {}, bays: {} };
    for (let beat = 0; beat < 10; beat += 1) {
      clock.advance(500);
      watch.heard();
    }
    assert.deepEqual(admitted, [], 'while it is heard its word counts');
    clock.advance(10_000);
    assert.deepEqual(admitted, ['counterpart-live', 'counterpart-link']);
    assert.equal(state.link.up, false);
    watch.stop();
  });
});
