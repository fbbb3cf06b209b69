/** What a fault is: something that goes wrong somewhere for a while, and then is well again. */
import type { Random } from '../../edge/platform/random.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';
import type { SimulatedGate } from '../world/world.ts';

/** Where a fault strikes: one gate, and what stands on its ground. */
export interface Scene {
  run: VirtualRun;
  gate: VirtualGate;
  world: SimulatedGate;
  /** The kind's own chance, so that other kinds do not change what this one does. */
  random: Random;
}

/** A fault that has begun. */
export interface Trouble {
  /** The device, lane or container it struck, for people. */
  where?: string;
  lastsMs: number;
  /** Makes it well. Safe to call when another fault of the same thing was healed before, and while the gate is down. */
  heal(): void;
}

export interface Fault {
  kind: string;
  /** What happens, one line. */
  what: string;
  /** Mean number an hour over the whole site, when it is chosen without a weight. */
  perHour: number;
  /** Strikes only where it is named: `all` leaves it out. */
  named?: true;
  /** Undefined: there is nothing here now that it could strike. */
  begin(scene: Scene): Trouble | undefined;
}

export const MINUTE_MS = 60_000;

/** One of the list, each as likely. */
export const pick = <T>(random: Random, list: readonly T[]): T | undefined =>
  list[Math.floor(random.next() * list.length)];

/** Uniform from `least` to `most`. */
export const between = (random: Random, least: number, most: number): number =>
  least + random.next() * (most - least);

export const chance = (random: Random, share: number): boolean => random.next() < share;

/** One entry of the map, each as likely. */
function pickEntry<T>(random: Random, things: ReadonlyMap<string, T>): { id: string; thing: T } | undefined {
  const entry = pick(random, [...things]);
  return entry && { id: entry[0], thing: entry[1] };
}

/**
 * A fault of one thing of a kind: `strike` begins it and returns what makes it well again, or undefined if it cannot strike
 * there. `lastsMinutes` is from … to; absent, it passes by itself.
 */
export function faultOf<T>(
  about: Pick<Fault, 'kind' | 'what' | 'perHour'>,
  things: (scene: Scene) => ReadonlyMap<string, T>,
  lastsMinutes: readonly [least: number, most: number] | undefined,
  strike: (thing: T, scene: Scene) => (() => void) | undefined,
): Fault {
  return {
    ...about,
    begin(scene) {
      const struck = pickEntry(scene.random, things(scene));
      if (struck === undefined) return undefined;
      const heal = strike(struck.thing, scene);
      if (heal === undefined) return undefined;
      const lastsMs = lastsMinutes === undefined ? 0 : between(scene.random, ...lastsMinutes) * MINUTE_MS;
      return { where: struck.id, lastsMs, heal };
    },
  };
}

/** For what passes by itself. */
export const nothingToHeal = (): void => {};
