/**
 * Merkle trees of RFC 9162 §2.1 over SHA-256: leaf `SHA256(0x00 ‖ d)`, node `SHA256(0x01 ‖ left ‖ right)`.
 * Hashes are lower-case hex.
 */
import { hash } from 'node:crypto';

/** A growing tree, reduced to what its root needs: at most one hash a bit of `size`. Plain JSON. */
export interface MerkleTree {
  size: number;
  /** Roots of the full subtrees, the largest (leftmost) first. */
  peaks: readonly string[];
}

export const EMPTY_TREE: MerkleTree = { size: 0, peaks: [] };

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');
const LEAF = Uint8Array.of(0);

/** Hash of one leaf; a text counts as its UTF-8 bytes. */
export const leafHash = (data: string | Uint8Array): string =>
  sha256(typeof data === 'string' ? `\0${data}` : Buffer.concat([LEAF, data]));

/** Hashing a node makes no garbage: all of it is done in these bytes. */
const node = Buffer.alloc(65, 1);

export function nodeHash(left: string, right: string): string {
  node.write(left, 1, 'hex');
  node.write(right, 33, 'hex');
  return sha256(node);
}

/** The tree with one more leaf; the argument is left as it is. */
export function appendLeaf(tree: MerkleTree, leaf: string): MerkleTree {
  const peaks = [...tree.peaks];
  let carried = leaf;
  // As in binary counting: each full subtree on the right joins the newcomer into one of twice the size.
  for (let rest = tree.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    carried = nodeHash(peaks.pop() ?? '', carried);
  }
  peaks.push(carried);
  return { size: tree.size + 1, peaks };
}

/** RFC 9162 §2.1.1 `MTH`. The root of the empty tree is the hash of nothing. */
export const rootHash = ({ peaks }: MerkleTree): string =>
  peaks.length === 0 ? sha256('') : peaks.reduceRight((right, left) => nodeHash(left, right));

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion(of: {
  leaf: string;
  index: number;
  size: number;
  root: string;
  proof: readonly string[];
}): boolean {
  if (of.index < 0 || of.index >= of.size) return false;
  let fn = of.index;
  let sn = of.size - 1;
  let root = of.leaf;
  for (const sibling of of.proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(sibling, root);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && root === of.root;
}

/** RFC 9162 §2.1.4.2. */
export function verifyConsistency(of: {
  firstSize: number;
  firstRoot: string;
  secondSize: number;
  secondRoot: string;
  proof: readonly string[];
}): boolean {
  const { firstSize, secondSize } = of;
  if (firstSize < 1 || firstSize > secondSize) return false;
  if (firstSize === secondSize) return of.proof.length === 0 && of.firstRoot === of.secondRoot;
  const isPowerOfTwo = Number.isInteger(Math.log2(firstSize));
  const [seed, ...rest] = isPowerOfTwo ? [of.firstRoot, ...of.proof] : of.proof;
  if (seed === undefined) return false;
  let fn = firstSize - 1;
  let sn = secondSize - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let first = seed;
  let second = seed;
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      first = nodeHash(hash, first);
      second = nodeHash(hash, second);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      second = nodeHash(second, hash);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && first === of.firstRoot && second === of.secondRoot;
}
