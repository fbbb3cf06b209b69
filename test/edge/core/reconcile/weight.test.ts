import {
  also,
  alsoCleared,
  bobtail,
  box,
  type Change,
  checkpoint,
  cleared,
  crossing,
  demanding,
  empty,
  HOUR_MS,
  line,
  OTHER_DECLARATION,
  policy,
  read,
  tell,
  time,
  twins,
  vehicle,
  without,
  word,
} from '../../../support/reconcile-case.ts';

const weighs = (grossKg: number): Change => read('weight', { grossKg });
const declares = (grossKg: number): Change => cleared({ grossKg });
const scale = (members: Record<string, unknown>): Change =>
  also({ kind: 'weight', grossKg: 39_350, tareKg: 15_200, stable: true, ...members });
const noTare = read('weight', { tareKg: undefined });
const goods = cleared({ grossBasis: 'cargo', grossKg: 21_900 });
const second = (grossKg: number, more: Record<string, unknown> = {}): Change[] => [
  crossing({ declarations: [] }),
  alsoCleared({ declaration: OTHER_DECLARATION }),
  ({ clearances }) => {
    const [, other] = clearances;
    const [container] = (other?.containers ?? []) as Record<string, unknown>[];
    Object.assign(container ?? {}, { grossKg, ...more });
  },
];
const earlier = (kg: number, hoursAgo: number): Change =>
  box({ weighed: { kg, at: time(-hoursAgo * HOUR_MS) } });
const durian = word({ goods: [{ hs: '0810.60.00' }] });

