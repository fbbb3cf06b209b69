/** What every model of one world shares: its clock, its chance, its way of telling others, and the count of mishaps. */
import type { Clock } from '../../edge/platform/clock.ts';
import type { Random } from '../../edge/platform/random.ts';
import { scaledClock } from './scaled-clock.ts';

/** What must never happen on a well-run gate, whatever fails; tests assert zeros. */
export interface Tally {
  /** A barrier was sent down onto something the sender had been told of. */
  strikes: number;
  /** A driverless vehicle was sent to a hold point, bay, parking place or refuge where another one stood. */
  collisions: number;
  /** Something drove off below a hoist that was not clear of it. */
  hoistViolations: number;
  /** Two vehicles were under way in opposite directions on the same track. */
  headOn: number;
  /** A container left by `yard-out`, or crossed the border, without a release of its customs. */
  unclearedOut: number;
}

/** One of the mishaps counted. */
export interface Incident {
  kind: keyof Tally;
  /** Wall clock. */
  atMs: number;
  detail: string;
}

/** Incidents are kept in detail up to this many; the tally counts them all. */
const INCIDENTS_MAX = 50;

export interface WorldContext {
  /** The world's own clock: quickened, and stopped with the world. */
  readonly clock: Clock;
  readonly random: Random;
  readonly tally: Readonly<Tally>;
  /** The first incidents, in order. */
  readonly incidents: readonly Incident[];
  /** Counts a mishap. */
  mishap(kind: keyof Tally, detail: string): void;
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
  const tally: Tally = { strikes: 0, collisions: 0, hoistViolations: 0, headOn: 0, unclearedOut: 0 };
  const incidents: Incident[] = [];
  let tellings: (() => void)[] = [];
  const cancels = new Set<() => void>();
  let depth = 0;
  let telling = false;
  let stopped = false;

  function tell(): void {
    if (depth > 0 || telling || tellings.length === 0) return;
    telling = true;
    try {
      // Listeners may cause more to be told: it comes after what was said before it.
      for (let index = 0; index < tellings.length; index += 1) tellings[index]?.();
    } finally {
      tellings = [];
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

  function cancellable(cancel: () => void): () => void {
    cancels.add(cancel);
    return () => {
      if (cancels.delete(cancel)) cancel();
    };
  }

  return {
    random,
    tally,
    incidents,
    mishap(kind, detail) {
      tally[kind] += 1;
      if (incidents.length < INCIDENTS_MAX) incidents.push({ kind, atMs: clock.nowMs(), detail });
    },
    act,
    say(next) {
      tellings.push(next);
      tell();
    },
    clock: {
      nowMs: scaled.nowMs,
      monotonicMs: scaled.monotonicMs,
      after(delayMs, task) {
        if (stopped) return () => {};
        const cancel = scaled.after(delayMs, () => {
          cancels.delete(cancel);
          act(task);
        });
        return cancellable(cancel);
      },
      every: (periodMs, task) => (stopped ? () => {} : cancellable(scaled.every(periodMs, () => act(task)))),
    },
    stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
