import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Effect } from '../../../edge/core/effect.ts';
import { step } from '../../../edge/core/gate.ts';
import type { Act, HandoverRecord } from '../../../edge/core/input.ts';
import { initialState } from '../../../edge/core/state.ts';
import { decodeRecord, type HandoverLine } from '../../../protocols/handover/line.ts';
import type { RecordOf } from '../../../protocols/handover/record.ts';
import { logPage } from '../../../protocols/handover/wire.ts';
import { planSite } from '../../../simulator/plan.ts';
import { bootGate } from '../../support/core-gate.ts';
import { eventTime, freshGate, linesIn, restored } from '../../support/restored-gate.ts';

/** An hour of two gates: see the fixture. */
const recorded = (gate: string): HandoverLine[] =>
  readFileSync(`test/fixtures/handover/v1/${gate}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((page) => logPage.parse(JSON.parse(page)).lines)
    .map((text) => {
      const line = decodeRecord(text);
      assert.ok(line.ok);
      return line;
    });

const OFFER: RecordOf<'offered'> = {
  kind: 'offered',
  move: 'huu-nghi-m7',
  load: 'laden',
  track: 'north',
  vehicle: 'xe-1',
  homeGate: 'huu-nghi',
  plate: '12C-123.45',
  containers: [{ number: 'CSQU3054383' }],
};
const GRANT: HandoverRecord = {
  kind: 'granted',
  move: 'huu-nghi-m7',
  grant: 'huu-nghi-quan-g3',
  track: 'north',
  holdNode: 'n',
};

describe('a gate that has lost its disk', () => {
  it('writes nothing of its own before it knows what the other side has read of its log', () => {
    const gate = freshGate();
    assert.equal(gate.state.log.open, false);
    assert.deepEqual(linesIn(gate.step({ type: 'counterpart-record', line: 1, record: GRANT })), []);
    assert.equal(gate.state.log.waiting.length, 1, 'the grant nobody asked for is given back later');
    const written = linesIn(gate.step({ type: 'counterpart-link', up: true }));
    assert.deepEqual(
      written.map(({ line, record }) => [line, record.kind]),
      [
        [1, 'grant-returned'],
        [2, 'filter-in-force'],
      ],
    );
  });

  it('goes on after the last line that is known, under names that were never used', () => {
    const { gate, written } = restored([OFFER, { kind: 'offer-withdrawn', move: 'huu-nghi-m7' }], []);
    assert.deepEqual(
      written.map(({ line, record }) => [line, record.kind]),
      [[3, 'restored']],
    );
    assert.equal(gate.state.counters.move, 7);
    assert.ok((gate.state.counters.crossing ?? 0) >= 200);
    assert.ok(Object.values(gate.state.alarms).some(({ code }) => code === 'LOG_RESTORED'));
  });

  it('numbers what devices and customs are told from the time of its first start, not from what it had numbered before', () => {
    const [config] = planSite();
    const state = initialState();
    const boot = (at: number, numbersFrom: number) =>
      step(state, { type: 'boot', at, coreVersion: '', config, configDigest: '', numbersFrom });
    boot(1_000_000, 1_000);
    const { order, job, report, command } = state.counters;
    assert.deepEqual([order, job, report], [1_000, 1_000, 1_000]);
    assert.ok((command ?? 0) >= 1_000);
    boot(2_000_000, 2_000);
    assert.equal(state.counters.order, 1_000, 'a journal that is known goes on');
  });

  it('sends and lets come nobody by telephone, nor opens a difference, before its own log is known', () => {
    const [config] = planSite();
    const officers = ['huu-nghi', 'huu-nghi-quan'].map((gate) => ({ gate, id: 'dung', name: 'dung' }));
    const gate = bootGate({
      ...config,
      counterpart: { ...config.counterpart, hotline: true, hotlineOfficers: officers },
    });
    const refusals = gate
      .step({
        type: 'operator-act',
        person: 'dung',
        role: 'supervisor',
        act: { kind: 'hotline-offer', lane: 'border-out-1' },
        reason: 'by telephone',
      })
      .flatMap((one) =>
        one.kind === 'decide' && one.type === 'act-refused' ? [String(one.body.reason)] : [],
      );
    assert.match(refusals[0] ?? '', /how far our own log had come is not known/);
  });

  it('withdraws what was offered and never granted: it had not left', () => {
    const { gate, kinds } = restored([OFFER], [{ kind: 'accepted', move: 'huu-nghi-m7' }]);
    assert.deepEqual(kinds, ['restored', 'offer-withdrawn']);
    assert.deepEqual(gate.state.openMoves, {});
  });

  it('never takes what was granted for not released, though its departure is in no log: the track stays occupied', () => {
    const track = planSite()[0].section.tracks[0]?.id ?? '';
    const { gate, kinds, read } = restored([{ ...OFFER, track }], [{ ...GRANT, track } as HandoverRecord]);
    assert.deepEqual(kinds, ['restored']);
    assert.deepEqual(gate.state.tracks[track]?.moves, ['huu-nghi-m7']);
    assert.deepEqual(gate.state.tracks[track]?.overdue, ['huu-nghi-m7']);
    const written = read({ kind: 'arrived', move: 'huu-nghi-m7', eventTime });
    assert.deepEqual(written, ['filter-in-force', 'departed'], 'it had left after all');
    assert.deepEqual(gate.state.tracks[track]?.moves, []);
    assert.deepEqual(gate.state.tracks[track]?.overdue, []);
    const containers = ['CSQU3054383'];
    assert.deepEqual(read({ kind: 'received', move: 'huu-nghi-m7', eventTime, containers }), ['closed']);
    assert.deepEqual(gate.state.moves, {});
  });

  it('closes what the other side has received', () => {
    const { kinds } = restored(
      [OFFER, { kind: 'departed', move: 'huu-nghi-m7', grant: 'huu-nghi-quan-g3', eventTime }],
      [
        GRANT,
        { kind: 'arrived', move: 'huu-nghi-m7', eventTime },
        { kind: 'received', move: 'huu-nghi-m7', eventTime, containers: ['CSQU3054383'] },
      ],
    );
    assert.deepEqual(kinds, ['restored', 'filter-in-force', 'closed']);
  });

  it('keeps a track for whom it has granted, until that is given back', () => {
    const track = planSite()[0].section.tracks[0]?.id ?? '';
    const move = 'huu-nghi-quan-m4';
    const { gate, read } = restored(
      [{ kind: 'granted', move, grant: 'huu-nghi-g9', track, holdNode: 'n' }],
      [{ ...OFFER, move, track } as HandoverRecord],
    );
    assert.deepEqual(gate.state.tracks[track]?.overdue, [move]);
    assert.equal(gate.state.counters.grant, 9);
    read({ kind: 'grant-returned', move, grant: 'huu-nghi-g9' });
    assert.deepEqual(gate.state.tracks[track]?.overdue, []);
  });

  it('frees the track when people of both sides have found it empty', () => {
    const track = planSite()[0].section.tracks[0]?.id ?? '';
    const { gate } = restored([{ ...OFFER, track }], [{ ...GRANT, track } as HandoverRecord]);
    gate.step({ type: 'counterpart-link', up: true });
    const act = (person: string, what: Act): Effect[] =>
      gate.step({ type: 'operator-act', person, role: 'supervisor', act: what, reason: 'inspected' });
    act('dung', { kind: 'close-section', tracks: [track], code: 'INSPECTION' });
    act('dung', { kind: 'reset-block', track, moves: [] });
    const [proposal = ''] = Object.keys(gate.state.proposals);
    act('hoa', { kind: 'confirm', proposal });
    assert.deepEqual(gate.state.tracks[track]?.overdue, [OFFER.move], 'our own word frees nothing');
    const moves = ['huu-nghi-m7'];
    const officers = ['li', 'wang'];
    gate.step({
      type: 'counterpart-record',
      line: 2,
      record: { kind: 'block-reset', reset: 'b1', track, moves, eventTime, officers },
    });
    assert.deepEqual(gate.state.tracks[track]?.overdue, []);
    assert.deepEqual(gate.state.openMoves, {});
  });

  it('knows from the two logs who holds the token of an alternating track', () => {
    const [config] = planSite({ alternating: true });
    const passed: HandoverRecord = { kind: 'token-passed', track: 'middle' };
    const holderAfter = (ours: number, theirs: number): string | undefined =>
      restored(Array(ours).fill(passed), Array(theirs).fill(passed), bootGate(config)).gate.state.tracks
        .middle?.holder;
    assert.equal(holderAfter(1, 0), 'huu-nghi-quan');
    assert.equal(holderAfter(1, 1), 'huu-nghi');
    assert.equal(holderAfter(8, 7), 'huu-nghi-quan');
    assert.equal(holderAfter(1, 3), '', 'what cannot have been gives it to nobody');
  });

  it('at any moment of a recorded hour, leaves open exactly what neither log ends, and numbers on without a gap', () => {
    const [ours, theirs] = [recorded('huu-nghi'), recorded('huu-nghi-quan')];
    for (let lost = 20; lost <= ours.length; lost += 37) {
      const known = ours.slice(0, lost);
      const until = known.at(-1)?.at ?? 0;
      const read = theirs.filter(({ at }) => at <= until + 2_000);
      const { gate, written } = restored(
        known.map(({ record }) => record),
        read.map(({ record }) => record),
      );
      assert.deepEqual(
        written.map(({ line }) => line),
        written.map((_, index) => lost + 1 + index),
      );
      const ended = new Set(
        [...known, ...written].flatMap(({ record }) =>
          'move' in record &&
          ['closed', 'grant-returned', 'offer-withdrawn', 'received'].includes(record.kind)
            ? [record.move]
            : [],
        ),
      );
      for (const { record } of known)
        if (record.kind === 'offered' && !ended.has(record.move))
          assert.ok(record.move in gate.state.moves, `${lost}: ${record.move} is not over`);
      for (const move of [...Object.keys(gate.state.openMoves), ...Object.keys(gate.state.moves)]) {
        const mine = [...known, ...written].filter(({ record }) => 'move' in record && record.move === move);
        const last = mine.at(-1)?.record.kind;
        assert.ok(last !== 'closed' && last !== 'received' && last !== 'grant-returned', `${lost}: ${last}`);
      }
    }
  });
});
