import assert from 'node:assert/strict';
import type { Act, HandoverRecord } from '../../../edge/core/input.ts';
import type { RecordOf } from '../../../protocols/handover/record.ts';
import { planSite } from '../../../simulator/plan.ts';
import { bootGate } from '../../support/core-gate.ts';
import {
  CN,
  COMING,
  DEPARTED,
  eventTime,
  freshGate,
  GRANTED,
  IN,
  LET_COME,
  OFFERED,
  OUT,
  restored,
  SET_OUT,
  VN,
} from '../../support/restored-gate.ts';

const closing = (closure: string, tracks: string[] = []): RecordOf<'section-closing'> => ({
  kind: 'section-closing',
  closure,
  tracks,
  code: 'WEATHER',
  from: '2020-01-01T00:00:00.000+07:00',
});
const closed = (closure: string): HandoverRecord => ({ kind: 'section-closed', closure, eventTime });
const reopening = (closure: string): HandoverRecord => ({ kind: 'section-reopening', closure, eventTime });
const reset = (name: string, track: string, moves: string[]): RecordOf<'block-reset'> => ({
  kind: 'block-reset',
  reset: name,
  track,
  moves,
  eventTime,
  officers: ['dung', 'hoa'],
});

describe('the section, for a gate that has lost its disk', () => {
  it('is closed as both logs have closed it, and counts its closures on', () => {
    const { gate } = restored(
      [closing(`${VN}-s3`, [OUT]), closed(`${VN}-s3`), closed(`${CN}-s1`)],
      [closing(`${CN}-s1`), closed(`${CN}-s1`), closed(`${VN}-s3`)],
    );
    const { closures } = gate.state.section;
    assert.deepEqual(Object.keys(closures).toSorted(), [`${CN}-s1`, `${VN}-s3`]);
    for (const { inForce, clear } of Object.values(closures)) {
      assert.equal(inForce, true);
      assert.deepEqual(clear, { ours: true, theirs: true });
    }
    assert.equal(gate.state.counters.closure, 3);
  });

  it('stays closed as people have closed it before the log was known, under a name that was never used', () => {
    const gate = freshGate();
    const act: Act = { kind: 'close-section', tracks: [OUT], code: 'WEATHER' };
    gate.step({ type: 'operator-act', person: 'dung', role: 'supervisor', act, reason: 'storm' });
    assert.equal(gate.state.section.closures[`${VN}-s1`]?.inForce, true, 'closing waits for nothing');
    const { written } = restored([closing(`${VN}-s1`), reopening(`${VN}-s1`)], [], gate);
    assert.deepEqual(Object.keys(gate.state.section.closures), [`${VN}-s2`]);
    assert.equal(gate.state.section.closures[`${VN}-s2`]?.inForce, true);
    const told = written.flatMap(({ record }) => (record.kind === 'section-closing' ? [record.closure] : []));
    assert.deepEqual(told, [`${VN}-s2`]);
  });

  it('is open again where the side that had closed has said so', () => {
    const { gate } = restored(
      [closing(`${VN}-s1`), reopening(`${VN}-s1`), closed(`${CN}-s1`)],
      [closing(`${CN}-s1`), closed(`${VN}-s1`), reopening(`${CN}-s1`)],
    );
    assert.deepEqual(gate.state.section.closures, {});
  });

  it('is not called empty while a move that is open may be on it, nor before its vehicles are heard', () => {
    const { gate, kinds, read } = restored(
      [OFFERED, DEPARTED, closing(`${VN}-s1`, [OUT])],
      [GRANTED, closed(`${VN}-s1`)],
    );
    const isClear = (): boolean | undefined => gate.state.section.closures[`${VN}-s1`]?.clear.ours;
    assert.equal(kinds.includes('section-closed'), false);
    read({ kind: 'arrived', move: OFFERED.move, eventTime });
    assert.equal(isClear(), false, 'a vehicle of ours may stand there that has not been heard');
    for (const device of Object.keys(gate.state.vehicles))
      gate.step({
        type: 'operator-act',
        person: 'dung',
        role: 'supervisor',
        act: { kind: 'withdraw-vehicle', vehicle: device },
        reason: 'in the workshop',
      });
    assert.equal(isClear(), true);
  });

  it('does not open what it had closed itself and planned to open, before its time', () => {
    const to = '2999-01-01T00:00:00.000+07:00';
    const { gate, kinds } = restored([{ ...closing(`${VN}-s1`), to }], []);
    assert.equal(gate.state.section.closures[`${VN}-s1`]?.to, Date.parse(to));
    assert.equal(kinds.includes('section-reopening'), false);
  });

  it('keeps no move that people of both sides have found gone', () => {
    const { gate } = restored(
      [OFFERED, DEPARTED, reset('b1', OUT, [OFFERED.move])],
      [GRANTED, reset('b2', OUT, [OFFERED.move])],
    );
    assert.deepEqual(gate.state.openMoves, {});
    assert.deepEqual(gate.state.tracks[OUT]?.overdue, []);
    assert.deepEqual(gate.state.section.resets, {});
  });

  it('waits still for the other side’s word on a block, and frees it then', () => {
    const { gate, read } = restored(
      [closing(`${VN}-s1`), LET_COME, reset(`${VN}-b4`, IN, [COMING.move])],
      [COMING, SET_OUT],
    );
    assert.deepEqual(gate.state.section.resets[IN]?.ours?.moves, [COMING.move]);
    assert.deepEqual(gate.state.tracks[IN]?.overdue, [COMING.move]);
    read(reset('b2', IN, [COMING.move]));
    assert.deepEqual(gate.state.section.resets, {});
    assert.deepEqual(gate.state.tracks[IN]?.overdue, []);
    assert.equal(gate.state.counters['block-reset'], 4);
  });

  it('forgets what was said of a block that a vehicle has left since', () => {
    const { gate } = restored(
      [LET_COME, reset('b1', IN, [COMING.move]), { kind: 'arrived', move: COMING.move, eventTime }],
      [COMING, SET_OUT],
    );
    assert.deepEqual(gate.state.section.resets, {});
  });

  it('after a block reset counts the token of an alternating track anew', () => {
    const passed: HandoverRecord = { kind: 'token-passed', track: 'middle' };
    const asked: HandoverRecord = { kind: 'token-asked', track: 'middle' };
    const told = (ours: HandoverRecord[], theirs: HandoverRecord[]) =>
      restored(ours, theirs, bootGate(planSite({ alternating: true })[0])).gate.state.tracks.middle;
    const empty = (name: string): HandoverRecord => reset(name, 'middle', []);
    assert.equal(told([passed, empty('b1')], [empty('b2')])?.holder, VN);
    assert.equal(told([passed, empty('b1'), passed], [empty('b2')])?.holder, CN);
    assert.equal(told([passed, empty('b1')], [])?.holder, CN, 'one side alone changes nothing');
    assert.equal(
      told([passed, asked], [asked, passed, asked])?.holder,
      CN,
      'who has asked is given it: nobody is on the track',
    );
    assert.equal(told([passed], [asked, passed])?.holder, VN, 'who was given it has to ask again');
  });
});

