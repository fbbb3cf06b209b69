/** Values told apart by what they are, each with a small number: what is equal is kept once, and compared by its number. */
export interface Interned<T> {
  readonly size: number;
  /** The number of what `text` stands for; `make` is asked the first time it is seen. */
  of(text: string, make: () => T): number;
  /** Throws if nothing has this number. */
  at(number: number): T;
}

export function interned<T>(): Interned<T> {
  const numbers = new Map<string, number>();
  const values: T[] = [];
  return {
    get size() {
      return values.length;
    },
    of(text, make) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      const number = values.length;
      values.push(make());
      numbers.set(text, number);
      return number;
    },
    at(number) {
      const value = values[number];
      if (value === undefined) throw new RangeError(`nothing has the number ${number}`);
      return value;
    },
  };
}
