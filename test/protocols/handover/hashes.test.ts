import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLogHashes, type LogHashes, TILE_LINES } from '../../../protocols/handover/hashes.ts';
import {
  leafHash,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from '../../../protocols/handover/merkle.ts';
import { type Asking, fulfil, type Need } from '../../../protocols/handover/needs.ts';
import { consistencyProof, inclusionProof, rootOf } from './reference.ts';

const LEAVES = Array.from({ length: 3 * TILE_LINES + 17 }, (_, line) => leafHash(`line ${line}`));
const hashesOf = (leaves: readonly string[]): LogHashes => {
  const hashes = createLogHashes();
  for (const leaf of leaves) hashes.append(leaf);
  return hashes;
};
const source = {
  lines: () => [],
  leaves: (after: number, last: number) => LEAVES.slice(after, last),
  head: () => undefined,
};
const worked = <T>(asking: Asking<T>): T => fulfil(asking, source);
const everyPair = function* (upTo: number): Generator<[number, number]> {
  for (let size = 1; size <= upTo; size += 1)
    for (let other = 1; other <= size; other += 1) yield [other, size];
};

describe('the proofs of a log', () => {
  it('are those of the recursion of RFC 9162, for every size and every line of a small log', () => {
    const hashes = hashesOf(LEAVES);
    for (const [line, size] of everyPair(65)) {
      const leaves = LEAVES.slice(0, size);
      assert.deepEqual(worked(hashes.inclusionProof(line - 1, size)), inclusionProof(leaves, line - 1));
      assert.deepEqual(worked(hashes.consistencyProof(line, size)), consistencyProof(leaves, line));
    }
  });

  it('are those of the recursion for sizes around the ends of tiles', () => {
    const hashes = hashesOf(LEAVES);
    const edges = [1, 2, 3].flatMap((tile) => [-2, -1, 0, 1, 2, 9].map((by) => tile * TILE_LINES + by));
    const sizes = [1, 2, 100, ...edges];
    for (const size of sizes) {
      const leaves = LEAVES.slice(0, size);
      assert.equal(worked(hashes.rootAt(size)), rootOf(leaves));
      for (const other of sizes.filter((one) => one <= size)) {
        assert.deepEqual(worked(hashes.inclusionProof(other - 1, size)), inclusionProof(leaves, other - 1));
        assert.deepEqual(worked(hashes.consistencyProof(other, size)), consistencyProof(leaves, other));
      }
    }
  });

  it('verify for every size up to some hundreds, and not with another line or another root', () => {
    const hashes = hashesOf(LEAVES);
    const pairs = fc
      .integer({ min: 1, max: LEAVES.length })
      .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size })));
    fc.assert(
      fc.property(pairs, ([size, other]) => {
        const root = worked(hashes.rootAt(size));
        const leaf = LEAVES[other - 1] ?? '';
        const included = { leaf, index: other - 1, size, root };
        const proof = worked(hashes.inclusionProof(other - 1, size));
        assert.ok(verifyInclusion({ ...included, proof }));
        assert.ok(!verifyInclusion({ ...included, leaf: leafHash('another'), proof }));
        const firstRoot = worked(hashes.rootAt(other));
        const sizes = { firstSize: other, firstRoot, secondSize: size, secondRoot: root };
        const steps = worked(hashes.consistencyProof(other, size));
        assert.ok(verifyConsistency({ ...sizes, proof: steps }));
        assert.ok(!verifyConsistency({ ...sizes, firstRoot: leafHash('another'), proof: steps }));
      }),
      { numRuns: 300 },
    );
  });

  it('ask for the leaves of two tiles at most, and for none of those in memory', () => {
    const hashes = hashesOf(LEAVES);
    const asked = <T>(asking: Asking<T>): number => {
      const needs: Need[] = [];
      fulfil(asking, {
        ...source,
        leaves: (after, last) => {
          needs.push({ kind: 'leaves', after, last });
          return LEAVES.slice(after, last);
        },
      });
      const tiles = needs.map((need) => (need.kind === 'leaves' ? Math.floor(need.after / TILE_LINES) : -1));
      return new Set(tiles).size;
    };
    for (let size = 1; size <= LEAVES.length; size += 7)
      for (let other = 1; other <= size; other += 31) {
        assert.ok(asked(hashes.inclusionProof(other - 1, size)) <= 2);
        assert.ok(asked(hashes.consistencyProof(other, size)) <= 2);
      }
    // A page that ends with a tile, under the newest head.
    assert.equal(asked(hashes.consistencyProof(2 * TILE_LINES, LEAVES.length)), 0);
  });

  it('continue from the stored roots of full tiles', () => {
    for (const size of [0, 1, TILE_LINES - 1, TILE_LINES, TILE_LINES + 1, 3 * TILE_LINES, LEAVES.length]) {
      const whole = hashesOf(LEAVES.slice(0, size));
      const tiles = Array.from(
        { length: Math.floor(size / TILE_LINES) },
        (_, tile) => whole.tile(tile) ?? '',
      );
      const continued = createLogHashes({ tiles, leaves: LEAVES.slice(tiles.length * TILE_LINES, size) });
      assert.deepEqual(continued.tree, whole.tree);
      for (const leaf of LEAVES.slice(size)) continued.append(leaf);
      assert.equal(rootHash(continued.tree), rootOf(LEAVES));
    }
  });

  it('are not made of what is not there', () => {
    const hashes = hashesOf(LEAVES.slice(0, 8));
    assert.throws(() => worked(hashes.inclusionProof(8, 8)), RangeError);
    assert.throws(() => worked(hashes.inclusionProof(0, 9)), RangeError);
    assert.throws(() => worked(hashes.consistencyProof(0, 8)), RangeError);
    assert.throws(() => worked(hashes.consistencyProof(1, 9)), RangeError);
    assert.throws(() => worked(hashes.rootAt(9)), RangeError);
    const lost = hashesOf(LEAVES);
    assert.throws(
      () => fulfil(lost.inclusionProof(3, 300), { ...source, leaves: () => [] }),
      /only 0 are stored/,
    );
  });
});
