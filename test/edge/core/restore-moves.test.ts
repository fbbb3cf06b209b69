import assert from 'node:assert/strict';
import type { Act, HandoverRecord } from '../../../edge/core/input.ts';
import type { RecordOf } from '../../../protocols/handover/record.ts';
import type { CoreGate } from '../../support/core-gate.ts';
import {
  BAY,
  BORDER_IN,
  BOX,
  CAME,
  CN,
  COMING,
  DEPARTED,
  eventTime,
  freshGate,
  GRANTED,
  IN,
  LET_COME,
  linesIn,
  OFFERED,
  OUT,
  type Restored,
  restored,
  SET_OUT,
  VN,
} from '../../support/restored-gate.ts';

const crossingOf = (gate: CoreGate, move: string) => gate.state.crossings[gate.state.moves[move] ?? ''];

/** Two people say so; what is written for it, or why it is refused. */
function say({ gate }: Restored, act: Act): string[] {
  const by = (person: string, what: Act) =>
    gate.step({ type: 'operator-act', person, role: 'supervisor', act: what, reason: 'seen there' });
  const effects = by('dung', act);
  for (const proposal of Object.keys(gate.state.proposals))
    effects.push(...by('hoa', { kind: 'confirm', proposal }));
  const refused = effects.flatMap((effect) =>
    effect.kind === 'decide' && effect.type === 'act-refused' ? [String(effect.body.reason)] : [],
  );
  return [...refused, ...linesIn(effects).map(({ record: { kind } }) => kind)].filter(
    (kind) => kind !== 'filter-in-force',
  );
}
const isAt = (one: Restored, place: string): string[] =>
  say(one, { kind: 'confirm-place', crossing: crossingOf(one.gate, COMING.move)?.id ?? '', place });

describe('a move to us that a lost disk has left open', () => {
  const here = (): Restored => restored([LET_COME, CAME], [COMING, SET_OUT]);

  it('has its places again, and nobody has seen it', () => {
    const { gate } = restored([LET_COME], [COMING, SET_OUT]);
    const crossing = crossingOf(gate, COMING.move);
    assert.equal(crossing?.stage, 'departed');
    assert.equal(crossing.bays.landing, BAY?.id);
    assert.equal(gate.state.owners[`node:${LET_COME.holdNode}`], crossing.id);
    assert.equal(gate.state.owners[`track:${IN}/1`], crossing.id);
    assert.deepEqual(gate.state.tracks[IN]?.overdue, [COMING.move]);
    assert.deepEqual(
      crossing.findings.map(({ code }) => code),
      ['UNSEEN_SINCE_RESTORE'],
    );
    assert.equal(gate.state.visitors[COMING.vehicle]?.bay, BAY?.id);
  });

  it('keeps the track no longer once it has come', () => {
    const { gate } = here();
    assert.equal(crossingOf(gate, COMING.move)?.stage, 'arrived');
    assert.equal(gate.state.owners[`track:${IN}/1`], undefined);
    assert.deepEqual(gate.state.tracks[IN]?.overdue, []);
  });

  it('is received, once, when people have found its container in a slot', () => {
    const one = here();
    assert.deepEqual(isAt(one, 's-1-2'), ['received']);
    const crossing = crossingOf(one.gate, COMING.move);
    assert.deepEqual([crossing?.stage, crossing?.slot, crossing?.findings], ['in-yard', 's-1-2', []]);
    assert.equal(isAt(one, 's-1-1').includes('received'), false);
  });

  it('has arrived, too, when it is found in the yard and our log does not tell that it came', () => {
    const one = restored([LET_COME], [COMING, SET_OUT]);
    assert.deepEqual(isAt(one, 's-1-1'), ['arrived', 'received']);
    assert.deepEqual(one.gate.state.tracks[IN]?.overdue, []);
  });

  it('goes its way when it is found on its vehicle: in its bay it waits for the crane, before the barrier for its turn', () => {
    const inBay = here();
    assert.deepEqual(isAt(inBay, BAY?.id ?? ''), []);
    assert.equal(crossingOf(inBay.gate, COMING.move)?.stage, 'entering');
    const inLane = here();
    assert.deepEqual(isAt(inLane, BORDER_IN), []);
    assert.equal(crossingOf(inLane.gate, COMING.move)?.stage, 'arrived');
    for (const { gate } of [inBay, inLane]) assert.deepEqual(crossingOf(gate, COMING.move)?.findings, []);
  });

  it('is refused at places where it cannot be', () => {
    const crane = freshGate().config.yard.cranes[0]?.device ?? '';
    const yardIn = freshGate().config.lanes.find(({ checkpoint }) => checkpoint === 'yard-in')?.id ?? '';
    const soon = (): Restored => restored([LET_COME], [COMING]);
    assert.match(isAt(soon(), 's-1-1')[0] ?? '', /departure .* is not read yet/);
    assert.match(isAt(soon(), crane)[0] ?? '', /departure/);
    assert.match(isAt(here(), crane)[0] ?? '', /does not tell that anything hangs/);
    const one = here();
    assert.match(isAt(one, yardIn)[0] ?? '', /comes in by/);
    assert.equal(crossingOf(one.gate, COMING.move)?.stage, 'arrived');
  });

  it('is not offered to be received again, when it was: nothing of it is left', () => {
    const received: HandoverRecord = { kind: 'received', move: COMING.move, eventTime, containers: [BOX] };
    const { gate } = restored([LET_COME, CAME, received], [COMING, SET_OUT]);
    assert.deepEqual(gate.state.moves, {});
    assert.equal(gate.state.visitors[COMING.vehicle]?.unloaded, true, 'but for its vehicle, that goes home');
  });

  it('knows that a vehicle of the other gate has gone home', () => {
    const received: HandoverRecord = { kind: 'received', move: COMING.move, eventTime, containers: [BOX] };
    const home: RecordOf<'offered'> = {
      ...OFFERED,
      vehicle: COMING.vehicle,
      homeGate: CN,
      load: 'bobtail',
      containers: [],
    };
    const { gate } = restored([LET_COME, CAME, received, home, DEPARTED], [COMING, SET_OUT, GRANTED]);
    assert.equal(gate.state.visitors[COMING.vehicle], undefined);
  });

  it('stays recalled', () => {
    const { gate } = restored(
      [LET_COME, CAME],
      [COMING, SET_OUT, { kind: 'recalled', move: COMING.move, code: 'AUTHORITY_CHECK' }],
    );
    assert.ok(crossingOf(gate, COMING.move)?.findings.some(({ code }) => code === 'RECALLED'));
  });

  it('answers a vehicle that had asked to go on and was not answered', () => {
    const ask = { ask: `${CN}-a1`, vehicle: COMING.vehicle, from: LET_COME.holdNode, to: BAY?.node ?? '' };
    const asked: HandoverRecord = { kind: 'authority-asked', ...ask };
    const granted: HandoverRecord = { kind: 'authority-granted', ...ask };
    const waits = restored([LET_COME, CAME], [COMING, SET_OUT, asked]).gate.state.authorityRequests;
    assert.deepEqual(waits[COMING.vehicle], { ...ask, granted: false });
    const answered = restored([LET_COME, CAME, granted], [COMING, SET_OUT, asked]).gate.state;
    assert.deepEqual(answered.authorityRequests, {});
  });
});

