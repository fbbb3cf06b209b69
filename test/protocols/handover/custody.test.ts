import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createCustody, type JudgedMove } from '../../../protocols/handover/custody.ts';
import { REASONS, type Reason, type Side } from '../../../protocols/handover/custody-move.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import type { HandoverRecord, RecordOf } from '../../../protocols/handover/record.ts';
import { recordedLog } from '../../support/log-files.ts';

const eventTime = '2026-03-01T08:00:00.000+07:00';
const move = 'hn-m1';
const grant = 'hnq-g1';
const containers = ['CSQU3054383'];

// ------------------------------------------------------------ what the sender writes, and what the receiver does
const offered = (name = move): HandoverRecord => ({
  kind: 'offered',
  move: name,
  load: 'laden',
  track: 'north',
  vehicle: 'xe-1',
  homeGate: 'huu-nghi',
  plate: '12C-123.45',
  containers: containers.map((number) => ({ number })),
});
const withdrawn = (): HandoverRecord => ({ kind: 'offer-withdrawn', move });
const returned = (by = grant): HandoverRecord => ({ kind: 'grant-returned', move, grant: by });
const departed = (more: Partial<RecordOf<'departed'>> = {}): HandoverRecord => ({
  kind: 'departed',
  move,
  grant,
  eventTime,
  ...more,
});
const closed = (more: Partial<RecordOf<'closed'>> = {}): HandoverRecord => ({
  kind: 'closed',
  move,
  eventTime,
  ...more,
});
const accepted = (name = move): HandoverRecord => ({ kind: 'accepted', move: name });
const refused = (): HandoverRecord => ({ kind: 'refused', move, code: 'CAPACITY' });
const granted = (more: Partial<RecordOf<'granted'>> = {}): HandoverRecord => ({
  kind: 'granted',
  move,
  grant,
  track: 'north',
  holdNode: 'in-1',
  ...more,
});
const arrived = (): HandoverRecord => ({ kind: 'arrived', move, eventTime });
const received = (more: Partial<RecordOf<'received'>> = {}): HandoverRecord => ({
  kind: 'received',
  move,
  eventTime,
  containers,
  ...more,
});
const remarked = (): HandoverRecord => ({
  kind: 'received-with-remarks',
  move,
  eventTime,
  containers: ['MWCU6059784'],
  remarks: [{ code: 'CONTAINER_NUMBER', expected: 'CSQU3054383', found: 'MWCU6059784' }],
});
const disputed = (): HandoverRecord => ({
  kind: 'disputed',
  move,
  discrepancy: 'd-1',
  eventTime,
  differences: [{ code: 'SEAL_BROKEN' }],
  deadline: eventTime,
  place: 'bay-1',
  custodian: 'huu-nghi-quan',
});
const ended = (outcome: 'settled' | 'as-found' = 'settled'): HandoverRecord =>
  closed({ discrepancy: 'd-1', outcome });
const reset = (): HandoverRecord => ({
  kind: 'block-reset',
  reset: 'r-1',
  track: 'north',
  moves: [move],
  eventTime,
  officers: ['HN-07', 'HN-09'],
});
/** What shows that each side has read the other's log to its end: one more move, offered, accepted and granted. */
const later = {
  byA: [{ ...offered('hn-m2') }, departed({ move: 'hn-m2', grant: 'hnq-g2' })] as HandoverRecord[],
  byB: [accepted('hn-m2'), granted({ move: 'hn-m2', grant: 'hnq-g2' })] as HandoverRecord[],
};

type Logs = [a: HandoverRecord[], b: HandoverRecord[]];

/** Both logs, told in turns as `order` says, then what is left. */
function join([a, b]: Logs, order: readonly Side[] = [], from: [number, number] = [1, 1]) {
  const last = new Map<string, JudgedMove>();
  const custody = createCustody({ from, onMove: (judged) => last.set(judged.move, judged) });
  const logs = [a, b] as const;
  const next = [0, 0];
  const tell = (side: Side): void => {
    const record = logs[side][next[side] ?? 0];
    if (record === undefined) return;
    custody.take(side, (next[side] ?? 0) + (from[side] ?? 1), record);
    next[side] = (next[side] ?? 0) + 1;
  };
  for (const side of order) tell(side);
  for (const side of [0, 1] as const) while ((next[side] ?? 0) < logs[side].length) tell(side);
  return { counts: custody.end(), last };
}

const COMMON: Logs = [
  [offered(), departed()],
  [accepted(), granted()],
];
const [A, B] = COMMON;
const HANDED_OVER: Logs = [
  [...A, closed()],
  [...B, arrived(), received()],
];

