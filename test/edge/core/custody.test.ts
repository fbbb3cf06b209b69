import assert from 'node:assert/strict';
import type { GateConfig } from '../../../config/schema.ts';
import { evidenceIn } from '../../../edge/core/custody-evidence.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Observed } from '../../../edge/core/reconcile/case.ts';
import type { CustodyPoint, HandoverRecord, RecordOf } from '../../../protocols/handover/record.ts';
import {
  bootBorder,
  box,
  type CoreBorder,
  EVENT_TIME,
  kindsOf,
  wholeLinesOf,
} from '../../support/core-border.ts';

const OUT = 'border-out-1';
const PHOTO = 'ab'.repeat(32);

const at =
  (custodyPoint: CustodyPoint, seals = false) =>
  ({ counterpart, checkpoints, overrides }: GateConfig): void => {
    counterpart.custodyPoint = custodyPoint;
    overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
    if (!seals) return;
    checkpoints['border-in'].laden.push('seal');
    checkpoints['border-out'].laden.push('seal');
  };

const lineOf = <K extends HandoverRecord['kind']>(effects: Effect[], kind: K): RecordOf<K> => {
  const line = wholeLinesOf(effects).find((one) => one.kind === kind);
  return (line as RecordOf<K> | undefined) ?? assert.fail(`no ${kind} among ${kindsOf(effects).join(', ')}`);
};

/** A vehicle of the other gate comes to the lane it was granted. */
function comes(border: CoreBorder, move: string, container: string, departed = true): string {
  const { inbound, vehicle } = border.moved(move);
  if (departed) departs(border, move);
  const lane = border.gate.config.lanes.find(({ node }) => node === inbound?.holdNode);
  const id = lane?.id ?? assert.fail(`${move} has no hold point`);
  border.stands(id, vehicle?.plate ?? '', container);
  return id;
}

const departs = (border: CoreBorder, move: string): Effect[] =>
  border.read({
    kind: 'departed',
    move,
    grant: border.moved(move).inbound?.grant ?? '',
    eventTime: EVENT_TIME,
  });

function goesThrough(border: CoreBorder, lane: string): HandoverRecord[] {
  const before = border.written.length;
  border.goesThrough(lane);
  return border.written.slice(before);
}

const observes = (border: CoreBorder, lane: string, seen: Observed): Effect[] =>
  border.step({
    type: 'operator-act',
    person: 'quyen',
    role: 'customs-officer',
    reason: 'on the spot',
    act: { kind: 'observe', lane, seen, photo: PHOTO },
  });
const seal = (value: string, state: 'intact' | 'broken' | 'missing' = 'intact'): Observed => ({
  kind: 'seal',
  value,
  state,
  quality: 1_000,
});

/** Granted, let through `border-out`, and on the section. */
function sends(
  border: CoreBorder,
  crossing = border.waits('xe-1', OUT, box(1)),
): { move: string; effects: Effect[] } {
  const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
  const effects = border.read({
    kind: 'granted',
    move,
    grant: 'g1',
    track: 'north',
    holdNode: 'hnq-in-1',
    bayNode: 'hnq-bay-land-1',
  });
  border.goesThrough(OUT, 'xe-1');
  border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
  return { move, effects };
}

