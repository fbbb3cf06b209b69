import assert from 'node:assert/strict';
import { replay } from '../../../edge/cli/journal.ts';
import { createDoorHost } from '../../../edge/control/host.ts';
import { type ControlLoop, createLoop } from '../../../edge/control/loop.ts';
import { restoreState } from '../../../edge/control/restore.ts';
import type { Command } from '../../../edge/core/effect.ts';
import type { Input } from '../../../edge/core/input.ts';
import { createMemoryJournal, type MemoryJournal } from '../../../edge/journal/memory.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { createLog, silentLog } from '../../../edge/platform/log.ts';
import { createVirtualClock, type VirtualClock } from '../../../simulator/world/virtual-clock.ts';
import { referenceConfigs } from '../../support/simulated-site.ts';
import { empty, lane, lastMessage, truckArrives } from '../../support/truck-arrives.ts';

const [config] = referenceConfigs;
assert.ok(config);

/** Runs promises that are ready; virtual time stands still. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const person = { type: 'operator-act', person: 'lan', role: 'operator', reason: 'test' } as const;

const SALT_SEED = '5a'.repeat(32);

describe('the control loop', () => {
  let clock: VirtualClock;
  let journal: MemoryJournal;
  let sent: Command[];
  let fatal: GateError[];
  let logged: string[];
  let loop: ControlLoop;

  async function startOn(
    given: MemoryJournal,
    backlogEntriesMax = 5_000,
    snapshotEveryEntries = 1_000_000,
  ): Promise<void> {
    journal = given;
    const { state, seen } = await restoreState(journal);
    loop = createLoop({
      journal,
      state,
      seen,
      clock,
      log: createLog('loop', (line) => logged.push(line)),
      deliver: async (command) => {
        sent.push(command);
      },
      onFatal: (error) => fatal.push(error),
      limits: { backlogEntriesMax, snapshotEveryEntries },
      permissionAgeMsMax: 2_000,
    });
    assert.ok(config);
    loop.start(config, 'digest', SALT_SEED);
    await settle();
  }
  beforeEach(async () => {
    clock = createVirtualClock(Date.UTC(2026, 0, 1));
    sent = [];
    fatal = [];
    logged = [];
    await startOn(createMemoryJournal());
  });

  const admitAll = (inputs: readonly Input[]): void => {
    for (const input of inputs) loop.admit(input);
  };
  const raised = (): Command[] =>
    sent.filter((command) => command.kind === 'barrier' && command.to === 'raise');
  const entries = () => journal.read(0, 10_000);

  it('opens for a truck that is in order, once its decision is on disk', async () => {
    admitAll(truckArrives);
    await settle();
    assert.deepEqual(raised(), []);
    journal.hold();
    loop.admit(lastMessage);
    await settle();
    assert.deepEqual(raised(), [], 'decided, but not yet on disk');
    journal.release();
    await settle();
    assert.equal(raised().length, 1);
    const written = (await entries()).filter(
      (entry) => entry.type === 'command' && entry.body.includes('"raise"'),
    );
    assert.equal(written.length, 1);
  });

  it('with an append held back for 5 s no permission leaves, a stop leaves at once, and the open that waited is never sent', async () => {
    admitAll(truckArrives);
    await settle();
    journal.hold();
    sent.length = 0;
    loop.admit(lastMessage);
    await settle();
    const decided = (await entries()).length;
    clock.advance(2_500);
    await settle();
    assert.equal(loop.storage, 'stop-only');
    loop.admit({ ...lane, loops: { ...empty, approach: true }, light: 'green' });
    // The other lanes, which nobody has heard, are told red again and again.
    assert.deepEqual(
      sent.flatMap((command) =>
        command.device === lane.device ? [command.kind === 'light' && command.to] : [],
      ),
      ['red'],
      'the stop has left before anything was awaited',
    );
    loop.admit({ ...person, act: { kind: 'stop-lane', lane: 'yard-in-1' } });
    clock.advance(2_500);
    await settle();
    assert.deepEqual(raised(), []);
    assert.equal((await entries()).length, decided, 'nothing reached the disk meanwhile');
    journal.release();
    await settle();
    clock.advance(60_000);
    await settle();
    assert.deepEqual(raised(), [], 'the open that waited is never sent');
    const refused = (await entries()).filter((entry) => entry.type === 'command-refused');
    assert.equal(refused.length, 1);
    assert.equal(loop.storage, 'ok');
  });

  it('a permission whose record took too long is refused and decided anew', async () => {
    admitAll(truckArrives);
    await settle();
    journal.hold();
    loop.admit(lastMessage);
    clock.advance(5_000);
    journal.release();
    await settle();
    assert.deepEqual(raised(), [], 'too old');
    clock.advance(600);
    await settle();
    assert.equal(raised().length, 1, 'decided anew, with a record of its own');
    const written = (await entries()).filter(
      (entry) => entry.type === 'command' && entry.body.includes('"raise"'),
    );
    assert.equal(written.length, 2);
    assert.equal(raised()[0]?.commandId, JSON.parse(written[1]?.body ?? '{}').commandId);
  });

  it('a restrictive command cancels a permission that waits for the same actuator', async () => {
    admitAll([...truckArrives]);
    await settle();
    loop.admit(lastMessage);
    await settle();
    const up = { ...lane, barrier: 'up', loops: { ...empty, approach: true } } as const;
    journal.hold();
    loop.admit(up);
    loop.admit({ ...person, act: { kind: 'stop-lane', lane: 'yard-in-1' } });
    loop.admit({ ...up, light: 'green' });
    journal.release();
    await settle();
    const lights = sent.filter((command) => command.kind === 'light' && command.device === 'io-yard-in-1');
    assert.deepEqual(lights.map((command) => command.kind === 'light' && command.to).at(-1), 'red');
    assert.ok(!lights.some((command) => command.kind === 'light' && command.to === 'green'));
  });

  it('a crash between decision and command ends in a fresh decision, not in a repeated command', async () => {
    admitAll(truckArrives);
    await settle();
    journal.hold();
    loop.admit(lastMessage);
    await settle();
    // The record reached the disk, the process died before it could send the command.
    const survived = journal.crash({ underWayStored: true });
    const before = (await survived.read(0, 10_000)).filter((entry) => entry.body.includes('"raise"'));
    assert.equal(before.length, 1, 'the decision is on disk');
    sent.length = 0;
    await startOn(survived);
    clock.advance(10_000);
    await settle();
    assert.deepEqual(raised(), [], 'nothing is sent again by itself');
    admitAll(truckArrives.filter((input) => input.type === 'device-status'));
    loop.admit({ ...lane, loops: { ...empty, approach: true } });
    await settle();
    assert.deepEqual(raised(), [], 'the vehicle must be read again first');
    admitAll(truckArrives.filter((input) => input.type === 'plate' || input.type === 'container'));
    loop.admit(lastMessage);
    await settle();
    assert.equal(raised().length, 1);
    const old = JSON.parse(before[0]?.body ?? '{}').commandId;
    assert.notEqual(raised()[0]?.commandId, old, 'a decision of its own');
  });

  it('the same input submitted twice is one input, also across a restart', async () => {
    const from = { source: 'customs', id: 'customs:1', seq: 1 };
    const feed: Input = { type: 'customs-feed', asOf: 1 };
    const first = loop.admit(feed, from);
    const second = loop.admit(feed, from);
    assert.deepEqual([first.repeated, second.repeated], [false, true]);
    assert.equal(await second.durable, await first.durable);
    await startOn(journal.crash());
    const third = loop.admit(feed, from);
    assert.equal(third.repeated, true);
    assert.equal(await third.durable, await first.durable);
    await settle();
    assert.equal((await entries()).filter((entry) => entry.type === 'customs-feed').length, 1);
  });

  it('a gapless source that skips a number is told which one is missing', () => {
    loop.admit({ type: 'customs-feed', asOf: 1 }, { source: 'customs', id: 'a', seq: 1 });
    assert.throws(
      () => loop.admit({ type: 'customs-feed', asOf: 2 }, { source: 'customs', id: 'c', seq: 3 }),
      (error: unknown) =>
        error instanceof GateError && error.code === 'GAP' && error.remedy.includes('Send 2 first'),
    );
  });

  it('nothing is acknowledged before it is on disk', async () => {
    journal.hold();
    let acknowledged = false;
    void loop.admit({ type: 'tick' }, { source: 'x', id: '1' }).durable.then(() => {
      acknowledged = true;
    });
    await settle();
    assert.equal(acknowledged, false);
    journal.release();
    await settle();
    assert.equal(acknowledged, true);
  });

  it('what salts are made from is in the journal, and shown through no door', async () => {
    const [boot] = await entries();
    assert.ok(boot?.body.includes(`"saltSeed":"${SALT_SEED}"`));
    assert.equal(loop.state.filter.saltSeed, SALT_SEED);
    const shown = createDoorHost({ loop, journal, clock, waitingMax: 10 }).state();
    assert.equal(JSON.stringify(shown).includes(SALT_SEED), false);
  });

  it('a failing disk is tried again, and what waited is written in order', async () => {
    journal.failNext(new GateError('JOURNAL_DISK_FULL', 'full', 'free space'));
    loop.admit({ type: 'tick' });
    await settle();
    assert.equal(loop.storage, 'stop-only');
    loop.admit({ type: 'customs-feed', asOf: 5 });
    clock.advance(600);
    await settle();
    assert.equal(loop.storage, 'ok');
    const types = (await entries()).filter((entry) => entry.kind === 'input').map((entry) => entry.type);
    assert.deepEqual(types.slice(0, 3), ['boot', 'tick', 'customs-feed']);
  });

  it('a backlog that overflows ends the process, to start again held', async () => {
    await startOn(createMemoryJournal(), 20);
    journal.hold();
    for (let n = 0; n < 30 && fatal.length === 0; n += 1) loop.admit({ type: 'tick' });
    assert.equal(fatal[0]?.code, 'BACKLOG_FULL');
  });

  it('time in the journal never goes back, even when the wall clock does', async () => {
    loop.admit({ type: 'tick' });
    clock.advance(1_000);
    loop.admit({ type: 'tick' });
    await settle();
    const behind = createVirtualClock(Date.UTC(2025, 0, 1));
    clock = behind;
    await startOn(journal.crash());
    loop.admit({ type: 'tick' });
    await settle();
    const times = (await entries()).map((entry) => entry.at);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('a snapshot that falls due while a refusal is being written waits for it, and equals the journal before it', async () => {
    await startOn(createMemoryJournal({ clock, syncDelayMs: 10 }), 5_000, 1);
    const commit = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn += 1) {
        clock.advance(10);
        await settle();
      }
    };
    admitAll(truckArrives);
    await commit();
    loop.admit(lastMessage);
    await settle();
    // On its way to the disk, and refused when it gets there: the lane was stopped meanwhile.
    loop.admit({ ...person, act: { kind: 'stop-lane', lane: 'yard-in-1' } });
    await commit();
    assert.deepEqual([fatal, logged], [[], []], 'never two appends at once');
    assert.equal(loop.storage, 'ok');
    assert.deepEqual(raised(), []);
    const state = JSON.parse(JSON.stringify(loop.state));
    const survived = journal.crash();
    assert.deepEqual((await restoreState(survived)).state, state);
    const { differences } = await replay(await survived.read(0, 10_000));
    assert.deepEqual(differences, []);
  });

  it('a snapshot starts a new segment, and a restart continues from it', async () => {
    assert.ok(config);
    const { state } = await restoreState(journal);
    const small = createLoop({
      journal,
      state,
      clock,
      log: silentLog,
      deliver: async () => {},
      onFatal: (error) => fatal.push(error),
      limits: { backlogEntriesMax: 100, snapshotEveryEntries: 5 },
      permissionAgeMsMax: 2_000,
    });
    small.start(config, 'digest', '');
    for (let n = 0; n < 10; n += 1) {
      small.admit({ type: 'customs-feed', asOf: n });
      await settle();
    }
    assert.ok((await journal.latestSnapshot()) !== undefined);
    const again = await restoreState(journal);
    assert.deepEqual(again.state, JSON.parse(JSON.stringify(small.state)));
  });
});
