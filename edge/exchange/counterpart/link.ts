/** Whether the other gate's log can be read now: up while it answers and nothing is wrong, down after silence. */
import type { LogName } from '../../core/input.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';

export type Needed = LogName | 'restore' | 'version' | 'keys';

export interface Link {
  readonly up: boolean;
  /** It has just answered as it should. */
  seen(): void;
  /**
   * Down, however it answers, until this log is sound again, our own is known to be all here
   * (`restore`), the other side has said what it reads (`version`), and a key of its log counts (`keys`).
   */
  fail(log: Needed, reason: string): void;
  /** Nothing is wrong with this log any more. */
  recover(log: Needed): void;
  stop(): void;
}

export function createLink(options: {
  clock: Clock;
  log: Log;
  /** Silence after which the link counts as down. */
  staleAfterMs: number;
  onChange(up: boolean): void;
}): Link {
  const { clock, log, staleAfterMs, onChange } = options;
  // Unknown at first: the state before this start was told by another process.
  let up: boolean | undefined;
  const failed = new Set<Needed>();
  let seenMs = clock.monotonicMs();

  const set = (now: boolean, reason: string): void => {
    if (up === now) return;
    if (now) log.info('link to the counterpart is up');
    else log.warn(`link to the counterpart is down: ${reason}`);
    up = now;
    onChange(now);
  };
  const cancel = clock.every(Math.max(10, staleAfterMs / 10), () => {
    if (clock.monotonicMs() - seenMs > staleAfterMs) set(false, `silent for ${staleAfterMs} ms`);
  });

  return {
    get up() {
      return up === true;
    },
    seen() {
      seenMs = clock.monotonicMs();
      if (failed.size === 0) set(true, '');
    },
    fail(log, reason) {
      failed.add(log);
      set(false, reason);
    },
    recover(log) {
      failed.delete(log);
    },
    stop: cancel,
  };
}