describe('where custody passes', () => {
  it('is quoted in every record of a move', () => {
    const border = bootBorder({}, at('km0'));
    const effects = border.offered('m1', box(1), { custodyPoint: 'km0' });
    const quoted = wholeLinesOf(effects).map((line) => [
      line.kind,
      'custodyPoint' in line && line.custodyPoint,
    ]);
    assert.deepEqual(quoted, [
      ['accepted', 'km0'],
      ['granted', 'km0'],
    ]);
    assert.equal(lineOf(sends(border).effects, 'departed').custodyPoint, 'km0');
  });

  it('must be the same on both sides: an offer that names another is refused, and people are called until one fits', () => {
    const border = bootBorder({}, at('border-in'));
    const refused = lineOf(border.offered('m1', box(1), { custodyPoint: 'km0' }), 'refused');
    assert.deepEqual([refused.code, refused.custodyPoint], ['CUSTODY_POINT_DIFFERS', 'border-in']);
    assert.deepEqual(border.gate.state.crossings, {});
    assert.deepEqual(border.gate.alarms(), ['CUSTODY_POINT_DIFFERS/huu-nghi-quan']);
    assert.deepEqual(kindsOf(border.offered('m2', box(1))), ['refused'], 'who says nothing means set-down');
    assert.deepEqual(kindsOf(border.offered('m3', box(1), { custodyPoint: 'border-in' })), [
      'accepted',
      'granted',
    ]);
    assert.deepEqual(border.gate.alarms(), []);
  });

  it('cannot be told to a gate that reads version 1: nothing is offered to it unless it is at set-down', () => {
    const border = bootBorder({}, at('border-in'));
    border.step({ type: 'counterpart-link', up: true, reads: 1 });
    assert.equal(border.waits('xe-1', OUT, box(1)).lineClear, undefined);
    assert.deepEqual(border.gate.alarms(), ['CUSTODY_POINT_DIFFERS/huu-nghi-quan']);
    const other = bootBorder();
    other.step({ type: 'counterpart-link', up: true, reads: 1 });
    assert.ok(other.waits('xe-1', OUT, box(1)).lineClear);
  });

  for (const custodyPoint of ['km0', 'border-in'] as const)
    it(`at ${custodyPoint}: it is received when its vehicle has come in through border-in`, () => {
      const border = bootBorder({}, at(custodyPoint));
      border.offered('m1', box(1), { custodyPoint });
      const lane = comes(border, 'm1', box(1));
      assert.equal(border.moved('m1').inbound?.received, undefined);
      const [received] = goesThrough(border, lane).filter(({ kind }) => kind === 'received');
      assert.ok(received && 'containers' in received);
      assert.deepEqual(received.containers, [box(1)]);
      assert.equal(border.moved('m1').stage, 'entering', 'and it is unloaded as ever');
    });

  it('at border-in: not before its departure has been read, and then at once', () => {
    const border = bootBorder({}, at('border-in'));
    border.offered('m1', box(1), { custodyPoint: 'border-in' });
    const lane = comes(border, 'm1', box(1), false);
    assert.deepEqual(goesThrough(border, lane), []);
    assert.deepEqual(kindsOf(departs(border, 'm1')), ['received']);
    assert.deepEqual(kindsOf(departs(border, 'm1')), [], 'once');
  });

  it('at set-down: coming in says nothing of it yet', () => {
    const border = bootBorder();
    border.offered('m1', box(1), { custodyPoint: 'set-down' });
    assert.deepEqual(goesThrough(border, comes(border, 'm1', box(1))), []);
  });
});

describe('what a checkpoint has seen', () => {
  it('goes into the departure: containers, pictures, readings, and each seal as it was checked', () => {
    const border = bootBorder({}, at('set-down', true));
    const crossing = border.waits('xe-1', OUT, box(1));
    observes(border, OUT, seal('S-1'));
    const { effects } = sends(border, crossing);
    const { containers, evidence = [], sealChecks } = lineOf(effects, 'departed');
    assert.deepEqual(containers, [box(1)]);
    assert.ok(evidence.some(({ type, sha256 }) => type === 'picture' && sha256 === PHOTO));
    assert.ok(evidence.filter(({ type }) => type === 'reading').length >= 3, 'plate, container and seal');
    assert.deepEqual(sealChecks, [
      {
        container: box(1),
        expected: 'S1',
        found: 'S1',
        state: 'intact',
        method: 'person',
        photo: PHOTO,
        checkedAt: sealChecks?.[0]?.checkedAt,
        place: 'border-out',
        giver: 'huu-nghi',
        receiver: 'huu-nghi-quan',
      },
    ]);
  });

  it('tells a seal that nobody has looked at as that, and never as missing', () => {
    const border = bootBorder();
    const { sealChecks = [] } = lineOf(sends(border).effects, 'departed');
    assert.deepEqual(
      sealChecks.map(({ expected, found, state, method }) => [expected, found, state, method]),
      [['S1', undefined, 'not-checked', 'none']],
    );
  });

  it('is bounded, however long it has stood there', () => {
    const reading = (n: number) => ({ device: `d${n}`, readId: `r${n}`, value: 'A', quality: 900, at: n });
    const many = Array.from({ length: 16 }, (_, n) => ({
      ...reading(n),
      image: String(n).padStart(64, '0'),
    }));
    const visit = { plates: many, trailers: many, containers: many, observations: [] };
    assert.equal(evidenceIn(visit as unknown as Parameters<typeof evidenceIn>[0]).length, 32);
  });

  it('but nothing of what our authorities have looked for', () => {
    const seen = (one: object, n: number) => ({ ...one, id: `p/${n}`, device: 'p', at: n, image: PHOTO });
    const observations = [
      seen({ kind: 'radiation', alarm: true }, 1),
      seen({ kind: 'test', positive: true, substance: 'drug' }, 2),
    ];
    const visit = { plates: [], trailers: [], containers: [], observations };
    assert.deepEqual(evidenceIn(visit as unknown as Parameters<typeof evidenceIn>[0]), []);
  });
});

