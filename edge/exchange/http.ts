/** A small HTTP client with a deadline, a bounded answer, and mutual TLS where it is asked for. */
import http from 'node:http';
import https from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../platform/clock.ts';
import { GateError } from '../platform/errors.ts';

export interface HttpAnswer {
  status: number;
  body: string;
  /** The same as it came. */
  bytes: Uint8Array;
  /** What the service asks to wait before the next request. */
  retryAfterMs?: number;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  /** Path and query, from the root. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** From asking to the end of the answer. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface HttpClient {
  /** Rejects with `GateError`: `HTTP_UNREACHABLE`, `HTTP_TIMEOUT`, `HTTP_TOO_LARGE`, `HTTP_ABORTED`. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

export function createHttpClient(options: {
  /** Base address; its path goes before each request's. */
  url: string;
  clock: Clock;
  /** Connections at once; further requests wait for one. */
  connectionsMax: number;
  bodyBytesMax: number;
  /** Keys for mutual TLS, and the name that the server's certificate must carry. */
  tls?: SecureContextOptions & { servername: string };
}): HttpClient {
  const base = new URL(options.url);
  const agentOptions = { keepAlive: true, maxSockets: options.connectionsMax };
  const secure = base.protocol === 'https:';
  const agent = secure
    ? new https.Agent({ ...agentOptions, ...options.tls, minVersion: 'TLSv1.3' })
    : new http.Agent(agentOptions);
  const prefix = base.pathname.replace(/\/$/, '');
  const where = `${base.protocol}//${base.host}`;

  return {
    request: ({ method, path, headers = {}, body, timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const message = (secure ? https : http).request({
          agent,
          hostname: base.hostname.replace(/^\[|\]$/g, ''),
          port: base.port || (secure ? 443 : 80),
          method,
          path: `${prefix}${path}`,
          headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        });
        const settle = (): void => {
          cancelTimeout();
          signal.removeEventListener('abort', abort);
        };
        const fail = (error: Error): void => {
          settle();
          reject(error instanceof GateError ? error : unreachable(where, error));
        };
        // At once, not when the socket tells: a request that still waits for one would never be told.
        const giveUp = (reason: GateError): void => {
          fail(reason);
          message.destroy(reason);
        };
        const abort = (): void =>
          giveUp(new GateError('HTTP_ABORTED', `the request to ${where} was given up`, 'Nothing to do.'));
        const cancelTimeout = options.clock.after(timeoutMs, () =>
          giveUp(
            new GateError(
              'HTTP_TIMEOUT',
              `${where} did not answer within ${timeoutMs} ms`,
              'Check that the service runs and the network to it is open.',
            ),
          ),
        );
        message.on('error', fail);
        message.on('response', (response) => {
          const chunks: Buffer[] = [];
          let sizeBytes = 0;
          response.on('data', (chunk: Buffer) => {
            sizeBytes += chunk.length;
            if (sizeBytes > options.bodyBytesMax) giveUp(tooLarge(where, options.bodyBytesMax));
            else chunks.push(chunk);
          });
          response.on('end', () => {
            settle();
            const waitMs = retryAfterMs(response.headers['retry-after'], options.clock);
            const bytes = Buffer.concat(chunks);
            resolve({
              status: response.statusCode ?? 0,
              body: bytes.toString('utf8'),
              bytes,
              ...(waitMs !== undefined && { retryAfterMs: waitMs }),
            });
          });
          response.on('error', fail);
          response.on('close', () => {
            if (!response.complete) fail(new Error('the connection closed in the middle of the answer'));
          });
        });
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort, { once: true });
        message.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** `Retry-After` (RFC 9110 §10.2.3), seconds or a date, as milliseconds from now; undefined if it is neither. */
function retryAfterMs(header: string | undefined, clock: Pick<Clock, 'nowMs'>): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.nowMs());
}

/** The JSON of an answer; `GateError` `HTTP_UNREADABLE` if it is none. */
export function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GateError(
      'HTTP_UNREADABLE',
      `the answer of ${from} is not JSON`,
      'Check that the configured address is the right service and not a login page or proxy.',
      { cause },
    );
  }
}

/** Client errors that say nothing against the request itself. */
const MAY_PASS = new Set([401, 403, 408, 429]);

/** An answer that is no success: `HTTP_REFUSED` if the request itself is wrong (4xx, but for those that may pass), else `HTTP_FAILED`. */
export const refusedWith = (status: number, from: string, body: string): GateError =>
  new GateError(
    status >= 400 && status < 500 && !MAY_PASS.has(status) ? 'HTTP_REFUSED' : 'HTTP_FAILED',
    `${from} answered ${status}: ${body.slice(0, 200)}`,
    'Look up the status in the service’s documentation; requests are repeated by themselves.',
  );

const unreachable = (where: string, cause: Error): GateError =>
  new GateError(
    'HTTP_UNREACHABLE',
    `${where} cannot be reached: ${cause.message}`,
    'Check that the service runs, the network to it is open, and both sides trust each other’s certificate.',
    { cause },
  );

const tooLarge = (where: string, bodyBytesMax: number): GateError =>
  new GateError(
    'HTTP_TOO_LARGE',
    `the answer of ${where} is larger than ${bodyBytesMax} bytes`,
    'Check that the configured address is the right service.',
  );
