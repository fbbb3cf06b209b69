import assert from 'node:assert/strict';
import {
  advance,
  alsoCleared,
  BOX,
  box,
  type Change,
  checkpoint,
  cleared,
  codesOf,
  HOUR_MS,
  judge,
  OTHER_DECLARATION,
  policy,
  REAR_BOX,
  read,
  tell,
  time,
  word,
} from '../../../support/reconcile-case.ts';

const FORM_D = { kind: 'certificate-of-origin', reference: 'D-2026-17' };
const PHYTO = { kind: 'phytosanitary', reference: 'PC-9' };
const HEALTH = { kind: 'animal-health', reference: 'AH-4' };
const EXPORTED = { kind: 'export-declaration', reference: '7788' };
const claims = (...named: object[]): Change => word({ claims: named });
const INVALID = 'refer ADVANCE_DOCUMENT_INVALID';

describe('a declaration that rests on a certificate of origin', () => {
  tell([
    ['passes with it', [claims(FORM_D), advance(FORM_D)], 'pass'],
    ['waits for it', [claims(FORM_D)], 'hold ADVANCE_DOCUMENT_PENDING'],
    [
      'waits while it is only announced',
      [claims(FORM_D), advance({ ...FORM_D, status: 'pending' })],
      'hold ADVANCE_DOCUMENT_PENDING',
    ],
    [
      'waits for that number, and for no other',
      [claims(FORM_D), advance({ ...FORM_D, reference: 'D-2026-18' })],
      'hold ADVANCE_DOCUMENT_PENDING',
    ],
    [
      'waits for all it names',
      [claims(FORM_D, { ...FORM_D, reference: 'D-2' }), advance(FORM_D)],
      'hold ADVANCE_DOCUMENT_PENDING',
    ],
    [
      'does not wait where nobody asks for customs’ word',
      [claims(FORM_D), checkpoint('yard-in'), policy({ conditions: { 'yard-in': { laden: [] } } })],
      'pass',
    ],
    ['is referred when it was revoked', [claims(FORM_D), advance({ ...FORM_D, status: 'revoked' })], INVALID],
    [
      'is referred for that wherever it goes',
      [
        claims(FORM_D),
        advance({ ...FORM_D, status: 'revoked' }),
        checkpoint('yard-in'),
        policy({ conditions: { 'yard-in': { laden: [] } } }),
      ],
      INVALID,
    ],
    [
      'is referred when its newer version revokes it',
      [
        claims(FORM_D),
        advance({ ...FORM_D, version: 2, status: 'revoked' }),
        advance({ ...FORM_D, version: 1 }),
      ],
      INVALID,
    ],
    [
      'passes when a newer version issues it again',
      [
        claims(FORM_D),
        advance({ ...FORM_D, version: 1, status: 'revoked' }),
        advance({ ...FORM_D, version: 2 }),
      ],
      'pass',
    ],
    [
      'is referred when two words of one version differ',
      [claims(FORM_D), advance({ ...FORM_D, status: 'revoked' }), advance(FORM_D)],
      INVALID,
    ],
    [
      'passes to the last moment of it',
      [claims(FORM_D), advance({ ...FORM_D, validUntil: time(1) })],
      'pass',
    ],
    [
      'is referred when it has expired',
      [claims(FORM_D), advance({ ...FORM_D, validUntil: time(0) })],
      INVALID,
    ],
    [
      'is referred when it is of a time to come',
      [claims(FORM_D), advance({ ...FORM_D, issuedAt: time(1) })],
      INVALID,
    ],
    [
      'is referred when it names another container',
      [claims(FORM_D), advance({ ...FORM_D, containers: [{ number: REAR_BOX }] })],
      INVALID,
    ],
    [
      'passes when one of several names it',
      [
        claims(FORM_D, { ...FORM_D, reference: 'D-2' }),
        advance({ ...FORM_D, containers: [{ number: REAR_BOX }] }),
        advance({ ...FORM_D, reference: 'D-2', containers: [{ number: BOX }] }),
      ],
      'pass',
    ],
    [
      'is referred when it is of another heading',
      [
        word({ goods: [{ hs: '081060' }], claims: [FORM_D] }),
        advance({ ...FORM_D, goods: [{ hs: '0803.90' }] }),
      ],
      INVALID,
    ],
    [
      'passes when only the national digits differ',
      [
        word({ goods: [{ hs: '08106000' }], claims: [FORM_D] }),
        advance({ ...FORM_D, goods: [{ hs: '0810.60.99' }] }),
      ],
      'pass',
    ],
    [
      'is referred when it is of another origin',
      [
        word({ goods: [{ hs: '4011', origin: 'TH' }], claims: [FORM_D] }),
        advance({ ...FORM_D, goods: [{ hs: '4011', origin: 'CN' }] }),
      ],
      `${INVALID} HS_CODE_INVALID`,
    ],
    [
      'is referred when it names another consignor',
      [
        word({ parties: [{ role: 'declarant', id: '0100109106' }], claims: [FORM_D] }),
        advance({ ...FORM_D, parties: [{ role: 'consignor', id: '0312345678' }] }),
      ],
      INVALID,
    ],
    [
      'passes when a number differs and the name is the same',
      [
        word({ parties: [{ role: 'consignor', id: '1', name: 'Siam Fruit Co., Ltd' }], claims: [FORM_D] }),
        advance({ ...FORM_D, parties: [{ role: 'consignor', id: 'TH-9', name: 'SIAM FRUIT CO LTD' }] }),
      ],
      'pass',
    ],
    [
      'passes when nothing that both state can be compared',
      [
        word({ parties: [{ role: 'consignor', id: '1' }], claims: [FORM_D] }),
        advance({ ...FORM_D, parties: [{ role: 'consignor', name: 'Siam Fruit' }] }),
      ],
      'pass',
    ],
    [
      'may say of each container on what it rests',
      [claims(FORM_D), cleared({ claims: [PHYTO] }), advance(PHYTO)],
      'pass',
    ],
  ]);

  it('is customs’ to look at; a certificate nobody claims is nobody’s', () => {
    const [found] = judge(claims(FORM_D), advance({ ...FORM_D, status: 'revoked' })).reasons;
    assert.deepEqual(
      [found?.owner, found?.source, found?.detail],
      ['customs', 'TH', `${BOX} under 308044805740: certificate of origin D-2026-17 was revoked`],
    );
    assert.deepEqual(codesOf(judge(advance({ ...FORM_D, status: 'revoked' }))), []);
  });
});

