import assert from 'node:assert/strict';
import { publicCodeOf } from '../../../edge/core/public-codes.ts';
import { catalogue, type ReasonCode, reason } from '../../../edge/core/reasons.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import { PUBLIC_CODES } from '../../../protocols/handover/codes.ts';
import { encodeRecord } from '../../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { bootBorder, box, EVENT_TIME, lettingCross } from '../../support/core-border.ts';

const CODES = Object.keys(catalogue) as ReasonCode[];
/** Codes of our own that are no word of the other side's. */
const OUR_OWN = CODES.filter((code) => !(PUBLIC_CODES as readonly string[]).includes(code));
const SECRET = 'SECRET';

const lineOf = (record: HandoverRecord): string =>
  encodeRecord({ version: 2, gate: 'huu-nghi', line: 1, at: 0, utcOffset: '+07:00', record });

/** As a list or a rule leaves it on a crossing. */
const found = (code: ReasonCode) => ({
  ...reason(code, `${SECRET}-detail`, `${SECRET}-list (${SECRET}-basis)`),
  hit: { list: `${SECRET}-list`, kind: 'party' },
  candidates: [{ crossingId: `${SECRET}-crossing`, score: 987_654 }],
});

const assertSilent = (lines: readonly string[]): void => {
  for (const line of lines) {
    assert.equal(line.includes(SECRET), false, line);
    assert.equal(line.includes('987654'), false, line);
    for (const code of OUR_OWN) assert.equal(line.includes(code), false, `${code} in ${line}`);
  }
};

describe('a reason of ours, on the other side of the border', () => {
  it('is one public code in every record that carries one, and no word of our own', () => {
    for (const code of CODES) {
      const told = publicCodeOf(code);
      assert.ok(PUBLIC_CODES.includes(told));
      const move = 'huu-nghi-m1';
      const records: HandoverRecord[] = [
        { kind: 'refused', move, code: told },
        { kind: 'recalled', move, code: told },
        { kind: 'section-closing', closure: 'c-1', tracks: [], code: told, from: EVENT_TIME },
      ];
      assertSilent(records.map(lineOf));
    }
  });

  it('does not tell a watch list from an unpaid fee', () => {
    for (const code of [
      'WATCHLIST_HIT',
      'RISK_RULE_HIT',
      'TEST_POSITIVE',
      'FEE_UNPAID',
      'NOT_RELEASED',
    ] as const)
      assert.equal(publicCodeOf(code), 'AUTHORITY_CHECK');
  });

  describe('is in no record of a move, whatever was found on its way', () => {
    const mark = (crossing: Crossing): void => {
      crossing.findings.push(...CODES.map(found));
      crossing.reasons.push(...CODES.map(found));
    };
    const everything = lettingCross(
      'seals',
      'grossKg',
      'declarations',
      'sizeType',
      'returnOf.reason',
      'returnOf.refusedBy',
    );

    it('as the sender: offered, withdrawn, departed, recalled, closed', () => {
      const before = bootBorder({}, everything);
      mark(before.waits('xe-1', 'border-out-1', box(1)));
      before.wait(before.gate.config.counterpart.grantValidMs);
      const border = bootBorder({}, everything);
      const crossing = border.waits('xe-1', 'border-out-1', box(1));
      const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
      const holdNode = 'hnq-in-1';
      border.read({ kind: 'granted', move, grant: 'g-1', track: 'north', holdNode });
      border.goesThrough('border-out-1', 'xe-1');
      mark(crossing);
      border.clears(box(1), 'withdrawn');
      border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
      border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      const written = [...before.written, ...border.written];
      const kinds = new Set(written.map(({ kind }) => kind));
      for (const kind of ['offered', 'offer-withdrawn', 'departed', 'recalled', 'closed'] as const)
        assert.ok(kinds.has(kind), `${kind} was not written`);
      assertSilent(written.map(lineOf));
    });

    it('as the receiver: refused, accepted, granted, arrived', () => {
      const border = bootBorder({}, everything);
      border.offered('m9', box(9), { track: 'nowhere' });
      border.offered('m1', box(1));
      const crossing = border.moved('m1');
      mark(crossing);
      border.read({
        kind: 'departed',
        move: 'm1',
        grant: crossing.inbound?.grant ?? '',
        eventTime: EVENT_TIME,
      });
      const lane = border.gate.config.lanes.find(({ node }) => node === crossing.inbound?.holdNode);
      border.stands(lane?.id ?? '', crossing.vehicle?.plate ?? '', box(1));
      border.wait(60_000);
      const kinds = new Set(border.written.map(({ kind }) => kind));
      for (const kind of ['refused', 'accepted', 'granted', 'arrived'] as const)
        assert.ok(kinds.has(kind), `${kind} was not written`);
      assertSilent(border.written.map(lineOf));
    });
  });
});