describe('goods are received with remarks', () => {
  const offers = (border: CoreBorder): string => {
    border.offered('m1', undefined, {
      load: 'laden',
      containers: [{ number: box(1), seals: ['S1'] }],
      custodyPoint: 'border-in',
    });
    return comes(border, 'm1', box(1));
  };
  const kinds = (lines: readonly HandoverRecord[]): string[] => lines.map(({ kind }) => kind);

  it('when an officer has seen another seal than was handed over; both gates have the difference to close', () => {
    const border = bootBorder({}, at('border-in', true));
    const lane = offers(border);
    observes(border, lane, seal('X9'));
    border.wait(12_000);
    const lines = goesThrough(border, lane);
    assert.deepEqual(kinds(lines), ['received-with-remarks', 'disputed']);
    const [received, disputed] = lines;
    assert.ok(received?.kind === 'received-with-remarks' && disputed?.kind === 'disputed');
    const difference = { code: 'SEAL_NUMBER', container: box(1), expected: 'S1', found: 'X9' };
    assert.deepEqual(received.remarks, [difference]);
    assert.deepEqual(disputed.differences, [difference]);
    assert.deepEqual([disputed.custodian, disputed.place], ['huu-nghi', 'huu-nghi']);
    assert.deepEqual(border.moved('m1').remarks, [difference]);
    assert.ok(border.gate.alarms().includes('DISCREPANCY_OPEN/huu-nghi-d1'));
  });

  it('also when the finding is cleared so that it can go on: what a person has seen was seen', () => {
    const border = bootBorder({}, at('border-in', true));
    const lane = offers(border);
    observes(border, lane, seal('S1', 'broken'));
    border.wait(1_000);
    border.step({
      type: 'operator-act',
      person: 'mai',
      role: 'customs-officer',
      reason: 'taken in all the same',
      act: { kind: 'clear-finding', crossing: border.moved('m1').id, code: 'SEAL_BROKEN' },
    });
    assert.equal(
      border.visit(lane).released,
      true,
      border
        .visit(lane)
        .reasons.map(({ code }) => code)
        .join(),
    );
    assert.deepEqual(kinds(goesThrough(border, lane)), ['received-with-remarks', 'disputed']);
  });

  it('but not for what a reader may have misread and its owner has cleared', () => {
    const border = bootBorder({}, at('border-in', true));
    const lane = offers(border);
    const { io } = border.gate.config.lanes.find(({ id }) => id === lane)?.devices ?? assert.fail();
    border.step({ type: 'observation', device: io, readId: 'r1', seen: seal('X9') });
    for (const code of ['SEAL_MISMATCH', 'SEAL_CHANGE_UNRECORDED', 'SEAL_MISSING'])
      border.step({
        type: 'operator-act',
        person: 'mai',
        role: 'customs-officer',
        reason: 'S1 is on it',
        act: { kind: 'clear-finding', crossing: border.moved('m1').id, code },
      });
    assert.equal(
      border.visit(lane).released,
      true,
      border
        .visit(lane)
        .reasons.map(({ code }) => code)
        .join(),
    );
    assert.deepEqual(kinds(goesThrough(border, lane)), ['received']);
  });

  it('as a gate of version 1 is told without them, and has no difference to close', () => {
    const border = bootBorder();
    border.step({ type: 'counterpart-link', up: true, reads: 1 });
    border.offered('m1', box(1));
    departs(border, 'm1');
    border.moved('m1').stage = 'arrived';
    const refused = border.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'seen',
      act: { kind: 'dispute', move: 'm1', code: 'CONTAINER_DAMAGED' },
    });
    assert.match(JSON.stringify(refused), /reads version 1/);
    assert.deepEqual(border.gate.state.discrepancies, {});
  });
});

