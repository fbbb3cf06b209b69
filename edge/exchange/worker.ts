/**
 * A worker repeats one turn of work until stopped: on success as the turn asks, on failure with a growing, scattered
 * delay. It logs once when the work begins to fail and once when it works again.
 */
import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';

/** What a turn asks for: the pause until the next in milliseconds, `idle` until woken, or `done` for good. */
export type Turn = number | 'idle' | 'done';

export interface Worker {
  /** Ends a pause or idling now; a back-off runs to its end. */
  wake(): void;
  /** Resolves when the turn under way has ended. */
  stop(): Promise<void>;
}

/** Tells control a sequence of inputs. */
export interface Submitter extends Worker {
  /** Control has restarted: asks it anew how far it got. */
  resync(): void;
}

export interface WorkerTools {
  clock: Clock;
  random: Random;
  log: Log;
}

/** Delay before attempt `failures + 1`: doubles from `minMs` to `maxMs`, scattered over its upper half. */
export function backoffMs(failures: number, range: { minMs: number; maxMs: number }, random: Random): number {
  const full = Math.min(range.maxMs, range.minMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (random.next() * full) / 2;
}

/** Starts repeating `turn`, at once. `signal` tells the turn to give up waiting. */
export function startWorker(
  options: WorkerTools & {
    /** What it does, for the log: "poll customs". */
    name: string;
    backoff: { minMs: number; maxMs: number };
    turn(signal: AbortSignal): Promise<Turn>;
  },
): Worker {
  const { clock, random, log, name } = options;
  const stopping = new AbortController();
  let woken = false;
  let endPause: (() => void) | undefined;

  const pause = (delayMs: number | 'idle', wakeable: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (stopping.signal.aborted || (wakeable && woken)) return resolve();
      const cancel = delayMs === 'idle' ? undefined : clock.after(delayMs, () => end());
      const end = (): void => {
        cancel?.();
        stopping.signal.removeEventListener('abort', end);
        endPause = undefined;
        resolve();
      };
      stopping.signal.addEventListener('abort', end, { once: true });
      if (wakeable) endPause = end;
    });

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        const next = await options.turn(stopping.signal);
        if (failures > 0) log.info(`${name}: works again`, { afterFailures: failures });
        failures = 0;
        if (next === 'done') return;
        if (next !== 0) await pause(next, true);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        if (failures === 1) log.warn(`${name}: ${messageOf(error)}`);
        await pause(backoffMs(failures, options.backoff, random), false);
      }
    }
  };
  const running = run();

  return {
    wake() {
      woken = true;
      endPause?.();
    },
    stop() {
      stopping.abort();
      return running;
    },
  };
}
