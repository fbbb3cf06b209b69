/**
 * What the console knows of the gate, kept current: follows the journal, asks for the state when something has
 * happened, and tells its listeners. While the control daemon cannot be reached it says so and tries again.
 */
import type { Subscription } from 'rxjs';
import type { GateConfig } from '../../config/schema.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { ConsoleDoor } from './door.ts';
import { isGateState, type Overview, overview } from './overview.ts';

/** A journal entry as the page shows it: long bodies are cut, `GET /api/journal` has them whole. */
export interface JournalLine {
  seq: number;
  at: number;
  kind: JournalEntry['kind'];
  type: string;
  text: string;
}

export type FeedEvent =
  | { kind: 'overview'; overview: Overview }
  | { kind: 'journal'; line: JournalLine }
  | { kind: 'gate'; connected: boolean };

export interface Feed {
  /** Whether the control daemon answers. */
  readonly connected: boolean;
  /** The last overview, even while not connected; null before the first. */
  readonly overview: Overview | null;
  /** The newest lines, oldest first, at most {@link LINES_KEPT}. */
  readonly lines: readonly JournalLine[];
  /** Calls back until the returned function is called. */
  listen(listener: (event: FeedEvent) => void): () => void;
  stop(): void;
}

/** Lines kept for browsers that connect or come back. */
export const LINES_KEPT = 200;
const TEXT_CHARACTERS_MAX = 400;
/** At most five overviews a second. */
const REFRESH_PAUSE_MS = 200;
/** The state can run ahead of the journal while the disk is slow, so it is asked for even when no entry comes. */
const REFRESH_AT_LEAST_MS = 2_000;
const ANSWER_MS_MAX = 5_000;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 4_000;

export function journalLine({ seq, at, kind, type, body }: JournalEntry): JournalLine {
  const text = body.length > TEXT_CHARACTERS_MAX ? `${body.slice(0, TEXT_CHARACTERS_MAX)}…` : body;
  return { seq, at, kind, type, text };
}

/**
 * The sequence of the journal's last durable entry, found by asking for single entries: doubling until there is none,
 * then halving the gap. Some forty short reads for a journal of a million entries, once at start.
 */
export async function findHead(door: Pick<ConsoleDoor, 'read'>): Promise<number> {
  const existsAfter = async (seq: number): Promise<boolean> => (await door.read(seq, 1)).length > 0;
  if (!(await existsAfter(0))) return 0;
  let below = 0;
  let above = 1;
  while (await existsAfter(above)) {
    below = above;
    above *= 2;
  }
  // An entry follows `below`, none follows `above`.
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (await existsAfter(middle)) below = middle;
    else above = middle;
  }
  return above;
}

/** Rejects with `GateError` `DOOR_SILENT` when `answer` takes longer than `limitMs`. */
function within<T>(clock: Clock, limitMs: number, answer: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(limitMs, () =>
      reject(
        new GateError(
          'DOOR_SILENT',
          `the control daemon has not answered for ${limitMs} ms`,
          'look at the log of gate control',
        ),
      ),
    );
    answer.then(resolve, reject).finally(cancel);
  });
}

/** Starts at once; `config` stands in until the core has its own. */
export function startFeed({
  config,
  door,
  clock,
  log,
}: {
  config: GateConfig;
  door: ConsoleDoor;
  clock: Clock;
  log: Log;
}): Feed {
  const listeners = new Set<(event: FeedEvent) => void>();
  const lines: JournalLine[] = [];
  let connected = false;
  let told: string | undefined;
  let current: Overview | null = null;
  let stopped = false;
  let subscription: Subscription | undefined;
  let retryMs = RETRY_MS_MIN;
  let cancelRetry = (): void => {};
  let cancelRefresh = (): void => {};
  let refreshing = false;
  let wanted = false;
  let cooling = false;

  const emit = (event: FeedEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const setConnected = (value: boolean, why = ''): void => {
    if (connected === value) return;
    connected = value;
    if (value) log.info('connected to the control daemon');
    else log.warn('lost the control daemon; browsers are told', { why });
    emit({ kind: 'gate', connected });
  };

  /** Asks for the state now, or once more after the question under way and its pause. */
  function refresh(): void {
    wanted = true;
    if (refreshing || cooling || stopped) return;
    wanted = false;
    refreshing = true;
    cancelRefresh();
    within(clock, ANSWER_MS_MAX, door.state())
      .then(
        (state) => {
          if (stopped) return;
          if (!isGateState(state)) return lost('its state has a shape this console does not know');
          current = overview(state, config);
          const text = JSON.stringify(current);
          setConnected(true);
          if (text !== told) emit({ kind: 'overview', overview: current });
          told = text;
        },
        (error) => lost(messageOf(error)),
      )
      .finally(() => {
        refreshing = false;
        if (stopped) return;
        cooling = true;
        cancelRefresh = clock.after(REFRESH_PAUSE_MS, () => {
          cooling = false;
          if (wanted) refresh();
          else cancelRefresh = clock.after(REFRESH_AT_LEAST_MS - REFRESH_PAUSE_MS, refresh);
        });
      });
  }

  function take(entry: JournalEntry): void {
    const line = journalLine(entry);
    if (lines.length > 0 && line.seq <= (lines.at(-1)?.seq ?? 0)) return;
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
    retryMs = RETRY_MS_MIN;
    emit({ kind: 'journal', line });
    refresh();
  }

  function lost(why: string): void {
    if (stopped) return;
    setConnected(false, why);
  }

  function followAgain(why: string): void {
    if (stopped) return;
    log.warn('the journal cannot be followed; trying again', { why, retryMs });
    refresh();
    cancelRetry();
    cancelRetry = clock.after(retryMs, () => void follow());
    retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
  }

  async function follow(): Promise<void> {
    try {
      const last = lines.at(-1)?.seq;
      const after = last ?? Math.max(0, (await within(clock, ANSWER_MS_MAX, findHead(door))) - LINES_KEPT);
      if (stopped) return;
      subscription?.unsubscribe();
      subscription = door.follow(after).subscribe({
        next: take,
        error: (error) => followAgain(messageOf(error)),
        complete: () => followAgain('the journal was closed'),
      });
      refresh();
    } catch (error) {
      followAgain(messageOf(error));
    }
  }

  void follow();
  return {
    get connected() {
      return connected;
    },
    get overview() {
      return current;
    },
    lines,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      cancelRetry();
      cancelRefresh();
      subscription?.unsubscribe();
      listeners.clear();
    },
  };
}
