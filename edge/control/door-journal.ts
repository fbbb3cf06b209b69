/** `GET /journal`: durable entries as newline-delimited JSON, then each new one, never faster than the reader takes them. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { GateError } from '../platform/errors.ts';
import type { DoorHost } from './door.ts';

/** Entries held in memory for one reader. */
const PAGE_ENTRIES = 256;

export interface JournalQuery {
  after: number;
  /** Entries in all. */
  limit: number;
  /** Whether to wait for later entries once the head is reached. */
  follow: boolean;
  /** Types of inputs that are asked for; absent: all. */
  inputs?: readonly string[];
}

const query = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).default(Number.MAX_SAFE_INTEGER),
  follow: z.enum(['true', 'false']).default('true'),
  inputs: z
    .string()
    .regex(/^[a-z-]{1,40}(,[a-z-]{1,40}){0,19}$/)
    .exactOptional(),
});

/** Reads `after`, `limit`, `follow` and `inputs`. Throws `QUERY_MALFORMED`. */
export function parseJournalQuery(params: URLSearchParams): JournalQuery {
  const parsed = query.safeParse(Object.fromEntries(params));
  if (!parsed.success) {
    throw new GateError(
      'QUERY_MALFORMED',
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`).join('; '),
      'Use /journal?after=SEQ&limit=COUNT&follow=false&inputs=TYPE,TYPE.',
    );
  }
  const { after, limit, follow, inputs } = parsed.data;
  return {
    after,
    limit,
    follow: follow === 'true',
    ...(inputs !== undefined && { inputs: inputs.split(',') }),
  };
}

/**
 * Streams entries until the limit, the head (without `follow`), or the reader's going. A failure before the first entry
 * rejects; a later one cuts the stream short, and the reader asks again from its last entry.
 */
export async function streamJournal(
  host: Pick<DoorHost, 'read' | 'onDurable'>,
  { after, limit, follow, inputs }: JournalQuery,
  response: ServerResponse,
): Promise<void> {
  let news = false;
  let wake = (): void => {};
  const unsubscribe = host.onDurable(() => {
    news = true;
    wake();
  });
  const gone = new Promise<void>((resolve) => {
    response.once('close', () => {
      wake();
      resolve();
    });
  });
  try {
    let cursor = after;
    let left = limit;
    while (left > 0 && !response.closed) {
      news = false;
      const entries = await host.read(cursor, Math.min(left, PAGE_ENTRIES), inputs);
      if (!response.headersSent) {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        response.flushHeaders();
      }
      if (entries.length > 0) response.write(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      left -= entries.length;
      cursor = entries.at(-1)?.seq ?? cursor;
      if (response.writableNeedDrain) await Promise.race([once(response, 'drain'), gone]);
      if (entries.length > 0) continue;
      if (!follow) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (news || response.closed) resolve();
      });
    }
    response.end();
  } finally {
    unsubscribe();
  }
}
