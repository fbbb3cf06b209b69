import assert from 'node:assert/strict';
import { replay } from '../../edge/cli/journal.ts';
import { inputOf } from '../../edge/control/restore.ts';
import { step } from '../../edge/core/gate.ts';
import type { Input } from '../../edge/core/input.ts';
import { initialState, restore, snapshot } from '../../edge/core/state.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import { startVirtualRun, type VirtualGate, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs, the } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const HOUR_MS = 3_600_000;
const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';

describe('two gates in virtual time', () => {
  let run: VirtualRun;
  beforeEach(() => {
    run = startVirtualRun(referenceConfigs);
    run.clock.advance(1_000);
  });
  afterEach(() => endUnharmed(run));

  const completed = (gate: string): { export: number; import: number } => run.gate(gate).state.completed;
  const until = (predicate: () => boolean, what: string): void => untilIn(run, predicate, what);
  const lane = (gate: string, device: string) => the(the(run.world.gates, gate).laneIo, device).state;
  const crossingOf = (gate: string, container: string) => crossingIn(run, gate, container);
  const raises = (gate: VirtualGate, device: string): number =>
    gate.sent.filter(
      (command) => command.kind === 'barrier' && command.to === 'raise' && command.device === device,
    ).length;

  it('three containers each way cross, each counted once on each side', () => {
    for (let n = 0; n < 3; n += 1) for (const gate of [VN, CN]) run.world.export(gate);
    until(
      () => [VN, CN].every((gate) => completed(gate).export === 3 && completed(gate).import === 3),
      'six crossings',
    );
    assert.deepEqual(run.world.stats().exportsDelivered, { [VN]: 3, [CN]: 3 });
    for (const gate of [VN, CN]) {
      assert.deepEqual(
        Object.values(run.gate(gate).state.alarms).filter((alarm) => alarm.state === 'raised'),
        [],
      );
    }
  });

  it('twelve containers each way fill both yards and still all cross, and every vehicle comes home', () => {
    for (let n = 0; n < 12; n += 1) for (const gate of [VN, CN]) run.world.export(gate);
    until(
      () => [VN, CN].every((gate) => completed(gate).export === 12 && completed(gate).import === 12),
      'all crossings',
    );
    until(
      () => [VN, CN].every((gate) => Object.keys(run.gate(gate).state.crossings).length === 0),
      'the last vehicle back home',
    );
    for (const gate of [VN, CN])
      assert.deepEqual(run.gate(gate).state.owners, {}, 'nothing is held any more');
  });

  it('an export that is not released is held with the reason; when the release arrives, it passes without anyone touching it', () => {
    const container = run.world.export(VN, { release: false });
    until(() => crossingOf(VN, container)?.stage === 'in-yard', 'the container in the yard');
    run.clock.advance(10 * 60_000);
    const held = crossingOf(VN, container);
    assert.equal(held?.stage, 'in-yard');
    assert.equal(held?.verdict, 'hold');
    assert.deepEqual(
      held?.reasons.map((one) => [one.code, one.owner]),
      [['NOT_RELEASED', 'customs']],
    );
    run.world.setClearance(VN, container, 'released');
    until(() => completed(CN).import === 1, 'the container on its way at the other side');
    assert.equal(
      run
        .gate(VN)
        .journal()
        .filter((entry) => entry.type === 'operator-act').length,
      0,
    );
  });

  it('a release withdrawn while the vehicle waits at the border refers it, and the barrier stays down', () => {
    const container = run.world.export(VN);
    until(() => crossingOf(VN, container)?.stage === 'loaded', 'the container on its vehicle');
    run.world.setClearance(VN, container, 'withdrawn');
    run.clock.advance(10 * 60_000);
    const crossing = crossingOf(VN, container);
    assert.equal(crossing?.verdict, 'refer');
    assert.deepEqual(
      crossing?.reasons.map((one) => one.code),
      ['CLEARANCE_WITHDRAWN', 'LINE_NOT_CLEAR'],
    );
    assert.equal(raises(run.gate(VN), 'io-border-out-1'), 0);
    assert.equal(lane(VN, 'io-border-out-1').barrier, 'down');
  });

  it('a release withdrawn after the barrier was told to open closes it again and sends nobody; released again, it goes on', () => {
    const container = run.world.export(VN);
    until(() => run.gate(VN).state.lanes['border-out-1']?.visit?.released === true, 'the release');
    run.world.setClearance(VN, container, 'withdrawn');
    run.clock.advance(60_000);
    assert.deepEqual(
      [lane(VN, 'io-border-out-1').barrier, lane(VN, 'io-border-out-1').light],
      ['down', 'red'],
    );
    assert.equal(the(the(run.world.gates, VN).vehicles, 'xe-1').state.lastNodeId, 'hn-out-1');
    assert.equal(run.gate(CN).state.owners['track:north/1'], 'huu-nghi-quan-1', 'the block stays occupied');
    run.world.setClearance(VN, container, 'released');
    until(() => completed(CN).import === 1, 'the container across');
  });

  it('a vehicle already sent when its release is withdrawn is told to stand still, and only our own pause is ended', () => {
    const container = run.world.export(VN);
    until(() => run.gate(VN).state.lanes['border-out-1']?.visit?.released === true, 'the release');
    run.world.setClearance(VN, container, 'withdrawn');
    until(() => run.gate(VN).state.lanes['border-out-1']?.visit?.verdict === 'refer', 'the withdrawal read');
    const commands = () =>
      run
        .gate(VN)
        .sent.flatMap((command) =>
          command.device === 'xe-1' && command.kind.endsWith('pause') ? [command.kind] : [],
        );
    const report = run.gate(VN).state.vehicles['xe-1']?.report;
    assert.ok(report);
    const sent = {
      ...report,
      type: 'vehicle',
      device: 'xe-1',
      driving: true,
      nodesAhead: [{ nodeId: 'km0-north', sequenceId: report.lastNodeSequenceId + 2, released: true }],
    } satisfies Input;
    run.gate(VN).submit(sent);
    run.clock.advance(10);
    assert.deepEqual(commands(), ['pause']);
    run.gate(VN).submit({ ...sent, driving: false, paused: true });
    run.world.setClearance(VN, container, 'released');
    run.clock.advance(1_000);
    assert.deepEqual(commands(), ['pause', 'unpause']);
    run.gate(VN).submit({ ...sent, driving: false, nodesAhead: [], paused: false });
    run.gate(VN).submit({ ...sent, driving: false, nodesAhead: [], paused: true });
    run.clock.advance(1_000);
    assert.deepEqual(commands(), ['pause', 'unpause'], 'a pause that a person set stays');
  });

  it('a vehicle that arrives before its departure could be read is taken off the section, alarmed, and unloaded only afterwards', () => {
    const container = run.world.export(VN);
    until(() => crossingOf(VN, container)?.stage === 'departed', 'the departure');
    run.link(false);
    until(() => crossingOf(CN, container)?.stage === 'arrived', 'the vehicle before the border entry');
    run.clock.advance(10 * 60_000);
    assert.equal(crossingOf(CN, container)?.stage, 'arrived');
    assert.equal(run.gate(CN).state.owners['track:north/1'], undefined, 'the section is free again');
    assert.equal(run.gate(CN).state.alarms['DEPARTURE_UNREAD/huu-nghi-quan-1']?.state, 'raised');
    run.link(true);
    until(() => completed(CN).import === 1, 'the container on its way');
    assert.equal(run.gate(CN).state.alarms['DEPARTURE_UNREAD/huu-nghi-quan-1']?.state, 'returned');
  });

  it('a wrong container number is referred, and the barrier stays down', () => {
    const container = run.world.export(VN, { paintedContainer: 'CSQU3054383' });
    until(() => run.gate(VN).state.lanes['yard-in-1']?.visit?.verdict === 'refer', 'a referral');
    run.clock.advance(10 * 60_000);
    const visit = run.gate(VN).state.lanes['yard-in-1']?.visit;
    assert.deepEqual(
      visit?.reasons.map((one) => [one.code, one.detail]),
      [['CONTAINER_MISMATCH', `expected ${container}, read CSQU3054383`]],
    );
    assert.equal(raises(run.gate(VN), 'io-yard-in-1'), 0);
    assert.deepEqual([lane(VN, 'io-yard-in-1').barrier, lane(VN, 'io-yard-in-1').light], ['down', 'red']);
    assert.equal(run.gate(VN).state.alarms['CONTAINER_MISMATCH/yard-in-1']?.state, 'raised');
  });

  it('with the other gate unreachable nobody new is sent; who is under way reaches a hold point; then traffic goes on', () => {
    const first = run.world.export(VN);
    const second = run.world.export(VN);
    until(
      () => crossingOf(VN, first)?.stage === 'departed' || crossingOf(VN, second)?.stage === 'departed',
      'a departure',
    );
    run.link(false);
    until(() => !run.gate(VN).state.link.up, 'the silence noticed');
    const departures = (): number =>
      run
        .gate(VN)
        .journal()
        .filter((entry) => entry.type === 'handover' && entry.body.includes('"record":"departed"')).length;
    const before = departures();
    run.clock.advance(30 * 60_000);
    assert.equal(departures(), before, 'no new vehicle was released');
    const holdPoints = new Set(['hn-out-1', 'hnq-in-1', 'hn-bay-load', 'hn-park-1', 'hn-park-2']);
    for (const [id, model] of the(run.world.gates, VN).vehicles) {
      assert.equal(model.state.driving, false, `${id} stands`);
      assert.ok(holdPoints.has(model.state.lastNodeId), `${id} stands at ${model.state.lastNodeId}`);
    }
    run.link(true);
    until(() => completed(VN).export === 2 && completed(CN).import === 2, 'both containers across');
  });

  it('a lane stopped by a person opens for nobody until it is resumed', () => {
    const person = {
      type: 'operator-act',
      person: 'lan',
      role: 'operator',
      reason: 'checking the lane',
    } as const;
    run.gate(VN).submit({ ...person, act: { kind: 'stop-lane', lane: 'yard-in-1' } });
    run.world.export(VN);
    run.clock.advance(60_000);
    assert.deepEqual(
      run.gate(VN).state.lanes['yard-in-1']?.visit?.reasons.map((one) => one.code),
      ['LANE_STOPPED'],
    );
    assert.equal(raises(run.gate(VN), 'io-yard-in-1'), 0);
    run.gate(VN).submit({ ...person, act: { kind: 'resume-lane', lane: 'yard-in-1' } });
    until(() => completed(CN).import === 1, 'the container across');
  });

  it('while the clock is not trusted no permission leaves', () => {
    run.gate(VN).submit({ type: 'clock', offsetMs: 5_000, trusted: false });
    const before = run.gate(VN).sent.length;
    run.world.export(VN);
    run.clock.advance(5 * 60_000);
    const sent = run.gate(VN).sent.slice(before);
    assert.deepEqual(
      sent.filter((command) => command.class === 'permissive'),
      [],
    );
    assert.deepEqual(run.gate(VN).state.lanes['yard-in-1']?.visit?.reasons[0]?.code, 'CLOCK_UNTRUSTED');
    run.gate(VN).submit({ type: 'clock', offsetMs: 0, trusted: true });
    until(() => completed(CN).import === 1, 'the container across');
  });

  it('somebody who walks under a closed barrier raises an alarm', () => {
    const device = 'io-border-in-1';
    run.gate(VN).submit({ type: 'lane-io', device, ...lane(VN, device), curtain: 'broken' });
    assert.equal(run.gate(VN).state.alarms['PERSON_IN_LANE/border-in-1']?.state, 'raised');
    run.gate(VN).submit({ type: 'lane-io', device, ...lane(VN, device), curtain: 'clear' });
    assert.equal(run.gate(VN).state.alarms['PERSON_IN_LANE/border-in-1']?.state, 'returned');
  });

  it('unreadable bytes are counted and alarmed, and change nothing else', () => {
    run.world.export(VN);
    run.clock.advance(3_000);
    const { state } = run.gate(VN);
    const before = restore(snapshot(state));
    run.gate(VN).submit({
      type: 'malformed',
      device: 'ocr-yard-in-1',
      channel: 'x',
      reason: 'not JSON',
      sha256: '00',
      sizeBytes: 3,
    });
    assert.equal(state.devices['ocr-yard-in-1']?.malformed, 1);
    assert.equal(state.alarms['MALFORMED/ocr-yard-in-1']?.state, 'raised');
    const after = restore(snapshot(state));
    for (const copy of [before, after]) {
      copy.alarms = {};
      copy.alarmFlood.raisedAts = [];
      copy.now = 0;
      copy.devices = {};
    }
    assert.deepEqual(after, before);
  });

  it('replaying a journal makes every decision again, to the byte', async () => {
    for (const gate of [VN, CN]) run.world.export(gate);
    until(
      () => [VN, CN].every((gate) => completed(gate).export === 1 && completed(gate).import === 1),
      'both crossings',
    );
    for (const gate of [VN, CN]) {
      const { decisions, differences } = await replay(run.gate(gate).journal());
      assert.deepEqual(differences, []);
      assert.ok(decisions > 100);
    }
  });

  it('a journal with one altered reading no longer replays to its decisions', async () => {
    run.world.export(VN);
    until(() => completed(VN).export === 1, 'the crossing');
    const journal = run
      .gate(VN)
      .journal()
      .map((entry) =>
        entry.type === 'plate'
          ? { ...entry, body: entry.body.replace(/"plate":"[^"]*"/, '"plate":"99X-999.99"') }
          : entry,
      );
    assert.ok((await replay(journal)).differences.length > 0);
  });

  it('a snapshot taken anywhere continues exactly as the original', () => {
    for (const gate of [VN, CN]) run.world.export(gate);
    until(() => completed(VN).import === 1, 'a crossing');
    until(() => run.gate(VN).backlog === 0, 'everything on disk');
    const original = initialState();
    let copy = initialState();
    for (const entry of run.gate(VN).journal()) {
      if (entry.kind !== 'input') continue;
      copy = restore(snapshot(original));
      assert.deepEqual(step(copy, inputOf(entry)), step(original, inputOf(entry)));
      assert.equal(snapshot(copy), snapshot(original));
    }
    assert.equal(snapshot(original), snapshot(run.gate(VN).state));
  });

  it('gates that die and restart at random moments finish every crossing, do nothing twice, and still replay', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const again = startVirtualRun(referenceConfigs, { seed });
      const random = seededRandom(seed);
      again.clock.advance(1_000);
      for (const gate of [VN, CN, VN, CN]) again.world.export(gate);
      for (let crashes = 0; crashes < 25; crashes += 1) {
        again.clock.advance(random.next() * 40_000);
        again.gate(random.next() < 0.5 ? VN : CN).crash(random.next() < 0.5 ? 10 : random.next() * 20_000);
      }
      const done = (): boolean =>
        [VN, CN].every(
          (gate) =>
            again.gate(gate).state.completed.import === 2 &&
            Object.keys(again.gate(gate).state.crossings).length === 0,
        );
      assert.ok(again.clock.runUntil(done, { limitMs: 2 * HOUR_MS }), `seed ${seed} did not finish`);
      const { strikes, collisions, hoistViolations, exportsDelivered } = again.world.stats();
      assert.deepEqual(
        { strikes, collisions, hoistViolations, exportsDelivered },
        { strikes: 0, collisions: 0, hoistViolations: 0, exportsDelivered: { [VN]: 2, [CN]: 2 } },
        `seed ${seed}`,
      );
      for (const gate of [VN, CN]) {
        assert.deepEqual(again.gate(gate).state.completed, { export: 2, import: 2 }, `seed ${seed}`);
        assert.deepEqual((await replay(again.gate(gate).journal())).differences, [], `seed ${seed}`);
      }
      again.stop();
    }
  }).timeout(30_000);

  it('the same seed tells the same story', () => {
    const story = (): string => {
      const again = startVirtualRun(referenceConfigs, { seed: 7 });
      again.world.export(VN);
      again.clock.advance(10 * 60_000);
      again.stop();
      return again.gate(VN).journal().at(-1)?.hash ?? '';
    };
    assert.equal(story(), story());
  });
});
