/** A list told by its changes over HTTP, with long poll, as `protocols/clearance/wire.ts` describes it. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Observable } from 'rxjs';
import type { Clock } from '../../edge/platform/clock.ts';
import { CHANGES_PER_PAGE, CHANGES_PER_PAGE_MAX, type ChangesPage } from '../../protocols/clearance/wire.ts';

const WAIT_MS_MAX = 30_000;
const BODY_BYTES_MAX = 1024 * 1024;

/** The records of a list in the order in which they came. */
export interface Records {
  count(): number;
  /** Those from position `from` (0 is the first) up to, not including, `to`. */
  slice(from: number, to: number): unknown[];
  /** Tells when there are more. */
  readonly grown: Observable<unknown>;
}

/**
 * Answers `GET /changes`. One conversation at a time: a new poll ends the waiting of the one before, whose client has
 * gone or ought to. `isUnavailable` is asked again after the wait.
 */
export function createDeltaFeedAnswers(options: {
  records: Records;
  clock: Clock;
  isUnavailable: () => boolean;
}): (query: URLSearchParams, response: ServerResponse) => Promise<void> {
  const { records, clock } = options;
  let endWaiting: (() => void) | undefined;

  /** Until the list is longer than `after`, the time is over, or the client is gone. */
  const grown = (after: number, waitMs: number, response: ServerResponse): Promise<void> =>
    new Promise((resolve) => {
      if (records.count() > after || waitMs === 0) return resolve();
      const end = (): void => {
        cancel();
        subscription.unsubscribe();
        response.off('close', end);
        endWaiting = undefined;
        resolve();
      };
      const cancel = clock.after(waitMs, end);
      const subscription = records.grown.subscribe(end);
      response.on('close', end);
      endWaiting = end;
    });

  return async (query, response) => {
    const after = position(query.get('after') || '0');
    const limit = position(query.get('limit') ?? String(CHANGES_PER_PAGE));
    const waitMs = position(query.get('waitMs') ?? '0');
    if (after === undefined || after > records.count() || limit === undefined || waitMs === undefined)
      return reply(response, 400, { error: 'after, limit and waitMs must be such as were given' });
    endWaiting?.();
    await grown(after, Math.min(waitMs, WAIT_MS_MAX), response);
    if (options.isUnavailable()) return reply(response, 503, { error: 'unavailable' });
    const end = Math.min(records.count(), after + Math.min(limit, CHANGES_PER_PAGE_MAX));
    const page: ChangesPage = {
      cursor: String(end),
      asOf: Math.floor(clock.nowMs()),
      limitMax: CHANGES_PER_PAGE_MAX,
      changes: records.slice(after, end),
    };
    reply(response, 200, page);
  };
}

const position = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

export function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_BYTES_MAX) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Listens on 127.0.0.1; the port, which is a free one if 0 was asked for. Rejects if it is in use. */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
