import assert from 'node:assert/strict';
import { catalogue, type ReasonCode } from '../../../edge/core/reasons.ts';
import { reconcile } from '../../../edge/core/reconcile.ts';
import {
  also,
  type Change,
  caseOf,
  crossing,
  demanding,
  finding,
  HOUR_MS,
  judge,
  line,
  policy,
  read,
  tell,
  time,
  twins,
  without,
  word,
} from '../../support/reconcile-case.ts';

describe('a verdict', () => {
  tell([
    [
      'is the worst of all reasons, and all are told',
      [word({ status: 'registered' }), read('seal', { state: 'broken' }), without('radiation')],
      'refer NOT_RELEASED RADIATION_UNKNOWN SEAL_BROKEN',
    ],
    [
      'is a wait where only waits are told',
      [word({ status: 'registered' }), without('radiation')],
      'hold NOT_RELEASED RADIATION_UNKNOWN',
    ],
  ]);

  it('tells the worst first', () => {
    const { reasons } = judge(
      word({ status: 'registered' }),
      crossing({ visit: { enteredAt: time(-40 * HOUR_MS) } }),
      read('seal', { state: 'broken' }),
    );
    assert.deepEqual(
      reasons.map(({ severity }) => severity),
      ['refer', 'hold', 'info'],
    );
  });

  it('tells a thing once', () => {
    const { reasons } = judge(also(...Array.from({ length: 5 }, () => ({ kind: 'radiation', alarm: true }))));
    assert.equal(reasons.length, 1);
  });

  it('changes nothing of what it is given', () => {
    const the = caseOf(twins);
    const before = structuredClone(the);
    reconcile(the);
    assert.deepEqual(the, before);
  });
});

describe('a condition', () => {
  const dated = (members: Record<string, unknown>): Change =>
    policy({ basis: { radiation: { legalBasis: 'Circular 1', ...members } } });
  tell([
    [
      'is demanded from its first day',
      [without('radiation'), dated({ from: time(0) })],
      'hold RADIATION_UNKNOWN',
    ],
    ['is not demanded before', [without('radiation'), dated({ from: time(1) })], 'pass'],
    ['is not demanded from its end', [without('radiation'), dated({ until: time(0) })], 'pass'],
    [
      'is demanded until its end',
      [without('radiation'), dated({ until: time(1) })],
      'hold RADIATION_UNKNOWN',
    ],
    [
      'that is not demanded does not make what was seen unseen',
      [read('radiation', { alarm: true }), dated({ until: time(0) })],
      'refer RADIATION_ALARM',
    ],
    [
      'is not there where the site demands nothing',
      [demanding(), line({ evidence: [{ kind: 'plate', device: 'a', value: '12C12345', at: time(0) }] })],
      'pass',
    ],
  ]);
});

