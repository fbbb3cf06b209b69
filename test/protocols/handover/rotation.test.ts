import assert from 'node:assert/strict';
import { readHead } from '../../../protocols/handover/head.ts';
import type { LogKey } from '../../../protocols/handover/public-key.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { type RotationRecord, readRotation, withRotations } from '../../../protocols/handover/rotation.ts';
import { type MadeKey, makeKey, ringOf, rotationBetween } from '../../support/log-keys.ts';
import { follow as followWith, type Stored } from './follow.ts';
import { headOf, linesOf } from './log.ts';

const first = makeKey('EdDSA');
const second = makeKey('ES256');
const third = makeKey('EdDSA');
const ring = ringOf([first.key]);
const AT = 1_772_000_000_000;

const asked = (index: number): HandoverRecord => ({ kind: 'token-asked', track: `t-${index}` });
/** Line 3 tells of the second key, line 6 of the third. */
const RECORDS = [
  asked(1),
  asked(2),
  rotationBetween(first, second),
  asked(4),
  asked(5),
  rotationBetween(second, third),
  asked(7),
];
const LINES = linesOf(RECORDS);
const head = (size: number, { signer }: MadeKey): string => headOf(LINES.slice(0, size), { signer });
const follow = (stored?: Stored, keys: readonly LogKey[] = [first.key]) =>
  followWith(ringOf(keys), stored && { stored });
const page = (after: number, size: number, by: MadeKey) => ({
  lines: LINES.slice(after, size),
  head: head(size, by),
});
const refusal = (record: RotationRecord, { line = 3, among = ring } = {}): string => {
  const read = readRotation(record, { gate: 'huu-nghi', line, ring: among });
  if (!read.ok) return read.reason;
  return read.taken ? 'taken' : (read.idle ?? 'ignored');
};

