import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  againstDisclosure,
  type Disclosure,
  digestOf,
  disclosure,
  disclosuresOf,
  filterDigest,
  keepBack,
  saltOf,
} from '../../../protocols/handover/disclosure.ts';
import { decodeRecord, encodeRecord } from '../../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';

const SEED = '07'.repeat(32);
const OFFERED: HandoverRecord = {
  kind: 'offered',
  move: 'huu-nghi-m1',
  load: 'laden',
  track: 'north',
  vehicle: 'xe-1',
  homeGate: 'huu-nghi',
  plate: '12C-123.45',
  containers: [
    { number: 'CSQU3054383', seals: ['VN123456'], grossKg: 24_000 },
    { number: 'MWCU6059784', seals: [], declarations: ['308044805740'] },
  ],
};
const PATTERNS = ['/containers/*/seals', '/containers/*/declarations', '/containers/*/sizeType', '/text'];

describe('a record that does not cross whole', () => {
  const lineOf = (record: HandoverRecord, line = 17): string =>
    encodeRecord({ version: 2, gate: 'huu-nghi', line, at: 1_772_000_000_000, utcOffset: '+07:00', record });
  /** The line, and what would disclose it. */
  const written = (): { text: string; told: Disclosure[] } => {
    const { record, kept } = keepBack(OFFERED, PATTERNS);
    const salted = kept.map((one) => ({ ...one, salt: saltOf(SEED, 17, one.pointer) }));
    const withheld = Object.fromEntries(salted.map((one) => [one.pointer, digestOf(one)]));
    return {
      text: lineOf({ ...record, withheld }),
      told: disclosuresOf({ gate: 'huu-nghi', line: 17 }, salted),
    };
  };
  const [FIRST] = written().told;
  assert.ok(FIRST);

  it('loses what is kept back wherever it stands, an empty list too, and nothing else; the argument stays as it is', () => {
    const before = structuredClone(OFFERED);
    const { record, kept } = keepBack(OFFERED, PATTERNS);
    assert.deepEqual(kept, [
      { pointer: '/containers/0/seals', value: ['VN123456'] },
      { pointer: '/containers/1/seals', value: [] },
      { pointer: '/containers/1/declarations', value: ['308044805740'] },
    ]);
    assert.deepEqual(record, {
      ...OFFERED,
      containers: [{ number: 'CSQU3054383', grossKg: 24_000 }, { number: 'MWCU6059784' }],
    });
    assert.deepEqual(OFFERED, before);
  });

  it('has in its place the SHA-256 of salt, pointer and value in canonical JSON, which anybody can work out', () => {
    const text = `["${'ab'.repeat(32)}","/text",[{"lang":"vi","text":"mưa"}]]`;
    assert.equal(
      digestOf({ salt: 'ab'.repeat(32), pointer: '/text', value: [{ text: 'mưa', lang: 'vi' }] }),
      createHash('sha256').update(text).digest('hex'),
    );
  });

  it('says nothing of what it was, and each salt is of its own', () => {
    const { text, told } = written();
    for (const secret of ['VN123456', '308044805740', ...told.map(({ salt }) => salt)])
      assert.equal(text.includes(secret), false);
    const salts = ['/a', '/b'].flatMap((pointer) => [1, 2, 12].map((line) => saltOf(SEED, line, pointer)));
    assert.equal(new Set(salts).size, salts.length);
    assert.notEqual(saltOf('08'.repeat(32), 1, '/a'), salts[0]);
  });

  it('is disclosed: what is shown is proven to have stood there, and told as JSON comes back the same', () => {
    const { text, told } = written();
    for (const one of told) {
      const again = disclosure.parse(JSON.parse(JSON.stringify(one)));
      assert.equal(againstDisclosure(again, decodeRecord(text)), undefined);
    }
  });

  it('with any other value, salt or place is not proven', () => {
    const read = decodeRecord(written().text);
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(63), fc.constantFrom(...'0123456789abcdef'), (value, at, digit) => {
        const salt = FIRST.salt.slice(0, at) + digit + FIRST.salt.slice(at + 1);
        const other = { ...FIRST, value: value as Disclosure['value'] };
        if (JSON.stringify(value) !== JSON.stringify(FIRST.value))
          assert.match(againstDisclosure(other, read) ?? '', /is not what line 17 keeps back/);
        if (salt !== FIRST.salt) assert.notEqual(againstDisclosure({ ...FIRST, salt }, read), undefined);
      }),
    );
    const against = (change: Partial<Disclosure>): string | undefined =>
      againstDisclosure({ ...FIRST, ...change }, read);
    assert.match(against({ pointer: '/containers/1/seals' }) ?? '', /is not what/);
    assert.equal(against({ pointer: '/plate' }), 'line 17 keeps back nothing at /plate');
    assert.equal(against({ pointer: '/constructor' }), 'line 17 keeps back nothing at /constructor');
    assert.match(against({ line: 18 }) ?? '', /told of line 18, and this is line 17/);
    assert.match(against({ gate: 'huu-nghi-quan' }) ?? '', /told of the log of huu-nghi-quan/);
    assert.match(againstDisclosure(FIRST, decodeRecord('{}')) ?? '', /cannot be read/);
  });
});

describe('the digest of a filter', () => {
  it('depends on what crosses and not on the order in which kinds are named', () => {
    const a = filterDigest({ 'export/offered': ['seals'], 'import/refused': [] });
    assert.equal(filterDigest({ 'import/refused': [], 'export/offered': ['seals'] }), a);
    assert.notEqual(filterDigest({ 'export/offered': [], 'import/refused': [] }), a);
  });
});
