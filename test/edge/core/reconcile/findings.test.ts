import assert from 'node:assert/strict';
import {
  BOX,
  type Change,
  conditions,
  finding,
  judge,
  REAR_BOX,
  read,
  tell,
  time,
  twins,
  word,
} from '../../../support/reconcile-case.ts';

const rejected = conditions({ scan: 'failed' });
const found = (members: Record<string, unknown> = {}): Change =>
  finding({ code: 'SCAN_REJECTED', role: 'customs-officer', ...members });
/** All findings of one case. */
const all =
  (...changes: Change[]): Change =>
  (one) => {
    const findings = changes.flatMap((change) => {
      change(one);
      return (one.findings as unknown[]) ?? [];
    });
    one.findings = findings;
  };

describe('a finding', () => {
  tell([
    ['clears the one reason it speaks of', [rejected, found()], 'pass SCAN_REJECTED'],
    ['is nobody’s but the owner’s', [rejected, found({ role: 'supervisor' })], 'refer SCAN_REJECTED'],
    ['of a time to come clears nothing', [rejected, found({ at: time(1) })], 'refer SCAN_REJECTED'],
    [
      'clears neither of two containers where it does not say which was looked at',
      [twins, rejected, found()],
      'refer SCAN_REJECTED',
    ],
    [
      'of one container leaves the other',
      [twins, rejected, found({ container: BOX })],
      'refer SCAN_REJECTED',
    ],
    [
      'of each container clears both',
      [twins, rejected, all(found({ container: BOX }), found({ container: 'mwcu 605978-4' }))],
      'pass SCAN_REJECTED',
    ],
    [
      'of another container clears nothing',
      [rejected, found({ container: 'MWCU6059784' })],
      'refer SCAN_REJECTED',
    ],
    [
      'of a container clears nothing of the one that is read in its place',
      [
        read('container', { value: REAR_BOX }),
        finding({ code: 'CONTAINER_MISMATCH', role: 'customs-officer', container: REAR_BOX }),
      ],
      'refer CONTAINER_MISMATCH',
    ],
    [
      'told by its detail clears that and no other',
      [twins, rejected, found({ detail: `${BOX} scan failed` })],
      'refer SCAN_REJECTED',
    ],
  ]);

  for (const [code, change] of [
    ['NOT_RELEASED', word({ status: 'registered' })],
    ['CLEARANCE_WITHDRAWN', word({ status: 'withdrawn' })],
    ['RADIATION_ALARM', read('radiation', { alarm: true })],
  ] as const)
    it(`never clears ${code}, whoever makes it`, () => {
      const { verdict } = judge(change);
      for (const role of [
        'operator',
        'supervisor',
        'customs-officer',
        'border-guard',
        'quarantine-officer',
      ]) {
        const outcome = judge(change, finding({ code, role }));
        assert.equal(outcome.verdict, verdict, role);
        assert.ok(
          outcome.reasons.some((one) => one.code === code && one.severity !== 'info'),
          role,
        );
      }
    });
});
