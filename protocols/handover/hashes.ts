/**
 * The hashes of a log that proofs are made of: roots of full subtrees of {@link TILE_LINES} lines and more in memory (about
 * two a tile: half a megabyte for a year of two million lines), and the leaves of the last, unfinished tile. What lies
 * deeper is asked for, at most two tiles a proof, so a proof costs the same however long the log is.
 */
import { appendLeaf, EMPTY_TREE, type MerkleTree, nodeHash, rootHash } from './merkle.ts';
import { type Asking, askLeaves } from './needs.ts';

export const TILE_LINES = 256;
const TILE_LEVEL = Math.log2(TILE_LINES);

export interface LogHashes {
  /** The tree over all lines. */
  readonly tree: MerkleTree;
  /** Root of tile `index` if it is full. */
  tile(index: number): string | undefined;
  /** Takes the next line. */
  append(leaf: string): void;
  /** Root over the first `size` lines. @throws RangeError if there are fewer. */
  rootAt(size: number): Asking<string>;
  /** RFC 9162 §2.1.3.1: that leaf `index` (from 0) is in the tree of `size`. @throws RangeError if it is not. */
  inclusionProof(index: number, size: number): Asking<string[]>;
  /** RFC 9162 §2.1.4.1: that the tree of `from` is a beginning of the tree of `to`. @throws RangeError if `from` is not 1 to `to`. */
  consistencyProof(from: number, to: number): Asking<string[]>;
}

/** Leaves from `start` up to `end`, from 0. */
interface Range {
  start: number;
  end: number;
}

/** Continues from the roots of the full tiles and the leaves that follow them. */
export function createLogHashes(
  stored: { tiles: readonly string[]; leaves: readonly string[] } = { tiles: [], leaves: [] },
): LogHashes {
  /** By level above the tiles, then index. */
  const levels: string[][] = [];
  /** Of the unfinished tile. */
  let last: string[] = [];
  let lastTree = EMPTY_TREE;

  const addTile = (root: string): void => {
    let node = root;
    for (let level = 0; ; level += 1) {
      levels[level] ??= [];
      const nodes = levels[level] ?? [];
      nodes.push(node);
      if (nodes.length % 2 === 1) return;
      node = nodeHash(nodes.at(-2) ?? '', node);
    }
  };
  const append = (leaf: string): void => {
    lastTree = appendLeaf(lastTree, leaf);
    last.push(leaf);
    if (last.length < TILE_LINES) return;
    addTile(rootHash(lastTree));
    last = [];
    lastTree = EMPTY_TREE;
  };
  const sizeNow = (): number => (levels[0]?.length ?? 0) * TILE_LINES + last.length;
  const treeNow = (): MerkleTree => ({
    size: sizeNow(),
    peaks: [...peaksOf(levels, levels[0]?.length ?? 0), ...lastTree.peaks],
  });

  /** The roots of the largest full subtrees that make up the range, from left to right. */
  function* hashOf({ start, end }: Range): Asking<string> {
    const parts: string[] = [];
    for (let at = start; at < end; ) {
      const tile = Math.floor(at / TILE_LINES);
      const level = levelAt(at, end);
      if (level >= TILE_LEVEL) {
        parts.push(levels[level - TILE_LEVEL]?.[at / 2 ** level] ?? '');
        at += 2 ** level;
        continue;
      }
      const first = tile * TILE_LINES;
      const to = Math.min(end, first + TILE_LINES);
      const unfinished = tile === (levels[0]?.length ?? 0);
      const leaves = unfinished ? last.slice(at - first, to - first) : yield* askLeaves(at, to);
      if (leaves.length !== to - at)
        throw new Error(`of the lines ${at + 1} to ${to} only ${leaves.length} are stored`);
      parts.push(rootOf(leaves));
      at = to;
    }
    return rootHash({ size: end - start, peaks: parts });
  }
  function* hashesOf(ranges: readonly Range[]): Asking<string[]> {
    const hashes: string[] = [];
    for (const range of ranges) hashes.push(yield* hashOf(range));
    return hashes;
  }
  const checkSize = (size: number): void => {
    if (!Number.isInteger(size) || size < 0 || size > sizeNow())
      throw new RangeError(`no tree of ${size} lines among ${sizeNow()}`);
  };

  for (const root of stored.tiles) addTile(root);
  for (const leaf of stored.leaves) append(leaf);

  return {
    get tree() {
      return treeNow();
    },
    tile: (index) => levels[0]?.[index],
    append,
    *rootAt(size) {
      checkSize(size);
      return size === sizeNow() ? rootHash(treeNow()) : yield* hashOf({ start: 0, end: size });
    },
    *inclusionProof(index, size) {
      checkSize(size);
      if (!Number.isInteger(index) || index < 0 || index >= size)
        throw new RangeError(`no leaf ${index} among ${size}`);
      return yield* hashesOf(rangesOfInclusion(index, size));
    },
    *consistencyProof(from, to) {
      checkSize(to);
      if (!Number.isInteger(from) || from < 1 || from > to)
        throw new RangeError(`no tree of ${from} lines among ${to}`);
      return yield* hashesOf(rangesOfConsistency(from, to));
    },
  };
}

const rootOf = (leaves: readonly string[]): string => rootHash(leaves.reduce(appendLeaf, EMPTY_TREE));

/** The largest full subtree that begins at `at` and ends by `end`, as the logarithm of its size. */
function levelAt(at: number, end: number): number {
  let level = 0;
  while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
  return level;
}

/** Peaks of the tree over so many full tiles. */
function peaksOf(levels: readonly (readonly string[])[], tiles: number): string[] {
  const peaks: string[] = [];
  for (let at = 0; at < tiles; ) {
    const level = levelAt(at, tiles);
    peaks.push(levels[level]?.[at / 2 ** level] ?? '');
    at += 2 ** level;
  }
  return peaks;
}

/** The largest power of two smaller than `size`. */
const splitPoint = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 9162 §2.1.3.1 `PATH`, from the leaf upwards. */
function rangesOfInclusion(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** RFC 9162 §2.1.4.1 `SUBPROOF`, from below upwards. */
function rangesOfConsistency(from: number, to: number): Range[] {
  const ranges: Range[] = [];
  let [start, end] = [0, to];
  while (end !== from) {
    const middle = start + splitPoint(end - start);
    if (from <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The reader has the root of the older tree already where that is one full subtree of the newer.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}
