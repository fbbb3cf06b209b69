/**
 * Names that were given out one after the other, such as `huu-nghi-m17`: kept as ranges of their numbers, so that a year of
 * them takes next to nothing. A name that does not end with a number is kept as it is.
 */
const NUMBERED = /^(.*?)(0|[1-9]\d{0,14})$/s;

interface Ranges {
  /** First and last number of each range, ascending; ranges neither overlap nor touch. */
  first: number[];
  last: number[];
}

export class NameSet {
  readonly #numbered = new Map<string, Ranges>();
  readonly #others = new Set<string>();

  has(name: string): boolean {
    const [, prefix, number] = NUMBERED.exec(name) ?? [];
    if (prefix === undefined) return this.#others.has(name);
    const ranges = this.#numbered.get(prefix);
    if (ranges === undefined) return false;
    const index = rangeAt(ranges, Number(number));
    return index >= 0 && (ranges.last[index] ?? -1) >= Number(number);
  }

  add(name: string): void {
    const [, prefix, digits] = NUMBERED.exec(name) ?? [];
    if (prefix === undefined) {
      this.#others.add(name);
      return;
    }
    const number = Number(digits);
    const ranges = this.#numbered.get(prefix) ?? { first: [], last: [] };
    this.#numbered.set(prefix, ranges);
    const { first, last } = ranges;
    const index = rangeAt(ranges, number);
    if (index >= 0 && (last[index] ?? -1) >= number) return;
    const joinsBefore = index >= 0 && last[index] === number - 1;
    const joinsAfter = first[index + 1] === number + 1;
    if (joinsBefore && joinsAfter) {
      last.splice(index, 1);
      first.splice(index + 1, 1);
    } else if (joinsBefore) last[index] = number;
    else if (joinsAfter) first[index + 1] = number;
    else {
      first.splice(index + 1, 0, number);
      last.splice(index + 1, 0, number);
    }
  }

  delete(name: string): void {
    const [, prefix, digits] = NUMBERED.exec(name) ?? [];
    if (prefix === undefined) {
      this.#others.delete(name);
      return;
    }
    const ranges = this.#numbered.get(prefix);
    const number = Number(digits);
    if (ranges === undefined || !this.has(name)) return;
    const index = rangeAt(ranges, number);
    const [from, to] = [ranges.first[index] ?? number, ranges.last[index] ?? number];
    const left = [
      ...(from < number ? [[from, number - 1] as const] : []),
      ...(to > number ? [[number + 1, to] as const] : []),
    ];
    ranges.first.splice(index, 1, ...left.map(([one]) => one));
    ranges.last.splice(index, 1, ...left.map(([, one]) => one));
  }
}

/** The last range that begins at or before the number; -1 if there is none. */
function rangeAt({ first }: Ranges, number: number): number {
  let [low, high] = [0, first.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((first[middle] ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
