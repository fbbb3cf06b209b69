/**
 * Every different moment that was met, each once, as a few numbers: the two gates as they are and the parts of the world.
 * Nothing is hashed, so no two moments are taken for one.
 */
import { type Interned, interned } from './interned.ts';
import type { Moment } from './moment.ts';
import type { World } from './world.ts';

export interface Nodes {
  readonly size: number;
  /** The number of its node, and whether the moment is met for the first time. `by` is the action that led from `from` here. */
  add(moment: Moment, from: number, by: string): { node: number; isNew: boolean };
  /** A copy of the moment, to be changed at will. */
  open(node: number): Moment;
  /** The actions from the first node to this one. */
  path(node: number): string[];
}

/** Two gates and five parts of the world. */
const STRIDE = 7;
const NO_NODE = -1;

export function createNodes(): Nodes {
  const parts: Interned<string>[] = Array.from({ length: STRIDE - 2 }, () => interned());
  const names = interned<string>();
  const seen = new Map<string, number>();
  const keys: number[] = [];
  const origins: number[] = [];
  const actions: number[] = [];

  const number = (part: number, value: unknown): number => {
    const text = JSON.stringify(value);
    return parts[part]?.of(text, () => text) ?? 0;
  };
  const value = <T>(part: number, key: number): T => JSON.parse(parts[part]?.at(keys[key] ?? 0) ?? '') as T;

  return {
    get size() {
      return origins.length;
    },
    add({ gates, world }, from, by) {
      const { vehicles, grounds, ...rest } = world;
      const key = [
        ...gates,
        number(0, vehicles[0]),
        number(1, vehicles[1]),
        number(2, grounds[0]),
        number(3, grounds[1]),
        number(4, rest),
      ];
      const text = key.join();
      const known = seen.get(text);
      if (known !== undefined) return { node: known, isNew: false };
      seen.set(text, origins.length);
      keys.push(...key);
      origins.push(from);
      actions.push(names.of(by, () => by));
      return { node: origins.length - 1, isNew: true };
    },
    open(node) {
      const at = node * STRIDE;
      const rest = value<Omit<World, 'vehicles' | 'grounds'>>(4, at + 6);
      const world: World = {
        ...rest,
        vehicles: [value(0, at + 2), value(1, at + 3)],
        grounds: [value(2, at + 4), value(3, at + 5)],
      };
      return { gates: [keys[at] ?? 0, keys[at + 1] ?? 0], world, wrong: [] };
    },
    path(node) {
      const path: string[] = [];
      for (let at = node; (origins[at] ?? NO_NODE) !== NO_NODE; at = origins[at] ?? NO_NODE)
        path.unshift(names.at(actions[at] ?? 0));
      return path;
    },
  };
}