describe('a weight', () => {
  describe('against the declared one, of which the smaller bound counts', () => {
    tell([
      ['is 500 kg more, of 1,205 that five percent allow', [weighs(39_800)], 'pass'],
      ['is a kilogram more than that', [weighs(39_801)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['is 500 kg less', [weighs(38_800)], 'pass'],
      ['is a kilogram less than that', [weighs(38_799)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      [
        'is five percent more, of 500 kg that the other bound allows',
        [declares(4_000), weighs(19_400)],
        'pass',
      ],
      [
        'is a kilogram more than five percent',
        [declares(4_000), weighs(19_401)],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      ['is five percent less', [declares(4_000), weighs(19_000)], 'pass'],
      [
        'is a kilogram less than five percent',
        [declares(4_000), weighs(18_999)],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'may not differ at all',
        [policy({ weightTolerance: { percent: 0, kg: 500 } })],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'may not differ at all, and does not',
        [policy({ weightTolerance: { percent: 0, kg: 500 } }), weighs(39_300)],
        'pass',
      ],
      ['is less than the empty vehicle', [weighs(9_000)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['is declared in a word nobody knows', [cleared({ grossBasis: 'VGM' })], 'refer WEIGHT_BASIS_UNKNOWN'],
      ['is nowhere declared', [declares(0), cleared({ grossKg: undefined })], 'refer WEIGHT_BASIS_UNKNOWN'],
      [
        'is announced where customs states none',
        [cleared({ grossKg: undefined }), box({ grossKg: 24_100 })],
        'pass',
      ],
      [
        'is stated for the declaration of one container',
        [cleared({ grossKg: undefined }), word({ grossKg: 24_100 })],
        'pass',
      ],
      [
        'counts where it is seen, also where it is not demanded',
        [demanding('plate', 'clearance'), weighs(45_000)],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'is not asked for where it is not demanded',
        [demanding('plate', 'clearance'), without('weight')],
        'pass',
      ],
    ]);
  });

  describe('of goods alone', () => {
    tell([
      ['needs the container’s own', [goods], 'refer WEIGHT_BASIS_UNKNOWN'],
      [
        'is wrong whatever the container weighs',
        [goods, declares(10_000)],
        'refer WEIGHT_BASIS_UNKNOWN WEIGHT_OUT_OF_TOLERANCE',
      ],
      ['takes that of its type from customs’ list', [goods, cleared({ sizeType: '22G1' })], 'pass'],
      ['takes the container’s own from customs’ list', [goods, cleared({ tareKg: 2_150 })], 'pass'],
      [
        'keeps to what was announced where customs’ list says another',
        [goods, box({ tareKg: 2_150 }), cleared({ tareKg: 9_000 })],
        'pass',
      ],
      ['has the container’s own', [goods, box({ tareKg: 2_250 })], 'pass'],
      [
        'has the container’s own, and is too much',
        [goods, box({ tareKg: 2_250 }), weighs(39_851)],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      ['is within what such containers weigh', [goods, box({ sizeType: '22G1' })], 'pass'],
      ['has a type that nobody knows', [goods, box({ sizeType: '9999' })], 'refer WEIGHT_BASIS_UNKNOWN'],
      [
        'is stated for the whole declaration',
        [word({ grossBasis: 'cargo' }), declares(21_900), box({ tareKg: 2_250 })],
        'pass',
      ],
      [
        'and of goods with the container cannot be added',
        [...second(2_000, { grossBasis: 'cargo' }), declares(20_000), box({ tareKg: 2_250 })],
        'refer WEIGHT_BASIS_UNKNOWN',
      ],
    ]);
  });

  describe('of several declarations of one container', () => {
    tell([
      ['is that of their parts', [declares(20_000), ...second(4_150)], 'pass'],
      ['is not that of one part', [declares(20_000), ...second(2_150)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['is the whole that each of them states', [declares(24_100), ...second(24_100)], 'pass'],
      ['is that of two equal parts', [declares(12_075), ...second(12_075)], 'pass'],
      [
        'is neither the whole nor the parts',
        [declares(16_000), ...second(16_000)],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'of goods alone is that of the parts and one container',
        [
          cleared({ grossBasis: 'cargo', grossKg: 20_000 }),
          ...second(1_900, { grossBasis: 'cargo' }),
          box({ tareKg: 2_250 }),
        ],
        'pass',
      ],
    ]);
  });

  describe('of two containers', () => {
    tell([
      ['is compared as a sum', [twins], 'pass'],
      ['is compared as a sum: one heavier, the other lighter', [twins, weighs(39_700)], 'pass'],
      ['is compared as a sum: too much', [twins, weighs(39_701)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      [
        'is not declared for one of them',
        [
          twins,
          ({ clearances }) => {
            const [, rear] = (clearances[0]?.containers ?? []) as Record<string, unknown>[];
            if (rear !== undefined) delete rear.grossKg;
          },
        ],
        'refer WEIGHT_BASIS_UNKNOWN',
      ],
    ]);
  });

  describe('without what the vehicle weighed empty', () => {
    tell([
      ['cannot be told', [noTare], 'refer WEIGHT_BASIS_UNKNOWN'],
      ['takes the registered tare', [noTare, vehicle({ tareKg: 15_200 })], 'pass'],
      [
        'takes the registered tare, and is too much',
        [noTare, vehicle({ tareKg: 14_600 })],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'takes the registered tare within what fuel weighs',
        [noTare, vehicle({ tareKg: 14_600 }), policy({ fuelKg: 300 })],
        'pass',
      ],
    ]);
  });

  describe('of a scale', () => {
    tell([
      ['that is not steady', [read('weight', { stable: false })], 'hold WEIGHT_UNSTABLE'],
      [
        'that does not say whether it is steady',
        [read('weight', { stable: undefined })],
        'hold WEIGHT_UNSTABLE',
      ],
      ['that says nothing', [without('weight')], 'hold WEIGHT_UNSTABLE'],
      [
        'that may still say something',
        [without('weight'), line({ readingUntil: time(1) })],
        'hold EVIDENCE_PENDING',
      ],
      ['that was right until now', [read('weight', { verifiedUntil: time(0) })], 'hold WEIGHT_UNSTABLE'],
      ['that is right for a millisecond more', [read('weight', { verifiedUntil: time(1) })], 'pass'],
      [
        'past its verification is no evidence against anybody',
        [demanding('plate', 'clearance'), read('weight', { verifiedUntil: time(0), grossKg: 90_000 })],
        'pass',
      ],
      [
        'that was swinging before it came to rest',
        [scale({ device: 'scale-1', stable: false, at: time(-5_000) })],
        'pass',
      ],
      [
        'that is swinging again',
        [scale({ device: 'scale-1', stable: false, at: time(-500) })],
        'hold WEIGHT_UNSTABLE',
      ],
      ['that rested long ago', [read('weight', { at: time(-120_001) })], 'hold EVIDENCE_STALE'],
      ['that another one contradicts', [scale({ grossKg: 42_000 })], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      [
        'that contradicts itself at one time',
        [scale({ device: 'scale-1', grossKg: 42_000, at: time(-1_000) })],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'that said something else an hour ago',
        [scale({ device: 'scale-0', grossKg: 42_000, at: time(-HOUR_MS) })],
        'pass',
      ],
      ['of a time to come', [read('weight', { at: time(1) })], 'hold EVIDENCE_STALE WEIGHT_UNSTABLE'],
    ]);
  });

  describe('on the road', () => {
    const limits = { VN: { totalKg: 40_000, axleKg: 10_000 }, CN: { totalKg: 49_000, axleKg: 9_000 } };
    tell([
      [
        'is the most that the stricter country takes',
        [policy({ weightLimits: limits }), declares(24_800), weighs(40_000)],
        'pass',
      ],
      [
        'is a kilogram more',
        [policy({ weightLimits: limits }), declares(24_800), weighs(40_001)],
        'refer OVERLOAD',
      ],
      [
        'is the most that an axle takes',
        [policy({ weightLimits: limits }), read('weight', { axlesKg: [9_000] })],
        'pass',
      ],
      [
        'is a kilogram more on an axle',
        [policy({ weightLimits: limits }), read('weight', { axlesKg: [1, 9_001] })],
        'refer AXLE_OVERLOAD',
      ],
      [
        'counts on the way in, too',
        [checkpoint('border-in'), policy({ weightLimits: limits }), weighs(40_001)],
        'refer OVERLOAD',
      ],
    ]);
  });

  describe('of what is said to be empty', () => {
    tell([
      ['is that of such a container', [empty], 'pass'],
      ['is more', [empty, weighs(18_500)], 'refer EMPTY_NOT_EMPTY'],
      ['is less than any such container', [empty, weighs(16_500)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      [
        'needs the type of the container',
        [empty, box({ sizeType: undefined })],
        'refer WEIGHT_BASIS_UNKNOWN',
      ],
      [
        'is that of no empty container of any type',
        [empty, box({ sizeType: undefined }), weighs(39_350)],
        'refer EMPTY_NOT_EMPTY WEIGHT_BASIS_UNKNOWN',
      ],
      ['is that on its own plate', [empty, box({ sizeType: undefined, tareKg: 2_200 })], 'pass'],
      ['is more than on its own plate', [empty, box({ tareKg: 1_900 })], 'refer EMPTY_NOT_EMPTY'],
    ]);
  });

  describe('of a vehicle that carries nothing', () => {
    tell([
      ['is not asked for', [bobtail], 'pass'],
      ['is its own', [bobtail, scale({ grossKg: 15_700 })], 'pass'],
      ['is more', [bobtail, scale({ grossKg: 15_701 })], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['cannot be told without its tare', [bobtail, scale({ grossKg: 30_000, tareKg: undefined })], 'pass'],
    ]);
  });

  describe('against our own earlier one', () => {
    tell([
      ['is the same', [earlier(24_150, 2)], 'pass'],
      ['is 200 kg more, as scales differ', [earlier(23_950, 2)], 'pass'],
      ['has grown', [earlier(23_949, 2)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['has shrunk', [earlier(24_351, 2)], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['has shrunk as produce does: a thousandth an hour', [earlier(24_398, 2), durian], 'pass'],
      ['has shrunk more than produce does', [earlier(24_405, 2), durian], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      [
        'has shrunk as produce does, but not all of it is',
        [
          earlier(24_398, 2),
          word({ goods: [{ hs: '0810.60' }, { hs: '8517.13' }] }),
          policy({ mixedCargo: 'allowed' }),
        ],
        'refer WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'has shrunk for days, and no more than all its water',
        [earlier(25_000, 400), durian, declares(24_200)],
        'pass',
      ],
      ['has grown, and it is produce', [earlier(23_900, 2), durian], 'refer WEIGHT_OUT_OF_TOLERANCE'],
      ['was not made of one of the two', [twins, earlier(20_000, 2)], 'pass'],
    ]);
  });
});
