import assert from 'node:assert/strict';
import { catalogue, type ReasonCode } from '../../../../edge/core/reasons.ts';
import {
  advance,
  also,
  alsoExpected,
  BOX,
  bobtail,
  box,
  type Change,
  checkpoint,
  cleared,
  codesOf,
  conditions,
  crossing,
  demanding,
  empty,
  HOUR_MS,
  judge,
  line,
  OTHER_DECLARATION,
  policy,
  REAR_BOX,
  read,
  time,
  vehicle,
  without,
  word,
} from '../../../support/reconcile-case.ts';

/** What only a running gate finds: its lanes, its cranes, the gate across the border. */
type OfTheRunningGate =
  | 'LANE_OBSTRUCTED'
  | 'CAME_BACK'
  | 'RECALLED'
  | 'DISCREPANCY_OPEN'
  | 'YARD_CONTAINER_MISMATCH'
  | 'TRUCK_UNCERTAIN'
  | 'LOST_ON_SECTION'
  | 'UNSEEN_SINCE_RESTORE'
  | 'JOB_FAILED'
  | 'JOB_LOST';

interface Pair {
  verdict: 'pass' | 'hold' | 'refer';
  /** One change that brings the reason. */
  is: Change[];
  /** A change as near to it as can be that does not. */
  isNot: Change[];
}

const rule = { id: 'r1', legalBasis: 'Decision 1', from: time(-HOUR_MS), when: { hs: ['4011'] } };
const list = {
  id: 'w1',
  from: time(-HOUR_MS),
  until: time(HOUR_MS),
  entries: [{ kind: 'plate', value: '12C-123.45' }],
};
const outage = {
  legalBasis: 'Decision 2',
  declaredBy: 'head of branch',
  from: time(-HOUR_MS),
  until: time(HOUR_MS),
  sources: ['VNACCS'],
};
const origin = { kind: 'certificate-of-origin', reference: 'CO-1' };
const epidemic = {
  id: 'h1',
  legalBasis: 'Law 03/2007/QH12',
  declaredBy: 'head of the province',
  from: time(-HOUR_MS),
  until: time(HOUR_MS),
  demands: ['driverHealth'],
};
const stranger = (kind: string, value: string): Change => read(kind, { value });
const reefer = box({ temperature: { minC: -20, maxC: -16 } });
const transit = (mrn?: string): Change => word({ kind: 'transit', mrn });
const entered = (hoursAgo: number): Change =>
  crossing({ visit: { enteredAt: time(-hoursAgo * HOUR_MS), bothWays: false } });
const fact = (members: Record<string, unknown>): Change => line({ facts: members });
const test = (members: Record<string, unknown>): Change => also({ kind: 'test', ...members });

