import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  appendLeaf,
  EMPTY_TREE,
  leafHash,
  type MerkleTree,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from '../../../protocols/handover/merkle.ts';
import { consistencyProof, inclusionProof, rootOf } from './reference.ts';

// The reference vectors of Certificate Transparency (RFC 6962), whose tree RFC 9162 keeps.
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const LEAVES = ENTRIES.map((entry) => leafHash(Buffer.from(entry, 'hex')));
const treeOf = (leaves: readonly string[]): MerkleTree => leaves.reduce(appendLeaf, EMPTY_TREE);

describe('the Merkle tree of a log', () => {
  it('has the reference roots of Certificate Transparency, of nothing and of one to eight entries', () => {
    assert.equal(rootHash(EMPTY_TREE), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    for (const [index, root] of ROOTS.entries()) assert.equal(rootOf(LEAVES.slice(0, index + 1)), root);
  });

  it('gives the reference proofs', () => {
    assert.deepEqual(inclusionProof(LEAVES, 0), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    assert.deepEqual(inclusionProof(LEAVES, 5), [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    assert.deepEqual(consistencyProof(LEAVES, 6), [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('stays small, and continues from its stored form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (first, more) => {
        const leaves = Array.from({ length: first + more }, (_, index) => leafHash(`line ${index}`));
        const stored = JSON.parse(JSON.stringify(treeOf(leaves.slice(0, first)))) as MerkleTree;
        assert.ok(stored.peaks.length <= 9);
        assert.equal(rootHash(leaves.slice(first).reduce(appendLeaf, stored)), rootOf(leaves));
      }),
      { numRuns: 30 },
    );
  });

  it('proves every line and every earlier size, and no other', () => {
    const sizes = fc
      .integer({ min: 1, max: 70 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1), fc.integer({ min: 1, max: size })));
    fc.assert(
      fc.property(sizes, ([size, index, firstSize]) => {
        const leaves = Array.from({ length: size }, (_, line) => leafHash(`line ${line}`));
        const root = rootOf(leaves);
        const leaf = leaves[index] ?? '';
        const proof = inclusionProof(leaves, index);
        assert.ok(verifyInclusion({ leaf, index, size, root, proof }));
        assert.ok(!verifyInclusion({ leaf: leafHash('another'), index, size, root, proof }));
        assert.ok(!verifyInclusion({ leaf, index, size, root, proof: [...proof, root] }));

        const firstRoot = rootOf(leaves.slice(0, firstSize));
        const consistency = { firstSize, firstRoot, secondSize: size, secondRoot: root };
        const steps = consistencyProof(leaves, firstSize);
        assert.ok(verifyConsistency({ ...consistency, proof: steps }));
        assert.ok(!verifyConsistency({ ...consistency, firstRoot: leafHash('another'), proof: steps }));
        assert.ok(!verifyConsistency({ ...consistency, secondRoot: leafHash('another'), proof: steps }));
        assert.ok(!verifyConsistency({ ...consistency, proof: [...steps, root] }));
      }),
    );
  });

  it('has no proof for what is not there', () => {
    assert.ok(!verifyInclusion({ leaf: '', index: 1, size: 1, root: '', proof: [] }));
    assert.ok(!verifyConsistency({ firstSize: 2, firstRoot: '', secondSize: 1, secondRoot: '', proof: [] }));
    assert.ok(!verifyConsistency({ firstSize: 3, firstRoot: '', secondSize: 5, secondRoot: '', proof: [] }));
  });
});