describe('a declaration that rests on a certificate of plants or animals', () => {
  const fruit = word({ goods: [{ hs: '081060' }, { hs: '080390' }], claims: [PHYTO] });
  tell([
    ['waits as for quarantine', [claims(PHYTO)], 'hold QUARANTINE_PENDING'],
    ['waits for animals alike', [claims(HEALTH)], 'hold QUARANTINE_PENDING'],
    [
      'is referred when a kind of its fruit is not in it',
      [fruit, policy({ mixedCargo: 'allowed' }), advance({ ...PHYTO, goods: [{ hs: '0810' }] })],
      INVALID,
    ],
    [
      'passes when all of it is',
      [
        fruit,
        policy({ mixedCargo: 'allowed' }),
        advance({ ...PHYTO, goods: [{ hs: '0810' }, { hs: '0803' }] }),
      ],
      'pass',
    ],
    [
      'passes with goods beside it that are no plants',
      [
        word({ goods: [{ hs: '081060' }, { hs: '392310' }], claims: [PHYTO] }),
        policy({ mixedCargo: 'allowed' }),
        advance({ ...PHYTO, goods: [{ hs: '0810' }] }),
      ],
      'pass',
    ],
  ]);

  it('that was revoked is quarantine’s to look at', () => {
    const [found] = judge(claims(PHYTO), advance({ ...PHYTO, status: 'revoked' })).reasons;
    assert.deepEqual([found?.owner, found?.releasableBy], ['quarantine', ['quarantine-officer']]);
  });
});

