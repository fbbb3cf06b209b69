import assert from 'node:assert/strict';
import { type Admission, createAdmission, type JournalWrite } from '../../../edge/control/admission.ts';
import type { Command } from '../../../edge/core/effect.ts';
import { CORE_VERSION } from '../../../edge/core/gate.ts';
import type { Input } from '../../../edge/core/input.ts';
import { initialState, restore } from '../../../edge/core/state.ts';
import { referenceConfigs } from '../../support/simulated-site.ts';
import { empty, lane, lastMessage, truckArrives } from '../../support/truck-arrives.ts';

const [config] = referenceConfigs;
assert.ok(config);
const START = Date.UTC(2026, 0, 1);
const AGE_MS_MAX = 2_000;

const boot: Input = { type: 'boot', coreVersion: CORE_VERSION, config, configDigest: 'digest' };
const stopLane: Input = {
  type: 'operator-act',
  person: 'lan',
  role: 'operator',
  reason: 'test',
  act: { kind: 'stop-lane', lane: 'yard-in-1' },
};
const barrierUp = { ...lane, barrier: 'up', loops: { ...empty, approach: true } } as const;

const isRaise = (command: Command | undefined): boolean =>
  command?.kind === 'barrier' && command.to === 'raise';
const typesOf = (write: JournalWrite | undefined): string[] =>
  write?.kind === 'append'
    ? write.entries.filter((entry) => entry.kind === 'input').map((entry) => entry.type)
    : [];