describe('a change of the key that signs a log', () => {
  it('is followed by a reader, however it reads and restarts: all at once, or page by page', () => {
    const whole = follow().receive(page(0, 7, third));
    assert.ok(whole.ok, whole.ok ? '' : whole.fault.reason);
    let stored: string | undefined;
    const signers: [number, MadeKey][] = [
      [2, first],
      [3, first],
      [4, second],
      [6, second],
      [7, third],
    ];
    for (const [size, by] of signers) {
      const follower = follow(stored === undefined ? undefined : JSON.parse(stored));
      const answer = follower.receive(page(follower.size, size, by));
      assert.ok(answer.ok, `${size}: ${answer.ok ? '' : answer.fault.reason}`);
      stored = JSON.stringify(follower.stored);
    }
    assert.deepEqual(JSON.parse(stored ?? '').state.rotations, [
      { line: 3, old: first.key.kid, key: withoutPlace(second.key) },
      { line: 6, old: second.key.kid, key: withoutPlace(third.key) },
    ]);
  });

  it('ends the old key at its line, and begins the new one there: the other way round is refused', () => {
    const after3 = (): ReturnType<typeof follow> => {
      const follower = follow();
      assert.ok(follower.receive(page(0, 3, first)).ok);
      return follower;
    };
    const old = after3().receive(page(3, 4, first));
    assert.ok(!old.ok);
    assert.equal(old.fault.kind, 'bad-signature');
    assert.match(old.fault.reason, /was followed by another at line 3/);
    const early = follow().receive(page(0, 3, second));
    assert.ok(!early.ok);
    assert.match(early.fault.reason, /signs heads of 4 lines and more/);
    const twoAhead = after3().receive(page(3, 5, third));
    assert.ok(!twoAhead.ok);
    assert.match(twoAhead.fault.reason, /which is not trusted/);
    assert.ok(
      after3().receive({ lines: [], head: head(3, first) }).ok,
      'the last head of the old key stays good',
    );
  });

  it('is signed by both keys; one alone, a third one or exchanged signatures are refused', () => {
    const good = rotationBetween(first, second);
    assert.equal(refusal(good), 'taken');
    const other = rotationBetween(first, third);
    const { signatures } = good;
    const wrong = (changed: Partial<RotationRecord['signatures']>): string =>
      refusal({ ...good, signatures: { ...signatures, ...changed } });
    assert.match(wrong({ old: 'x' }), /line 3: the old key has not signed it/);
    assert.match(wrong({ new: 'x' }), /the new key has not signed it/);
    assert.match(wrong({ old: signatures.new, new: signatures.old }), /the old key/);
    assert.match(wrong({ old: other.signatures.old }), /the old key/);
    assert.match(wrong({ new: other.signatures.new }), /the new key/);
    const stolen = rotationBetween({ ...third, key: first.key }, second);
    assert.match(refusal(stolen), /the old key has not signed it/);
  });

  it('is bound to every word of its statement, to this gate and to the key in force', () => {
    const good = rotationBetween(first, second);
    const changed = { ...good, statement: good.statement.replace(`"at":${AT}`, `"at":${AT + 1}`) };
    assert.match(refusal(changed), /the old key has not signed it/);
    assert.match(refusal({ ...good, statement: `${good.statement} ` }), /cannot be read/);
    assert.match(refusal({ ...good, statement: 'x' }), /cannot be read/);
    assert.match(refusal(rotationBetween(first, second, { gate: 'tan-thanh' })), /is of gate tan-thanh/);
    assert.equal(refusal(rotationBetween(second, third)), 'ignored');
    const exp = AT / 1_000 - 1;
    assert.match(refusal(good, { among: ringOf([{ ...first.key, exp }]) }), /expired/);
    assert.match(refusal(good, { among: ringOf([{ ...first.key, revokedAt: 1 }]) }), /was revoked/);
    const revoked = { ...second.key, revokedAt: 1 };
    assert.match(refusal(good, { among: ringOf([first.key, revoked]) }), /was revoked/);
    // Where it is known what it had signed before, the change stands: it is history.
    const { fromSize: _, ...known } = {
      ...revoked,
      lastTrusted: { size: 4, rootHash: '0'.repeat(64), jws: 'x' },
    };
    assert.equal(refusal(good, { among: ringOf([first.key, known]) }), 'taken');
  });

  it('never takes up an old key again, and told twice changes nothing', () => {
    const taken = readRotation(rotationBetween(first, second), { gate: 'huu-nghi', line: 3, ring });
    assert.ok(taken.ok);
    assert.match(
      refusal(rotationBetween(second, first), { line: 5, among: taken.ring }),
      /a key is never taken up again/,
    );
    assert.match(refusal(rotationBetween(first, third), { line: 5, among: taken.ring }), /was followed/);
    const again = readRotation(rotationBetween(first, second), {
      gate: 'huu-nghi',
      line: 5,
      ring: taken.ring,
    });
    assert.deepEqual(again, { ok: true, ring: taken.ring });
    const self = refusal(rotationBetween(first, first));
    assert.match(self, /never taken up again/);
  });

  it('with a line that is no such change ends the reading, and nothing of its page is taken', () => {
    const lines = linesOf([asked(1), rotationBetween({ ...third, key: first.key }, second)]);
    const follower = follow();
    const answer = follower.receive({ lines, head: headOf(lines, { signer: first.signer }) });
    assert.ok(!answer.ok);
    assert.equal(answer.fault.kind, 'bad-signature');
    assert.match(answer.fault.reason, /line 2: the old key has not signed it/);
    assert.equal(follower.size, 0);
  });

  it('makes a new key trusted only by a verified head: lines alone give nothing', () => {
    const follower = follow();
    const forged = page(0, 4, second);
    const answer = follower.receive({ ...forged, lines: forged.lines.with(0, LINES[3] ?? '') });
    assert.ok(!answer.ok);
    assert.equal(follower.stored.state.rotations, undefined);
  });

  it('by keys that a person has replaced since is history: it gives nothing and takes nothing', () => {
    const lost = makeKey('EdDSA');
    const follower = follow(undefined, [lost.key]);
    assert.ok(follower.receive(page(0, 7, lost)).ok);
    assert.equal(follower.stored.state.rotations, undefined);
    const other = follow(undefined, [lost.key]).receive(page(0, 4, second));
    assert.match(other.ok ? '' : other.fault.reason, /which is not trusted/);

    const before = follow();
    assert.ok(before.receive(page(0, 5, second)).ok);
    const after = follow(before.stored, [lost.key]);
    const old = after.receive({ lines: [], head: headOf(LINES.slice(0, 5), { signer: second.signer }) });
    assert.match(old.ok ? '' : old.fault.reason, /which is not trusted/);
    assert.ok(follow(before.stored, [lost.key]).receive(page(5, 7, lost)).ok);
  });

  it('that was announced by hand beforehand fits, and is in force only by its line', () => {
    const { fromSize: _, ...announced } = second.key;
    assert.ok(follow(undefined, [first.key, announced]).receive(page(0, 5, second)).ok);
    const early = readHead(head(2, second), ringOf([first.key, announced]));
    assert.match(early.ok ? '' : early.reason, /is not in force/);
  });

  it('stays known to a reader whose trusted list has not heard of it, and to one whose list has', () => {
    const follower = follow();
    assert.ok(follower.receive(page(0, 5, second)).ok);
    const heard: LogKey[] = [
      { ...first.key, lastSize: 3, revokedAt: 1 },
      { ...second.key, fromSize: 4 },
    ];
    for (const keys of [[first.key], heard])
      assert.ok(follow(follower.stored, keys).receive(page(5, 7, third)).ok);
    const made = withRotations(ringOf(heard), follower.stored.state.rotations ?? []);
    assert.ok(made.ok);
    assert.deepEqual(
      made.ring.keys.map(({ fromSize, lastSize }) => [fromSize, lastSize]),
      [
        [0, 3],
        [4, undefined],
      ],
    );
  });
});

function withoutPlace({ fromSize: _f, ...key }: LogKey): LogKey {
  return key;
}
