/**
 * The one conversation with customs: long polls for changes of the list, and between them questions about single containers and
 * reports. A question or report that comes up ends a waiting poll; a poll that is given up costs nothing, for the cursor is ours.
 */
import { readChanges } from '../../../protocols/clearance/reading.ts';
import { containerAnswer, containerPath } from '../../../protocols/clearance/wire.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { Sender } from '../outbox/sender.ts';
import { backoffMs, startWorker, type WorkerTools } from '../worker.ts';
import type { Asks } from './asks.ts';
import { createDeltaFeed, feedBackoff } from './delta-feed.ts';
import type { Mirror } from './mirror.ts';
import { CUSTOMS_FEED } from './queue.ts';
import type { Service } from './service.ts';

export interface CustomsConversation {
  /** A report or a question waits to be sent. */
  errandWaiting(): void;
  stop(): Promise<void>;
}

/** Starts talking. Stopping also closes the service. */
export function startConversation(
  options: WorkerTools & {
    service: Service;
    pollMs: number;
    mirror: Mirror;
    /** Sends reports, and whatever else goes to customs. */
    sender: Sender;
    /** Where the service answers about single containers. */
    asks: Asks | undefined;
    /** Something new waits for control. */
    onQueued(): void;
  },
): CustomsConversation {
  const { service, pollMs, mirror, sender, asks, clock, random, log } = options;
  const backoff = feedBackoff(pollMs);
  const feed = createDeltaFeed({ ...options, mirror: mirror.feed(CUSTOMS_FEED, readChanges) });
  let givenUp: AbortController | undefined;
  let askFailures = 0;
  let askNotBeforeMs = Number.NEGATIVE_INFINITY;

  /** Asks about the first container that waits; false if none does. */
  const ask = async (signal: AbortSignal): Promise<boolean> => {
    const container = await asks?.next();
    if (container === undefined) return false;
    try {
      const answer = await service.get(containerPath(container), containerAnswer, { signal });
      const { queued, unreadable } = await mirror.takeAnswer(container, answer, readChanges);
      if (queued) options.onQueued();
      if (unreadable !== undefined)
        log.error('a part of customs’ answer about a container is unreadable', {
          container,
          reason: unreadable,
        });
    } catch (error) {
      if (!(error instanceof GateError) || error.code !== 'HTTP_REFUSED') throw error;
      log.info('customs lists nothing of a container', { container, answer: error.message });
    }
    await asks?.settle(container);
    return true;
  };

  /** As {@link ask}, but a question that failed waits before it is asked again. */
  const askPatiently = async (signal: AbortSignal): Promise<boolean> => {
    if (clock.monotonicMs() < askNotBeforeMs) return false;
    try {
      const asked = await ask(signal);
      if (asked && askFailures > 0) {
        log.info('question to customs: works again', { afterFailures: askFailures });
        askFailures = 0;
      }
      return asked;
    } catch (error) {
      if (signal.aborted) throw error;
      askFailures += 1;
      askNotBeforeMs = clock.monotonicMs() + backoffMs(askFailures, backoff, random);
      if (askFailures === 1) log.warn(`question to customs: ${messageOf(error)}`);
      return false;
    }
  };

  /** How long a poll may wait: until the next question or report is due. */
  const waitMs = async (): Promise<number> => {
    const reportMs = (await sender.dueInMs()) ?? Number.POSITIVE_INFINITY;
    if ((await asks?.next()) === undefined) return reportMs;
    return Math.min(reportMs, Math.max(0, Math.ceil(askNotBeforeMs - clock.monotonicMs())));
  };

  const worker = startWorker({
    name: 'customs',
    clock,
    random,
    log,
    backoff,
    async turn(stopping) {
      // A vehicle may stand at the gate for an answer; nobody stands there for a report.
      const asked = await askPatiently(stopping);
      const sent = await sender.send(stopping);
      // A long queue of errands does not keep the list from being read, nor the list the errands.
      if ((asked || sent !== 'nothing') && clock.monotonicMs() - feed.polledMs < pollMs) return 0;
      givenUp = new AbortController();
      const { signal } = givenUp;
      try {
        // One may have come up since it was looked for; from here on it ends the waiting.
        const waitMsMax = await waitMs();
        const next = await feed.readPage(waitMsMax, AbortSignal.any([stopping, signal]));
        return waitMsMax === 0 ? 0 : next;
      } catch (error) {
        if (signal.aborted && !stopping.aborted) return 0;
        feed.failed();
        throw error;
      } finally {
        givenUp = undefined;
      }
    },
  });

  return {
    errandWaiting() {
      givenUp?.abort();
      worker.wake();
    },
    async stop() {
      await worker.stop();
      service.close();
    },
  };
}
