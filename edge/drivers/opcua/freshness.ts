import type { Clock } from '../../platform/clock.ts';

/** Tells whether everything that should move, moves. */
export interface Freshness {
  /** `name` was seen to move. */
  beat(name: string): void;
  /** What does not move; undefined if all do. Before the first beat of each, and before `staleAfterMs`, it is `waiting`. */
  readonly state: 'waiting' | 'fresh' | { silent: string };
  stop(): void;
}

/** Watches `names`; `onChange` is called when `state` may have changed. */
export function createFreshness(
  clock: Clock,
  staleAfterMs: number,
  names: readonly string[],
  onChange: () => void,
): Freshness {
  const watched = new Map(
    names.map((name) => [name, { state: 'waiting' as 'waiting' | 'fresh' | 'silent', cancel: () => {} }]),
  );
  const arm = (name: string): void => {
    const entry = watched.get(name);
    if (!entry) return;
    entry.cancel();
    entry.cancel = clock.after(staleAfterMs, () => {
      entry.state = 'silent';
      onChange();
    });
  };
  for (const name of names) arm(name);
  return {
    beat(name) {
      const entry = watched.get(name);
      if (!entry) return;
      const before = entry.state;
      entry.state = 'fresh';
      arm(name);
      if (before !== 'fresh') onChange();
    },
    get state() {
      for (const [name, { state }] of watched) if (state === 'silent') return { silent: name };
      for (const { state } of watched.values()) if (state === 'waiting') return 'waiting';
      return 'fresh';
    },
    stop() {
      for (const entry of watched.values()) entry.cancel();
      watched.clear();
    },
  };
}
