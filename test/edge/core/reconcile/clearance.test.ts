import assert from 'node:assert/strict';
import {
  alsoCleared,
  BOX,
  bobtail,
  type Change,
  checkpoint,
  cleared,
  conditions,
  crossing,
  DECLARATION,
  empty,
  HOUR_MS,
  judge,
  line,
  OTHER_DECLARATION,
  REAR_BOX,
  read,
  tell,
  time,
  twins,
  without,
  word,
} from '../../../support/reconcile-case.ts';

const none = line({ clearances: [] });
/** A second declaration of the same container, half of its goods each. */
const halves = (second: Record<string, unknown> = {}): Change[] => [
  crossing({ declarations: [DECLARATION, OTHER_DECLARATION] }),
  cleared({ grossKg: 12_000 }),
  alsoCleared({ declaration: OTHER_DECLARATION, ...second }),
  ({ clearances }) => {
    const [container] = (clearances[1]?.containers ?? []) as Record<string, unknown>[];
    if (container !== undefined) container.grossKg = 12_150;
  },
];
const eachTakes =
  (kg: number): Change =>
  ({ clearances }) => {
    for (const one of (clearances[0]?.containers ?? []) as Record<string, unknown>[]) one.allotment = { kg };
  };
const examined = (...all: Record<string, unknown>[]): Change =>
  line({
    examinations: all.map((one) => ({
      examinationId: 'e1',
      container: BOX,
      requirement: 'scan',
      state: 'passed',
      examinedAt: time(-HOUR_MS),
      ...one,
    })),
  });