describe('the export declaration of the other side', () => {
  const coming = [checkpoint('border-in'), word({ kind: 'import' })];
  const sent = (members: object, document: object = {}): Change =>
    advance({ ...EXPORTED, issuer: 'CN', containers: [{ number: BOX, ...members }], ...document });
  const total = (grossKg: number) => ({ grossKg, grossBasis: 'cargo+container' });
  tell([
    ['agrees with what stands there', [...coming, sent({ seals: ['vn 123456'], ...total(24_100) })], 'pass'],
    [
      'names another seal, and nobody has recorded a change',
      [...coming, sent({ seals: ['CN1'] })],
      'refer SEAL_CHANGE_UNRECORDED',
    ],
    [
      'names the seal that was taken off since, and that is on record',
      [
        ...coming,
        sent({ seals: ['CN1'] }),
        box({
          sealHistory: [
            { action: 'applied', number: 'CN1', at: time(-3 * HOUR_MS) },
            {
              action: 'replaced',
              number: 'VN123456',
              replaces: 'CN1',
              officer: 'Lan',
              reason: 'inspection',
              at: time(-2 * HOUR_MS),
            },
          ],
        }),
      ],
      'pass',
    ],
    ['was heavier', [...coming, sent(total(25_000))], 'refer WEIGHT_OUT_OF_TOLERANCE'],
    [
      'states the goods alone, and the container’s tare is known',
      [...coming, box({ tareKg: 3_900 }), sent({ grossKg: 20_200 })],
      'pass',
    ],
    [
      'states the goods alone, and they were heavier',
      [...coming, box({ tareKg: 3_900 }), sent({ grossKg: 22_200 })],
      'refer WEIGHT_OUT_OF_TOLERANCE',
    ],
    [
      'states the goods alone, and nobody knows the container’s tare',
      [...coming, sent({ grossKg: 9_000 })],
      'pass',
    ],
    [
      'is of an earlier journey',
      [...coming, sent({ seals: ['CN1'] }, { issuedAt: time(-72 * HOUR_MS - 1) })],
      'pass',
    ],
    [
      'is one of two that nobody claims',
      [...coming, sent({ seals: ['CN1'] }), sent({ seals: ['CN2'] }, { reference: '7799' })],
      'pass',
    ],
    [
      'is one of two, and the one that customs’ declaration rests on',
      [
        ...coming,
        claims(EXPORTED),
        sent({ seals: ['CN1'] }),
        sent({ seals: ['CN2'] }, { reference: '7799' }),
      ],
      'refer SEAL_CHANGE_UNRECORDED',
    ],
    [
      'was withdrawn, and nothing rests on it',
      [...coming, sent({ seals: ['CN1'] }, { status: 'revoked' })],
      'pass',
    ],
    [
      'was withdrawn, and the declaration rests on it',
      [...coming, claims(EXPORTED), sent({}, { status: 'revoked' })],
      INVALID,
    ],
    ['speaks of no vehicle that goes out', [sent({ seals: ['CN1'] })], 'pass'],
  ]);

  it('that names the container no more in its newest version does not speak of it', () => {
    const amended = sent({ seals: ['CN1'] }, { version: 2, containers: [{ number: REAR_BOX }] });
    assert.equal(judge(...coming, sent({ seals: ['CN1'] }), amended).verdict, 'pass');
  });

  it('weighs what all of a consignment’s declarations weigh together', () => {
    const both = [
      ...coming,
      claims(EXPORTED, { ...EXPORTED, reference: '7799' }),
      sent(total(12_000)),
      sent(total(12_100), { reference: '7799' }),
    ];
    assert.equal(judge(...both).verdict, 'pass');
    assert.equal(judge(...both.slice(0, -1), sent(total(9_000), { reference: '7799' })).verdict, 'refer');
  });

  it('does not speak of seals once customs here has put on its own', () => {
    const inYard = [
      checkpoint('yard-out'),
      word({ kind: 'import' }),
      alsoCleared({ kind: 'import', declaration: OTHER_DECLARATION }),
    ];
    assert.equal(
      judge(...inYard, sent({ seals: ['CN1'] })).reasons.some(
        ({ code }) => code === 'SEAL_CHANGE_UNRECORDED',
      ),
      false,
    );
  });

  it('is compared with what was read, too: a seal that it names must be there', () => {
    const only = [
      ...coming,
      box({ seals: undefined }),
      cleared({ seals: undefined }),
      sent({ seals: ['VN123456'] }),
    ];
    assert.equal(judge(...only).verdict, 'pass');
    assert.deepEqual(codesOf(judge(...only, read('seal', { value: 'XX1' }))), [
      'SEAL_CHANGE_UNRECORDED',
      'SEAL_MISMATCH',
    ]);
  });
});
