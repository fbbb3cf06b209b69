/** Another authority's service over HTTP: a list of its records by their changes, such as transit movements or results of scanners. */
import http from 'node:http';
import { Subject } from 'rxjs';
import type { Clock } from '../../edge/platform/clock.ts';
import { closeServer, createDeltaFeedAnswers, listen, reply } from './delta-feed-http.ts';

export interface AuthorityServer {
  readonly url: string;
  /** Set while it runs: every request is answered 503. */
  unavailable: boolean;
  /** Adds a record, in the authority's own words. */
  list(record: unknown): void;
  stop(): Promise<void>;
}

/** Serves on 127.0.0.1; port 0 takes a free one. Rejects if the port is in use. */
export async function startAuthority(options: { port: number; clock: Clock }): Promise<AuthorityServer> {
  const log: unknown[] = [];
  const grown = new Subject<void>();
  const answer = createDeltaFeedAnswers({
    records: { count: () => log.length, slice: (from, to) => log.slice(from, to), grown },
    clock: options.clock,
    isUnavailable: () => authority.unavailable,
  });
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://authority');
    if (authority.unavailable) return reply(response, 503, { error: 'unavailable' });
    if (request.method !== 'GET' || url.pathname !== '/changes')
      return reply(response, 404, { error: 'there is GET /changes' });
    // A client that went away in the middle of its request.
    answer(url.searchParams, response).catch((error: Error) => response.destroy(error));
  });
  const port = await listen(server, options.port);
  const authority: AuthorityServer = {
    url: `http://127.0.0.1:${port}`,
    unavailable: false,
    list(record) {
      log.push(record);
      grown.next();
    },
    stop: () => closeServer(server),
  };
  return authority;
}
