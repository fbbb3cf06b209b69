/**
 * The daemon for people: one page, and what it is made of as JSON. It has no keys and reaches no device; acts of people
 * are handed to the control daemon as they were signed, and are checked there.
 *
 * Reading is open to whoever reaches the address. Where that is more than the control room, put a proxy with the site's
 * own log-in before it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GateConfig } from '../../config/schema.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { ConsoleDoor } from './door.ts';
import { type EventStreams, eventStreams } from './events.ts';
import { type Feed, startFeed } from './feed.ts';
import { type Page, readPages } from './pages.ts';

export interface Console {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number;
  /** Closes every connection. */
  stop(): Promise<void>;
}

const JOURNAL_LIMIT_MAX = 500;
const ACT_BYTES_MAX = 16 * 1024;
const CONNECTIONS_MAX = 256;
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Nothing from elsewhere is loaded, nothing may frame the page, nothing is guessed or sent on. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** What a refusal of the door means in HTTP; everything else is the door's failure, 502. */
const STATUS: Record<string, number> = {
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  TOO_LARGE: 413,
  WRONG_TYPE: 415,
  CONSOLE_FULL: 503,
  ACT_MALFORMED: 400,
  ACT_FORBIDDEN: 403,
  DOOR_FULL: 429,
  DOOR_UNREACHABLE: 503,
  DOOR_TIMEOUT: 504,
};

interface Room {
  feed: Feed;
  streams: EventStreams;
  door: ConsoleDoor;
  pages: Map<string, Page>;
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(value)}\n`);
}

/** A whole number of the query, or `fallback`; throws `BAD_REQUEST` for anything else. */
function countOf(url: URL, name: string, fallback: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,15}$/.test(text))
    throw new GateError(
      'BAD_REQUEST',
      `${name}=${text.slice(0, 40)} is not a whole number`,
      `use ${name}=0 or more`,
    );
  return Number(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ACT_BYTES_MAX)
      throw new GateError('TOO_LARGE', `an act has at most ${ACT_BYTES_MAX} bytes`, 'send one signed act');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The signed act in a request; a page of another origin may not send one. */
async function actOf(request: IncomingMessage): Promise<string> {
  const { origin, host } = request.headers;
  if (origin !== undefined && URL.parse(origin)?.host !== host)
    throw new GateError(
      'FORBIDDEN',
      'acts are only taken from this console’s own page',
      'open the console itself',
    );
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new GateError(
      'WRONG_TYPE',
      'an act is sent as application/json',
      'set content-type: application/json',
    );
  const text = await bodyOf(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new GateError(
      'BAD_REQUEST',
      `the act is not readable JSON: ${messageOf(error)}`,
      'send {"jws": "…"}',
    );
  }
  const jws = typeof body === 'object' && body !== null && 'jws' in body ? body.jws : undefined;
  if (typeof jws !== 'string' || !COMPACT_JWS.test(jws))
    throw new GateError(
      'BAD_REQUEST',
      'the act carries no compact JWS',
      'send {"jws": "header.payload.signature"}',
    );
  return jws;
}

function servePage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const headers = { 'content-type': page.type, 'cache-control': 'no-cache', etag: page.etag };
  if (request.headers['if-none-match'] === page.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': page.bytes.length });
  response.end(request.method === 'HEAD' ? undefined : page.bytes);
}

async function serve(room: Room, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const url = URL.parse(request.url ?? '/', 'http://console');
  if (url === null) throw new GateError('BAD_REQUEST', 'the address is not readable', 'open /');
  if (url.pathname === '/api/acts') {
    if (request.method !== 'POST')
      throw new GateError('METHOD_NOT_ALLOWED', 'acts are sent with POST', 'use POST /api/acts');
    return answer(response, 200, await room.door.submitJws(await actOf(request)));
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new GateError('METHOD_NOT_ALLOWED', `${request.method} is not possible here`, 'use GET');
  switch (url.pathname) {
    case '/api/overview':
      return answer(response, room.feed.connected ? 200 : 503, {
        connected: room.feed.connected,
        overview: room.feed.overview,
      });
    case '/api/journal': {
      const after = countOf(url, 'after', 0);
      const limit = Math.min(JOURNAL_LIMIT_MAX, Math.max(1, countOf(url, 'limit', 100)));
      return answer(response, 200, { entries: await room.door.read(after, limit) });
    }
    case '/api/events': {
      const last = request.headers['last-event-id'];
      const known = typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : undefined;
      if (!room.streams.add(response, known))
        throw new GateError(
          'CONSOLE_FULL',
          'too many browsers are connected',
          'close one, or read /api/overview',
        );
      return;
    }
    default: {
      const page = room.pages.get(url.pathname);
      if (page === undefined) throw new GateError('NOT_FOUND', 'there is nothing at this address', 'open /');
      servePage(request, response, page);
    }
  }
}

function refuse(response: ServerResponse, error: unknown, log: Log): void {
  const known = error instanceof GateError;
  const status = known ? (STATUS[error.code] ?? 502) : 500;
  if (status >= 500 && status < 503) log.warn('a request failed', { why: messageOf(error) });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of the request is not worth reading.
  response.setHeader('connection', 'close');
  answer(response, status, {
    error: known
      ? { code: error.code, message: error.message, remedy: error.remedy }
      : { code: 'CONSOLE_FAULT', message: 'the console failed', remedy: 'look at its log' },
  });
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new GateError(
          taken ? 'PORT_IN_USE' : 'CONSOLE_CANNOT_LISTEN',
          taken
            ? `port ${port} on ${host} is taken`
            : `the console cannot listen on ${host}:${port}: ${error.message}`,
          taken ? 'stop the other program, or change console.port' : 'correct console.host and console.port',
          { cause: error },
        ),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * Listens where `config.console` says. Rejects with `GateError` `PORT_IN_USE` or `CONSOLE_CANNOT_LISTEN`; a control daemon
 * that cannot be reached is no error but shown to people.
 */
export async function startConsole({
  config,
  door,
  clock,
  log,
}: {
  config: GateConfig;
  door: ConsoleDoor;
  clock: Clock;
  log: Log;
}): Promise<Console> {
  const pages = readPages();
  const feed = startFeed({ config, door, clock, log });
  const streams = eventStreams({ feed, door, clock, log });
  const room: Room = { feed, streams, door, pages };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('request', (request, response) => {
    request.socket.setNoDelay(true);
    serve(room, request, response).catch((error: unknown) => refuse(response, error, log));
  });
  const stop = async (): Promise<void> => {
    streams.stop();
    feed.stop();
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  try {
    const port = await listen(server, config.console.host, config.console.port);
    log.info('people can connect', { url: `http://${config.console.host}:${port}` });
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
