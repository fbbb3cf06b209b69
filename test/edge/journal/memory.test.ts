import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createMemoryJournal } from '../../../edge/journal/memory.ts';
import type { Clock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { input } from '../../support/journal-entries.ts';

/** Tasks of a clock that only moves when the test says so. */
function handClock(): Clock & { pass(): void } {
  const tasks: (() => void)[] = [];
  return {
    nowMs: () => 0,
    monotonicMs: () => 0,
    after: (_delayMs, task) => {
      tasks.push(task);
      return () => undefined;
    },
    every: () => () => undefined,
    pass: () => {
      for (const task of tasks.splice(0)) task();
    },
  };
}

const settledYet = async (promise: Promise<unknown>): Promise<boolean> => {
  const pending = Symbol('pending');
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
};

describe('the journal in virtual time', () => {
  it('is durable only when the simulated disk has synced', async () => {
    const clock = handClock();
    const after = sinon.spy(clock, 'after');
    const journal = createMemoryJournal({ clock, syncDelayMs: 4 });
    const append = journal.append([input(1)]);
    assert.equal(await settledYet(append), false);
    assert.equal(journal.head.seq, 0);
    assert.deepEqual(await journal.read(0, 10), []);
    assert.equal(after.firstCall.args[0], 4);
    clock.pass();
    assert.deepEqual(await append, { firstSeq: 1 });
    assert.equal(journal.head.seq, 1);
  });

  it('loses at a crash what was not synced, and keeps what was', async () => {
    const clock = handClock();
    const journal = createMemoryJournal({ clock, syncDelayMs: 4 });
    const first = journal.append([input(1)]);
    clock.pass();
    await first;
    const lost = journal.append([input(2)]);
    const next = journal.crash();
    clock.pass();
    assert.equal(await settledYet(lost), false, 'a dead process answers nobody');
    assert.equal(await settledYet(journal.append([input(3)])), false);
    assert.equal(next.head.seq, 1);
    const other = next.append([input(9)]);
    clock.pass();
    assert.deepEqual(await other, { firstSeq: 2 });
  });

  it('can crash between the sync and the answer', async () => {
    const journal = createMemoryJournal();
    journal.hold();
    const unanswered = journal.append([input(1), input(2)]);
    const next = journal.crash({ underWayStored: true });
    assert.equal(await settledYet(unanswered), false);
    assert.equal(next.head.seq, 2);
  });

  it('stalls while it is held, and catches up on release', async () => {
    const journal = createMemoryJournal();
    journal.hold();
    const append = journal.append([input(1)]);
    assert.equal(await settledYet(append), false);
    assert.equal(journal.head.seq, 0);
    journal.release();
    await append;
    assert.equal(journal.head.seq, 1);
  });

  it('fails as told, storing nothing, and works again afterwards', async () => {
    const journal = createMemoryJournal();
    journal.failNext(new GateError('JOURNAL_DISK_FULL', 'full', 'free space'));
    await assert.rejects(journal.append([input(1)]), { code: 'JOURNAL_DISK_FULL' });
    assert.equal(journal.head.seq, 0);
    assert.deepEqual(await journal.append([input(1)]), { firstSeq: 1 });
  });
});
