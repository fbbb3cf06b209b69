/**
 * Sends what waits for one destination, one at a time. What the other end cannot take now holds up its container alone; when
 * several containers fail in a row, or nothing answers at all, it is the service that is down, and everything waits.
 */
import { GateError, messageOf } from '../../platform/errors.ts';
import type { Statements } from '../database.ts';
import { type HttpAnswer, refusedWith } from '../http.ts';
import { backoffMs, type WorkerTools } from '../worker.ts';
import type { Outbox, Waiting } from './outbox.ts';

/** Statuses by which the other end says that the message itself is wrong; it will never be right. */
const REFUSED_FOR_GOOD = new Set([400, 413, 422]);
/** Statuses that say nothing about the message: who we are, where we ask, how often. */
const ABOUT_THE_SERVICE = new Set([401, 403, 404, 405, 407, 429]);
/** Errors of a connection that never came about. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
]);
/** So many different containers failing, with none taken in between, are a service that is down. */
const CONTAINERS_FAILED_MAX = 3;
/** Containers that are remembered as held up, or as having failed in a row; of more, some are tried again early. */
const HELD_MAX = 500;
const HELD_MS_MAX = 60_000;
const RETRY_AFTER_MS_MAX = 3_600_000;
const ANSWER_CHARS_KEPT = 200;

export interface Sender {
  /** Sends the first that may go. `nothing`: none may go now. */
  send(signal: AbortSignal): Promise<'settled' | 'failed' | 'nothing'>;
  /** How long until one may go: 0 for now, undefined if none waits. */
  dueInMs(): Promise<number | undefined>;
}

interface Held {
  failures: number;
  notBeforeMs: number;
}

export interface SenderOptions extends WorkerTools {
  destination: string;
  outbox: Outbox;
  backoff: { minMs: number; maxMs: number };
  /** Rejects if there was no answer. */
  post(outgoing: Waiting, signal: AbortSignal): Promise<HttpAnswer>;
  /** Stored with the refusal. */
  onRefused?(tx: Statements, outgoing: Waiting, answer: string): Promise<void>;
}

export function createSender(options: SenderOptions): Sender {
  const { destination, outbox, backoff, post, onRefused, clock, random, log } = options;
  const held = new Map<string, Held>();
  /** Different containers that failed since the last one was taken. */
  const failedInARow = new Set<string>();
  let serviceFailures = 0;
  let serviceNotBeforeMs = Number.NEGATIVE_INFINITY;

  const isDown = (): boolean => serviceFailures > 0;

  const heldNow = (): string[] => {
    const nowMs = clock.monotonicMs();
    return [...held].filter(([, { notBeforeMs }]) => notBeforeMs > nowMs).map(([container]) => container);
  };

  /** While the service is down, each attempt is another container's: one that fails for a reason of its own must not hide it. */
  const nextToSend = async (): Promise<Waiting | undefined> => {
    if (isDown()) {
      const untried = await outbox.next(destination, [...new Set([...failedInARow, ...heldNow()])]);
      if (untried) return untried;
      failedInARow.clear();
    }
    return outbox.next(destination, heldNow());
  };

  const holdUp = (container: string): void => {
    const before = held.get(container)?.failures ?? 0;
    // While the service is down, the container is not to blame.
    const failures = isDown() ? Math.max(1, before) : before + 1;
    const range = { minMs: backoff.minMs, maxMs: Math.max(backoff.maxMs, HELD_MS_MAX) };
    held.set(container, { failures, notBeforeMs: clock.monotonicMs() + backoffMs(failures, range, random) });
    failedInARow.add(container);
    if (failedInARow.size > HELD_MAX) failedInARow.clear();
    if (held.size <= HELD_MAX) return;
    const soonest = [...held].reduce((a, b) => (b[1].notBeforeMs < a[1].notBeforeMs ? b : a));
    held.delete(soonest[0]);
  };

  const waitForService = (askedMs: number | undefined): void => {
    serviceFailures += 1;
    const ownMs = backoffMs(serviceFailures, backoff, random);
    const waitMs = askedMs === undefined ? ownMs : Math.max(ownMs, Math.min(askedMs, RETRY_AFTER_MS_MAX));
    serviceNotBeforeMs = clock.monotonicMs() + waitMs;
  };

  const failed = (outgoing: Waiting, error: unknown, answer: HttpAnswer | undefined): void => {
    const { key, kind, container } = outgoing;
    const reason = messageOf(error);
    const aboutService = isAboutService(error, answer);
    if (!aboutService) holdUp(container);
    if (aboutService || isDown() || failedInARow.size >= CONTAINERS_FAILED_MAX) {
      if (!isDown()) log.warn(`nothing can be sent to ${destination}: ${reason}`, { key, container });
      waitForService(answer?.retryAfterMs);
    } else if (held.get(container)?.failures === 1)
      log.warn(`${destination} cannot take a ${kind} now, its container waits: ${reason}`, {
        key,
        container,
      });
  };

  const worked = (container: string): void => {
    failedInARow.clear();
    held.delete(container);
    if (!isDown()) return;
    log.info(`${destination} takes messages again`, { afterFailures: serviceFailures });
    serviceFailures = 0;
  };

  return {
    async send(signal) {
      if (clock.monotonicMs() < serviceNotBeforeMs) return 'nothing';
      const outgoing = await nextToSend();
      if (!outgoing) return 'nothing';
      let answer: HttpAnswer | undefined;
      try {
        answer = await post(outgoing, signal);
        if (!isSuccess(answer) && !REFUSED_FOR_GOOD.has(answer.status))
          throw refusedWith(answer.status, destination, answer.body);
      } catch (error) {
        if (signal.aborted) throw error;
        failed(outgoing, error, answer);
        return 'failed';
      }
      const said = `${answer.status} ${answer.body.slice(0, ANSWER_CHARS_KEPT)}`.trim();
      if (isSuccess(answer)) await outbox.settle(outgoing, 'taken', `${answer.status}`);
      else {
        log.error(`${destination} refused a ${outgoing.kind} for good; it is kept`, {
          key: outgoing.key,
          container: outgoing.container,
          answer: said,
        });
        await outbox.settle(outgoing, 'refused', said, onRefused && ((tx) => onRefused(tx, outgoing, said)));
      }
      worked(outgoing.container);
      return 'settled';
    },

    async dueInMs() {
      const serviceMs = Math.max(0, Math.ceil(serviceNotBeforeMs - clock.monotonicMs()));
      if (await outbox.next(destination, heldNow())) return serviceMs;
      if (!(await outbox.next(destination, []))) return undefined;
      const soonestMs = Math.min(...[...held.values()].map(({ notBeforeMs }) => notBeforeMs));
      return Math.max(serviceMs, Math.ceil(soonestMs - clock.monotonicMs()), 0);
    },
  };
}

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

function isAboutService(error: unknown, answer: HttpAnswer | undefined): boolean {
  if (answer !== undefined) return ABOUT_THE_SERVICE.has(answer.status) || answer.status < 400;
  if (!(error instanceof GateError) || error.code !== 'HTTP_UNREACHABLE') return false;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return NOT_CONNECTED.has(cause?.code ?? '');
}