describe('the sender reads that its goods were received', () => {
  const received = (move: string, more: object = {}): HandoverRecord =>
    ({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)], ...more }) as HandoverRecord;

  it('at set-down: its crossing is over, and the vehicle free', () => {
    const border = bootBorder();
    const { move } = sends(border);
    assert.deepEqual(kindsOf(border.read(received(move))), ['closed']);
    assert.equal(border.gate.state.moves[move], undefined);
  });

  it('at border-in: the move is closed, and its crossing goes on until its vehicle is empty', () => {
    const border = bootBorder({}, at('border-in'));
    const { move } = sends(border);
    assert.deepEqual(kindsOf(border.read(received(move))), ['closed']);
    const crossing = border.moved(move);
    assert.deepEqual(
      [crossing.stage, border.gate.state.vehicles['xe-1']?.crossing],
      ['arrived', crossing.id],
    );
    border.vehicle('xe-1').says({ lastNodeId: 'hnq-bay-land-1', loads: [box(1)] });
    assert.equal(border.gate.state.completed.export, 0);
    border.vehicle('xe-1').says({ loads: [] });
    assert.deepEqual([border.gate.state.completed.export, border.gate.state.moves[move]], [1, undefined]);
    assert.equal(border.gate.state.vehicles['xe-1']?.crossing, null);
  });

  it('what customs takes back afterwards is a case, and no recall: the goods are the other side’s', () => {
    const border = bootBorder({}, at('border-in'));
    const { move } = sends(border);
    border.read(received(move));
    assert.deepEqual(kindsOf(border.clears(box(1), 'withdrawn')), []);
    assert.equal(Object.keys(border.gate.state.cases).length, 1);
    border.vehicle('xe-1').says({ lastNodeId: 'hnq-bay-land-1', loads: [] });
    border.clears(box(1), 'withdrawn');
    assert.equal(Object.keys(border.gate.state.cases).length, 1, 'told once');
  });

  it('with remarks: it is closed all the same, and people are shown what differs', () => {
    const border = bootBorder();
    const { move } = sends(border);
    const remarks = [{ code: 'SEAL_BROKEN', container: box(1) }];
    assert.deepEqual(kindsOf(border.read(received(move, { kind: 'received-with-remarks', remarks }))), [
      'closed',
    ]);
    assert.deepEqual(border.gate.state.recent[0]?.remarks, remarks);
    assert.ok(border.gate.alarms().includes(`RECEIVED_WITH_REMARKS/${move}`));
  });

  it('but not what has not left, twice, or with other containers: people are called, and nothing changes', () => {
    const border = bootBorder({}, at('border-in'));
    const waits = border.waits('xe-1', OUT, box(1));
    const move = waits.lineClear?.move ?? '';
    const alarmed = (): number => border.gate.state.alarms[`GRANT_UNKNOWN/${move}`]?.count ?? 0;
    assert.deepEqual([kindsOf(border.read(received(move))), alarmed()], [[], 1]);
    delete border.gate.state.crossings[waits.id];
    const sent = bootBorder({}, at('border-in'));
    const { move: second } = sends(sent);
    assert.deepEqual(kindsOf(sent.read(received(second, { containers: [box(2)] }))), []);
    assert.deepEqual(kindsOf(sent.read(received(second))), ['closed']);
    assert.deepEqual(kindsOf(sent.read(received(second))), []);
    assert.equal(sent.gate.state.alarms[`GRANT_UNKNOWN/${second}`]?.count, 2);
  });
});
