import assert from 'node:assert/strict';
import { judgeAs, recognise } from '../../../../edge/core/reconcile.ts';
import {
  AT,
  also,
  alsoExpected,
  BOX,
  bobtail,
  box,
  caseOf,
  checkpoint,
  crossing,
  empty,
  finding,
  judge,
  line,
  REAR_BOX,
  read,
  tell,
  time,
  told,
  twins,
  vehicle,
  without,
} from '../../../support/reconcile-case.ts';

const plateless = vehicle({ plate: undefined, trailer: undefined, serial: 'AGV-7' });
const container = (value: string) => read('container', { value });
const tag = vehicle({ rfid: 'E200-1' });
const noPlates = without('plate', 'trailer');
const serial = (value: string, at = time(-1_000)) => also({ kind: 'vehicle', value, at });

describe('who stands there', () => {
  tell([
    ['is passed when everything read is what was announced', [], 'pass'],
    ['is nobody where nobody is expected', [line({ expected: [] })], 'refer NO_CROSSING_MATCH'],
    ['is awaited where nothing was read of it', [line({ evidence: [] })], 'hold EVIDENCE_PENDING'],
    ['is referred with another plate', [read('plate', { value: '29H98765' })], 'refer PLATE_MISMATCH'],
    [
      'is the same in full-width letters, with dots and spaces',
      [read('plate', { value: ' １２ｃ－１２３．４５ ' }), read('trailer', { value: '12R\n01234' })],
      'pass',
    ],
    [
      'is the same where the reader writes size and type behind the number',
      [container('CSQU 305438-3 22G1')],
      'pass',
    ],
    [
      'is another with size and type behind its number',
      [container('MWCU6059784 22G1')],
      'refer CONTAINER_MISMATCH',
    ],
    ['has no number cut short to please its check digit', [container('CSQU3054383 2')], 'pass READ_DOUBTFUL'],
    [
      'is not made out from a plate read too badly',
      [read('plate', { quality: 0.49 })],
      'hold EVIDENCE_PENDING',
    ],
    [
      'is referred where good frames of one camera show another plate',
      [also({ kind: 'plate', device: 'anpr-1', value: '29H98765' })],
      'refer PLATE_MISMATCH',
    ],
    [
      'is never two crossings at once: the same vehicle and container announced twice is for a person',
      [alsoExpected({ crossingId: 'x2' })],
      'refer AMBIGUOUS_MATCH DUPLICATE_CROSSING',
    ],
    [
      'is for a person where one crossing is announced twice',
      [alsoExpected({})],
      'refer AMBIGUOUS_MATCH DUPLICATE_CROSSING',
    ],
    [
      'is referred where another vehicle announces the same container',
      [alsoExpected({ crossingId: 'x2', vehicle: { plate: '29H-999.99' } })],
      'refer DUPLICATE_CROSSING',
    ],
    [
      'is known by prototype names as by any other',
      [crossing({ crossingId: '__proto__', bookingId: 'constructor' })],
      'pass',
    ],
    [
      'with a plate that nobody announced is referred',
      [vehicle({ plate: undefined })],
      // The nearest thing announced is the trailer’s.
      'refer PLATE_MISMATCH TRAILER_MISMATCH',
    ],
    [
      'that nobody described is referred',
      [crossing({ vehicle: {} })],
      'refer PLATE_MISMATCH TRAILER_UNANNOUNCED',
    ],
    ['without a plate is known by its serial number', [plateless, noPlates, serial('AGV-7')], 'pass'],
    [
      'with another serial number is referred',
      [plateless, noPlates, serial('AGV-8')],
      'refer VEHICLE_MISMATCH',
    ],
    [
      'without a plate is awaited until its serial number is read',
      [plateless, noPlates],
      'hold EVIDENCE_PENDING',
    ],
    [
      'has a serial number read too long ago',
      [plateless, noPlates, serial('AGV-7', time(-120_001))],
      'hold EVIDENCE_STALE',
    ],
    [
      'needs the tag, too, where one was announced beside its serial number',
      [plateless, noPlates, tag, serial('AGV-7')],
      'hold EVIDENCE_PENDING',
    ],
    [
      'says by its serial number, and shows by its tag, who it is',
      [plateless, noPlates, tag, serial('AGV-7'), also({ kind: 'rfid', value: 'E200-1' })],
      'pass',
    ],
    [
      'bears a plate though it was announced without: it may be another that stands in its place',
      [plateless, without('trailer'), serial('AGV-7')],
      'refer PLATE_MISMATCH',
    ],
    [
      'bears a fleet number that is no plate',
      [plateless, without('trailer'), serial('AGV-7'), read('plate', { value: 'AGV 7' })],
      'pass',
    ],
    [
      'draws a trailer that nobody announced: told, for goods come on one',
      [vehicle({ trailer: undefined })],
      'pass TRAILER_UNANNOUNCED',
    ],
    [
      'carries nothing, and draws a trailer that nobody announced',
      [bobtail, vehicle({ trailer: undefined })],
      'refer TRAILER_MISMATCH',
    ],
    [
      'shows the booking of another',
      [crossing({ bookingId: 'B1' }), also({ kind: 'booking', value: 'B2' })],
      'refer NOT_BOOKED',
    ],
  ]);

  it('is named, and what was read of it is told', () => {
    const { crossingId, reasons } = judge(read('container', { value: REAR_BOX }));
    assert.equal(crossingId, 'x1');
    assert.match(reasons[0]?.detail ?? '', /expected CSQU3054383, read MWCU6059784/);
  });

  it('is nobody’s to clear unless a person says who it is', () => {
    const stranger = read('plate', { value: '29H98765' });
    const nobody = [stranger, without('trailer', 'container')];
    const word = finding({ code: 'NO_CROSSING_MATCH', role: 'operator' });
    assert.equal(judge(...nobody).verdict, 'refer');
    assert.deepEqual(judge(...nobody, word).verdict, 'refer');
    assert.equal(judge(...nobody, word).crossingId, null);
    const twice = [
      alsoExpected({ crossingId: 'x2' }),
      finding({ code: 'AMBIGUOUS_MATCH', role: 'operator' }),
    ];
    assert.equal(judge(...twice).verdict, 'refer');
  });

  describe('said by a person', () => {
    const said = line({ identifiedAs: 'x1' });
    tell([
      ['passes with another plate', [read('plate', { value: '29H98765' }), said], 'pass'],
      ['passes without plates', [noPlates, said], 'pass'],
      [
        'is still held to its container',
        [read('container', { value: REAR_BOX }), said],
        'refer CONTAINER_MISMATCH',
      ],
      [
        'is still held to its seal',
        [read('seal', { value: 'VN9' }), said],
        'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
      ],
      [
        'is one of two that look the same, and the container is still announced twice',
        [alsoExpected({ crossingId: 'x2' }), said],
        'refer DUPLICATE_CROSSING',
      ],
      [
        'counts for nothing where nobody expects it',
        [line({ identifiedAs: 'x9' }), noPlates, without('container')],
        'hold EVIDENCE_PENDING',
      ],
    ]);
  });

  describe('read at another time', () => {
    tell([
      ['at the bound still counts', [read('plate', { at: time(-120_000) })], 'pass'],
      ['a millisecond before it is stale', [read('plate', { at: time(-120_001) })], 'hold EVIDENCE_STALE'],
      [
        'to come counts for nothing',
        [read('plate', { at: time(1) })],
        'hold EVIDENCE_PENDING EVIDENCE_STALE',
      ],
      [
        'is not made fresh by a frame too bad to be used',
        [read('plate', { at: time(-600_000) }), also({ kind: 'plate', value: '99X00000', quality: 0.1 })],
        'hold EVIDENCE_STALE',
      ],
      [
        'is made fresh by another good frame',
        [read('plate', { at: time(-600_000) }), also({ kind: 'plate', value: '12C-12345' })],
        'pass',
      ],
      [
        'of one twin is not made fresh by the other',
        [
          twins,
          ({ evidence }) => {
            for (const one of evidence) if (one.value === REAR_BOX) one.at = time(-600_000);
          },
        ],
        'hold EVIDENCE_STALE',
      ],
    ]);
  });

  describe('its containers', () => {
    tell([
      ['two are both what was announced', [twins], 'pass'],
      [
        'two in each other’s place are not what was announced',
        [
          twins,
          ({ evidence }) => {
            for (const one of evidence)
              if (one.kind === 'container') one.position = one.value === BOX ? 'rear' : 'front';
          },
        ],
        'refer CONTAINER_MISMATCH',
      ],
      [
        'one of two that is not read is for a person',
        [
          twins,
          (one) => {
            one.evidence = one.evidence.filter(({ value }) => value !== REAR_BOX);
          },
        ],
        'refer CONTAINER_UNREADABLE',
      ],
      [
        'one more than announced is for customs',
        [also({ kind: 'container', value: REAR_BOX })],
        'refer CONTAINER_MISMATCH',
      ],
      [
        'on a vehicle with loose goods was not announced',
        [
          crossing({ containers: [] }),
          without('seal', 'weight'),
          ({ clearances }) => Object.assign(clearances[0] ?? {}, { containers: [], grossKg: 24_150 }),
          also({ kind: 'weight', grossKg: 39_350, tareKg: 15_200, stable: true }),
        ],
        'refer CONTAINER_UNEXPECTED',
      ],
      [
        'on a bobtail was not announced',
        [bobtail, also({ kind: 'container', value: BOX })],
        'refer CONTAINER_UNEXPECTED',
      ],
      [
        'announced for a bobtail contradict it',
        [crossing({ load: 'bobtail' })],
        'refer CONTAINER_UNEXPECTED WEIGHT_OUT_OF_TOLERANCE',
      ],
      [
        'on an empty one are the announced ones',
        [empty, also({ kind: 'container', value: REAR_BOX })],
        'refer CONTAINER_MISMATCH',
      ],
      [
        'are the announced ones where one character looks like another and the plates bear them out',
        [
          read('container', { value: 'CSQU3054385' }),
          also({ kind: 'container', device: 'ocr-1', readId: 'second', value: 'CSQU3054385' }),
        ],
        'pass READ_DOUBTFUL',
      ],
      [
        'are other ones where that was read only once',
        [read('container', { value: 'CSQU3054385' })],
        'refer CONTAINER_MISMATCH',
      ],
      [
        'are the announced ones where a letter stands for a digit: a number has none there',
        [read('container', { value: 'CSQU30S4383' })],
        'pass',
      ],
      [
        'are another one where two characters stand for another',
        [read('container', { value: 'CSQU3054842' })],
        'refer CONTAINER_MISMATCH',
      ],
      [
        'of two frames that disagree are for customs',
        [also({ kind: 'container', device: 'ocr-2', value: REAR_BOX })],
        'refer CONTAINER_MISMATCH',
      ],
      ['written with spaces and hyphens are the same', [box({ number: 'CSQU 305438-3' })], 'pass'],
      ['are not asked for where they are not demanded', [bobtail, checkpoint('yard-in')], 'pass'],
    ]);
  });

  it('is told the same way by its parts: first who it is, then what speaks against it', () => {
    const the = caseOf();
    const recognised = recognise(the);
    assert.equal(recognised.crossing?.crossingId, 'x1');
    assert.equal(judgeAs(the, recognised).verdict, 'pass');
    assert.equal(the.at, AT);
    assert.equal(told(), 'pass');
  });
});
