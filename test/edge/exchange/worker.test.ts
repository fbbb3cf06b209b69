import assert from 'node:assert/strict';
import sinon from 'sinon';
import { backoffMs, startWorker, type Turn } from '../../../edge/exchange/worker.ts';
import type { Clock } from '../../../edge/platform/clock.ts';
import type { Log } from '../../../edge/platform/log.ts';
import { seededRandom } from '../../../edge/platform/random.ts';

/** A clock that moves by hand. */
function handClock(): Clock & { advance(byMs: number): Promise<void> } {
  let nowMs = 0;
  let timers: { dueMs: number; task: () => void }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, task) {
      const timer = { dueMs: nowMs + delayMs, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    every: () => () => undefined,
    async advance(byMs) {
      await settle();
      nowMs += byMs;
      const due = timers.filter(({ dueMs }) => dueMs <= nowMs);
      timers = timers.filter(({ dueMs }) => dueMs > nowMs);
      for (const { task } of due) task();
      await settle();
    },
  };
}

const spyLog = () => {
  const log = { info: sinon.spy(), warn: sinon.spy(), error: sinon.spy(), child: (): Log => log };
  return log;
};

describe('a worker of exchange', () => {
  it('waits longer after each failure, up to its bound, and never in step with others', () => {
    const random = seededRandom(7);
    const range = { minMs: 100, maxMs: 5_000 };
    for (const [failures, fullMs] of [
      [1, 100],
      [2, 200],
      [5, 1_600],
      [7, 5_000],
      [1_000, 5_000],
    ] as const) {
      const delays = Array.from({ length: 50 }, () => backoffMs(failures, range, random));
      assert.ok(Math.min(...delays) >= fullMs / 2 && Math.max(...delays) <= fullMs);
      assert.ok(new Set(delays).size > 40);
    }
  });

  it('logs once when its work begins to fail and once when it works again', async () => {
    const clock = handClock();
    const log = spyLog();
    let failing = true;
    const turn = sinon.spy(async (): Promise<Turn> => {
      if (failing) throw new Error('away');
      return 'idle';
    });
    const backoff = { minMs: 100, maxMs: 100 };
    const worker = startWorker({ name: 'ask', clock, random: seededRandom(1), log, backoff, turn });
    for (let attempt = 0; attempt < 5; attempt += 1) await clock.advance(100);
    assert.equal(turn.callCount, 6);
    assert.equal(log.warn.callCount, 1);
    failing = false;
    await clock.advance(100);
    assert.equal(log.info.callCount, 1);
    await worker.stop();
  });

  it('is woken from idling, but not from a back-off: a link that recovers meets no storm', async () => {
    const clock = handClock();
    const turns: Turn[] = ['idle', 'idle'];
    const turn = sinon.spy(async (): Promise<Turn> => {
      const next = turns.shift();
      if (next === undefined) throw new Error('away');
      return next;
    });
    const backoff = { minMs: 100, maxMs: 100 };
    const worker = startWorker({ name: 'ask', clock, random: seededRandom(1), log: spyLog(), backoff, turn });
    await clock.advance(1_000_000);
    assert.equal(turn.callCount, 1);
    worker.wake();
    await clock.advance(0);
    assert.equal(turn.callCount, 2);
    worker.wake();
    await clock.advance(0);
    assert.equal(turn.callCount, 3, 'this one fails');
    for (let times = 0; times < 10; times += 1) worker.wake();
    await clock.advance(0);
    assert.equal(turn.callCount, 3);
    await clock.advance(100);
    assert.equal(turn.callCount, 4);
    await worker.stop();
  });
});
