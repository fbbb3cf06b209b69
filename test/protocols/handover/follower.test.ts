import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LogFault } from '../../../protocols/handover/follower.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { follow, type Stored } from './follow.ts';
import { headOf, linesOf, testRing, testSigner } from './log.ts';
import { anyRecord as anyOf, ONE_OF_EACH as EACH } from './records.ts';

// Of changes of keys, which are checked as such, another test tells.
const ONE_OF_EACH = EACH.filter(({ kind }) => kind !== 'keys-rotated');
const anyRecord = anyOf.filter(({ kind }) => kind !== 'keys-rotated');

const LINES = linesOf(ONE_OF_EACH);
const faultOf = (batch: { lines: string[]; head: string }, after = 0): LogFault['kind'] | undefined => {
  const follower = follow(testRing);
  if (after > 0)
    assert.ok(follower.receive({ lines: LINES.slice(0, after), head: headOf(LINES.slice(0, after)) }).ok);
  const answer = follower.receive(batch);
  return answer.ok ? undefined : answer.fault.kind;
};

describe('following the other gate’s log', () => {
  it('gives every record once and in order, however the log comes in batches, with a restart after each', () => {
    const logs = fc.record({
      records: fc.array(anyRecord, { maxLength: 30 }),
      cuts: fc.array(fc.nat(30), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(logs, ({ records, cuts }) => {
        const lines = linesOf(records);
        const ends = [...cuts.filter((cut) => cut < lines.length), lines.length].sort((a, b) => a - b);
        let stored: string | undefined;
        const seen: HandoverRecord[] = [];
        for (const end of ends) {
          const follower = follow(
            testRing,
            stored === undefined ? {} : { stored: JSON.parse(stored) as Stored },
          );
          const answer = follower.receive({
            lines: lines.slice(follower.size, end),
            head: headOf(lines.slice(0, end)),
          });
          assert.ok(answer.ok);
          for (const { line, data, record } of answer.lines) {
            assert.equal(line, seen.length + 1);
            assert.equal(data, lines[line - 1]);
            seen.push(record);
          }
          stored = JSON.stringify(follower.stored);
        }
        assert.deepEqual(seen, records);
      }),
      { numRuns: 60 },
    );
  });

  it('finds any character altered in any line', () => {
    const places = fc.record({
      line: fc.nat(LINES.length - 1),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(places, fc.string({ minLength: 1, maxLength: 1 }), ({ line, at }, other) => {
        const text = LINES[line] ?? '';
        const index = Math.floor(at * text.length);
        fc.pre(text[index] !== other);
        const altered = LINES.with(line, text.slice(0, index) + other + text.slice(index + 1));
        const fault = faultOf({ lines: altered, head: headOf(LINES) });
        assert.ok(fault === 'altered-line' || fault === 'gap' || fault === 'wrong-log', `${fault}`);
      }),
      { numRuns: 300 },
    );
  });

  it('notices a well-formed line in place of the one that was signed', () => {
    const forged = linesOf(ONE_OF_EACH.with(7, { kind: 'offer-withdrawn', move: 'huu-nghi-1' }));
    assert.equal(faultOf({ lines: forged, head: headOf(LINES) }), 'altered-line');
  });

  it('notices a past that was rewritten behind what it has read', () => {
    const rewritten = linesOf(ONE_OF_EACH.with(2, { kind: 'offer-withdrawn', move: 'huu-nghi-1' }));
    assert.equal(faultOf({ lines: rewritten.slice(5), head: headOf(rewritten) }, 5), 'altered-line');
    assert.equal(faultOf({ lines: [], head: headOf(rewritten.slice(0, 5)) }, 5), 'fork');
  });

  it('notices a log that has become shorter', () => {
    const shorter = headOf(LINES.slice(0, 4), { at: 1_772_000_000_001 });
    assert.equal(faultOf({ lines: [], head: shorter }, 5), 'shrunken-log');
  });

  it('notices missing, doubled and exchanged lines', () => {
    const head = headOf(LINES);
    assert.equal(faultOf({ lines: LINES.slice(1), head }), 'gap');
    assert.equal(faultOf({ lines: [...LINES, ...LINES.slice(-1)], head }), 'gap');
    assert.equal(faultOf({ lines: [LINES[1] ?? '', LINES[0] ?? '', ...LINES.slice(2)], head }), 'gap');
  });

  it('refuses a head with a bad signature, of another gate, or of a protocol it does not know', () => {
    const other = { ...testSigner, sign: () => Buffer.alloc(32) };
    assert.equal(faultOf({ lines: LINES, head: headOf(LINES, { signer: other }) }), 'bad-signature');
    assert.equal(faultOf({ lines: LINES, head: headOf(LINES, { gate: 'tan-thanh' }) }), 'wrong-log');
    assert.equal(faultOf({ lines: LINES, head: headOf(LINES, { version: 3 }) }), 'wrong-log');
    const foreign = linesOf(ONE_OF_EACH, 'tan-thanh');
    assert.equal(faultOf({ lines: foreign, head: headOf(foreign) }), 'wrong-log');
  });

  it('takes nothing of a bad batch, and nothing after it', () => {
    const follower = follow(testRing);
    const before = follower.stored;
    const bad = follower.receive({ lines: LINES.with(3, 'x'), head: headOf(LINES) });
    assert.ok(!bad.ok);
    assert.deepEqual(follower.stored, before);
    assert.deepEqual(follower.receive({ lines: LINES, head: headOf(LINES) }), bad);
  });
});
