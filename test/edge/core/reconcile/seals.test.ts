import assert from 'node:assert/strict';
import {
  also,
  alsoCleared,
  BOX,
  box,
  type Change,
  checkpoint,
  cleared,
  crossing,
  demanding,
  empty,
  HOUR_MS,
  judge,
  line,
  OTHER_DECLARATION,
  REAR_BOX,
  read,
  tell,
  time,
  twins,
  without,
} from '../../../support/reconcile-case.ts';

const history = (...events: Record<string, unknown>[]): Change =>
  box({
    sealHistory: events.map((one) => ({ officer: 'lan', reason: 'inspection', at: time(-HOUR_MS), ...one })),
  });
const applied = { action: 'applied', number: 'VN123456' };
const replaced = { action: 'replaced', number: 'VN777777', replaces: 'VN123456' };
const removed = { action: 'removed', number: 'VN123456' };
const unsealed: Change[] = [box({ seals: ['#####'] }), cleared({ seals: ['#####'] })];
const unstated: Change[] = [box({ seals: undefined }), cleared({ seals: undefined })];
const onDoors = (value: string): Change => read('seal', { value });
const required = cleared({ sealRule: 'required' });
const gone =
  (member: string): Change =>
  ({ evidence }) => {
    evidence.splice(
      evidence.findIndex(({ value }) => value === member),
      1,
    );
  };

const CHANGED = 'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH';

