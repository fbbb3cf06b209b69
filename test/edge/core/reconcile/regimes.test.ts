import assert from 'node:assert/strict';
import {
  BOX,
  bobtail,
  type Change,
  checkpoint,
  codesOf,
  conditions,
  HOUR_MS,
  judge,
  line,
  policy,
  tell,
  time,
  vehicle,
  word,
} from '../../../support/reconcile-case.ts';

const regime = (members: Record<string, unknown> = {}): Change =>
  policy({
    regimes: [
      {
        id: 'h1',
        name: 'bird flu',
        legalBasis: 'Law on Prevention of Infectious Diseases 03/2007/QH12, article 42',
        declaredBy: 'Lạng Sơn province',
        from: time(-HOUR_MS),
        until: time(HOUR_MS),
        demands: ['quarantine'],
        ...members,
      },
    ],
  });
const poultry = word({ goods: [{ hs: '0207.14', origin: 'CN' }], conditions: {} });
const examined = (state: string, requirement = 'quarantine'): Change =>
  line({
    examinations: [{ container: BOX, requirement, state, source: 'station-1', examinedAt: time(-60_000) }],
  });
const PENDING = 'hold QUARANTINE_PENDING';
const coming = [checkpoint('border-in'), word({ kind: 'import', conditions: {} })];
const ofDrivers = regime({ demands: ['driverHealth'], owner: 'border-guard' });
const UNCHECKED = 'refer DRIVER_HEALTH_UNCHECKED';

describe('a health regime', () => {
  describe('for goods', () => {
    const ofPoultry = regime({ when: { hs: ['0207'] } });
    tell([
      ['demands what customs has not demanded', [poultry, ofPoultry], PENDING],
      ['is met by the examiner’s word', [poultry, ofPoultry, examined('passed')], 'pass'],
      [
        'is met by what customs states to have passed',
        [poultry, conditions({ quarantine: 'passed' }), ofPoultry],
        'pass',
      ],
      [
        'tells a failed examination as that',
        [poultry, ofPoultry, examined('failed')],
        'refer QUARANTINE_FAILED',
      ],
      ['is not met by another examination', [poultry, ofPoultry, examined('passed', 'scan')], PENDING],
      ['speaks of no other goods', [word({ goods: [{ hs: '4011.10' }], conditions: {} }), ofPoultry], 'pass'],
      [
        'speaks of goods of an origin',
        [poultry, regime({ when: { hs: ['0207'], origins: ['CN'] } })],
        PENDING,
      ],
      [
        'speaks of goods of another origin',
        [poultry, regime({ when: { hs: ['0207'], origins: ['TH'] } })],
        'pass',
      ],
      ['that names nothing speaks of all goods', [poultry, regime()], PENDING],
      ['has not begun', [poultry, regime({ from: time(1) })], 'pass'],
      ['begins at its moment', [poultry, regime({ from: time(0) })], PENDING],
      ['is over at its moment', [poultry, regime({ until: time(0) })], 'pass'],
      ['demands nothing where customs’ word is not asked for', [...coming, regime()], 'pass'],
      [
        'demands it where it names the checkpoint',
        [...coming, regime({ when: { checkpoints: ['border-in'] } })],
        PENDING,
      ],
      [
        'may demand several things',
        [poultry, regime({ demands: ['quarantine', 'scan'] })],
        'hold QUARANTINE_PENDING SCAN_PENDING',
      ],
      ['demands nothing of who carries nothing', [bobtail, regime()], 'pass'],
    ]);
  });

  describe('for drivers', () => {
    tell([
      ['has the health document checked where they come in', [...coming, ofDrivers], UNCHECKED],
      ['asks nobody who goes out', [poultry, ofDrivers], 'pass'],
      [
        'asks at the checkpoints it names',
        [poultry, regime({ demands: ['driverHealth'], when: { checkpoints: ['border-out'] } })],
        UNCHECKED,
      ],
      [
        'is met by the word of whoever has checked it',
        [...coming, ofDrivers, examined('passed', 'driverHealth')],
        'pass',
      ],
      ['tells a bad document', [...coming, ofDrivers, examined('failed', 'driverHealth')], UNCHECKED],
      ['asks drivers who carry nothing, too', [bobtail, checkpoint('yard-in'), ofDrivers], UNCHECKED],
      [
        'asks only those who bring its goods, where it names goods',
        [...coming, regime({ demands: ['driverHealth'], when: { hs: ['0207'] } })],
        'pass',
      ],
      [
        'asks no vehicle without a driver',
        [...coming, ofDrivers, line({ facts: { driverless: true } })],
        'pass',
      ],
      [
        'asks no vehicle known by its serial number',
        [...coming, ofDrivers, vehicle({ serial: 'AGV-7' })],
        'pass',
      ],
    ]);

    it('is cleared by the owner it names, and by nobody else', () => {
      const finding = (role: string): Change =>
        line({
          findings: [
            { code: 'DRIVER_HEALTH_UNCHECKED', person: 'lan', role, at: time(-1_000), reason: 'seen' },
          ],
        });
      assert.equal(judge(...coming, ofDrivers, finding('border-guard')).verdict, 'pass');
      assert.equal(judge(...coming, ofDrivers, finding('quarantine-officer')).verdict, 'refer');
    });

    it('says which law it stands on, and who declared it', () => {
      const outcome = judge(...coming, ofDrivers);
      assert.deepEqual(codesOf(outcome), ['DRIVER_HEALTH_UNCHECKED']);
      assert.equal(
        outcome.reasons[0]?.source,
        'h1 (Law on Prevention of Infectious Diseases 03/2007/QH12, article 42; Lạng Sơn province)',
      );
    });
  });
});
