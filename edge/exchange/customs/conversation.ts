/**
 * The one conversation with customs: long polls for changes of the list, and between them reports. A report
 * that comes up ends a waiting poll; a poll that is given up costs nothing, for the cursor is ours.
 *
 * When control is told that the list is complete (`customs-feed`): at a page with nothing behind it, if the service's
 * `asOf` is at least {@link CONFIRM_EVERY_MS} later than the one told before, or is the first after a start or a failed poll. While
 * a change could not be read, nothing is confirmed: it might be a withdrawal. Its page is read again from time to
 * time, and as soon as customs has corrected it, confirmation goes on.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { GateConfig } from '../../../config/schema.ts';
import {
  CHANGES_PER_PAGE_MAX,
  type ChangesPage,
  changesPage,
  changesPath,
  IDEMPOTENCY_HEADER,
  REPORTS_PATH,
} from '../../../protocols/clearance/wire.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createHttpClient, type HttpAnswer, parseJson, refusedWith } from '../http.ts';
import { backoffMs, startWorker, type Turn, type WorkerTools } from '../worker.ts';
import type { Mirror } from './mirror.ts';
import type { Reports } from './reports.ts';

export const CONFIRM_EVERY_MS = 10_000;
const POLL_WAIT_MS = 10_000;
const ANSWER_MS_MAX = 10_000;
const BACKOFF_MS_MAX = 30_000;
const REREAD_EVERY_MS = 30_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** Statuses by which customs says that the report itself is wrong; anything else may pass. */
const REFUSED_FOR_GOOD = new Set([400, 413, 422]);

export interface CustomsConversation {
  /** A report waits to be sent. */
  reportWaiting(): void;
  stop(): Promise<void>;
}

/**
 * Starts talking.
 * @throws GateError `TOKEN_UNREADABLE` if a token file is configured and cannot be read.
 */
