import assert from 'node:assert/strict';
import {
  BOX,
  box,
  type Change,
  checkpoint,
  cleared,
  finding,
  HOUR_MS,
  judge,
  policy,
  tell,
  time,
  twins,
  word,
} from '../../../support/reconcile-case.ts';

const rule = (when: Record<string, unknown>, members: Record<string, unknown> = {}): Change =>
  policy({
    rules: [{ id: 'r1', name: 'tyres', legalBasis: 'Decision 1', from: time(-HOUR_MS), when, ...members }],
  });
const tyres = word({
  goods: [{ hs: '4011.10.00', origin: 'CN' }],
  parties: [{ role: 'consignor', id: 'acme-1' }],
});
const HIT = 'refer RISK_RULE_HIT';

describe('a risk rule', () => {
  tell([
    ['speaks of a heading', [tyres, rule({ hs: ['4011'] })], HIT],
    [
      'speaks of a heading, with a dot that customs does not write',
      [word({ goods: [{ hs: '40111000' }] }), rule({ hs: ['40.11'] })],
      HIT,
    ],
    [
      'speaks of a heading, without a dot that customs writes',
      [word({ goods: [{ hs: '40.11.10' }] }), rule({ hs: ['401110'] })],
      HIT,
    ],
    ['speaks of another heading', [tyres, rule({ hs: ['4012'] })], 'pass'],
    ['speaks of an origin, however it is written', [tyres, rule({ origins: [' cn'] })], HIT],
    ['speaks of a party', [tyres, rule({ parties: ['ACME-1'] })], HIT],
    [
      'speaks of all these together',
      [tyres, rule({ hs: ['4011'], origins: ['CN'], parties: ['acme-1'], kinds: ['export'] })],
      HIT,
    ],
    [
      'speaks of all these together, and one is not so',
      [tyres, rule({ hs: ['4011'], origins: ['VN'] })],
      'pass',
    ],
    [
      'speaks of one of the goods',
      [word({ goods: [{ hs: '8517.13' }, { hs: '4011.10' }] }), rule({ hs: ['4011'] })],
      HIT,
    ],
    [
      'speaks of what two goods have between them',
      [
        word({
          goods: [
            { hs: '8517.13', origin: 'CN' },
            { hs: '4011.10', origin: 'VN' },
          ],
        }),
        rule({ hs: ['4011'], origins: ['CN'] }),
      ],
      'pass',
    ],
    ['speaks of transit only', [tyres, rule({ hs: ['4011'], kinds: ['transit'] })], 'pass'],
    ['speaks of another checkpoint', [tyres, rule({ hs: ['4011'], checkpoints: ['yard-in'] })], 'pass'],
    ['speaks of this checkpoint', [tyres, rule({ hs: ['4011'], checkpoints: ['border-out'] })], HIT],
    ['speaks of goods without a licence', [tyres, rule({ hs: ['4011'], unlicensed: true })], HIT],
    [
      'speaks of goods without a licence, and these have one',
      [word({ goods: [{ hs: '401110', licence: 'L1' }] }), rule({ hs: ['4011'], unlicensed: true })],
      'pass',
    ],
    [
      'speaks of announced goods where customs states none',
      [box({ hs: ['401110'] }), rule({ hs: ['4011'] })],
      HIT,
    ],
    [
      'speaks of goods that customs states for the container',
      [tyres, cleared({ goods: [{ hs: '851713' }] }), rule({ hs: ['4011'] })],
      'pass',
    ],
    ['holds from its first moment', [tyres, rule({ hs: ['4011'] }, { from: time(0) })], HIT],
    ['does not hold yet', [tyres, rule({ hs: ['4011'] }, { from: time(1) })], 'pass'],
    ['does not hold any more', [tyres, rule({ hs: ['4011'] }, { until: time(0) })], 'pass'],
    ['without anything to ask for hits every export', [rule({ kinds: ['export'] })], HIT],
  ]);

  it('names itself, its legal basis and what it hit', () => {
    const [hit] = judge(tyres, rule({ hs: ['4011'] }, { owner: 'border-guard' })).reasons;
    assert.equal(hit?.source, 'r1 (Decision 1)');
    assert.equal(hit?.detail, 'tyres: CSQU3054383 under 308044805740');
    assert.equal(hit?.owner, 'border-guard');
    assert.deepEqual(hit?.releasableBy, ['border-guard']);
  });

  it('is told of each container it hits: what is found of one says nothing of the other', () => {
    const both = [twins, tyres, rule({ hs: ['4011'] })];
    const found = finding({ code: 'RISK_RULE_HIT', role: 'customs-officer', container: BOX });
    assert.equal(judge(...both).reasons.length, 2);
    assert.equal(judge(...both, found).verdict, 'refer');
  });

  it('is told once of a container, whose consignments are many', () => {
    const consignments: Change = ({ clearances: [first = {}], clearances }) => {
      for (let at = 0; at < 12; at += 1) clearances.push({ ...first, declaration: `3080448059${10 + at}` });
    };
    const { reasons } = judge(tyres, consignments, rule({ hs: ['4011'] }));
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]?.detail ?? '', /^tyres: CSQU3054383 under 308044805740, .* and 3 more$/);
  });

  describe('for waste', () => {
    tell([
      ['is there by default: plastic waste is for customs', [word({ goods: [{ hs: '3915.10' }] })], HIT],
      [
        'is there by default: so is waste with a licence',
        [word({ goods: [{ hs: '47071000', licence: 'L1' }] })],
        HIT,
      ],
      ['does not speak of plastic', [word({ goods: [{ hs: '3901.10' }] })], 'pass'],
      [
        'is not there where the site has rules of its own',
        [word({ goods: [{ hs: '3915.10' }] }), policy({ rules: [] })],
        'pass',
      ],
      [
        'holds on the way in, by what was announced',
        [checkpoint('border-in'), box({ hs: ['3915.10'] })],
        HIT,
      ],
    ]);
  });
});
