import assert from 'node:assert/strict';
import { readHead } from '../../../protocols/handover/head.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { type MadeKey, makeKey, ringOf, rotationBetween } from '../../support/log-keys.ts';
import { linesOf } from './log.ts';
import { openLog, openReader, type TestKeys } from './sessions.ts';

const AT = 1_772_000_000_000;
const first = makeKey('EdDSA');
const second = makeKey('ES256');
const CHANGE = 1_500;

const keysOf = (...keys: MadeKey[]): TestKeys => ({
  ring: ringOf(keys.slice(0, 1).map(({ key }) => key)),
  signature: (kid, bytes) =>
    keys.find(({ key }) => key.kid === kid)?.signer.sign(bytes) ?? assert.fail(`asked to sign with ${kid}`),
});
/** So many lines, of which line {@link CHANGE} tells of the second key. */
const lines = (count: number, change: HandoverRecord = rotationBetween(first, second)): string[] =>
  linesOf(
    Array.from({ length: count }, (_, index) =>
      index + 1 === CHANGE ? change : { kind: 'offer-withdrawn', move: `m-${index}` },
    ),
  );

describe('publishing our log under a change of keys', () => {
  it('signs the head of exactly the lines up to the change with the old key, and later ones with the new', () => {
    const log = openLog(lines(CHANGE + 250), undefined, keysOf(first, second));
    const signers = log.heads.map(({ size, jws }) => {
      const read = readHead(jws, log.publisher.ring);
      assert.ok(read.ok, read.ok ? '' : read.reason);
      return [size, read.kid === first.key.kid ? 'old' : 'new'];
    });
    assert.deepEqual(signers.slice(-5), [
      [CHANGE - 100, 'old'],
      [CHANGE, 'old'],
      [CHANGE + 100, 'new'],
      [CHANGE + 200, 'new'],
      [CHANGE + 250, 'new'],
    ]);
  });

  it('gives no reader a head beyond a change that it has not read: one that trusts the first key reads it all', () => {
    const log = openLog(lines(4_000), undefined, keysOf(first, second));
    const reader = openReader(undefined, ringOf([first.key]));
    while (reader.reader.size < 4_000) {
      const { size } = reader.reader;
      const page = log.page({ ...reader.reader.question(), reads: 2 });
      const read = readHead(page.head, log.publisher.ring);
      assert.ok(read.ok && (size >= CHANGE || read.head.size <= CHANGE), `after ${size}`);
      const answer = reader.take(page);
      assert.equal(answer.kind, 'lines', answer.kind === 'fault' ? answer.fault.reason : '');
    }
  });

  it('forgets a change that never came to disk', () => {
    const all = lines(CHANGE + 1);
    const log = openLog(all.slice(0, CHANGE - 1), undefined, keysOf(first, second));
    const added = log.project(all.slice(CHANGE - 1), CHANGE);
    assert.deepEqual(
      added.rotations.map(({ line }) => line),
      [CHANGE],
    );
    assert.equal(log.publisher.ring.keys.length, 1);
    log.commit(log.project(all.slice(CHANGE - 1, CHANGE), CHANGE));
    assert.equal(log.publisher.ring.keys.length, 2);
  });

  it('ends when a line of ours tells of a change that is none', () => {
    const forged = rotationBetween({ ...second, key: first.key }, second);
    const log = openLog(lines(CHANGE + 5, forged), undefined, keysOf(first, second));
    assert.equal(log.publisher.fault?.kind, 'bad-signature');
    assert.match(log.publisher.fault?.reason ?? '', /the old key has not signed it/);
  });

  it('ends, and adds no line, when no key of ours may sign', () => {
    const expiring = { ...first, key: { ...first.key, exp: AT / 1_000 + 60 } };
    const log = openLog(lines(5), undefined, keysOf(expiring));
    const late = log.project(lines(250).slice(5), 6, AT + 60_000);
    assert.deepEqual([late.lines.length, late.heads.length], [0, 0]);
    assert.equal(log.publisher.fault?.kind, 'bad-signature');
    assert.match(log.publisher.fault?.reason ?? '', /our log cannot be signed: key .* expired on/);
    log.commit(late);
    assert.equal(log.publisher.size, 5);
  });
});
