import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLogHashes, TILE_LINES } from '../../../protocols/handover/hashes.ts';
import { readHead } from '../../../protocols/handover/head.ts';
import {
  leafHash,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from '../../../protocols/handover/merkle.ts';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import { HEAD_LINES_MAX, PAGE_LINES_MAX, UNDER_LINES_MAX } from '../../../protocols/handover/wire.ts';
import { headOf, testRing } from './log.ts';
import { manyLines, openLog } from './sessions.ts';

describe('publishing our log', () => {
  it('shows neither a line nor its head before both are on disk', () => {
    const log = openLog();
    const [first = ''] = manyLines(1);
    const before = log.publisher.head;
    const added = log.project([first]);
    assert.equal(log.publisher.size, 0);
    assert.equal(log.publisher.head, before);
    assert.deepEqual(log.page({ after: 0, reads: 2 }).lines, []);
    log.commit(added);
    assert.equal(log.publisher.size, 1);
    assert.deepEqual(log.page({ after: 0, reads: 2 }).lines, [first]);
  });

  it('projects a batch anew that never came to disk, and signs the same history', () => {
    const log = openLog();
    const lines = manyLines(5);
    log.project(lines);
    log.commit(log.project(lines.slice(0, 2)));
    log.commit(log.project(lines.slice(2), 3));
    assert.equal(log.publisher.size, 5);
    assert.equal(readHead(log.publisher.head, testRing).ok, true);
    assert.equal(
      log.heads.at(-1)?.rootHash,
      rootHash(createLogHashes({ tiles: [], leaves: lines.map(leafHash) }).tree),
    );
  });

  it('signs a head at least every page of the first protocol version', () => {
    const log = openLog(manyLines(3 * HEAD_LINES_MAX + 1));
    assert.deepEqual(
      log.heads.map(({ size }) => size),
      [0, 100, 200, 300, 301],
    );
  });

  it('gives a reader of the first version pages that end at their head, and nothing that it does not know', () => {
    const log = openLog(manyLines(3 * HEAD_LINES_MAX + 1));
    for (let after = 0; after < 301; after += 100) {
      const page = log.page({ after, reads: 1 });
      const read = readHead(page.head, testRing);
      assert.ok(read.ok);
      assert.equal(read.head.size, after + page.lines.length);
      assert.equal(read.head.version, 1);
      assert.deepEqual(Object.keys(page).sort(), ['head', 'lines']);
    }
    const newest = log.page({ after: 301, reads: 1 });
    assert.equal(log.page({ after: 301, reads: 1 }).head, newest.head, 'asked again, it is the same');
  });

  it('gives long pages with the proof that they belong under a head further on', () => {
    const lines = manyLines(PAGE_LINES_MAX + TILE_LINES + 7);
    const log = openLog(lines);
    const page = log.page({ after: 0, reads: 2 });
    assert.equal(page.lines.length, PAGE_LINES_MAX);
    const read = readHead(page.head, testRing);
    assert.ok(read.ok);
    assert.equal(read.head.size, lines.length);
    const prefix = createLogHashes({ tiles: [], leaves: lines.slice(0, PAGE_LINES_MAX).map(leafHash) });
    assert.ok(
      verifyConsistency({
        firstSize: PAGE_LINES_MAX,
        firstRoot: rootHash(prefix.tree),
        secondSize: lines.length,
        secondRoot: read.head.rootHash,
        proof: page.proof ?? [],
      }),
    );
    const last = log.page({ after: PAGE_LINES_MAX, reads: 2, under: lines.length });
    assert.equal(last.lines.length, TILE_LINES + 7);
    assert.equal(last.proof, undefined);
  });

  it('lets who reads a long log come to a head now and then', () => {
    const log = openLog(manyLines(UNDER_LINES_MAX + 2 * PAGE_LINES_MAX));
    const sizes = new Set<number>();
    let after = 0;
    let under: number | undefined;
    while (after < log.publisher.size) {
      const page = log.page({ after, reads: 2, ...(under !== undefined && { under }) });
      const read = readHead(page.head, testRing);
      assert.ok(read.ok && page.lines.length > 0);
      sizes.add(read.head.size);
      after += page.lines.length;
      under = read.head.size > after ? read.head.size : undefined;
    }
    assert.equal(sizes.size, 2);
  });

  it('cuts a page that would be too large, but for its first line', () => {
    const large = manyLines(40, 240_000);
    const log = openLog(large);
    const page = log.page({ after: 0, reads: 2 });
    assert.ok(page.lines.length >= 1 && page.lines.length < 40, `${page.lines.length}`);
    assert.ok(page.proof !== undefined);
  });

  it('proves to anybody that a line is in the log, and that one size of it leads to another', () => {
    const lines = manyLines(300);
    const log = openLog(lines);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        const inclusion = log.inclusion(small, large);
        assert.ok(inclusion !== undefined);
        assert.equal(inclusion.leaf, leafHash(lines[small - 1] ?? ''));
        assert.ok(
          verifyInclusion({
            leaf: inclusion.leaf,
            index: small - 1,
            size: large,
            root: inclusion.root,
            proof: inclusion.proof,
          }),
        );
        const consistency = log.consistency(small, large);
        assert.ok(consistency !== undefined);
        const { fromRoot: firstRoot, toRoot: secondRoot, proof } = consistency;
        assert.ok(verifyConsistency({ firstSize: small, firstRoot, secondSize: large, secondRoot, proof }));
      }),
      { numRuns: 100 },
    );
    assert.equal(log.inclusion(301, 301), undefined);
    assert.equal(log.inclusion(0, 3), undefined);
    assert.equal(log.inclusion(5, 4), undefined);
    assert.equal(log.consistency(0, 3), undefined);
    assert.equal(log.consistency(4, 301), undefined);
  });

  describe('ends', () => {
    const faultAfter = (act: (log: ReturnType<typeof openLog>) => void, lines = 5) => {
      const log = openLog(manyLines(lines));
      act(log);
      assert.equal(log.publisher.publishing, false);
      return log.publisher.fault;
    };

    it('when the journal tells another line than the one that was signed', () => {
      const [forged = ''] = manyLines(1, 0, 'forged');
      assert.equal(faultAfter((log) => log.project([forged], 1))?.kind, 'altered-line');
    });

    it('when the journal leaves lines out', () => {
      assert.equal(faultAfter((log) => log.project(manyLines(7).slice(6), 7))?.kind, 'gap');
    });

    it('when the journal, read again, has fewer lines', () => {
      const fault = faultAfter((log) => {
        log.publisher.recheck();
        log.commit(log.project(manyLines(3)));
        log.publisher.level();
      });
      assert.equal(fault?.kind, 'shrunken-log');
    });

    it('when the other side has seen another history of it, or more than there is: the evidence holds both heads', () => {
      const forged = headOf(manyLines(4, 0, 'forged'));
      const forked = faultAfter((log) => log.compare(forged));
      assert.equal(forked?.kind, 'fork');
      assert.ok(forked?.heads.includes(forged) && forked.heads.length === 2);
      assert.equal(faultAfter((log) => log.compare(headOf(manyLines(6))))?.kind, 'shrunken-log');
    });

    it('when what is stored is not what was signed', () => {
      const signed: SignedHead = { size: 5, rootHash: 'f'.repeat(64), jws: headOf(manyLines(5)) };
      assert.equal(openLog(manyLines(5), signed).publisher.fault?.kind, 'altered-line');
      assert.equal(openLog(manyLines(3), { ...signed, size: 9 }).publisher.fault?.kind, 'shrunken-log');
    });

    it('and begins again once a person has cleared it and the journal agrees', () => {
      const log = openLog(manyLines(5));
      const [forged = ''] = manyLines(1, 0, 'forged');
      log.project([forged], 1);
      log.publisher.clear();
      assert.equal(log.publisher.publishing, false, 'not before the journal was read again');
      log.publisher.recheck();
      log.commit(log.project(manyLines(5)));
      log.publisher.level();
      assert.equal(log.publisher.publishing, true);
    });
  });

  it('agrees with a head of any size that it has signed', () => {
    const lines = manyLines(130);
    const log = openLog(lines);
    for (const size of [0, 1, 64, 100, 130]) log.compare(headOf(lines.slice(0, size)));
    assert.equal(log.publisher.fault, undefined);
    assert.equal(log.compare('not.a.head')?.kind, 'bad-signature', 'a fault of the other side');
    assert.equal(log.publisher.fault, undefined);
  });
});