describe('a person’s finding', () => {
  const broken = read('seal', { state: 'broken' });
  const about = (members: Record<string, unknown> = {}): Change =>
    finding({ code: 'SEAL_BROKEN', ...members });
  tell([
    ['of the owner clears its reason, which is still told', [broken, about()], 'pass SEAL_BROKEN'],
    ['of somebody else does not', [broken, about({ role: 'operator' })], 'refer SEAL_BROKEN'],
    [
      'of the owner’s superior at the gate does not',
      [broken, about({ role: 'supervisor' })],
      'refer SEAL_BROKEN',
    ],
    ['about something else does not', [broken, about({ code: 'SEAL_MISSING' })], 'refer SEAL_BROKEN'],
    ['of a time to come does not', [broken, about({ at: time(1) })], 'refer SEAL_BROKEN'],
    ['about this very seal clears it', [broken, about({ detail: 'VN123456' })], 'pass SEAL_BROKEN'],
    ['about another seal does not', [broken, about({ detail: 'VN9' })], 'refer SEAL_BROKEN'],
    [
      'does not clear what else there is',
      [broken, about(), without('trailer')],
      'hold EVIDENCE_PENDING SEAL_BROKEN',
    ],
    ['named as a prototype clears nothing', [broken, about({ code: '__proto__' })], 'refer SEAL_BROKEN'],
    [
      'does not stand in for time: what only waits goes on waiting',
      [word({ status: 'registered' }), about({ code: 'NOT_RELEASED' })],
      'hold NOT_RELEASED',
    ],
    [
      'does not outdo customs’ withdrawal',
      [word({ status: 'withdrawn' }), about({ code: 'CLEARANCE_WITHDRAWN' })],
      'refer CLEARANCE_WITHDRAWN',
    ],
    [
      'does not silence a radiation alarm',
      [read('radiation', { alarm: true }), about({ code: 'RADIATION_ALARM' })],
      'refer RADIATION_ALARM',
    ],
    [
      'does not defuse an explosive',
      [
        also({ kind: 'test', positive: true, substance: 'explosive' }),
        about({ code: 'EXPLOSIVE_OR_CHEMICAL', role: 'border-guard' }),
      ],
      'refer EXPLOSIVE_OR_CHEMICAL',
    ],
  ]);

  it('is told with the person and the reason', () => {
    const [told] = judge(broken, about({ reason: 'opened with the carrier' })).reasons;
    assert.equal(told?.severity, 'info');
    assert.match(told?.detail ?? '', /cleared by lan: opened with the carrier/);
  });

  it('clears a reason that needs a person if it is the owner’s, and no other reason at all', () => {
    for (const [code, { severity, releasableBy }] of Object.entries(catalogue))
      if (severity !== 'refer') assert.deepEqual(releasableBy, [], code);
  });
});

describe('the codes of the catalogue', () => {
  it('are those that are asked for, and more', () => {
    const asked = (
      'NO_CROSSING_MATCH AMBIGUOUS_MATCH PLATE_MISMATCH TRAILER_MISMATCH CONTAINER_MISMATCH CONTAINER_UNREADABLE ' +
      'CONTAINER_ELSEWHERE CONTAINER_DAMAGED EMPTY_NOT_EMPTY SEAL_MISMATCH SEAL_MISSING SEAL_BROKEN SEAL_CHANGE_UNRECORDED ' +
      'WEIGHT_OUT_OF_TOLERANCE WEIGHT_UNSTABLE WEIGHT_BASIS_UNKNOWN OVERLOAD AXLE_OVERLOAD OUT_OF_GAUGE RADIATION_ALARM ' +
      'RADIATION_UNKNOWN DANGEROUS_GOODS REEFER_TEMPERATURE NO_CLEARANCE NOT_RELEASED CLEARANCE_WITHDRAWN CLEARANCE_EXPIRED ' +
      'CLEARANCE_STALE DECLARATIONS_INCOMPLETE ALLOTMENT_EXCEEDED RED_NOT_INSPECTED YELLOW_NOT_CHECKED SCAN_PENDING ' +
      'SCAN_REJECTED QUARANTINE_PENDING QUARANTINE_FAILED BORDER_GUARD_PENDING BORDER_GUARD_REFUSED DRIVER_DOCUMENT_INVALID ' +
      'VEHICLE_DOCUMENT_INVALID FEE_UNPAID NOT_BOOKED TEST_POSITIVE WATCHLIST_HIT RISK_RULE_HIT DUPLICATE_CROSSING ' +
      'TRANSIT_MRN_MISMATCH DWELL_EXCEEDED TEMPORARY_ADMISSION_OVERDUE MIXED_CARGO HS_CODE_INVALID EVIDENCE_STALE ' +
      'DEVICE_OFFLINE COUNTERPART_NOT_OFFERED COUNTERPART_CLOSED LINE_NOT_CLEAR YARD_FULL'
    ).split(' ');
    assert.deepEqual(
      asked.filter((code) => !Object.hasOwn(catalogue, code)),
      [],
    );
  });

  it('say in three languages what is wrong and what cures it', () => {
    for (const code of Object.keys(catalogue) as ReasonCode[]) {
      const { text, remedy } = catalogue[code];
      for (const words of [text, remedy])
        for (const language of ['vi', 'en', 'zh'] as const) assert.notEqual(words[language].trim(), '', code);
    }
  });
});