describe('a seal', () => {
  tell([
    ['is the same in small letters, with a hyphen and its class', [onDoors('vn-123456 (H)')], 'pass'],
    [
      'with the letter O for the digit 0 is another',
      [box({ seals: ['VN0'] }), cleared({ seals: ['VN0'] }), onDoors('VNO')],
      'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
    ],
    ['is another', [onDoors('VN999999')], 'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH'],
    ['is not there', [read('seal', { state: 'missing', value: undefined })], 'refer SEAL_MISSING'],
    ['is not read', [without('seal')], 'refer SEAL_MISSING'],
    ['cannot be read', [read('seal', { state: 'unreadable', value: undefined })], 'refer SEAL_MISSING'],
    ['is intact, and its number is not told', [read('seal', { value: undefined })], 'refer SEAL_MISSING'],
    ['is read too badly', [read('seal', { quality: 0.49 })], 'refer SEAL_MISSING'],
    [
      'is awaited while the devices read',
      [without('seal'), line({ readingUntil: time(1) })],
      'hold EVIDENCE_PENDING',
    ],
    ['is broken, and that is all', [read('seal', { state: 'broken' })], 'refer SEAL_BROKEN'],
    [
      'is broken, whatever another reader says',
      [also({ kind: 'seal', value: 'VN123456', state: 'broken' })],
      'refer SEAL_BROKEN',
    ],
    [
      'is broken, however badly that is seen',
      [also({ kind: 'seal', state: 'broken', quality: 0.1 })],
      'refer SEAL_BROKEN',
    ],
    [
      'is broken on an empty container',
      [empty, also({ kind: 'seal', state: 'broken' })],
      'refer SEAL_BROKEN',
    ],
    [
      'is broken at a time to come',
      [also({ kind: 'seal', state: 'broken', at: time(1) })],
      'refer EVIDENCE_STALE SEAL_BROKEN',
    ],
    ['was read too long ago', [read('seal', { at: time(-120_001) })], 'hold EVIDENCE_STALE'],
    [
      'was read long ago and again just now, in any order',
      [also({ kind: 'seal', value: 'VN123456', at: time(-600_000) })],
      'pass',
    ],
    [
      'more than on record was put on by nobody knows whom',
      [also({ kind: 'seal', value: 'VN888888' })],
      'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
    ],
    [
      'of two is not there',
      [box({ seals: ['VN123456', 'VN2'] }), cleared({ seals: ['VN123456', 'VN2'] })],
      'refer SEAL_MISSING',
    ],
    [
      'of two is announced by one and listed by the other',
      [box({ seals: ['VN123456', 'VN2'] }), also({ kind: 'seal', value: 'VN2' })],
      'pass',
    ],
    [
      'is one to the announcer and another to customs',
      [box({ seals: ['VN2'] })],
      'refer SEAL_CHANGE_UNRECORDED',
    ],
    ['is asked for only where it is demanded', [without('seal'), demanding('plate', 'clearance')], 'pass'],
    [
      'is seen to be gone where nothing is demanded',
      [read('seal', { state: 'missing' }), demanding('plate', 'clearance')],
      'refer SEAL_MISSING',
    ],
    [
      'of a return is asked for, too',
      [crossing({ load: 'return', returnOf: { move: 'x0', refusal: 'mould' } }), without('seal')],
      'refer SEAL_MISSING',
    ],
  ]);

  describe('that there is none of', () => {
    tell([
      ['is none', [...unsealed, without('seal')], 'pass'],
      ['is none on the empty list', [box({ seals: [] }), cleared({ seals: [] }), without('seal')], 'pass'],
      ['is one all the same', unsealed, 'refer SEAL_CHANGE_UNRECORDED'],
      ['is none to customs, and the announcer names one', [cleared({ seals: ['#####'] })], 'pass'],
      ['must be there, says customs', [...unsealed, without('seal'), required], 'refer SEAL_MISSING'],
      ['may be there, says customs', [cleared({ sealRule: 'optional' }), without('seal')], 'pass'],
      [
        'may be there, and then it is the right one',
        [cleared({ sealRule: 'optional' }), onDoors('VN9')],
        'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
      ],
      [
        'need not be there, and is said to be missing',
        [cleared({ sealRule: 'none' }), read('seal', { state: 'missing' })],
        'pass',
      ],
      ['nobody has said', [...unstated, without('seal')], 'pass'],
      [
        'nobody has said, and customs wants one',
        [...unstated, required, without('seal')],
        'refer SEAL_MISSING',
      ],
      [
        'is wanted under one of two declarations',
        [
          ...unsealed,
          without('seal'),
          crossing({ declarations: [] }),
          alsoCleared({ declaration: OTHER_DECLARATION, sealRule: 'required' }),
        ],
        'refer SEAL_MISSING',
      ],
    ]);
  });

  describe('with a history', () => {
    tell([
      ['is the one that was put on', [history(applied)], 'pass'],
      ['is the one that replaced it', [history(applied, replaced), onDoors('VN777777')], 'pass'],
      ['is the one that was taken off', [history(applied, replaced)], 'refer SEAL_MISMATCH'],
      [
        'is neither of the two',
        [history(applied, replaced), onDoors('VN9')],
        'refer SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
      ],
      [
        'is neither on record nor taken off, and customs lists it',
        [history({ ...applied, number: 'VN5' }), onDoors('VN5')],
        'refer SEAL_CHANGE_UNRECORDED',
      ],
      ['was taken off and none put on', [history(applied, removed), without('seal')], 'refer SEAL_MISSING'],
      [
        'was taken off and none put on, says who lists none',
        [...unsealed, history(applied, removed), without('seal')],
        'pass',
      ],
      [
        'was taken off and put on again, which no honest seal is',
        [history(applied, removed, applied)],
        'refer SEAL_MISMATCH',
      ],
      [
        'was replaced by nobody',
        [history(applied, { ...replaced, officer: '' }), onDoors('VN777777')],
        'refer SEAL_CHANGE_UNRECORDED',
      ],
      [
        'was replaced for no reason',
        [history(applied, { ...replaced, reason: undefined }), onDoors('VN777777')],
        'refer SEAL_CHANGE_UNRECORDED',
      ],
      [
        'was replaced at a time to come',
        [history(applied, { ...replaced, at: time(1) }), onDoors('VN777777')],
        'refer SEAL_CHANGE_UNRECORDED',
      ],
      ['without an event is the one that is announced', [history()], 'pass'],
    ]);
  });

  describe('of one of two containers', () => {
    tell([
      ['is read by one reader without a word on which', [twins], 'pass'],
      ['is not read, while that of the other is', [twins, gone('VN123456')], 'refer SEAL_MISSING'],
      [
        'is not read, while that of the other is: the other way round',
        [twins, gone('VN654321')],
        'refer SEAL_MISSING',
      ],
      [
        'is on the other',
        [
          twins,
          ({ evidence }) => {
            for (const one of evidence)
              if (one.kind === 'seal') one.container = one.value === 'VN123456' ? REAR_BOX : BOX;
          },
        ],
        'refer SEAL_MISSING',
      ],
      [
        'is said to be missing of the other',
        [twins, also({ kind: 'seal', state: 'missing', container: 'MWCU 605978-4' })],
        'refer SEAL_MISSING',
      ],
    ]);
  });

  describe('read in several frames', () => {
    const frames = (...values: (string | Record<string, unknown>)[]): Change =>
      also(
        ...values.map((one) => ({
          kind: 'seal',
          device: 'seal-1',
          quality: 0.9,
          ...(typeof one === 'string' ? { value: one } : one),
        })),
      );
    const both = [box({ seals: ['VN123456', 'HQ7'] }), cleared({ seals: ['VN123456', 'HQ7'] })];
    tell([
      ['is misread in one of three', [frames('VN123456', 'VN128456')], 'pass'],
      ['is misread in one of two: nobody knows which', [frames('VN128456')], CHANGED],
      ['is misread in as many as not', [frames('VN123456', 'VN128456', 'VN123466')], CHANGED],
      ['is another in two of three', [frames('VN123457', 'VN123457')], CHANGED],
      [
        'is another to a second reader',
        [frames('VN123456', { value: 'VN123457', device: 'seal-2' })],
        CHANGED,
      ],
      ['has another beside it that is not like it', [frames('VN123456', 'ZZ9')], CHANGED],
      [
        'has another beside it that is like it, and broken',
        [frames('VN123456', { value: 'VN128456', state: 'broken' })],
        'refer SEAL_BROKEN SEAL_CHANGE_UNRECORDED SEAL_MISMATCH',
      ],
      [
        'has another beside it that is like it, and was taken off',
        [
          history({ action: 'replaced', number: 'VN123456', replaces: 'VN123457' }),
          frames('VN123456', 'VN123457'),
        ],
        'refer SEAL_MISMATCH',
      ],
      [
        'does not stand in for the second, misread',
        [...both, frames('VN123456', 'VN128456')],
        'refer SEAL_MISSING',
      ],
    ]);
  });

  it('tells what was expected, what was read, and by which device', () => {
    const found = judge(onDoors('VN9')).reasons.find(({ code }) => code === 'SEAL_MISMATCH');
    assert.equal(found?.detail, `${BOX}: expected VN123456, read VN9`);
    assert.equal(found?.source, 'seal-1');
  });

  it('is listed thousands of times and still found at once', () => {
    const seals = Array.from({ length: 5_000 }, (_, at) => `S${at}`);
    assert.equal(judge(box({ seals }), cleared({ seals }), checkpoint('border-out')).verdict, 'refer');
  });
});
