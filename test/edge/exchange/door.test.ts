import assert from 'node:assert/strict';
import { abortableDoor, type ControlDoor, sourceCursor, submitInOrder } from '../../../edge/exchange/door.ts';
import type { DoorClient } from '../../../edge/platform/door-client.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { createFakeControl } from '../../support/exchange-world.ts';

const feed = (seq: number) => ({
  input: { type: 'customs-feed', asOf: seq } as const,
  from: { source: 'customs', id: `customs:${seq}`, seq },
});
const code = (expected: string) => (error: unknown) => error instanceof GateError && error.code === expected;

describe('the exchange door', () => {
  it('is what the client over the local socket offers', () => {
    // The assignment is the test.
    const asDoor = (client: DoorClient): ControlDoor => client;
    assert.ok(asDoor);
  });

  it('tells the cursor of a source, nothing admitted being zero', async () => {
    const { door } = createFakeControl();
    assert.equal(await sourceCursor(door, 'customs'), 0);
    await submitInOrder(door, [feed(1), feed(2)]);
    assert.equal(await sourceCursor(door, 'customs'), 2);
    await assert.rejects(
      sourceCursor({ ...door, state: async () => ({}) }, 'customs'),
      code('STATE_UNREADABLE'),
    );
  });

  it('admits what was before a refusal, and says why it went no further', async () => {
    const control = createFakeControl();
    await assert.rejects(submitInOrder(control.door, [feed(1), feed(3), feed(4)]), code('GAP'));
    assert.equal(control.admitted.length, 1);
    await assert.rejects(
      submitInOrder({ ...control.door, submitAll: async () => [] }, [feed(2)]),
      code('DOOR_BROKEN'),
    );
  });

  it('does not keep a stopping daemon waiting', async () => {
    const stopping = new AbortController();
    const { door } = createFakeControl();
    const slow = abortableDoor({ ...door, state: () => new Promise(() => undefined) }, stopping.signal);
    const asked = slow.state();
    stopping.abort();
    await assert.rejects(asked, code('EXCHANGE_STOPPED'));
    await assert.rejects(slow.live(), code('EXCHANGE_STOPPED'));
  });
});
