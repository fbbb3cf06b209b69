/** What every model of one world shares: its clock, its chance, its way of telling others, and the count of mishaps. */
import type { Clock } from '../../edge/platform/clock.ts';
import type { Random } from '../../edge/platform/random.ts';
import { scaledClock } from './scaled-clock.ts';

/** What must never happen on a well-run gate; tests assert zeros. */
export interface Tally {
  /** A barrier came down on something. */
  strikes: number;
  /** A driverless vehicle was sent to a node where another one stood. */
  collisions: number;
  /** Something drove off below a hoist that was not clear of it. */
  hoistViolations: number;
}

export interface WorldContext {
  /** The world's own clock: quickened, and stopped with the world. */
  readonly clock: Clock;
  readonly random: Random;
  readonly tally: Tally;
  /** Runs one event of the world; what is said meanwhile is heard when it is over. Commands from outside go through it. */
  act<T>(work: () => T): T;
  /**
   * Tells the outside, after the event under way is complete and in the order of telling. So a listener that answers
   * with a command at once never meets a model halfway through a change.
   */
  say(telling: () => void): void;
  /** Cancels every timer; later ones never fire. */
  stop(): void;
}

export function createContext(clock: Clock, random: Random, speed: number): WorldContext {
  const scaled = scaledClock(clock, speed);
  const tellings: (() => void)[] = [];
  const cancels = new Set<() => void>();
  let depth = 0;
  let telling = false;
  let stopped = false;

  function tell(): void {
    if (depth > 0 || telling) return;
    telling = true;
    try {
      for (let next = tellings.shift(); next !== undefined; next = tellings.shift()) next();
    } finally {
      telling = false;
    }
  }

  function act<T>(work: () => T): T {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
      tell();
    }
  }

  function cancellable(start: (forget: () => void) => () => void): () => void {
    if (stopped) return () => {};
    const cancel = start(() => cancels.delete(cancel));
    cancels.add(cancel);
    return () => {
      cancels.delete(cancel);
      cancel();
    };
  }

  return {
    random,
    tally: { strikes: 0, collisions: 0, hoistViolations: 0 },
    act,
    say(next) {
      tellings.push(next);
      tell();
    },
    clock: {
      nowMs: scaled.nowMs,
      monotonicMs: scaled.monotonicMs,
      after: (delayMs, task) =>
        cancellable((forget) =>
          scaled.after(delayMs, () => {
            forget();
            act(task);
          }),
        ),
      every: (periodMs, task) => cancellable(() => scaled.every(periodMs, () => act(task))),
    },
    stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
