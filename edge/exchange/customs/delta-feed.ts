/**
 * Reads a list by its changes: long polls from the cursor that the mirror keeps. What the records are is the mirror's concern.
 *
 * When control is told that the list is complete (`customs-feed`): at a page with nothing behind it, if the service's
 * `asOf` is at least {@link CONFIRM_EVERY_MS} later than the one told before, or is the first after a start or a failed poll. While
 * a change could not be read, nothing is confirmed: it might be a withdrawal. Its page is read again from time to
 * time, and as soon as the service has corrected it, confirmation goes on.
 */
import {
  CHANGES_PER_PAGE,
  CHANGES_PER_PAGE_MAX,
  type ChangesPage,
  changesPage,
  changesPath,
} from '../../../protocols/clearance/wire.ts';
import { GateError } from '../../platform/errors.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';
import type { FeedMirror } from './mirror.ts';
import type { Service } from './service.ts';

export const CONFIRM_EVERY_MS = 10_000;
const POLL_WAIT_MS = 10_000;
const BACKOFF_MS_MAX = 30_000;
const REREAD_EVERY_MS = 30_000;

export interface DeltaFeed {
  /** Reads one page; the pause until the next, in milliseconds. The service may let it wait for `waitMsMax` at most. */
  readPage(waitMsMax: number, signal: AbortSignal): Promise<number>;
  /** When it was last read, monotonic. */
  readonly polledMs: number;
  /** A poll failed: the next good one is confirmed at once. */
  failed(): void;
}

/** Between attempts after failures. */
export const feedBackoff = (pollMs: number): { minMs: number; maxMs: number } => ({
  minMs: pollMs,
  maxMs: Math.max(pollMs, BACKOFF_MS_MAX),
});

export function createDeltaFeed(
  options: Pick<WorkerTools, 'clock' | 'log'> & {
    service: Service;
    mirror: FeedMirror;
    /** Pause between two polls. */
    pollMs: number;
    /** Something new waits for control. */
    onQueued(): void;
  },
): DeltaFeed {
  const { service, mirror, clock, log } = options;
  let limit = CHANGES_PER_PAGE;
  /** Lowered when a page was too many bytes. */
  let limitMax = CHANGES_PER_PAGE_MAX;
  let confirmedAsOf: number | undefined;
  let rereadNotBeforeMs = Number.NEGATIVE_INFINITY;
  /** The page behind the last one, asked for while that is stored. */
  let ahead: { after: string; page: Promise<ChangesPage> } | undefined;
  /** Whether the page read last had nothing behind it, and the mirror knows. */
  let atEnd = false;
  let polledMs = Number.NEGATIVE_INFINITY;

  const poll = async (after: string, waitMs: number, signal: AbortSignal): Promise<ChangesPage> => {
    const path = changesPath({ after, waitMs, limit });
    try {
      return await service.get(path, changesPage, { waitMs, signal });
    } catch (error) {
      if (error instanceof GateError && error.code === 'HTTP_TOO_LARGE' && limit > 1) {
        limitMax = Math.floor(limit / 2);
        limit = limitMax;
      }
      throw error;
    }
  };

  const next = async (after: string, waitMs: number, signal: AbortSignal): Promise<ChangesPage> => {
    const asked = ahead?.after === after ? ahead.page : undefined;
    ahead = undefined;
    // What went wrong with it shows when it is asked for again.
    return (await asked?.catch(() => undefined)) ?? (await poll(after, waitMs, signal));
  };

  const take = async (after: string, page: ChangesPage, how: { moveOn: boolean; last: boolean }) => {
    const { queued, unreadable } = await mirror.ingest(after, page, how);
    if (queued) options.onQueued();
    if (unreadable !== undefined)
      log.error('a change of the list is unreadable; freshness is not confirmed until it is corrected', {
        service: service.url,
        after,
        reason: unreadable,
      });
  };

  /** Reads a page with an unreadable change again, when it is time to; true if there is none any more. */
  const reread = async (signal: AbortSignal): Promise<boolean> => {
    const after = await mirror.pageSetAside();
    if (after === undefined) return true;
    if (clock.monotonicMs() < rereadNotBeforeMs) return false;
    rereadNotBeforeMs = clock.monotonicMs() + REREAD_EVERY_MS;
    await take(after, await poll(after, 0, signal), { moveOn: false, last: false });
    return (await mirror.pageSetAside()) === undefined;
  };

  return {
    get polledMs() {
      return polledMs;
    },
    failed() {
      confirmedAsOf = undefined;
    },
    async readPage(waitMsMax, signal) {
      const allReadable = await reread(signal);
      const after = await mirror.cursor();
      // The first poll after a start or a gap does not wait: what is already there has to be told.
      const waitMs = confirmedAsOf === undefined ? 0 : Math.min(POLL_WAIT_MS, waitMsMax);
      const page = await next(after, waitMs, signal);
      polledMs = clock.monotonicMs();
      const more = page.more ?? page.changes.length >= limit;
      limit = Math.min(limitMax, Math.max(CHANGES_PER_PAGE, page.limitMax ?? 0));
      if (more) {
        ahead = { after: page.cursor, page: poll(page.cursor, 0, signal) };
        ahead.page.catch(() => undefined);
      }
      // An empty page is news, too, when it is the first to say that the end is reached.
      if (page.changes.length > 0 || page.cursor !== after || !atEnd)
        await take(after, page, { moveOn: true, last: !more });
      atEnd = !more;
      const complete = !more && allReadable && (await mirror.pageSetAside()) === undefined;
      if (complete && (confirmedAsOf === undefined || page.asOf >= confirmedAsOf + CONFIRM_EVERY_MS)) {
        await mirror.confirm(page.asOf);
        confirmedAsOf = page.asOf;
        options.onQueued();
      }
      return more ? 0 : options.pollMs;
    },
  };
}

/** Keeps reading a feed that is nothing but a list. Stopping also closes the service. */
export function startFeed(
  options: WorkerTools & Parameters<typeof createDeltaFeed>[0] & { name: string },
): Pick<Worker, 'stop'> {
  const feed = createDeltaFeed(options);
  const worker = startWorker({
    ...options,
    backoff: feedBackoff(options.pollMs),
    async turn(signal) {
      try {
        return await feed.readPage(Number.POSITIVE_INFINITY, signal);
      } catch (error) {
        feed.failed();
        throw error;
      }
    },
  });
  return {
    async stop() {
      await worker.stop();
      options.service.close();
    },
  };
}
