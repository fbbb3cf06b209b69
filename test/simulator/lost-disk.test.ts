import assert from 'node:assert/strict';
import type { Act } from '../../edge/core/input.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { recordIn } from '../../simulator/record-in.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs, the } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';

describe('a gate that loses its disk, in virtual time', () => {
  let run: VirtualRun;
  beforeEach(() => {
    run = startVirtualRun(referenceConfigs, { keepAll: false });
    // One across each way: both logs have a past.
    for (const gate of run.gates.keys()) run.world.export(gate);
    until(() => [VN, CN].every((gate) => run.gate(gate).state.completed.export === 1), 'one each way');
    run.clock.advance(10 * 60_000);
  });
  afterEach(() => endUnharmed(run));

  const until = (predicate: () => boolean, what: string): void => untilIn(run, predicate, what);
  const vn = () => run.gate(VN).state;
  const log = (): readonly string[] => run.exchange(VN).ownLog.lines;
  const records = (from = 0): HandoverRecord[] => log().slice(from).map(recordIn);
  const kinds = (from: number): string[] => records(from).map(({ kind }) => kind);
  const trackOf = (move: string): string | undefined =>
    Object.keys(vn().tracks).find((track) => vn().tracks[track]?.moves.includes(move));

  /** The disk with journal and database is gone; both processes start on an empty one. */
  function loseDisk(): void {
    run.exchange(VN).process.restart(4_000);
    run.exchange(VN).loseDisk();
    run.gate(VN).loseDisk(3_000);
  }
  const untilRestored = (): void => until(() => vn().log.open, 'its log taken back');

  it('takes its log back from the other side, line by line as it was signed, and writes on after it', () => {
    const before = [...log()];
    loseDisk();
    assert.equal(log().length, 0);
    untilRestored();
    until(() => log().length > before.length, 'the next line');
    assert.deepEqual(log().slice(0, before.length), before);
    assert.deepEqual(kinds(before.length), ['restored']);
    assert.ok('LOG_RESTORED/huu-nghi' in vn().alarms);
    until(() => vn().link.up && run.gate(CN).state.link.up, 'the link up both ways');
    assert.deepEqual(run.gate(CN).state.logFaults, { ours: null, theirs: null });
    until(
      () => run.gate(CN).state.sources.counterpart === log().length,
      'the other side has read on, without a contradiction',
    );
  });

  it('goes on: what comes the other way is granted and received, under numbers that were never used', () => {
    const before = log().length;
    loseDisk();
    untilRestored();
    run.world.export(CN);
    until(() => run.gate(CN).state.completed.export === 2, 'a container from the other side');
    const granted = records().flatMap((record) => (record.kind === 'granted' ? [record.grant] : []));
    assert.equal(new Set(granted).size, granted.length);
    assert.deepEqual(kinds(before).slice(0, 3), ['restored', 'accepted', 'granted']);
  });

  it('keeps the track for whom is on it until it has arrived; then its vehicle goes on to the bay, and the goods are received', () => {
    const move = departure();
    until(
      () => [...the(run.world.gates, VN).vehicles.values()].some(isOnSection),
      'a vehicle on the section',
    );
    loseDisk();
    untilRestored();
    assert.deepEqual(vn().tracks[trackOf(move) ?? '']?.overdue, [move]);
    until(() => trackOf(move) === undefined, 'the track free again');
    assert.equal(vn().crossings[vn().moves[move] ?? '']?.stage, 'arrived');
    until(() => closedMoves().has(move), 'the goods received, and that read');
    assert.equal(run.gate(CN).state.logFaults.theirs, null);
  });

  it('keeps the track for whom it had let go and who stands before the barrier: only people can know that', () => {
    const move = departure();
    run.link(false);
    loseDisk();
    run.clock.advance(10_000);
    assert.equal(vn().log.open, false, 'without the other side it does not know what it has said');
    run.link(true);
    untilRestored();
    run.clock.advance(30 * 60_000);
    assert.deepEqual(vn().tracks[trackOf(move) ?? '']?.overdue, [move]);
    for (const gate of [VN, CN])
      assert.ok(`SECTION_STALLED/${move}` in run.gate(gate).state.alarms, `people are called at ${gate}`);
    assert.equal(run.gate(CN).state.logFaults.theirs, null);
  });

  /** A container is let go, and the other side knows it. */
  function departure(): string {
    const box = run.world.export(VN);
    until(() => crossingIn(run, VN, box)?.stage === 'departed', 'the departure');
    const move = crossingIn(run, VN, box)?.lineClear?.move ?? '';
    const { state } = run.gate(CN);
    until(() => state.crossings[state.moves[move] ?? '']?.inbound?.departed === true, 'the departure read');
    return move;
  }
  const isAtHome = ({ place }: { place: { at?: string | undefined } }): boolean =>
    run.world.gates
      .get(CN)
      ?.config.devices.some((one) => one.kind === 'vehicle' && one.homeNode === place.at) === true;
  const isOnSection = ({
    place,
  }: {
    place: { at?: string | undefined; towards?: string | undefined };
  }): boolean => place.at?.startsWith('km0') === true;

  const closedMoves = (): Set<string> =>
    new Set(records().flatMap((record) => (record.kind === 'closed' ? [record.move] : [])));

  it('holds the track of what was granted and perhaps never left: nothing is sent on it, however long it takes', () => {
    const box = run.world.export(VN);
    until(() => crossingIn(run, VN, box)?.lineClear?.grant !== undefined, 'the grant read');
    const { move = '', track = '' } = crossingIn(run, VN, box)?.lineClear ?? {};
    loseDisk();
    untilRestored();
    run.clock.advance(30 * 60_000);
    // It had used the grant or not: where it did, its vehicle has come by now; where not, people have to look.
    const isOpen = !closedMoves().has(move);
    assert.equal(vn().tracks[track]?.moves.includes(move), isOpen);
    if (isOpen) assert.ok(`SECTION_STALLED/${move}` in vn().alarms);
    else assert.ok(closedMoves().has(move));
  });

  describe('while something comes to it', () => {
    let box = '';
    beforeEach(() => {
      box = run.world.export(CN);
    });
    const coming = () => crossingIn(run, VN, box);
    const moveOf = (): string => coming()?.inbound?.move ?? '';
    const told = (move: string): string[] =>
      records().flatMap((record) => ('move' in record && record.move === move ? [record.kind] : []));
    const twoSay = (place: string): void => {
      const crossing = coming()?.id ?? '';
      const say = (person: string, act: Act): void =>
        void run
          .gate(VN)
          .submit({ type: 'operator-act', person, role: 'supervisor', act, reason: 'seen there' });
      say('dung', { kind: 'confirm-place', crossing, place });
      for (const proposal of Object.keys(vn().proposals)) say('hoa', { kind: 'confirm', proposal });
    };

    it('receives it as if nothing had been, when it was on the section', () => {
      until(() => coming()?.stage === 'departed', 'the departure');
      const move = moveOf();
      loseDisk();
      untilRestored();
      assert.deepEqual(
        coming()?.findings.map(({ code }) => code),
        ['UNSEEN_SINCE_RESTORE'],
      );
      until(() => told(move).includes('received'), 'the receipt');
      assert.deepEqual(told(move), ['accepted', 'granted', 'arrived', 'received']);
      assert.deepEqual(coming()?.findings, []);
      until(() => run.gate(CN).state.completed.export === 2, 'the sender has closed it');
    });

    it('does so when it stood before the barrier: it is read there again', () => {
      until(() => coming()?.stage === 'arrived', 'the arrival');
      const move = moveOf();
      until(() => (run.gate(CN).state.sources.counterpart ?? 0) === log().length, 'the arrival read');
      loseDisk();
      untilRestored();
      until(() => told(move).includes('received'), 'the receipt');
      assert.equal(told(move).filter((kind) => kind === 'arrived').length, 1);
    });

    it('shows what stood in the yard as not seen, until people say where; then it is received, once', () => {
      until(() => coming()?.stage === 'entering', 'it comes in');
      const move = moveOf();
      until(
        () => [...the(run.world.gates, VN).cranes.values()].some(({ held }) => held?.number === box),
        'it hangs in the spreader',
      );
      loseDisk();
      untilRestored();
      run.clock.advance(10 * 60_000);
      assert.equal(told(move).at(-1), 'arrived', 'nobody knows it');
      assert.equal(coming()?.stage, 'arrived');
      const [crane = ''] =
        [...the(run.world.gates, VN).cranes].find(([, { held }]) => held?.number === box) ?? [];
      twoSay(crane);
      until(() => told(move).at(-1) === 'received', 'the crane sets it down');
      assert.equal(coming()?.stage, 'in-yard');
      until(() => run.gate(CN).state.completed.export === 2, 'the sender has closed it');
      until(
        () => [...the(run.world.gates, CN).vehicles.values()].every(isAtHome),
        'its vehicle has gone home',
      );
    });

    it('unloads it, when people have seen it in its bay on its vehicle', () => {
      until(
        () =>
          [...the(run.world.gates, VN).bays.values()].some(
            ({ occupant }) => occupant !== undefined && coming()?.stage === 'entering',
          ),
        'it stands in its bay',
      );
      const move = moveOf();
      const bay = coming()?.bays.landing ?? '';
      loseDisk();
      untilRestored();
      run.clock.advance(10 * 60_000);
      if (coming()?.stage === 'arrived') twoSay(bay);
      until(() => told(move).includes('received'), 'the receipt');
      assert.equal(coming()?.bays.landing ?? bay, bay);
    });
  });

  it('believes only its own signature: lines that the other side alters are not taken back', () => {
    const before = [...log()];
    const { lines } = run.exchange(CN).reading;
    const honest = [...lines];
    (lines as string[])[3] = honest[4] ?? '';
    loseDisk();
    until(() => vn().logFaults.theirs !== null, 'the fault');
    assert.equal(vn().log.open, false);
    assert.equal(vn().link.up, false);
    (lines as string[])[3] = honest[3] ?? '';
    untilRestored();
    assert.deepEqual(log().slice(0, before.length), before);
    assert.equal(vn().link.up, false, 'until two people have looked');
  });

  it('dies again in the middle of it, and takes up where it was', () => {
    const before = [...log()];
    loseDisk();
    until(() => vn().log.restoring !== null, 'the beginning of the history');
    run.exchange(VN).process.restart(500);
    run.gate(VN).crash(900);
    until(() => vn().log.open || (vn().sources['own-log'] ?? 0) > 5, 'some of the history');
    run.gate(VN).crash(700);
    untilRestored();
    until(() => log().length > before.length, 'the next line');
    assert.deepEqual(log().slice(0, before.length), before);
    assert.deepEqual(kinds(before.length), ['restored']);
  });
});
