import assert from 'node:assert/strict';
import { readCase } from '../../../edge/cli/case-file.ts';
import { defaultPolicy } from '../../../edge/core/reconcile/policy.ts';
import {
  AT,
  caseOf,
  cleared,
  crossing,
  policy,
  sampleLine,
  time,
  word,
} from '../../support/reconcile-case.ts';

const REGIME = {
  id: 'h1',
  legalBasis: 'Law 03/2007/QH12',
  declaredBy: 'province',
  from: time(0),
  until: time(1),
  demands: ['quarantine'],
};

/** The sample with one member, named by its path, set to something else. */
function wrong(path: string, value: unknown): string {
  const line = sampleLine();
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at: Record<string, unknown> = line;
  for (const name of names) at = at[name] as Record<string, unknown>;
  at[last] = value;
  return JSON.stringify(line);
}

describe('a case', () => {
  describe('with a member of a wrong type is refused by the member’s name', () => {
    const members: [path: string, value: unknown][] = [
      ['id', null],
      ['at', '2026-11-21T08:00:00'],
      ['at', '2026-11-21'],
      ['at', '2026-02-30T08:00:00+07:00'],
      ['at', '2026-11-21T24:00:00+07:00'],
      ['at', '2026-11-21T08:00:60+07:00'],
      ['at', 1_795_222_800_000],
      ['at', 'NaN'],
      ['checkpoint', 'border'],
      ['expected', {}],
      ['expected.0.crossingId', ''],
      ['expected.0.crossingId', '  '],
      ['expected.0.crossingId', 7],
      ['expected.0.load', 'full'],
      ['expected.0.vehicle', '12C12345'],
      ['expected.0.vehicle.plate', 12_345],
      ['expected.0.containers', 'CSQU3054383'],
      ['expected.0.containers.0.number', '---'],
      ['expected.0.containers.0.seals', 'VN123456'],
      ['expected.0.declarations', '308044805740'],
      ['expected.0.declarations.0', 308_044_805_740],
      ['expected.0.booked', 'yes'],
      ['clearances', null],
      ['clearances.0.declaration', 308_044_805_740],
      ['clearances.0.kind', 'Export'],
      ['clearances.0.channel', 'GREEN'],
      ['clearances.0.status', 'released '],
      ['clearances.0.status', true],
      ['clearances.0.asOf', '2026-11-21T07:59:00'],
      ['clearances.0.validUntil', 'tomorrow'],
      ['clearances.0.complete', 'yes'],
      ['clearances.0.claims', { kind: 'phytosanitary', reference: 'P-1' }],
      ['clearances.0.claims', [{ kind: 'e-phyto', reference: 'P-1' }]],
      ['advance', {}],
      ['advance', [{ kind: 'phytosanitary', reference: 'P-1', issuer: 'LA' }]],
      ['advance', [{ kind: 'phytosanitary', reference: 'P-1', issuer: 'LA', issuedAt: '2026-11-20' }]],
      ['policy.advanceAgeMsMax', '72 h'],
      ['policy.regimes', [{ id: 'h1' }]],
      ['policy.regimes', [{ ...REGIME, demands: [] }]],
      ['policy.regimes', [{ ...REGIME, demands: ['vaccination'] }]],
      ['policy.regimes', [{ ...REGIME, until: undefined }]],
      ['facts', { driverless: 'yes' }],
      ['clearances.0.containers.0.grossKg', '24100'],
      ['clearances.0.containers.0.grossKg', -1],
      ['clearances.0.containers.0.grossKg', null],
      ['clearances.0.containers.0.status', 'Released'],
      ['clearances.0.conditions.quarantine', 'ok'],
      ['clearances.0.conditions.scan', null],
      ['evidence', 'none'],
      ['evidence.0', null],
      ['evidence.0.kind', 'face'],
      ['evidence.0.device', undefined],
      ['evidence.0.value', 12],
      ['evidence.0.quality', 97],
      ['evidence.0.quality', '0.97'],
      ['evidence.0.at', undefined],
      ['evidence.3.state', 'INTACT'],
      ['evidence.4.grossKg', '39350'],
      ['evidence.4.stable', 'true'],
      ['evidence.5.alarm', undefined],
      ['evidence.5.alarm', 0],
      ['policy', []],
      ['policy.clearanceAgeMsMax', '900000'],
      ['policy.clearanceAgeMsMax', -1],
      ['policy.clearanceAgeMsMax', 0.5],
      ['policy.weightTolerance', 5],
      ['policy.weightTolerance.kg', null],
      ['policy.conditions', { 'border-out': { laden: ['seals'] } }],
    ];
    for (const [path, value] of members)
      it(`${path}: ${JSON.stringify(value) ?? 'absent'}`, () => {
        const read = readCase(wrong(path, value));
        assert.ok(!read.ok);
        assert.ok(read.error.startsWith(path), read.error);
        assert.equal(read.id, path === 'id' ? null : 'c1');
      });
  });

  it('refuses a number that JSON can write and no weight can be', () => {
    const text = JSON.stringify(sampleLine()).replace('39350', '1e999');
    const read = readCase(text);
    assert.match(read.ok ? '' : read.error, /^evidence\.4\.grossKg/);
  });

  it('is refused by what it is where it is no object, and has no name then', () => {
    for (const text of ['[]', '7', '"c1"', 'null', 'true']) {
      const read = readCase(text);
      assert.ok(!read.ok && read.id === null, text);
      assert.match(read.error, /^case: /);
    }
    const nested = readCase('['.repeat(1_000_000));
    assert.match(nested.ok ? '' : nested.error, /^not JSON: /);
  });

  it('tells of many wrong members the first three, and how many more there are', () => {
    const line = sampleLine();
    for (const one of line.evidence) delete one.at;
    const read = readCase(JSON.stringify(line));
    assert.match(
      read.ok ? '' : read.error,
      /^evidence\.0\.at: .*; evidence\.1\.at: .*; evidence\.2\.at: .*; 3 more$/,
    );
  });

  it('may carry further members, which count for nothing', () => {
    const line = { ...sampleLine(), weather: 'rain' };
    Object.assign(line.clearances[0] ?? {}, { colour: 'green', constructor: { status: 'withdrawn' } });
    assert.ok(readCase(JSON.stringify(line)).ok);
  });

  it('may not carry further members of a policy: a misspelt demand must not look as if it were met', () => {
    for (const members of [
      { clearanceAgeMax: 1 },
      { conditions: { 'border-out': { loaded: [] } } },
      { conditions: { border: {} } },
      { weightTolerance: { percent: 5, kg: 500, kilograms: 1 } },
      { lists: [{ id: 'w', from: time(0), until: time(1), entries: [{ kind: 'person', value: 'x' }] }] },
      { rules: [{ id: 'r', from: time(0), when: {} }] },
    ]) {
      const read = readCase(JSON.stringify({ ...sampleLine(), policy: members }));
      assert.ok(!read.ok && read.error.startsWith('policy'), JSON.stringify(members));
    }
  });

  it('named as a prototype brings nothing with it', () => {
    const text = JSON.stringify(sampleLine()).replace(
      '"id":"c1"',
      '"id":"__proto__","__proto__":{"identifiedAs":"x1"}',
    );
    const read = readCase(text);
    assert.ok(read.ok);
    assert.equal(read.id, '__proto__');
    assert.equal(read.case.visit.identifiedAs, undefined);
  });

  it('needs no more than a name, a time and a checkpoint', () => {
    const read = readCase(JSON.stringify({ id: 7, at: time(0), checkpoint: 'yard-in' }));
    assert.ok(read.ok);
    assert.deepEqual(read.case.expected, []);
    assert.deepEqual(read.case.policy, defaultPolicy);
  });

  it('is read in any time zone, to the millisecond', () => {
    assert.equal(caseOf().at, AT);
    assert.equal(caseOf(word({ asOf: '2026-11-21T00:58:59.001Z' })).clearances.rows[0]?.asOf, AT - 60_999);
  });

  it('carries nothing where neither containers nor declarations are announced', () => {
    const loadOf = (...members: Record<string, unknown>[]): string | undefined =>
      caseOf(...members.map(crossing)).expected[0]?.load;
    assert.equal(loadOf(), 'laden');
    assert.equal(loadOf({ containers: [] }), 'laden');
    assert.equal(loadOf({ containers: [], declarations: [] }), 'bobtail');
    assert.equal(loadOf({ load: 'empty' }), 'empty');
  });

  it('has a clearance that lists no container count for those announced under it, and says so', () => {
    const { rows } = caseOf(word({ containers: undefined })).clearances;
    assert.deepEqual(
      rows.map(({ container, complete }) => [container, complete]),
      [
        ['', true],
        ['CSQU3054383', false],
      ],
    );
  });

  it('has what is said of a container count where it is stricter', () => {
    const row = (own: Record<string, unknown>, all: Record<string, unknown>) =>
      caseOf(word(all), cleared(own)).clearances.rows[0];
    assert.equal(row({ status: 'released' }, { status: 'inspected' })?.status, 'inspected');
    assert.equal(row({ channel: 'yellow' }, { channel: 'red' })?.channel, 'red');
    assert.equal(row({ sealRule: 'optional' }, { sealRule: 'required' })?.sealRule, 'required');
    assert.equal(row({ validUntil: time(9) }, { validUntil: time(5) })?.validUntil, AT + 5);
    assert.equal(row({ complete: true }, { complete: false })?.complete, false);
    assert.equal(
      row({ conditions: { scan: 'passed' } }, { conditions: { scan: 'required' } })?.requirements?.scan,
      'required',
    );
  });

  it('leaves of the default policy what it does not replace', () => {
    const own = caseOf(
      policy({
        conditions: { 'border-out': { laden: ['plate'] } },
        fuelKg: 300,
        weightTolerance: { kg: 200 },
        sealQualityMin: 0.7,
        basis: { weight: { legalBasis: 'Circular 9', from: time(0) } },
      }),
    ).policy;
    assert.deepEqual(own.conditions['border-out'].laden, ['plate']);
    assert.deepEqual(own.conditions['border-out'].empty, defaultPolicy.conditions['border-out'].empty);
    assert.deepEqual(own.conditions['yard-in'], defaultPolicy.conditions['yard-in']);
    assert.deepEqual(own.basis.seal, defaultPolicy.basis.seal);
    assert.deepEqual(own.basis.weight, { legalBasis: 'Circular 9', from: AT });
    assert.equal(own.weight.fuelKg, 300);
    assert.deepEqual(own.weight.tolerance, { percent: 5, kg: 200 });
    assert.deepEqual(own.weight.limits, defaultPolicy.weight.limits);
    assert.equal(own.sealQualityMin, 700);
  });
});
