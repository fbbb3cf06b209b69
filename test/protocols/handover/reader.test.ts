import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import { leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import { logPath, type ReaderAnswer } from '../../../protocols/handover/reader.ts';
import { type LogPage, PAGE_LINES_MAX } from '../../../protocols/handover/wire.ts';
import { headOf, testSigner } from './log.ts';
import { manyLines, openLog, openReader } from './sessions.ts';

type Page = Omit<LogPage, 'witness'>;

const signedHead = (lines: readonly string[], at?: number): SignedHead => ({
  size: lines.length,
  rootHash: rootHash(createLogHashes({ tiles: [], leaves: lines.map(leafHash) }).tree),
  jws: headOf(lines, at === undefined ? {} : { at }),
});
/** A page of protocol version 1. */
const pageOf = (lines: readonly string[], after: number): Page => ({
  lines: lines.slice(after),
  head: headOf(lines),
});
const LATER = 1_772_000_900_000;
const faultOf = (answer: ReaderAnswer) => (answer.kind === 'fault' ? answer.fault : undefined);

describe('reading the other gate’s log', () => {
  it('reads a long log under one head, verifies every page, and ends with a witness of all of it', () => {
    const lines = manyLines(2 * PAGE_LINES_MAX + 77);
    const log = openLog(lines);
    const one = openReader();
    assert.equal(one.read(log).kind, 'lines');
    assert.equal(one.reader.witness, null, 'no head is a witness before its lines are there');
    assert.deepEqual(one.reader.question(), { after: PAGE_LINES_MAX, under: lines.length });
    assert.equal(logPath(one.reader.question(), 7), `/log?after=1024&waitMs=7&reads=2&under=${lines.length}`);
    log.grow(manyLines(lines.length + 5).slice(lines.length));
    one.readAll(log);
    assert.deepEqual(one.lines, manyLines(lines.length + 5));
    assert.deepEqual(one.reader.witness, log.heads.at(-1));
  });

  it('reads a gate of the first protocol version', () => {
    const lines = manyLines(250);
    const one = openReader();
    for (const end of [100, 200, 250]) one.take(pageOf(lines.slice(0, end), one.lines.length));
    assert.deepEqual(one.lines, lines);
  });

  it('believes nothing that did not come to disk, and asks for it again', () => {
    const log = openLog(manyLines(3));
    const one = openReader();
    one.take(log.page({ after: 0, reads: 2 }), false);
    assert.deepEqual(one.reader.question(), { after: 0 });
    one.readAll(log);
    assert.deepEqual(one.lines, manyLines(3));
  });

  it('over a line that delays, loses, doubles and reorders answers, and over restarts, takes each line once and sees no fault', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('grow' as const), by: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('ask' as const), version: fc.constantFrom(1, 2) }),
      fc.record({ kind: fc.constant('deliver' as const), which: fc.nat(), again: fc.boolean() }),
      fc.constant({ kind: 'restart' as const }),
      fc.constant({ kind: 'lost-on-the-way' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const log = openLog();
        let one = openReader();
        let underway: Page[] = [];
        for (const each of steps) {
          if (each.kind === 'grow')
            log.grow(manyLines(log.publisher.size + each.by).slice(log.publisher.size));
          if (each.kind === 'ask') underway.push(log.page({ ...one.reader.question(), reads: each.version }));
          if (each.kind === 'restart') one = one.restarted();
          if (each.kind === 'lost-on-the-way') underway = underway.slice(1);
          if (each.kind !== 'deliver' || underway.length === 0) continue;
          const index = each.which % underway.length;
          const [page] = each.again ? [underway[index]] : underway.splice(index, 1);
          assert.ok(page !== undefined);
          assert.equal(faultOf(one.take(page)), undefined);
        }
        one.readAll(log);
        assert.deepEqual(one.lines, manyLines(log.publisher.size));
        assert.deepEqual(one.restarted().reader.witness, log.heads.at(-1));
      }),
      { numRuns: 150 },
    );
  });

  describe('harmless is', () => {
    it('an answer that comes once more', () => {
      const log = openLog(manyLines(3));
      const one = openReader();
      const page = log.page({ after: 0, reads: 2 });
      assert.equal(one.take(page).kind, 'lines');
      assert.equal(one.take(page).kind, 'old');
      assert.equal(one.take(pageOf(manyLines(3), 0)).kind, 'old', 'of the first version, too');
      assert.deepEqual(one.lines, manyLines(3));
    });

    it('an empty answer of before: nothing is known to be lost by it', () => {
      const log = openLog(manyLines(3));
      const one = openReader();
      one.readAll(log);
      const empty = log.page({ after: 3, reads: 2 });
      log.grow(manyLines(5).slice(3));
      one.readAll(log);
      assert.equal(one.take(empty).kind, 'old');
      const { after: _, ...ofVersionOne } = empty;
      assert.equal(one.take(ofVersionOne).kind, 'old');
    });

    it('a head signed again over the same lines', () => {
      const lines = manyLines(4);
      const one = openReader();
      one.take(pageOf(lines, 0));
      const answer = one.take({ lines: [], head: headOf(lines, { at: LATER }) });
      assert.equal(answer.kind, 'level');
      assert.equal(one.reader.witness?.jws, headOf(lines, { at: LATER }));
    });
  });

  describe('a fault is', () => {
    /** What `page` is to who has read four lines. */
    const after4 = (page: Page) => {
      const one = openReader();
      one.take(pageOf(manyLines(4), 0));
      const answer = one.take(page);
      assert.equal(one.lines.length, 4, 'nothing of it is believed');
      assert.deepEqual(one.take(pageOf(manyLines(5), 4)), answer, 'nor anything after it');
      return faultOf(answer);
    };
    const forged = manyLines(9, 0, 'forged');
    const honest = manyLines(9);

    it('a second history of the same size, shown now or one day: the evidence holds both heads', () => {
      const now = after4({ lines: [], head: headOf(forged.slice(0, 4)) });
      assert.equal(now?.kind, 'fork');
      assert.deepEqual(now?.heads, [headOf(honest.slice(0, 4)), headOf(forged.slice(0, 4))]);
      assert.equal(after4({ lines: [], head: headOf(forged.slice(0, 2)) })?.kind, 'fork');
      assert.equal(after4(pageOf(forged.slice(0, 3), 0))?.kind, 'fork');
    });

    it('two heads of the same size before either has been reached', () => {
      const lines = manyLines(1_400);
      const log = openLog(lines);
      const one = openReader();
      one.read(log);
      const other = openLog([...lines.slice(0, 1_200), ...manyLines(1_400, 0, 'forged').slice(1_200)]);
      const found = faultOf(one.take(other.page({ after: 1_024, reads: 2 })));
      assert.equal(found?.kind, 'fork');
      assert.equal(found?.heads.length, 2);
    });

    it('a log that leads elsewhere than to the head it was read under', () => {
      const lines = manyLines(1_400);
      const one = openReader();
      one.read(openLog(lines));
      const other = openLog([...lines.slice(0, 1_200), ...manyLines(1_500, 0, 'forged').slice(1_200)]);
      assert.equal(faultOf(one.take(other.page({ after: 1_024, reads: 2 })))?.kind, 'fork');
    });

    it('a log that has become shorter, said later than what was signed before', () => {
      const fault = after4({ lines: [], head: headOf(honest.slice(0, 2), { at: LATER }) });
      assert.equal(fault?.kind, 'shrunken-log');
      assert.equal(fault?.heads.length, 2);
    });

    it('lines left out, doubled, or in another order', () => {
      const head = headOf(honest);
      assert.equal(after4({ lines: honest.slice(5), head, after: 4 })?.kind, 'gap');
      assert.equal(after4({ lines: [], head, after: 4 })?.kind, 'gap');
      assert.equal(after4({ lines: [], head })?.kind, 'gap');
      assert.equal(after4({ lines: [...honest.slice(4), ...honest.slice(8)], head, after: 4 })?.kind, 'gap');
      const [five = '', six = ''] = honest.slice(4);
      assert.equal(after4({ lines: [six, five, ...honest.slice(6)], head, after: 4 })?.kind, 'gap');
    });

    it('a line that was altered, on a page of either version', () => {
      const altered = honest.with(6, forged[6] ?? '').slice(4);
      assert.equal(after4({ lines: altered, head: headOf(honest) })?.kind, 'altered-line');
      assert.equal(after4({ lines: altered, head: headOf(honest), after: 4 })?.kind, 'altered-line');
      const long = manyLines(1_400);
      const page = openLog(long).page({ after: 4, reads: 2 });
      assert.ok(page.proof !== undefined);
      assert.equal(
        after4({ ...page, lines: page.lines.with(7, manyLines(20, 0, 'forged')[11] ?? '') })?.kind,
        'altered-line',
      );
      assert.equal(after4({ ...page, proof: page.proof.map(() => 'f'.repeat(64)) })?.kind, 'altered-line');
      const { proof: _, ...unproven } = page;
      assert.equal(after4(unproven)?.kind, 'gap');
    });

    it('a signature that is not theirs, and the log of another gate', () => {
      const other = { ...testSigner, sign: () => Buffer.alloc(32) };
      assert.equal(after4({ lines: [], head: headOf(honest, { signer: other }) })?.kind, 'bad-signature');
      assert.equal(after4({ lines: [], head: headOf(honest, { gate: 'tan-thanh' }) })?.kind, 'wrong-log');
    });
  });

  describe('with what our own journal remembers', () => {
    const lines = manyLines(600);

    it('who has lost everything reads the log from its beginning, and it leads to the head of before', () => {
      const one = openReader();
      assert.equal(one.promise(signedHead(lines.slice(0, 300))), undefined);
      assert.deepEqual(one.reader.question(), { after: 0, under: 300 });
      one.readAll(openLog(lines));
      assert.deepEqual(one.lines, lines);
    });

    it('another history is noticed, also where today’s newest page is honest about itself', () => {
      const witness = signedHead(manyLines(300, 0, 'forged'));
      const one = openReader();
      one.promise(witness);
      const fault = faultOf(one.readAll(openLog(lines)));
      assert.equal(fault?.kind, 'fork');
      assert.equal(fault?.heads[0], witness.jws);
      assert.ok(one.lines.length < 300);
    });

    it('another history is noticed in what was stored', () => {
      const one = openReader();
      one.readAll(openLog(lines));
      assert.equal(one.promise(signedHead(lines.slice(0, 300))), undefined);
      assert.equal(one.promise(signedHead(manyLines(300, 0, 'forged')))?.kind, 'fork');
      assert.equal(faultOf(one.read(openLog(lines)))?.kind, 'fork');
    });

    it('a log that is shorter than our witness of it is noticed once it says so later', () => {
      const one = openReader();
      one.promise(signedHead(lines));
      const short = openLog();
      short.grow(lines.slice(0, 200), LATER);
      assert.equal(faultOf(one.readAll(short))?.kind, 'shrunken-log');
    });
  });

  it('once a person has cleared a fault, reads on from what is stored, and finds it again if it is still there', () => {
    const lines = manyLines(6);
    const one = openReader();
    one.take(pageOf(lines.slice(0, 4), 0));
    const bad = pageOf([...lines.slice(0, 5), manyLines(6, 0, 'forged')[5] ?? ''], 4);
    const [, forgedSix = ''] = bad.lines;
    const altered = { ...bad, head: headOf(lines), lines: [lines[4] ?? '', forgedSix] };
    assert.equal(one.take(altered).kind, 'fault');
    one.reader.clear();
    assert.equal(one.take(altered).kind, 'fault');
    one.reader.clear();
    assert.equal(one.take(pageOf(lines, 4)).kind, 'lines');
    assert.deepEqual(one.lines, lines);
  });
});