describe('admission to the core', () => {
  let admission: Admission;
  let now: number;

  const admit = (input: Input): readonly Command[] => admission.admit(input, now).leaving;
  /** A disk that is at once done with all there is to write. */
  function writeAll(): void {
    while (admission.next() !== undefined) admission.written();
  }
  function start(snapshotEveryEntries = Number.POSITIVE_INFINITY): void {
    now = START;
    admission = createAdmission({
      state: initialState(),
      permissionAgeMsMax: AGE_MS_MAX,
      snapshotEveryEntries,
    });
    admit(boot);
  }
  /** A truck that has all it needs stands at the stop line, and the disk has kept up; `lastMessage` is still to come. */
  function truckWaits(): void {
    for (const input of truckArrives) admit(input);
    writeAll();
    assert.equal(admission.release(now), undefined);
  }
  beforeEach(() => start());

  it('an opening waits for its record, and leaves once', () => {
    truckWaits();
    assert.deepEqual(admit(lastMessage), [], 'nothing leaves by itself');
    assert.equal(admission.release(now), undefined, 'not even begun to be written');
    const write = admission.next();
    assert.ok(write?.kind === 'append' && write.entries.some((entry) => entry.body.includes('"raise"')));
    assert.equal(admission.release(now), undefined, 'on its way to the disk');
    admission.written();
    const released = admission.release(now);
    assert.ok(isRaise(released?.command));
    assert.equal(released?.refusal, null);
    assert.equal(admission.release(now), undefined);
  });

  it('an opening decided while another record is being written waits for its own', () => {
    truckWaits();
    admit({ type: 'tick' });
    assert.deepEqual(typesOf(admission.next()), ['tick']);
    admit(lastMessage);
    admission.written();
    assert.equal(admission.release(now), undefined);
    assert.deepEqual(typesOf(admission.next()), ['weight']);
    admission.written();
    assert.ok(isRaise(admission.release(now)?.command));
  });

  it('what is stepped during a write gathers for the next; each input is told its place in it', () => {
    const feed = (asOf: number) => admission.admit({ type: 'customs-feed', asOf }, now);
    const first = admission.next();
    assert.deepEqual(typesOf(first), ['boot']);
    assert.equal(feed(1).index, 0);
    const { index } = feed(2);
    assert.equal(admission.next(), undefined, 'one write at a time');
    assert.ok(first?.kind === 'append');
    const waiting = admission.backlog - first.entries.length;
    admission.written();
    const second = admission.next();
    assert.ok(second?.kind === 'append');
    assert.equal(second.entries.length, waiting);
    assert.deepEqual(JSON.parse(second.entries[index]?.body ?? ''), { asOf: 2 });
    admission.written();
    assert.equal(admission.backlog, 0);
    assert.equal(admission.next(), undefined, 'nothing has gathered');
  });

  it('an opening whose lane was stopped meanwhile is refused, with the reason', () => {
    truckWaits();
    admit(lastMessage);
    admission.next();
    admit(stopLane);
    admission.written();
    const released = admission.release(now);
    assert.ok(isRaise(released?.command));
    assert.match(released?.refusal ?? '', /LANE_STOPPED/);
  });

  it('an opening as old as may be leaves; a millisecond older it is refused', () => {
    for (const [ageMs, refused] of [
      [AGE_MS_MAX, false],
      [AGE_MS_MAX + 1, true],
    ] as const) {
      start();
      truckWaits();
      admit(lastMessage);
      writeAll();
      assert.equal(admission.release(now + ageMs)?.refusal != null, refused, `${ageMs} ms`);
    }
  });

  it('a red light overtakes a green one, also when the green one’s record has just become durable', () => {
    for (const durable of [false, true]) {
      start();
      truckWaits();
      admit(lastMessage);
      writeAll();
      assert.ok(isRaise(admission.release(now)?.command));
      admit(barrierUp);
      const write = admission.next();
      assert.ok(write?.kind === 'append' && write.entries.some((entry) => entry.body.includes('"green"')));
      if (durable) admission.written();
      admit(stopLane);
      const leaving = admit({ ...barrierUp, light: 'green' });
      assert.deepEqual(
        leaving.map((command) => command.kind === 'light' && command.to),
        ['red'],
        'nothing is waited for',
      );
      if (!durable) admission.written();
      assert.equal(admission.release(now), undefined, 'not refused: gone');
    }
  });

  it('a crane that moves for a job nobody gave is stopped, and its next job waits until that one is over', () => {
    const { state } = admission;
    const [crane] = config.yard.cranes;
    const bay = config.yard.bays.find(({ id, use }) => use === 'truck' && crane?.bays.includes(id));
    const [slot] = crane?.slots ?? [];
    assert.ok(crane && bay && slot);
    const { device } = crane;
    for (const id of [device, bay.io])
      admit({ type: 'device-status', device: id, status: 'online', reason: '' });
    const loops = { approach: true, under: false, exit: false };
    admit({ type: 'lane-io', device: bay.io, loops, curtain: 'clear', barrier: 'none', light: 'dark' });
    const spreader = { landed: false, locked: false, unlocked: true, loaded: false };
    admit({ type: 'crane', device, mode: 'automatic', spreader, position: bay.id, hoistClear: true });
    for (const input of truckArrives) if (input.type === 'booking') admit(input);
    const [crossing] = Object.values(state.crossings);
    assert.ok(crossing);
    Object.assign(crossing, { stage: 'truck-inside', slot, bays: { truck: bay.id } });
    Object.assign(state.owners, { [`bay:${bay.id}`]: crossing.id, [`slot:${slot}`]: crossing.id });
    writeAll();
    const told = (is: 'running' | 'aborted') =>
      admit({ type: 'crane-job', device, jobId: `${config.gate.id}-j77`, state: is });
    assert.deepEqual(
      told('running').map(({ kind }) => kind),
      ['job-stop'],
    );
    writeAll();
    assert.equal(admission.release(now), undefined);
    assert.deepEqual(told('aborted'), []);
    writeAll();
    assert.equal(admission.release(now)?.command.kind, 'job');
  });

  it('time never goes back, whatever the caller’s clock says', () => {
    now += 1_000;
    admit({ type: 'tick' });
    now -= 60_000;
    admit({ type: 'tick' });
    const write = admission.next();
    assert.ok(write?.kind === 'append');
    const inputs = write.entries.filter((entry) => entry.kind === 'input');
    assert.deepEqual(
      inputs.map((entry) => entry.at - START),
      [0, 1_000, 1_000],
    );
  });

  it('the sender of an input is recorded with it and moves its cursor', () => {
    writeAll();
    const from = { source: 'customs', id: 'customs:1', seq: 1 };
    admission.admit({ type: 'customs-feed', asOf: 5 }, now, from);
    assert.equal(admission.state.sources.customs, 1);
    const write = admission.next();
    assert.deepEqual(write?.kind === 'append' && JSON.parse(write.entries[0]?.body ?? ''), { asOf: 5, from });
  });

  it('a snapshot falls due when nothing waits, is what the journal before it leads to, and starts the count anew', () => {
    start(2);
    admission.next();
    admit({ type: 'customs-feed', asOf: now });
    admission.written();
    assert.deepEqual(typesOf(admission.next()), ['customs-feed'], 'what waits goes first');
    admission.written();
    const before = restore(JSON.stringify(admission.state));
    const write = admission.next();
    assert.ok(write?.kind === 'segment');
    assert.deepEqual([write.snapshot.kind, write.snapshot.at], ['snapshot', admission.state.now]);
    assert.equal(admission.backlog, 1, 'it waits for the disk like any entry');
    now += 1;
    admit({ type: 'tick' });
    assert.deepEqual(restore(write.snapshot.body), before, 'what came since is not in it');
    admission.written();
    assert.equal(admission.next()?.kind, 'append');
    admission.written();
    assert.equal(admission.next(), undefined, 'one entry since');
  });

  it('an end of a write that nobody began is a fault of the caller', () => {
    writeAll();
    assert.throws(() => admission.written(), /nothing is being written/);
  });
});
