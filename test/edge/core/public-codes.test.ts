import assert from 'node:assert/strict';
import { z } from 'zod';
import { FILTERED, type FieldFilter, fieldFilter } from '../../../config/schema/filter.ts';
import { differencesOf } from '../../../edge/core/custody-evidence.ts';
import type { Act } from '../../../edge/core/input.ts';
import { publicCodeOf } from '../../../edge/core/public-codes.ts';
import { catalogue, type ReasonCode, reason } from '../../../edge/core/reasons.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import { DISCREPANCY_CODES, PUBLIC_CODES } from '../../../protocols/handover/codes.ts';
import { encodeRecord } from '../../../protocols/handover/line.ts';
import { type HandoverRecord, handoverRecord } from '../../../protocols/handover/record.ts';
import { bootBorder, box, EVENT_TIME, lettingCross } from '../../support/core-border.ts';

const CODES = Object.keys(catalogue) as ReasonCode[];
/** Codes of our own that are no word of the other side's. */
const OUR_OWN = CODES.filter(
  (code) => !([...PUBLIC_CODES, ...DISCREPANCY_CODES] as readonly string[]).includes(code),
);
const SECRET = 'SECRET';

/** A filter that names all it may, and one that names nothing. */
const everyMember = (): FieldFilter => filterOfMembers((members) => Object.keys(members));
const noMember = (): FieldFilter => filterOfMembers(() => []);
const filterOfMembers = (of: (members: object) => string[]): FieldFilter =>
  fieldFilter.parse(
    Object.fromEntries(
      Object.entries(FILTERED).map(([direction, kinds]) => [
        direction,
        Object.fromEntries(Object.entries(kinds).map(([kind, members]) => [kind, of(members)])),
      ]),
    ),
  );

const lineOf = (record: HandoverRecord): string =>
  encodeRecord({ version: 2, gate: 'huu-nghi', line: 1, at: 0, utcOffset: '+07:00', record });

/** As a list or a rule leaves it on a crossing. */
const found = (code: ReasonCode) => ({
  ...reason(
    code,
    `${SECRET}-detail, ${box(1)}: declared 987654 kg, measured 26000 kg, read MWCU6059784`,
    `${SECRET}-list (${SECRET}-basis)`,
  ),
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

    it('as the receiver who finds differences: received-with-remarks, disputed, joint-inspection, closed', () => {
      for (const filter of [everyMember(), noMember(), undefined]) {
        const border = bootBorder({}, ({ counterpart, overrides }) => {
          counterpart.custodyPoint = 'border-in';
          if (filter !== undefined) counterpart.filter = filter;
          overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
        });
        border.offered('m1', box(1), { custodyPoint: 'border-in' });
        const crossing = border.moved('m1');
        const { grant = '', holdNode } = crossing.inbound ?? {};
        border.read({ kind: 'departed', move: 'm1', grant, eventTime: EVENT_TIME });
        const lane = border.gate.config.lanes.find(({ node }) => node === holdNode)?.id ?? '';
        border.stands(lane, crossing.vehicle?.plate ?? '', box(1));
        assert.equal(border.visit(lane).released, true);
        mark(crossing);
        border.goesThrough(lane);
        const [discrepancy = ''] = Object.keys(border.gate.state.discrepancies);
        const acts: Act[] = [
          { kind: 'joint-inspection', discrepancy, outcome: 'confirmed', inspectors: ['mai', 'wei'] },
          { kind: 'close-discrepancy', discrepancy, outcome: 'as-found' },
        ];
        for (const act of acts)
          border.step({ type: 'operator-act', person: 'minh', role: 'supervisor', act, reason: SECRET });
        const kinds = new Set(border.written.map(({ kind }) => kind));
        for (const kind of ['received-with-remarks', 'disputed', 'joint-inspection', 'closed'] as const)
          assert.ok(kinds.has(kind), `${kind} was not written`);
        assertSilent(border.written.map(lineOf));
      }
    });

    it('of a difference but a number that was read, or a weight that was measured', () => {
      const crossing = {
        containers: [{ number: box(1), declarations: [] }],
      } as Partial<Crossing> as Crossing;
      const told = new Map(
        CODES.flatMap((code) => differencesOf([found(code)], crossing).map((one) => [code, one.found])),
      );
      for (const code of ['CONTAINER_MISMATCH', 'CONTAINER_UNEXPECTED', 'YARD_CONTAINER_MISMATCH'] as const)
        assert.equal(told.get(code), 'MWCU6059784');
      for (const code of ['WEIGHT_OUT_OF_TOLERANCE', 'EMPTY_NOT_EMPTY'] as const)
        assert.equal(told.get(code), '26000 kg');
      assert.equal(told.get('CONTAINER_DAMAGED'), undefined);
      assert.equal(told.size, 6);
    });
  });

  it('has no member of any kind of record it could stand in, but for a code, and words that people write', () => {
    const { oneOf = [] } = z.toJSONSchema(handoverRecord, { io: 'input' }) as { oneOf?: Schema[] };
    assert.equal(oneOf.length, handoverRecord.options.length);
    for (const one of oneOf) {
      const kind = String(one.properties?.kind?.const);
      for (const [path, schema] of membersOf(one)) {
        const name = path.split('/').at(-1) ?? '';
        assert.doesNotMatch(
          name,
          /score|risk|aeo|hit|list|verdict|severity|owner|detail|rule|basis/i,
          `${kind}${path}`,
        );
        if (name === 'code' || name === 'outcome')
          assert.ok(
            schema.enum?.every((word) => PUBLIC_WORDS.has(word)),
            `${kind}${path}`,
          );
        // Of a return: what the other side itself has told of its refusal, where the filter names it.
        if (/reason|remark$/i.test(name)) assert.equal(path, '/returnOf/reason', kind);
      }
    }
  });
});

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  const?: unknown;
  enum?: string[];
}

const PUBLIC_WORDS: ReadonlySet<string> = new Set([
  ...PUBLIC_CODES,
  ...DISCREPANCY_CODES,
  ...['confirmed', 'unfounded', 'partly', 'escalated'],
  ...['as-handed-over', 'as-found', 'settled', 'withdrawn'],
]);

/** Each member with its path; those of a list stand below the list's own path. */
function membersOf({ properties = {}, items }: Schema, path = ''): [path: string, schema: Schema][] {
  const own = Object.entries(properties).flatMap(([name, schema]): [string, Schema][] => [
    [`${path}/${name}`, schema],
    ...membersOf(schema, `${path}/${name}`),
  ]);
  return items === undefined ? own : [...own, ...membersOf(items, path)];
}
