import {
  also,
  BOX,
  bobtail,
  box,
  type Change,
  checkpoint,
  demanding,
  empty,
  line,
  policy,
  REAR_BOX,
  read,
  tell,
  time,
  twins,
  without,
  word,
} from '../../../support/reconcile-case.ts';

const reefer = box({ temperature: { minC: -20, maxC: -16 } });
const celsius = (degrees: number, members: Record<string, unknown> = {}): Change =>
  also({ kind: 'temperature', celsius: degrees, ...members });
const withTemperature = demanding('plate', 'temperature', 'clearance');
const look = (members: Record<string, unknown>): Change => also({ kind: 'emptiness', ...members });
const stranger = [line({ expected: [] }), line({ clearances: [] })];

describe('radiation', () => {
  tell([
    ['that was not measured is unknown', [without('radiation')], 'hold RADIATION_UNKNOWN'],
    [
      'that may still be measured is awaited',
      [without('radiation'), line({ readingUntil: time(1) })],
      'hold EVIDENCE_PENDING',
    ],
    [
      'that was measured long ago is stale',
      [read('radiation', { at: time(-120_001) })],
      'hold EVIDENCE_STALE',
    ],
    ['is an alarm', [read('radiation', { alarm: true })], 'refer RADIATION_ALARM'],
    [
      'is an alarm, though another portal is silent',
      [also({ kind: 'radiation', alarm: true })],
      'refer RADIATION_ALARM',
    ],
    [
      'is an alarm, though it was long ago',
      [also({ kind: 'radiation', alarm: true, at: time(-9_000_000) })],
      'refer RADIATION_ALARM',
    ],
    [
      'is an alarm, though the portal’s clock is wrong',
      [also({ kind: 'radiation', alarm: true, at: time(1) })],
      'refer EVIDENCE_STALE RADIATION_ALARM',
    ],
    [
      'is an alarm where nothing is demanded',
      [bobtail, also({ kind: 'radiation', alarm: true })],
      'refer RADIATION_ALARM',
    ],
    [
      'is an alarm of a vehicle that nobody knows',
      [...stranger, read('radiation', { alarm: true })],
      'refer NO_CROSSING_MATCH RADIATION_ALARM',
    ],
    [
      'is an alarm of an authorised operator',
      [word({ aeo: true }), read('radiation', { alarm: true })],
      'refer RADIATION_ALARM',
    ],
  ]);
});

describe('what is found on a vehicle', () => {
  tell([
    [
      'is an emergency if it is an explosive',
      [also({ kind: 'test', positive: true, substance: 'explosive' })],
      'refer EXPLOSIVE_OR_CHEMICAL',
    ],
    [
      'is an emergency if it is a chemical',
      [also({ kind: 'test', positive: true, substance: 'chemical' })],
      'refer EXPLOSIVE_OR_CHEMICAL',
    ],
    [
      'is for customs if it is a drug',
      [also({ kind: 'test', positive: true, substance: 'drug' })],
      'refer TEST_POSITIVE',
    ],
    [
      'is for customs if nobody says what it is',
      [also({ kind: 'test', positive: true })],
      'refer TEST_POSITIVE',
    ],
    ['is nothing', [also({ kind: 'test', positive: false })], 'pass'],
    [
      'is a placard that nobody declared',
      [also({ kind: 'placard', value: '1203' })],
      'refer DANGEROUS_GOODS',
    ],
    [
      'is a placard of something else than declared',
      [
        box({ dangerousGoods: ['1202'] }),
        policy({ dangerousGoods: ['1202'] }),
        also({ kind: 'placard', value: '1203' }),
      ],
      'refer DANGEROUS_GOODS',
    ],
    [
      'is declared, and the road does not take it',
      [box({ dangerousGoods: ['UN 1203'] })],
      'refer DANGEROUS_GOODS',
    ],
    [
      'is declared, and the road takes it',
      [
        box({ dangerousGoods: ['UN 1203'] }),
        policy({ dangerousGoods: ['1203'] }),
        also({ kind: 'placard', value: 'un1203' }),
      ],
      'pass',
    ],
    [
      'is damage',
      [also({ kind: 'damage', damaged: true, container: BOX, what: 'a hole' })],
      'refer CONTAINER_DAMAGED',
    ],
    ['is too high', [also({ kind: 'gauge', exceeded: true, what: 'height' })], 'refer OUT_OF_GAUGE'],
  ]);
});

describe('a reefer', () => {
  tell([
    ['is not asked for its temperature where that is not demanded', [reefer], 'pass'],
    ['is asked for it where it is', [reefer, withTemperature], 'hold EVIDENCE_PENDING'],
    ['is as cold as it may be', [reefer, withTemperature, celsius(-20)], 'pass'],
    ['is as warm as it may be', [reefer, withTemperature, celsius(-16)], 'pass'],
    ['is too warm', [reefer, celsius(-15.9)], 'refer REEFER_TEMPERATURE'],
    ['is too cold', [reefer, celsius(-20.1)], 'refer REEFER_TEMPERATURE'],
    [
      'was measured long ago',
      [reefer, withTemperature, celsius(-18, { at: time(-120_001) })],
      'hold EVIDENCE_STALE',
    ],
    [
      'was too warm, and is not any more',
      [reefer, celsius(-10, { at: time(-60_000) }), celsius(-18)],
      'pass',
    ],
    [
      'is too warm by one of two readings of one time',
      [reefer, celsius(-10), celsius(-18)],
      'refer REEFER_TEMPERATURE',
    ],
    ['is not the one that was measured', [reefer, celsius(5, { container: REAR_BOX })], 'pass'],
    [
      'is too warm, says an officer, which counts against it',
      [reefer, celsius(5, { by: { person: 'lan' } })],
      'refer REEFER_TEMPERATURE',
    ],
    [
      'is cold enough, says an officer, which does not count for it',
      [reefer, withTemperature, celsius(-18, { by: { person: 'lan' } })],
      'hold EVIDENCE_PENDING',
    ],
  ]);
});

describe('an empty container', () => {
  tell([
    ['was looked into', [empty], 'pass'],
    ['was not looked into', [empty, without('emptiness')], 'hold EVIDENCE_PENDING'],
    ['was looked into long ago', [empty, read('emptiness', { at: time(-120_001) })], 'hold EVIDENCE_STALE'],
    ['is not empty', [empty, read('emptiness', { empty: false })], 'refer EMPTY_NOT_EMPTY'],
    [
      'is not empty to one of two',
      [empty, look({ empty: false, at: time(-600_000) })],
      'refer EMPTY_NOT_EMPTY',
    ],
    [
      'is not empty to an officer without a photo',
      [empty, look({ empty: false, by: { person: 'lan' } })],
      'refer EMPTY_NOT_EMPTY',
    ],
    [
      'is another one than was looked into',
      [empty, read('emptiness', { container: REAR_BOX })],
      'hold EVIDENCE_PENDING',
    ],
    ['is not asked for where containers are laden', [twins, checkpoint('border-out')], 'pass'],
  ]);
});
