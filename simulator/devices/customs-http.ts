/**
 * A customs service over HTTP, as `protocols/clearance` describes it: the list as a delta feed with long poll, and reports.
 * One conversation at a time: a new poll ends the waiting of the one before, whose client has gone or ought to.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../edge/platform/clock.ts';
import { readReport, writeChange } from '../../protocols/clearance/fields.ts';
import {
  CHANGES_PER_PAGE_MAX,
  type ChangesPage,
  IDEMPOTENCY_HEADER,
  REPORTS_PATH,
} from '../../protocols/clearance/wire.ts';
import type { CustomsModel } from '../world/ports.ts';

const WAIT_MS_MAX = 30_000;
const BODY_BYTES_MAX = 1024 * 1024;

/** What may be wrong with the service; set a member while it runs. */
export interface CustomsFaults {
  /** Every request is answered 503. */
  unavailable: boolean;
  /** Requests are taken and never answered; reports are not taken either. */
  silent: boolean;
  /** Reports are taken, but the connection breaks before the answer. */
  answersLost: boolean;
  /** Changes with these positions in the list (from 0) come without their container number. */
  unreadable: Set<number>;
}

export interface CustomsServer {
  /** Base address. */
  readonly url: string;
  readonly port: number;
  readonly faults: CustomsFaults;
  stop(): Promise<void>;
}

/** Serves `model` on 127.0.0.1; port 0 takes a free one. Rejects if the port is in use. */
export async function startCustoms(options: {
  port: number;
  model: CustomsModel;
  clock: Clock;
}): Promise<CustomsServer> {
  const { model, clock } = options;
  const faults: CustomsFaults = {
    unavailable: false,
    silent: false,
    answersLost: false,
    unreadable: new Set(),
  };
  let endWaiting: (() => void) | undefined;

  const changes = async (query: URLSearchParams, response: ServerResponse): Promise<void> => {
    const after = position(query.get('after') || '0');
    const limit = position(query.get('limit') ?? String(CHANGES_PER_PAGE_MAX));
    const waitMs = position(query.get('waitMs') ?? '0');
    if (after === undefined || after > model.log.length || limit === undefined || waitMs === undefined)
      return reply(response, 400, { error: 'after, limit and waitMs must be such as were given' });
    endWaiting?.();
    await grown(after, Math.min(waitMs, WAIT_MS_MAX), response);
    if (faults.unavailable) return reply(response, 503, { error: 'unavailable' });
    const end = Math.min(model.log.length, after + Math.min(limit, CHANGES_PER_PAGE_MAX));
    const page: ChangesPage = {
      cursor: String(end),
      asOf: clock.nowMs(),
      changes: model.log.slice(after, end).map((change, index) => {
        const { SoContainer, ...rest } = writeChange(change);
        return faults.unreadable.has(after + index) ? rest : { ...rest, SoContainer };
      }),
    };
    reply(response, 200, page);
  };

  /** Until the list is longer than `after`, the time is over, or the client is gone. */
  const grown = (after: number, waitMs: number, response: ServerResponse): Promise<void> =>
    new Promise((resolve) => {
      if (model.log.length > after || waitMs === 0) return resolve();
      const end = (): void => {
        cancel();
        subscription.unsubscribe();
        response.off('close', end);
        endWaiting = undefined;
        resolve();
      };
      const cancel = clock.after(waitMs, end);
      const subscription = model.changes.subscribe(end);
      response.on('close', end);
      endWaiting = end;
    });

  const takeReport = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const report = readReport(parse(await bodyOf(request)));
    if (!report || report.reportId !== request.headers[IDEMPOTENCY_HEADER])
      return reply(response, 422, { error: 'not a report, or its key differs' });
    const result = model.report(report);
    if (faults.answersLost) {
      response.destroy();
      return;
    }
    reply(response, result === 'accepted' ? 201 : 200, { result });
  };

  const server = http.createServer(async (request, response) => {
    if (faults.silent) return;
    if (faults.unavailable) return reply(response, 503, { error: 'unavailable' });
    const url = new URL(request.url ?? '/', 'http://customs');
    try {
      if (request.method === 'GET' && url.pathname === '/changes') await changes(url.searchParams, response);
      else if (request.method === 'POST' && url.pathname === REPORTS_PATH)
        await takeReport(request, response);
      else reply(response, 404, { error: 'there are GET /changes and POST /reports' });
    } catch (error) {
      // A client that went away in the middle of its request.
      response.destroy(error instanceof Error ? error : undefined);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_BYTES_MAX) throw new Error('the report is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const position = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
