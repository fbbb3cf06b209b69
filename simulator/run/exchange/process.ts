/** The exchange daemon as a process: it can die at any moment, and what it had planned dies with it. */
import type { VirtualClock } from '../../world/virtual-clock.ts';

/**
 * Moments in which a death is of interest: a page of the other log is on disk and was told to nobody; a head is signed and on no disk;
 * it is on disk and was served to nobody.
 */
export type DeathPoint = 'page-stored' | 'head-signed' | 'head-stored';

export interface ExchangeProcess {
  readonly up: boolean;
  /** Since when it is down; undefined while it is up. */
  readonly downSinceMs: number | undefined;
  /** As `clock.after`, in this life. */
  after(delayMs: number, task: () => void): () => void;
  /** Wraps what is called back later: in another life it does nothing. */
  alive<A extends unknown[]>(task: (...given: A) => void): (...given: A) => void;
  /** Whether it dies at this point; then nothing more may be done. */
  diesAt(point: DeathPoint): boolean;
  /** Dies now, and starts again after `downMs`. */
  restart(downMs: number): void;
  /** Dies when it next comes to that point. */
  restartAt(point: DeathPoint, downMs: number): void;
}

export function createExchangeProcess(clock: VirtualClock, start: () => void): ExchangeProcess {
  let life = 0;
  let downSinceMs: number | undefined;
  let armed: { point: DeathPoint; downMs: number } | undefined;

  function alive<A extends unknown[]>(task: (...given: A) => void): (...given: A) => void {
    const planned = life;
    return (...given) => {
      if (planned === life && downSinceMs === undefined) task(...given);
    };
  }
  function restart(downMs: number): void {
    if (downSinceMs !== undefined) return;
    armed = undefined;
    life += 1;
    downSinceMs = clock.monotonicMs();
    clock.after(downMs, () => {
      downSinceMs = undefined;
      start();
    });
  }
  return {
    get up() {
      return downSinceMs === undefined;
    },
    get downSinceMs() {
      return downSinceMs;
    },
    after: (delayMs, task) => clock.after(delayMs, alive(task)),
    alive,
    diesAt(point) {
      if (armed?.point !== point) return false;
      restart(armed.downMs);
      return true;
    },
    restart,
    restartAt(point, downMs) {
      armed = { point, downMs };
    },
  };
}
