/** Proofs by the recursion of RFC 9162 itself, over all leaves: what the fast ones are held against. */
import { appendLeaf, EMPTY_TREE, rootHash } from '../../../protocols/handover/merkle.ts';

/** `MTH`. */
export const rootOf = (leaves: readonly string[]): string => rootHash(leaves.reduce(appendLeaf, EMPTY_TREE));

/** The largest power of two smaller than `size`. */
const splitPoint = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** §2.1.3.1 `PATH(m, D_n)`. */
export function inclusionProof(leaves: readonly string[], index: number): string[] {
  if (leaves.length === 1) return [];
  const middle = splitPoint(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return index < middle
    ? [...inclusionProof(left, index), rootOf(right)]
    : [...inclusionProof(right, index - middle), rootOf(left)];
}

/** §2.1.4.1 `PROOF(m, D_n)`. */
export function consistencyProof(leaves: readonly string[], firstSize: number): string[] {
  const subproof = (size: number, among: readonly string[], wholeIsKnown: boolean): string[] => {
    if (size === among.length) return wholeIsKnown ? [] : [rootOf(among)];
    const middle = splitPoint(among.length);
    const [left, right] = [among.slice(0, middle), among.slice(middle)];
    return size <= middle
      ? [...subproof(size, left, wholeIsKnown), rootOf(right)]
      : [...subproof(size - middle, right, false), rootOf(left)];
  };
  return subproof(firstSize, leaves, true);
}