const PAIRS: Record<Exclude<ReasonCode, OfTheRunningGate>, Pair> = {
  // Who it is.
  NO_CROSSING_MATCH: { verdict: 'refer', is: [line({ expected: [] })], isNot: [] },
  AMBIGUOUS_MATCH: {
    verdict: 'refer',
    is: [alsoExpected({ crossingId: 'x2' })],
    isNot: [alsoExpected({ crossingId: 'x2', vehicle: { plate: '29H-999.99' }, containers: [] })],
  },
  EVIDENCE_PENDING: { verdict: 'hold', is: [without('plate')], isNot: [] },
  EVIDENCE_STALE: {
    verdict: 'hold',
    is: [read('plate', { at: time(-120_001) })],
    isNot: [read('plate', { at: time(-120_000) })],
  },
  PLATE_MISMATCH: {
    verdict: 'refer',
    is: [stranger('plate', '29H98765')],
    isNot: [stranger('plate', '１２c 123·45')],
  },
  TRAILER_MISMATCH: {
    verdict: 'refer',
    is: [stranger('trailer', '15R98765')],
    isNot: [stranger('trailer', '12r-01234')],
  },
  TRAILER_UNANNOUNCED: { verdict: 'pass', is: [vehicle({ trailer: undefined })], isNot: [] },
  VEHICLE_MISMATCH: {
    verdict: 'refer',
    is: [vehicle({ rfid: 'E200-1' }), also({ kind: 'rfid', value: 'E200-2' })],
    isNot: [
      vehicle({ rfid: ['E200-0', 'E200-1'] }),
      also({ kind: 'rfid', value: 'E200-2' }, { kind: 'rfid', value: 'E200-1' }),
    ],
  },
  CONTAINER_MISMATCH: {
    verdict: 'refer',
    is: [stranger('container', REAR_BOX)],
    isNot: [stranger('container', 'csqu 305438-3')],
  },
  CONTAINER_UNREADABLE: {
    verdict: 'refer',
    is: [read('container', { quality: 0.2 })],
    isNot: [without('container'), line({ readingUntil: time(1) })],
  },
  CONTAINER_UNEXPECTED: {
    verdict: 'refer',
    is: [bobtail, also({ kind: 'container', value: BOX })],
    isNot: [bobtail],
  },
  CONTAINER_ELSEWHERE: {
    verdict: 'refer',
    is: [line({ sightings: [{ container: BOX, place: 'slot-3', at: time(-HOUR_MS), now: true }] })],
    isNot: [
      line({ sightings: [{ container: BOX, place: 'slot-3', at: time(0), now: true, crossingId: 'x1' }] }),
    ],
  },
  DUPLICATE_CROSSING: {
    verdict: 'refer',
    is: [crossing({ passedAt: time(-HOUR_MS) })],
    isNot: [alsoExpected({ crossingId: 'x2', containers: [], vehicle: { plate: '29H-999.99' } })],
  },
  NOT_BOOKED: {
    verdict: 'refer',
    is: [checkpoint('yard-in'), crossing({ booked: false })],
    isNot: [crossing({ booked: false })],
  },
  READ_DOUBTFUL: {
    verdict: 'pass',
    is: [
      read('container', { value: 'CSQU3054385' }),
      also({ kind: 'container', device: 'ocr-1', readId: 'second', value: 'CSQU3054385' }),
    ],
    isNot: [also({ kind: 'container', device: 'ocr-1', readId: 'second', value: BOX })],
  },
  RETURN_UNLINKED: {
    verdict: 'refer',
    is: [crossing({ load: 'return' })],
    isNot: [crossing({ load: 'return', returnOf: { move: 'x0', refusal: 'refused by quarantine' } })],
  },

  // What it carries.
  CONTAINER_DAMAGED: {
    verdict: 'refer',
    is: [also({ kind: 'damage', damaged: true })],
    isNot: [also({ kind: 'damage', damaged: false })],
  },
  EMPTY_NOT_EMPTY: {
    verdict: 'refer',
    is: [empty, read('emptiness', { empty: false })],
    isNot: [empty],
  },
  SEAL_MISMATCH: {
    verdict: 'refer',
    is: [stranger('seal', 'VN123457')],
    isNot: [stranger('seal', 'vn 123456')],
  },
  SEAL_MISSING: {
    verdict: 'refer',
    is: [without('seal')],
    isNot: [without('seal'), demanding('plate', 'clearance')],
  },
  SEAL_BROKEN: { verdict: 'refer', is: [read('seal', { state: 'broken' })], isNot: [] },
  SEAL_CHANGE_UNRECORDED: {
    verdict: 'refer',
    is: [stranger('seal', 'VN777777')],
    isNot: [
      stranger('seal', 'VN777777'),
      box({
        sealHistory: [
          { action: 'applied', number: 'VN123456', at: time(-9 * HOUR_MS) },
          {
            action: 'replaced',
            number: 'VN777777',
            replaces: 'VN123456',
            officer: 'lan',
            reason: 'inspection',
            at: time(-HOUR_MS),
          },
        ],
      }),
    ],
  },
  WEIGHT_OUT_OF_TOLERANCE: {
    verdict: 'refer',
    is: [read('weight', { grossKg: 39_801 })],
    isNot: [read('weight', { grossKg: 39_800 })],
  },
  WEIGHT_UNSTABLE: { verdict: 'hold', is: [read('weight', { stable: false })], isNot: [] },
  WEIGHT_BASIS_UNKNOWN: {
    verdict: 'refer',
    is: [cleared({ grossBasis: 'cargo' })],
    isNot: [cleared({ grossBasis: 'cargo', grossKg: 21_900 }), box({ sizeType: '22G1' })],
  },
  OVERLOAD: {
    verdict: 'refer',
    is: [
      policy({
        weightLimits: { VN: { totalKg: 40_000, axleKg: 10_000 }, CN: { totalKg: 39_349, axleKg: 9_000 } },
      }),
    ],
    isNot: [policy({ weightLimits: { VN: { totalKg: 39_350, axleKg: 10_000 } } })],
  },
  AXLE_OVERLOAD: {
    verdict: 'refer',
    is: [read('weight', { axlesKg: [7_000, 10_001] })],
    isNot: [read('weight', { axlesKg: [7_000, 10_000] })],
  },
  OUT_OF_GAUGE: {
    verdict: 'refer',
    is: [also({ kind: 'gauge', exceeded: true })],
    isNot: [also({ kind: 'gauge', exceeded: false })],
  },
  RADIATION_ALARM: { verdict: 'refer', is: [read('radiation', { alarm: true })], isNot: [] },
  RADIATION_UNKNOWN: { verdict: 'hold', is: [without('radiation')], isNot: [] },
  EXPLOSIVE_OR_CHEMICAL: {
    verdict: 'refer',
    is: [test({ positive: true, substance: 'explosive' })],
    isNot: [test({ positive: false, substance: 'explosive' })],
  },
  TEST_POSITIVE: {
    verdict: 'refer',
    is: [test({ positive: true, substance: 'drug' })],
    isNot: [test({ positive: false, substance: 'drug' })],
  },
  DANGEROUS_GOODS: {
    verdict: 'refer',
    is: [also({ kind: 'placard', value: 'UN 1203' })],
    isNot: [
      also({ kind: 'placard', value: 'UN 1203' }),
      box({ dangerousGoods: ['1203'] }),
      policy({ dangerousGoods: ['UN1203'] }),
    ],
  },
  REEFER_TEMPERATURE: {
    verdict: 'refer',
    is: [reefer, also({ kind: 'temperature', celsius: -15.9 })],
    isNot: [reefer, also({ kind: 'temperature', celsius: -16 })],
  },
  MIXED_CARGO: {
    verdict: 'refer',
    is: [word({ goods: [{ hs: '08106000' }, { hs: '08045020' }] })],
    isNot: [word({ goods: [{ hs: '08106000' }, { hs: '0810.60.00.10' }] })],
  },
  HS_CODE_INVALID: {
    verdict: 'refer',
    is: [word({ goods: [{ hs: '7712.34' }] })],
    isNot: [word({ goods: [{ hs: '8517.13' }] })],
  },
  DWELL_EXCEEDED: { verdict: 'pass', is: [entered(25)], isNot: [entered(24)] },

  // What customs and the other authorities say.
  NO_CLEARANCE: {
    verdict: 'hold',
    is: [crossing({ declarations: ['308044805740', OTHER_DECLARATION] })],
    isNot: [crossing({ declarations: ['3080-4480-5740'] })],
  },
  NOT_RELEASED: { verdict: 'hold', is: [word({ status: 'inspected' })], isNot: [] },
  CLEARANCE_WITHDRAWN: { verdict: 'refer', is: [word({ status: 'withdrawn' })], isNot: [] },
  CLEARANCE_EXPIRED: {
    verdict: 'hold',
    is: [word({ validUntil: time(0) })],
    isNot: [word({ validUntil: time(1) })],
  },
  CLEARANCE_STALE: {
    verdict: 'hold',
    is: [word({ asOf: time(-900_001) })],
    isNot: [word({ asOf: time(-900_000) })],
  },
  DECLARATIONS_INCOMPLETE: {
    verdict: 'refer',
    is: [word({ complete: 'unknown' })],
    isNot: [word({ complete: true })],
  },
  ADVANCE_DOCUMENT_PENDING: {
    verdict: 'hold',
    is: [word({ claims: [origin] })],
    isNot: [word({ claims: [origin] }), advance(origin)],
  },
  ADVANCE_DOCUMENT_INVALID: {
    verdict: 'refer',
    is: [word({ claims: [origin] }), advance({ ...origin, status: 'revoked' })],
    isNot: [advance({ ...origin, status: 'revoked' })],
  },
  ALLOTMENT_EXCEEDED: {
    verdict: 'refer',
    is: [cleared({ allotment: { packages: 101 } }), word({ remaining: { packages: 100 } })],
    isNot: [cleared({ allotment: { packages: 100 } }), word({ remaining: { packages: 100 } })],
  },
  RED_NOT_INSPECTED: {
    verdict: 'refer',
    is: [word({ channel: 'red' })],
    isNot: [word({ channel: 'red', conditions: { inspection: 'passed' } })],
  },
  YELLOW_NOT_CHECKED: {
    verdict: 'hold',
    is: [word({ channel: 'yellow' })],
    isNot: [word({ channel: 'yellow', conditions: { documentCheck: 'passed' } })],
  },
  SCAN_PENDING: {
    verdict: 'hold',
    is: [conditions({ scan: 'required' })],
    isNot: [conditions({ scan: 'passed' })],
  },
  SCAN_REJECTED: {
    verdict: 'refer',
    is: [conditions({ scan: 'failed' })],
    isNot: [conditions({ scan: 'passed' })],
  },
  QUARANTINE_PENDING: {
    verdict: 'hold',
    is: [conditions({ quarantine: 'required' })],
    isNot: [conditions({})],
  },
  QUARANTINE_FAILED: {
    verdict: 'refer',
    is: [conditions({ quarantine: 'failed' })],
    isNot: [conditions({})],
  },
  BORDER_GUARD_PENDING: {
    verdict: 'hold',
    is: [conditions({ borderGuard: 'required' })],
    isNot: [conditions({ borderGuard: 'passed' })],
  },
  BORDER_GUARD_REFUSED: {
    verdict: 'refer',
    is: [conditions({ borderGuard: 'failed' })],
    isNot: [conditions({ borderGuard: 'passed' })],
  },
  DRIVER_DOCUMENT_INVALID: {
    verdict: 'refer',
    is: [conditions({ driverDocuments: 'failed' })],
    isNot: [conditions({ driverDocuments: 'passed' })],
  },
  VEHICLE_DOCUMENT_INVALID: {
    verdict: 'refer',
    is: [conditions({ vehicleDocuments: 'required' })],
    isNot: [conditions({ vehicleDocuments: 'passed' })],
  },
  DRIVER_HEALTH_UNCHECKED: {
    verdict: 'refer',
    is: [policy({ regimes: [epidemic] }), checkpoint('border-in'), word({ kind: 'import' })],
    isNot: [
      policy({ regimes: [{ ...epidemic, until: time(0) }] }),
      checkpoint('border-in'),
      word({ kind: 'import' }),
    ],
  },
  FEE_UNPAID: {
    verdict: 'hold',
    is: [conditions({ fees: 'required' })],
    isNot: [conditions({ fees: 'passed' })],
  },
  WATCHLIST_HIT: {
    verdict: 'refer',
    is: [policy({ lists: [list] })],
    isNot: [policy({ lists: [{ ...list, until: time(0) }] })],
  },
  RISK_RULE_HIT: {
    verdict: 'refer',
    is: [word({ goods: [{ hs: '4011.10' }] }), policy({ rules: [rule] })],
    isNot: [word({ goods: [{ hs: '4012.11' }] }), policy({ rules: [rule] })],
  },
  TRANSIT_MRN_MISMATCH: {
    verdict: 'refer',
    is: [transit()],
    isNot: [transit('06DE586600006143E1')],
  },
  TEMPORARY_ADMISSION_OVERDUE: {
    verdict: 'refer',
    is: [word({ returnBy: time(0) })],
    isNot: [word({ returnBy: time(1) })],
  },
  OUTAGE_REGIME: {
    verdict: 'pass',
    is: [word({ asOf: time(-HOUR_MS) }), policy({ outage })],
    isNot: [policy({ outage })],
  },

  // The gate itself.
  CLOCK_UNTRUSTED: {
    verdict: 'hold',
    is: [line({ clockTrusted: false })],
    isNot: [line({ clockTrusted: true })],
  },
  DEVICE_OFFLINE: {
    verdict: 'hold',
    is: [fact({ devicesDown: ['anpr-1'] })],
    isNot: [fact({ devicesDown: [] })],
  },
  LANE_STOPPED: { verdict: 'hold', is: [fact({ laneStopped: true })], isNot: [fact({ laneStopped: false })] },
  LANE_CLOSED: { verdict: 'hold', is: [fact({ laneOpen: false })], isNot: [fact({ laneOpen: true })] },
  GATE_STOPPED: { verdict: 'hold', is: [fact({ gateStopped: true })], isNot: [fact({ gateStopped: false })] },
  LINE_NOT_CLEAR: {
    verdict: 'hold',
    is: [demanding('line-clear')],
    isNot: [demanding('line-clear'), fact({ lineClear: true })],
  },
  COUNTERPART_NOT_OFFERED: {
    verdict: 'refer',
    is: [demanding('grant')],
    isNot: [demanding('grant'), fact({ granted: true })],
  },
  COUNTERPART_CLOSED: {
    verdict: 'hold',
    is: [demanding('line-clear'), fact({ lineClear: true, counterpartOpen: false })],
    isNot: [demanding('line-clear'), fact({ lineClear: true, counterpartOpen: true })],
  },
  SECTION_CLOSED: {
    verdict: 'hold',
    is: [demanding('line-clear'), fact({ lineClear: true, sectionClosed: true })],
    isNot: [demanding('line-clear'), fact({ lineClear: true, sectionClosed: false })],
  },
  YARD_FULL: { verdict: 'hold', is: [demanding('bay')], isNot: [demanding('bay'), fact({ bayFree: true })] },
};

describe('every reason', () => {
  for (const [code, { verdict, is, isNot }] of Object.entries(PAIRS) as [ReasonCode, Pair][]) {
    it(`${code} is given where it should be, and ${verdict === 'pass' ? 'blocks nothing' : `the vehicle is to ${verdict}`}`, () => {
      const outcome = judge(...is);
      assert.ok(codesOf(outcome).includes(code), codesOf(outcome).join(' '));
      assert.equal(outcome.verdict, verdict, codesOf(outcome).join(' '));
      const found = outcome.reasons.find((one) => one.code === code);
      assert.deepEqual(
        { severity: found?.severity, text: found?.text, remedy: found?.remedy },
        { severity: catalogue[code].severity, text: catalogue[code].text, remedy: catalogue[code].remedy },
      );
    });

    it(`${code} is not given where it only seems so`, () => {
      const outcome = judge(...isNot);
      assert.ok(!codesOf(outcome).includes(code));
      // Where nothing else is changed than what the reason is about, nothing else speaks against it.
      if (isNot.length === 0) assert.deepEqual(outcome.reasons, []);
    });
  }
});