/** A story a reason, and who has custody in the end (0: the sender, 1: the receiver). */
const STORIES: Record<
  Reason,
  { logs: Logs; custody: Side | 'both' | 'none' | 'unknown'; from?: [number, number] }
> = {
  closed: { logs: HANDED_OVER, custody: 1 },
  'not-sent': { logs: [[offered(), withdrawn()], [accepted()]], custody: 0 },
  settled: {
    logs: [
      [...A, closed(), ended()],
      [...B, remarked(), disputed(), ended()],
    ],
    custody: 1,
  },
  'brought-back': {
    logs: [
      [
        ...A,
        granted({ move: 'hnq-m9', grant: 'hn-g9' }),
        received({ move: 'hnq-m9' }),
        { kind: 'returned', move, by: 'hnq-m9', eventTime, containers },
        closed(),
      ],
      [
        ...B,
        received(),
        { ...offered('hnq-m9'), load: 'return' } as HandoverRecord,
        departed({ move: 'hnq-m9', grant: 'hn-g9' }),
      ],
    ],
    custody: 0,
  },
  reset: {
    logs: [
      [...A, reset()],
      [...B, reset()],
    ],
    custody: 0,
  },

  offered: { logs: [[offered()], [accepted()]], custody: 0 },
  refused: { logs: [[offered()], [refused()]], custody: 0 },
  granted: { logs: [[offered()], B], custody: 0 },
  withdrawn: { logs: [[offered(), withdrawn()], B], custody: 0 },
  departed: { logs: COMMON, custody: 0 },
  arrived: { logs: [A, [...B, arrived()]], custody: 0 },
  received: { logs: [A, [...B, arrived(), received()]], custody: 1 },
  'reset-by-one-side': { logs: [[...A, reset()], B], custody: 0 },
  'not-told-yet': { logs: [[offered()], [...B, arrived(), received()]], custody: 1 },
  'before-this-part': {
    logs: [
      [closed(), ...later.byA],
      [received({ move: 'hn-m0' }), ...later.byB],
    ],
    from: [40, 40],
    custody: 'unknown',
  },

  'difference-open': {
    logs: [
      [...A, closed()],
      [...B, remarked(), disputed()],
    ],
    custody: 1,
  },
  'difference-closed-by-one': {
    logs: [
      [...A, closed()],
      [...B, remarked(), disputed(), ended()],
    ],
    custody: 1,
  },
  'outcomes-differ': {
    logs: [
      [...A, closed(), ended('as-found')],
      [...B, remarked(), disputed(), ended()],
    ],
    custody: 1,
  },

  'two-senders': { logs: [A, [...B, offered()]], custody: 'both' },
  'told-twice': { logs: [[offered(), offered()], [accepted()]], custody: 0 },
  'told-too-late': { logs: [HANDED_OVER[0], [...HANDED_OVER[1], arrived()]], custody: 1 },
  'received-twice': { logs: [HANDED_OVER[0], [...HANDED_OVER[1], received()]], custody: 1 },
  'departed-twice': { logs: [[...A, departed()], B], custody: 0 },
  'grant-used-twice': {
    logs: [
      [offered('hn-m0'), offered()],
      [accepted('hn-m0'), granted({ move: 'hn-m0' }), accepted(), granted()],
    ],
    custody: 0,
  },
  'never-offered': { logs: [later.byA, [accepted(), ...later.byB]], custody: 0 },
  'never-granted': {
    logs: [
      [...A, ...later.byA],
      [accepted(), ...later.byB],
    ],
    custody: 0,
  },
  'other-grant': { logs: [[offered(), departed({ grant: 'hnq-g7' })], B], custody: 0 },
  'returned-and-used': { logs: [[offered(), returned(), departed()], B], custody: 0 },
  'hotline-differs': {
    logs: [
      [offered(), departed({ hotline: { number: '4711', sender: 'HN-07', receiver: 'HNQ-03' } })],
      [granted({ hotline: { number: '4712', sender: 'HN-07', receiver: 'HNQ-03' } })],
    ],
    custody: 0,
  },
  'never-departed': {
    logs: [
      [offered(), ...later.byA],
      [...B, received(), ...later.byB],
    ],
    custody: 'both',
  },
  'arrived-not-departed': {
    logs: [
      [offered(), ...later.byA],
      [...B, arrived(), ...later.byB],
    ],
    custody: 0,
  },
  'closed-not-departed': { logs: [[offered(), closed()], B], custody: 0 },
  'never-received': {
    logs: [
      [...A, closed(), ...later.byA],
      [...B, ...later.byB],
    ],
    custody: 'none',
  },
  'containers-differ': {
    logs: [
      [...A, closed()],
      [...B, received({ containers: ['MWCU6059784'] })],
    ],
    custody: 1,
  },
  'custody-point-differs': {
    logs: [
      [{ ...offered(), custodyPoint: 'km0' } as HandoverRecord, departed()],
      [accepted(), granted({ custodyPoint: 'set-down' })],
    ],
    custody: 0,
  },
  'unknown-difference': {
    logs: [
      [...A, closed(), ended(), ...later.byA],
      [...B, received(), ...later.byB],
    ],
    custody: 1,
  },
  'never-brought-back': {
    logs: [
      [...A, closed(), { kind: 'returned', move, by: 'hnq-m9', eventTime, containers }],
      [...B, received()],
    ],
    custody: 1,
  },
};

