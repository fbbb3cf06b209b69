/** A service that is asked over HTTP: one connection, so one conversation at a time; its token; its address in every error. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createHttpClient, type HttpAnswer, parseJson, refusedWith } from '../http.ts';

/** A service gets so long to answer, besides what it was asked to wait. */
export const ANSWER_MS_MAX = 10_000;
const BODY_BYTES_MAX = 16 * 1024 * 1024;

export interface Service {
  readonly url: string;
  /** The answer, read by `schema`. Rejects with a `GateError`, `HTTP_REFUSED` if the service answers that it will not. */
  get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options: { waitMs?: number; signal: AbortSignal },
  ): Promise<z.infer<Schema>>;
  /** Any answer. Rejects with a `GateError` if there is none. */
  post(path: string, body: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

/** @throws GateError `TOKEN_UNREADABLE` if a token file is configured and cannot be read. */
export async function openService(options: {
  /** For errors: "customs". */
  name: string;
  url: string;
  tokenFile?: string | undefined;
  dataDir: string;
  clock: Clock;
}): Promise<Service> {
  const { name, url, clock } = options;
  const authorization = await authorizationOf(options);
  const client = createHttpClient({ url, clock, connectionsMax: 1, bodyBytesMax: BODY_BYTES_MAX });
  return {
    url,
    async get(path, schema, { waitMs = 0, signal }) {
      const answer = await client.request({
        method: 'GET',
        path,
        headers: authorization,
        timeoutMs: waitMs + ANSWER_MS_MAX,
        signal,
      });
      if (answer.status !== 200) throw refusedWith(answer.status, url, answer.body);
      const read = schema.safeParse(parseJson(answer.body, url));
      if (read.success) return read.data;
      throw new GateError(
        'CUSTOMS_UNREADABLE',
        `${url} answered with something that is no page of the list: ${read.error.message}`,
        `Check the address and the version of the ${name} service.`,
      );
    },
    post: (path, body, headers, signal) =>
      client.request({
        method: 'POST',
        path,
        headers: { ...authorization, 'content-type': 'application/json', ...headers },
        body,
        timeoutMs: ANSWER_MS_MAX,
        signal,
      }),
    close: client.close,
  };
}

/** The header that its token makes; none without one. @throws GateError `TOKEN_UNREADABLE` */
export async function authorizationOf(options: {
  name: string;
  tokenFile?: string | undefined;
  dataDir: string;
}): Promise<Record<string, string>> {
  if (options.tokenFile === undefined) return {};
  const path = resolve(options.dataDir, options.tokenFile);
  try {
    return { authorization: `Bearer ${(await readFile(path, 'utf8')).trim()}` };
  } catch (cause) {
    throw new GateError(
      'TOKEN_UNREADABLE',
      `the ${options.name} token ${path} cannot be read: ${messageOf(cause)}`,
      'Put the token that the service’s owner issued there, readable by the exchange daemon only.',
      { cause },
    );
  }
}
