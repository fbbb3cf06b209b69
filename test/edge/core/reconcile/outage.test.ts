import assert from 'node:assert/strict';
import { type Change, HOUR_MS, judge, policy, tell, time, word } from '../../../support/reconcile-case.ts';

const outage = (members: Record<string, unknown> = {}): Change =>
  policy({
    outage: {
      legalBasis: 'Decision 2',
      declaredBy: 'head of branch',
      from: time(-HOUR_MS),
      until: time(HOUR_MS),
      sources: ['Ecus6'],
      ...members,
    },
  });
const old = word({ asOf: time(-5 * HOUR_MS), source: 'Ecus6' });
const UNDER = 'pass OUTAGE_REGIME';

describe('an outage of customs’ system', () => {
  tell([
    ['that nobody has declared holds every old word', [old], 'hold CLEARANCE_STALE'],
    ['that is declared lets the old word of a named system count', [old, outage()], UNDER],
    [
      'does not let the word of another system count',
      [old, word({ source: 'VNACCS' }), outage()],
      'hold CLEARANCE_STALE',
    ],
    ['begins', [old, outage({ from: time(0) })], UNDER],
    ['has not begun', [old, outage({ from: time(1) })], 'hold CLEARANCE_STALE'],
    ['ends', [old, outage({ until: time(0) })], 'hold CLEARANCE_STALE'],
    ['has not ended', [old, outage({ until: time(1) })], UNDER],
    [
      'is for goods that are named',
      [old, outage({ hs: ['0810'] }), word({ goods: [{ hs: '0810.60' }] })],
      UNDER,
    ],
    [
      'is for goods that are named, with a dot',
      [old, outage({ hs: ['08.10'] }), word({ goods: [{ hs: '081060' }] })],
      UNDER,
    ],
    [
      'is not for other goods',
      [old, outage({ hs: ['8471'] }), word({ goods: [{ hs: '8471.30' }, { hs: '8517.13' }] })],
      'hold CLEARANCE_STALE',
    ],
    ['is not for goods that nobody names', [old, outage({ hs: ['0810'] })], 'hold CLEARANCE_STALE'],
    [
      'lets a word of a time nobody states count',
      [word({ asOf: undefined, source: 'Ecus6' }), outage()],
      UNDER,
    ],
    [
      'lets no word of a time to come count',
      [word({ asOf: time(1), source: 'Ecus6' }), outage()],
      'hold CLEARANCE_STALE',
    ],
    [
      'releases nothing that was not released',
      [old, outage(), word({ status: 'registered' })],
      'hold NOT_RELEASED OUTAGE_REGIME',
    ],
    [
      'takes nothing off the list that was withdrawn',
      [old, outage(), word({ status: 'withdrawn' })],
      'refer CLEARANCE_WITHDRAWN OUTAGE_REGIME',
    ],
    ['leaves a fresh word as it is', [word({ source: 'Ecus6' }), outage()], 'pass'],
  ]);

  it('is told with its legal basis, so that the crossing is checked again', () => {
    const [told] = judge(old, outage()).reasons;
    assert.equal(told?.detail, 'Decision 2');
    assert.equal(told?.severity, 'info');
    assert.equal(told?.source, 'Ecus6');
  });
});