export async function startConversation(
  options: WorkerTools & {
    config: GateConfig['customs'];
    dataDir: string;
    mirror: Mirror;
    reports: Reports;
    /** Something new waits for control. */
    onQueued(): void;
  },
): Promise<CustomsConversation> {
  const { config, mirror, reports, clock, random, log } = options;
  const authorization = await authorizationOf(config, options.dataDir);
  const client = createHttpClient({
    url: config.url,
    clock,
    connectionsMax: 1,
    bodyBytesMax: BODY_BYTES_MAX,
  });
  const backoff = { minMs: config.pollMs, maxMs: Math.max(config.pollMs, BACKOFF_MS_MAX) };

  let givenUp: AbortController | undefined;
  let confirmedAsOf: number | undefined;
  let reportFailures = 0;
  let reportNotBeforeMs = Number.NEGATIVE_INFINITY;
  let rereadNotBeforeMs = Number.NEGATIVE_INFINITY;
  let polledMs = Number.NEGATIVE_INFINITY;

  const poll = async (after: string, waitMs: number, signal: AbortSignal): Promise<ChangesPage> => {
    const answer = await client.request({
      method: 'GET',
      path: changesPath({ after, waitMs, limit: CHANGES_PER_PAGE_MAX }),
      headers: authorization,
      timeoutMs: waitMs + ANSWER_MS_MAX,
      signal,
    });
    if (answer.status !== 200) throw refusedWith(answer.status, config.url, answer.body);
    const page = changesPage.safeParse(parseJson(answer.body, config.url));
    if (!page.success)
      throw new GateError(
        'CUSTOMS_UNREADABLE',
        `${config.url} answered with something that is no page of the list: ${page.error.message}`,
        'Check the address and the version of the customs service.',
      );
    return page.data;
  };

  const take = async (after: string, page: ChangesPage, moveOn: boolean): Promise<void> => {
    const { queued, unreadable } = await mirror.ingest(after, page, moveOn);
    if (queued) options.onQueued();
    if (unreadable !== undefined)
      log.error(
        'a change of the customs list is unreadable; freshness is not confirmed until customs corrects it',
        {
          after,
          reason: unreadable,
        },
      );
  };

  /** Sends the first waiting report; true if one was settled and the next may follow at once. */
  const sendReport = async (signal: AbortSignal): Promise<boolean> => {
    if (clock.monotonicMs() < reportNotBeforeMs) return false;
    const report = await reports.next();
    if (!report) return false;
    const headers = {
      ...authorization,
      'content-type': 'application/json',
      [IDEMPOTENCY_HEADER]: report.reportId,
    };
    let answer: HttpAnswer;
    try {
      answer = await client.request({
        method: 'POST',
        path: REPORTS_PATH,
        headers,
        body: report.body,
        timeoutMs: ANSWER_MS_MAX,
        signal,
      });
      if (!isSuccess(answer) && !REFUSED_FOR_GOOD.has(answer.status))
        throw refusedWith(answer.status, config.url, answer.body);
    } catch (error) {
      if (signal.aborted) throw error;
      reportFailures += 1;
      reportNotBeforeMs = clock.monotonicMs() + backoffMs(reportFailures, backoff, random);
      if (reportFailures === 1)
        log.warn(`report to customs: ${messageOf(error)}`, { report: report.reportId });
      return false;
    }
    if (reportFailures > 0) log.info('report to customs: works again', { afterFailures: reportFailures });
    reportFailures = 0;
    if (!isSuccess(answer))
      log.error('customs refused a report for good; it is kept', {
        report: report.reportId,
        status: answer.status,
        answer: answer.body.slice(0, 200),
      });
    await reports.settle(report.reportId, isSuccess(answer) ? 'taken' : 'refused', `${answer.status}`);
    return true;
  };

  const reread = async (signal: AbortSignal): Promise<boolean> => {
    const after = await mirror.pageSetAside();
    if (after === undefined) return true;
    if (clock.monotonicMs() < rereadNotBeforeMs) return false;
    rereadNotBeforeMs = clock.monotonicMs() + REREAD_EVERY_MS;
    await take(after, await poll(after, 0, signal), false);
    return (await mirror.pageSetAside()) === undefined;
  };

  const readList = async (mayWait: boolean, signal: AbortSignal): Promise<Turn> => {
    const allReadable = await reread(signal);
    const after = await mirror.cursor();
    const page = await poll(after, mayWait ? waitMs() : 0, signal);
    polledMs = clock.monotonicMs();
    if (page.changes.length > 0 || page.cursor !== after) await take(after, page, true);
    const more = page.changes.length === CHANGES_PER_PAGE_MAX;
    const complete = !more && allReadable && (await mirror.pageSetAside()) === undefined;
    if (complete && (confirmedAsOf === undefined || page.asOf >= confirmedAsOf + CONFIRM_EVERY_MS)) {
      await mirror.confirm(page.asOf);
      confirmedAsOf = page.asOf;
      options.onQueued();
    }
    return more ? 0 : config.pollMs;
  };

  const waitMs = (): number => {
    // The first poll after a start or a gap does not wait: what is already there has to be told.
    if (confirmedAsOf === undefined) return 0;
    // With a report in back-off, wait no longer than until it is due.
    if (reportFailures > 0)
      return Math.min(POLL_WAIT_MS, Math.max(0, Math.ceil(reportNotBeforeMs - clock.monotonicMs())));
    return POLL_WAIT_MS;
  };

  const worker = startWorker({
    name: 'customs',
    clock,
    random,
    log,
    backoff,
    async turn(stopping) {
      // A long queue of reports does not keep the list from being read, nor the list the reports.
      const sent = await sendReport(stopping);
      if (sent && clock.monotonicMs() - polledMs < config.pollMs) return 0;
      givenUp = new AbortController();
      const { signal } = givenUp;
      try {
        // One may have come up since it was looked for; from here on it ends the waiting.
        const waiting = reportFailures === 0 && (await reports.next()) !== undefined;
        const next = await readList(!waiting, AbortSignal.any([stopping, signal]));
        return waiting ? 0 : next;
      } catch (error) {
        if (signal.aborted && !stopping.aborted) return 0;
        confirmedAsOf = undefined;
        throw error;
      } finally {
        givenUp = undefined;
      }
    },
  });

  return {
    reportWaiting() {
      givenUp?.abort();
      worker.wake();
    },
    async stop() {
      await worker.stop();
      client.close();
    },
  };
}

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

async function authorizationOf(
  config: GateConfig['customs'],
  dataDir: string,
): Promise<Record<string, string>> {
  if (config.tokenFile === undefined) return {};
  const path = resolve(dataDir, config.tokenFile);
  try {
    return { authorization: `Bearer ${(await readFile(path, 'utf8')).trim()}` };
  } catch (cause) {
    throw new GateError(
      'TOKEN_UNREADABLE',
      `the customs token ${path} cannot be read: ${messageOf(cause)}`,
      'Put the token that customs issued there, readable by the exchange daemon only.',
      { cause },
    );
  }
}