describe('line clear by telephone, for a gate that has lost its disk', () => {
  const hotline = { number: '3-482913', sender: 'dung', receiver: 'wei' };
  const byPhone = { ...GRANTED, grant: hotline.number, hotline };

  it('is a matter for people where the other log tells of a number that ours does not', () => {
    const { gate, read } = restored(
      [OFFERED, { kind: 'offer-withdrawn', move: OFFERED.move }],
      [{ ...byPhone, move: `${VN}-m8` }],
    );
    assert.deepEqual(Object.keys(gate.state.section.hotline.faults), [hotline.number]);
    assert.deepEqual(gate.state.tracks[OUT]?.overdue, [`${VN}-m8`], 'somebody may be on the section');
    read({ kind: 'arrived', move: `${VN}-m8`, eventTime });
    assert.deepEqual(gate.state.tracks[OUT]?.overdue, []);
    assert.ok(hotline.number in gate.state.section.hotline.faults, 'until a supervisor has cleared it');
  });

  it('is so at the receiver, too: it does not know whom it has let come', () => {
    const { gate } = restored([closing(`${VN}-s1`)], [COMING, { ...SET_OUT, grant: '5-1', hotline }]);
    assert.deepEqual(Object.keys(gate.state.section.hotline.faults), [hotline.number]);
    assert.deepEqual(gate.state.tracks[IN]?.overdue, [COMING.move]);
  });

  it('is over where both logs tell the same, and its numbers are not given again', () => {
    const { gate } = restored(
      [{ ...LET_COME, grant: '12-99', hotline: { ...hotline, number: '12-99' } }],
      [COMING, { ...SET_OUT, grant: '12-99', hotline: { ...hotline, number: '12-99' } }],
    );
    assert.deepEqual(gate.state.section.hotline, { calls: {}, faults: {} });
    assert.equal(gate.state.counters.hotline, 12);
  });
});

describe('differences, for a gate that has lost its disk', () => {
  const disputed = (discrepancy: string, move: string): RecordOf<'disputed'> => ({
    kind: 'disputed',
    move,
    discrepancy,
    eventTime,
    differences: [{ code: 'SEAL_BROKEN' }],
    deadline: '2999-01-01T00:00:00.000+07:00',
    place: 's-1-1',
    custodian: VN,
  });
  const word = (
    discrepancy: string,
    outcome: NonNullable<RecordOf<'closed'>['outcome']>,
  ): RecordOf<'closed'> => ({ kind: 'closed', move: COMING.move, eventTime, discrepancy, outcome });

  it('stand as the last words of both logs leave them', () => {
    const { gate, read } = restored(
      [
        disputed(`${VN}-d6`, COMING.move),
        word(`${CN}-d1`, 'as-found'),
        word(`${CN}-d2`, 'as-found'),
        word(`${VN}-d6`, 'settled'),
      ],
      [
        disputed(`${CN}-d1`, COMING.move),
        disputed(`${CN}-d2`, COMING.move),
        word(`${CN}-d1`, 'as-found'),
        word(`${CN}-d2`, 'withdrawn'),
      ],
    );
    const { discrepancies, alarms, counters } = gate.state;
    const open = Object.values(discrepancies).filter(({ overAt }) => overAt === undefined);
    assert.deepEqual(open.map(({ id }) => id).toSorted(), [`${VN}-d6`, `${CN}-d2`]);
    assert.equal(discrepancies[`${CN}-d1`]?.overAt !== undefined, true);
    for (const { id } of open) assert.ok(`DISCREPANCY_OPEN/${id}` in alarms);
    assert.ok(`DISCREPANCY_OUTCOMES_DIFFER/${CN}-d2` in alarms);
    assert.equal(counters.discrepancy, 6);
    read(word(`${VN}-d6`, 'settled'));
    assert.notEqual(discrepancies[`${VN}-d6`]?.overAt, undefined, 'the other side gives the same word now');
  });
});