describe('customs’ word', () => {
  describe('on a container', () => {
    tell([
      ['is missing', [none], 'hold NO_CLEARANCE'],
      [
        'is missing, and with it the declared weight: it waits',
        [none, read('weight', { grossKg: 38_000 })],
        'hold NO_CLEARANCE',
      ],
      ['is not yet given', [word({ status: 'registered' })], 'hold NOT_RELEASED'],
      ['is only that it was inspected', [word({ status: 'inspected' })], 'hold NOT_RELEASED'],
      ['was taken back', [word({ status: 'withdrawn' })], 'refer CLEARANCE_WITHDRAWN'],
      ['is about the other direction', [word({ kind: 'import' })], 'hold NO_CLEARANCE'],
      ['is about another container', [cleared({ number: REAR_BOX })], 'hold NO_CLEARANCE'],
      ['ends the moment it is valid until', [word({ validUntil: time(0) })], 'hold CLEARANCE_EXPIRED'],
      ['is valid for a millisecond more', [word({ validUntil: time(1) })], 'pass'],
      ['has no end', [word({ validUntil: undefined })], 'pass'],
      ['is known not to be all there is', [word({ complete: false })], 'refer DECLARATIONS_INCOMPLETE'],
      ['is not known to be all there is', [word({ complete: null })], 'refer DECLARATIONS_INCOMPLETE'],
      [
        'does not say which containers it is about',
        [word({ containers: undefined })],
        'refer DECLARATIONS_INCOMPLETE WEIGHT_BASIS_UNKNOWN',
      ],
      [
        'of an authorised operator is no better',
        [word({ aeo: true, status: 'registered' })],
        'hold NOT_RELEASED',
      ],
      [
        'written with hyphens is the same',
        [word({ declaration: '30804480574-0' }), cleared({ number: 'csqu-305438-3' })],
        'pass',
      ],
    ]);
  });

  describe('at another checkpoint', () => {
    tell([
      ['is not asked for on the way in', [none, checkpoint('border-in')], 'pass'],
      ['is asked for on the way out of the yard, for imports', [checkpoint('yard-out')], 'hold NO_CLEARANCE'],
      ['of an import lets it out of the yard', [checkpoint('yard-out'), word({ kind: 'import' })], 'pass'],
      ['is not asked for an empty', [empty], 'pass'],
      ['is not asked for a bobtail', [bobtail], 'pass'],
      [
        'that an examiner failed it counts everywhere',
        [checkpoint('border-in'), word({ kind: 'import', conditions: { borderGuard: 'failed' } })],
        'refer BORDER_GUARD_REFUSED',
      ],
      [
        'that an examiner has still to see it counts where clearance is demanded',
        [checkpoint('border-in'), word({ kind: 'import', conditions: { borderGuard: 'required' } })],
        'pass',
      ],
    ]);
  });

  describe('on one container of a declaration', () => {
    tell([
      ['is stricter than on the declaration', [cleared({ status: 'registered' })], 'hold NOT_RELEASED'],
      [
        'is milder, and does not count',
        [word({ status: 'registered' }), cleared({ status: 'released' })],
        'hold NOT_RELEASED',
      ],
      ['is withdrawn for it alone', [cleared({ status: 'withdrawn' })], 'refer CLEARANCE_WITHDRAWN'],
      ['has a stricter channel', [cleared({ channel: 'red' })], 'refer RED_NOT_INSPECTED'],
      [
        'has a milder channel, which does not count',
        [word({ channel: 'red' }), cleared({ channel: 'green' })],
        'refer RED_NOT_INSPECTED',
      ],
      ['ends earlier', [cleared({ validUntil: time(-1) })], 'hold CLEARANCE_EXPIRED'],
      [
        'ends later, which does not count',
        [word({ validUntil: time(-1) }), cleared({ validUntil: time(1) })],
        'hold CLEARANCE_EXPIRED',
      ],
      ['demands a scan', [cleared({ conditions: { scan: 'required' } })], 'hold SCAN_PENDING'],
      [
        'cannot waive what the declaration demands',
        [conditions({ scan: 'required' }), cleared({ conditions: { scan: 'not-required' } })],
        'hold SCAN_PENDING',
      ],
      [
        'cannot pass what the declaration says failed',
        [conditions({ scan: 'failed' }), cleared({ conditions: { scan: 'passed' } })],
        'refer SCAN_REJECTED',
      ],
      ['is not complete for it', [cleared({ complete: false })], 'refer DECLARATIONS_INCOMPLETE'],
      [
        'cannot waive a seal',
        [word({ sealRule: 'required' }), cleared({ sealRule: 'none' }), without('seal')],
        'refer SEAL_MISSING',
      ],
      [
        'is about the other one of two',
        [
          twins,
          ({ clearances }) => {
            const [, rear] = (clearances[0]?.containers ?? []) as Record<string, unknown>[];
            if (rear !== undefined) rear.status = 'registered';
          },
        ],
        'hold NOT_RELEASED',
      ],
    ]);
  });

  describe('on a container of several declarations', () => {
    tell([
      ['is given by all of them', halves(), 'pass'],
      ['is not given by the second', halves({ status: 'inspected' }), 'hold NOT_RELEASED'],
      [
        'is not given by the second, and it stands first',
        [...halves({ status: 'inspected' }), ({ clearances }) => clearances.reverse()],
        'hold NOT_RELEASED',
      ],
      [
        'is not known of the second',
        halves()
          .slice(0, 2)
          .concat(cleared({ grossKg: 24_100 })),
        'hold NO_CLEARANCE',
      ],
      [
        'is not known of the second, whose half is on the scale already',
        halves().slice(0, 2),
        'hold NO_CLEARANCE',
      ],
      [
        'is not known of the second, and what the first declares is not all there',
        [...halves().slice(0, 2), read('weight', { grossKg: 26_000 })],
        'refer NO_CLEARANCE WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'is withdrawn by one, and that is worse than a wait',
        halves({ status: 'withdrawn', channel: 'yellow' }),
        'refer CLEARANCE_WITHDRAWN YELLOW_NOT_CHECKED',
      ],
      [
        'counts though nobody announced the second',
        [...halves({ status: 'registered' }), crossing({ declarations: [DECLARATION] })],
        'hold NOT_RELEASED',
      ],
      [
        'says of the second that the list is not complete',
        halves({ complete: false }),
        'refer DECLARATIONS_INCOMPLETE',
      ],
      ['is stale for one of them', halves({ asOf: time(-900_001) }), 'hold CLEARANCE_STALE'],
    ]);

    it('of ten thousand consignments is all released, or none', () => {
      const many =
        (status: string): Change =>
        (one) => {
          const [first] = one.clearances;
          one.expected[0] = { ...one.expected[0], declarations: [] };
          one.clearances = Array.from({ length: 10_000 }, (_, at) => ({
            ...first,
            declaration: `3${String(at).padStart(11, '0')}`,
            containers: [{ number: BOX, grossKg: 3, grossBasis: 'cargo', seals: ['VN123456'] }],
            ...(at === 7_777 && { status }),
          }));
          Object.assign((one.expected[0].containers as object[])[0] ?? {}, { tareKg: 2_200 });
          read('weight', { grossKg: 15_200 + 32_200 })(one);
        };
      assert.equal(judge(many('released')).verdict, 'pass');
      const { verdict, reasons } = judge(many('registered'));
      assert.equal(verdict, 'hold');
      assert.deepEqual(
        reasons.map(({ detail }) => detail),
        [`${BOX} under 300000007777: registered`],
      );
    });
  });

  describe('told twice of one declaration', () => {
    tell([
      [
        'counts as it was confirmed last',
        [
          word({ asOf: time(-120_000), status: 'registered' }),
          alsoCleared({ asOf: time(-60_000), status: 'released' }),
        ],
        'pass',
      ],
      [
        'counts as it was confirmed last, in any order',
        [alsoCleared({ asOf: time(-120_000), status: 'registered' })],
        'pass',
      ],
      ['at the same time is the stricter', [alsoCleared({ status: 'registered' })], 'hold NOT_RELEASED'],
      [
        'at the same time is the stricter, in any order',
        [word({ status: 'registered' }), alsoCleared({ status: 'released' })],
        'hold NOT_RELEASED',
      ],
      [
        'at the same time has the earlier end',
        [alsoCleared({ validUntil: time(-1) })],
        'hold CLEARANCE_EXPIRED',
      ],
      [
        'at the same time has two weights',
        [
          ({ clearances }) =>
            clearances.push({
              ...clearances[0],
              containers: [{ number: BOX, seals: ['VN123456'], grossKg: 9_000 }],
            }),
        ],
        'refer WEIGHT_BASIS_UNKNOWN',
      ],
      [
        'at no stated time does not outrank a withdrawal',
        [alsoCleared({ asOf: undefined, status: 'withdrawn' })],
        'refer CLEARANCE_STALE CLEARANCE_WITHDRAWN',
      ],
      ['word for word counts once', [alsoCleared({})], 'pass'],
    ]);
  });

  describe('by channel', () => {
    tell([
      ['red without an inspection', [word({ channel: 'red' })], 'refer RED_NOT_INSPECTED'],
      [
        'red, and the inspection is said not to be needed',
        [word({ channel: 'red', conditions: { inspection: 'not-required' } })],
        'refer RED_NOT_INSPECTED',
      ],
      ['red, inspected', [word({ channel: 'red', conditions: { inspection: 'passed' } })], 'pass'],
      [
        'red, and the inspection found something',
        [word({ channel: 'red', conditions: { inspection: 'failed' } })],
        'refer RED_NOT_INSPECTED',
      ],
      [
        'red, inspected by an examiner of its own',
        [word({ channel: 'red' }), examined({ requirement: 'inspection' })],
        'pass',
      ],
      ['yellow without a check', [word({ channel: 'yellow' })], 'hold YELLOW_NOT_CHECKED'],
      ['yellow, checked', [word({ channel: 'yellow', conditions: { documentCheck: 'passed' } })], 'pass'],
      [
        'yellow, checked and found wanting: no waiting cures that',
        [word({ channel: 'yellow', conditions: { documentCheck: 'failed' } })],
        'refer YELLOW_NOT_CHECKED',
      ],
      [
        'green, its documents found wanting all the same',
        [conditions({ documentCheck: 'failed' })],
        'refer YELLOW_NOT_CHECKED',
      ],
      [
        'green, with an inspection demanded all the same',
        [conditions({ inspection: 'required' })],
        'refer RED_NOT_INSPECTED',
      ],
    ]);
  });

  describe('and an examiner’s', () => {
    const scan = conditions({ scan: 'required' });
    tell([
      ['meets what customs demands', [scan, examined({})], 'pass'],
      ['is about another container', [scan, examined({ container: REAR_BOX })], 'hold SCAN_PENDING'],
      ['is about something else', [scan, examined({ requirement: 'quarantine' })], 'hold SCAN_PENDING'],
      ['is that it failed', [scan, examined({ state: 'failed' })], 'refer SCAN_REJECTED'],
      ['is that it failed, though nobody had asked', [examined({ state: 'failed' })], 'refer SCAN_REJECTED'],
      [
        'of one examination is the newest',
        [scan, examined({ state: 'failed', examinedAt: time(-2 * HOUR_MS) }, {})],
        'pass',
      ],
      [
        'of one examination is the newest, in any order',
        [scan, examined({}, { state: 'failed', examinedAt: time(-2 * HOUR_MS) })],
        'pass',
      ],
      [
        'of one examination at one time is the strictest',
        [scan, examined({ state: 'failed' }, {})],
        'refer SCAN_REJECTED',
      ],
      [
        'of two examinations is the strictest',
        [scan, examined({}, { examinationId: 'e2', state: 'failed', examinedAt: time(-9 * HOUR_MS) })],
        'refer SCAN_REJECTED',
      ],
      ['demands more than customs does', [examined({ state: 'required' })], 'hold SCAN_PENDING'],
      [
        'on radiation is an alarm',
        [examined({ requirement: 'radiation', state: 'failed' })],
        'refer RADIATION_ALARM',
      ],
      [
        'on radiation explains an alarm before it',
        [
          read('radiation', { alarm: true }),
          examined({ requirement: 'radiation', examinedAt: time(-1_000) }),
        ],
        'pass',
      ],
      [
        'on radiation explains no alarm after it',
        [
          read('radiation', { alarm: true }),
          examined({ requirement: 'radiation', examinedAt: time(-9_000) }),
        ],
        'refer RADIATION_ALARM',
      ],
      [
        'on radiation at a time to come explains nothing',
        [read('radiation', { alarm: true }), examined({ requirement: 'radiation', examinedAt: time(1) })],
        'refer RADIATION_ALARM',
      ],
    ]);
  });

  describe('and its age', () => {
    tell([
      ['at the bound', [word({ asOf: time(-900_000) })], 'pass'],
      ['a millisecond older', [word({ asOf: time(-900_001) })], 'hold CLEARANCE_STALE'],
      ['now', [word({ asOf: time(0) })], 'pass'],
      ['of a time to come', [word({ asOf: time(1) })], 'hold CLEARANCE_STALE'],
      ['that nobody states', [word({ asOf: undefined })], 'hold CLEARANCE_STALE'],
      ['in another time zone', [word({ asOf: '2026-11-21T00:59:00Z' })], 'pass'],
    ]);
  });

  describe('and what is left of a declaration', () => {
    const left = word({ remaining: { packages: 100, kg: 20_000 } });
    tell([
      ['is enough', [left, cleared({ allotment: { packages: 100, kg: 20_000 } })], 'pass'],
      [
        'is a package too little',
        [left, cleared({ allotment: { packages: 101 } })],
        'refer ALLOTMENT_EXCEEDED',
      ],
      [
        'is a kilogram too little',
        [left, cleared({ allotment: { kg: 20_001 } })],
        'refer ALLOTMENT_EXCEEDED',
      ],
      [
        'is too little for both containers together',
        [twins, left, eachTakes(10_001)],
        'refer ALLOTMENT_EXCEEDED',
      ],
      ['is enough for both containers together', [twins, left, eachTakes(10_000)], 'pass'],
      [
        'counts once of what is told twice',
        [left, cleared({ allotment: { packages: 60 } }), alsoCleared({})],
        'pass',
      ],
      ['has been used by another crossing', [cleared({ usedBy: 'x0' })], 'refer ALLOTMENT_EXCEEDED'],
      ['is used by this very crossing', [cleared({ usedBy: 'x1' })], 'pass'],
    ]);
  });

  it('on loose goods is the declaration’s own', () => {
    const loose: Change[] = [
      crossing({ containers: [] }),
      without('container', 'seal'),
      word({ containers: [], grossKg: 24_100 }),
    ];
    assert.equal(judge(...loose).verdict, 'pass');
    assert.equal(judge(...loose, word({ status: 'registered' })).verdict, 'hold');
    assert.equal(judge(...loose, none).verdict, 'hold');
  });
});
