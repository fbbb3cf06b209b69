import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readCase } from '../../../../edge/cli/case-file.ts';
import type { Verdict } from '../../../../edge/core/reasons.ts';
import type { Case } from '../../../../edge/core/reconcile/case.ts';
import { type Outcome, reconcile } from '../../../../edge/core/reconcile.ts';
import {
  also,
  bobtail,
  box,
  type Change,
  caseOf,
  cleared,
  codesOf,
  conditions,
  crossing,
  demanding,
  empty,
  HOUR_MS,
  judge,
  line,
  policy,
  read,
  sampleLine,
  time,
  twins,
  vehicle,
  without,
  word,
} from '../../../support/reconcile-case.ts';

/** A device says nothing. */
const silent =
  (device: string): Change =>
  (one) => {
    one.evidence = one.evidence.filter((seen) => seen.device !== device);
  };

const STRICT: readonly [string, Change][] = [
  ['registered', word({ status: 'registered' })],
  ['withdrawn', word({ status: 'withdrawn' })],
  ['a stricter container', cleared({ status: 'inspected' })],
  ['yellow', word({ channel: 'yellow' })],
  ['red', word({ channel: 'red' })],
  ['an old list', word({ asOf: time(-3 * HOUR_MS) })],
  ['a list to come', word({ asOf: time(9) })],
  ['expired', word({ validUntil: time(-1) })],
  ['incomplete', word({ complete: false })],
  ['a seal demanded', cleared({ sealRule: 'required' })],
  ['a second declaration', crossing({ declarations: ['308044805740', '308044805910'] })],
  ...[
    'scan',
    'quarantine',
    'inspection',
    'documentCheck',
    'borderGuard',
    'driverDocuments',
    'vehicleDocuments',
    'fees',
  ].flatMap((name): [string, Change][] => [
    [`${name} required`, cleared({ conditions: { [name]: 'required' } })],
    [`${name} failed`, cleared({ conditions: { [name]: 'failed' } })],
  ]),
  ['an alarm', also({ kind: 'radiation', alarm: true })],
  ['a positive test', also({ kind: 'test', positive: true })],
  ['damage', also({ kind: 'damage', damaged: true })],
  ['a broken seal', also({ kind: 'seal', state: 'broken' })],
  ['another seal', also({ kind: 'seal', value: 'VN9' })],
  ['too large', also({ kind: 'gauge', exceeded: true })],
  ['a placard', also({ kind: 'placard', value: '1203' })],
  ['another container', also({ kind: 'container', value: 'MWCU6059784' })],
  ['another scale, overloaded', also({ kind: 'weight', grossKg: 90_000, stable: true })],
  [
    'listed',
    policy({
      lists: [{ id: 'w', from: time(-9), until: time(9), entries: [{ kind: 'plate', value: '12C12345' }] }],
    }),
  ],
  ['a rule', policy({ rules: [{ id: 'r', legalBasis: 'x', from: time(-9), when: { kinds: ['export'] } }] })],
  ['elsewhere', line({ sightings: [{ container: 'CSQU3054383', place: 's', at: time(-9), now: true }] })],
  ['a lane stopped', line({ facts: { laneStopped: true } })],
  ['no clock', line({ clockTrusted: false })],
  ['no booking', crossing({ booked: false })],
  ['passed', crossing({ passedAt: time(-9) })],
  ['no seal read', silent('seal-1')],
  ['no weight', silent('scale-1')],
  ['no radiation', silent('rpm-1')],
  ['no container read', silent('ocr-1')],
  ['no plate read', silent('anpr-1')],
];

const LOOSER: readonly Change[] = [
  policy({ clearanceAgeMsMax: 9_000_000_000 }),
  policy({ weightTolerance: { percent: 100, kg: 100_000 } }),
  demanding('plate', 'container', 'clearance'),
  word({ aeo: true }),
  vehicle({ tareKg: 15_200 }),
  box({ sizeType: '22G1', tareKg: 2_200 }),
  conditions({ scan: 'passed', inspection: 'passed', documentCheck: 'passed' }),
  line({ readingUntil: time(1) }),
  line({ identifiedAs: 'x1' }),
  policy({ mixedCargo: 'allowed' }),
];

/** All that is told, word for word, in the order of the alphabet. */
const textsOf = ({ reasons }: Outcome): string[] => reasons.map((one) => JSON.stringify(one)).sort();

const RANK: Record<Verdict, number> = { pass: 0, hold: 1, refer: 2 };
/** A few of them: where everything is wrong, one thing more changes nothing. */
const some = <T>(all: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...all], { maxLength: 4 });