describe('custody out of two logs', () => {
  for (const [reason, { logs, custody, from }] of Object.entries(STORIES) as [
    Reason,
    (typeof STORIES)[Reason],
  ][])
    it(`${REASONS[reason][0]}: ${REASONS[reason][1]} (${reason})`, () => {
      // However the two logs are told side by side, as long as each is told in its order.
      const judge = (order: readonly Side[]): void => {
        const { counts, last } = join(logs, order, from);
        const judged = last.get(move);
        assert.deepEqual([judged?.reason, judged?.status], [reason, REASONS[reason][0]]);
        assert.equal(judged?.custody.with, custody);
        assert.equal(counts.moves, last.size);
        const sum = Object.values(counts.byStatus).reduce((all, one) => all + one, 0);
        assert.equal(sum, counts.moves);
      };
      fc.assert(fc.property(fc.array(fc.constantFrom<Side[]>(0, 1), { maxLength: 30 }), judge), {
        numRuns: 50,
      });
    });

  it('passes with the receipt, and since that line of the receiver’s log', () => {
    const { last } = join(HANDED_OVER);
    assert.deepEqual(last.get(move)?.custody, { with: 1, since: { side: 1, line: 4 } });
    assert.deepEqual(join(COMMON).last.get(move)?.custody, { with: 0, since: { side: 0, line: 1 } });
  });

  it('is nobody’s contradiction while one of the logs ends earlier: a longer one may tell what is missing', () => {
    const [a, b] = HANDED_OVER;
    for (let lines = 0; lines <= a.length; lines += 1)
      for (const logs of [
        [a.slice(0, lines), b],
        [a, b.slice(0, lines)],
      ] as Logs[])
        for (const { status } of join(logs).last.values()) assert.notEqual(status, 'contradictory');
  });

  it('of a move that is over, only its name is kept; whoever speaks of it again is still understood', () => {
    const [a, b] = HANDED_OVER;
    const custody = createCustody({ from: [1, 1], onMove: () => undefined });
    for (const [index, record] of a.entries()) custody.take(0, index + 1, record);
    for (const [index, record] of b.entries()) custody.take(1, index + 1, record);
    assert.equal(custody.underWay, 0);
    custody.take(1, 5, disputed());
    assert.equal(custody.underWay, 1);
    custody.take(0, 4, ended());
    custody.take(1, 6, ended());
    assert.equal(custody.underWay, 0);
    assert.deepEqual(custody.end().byStatus, { complete: 1, open: 0, disputed: 0, contradictory: 0 });
  });

  it('an hour with faults at two gates of version 1 holds together, up to each of its lines', () => {
    const [a, b] = ['huu-nghi', 'huu-nghi-quan'].map((gate) =>
      recordedLog(gate).lines.map((text) => {
        const read = decodeRecord(text);
        assert.ok(read.ok);
        return read.record;
      }),
    ) as Logs;
    const whole = join([a, b]).counts.byStatus;
    assert.deepEqual(whole, { complete: 106, open: 0, disputed: 0, contradictory: 0 });
    for (let cut = 0; cut < a.length; cut += 7) {
      assert.equal(join([a.slice(0, cut), b]).counts.byStatus.contradictory, 0, `after line ${cut}`);
      assert.equal(join([a, b.slice(0, cut)]).counts.byStatus.contradictory, 0, `after line ${cut}`);
    }
  });

  it('keeps only what is under way, of two logs that are read side by side', () => {
    const lines = ([0, 1] as const)
      .flatMap((side) =>
        recordedLog(side === 0 ? 'huu-nghi' : 'huu-nghi-quan').lines.map((text) => ({
          side,
          ...decodeRecord(text),
        })),
      )
      .flatMap((line) => (line.ok ? [line] : []))
      .toSorted((one, other) => one.at - other.at);
    const custody = createCustody({ from: [1, 1], onMove: () => undefined });
    let most = 0;
    for (const { side, line, record } of lines) {
      custody.take(side, line, record);
      most = Math.max(most, custody.underWay);
    }
    assert.ok(most <= 12, String(most));
  });
});
