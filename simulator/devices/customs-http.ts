/**
 * A customs service over HTTP, as `protocols/clearance` describes it: the list as a delta feed with long poll, answers about single
 * containers, and reports.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../edge/platform/clock.ts';
import { readReport } from '../../protocols/clearance/reading.ts';
import { readPassage, type TransitPassage } from '../../protocols/clearance/transit.ts';
import {
  CONTAINERS_PATH,
  type ContainerAnswer,
  IDEMPOTENCY_HEADER,
  REPORT_SIGNATURE_TYPE,
  REPORTS_PATH,
  SIGNATURE_HEADER,
  TRANSIT_PASSAGES_PATH,
} from '../../protocols/clearance/wire.ts';
import type { AreaReport, ListedChange } from '../../protocols/clearance/words.ts';
import { writeChange } from '../../protocols/clearance/writing.ts';
import { type Verifier, verifyDetached } from '../../protocols/detached-jws.ts';
import type { CustomsModel } from '../world/ports.ts';
import { bodyOf, closeServer, createDeltaFeedAnswers, listen, reply } from './delta-feed-http.ts';

/** What may be wrong with the service; set a member while it runs. */
export interface CustomsFaults {
  /** Every request is answered 503. */
  unavailable: boolean;
  /** Requests are taken and never answered; reports are not taken either. */
  silent: boolean;
  /** Reports are taken, but the connection breaks before the answer. */
  answersLost: boolean;
  /** Reports of these containers are answered 500, and not taken. */
  failing: Set<string>;
  /** Reports of these containers are refused for good. */
  refusing: Set<string>;
  /** Reports of these containers are taken, and the connection breaks before the answer. */
  losingAnswers: Set<string>;
  /** Reports are answered 429 with this `Retry-After`, seconds; undefined: they are not. */
  retryAfterS: number | undefined;
  /** Changes with these positions in the list (from 0) come without their container number. */
  unreadable: Set<number>;
  /** The list ends after so many changes, as on a server that lags behind; single containers are answered as they are. */
  listEnds: number;
}

export interface CustomsServer {
  /** Base address. */
  readonly url: string;
  readonly port: number;
  readonly faults: CustomsFaults;
  /** How many requests came for each idempotency key, whatever became of them. */
  readonly requests: ReadonlyMap<string, number>;
  /** Passages of transits, each once, in the order of arrival. */
  readonly passages: readonly TransitPassage[];
  stop(): Promise<void>;
}

