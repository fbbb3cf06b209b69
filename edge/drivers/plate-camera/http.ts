/** One HTTP exchange with a camera: bounded in time and size, and sure to end. */
import http from 'node:http';
import type { Clock } from '../../platform/clock.ts';
import { GateError, messageOf } from '../../platform/errors.ts';

/** A pull reply with pictures inside it stays well below. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

export interface CameraAddress {
  host: string;
  port: number;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  /** Path and query. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface HttpAnswer {
  status: number;
  /** Every WWW-Authenticate header, in order. */
  challenges: string[];
  body: Buffer;
}

/** Makes the Authorization header for a refused request; undefined if no challenge can be met. */
export type Authorise = (challenges: readonly string[], request: HttpRequest) => string | undefined;

const noAnswer = (code: string, address: CameraAddress, why: string, cause?: unknown): GateError =>
  new GateError(
    code,
    `No answer from the camera at ${address.host}:${address.port}: ${why}`,
    'Check that the camera has power and network, and that host and port in the configuration are right.',
    { cause },
  );

/** Codes of a connection that was never made: nobody is there. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Sends `request` and resolves with the whole answer. Rejects with `GateError`: `CAMERA_UNREACHABLE` (no connection),
 * `CAMERA_TIMEOUT`, `CAMERA_BROKE_OFF` (no answer, or part of one), `CAMERA_ANSWER_TOO_LARGE`, `CAMERA_CLOSED` (aborted by `signal`).
 */
function exchangeOnce(
  clock: Clock,
  address: CameraAddress,
  request: HttpRequest,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const outgoing = http.request({
    ...address,
    method: request.method,
    path: request.path,
    headers: { ...request.headers, 'Content-Length': Buffer.byteLength(request.body ?? '') },
    // One connection an exchange: small servers close idle ones just when they are used again.
    agent: false,
    signal,
  });
  const fail = (error: GateError): void => {
    reject(error);
    outgoing.destroy();
  };
  const cancelDeadline = clock.after(deadlineMs, () =>
    fail(noAnswer('CAMERA_TIMEOUT', address, `nothing within ${deadlineMs} ms`)),
  );
  outgoing.on('response', (incoming) => {
    const parts: Buffer[] = [];
    let lengthBytes = 0;
    incoming.on('data', (part: Buffer) => {
      parts.push(part);
      lengthBytes += part.length;
      if (lengthBytes > ANSWER_BYTES_MAX) {
        fail(noAnswer('CAMERA_ANSWER_TOO_LARGE', address, `more than ${ANSWER_BYTES_MAX} bytes`));
      }
    });
    incoming.on('error', (error) => fail(noAnswer('CAMERA_BROKE_OFF', address, messageOf(error), error)));
    incoming.on('end', () => {
      if (!incoming.complete) return;
      const challenges = incoming.headersDistinct['www-authenticate'] ?? [];
      resolve({ status: incoming.statusCode ?? 0, challenges, body: Buffer.concat(parts) });
    });
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (signal.aborted) fail(noAnswer('CAMERA_CLOSED', address, 'the driver closed the connection', error));
    else if (UNREACHABLE.has(error.code ?? ''))
      fail(noAnswer('CAMERA_UNREACHABLE', address, error.message, error));
    else fail(noAnswer('CAMERA_BROKE_OFF', address, error.message, error));
  });
  outgoing.on('close', () => {
    cancelDeadline();
    reject(noAnswer('CAMERA_BROKE_OFF', address, 'the connection closed before the answer was complete'));
  });
  outgoing.end(request.body);
  return promise;
}

/** As above; a refusal with a challenge is answered once. A second refusal is `CAMERA_REFUSED`. */
export async function exchange(
  clock: Clock,
  address: CameraAddress,
  request: HttpRequest,
  deadlineMs: number,
  signal: AbortSignal,
  authorise: Authorise,
): Promise<HttpAnswer> {
  const first = await exchangeOnce(clock, address, request, deadlineMs, signal);
  if (first.status !== 401) return first;
  const authorization = authorise(first.challenges, request);
  if (authorization !== undefined) {
    const headers = { ...request.headers, Authorization: authorization };
    const second = await exchangeOnce(clock, address, { ...request, headers }, deadlineMs, signal);
    if (second.status !== 401) return second;
  }
  throw new GateError(
    'CAMERA_REFUSED',
    `The camera at ${address.host}:${address.port} refused our user name or password`,
    'Check username and password of the device, and that the account may receive events.',
  );
}
