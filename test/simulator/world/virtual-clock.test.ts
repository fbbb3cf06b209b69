import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scaledClock } from '../../../simulator/world/scaled-clock.ts';
import { createVirtualClock } from '../../../simulator/world/virtual-clock.ts';

describe('virtual clock', () => {
  it('runs what is due in the order of time, and of planning where times are equal', () => {
    const clock = createVirtualClock(1_000);
    const ran: string[] = [];
    clock.after(20, () => ran.push('late'));
    clock.after(10, () => ran.push('first of two'));
    clock.after(10, () => ran.push('second of two'));
    clock.advance(10);
    assert.deepEqual(ran, ['first of two', 'second of two']);
    assert.equal(clock.nowMs(), 1_010);
    assert.equal(clock.monotonicMs(), 10);
    assert.equal(clock.nextAt(), 1_020);
    clock.advanceTo(1_020);
    assert.equal(ran.at(-1), 'late');
    assert.equal(clock.nextAt(), undefined);
  });

  it('stands at the time of a task while the task runs, and runs what the task plans', () => {
    const clock = createVirtualClock(0);
    const times: number[] = [];
    clock.after(5, () => {
      times.push(clock.nowMs());
      clock.after(5, () => times.push(clock.nowMs()));
    });
    clock.advance(100);
    assert.deepEqual(times, [5, 10]);
    assert.equal(clock.nowMs(), 100);
  });

  it('never runs what was cancelled, and repeats until cancelled', () => {
    const clock = createVirtualClock(0);
    let beats = 0;
    clock.after(3, () => assert.fail('cancelled'))();
    const cancel = clock.every(10, () => {
      beats += 1;
      if (beats === 3) cancel();
    });
    clock.advance(1_000);
    cancel();
    assert.equal(beats, 3);
    assert.equal(clock.nextAt(), undefined);
  });

  it('runs until something holds, or gives up at the limit', () => {
    const clock = createVirtualClock(0);
    let count = 0;
    clock.every(10, () => {
      count += 1;
    });
    assert.equal(
      clock.runUntil(() => count === 4, { limitMs: 1_000 }),
      true,
    );
    assert.equal(clock.nowMs(), 40);
    assert.equal(
      clock.runUntil(() => false, { limitMs: 55 }),
      false,
    );
    assert.equal(clock.nowMs(), 95);
  });

  it('refuses to be moved by the tasks it runs', () => {
    const clock = createVirtualClock(0);
    clock.after(1, () => assert.throws(() => clock.advance(1), /virtual clock/));
    clock.advance(1);
  });

  it('keeps the order of a sorted list for any plan and any cancellations', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delayMs: fc.nat(50), cancelled: fc.boolean() }), { maxLength: 300 }),
        (plan) => {
          const clock = createVirtualClock(0);
          const ran: number[] = [];
          for (const [index, { delayMs, cancelled }] of plan.entries()) {
            const cancel = clock.after(delayMs, () => ran.push(index));
            if (cancelled) cancel();
          }
          clock.advance(50);
          const expected = [...plan.entries()]
            .filter(([, { cancelled }]) => !cancelled)
            .sort(([i, a], [j, b]) => a.delayMs - b.delayMs || i - j)
            .map(([index]) => index);
          assert.deepEqual(ran, expected);
        },
      ),
    );
  });
});

describe('scaled clock', () => {
  it('shortens every delay by the speed and measures durations that agree with the delays', () => {
    const clock = createVirtualClock(0);
    const quick = scaledClock(clock, 10);
    const startMs = quick.monotonicMs();
    let measuredMs = 0;
    let beats = 0;
    quick.after(1_000, () => {
      measuredMs = quick.monotonicMs() - startMs;
    });
    quick.every(100, () => {
      beats += 1;
    });
    clock.advance(100);
    assert.equal(measuredMs, 1_000);
    assert.equal(beats, 10);
    assert.equal(quick.nowMs(), 100);
  });

  it('knows no standstill', () => {
    assert.throws(() => scaledClock(createVirtualClock(0), 0), /above 0/);
  });
});