describe('a move of ours that a lost disk has left open', () => {
  it('is given back when it was withdrawn before its grant was read', () => {
    const withdrawn: HandoverRecord = { kind: 'offer-withdrawn', move: OFFERED.move };
    const { gate, kinds } = restored([OFFERED, withdrawn], [GRANTED]);
    assert.deepEqual(kinds, ['restored', 'grant-returned']);
    assert.deepEqual(gate.state.openMoves, {});
  });

  it('is commanded by us again: its vehicle serves it', () => {
    const { gate } = restored(
      [OFFERED, DEPARTED],
      [GRANTED, { kind: 'arrived', move: OFFERED.move, eventTime }],
    );
    const crossing = crossingOf(gate, OFFERED.move);
    assert.equal(crossing?.stage, 'arrived');
    assert.deepEqual(crossing.findings, []);
    assert.equal(gate.state.vehicles[OFFERED.vehicle]?.crossing, crossing.id);
  });

  it('tells of its departure late, where our log does not: the other side unloads nothing that has not left', () => {
    const { kinds } = restored([OFFERED], [GRANTED, { kind: 'arrived', move: OFFERED.move, eventTime }]);
    assert.equal(kinds.at(-1), 'departed');
  });

  it('is lost on the section when people of both sides have found that empty', () => {
    const one = restored([OFFERED, DEPARTED], [GRANTED]);
    one.gate.step({ type: 'counterpart-link', up: true });
    say(one, { kind: 'close-section', tracks: [OUT], code: 'INSPECTION' });
    assert.deepEqual(say(one, { kind: 'reset-block', track: OUT, moves: [] }), ['block-reset']);
    const officers = ['li', 'wang'];
    one.read({ kind: 'block-reset', reset: 'b1', track: OUT, moves: [OFFERED.move], eventTime, officers });
    const [crossing] = Object.values(one.gate.state.crossings);
    assert.deepEqual(
      crossing?.findings.map(({ code }) => code),
      ['LOST_ON_SECTION'],
    );
    assert.deepEqual(one.gate.state.tracks[OUT]?.overdue, []);
    assert.equal(crossing?.id.startsWith(VN), true);
  });

  it('cannot be said to be somewhere here: the other log or an inspection tells', () => {
    const one = restored([OFFERED, DEPARTED], [GRANTED]);
    const crossing = crossingOf(one.gate, OFFERED.move)?.id ?? '';
    assert.match(say(one, { kind: 'confirm-place', crossing, place: 's-1-1' })[0] ?? '', /has left/);
  });
});