describe('whatever the case', () => {
  it('a stricter word, or one thing more against a vehicle, never makes the verdict milder', () => {
    fc.assert(
      fc.property(some(LOOSER), some(STRICT), fc.constantFrom(...STRICT), (looser, before, [, one]) => {
        const given = [...looser, ...before.map(([, change]) => change)];
        // The same member stated twice would take the milder word away again.
        const first = judge(...given);
        const then = judge(...given, stricterOnly(one));
        assert.ok(RANK[then.verdict] >= RANK[first.verdict], `${codesOf(first)} → ${codesOf(then)}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it('the order in which things are told makes no difference to the verdict or its reasons', () => {
    const shuffled = fc
      .tuple(some(LOOSER), some(STRICT), fc.boolean())
      .map(([looser, strict, two]) =>
        caseOf(...(two ? [twins] : []), ...looser, ...strict.map(([, one]) => one)),
      )
      .chain((the) => fc.tuple(fc.constant(the), orderOf(the)));
    fc.assert(
      fc.property(shuffled, ([the, other]) => {
        assert.equal(reconcile(other).verdict, reconcile(the).verdict);
        assert.deepEqual(textsOf(reconcile(other)), textsOf(reconcile(the)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('nothing that can be read as a case makes it throw, and it says the same thing twice', () => {
    fc.assert(
      fc.property(some(LOOSER), some(STRICT), arbitraryMembers, (looser, strict, members) => {
        const one = sampleLine();
        for (const change of [...looser, ...strict.map(([, each]) => each)]) change(one);
        const parsed = readCase(JSON.stringify({ ...one, ...members }));
        if (parsed.ok) assert.deepEqual(reconcile(parsed.case), reconcile(parsed.case));
        else assert.match(parsed.error, /\w+: /);
      }),
      { numRuns: 500 },
    );
  });

  it('one other digit in what one camera has read, or each of three, and nobody passes', () => {
    const digits = Array.from('0123456789');
    for (const { kind, value = '' } of sampleLine().evidence as { kind: string; value?: string }[])
      for (const [at, right] of Array.from(value).entries())
        for (const digit of digits.includes(right) ? digits : []) {
          const misread = `${value.slice(0, at)}${digit}${value.slice(at + 1)}`;
          const one = read(kind, { value: misread });
          const two = also({ kind, device: 'b', value: misread }, { kind, device: 'c', value: misread });
          const isRight = digit === right;
          assert.equal(judge(one).verdict === 'pass', isRight, `${kind} ${misread}`);
          assert.equal(judge(one, two).verdict === 'pass', isRight, `${kind} ${misread}, thrice`);
        }
  });

  it('nobody passes of whom one thing that is demanded was not read', () => {
    for (const { kind, device } of sampleLine().evidence as { kind: string; device: string }[])
      assert.notEqual(judge(silent(device)).verdict, 'pass', kind);
  });

  it('who passes was recognised, and everything that is demanded of it was seen', () => {
    const kinds = ['plate', 'trailer', 'container', 'seal', 'weight', 'radiation', 'emptiness'];
    const bases: Change[] = [() => {}, twins, empty, bobtail];
    fc.assert(
      fc.property(fc.constantFrom(...bases), fc.subarray(kinds), fc.boolean(), (base, missing, late) => {
        const the = caseOf(
          base,
          without(...missing),
          ...(late ? [read('seal', { at: time(-130_000) })] : []),
        );
        const outcome = reconcile(the);
        if (outcome.verdict !== 'pass') return;
        assert.equal(outcome.crossingId, 'x1');
        const { load } = the.expected[0] ?? { load: 'laden' as const };
        for (const condition of the.policy.conditions[the.checkpoint][load])
          if (kinds.includes(condition))
            assert.ok(
              the.visit.evidence.some(({ kind, at }) => kind === condition && the.at - at <= 120_000),
              `${load}: ${condition}`,
            );
      }),
      { numRuns: 1_000 },
    );
  });
});

/** A change that is only made where the line does not say something stricter there already. */
const stricterOnly =
  (change: Change): Change =>
  (one) => {
    const before = structuredClone(one);
    change(one);
    for (const [index, row] of one.clearances.entries()) {
      const known = before.clearances[index] ?? {};
      for (const [name, scale] of Object.entries(SCALES))
        if (scale.indexOf(String(known[name])) > scale.indexOf(String(row[name]))) row[name] = known[name];
      // Where old lists are allowed, an old one in the place of one that is to come would be the milder.
      if (Date.parse(String(known.asOf)) > Date.parse(String(row.asOf))) row.asOf = known.asOf;
      const [container, was] = [firstOf(row), firstOf(known)];
      const merged = { ...(was.conditions as object), ...(container.conditions as object) };
      for (const [name, state] of Object.entries((was.conditions ?? {}) as Record<string, string>))
        if (state === 'failed') Object.assign(merged, { [name]: state });
      if (Object.keys(merged).length > 0) container.conditions = merged;
    }
    for (const name of ['facts', 'sightings']) one[name] ??= before[name];
  };

const SCALES: Record<string, readonly string[]> = {
  status: ['released', 'inspected', 'registered', 'withdrawn'],
  channel: ['green', 'yellow', 'red'],
};

const firstOf = (row: Record<string, unknown>): Record<string, unknown> =>
  (row.containers as Record<string, unknown>[] | undefined)?.[0] ?? {};

function orderOf(the: Case): fc.Arbitrary<Case> {
  const shuffle = <T>(all: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...all], { minLength: all.length });
  return fc
    .tuple(
      shuffle(the.visit.evidence),
      shuffle(the.clearances.rows),
      shuffle(the.expected),
      shuffle(the.expected[0]?.containers ?? []),
    )
    .map(([evidence, rows, expected, containers]) => ({
      ...the,
      expected: expected.map((one) => ({ ...one, containers })),
      visit: { ...the.visit, evidence },
      clearances: { ...the.clearances, rows },
    }));
}

const word200 = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'x1', '12C12345', 'CSQU3054383', '#####', '桂F12345', ' ', '-'),
  fc.string({ maxLength: 20 }),
);
const times = fc.constantFrom(
  time(-HOUR_MS),
  time(-1),
  time(0),
  time(1),
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
);
const number = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.double({ noNaN: true }));
const reading = fc.record(
  {
    kind: fc.constantFrom(
      'plate',
      'trailer',
      'container',
      'seal',
      'weight',
      'radiation',
      'emptiness',
      'damage',
      'gauge',
      'placard',
      'temperature',
      'test',
      'rfid',
      'vehicle',
      'booking',
    ),
    device: word200,
    at: times,
    value: word200,
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
    state: fc.constantFrom('intact', 'broken', 'missing', 'unreadable'),
    grossKg: number,
    tareKg: number,
    stable: fc.boolean(),
    alarm: fc.boolean(),
    empty: fc.boolean(),
    damaged: fc.boolean(),
    exceeded: fc.boolean(),
    celsius: number,
    positive: fc.boolean(),
    position: fc.constantFrom('front', 'rear'),
    container: word200,
  },
  {
    requiredKeys: [
      'kind',
      'device',
      'at',
      'value',
      'alarm',
      'empty',
      'damaged',
      'exceeded',
      'celsius',
      'positive',
      'grossKg',
    ],
  },
);
const announced = fc.record(
  {
    crossingId: word200,
    load: fc.constantFrom('laden', 'empty', 'bobtail', 'return'),
    vehicle: fc.record(
      { plate: word200, trailer: word200, serial: word200, rfid: word200, tareKg: number },
      { requiredKeys: [] },
    ),
    containers: fc.array(
      fc.record(
        {
          number: word200,
          seals: fc.array(word200),
          sizeType: word200,
          hs: fc.array(word200),
          tareKg: number,
        },
        { requiredKeys: ['number'] },
      ),
      { maxLength: 3 },
    ),
    declarations: fc.array(word200, { maxLength: 3 }),
    mrn: word200,
  },
  { requiredKeys: ['crossingId'] },
);
const stated = fc.record(
  {
    declaration: word200,
    kind: fc.constantFrom('export', 'import', 'transit'),
    channel: fc.constantFrom('green', 'yellow', 'red'),
    status: fc.constantFrom('registered', 'inspected', 'released', 'withdrawn'),
    asOf: times,
    validUntil: times,
    mrn: word200,
    goods: fc.array(fc.record({ hs: word200, origin: word200 }), { maxLength: 3 }),
    containers: fc.array(
      fc.record({ number: word200, grossKg: number, seals: fc.array(word200) }, { requiredKeys: ['number'] }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['declaration', 'kind', 'channel', 'status'] },
);
const arbitraryMembers = fc.record(
  {
    checkpoint: fc.constantFrom('yard-in', 'border-out', 'border-in', 'yard-out'),
    evidence: fc.array(reading, { maxLength: 8 }),
    expected: fc.array(announced, { maxLength: 3 }),
    clearances: fc.array(stated, { maxLength: 3 }),
    identifiedAs: word200,
  },
  { requiredKeys: [] },
);
