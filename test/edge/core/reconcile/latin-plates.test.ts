import {
  also,
  alsoExpected,
  bobtail,
  type Change,
  read,
  tell,
  vehicle,
  without,
} from '../../../support/reconcile-case.ts';

const announced = (plate: string, seen: string): Change[] => [
  vehicle({ plate }),
  read('plate', { value: seen }),
];
const rig = (seen: string): Change[] => [
  vehicle({ plate: '桂F12345', trailer: '桂F1234挂' }),
  read('plate', { value: 'GUIF12345' }),
  read('trailer', { value: seen }),
];
const otherProvince = alsoExpected({
  crossingId: 'x2',
  vehicle: { plate: '贵F12345' },
  containers: [{ number: 'MWCU6059784' }],
  declarations: [],
});

describe('a Chinese plate', () => {
  describe('that a camera without Chinese characters reads', () => {
    tell([
      ['is the one it can only mean', announced('云AB123C', 'YUN AB123C'), 'pass'],
      ['is of the expected one of two provinces', announced('桂F12345', 'GUI F·12345'), 'pass'],
      ['and of the other, if that is expected', announced('贵F12345', 'gui-f12345'), 'pass'],
      ['is of no other province', announced('桂F12345', 'YUEF12345'), 'refer PLATE_MISMATCH'],
      ['is another in one digit', announced('桂F12345', 'GUIF12845'), 'refer PLATE_MISMATCH'],
      ['is another in the letter of its office', announced('桂F12345', 'GUIG12345'), 'refer PLATE_MISMATCH'],
      ['is a trailer’s', rig('GUI F1234GUA'), 'pass'],
      ['is a trailer’s, shortened', rig('GUI F1234G'), 'pass'],
      ['is another trailer’s', rig('GUI F1284GUA'), 'refer TRAILER_MISMATCH'],
      [
        'is of another province, which one camera with Chinese characters has seen',
        [...announced('桂F12345', 'GUIF12345'), also({ kind: 'plate', value: '贵F12345' })],
        'refer PLATE_MISMATCH',
      ],
      [
        'is told from that of the other province by all else',
        [...announced('桂F12345', 'GUIF12345'), otherProvince],
        'pass',
      ],
      [
        'is nobody’s by itself where it may be of two provinces',
        [bobtail, ...announced('桂F12345', 'GUIF12345'), vehicle({ trailer: undefined }), without('trailer')],
        'refer NO_CROSSING_MATCH',
      ],
      [
        'is enough by itself where it can only mean one',
        [
          bobtail,
          ...announced('云AB123C', 'YUN AB123C'),
          vehicle({ trailer: undefined }),
          without('trailer'),
        ],
        'pass',
      ],
    ]);
  });

  describe('that was announced in Latin letters', () => {
    tell([
      ['is read so', announced('GUI F12345', 'GUIF12345'), 'pass'],
      ['is read in Chinese', announced('GUI F12345', '桂F12345'), 'pass'],
      ['is read in Chinese, of either province it may mean', announced('GUI F12345', '贵F12345'), 'pass'],
      [
        'is read in Chinese, of a province it cannot mean',
        announced('GUI F12345', '粤F12345'),
        'refer PLATE_MISMATCH',
      ],
      [
        'is read in Chinese, another in one digit',
        announced('GUI F12345', '桂F12346'),
        'refer PLATE_MISMATCH',
      ],
    ]);
  });
});
