/** One text as a camera wrote it, laid over the text that was expected: which character stands for which. */

/** Stands where the camera left a character out. */
export const GAP = ' ';

/** Stands where what the camera wrote may mean several characters, the expected one among them. */
export const UNSAID = '≈';

export interface Aligned {
  /** As long as the expected text: the character read for each of its characters, or {@link GAP}. */
  glyphs: string;
  /** Characters read that stand for none. */
  extra: number;
  /** Characters exchanged, left out and put in. */
  errors: number;
}

const EXCHANGED = 3;
/** Two of them cost more than an exchange: a shift is believed only if it explains at least two exchanges. */
const LEFT_OUT = 4;
const PUT_IN = 4;

/** The cheapest way to lay `read` over `expected`. */
export function align(read: string, expected: string): Aligned {
  if (read === expected) return { glyphs: read, extra: 0, errors: 0 };
  if (read.length === expected.length) {
    const errors = mismatches(read, expected);
    if (errors <= 2) return { glyphs: read, extra: 0, errors };
  }
  return cheapest(read, expected);
}

function mismatches(a: string, b: string): number {
  let count = 0;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) count += 1;
  return count;
}

/**
 * Whether more than `errors` characters would be wrong, told without laying one over the other: a character that is nowhere
 * near its place is one error at least. True is certain; false is not.
 */
export function surelyFar(read: string, expected: string, errors: number): boolean {
  if (Math.abs(read.length - expected.length) > errors) return true;
  let missing = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const from = Math.max(0, index - errors);
    const found = read.indexOf(expected[index] ?? GAP, from);
    if (found === -1 || found > index + errors) missing += 1;
  }
  return missing > errors;
}

function cheapest(read: string, expected: string): Aligned {
  const width = expected.length + 1;
  const cost: number[] = [];
  for (let row = 0; row <= read.length; row += 1)
    for (let column = 0; column < width; column += 1) {
      if (row === 0) cost.push(column * LEFT_OUT);
      else if (column === 0) cost.push(row * PUT_IN);
      else {
        const at = row * width + column;
        const kept = read[row - 1] === expected[column - 1] ? 0 : EXCHANGED;
        cost.push(
          Math.min(
            (cost[at - width - 1] ?? 0) + kept,
            (cost[at - 1] ?? 0) + LEFT_OUT,
            (cost[at - width] ?? 0) + PUT_IN,
          ),
        );
      }
    }
  return walkBack(read, expected, cost);
}

/** From the end of both texts along the cheapest steps; an exchange is preferred where two ways cost the same. */
function walkBack(read: string, expected: string, cost: readonly number[]): Aligned {
  const width = expected.length + 1;
  let glyphs = '';
  let extra = 0;
  let errors = 0;
  let row = read.length;
  let column = expected.length;
  while (row > 0 || column > 0) {
    const at = row * width + column;
    const same = row > 0 && column > 0 && read[row - 1] === expected[column - 1];
    const kept = same ? 0 : EXCHANGED;
    if (row > 0 && column > 0 && cost[at] === (cost[at - width - 1] ?? 0) + kept) {
      glyphs = `${read[row - 1]}${glyphs}`;
      if (!same) errors += 1;
      row -= 1;
      column -= 1;
    } else if (column > 0 && cost[at] === (cost[at - 1] ?? 0) + LEFT_OUT) {
      glyphs = `${GAP}${glyphs}`;
      errors += 1;
      column -= 1;
    } else {
      extra += 1;
      errors += 1;
      row -= 1;
    }
  }
  return { glyphs, extra, errors };
}
