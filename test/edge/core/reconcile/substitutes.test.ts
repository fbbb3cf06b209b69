import {
  also,
  box,
  type Change,
  cleared,
  line,
  policy,
  read,
  tell,
  time,
  without,
} from '../../../support/reconcile-case.ts';

const PHOTO = 'ab'.repeat(32);
const handheld = (kind: string, members: Record<string, unknown>): Change =>
  also({ kind, device: 'handheld-1', by: { person: 'lan', photo: PHOTO }, ...members });
const seal = (members: Record<string, unknown> = {}): Change =>
  handheld('seal', { value: 'VN123456', ...members });
const noPhoto = { by: { person: 'lan' } };
/** So many seals, of which an officer has read all. */
const seals = (count: number): Change[] => {
  const all = Array.from({ length: count }, (_, at) => `VN${at}`);
  return [
    box({ seals: all }),
    cleared({ seals: all }),
    without('seal'),
    ...all.map((value, at) => seal({ value, at: time(-9_000 + at) })),
  ];
};

describe('an officer’s own reading', () => {
  tell([
    ['of the seal stands in for the reader’s', [without('seal'), seal()], 'pass'],
    [
      'of the container stands in for the camera’s',
      [without('container'), handheld('container', { value: 'CSQU3054383' })],
      'pass',
    ],
    ['without a photo does not', [without('seal'), seal(noPhoto)], 'refer SEAL_MISSING'],
    [
      'of radiation does not',
      [without('radiation'), handheld('radiation', { alarm: false })],
      'hold RADIATION_UNKNOWN',
    ],
    [
      'of a weight does not',
      [without('weight'), handheld('weight', { grossKg: 39_350, tareKg: 15_200, stable: true })],
      'hold WEIGHT_UNSTABLE',
    ],
    [
      'of the plate does not: a person says who it is',
      [without('plate'), handheld('plate', { value: '12C12345' })],
      'hold EVIDENCE_PENDING',
    ],
    [
      'of the plate does where the site says so',
      [without('plate'), handheld('plate', { value: '12C12345' }), policy({ substitutes: ['plate'] })],
      'pass',
    ],
    [
      'of the seal does not where the site says so',
      [without('seal'), seal(), policy({ substitutes: [] })],
      'refer SEAL_MISSING',
    ],
    ['is as good as six an hour', seals(6), 'pass'],
    ['is not as good as seven', seals(7), 'refer SEAL_MISSING'],
    [
      'is not as good as seven, in any order',
      [...seals(7), ({ evidence }) => evidence.reverse()],
      'refer SEAL_MISSING',
    ],
    [
      'counts those of the last hour elsewhere',
      [...seals(1), line({ handheldUsed: { lan: 6 } })],
      'refer SEAL_MISSING',
    ],
    ['does not count those of others', [...seals(1), line({ handheldUsed: { huong: 6 } })], 'pass'],
    [
      'counts as often as the site says',
      [...seals(1), policy({ handheldPerHourMax: 0 })],
      'refer SEAL_MISSING',
    ],
    [
      'of an hour ago uses up nothing',
      [...seals(6), seal({ value: 'VN9', at: time(-3_700_000) })],
      'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
    ],
    [
      'under a prototype’s name is anybody’s',
      [without('seal'), seal({ by: { person: '__proto__', photo: PHOTO } })],
      'pass',
    ],
  ]);

  describe('against the vehicle', () => {
    tell([
      ['counts without a photo', [seal({ state: 'broken', ...noPhoto })], 'refer SEAL_BROKEN'],
      [
        'counts though it is another number',
        [seal({ value: 'VN9', ...noPhoto })],
        'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
      ],
      [
        'counts though there is none',
        [seal({ state: 'missing', value: undefined, ...noPhoto })],
        'refer SEAL_MISSING',
      ],
      ['counts of radiation', [handheld('radiation', { alarm: true, ...noPhoto })], 'refer RADIATION_ALARM'],
      ['counts of damage', [handheld('damage', { damaged: true, ...noPhoto })], 'refer CONTAINER_DAMAGED'],
      [
        'counts beside a device that says otherwise',
        [read('seal', { quality: 1 }), seal({ state: 'broken' })],
        'refer SEAL_BROKEN',
      ],
    ]);
  });
});