/** Serves `model` on 127.0.0.1; port 0 takes a free one. Rejects if the port is in use. */
export async function startCustoms(options: {
  port: number;
  model: CustomsModel;
  clock: Clock;
  /** Reports without a signature of this key are refused. */
  reportVerifier?: Verifier;
  /** Called with each report that was taken, before it is answered. */
  onTaken?(report: AreaReport): void;
}): Promise<CustomsServer> {
  const { model, clock, reportVerifier } = options;
  const requests = new Map<string, number>();
  const passages = new Map<string, TransitPassage>();
  const faults: CustomsFaults = {
    unavailable: false,
    silent: false,
    answersLost: false,
    failing: new Set(),
    refusing: new Set(),
    losingAnswers: new Set(),
    retryAfterS: undefined,
    unreadable: new Set(),
    listEnds: Number.POSITIVE_INFINITY,
  };
  const changes = createDeltaFeedAnswers({
    records: {
      count: () => Math.min(model.log.length, faults.listEnds),
      slice: (from, to) =>
        model.log.slice(from, to).map((change, index) => {
          const { SoContainer, ...rest } = writeChange(change);
          return faults.unreadable.has(from + index) ? rest : { ...rest, SoContainer };
        }),
      grown: model.changes,
    },
    clock,
    isUnavailable: () => faults.unavailable,
  });

  /** What the list says of one container now: the newest line of each declaration and booking. */
  const container = (number: string, response: ServerResponse): void => {
    const newest = new Map<string, ListedChange>();
    for (const change of model.log) {
      if (change.container !== number) continue;
      const key = change.type === 'booking' ? `booking ${change.bookingId}` : change.declaration;
      const known = newest.get(key);
      if (change.type === 'clearance' && known?.type === 'clearance' && known.version > change.version)
        continue;
      newest.set(key, change);
    }
    if (newest.size === 0) return reply(response, 404, { error: `nothing is listed of ${number}` });
    const answer: ContainerAnswer = {
      asOf: Math.floor(clock.nowMs()),
      changes: [...newest.values()].map(writeChange),
    };
    reply(response, 200, answer);
  };

  /** The body, if it is to be looked at; otherwise it was answered. */
  const admitted = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const body = await bodyOf(request);
    const key = String(request.headers[IDEMPOTENCY_HEADER]);
    requests.set(key, (requests.get(key) ?? 0) + 1);
    const { retryAfterS } = faults;
    const signature = request.headers[SIGNATURE_HEADER];
    if (retryAfterS !== undefined) {
      response.setHeader('retry-after', String(retryAfterS));
      reply(response, 429, { error: 'too many requests' });
    } else if (
      reportVerifier !== undefined &&
      !verifyDetached(Buffer.from(body, 'utf8'), String(signature), REPORT_SIGNATURE_TYPE, reportVerifier)
    ) {
      reply(response, 401, { error: 'the signature is missing or does not match' });
    } else return parse(body);
    return undefined;
  };

  const takeReport = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const value = await admitted(request, response);
    if (response.headersSent) return;
    const report = readReport(value);
    if (!report || report.reportId !== request.headers[IDEMPOTENCY_HEADER])
      return reply(response, 422, { error: 'not a report, or its key differs' });
    const { container } = report;
    if (faults.failing.has(container))
      return reply(response, 500, { error: 'this container cannot be looked up' });
    if (faults.refusing.has(container))
      return reply(response, 422, { error: `${container} is not under supervision` });
    const result = model.report(report);
    options.onTaken?.(report);
    if (faults.answersLost || faults.losingAnswers.has(container)) {
      response.destroy();
      return;
    }
    reply(response, result === 'accepted' ? 201 : 200, { result });
  };

  const takePassage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const value = await admitted(request, response);
    if (response.headersSent) return;
    const passage = readPassage(value);
    if (!passage || passage.passageId !== request.headers[IDEMPOTENCY_HEADER])
      return reply(response, 422, { error: 'not a passage, or its key differs' });
    const known = passages.has(passage.passageId);
    if (!known) passages.set(passage.passageId, passage);
    reply(response, known ? 200 : 201, {});
  };

  const server = http.createServer(async (request, response) => {
    if (faults.silent) return;
    if (faults.unavailable) return reply(response, 503, { error: 'unavailable' });
    const url = new URL(request.url ?? '/', 'http://customs');
    try {
      if (request.method === 'GET' && url.pathname === '/changes') await changes(url.searchParams, response);
      else if (request.method === 'GET' && url.pathname.startsWith(CONTAINERS_PATH))
        container(decodeURIComponent(url.pathname.slice(CONTAINERS_PATH.length)), response);
      else if (request.method === 'POST' && url.pathname === REPORTS_PATH)
        await takeReport(request, response);
      else if (request.method === 'POST' && url.pathname === TRANSIT_PASSAGES_PATH)
        await takePassage(request, response);
      else
        reply(response, 404, {
          error: 'there are GET /changes, GET /containers/{number}, POST /reports and POST /transit-passages',
        });
    } catch (error) {
      // A client that went away in the middle of its request.
      response.destroy(error instanceof Error ? error : undefined);
    }
  });
  const port = await listen(server, options.port);

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults,
    requests,
    get passages() {
      return [...passages.values()];
    },
    stop: () => closeServer(server),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
