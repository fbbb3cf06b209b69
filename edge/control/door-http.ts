/** The small part of HTTP that a door needs: answers, errors, bodies of bounded size. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GateError } from '../platform/errors.ts';

/** Codes that are the sender's to mend; every other `GateError` means that the gate cannot take it now. */
const STATUS: Record<string, number> = {
  INPUT_MALFORMED: 400,
  ACT_MALFORMED: 400,
  QUERY_MALFORMED: 400,
  INPUT_FORBIDDEN: 403,
  ACT_FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  GAP: 409,
  BODY_TOO_LARGE: 413,
  DOOR_FULL: 429,
};
const NOT_NOW = 503;
const OUR_FAULT = 500;

/** What a refused request is answered with. */
export interface ErrorAnswer {
  code: string;
  message: string;
  remedy: string;
}

export const statusOf = (error: unknown): number =>
  error instanceof GateError ? (STATUS[error.code] ?? NOT_NOW) : OUR_FAULT;

/** A fault of our own is told without its text, which goes to the log. */
export const errorAnswer = (error: unknown): ErrorAnswer =>
  error instanceof GateError
    ? { code: error.code, message: error.message, remedy: error.remedy }
    : {
        code: 'INTERNAL',
        message: 'The control daemon failed to answer.',
        remedy: 'See its log; this is a fault to report.',
      };

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Reads the whole body as text. Rejects with `BODY_TOO_LARGE` beyond `bytesMax`, once the sender has ended and listens. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  }
  if (bytes > bytesMax) {
    throw new GateError(
      'BODY_TOO_LARGE',
      `The body exceeds ${bytesMax} bytes.`,
      'Send it in smaller pieces.',
    );
  }
  return Buffer.concat(chunks).toString('utf8');
}

export const isNdjson = (request: IncomingMessage): boolean =>
  request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
