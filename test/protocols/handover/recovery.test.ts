import assert from 'node:assert/strict';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { createRecovery, type RecoveryAnswer } from '../../../protocols/handover/recovery.ts';
import { makeKey, ringOf, rotationBetween } from '../../support/log-keys.ts';
import { headOf, linesOf } from './log.ts';

const first = makeKey('EdDSA');
const second = makeKey('ES256');
const theirs = makeKey('EdDSA');
const LINES = linesOf([
  { kind: 'token-asked', track: 't' },
  rotationBetween(first, second),
  { kind: 'token-asked', track: 't' },
]);
const recover = (lines: readonly string[], head: string, ring: KeyRing = ringOf([first.key])) => {
  const recovery = createRecovery('huu-nghi', ring, ringOf([theirs.key]));
  let answer: RecoveryAnswer = { kind: 'lines', lines: [] };
  for (const line of lines) if (answer.kind === 'lines') answer = recovery.take({ lines: [line], head });
  return answer.kind === 'lines' ? recovery.take({ lines: [], head }) : answer;
};
const refusal = (answer: RecoveryAnswer): string => {
  assert.ok(answer.kind === 'refused', answer.kind);
  return `${answer.log} ${answer.fault.kind}: ${answer.fault.reason}`;
};

describe('a copy of our log that the other side has kept', () => {
  const head = headOf(LINES, { signer: second.signer });

  it('is ours if it leads to a head that we have signed, through every change of our key', () => {
    const answer = recover(LINES, head);
    assert.ok(answer.kind === 'whole', answer.kind === 'refused' ? answer.fault.reason : '');
    assert.equal(answer.size, 3);
  });

  it('is a fault of the other side if our key has not signed it', () => {
    const altered = LINES.with(0, LINES[0]?.replace('"t"', '"u"') ?? '');
    assert.match(refusal(recover(altered, head)), /^theirs altered-line: /);
    assert.match(
      refusal(recover(LINES.slice(0, 1), head)),
      /^theirs altered-line: .*ends at line 1, its head covers 3/,
    );
    const forged = headOf(LINES, { signer: { ...theirs.signer, kid: second.key.kid } });
    assert.match(refusal(recover(LINES, forged)), /^theirs bad-signature: .*never signed/);
    assert.match(refusal(recover(LINES, headOf(LINES, { signer: theirs.signer }))), /^theirs bad-signature/);
  });

  it('accuses nobody if we do not know the key any more: our own list has to be made whole first', () => {
    const lost = ringOf([makeKey('EdDSA').key]);
    assert.match(refusal(recover(LINES, head, lost)), /^ours bad-signature: .*gate keys trust --own/);
    // With the public half of the first key, of which nothing is left that signs, it is whole.
    const present = makeKey('EdDSA');
    const answer = recover(LINES, head, ringOf([present.key, { ...first.key, retired: true }]));
    assert.equal(answer.kind, 'whole');
  });
});
