/** Reading a JSON message from the wire: never throws, says in one line what is wrong and where. */
import type { z } from 'zod';

export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Longer messages are refused unread; the brokers the gate runs with let no longer ones through. */
export const messageBytesMax = 256 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes UTF-8, parses JSON and checks it against `schema`; fields the schema does not name are left out. */
export function parseJsonMessage<T>(bytes: Uint8Array, schema: z.ZodType<T>): Parsed<T> {
  if (bytes.length > messageBytesMax)
    return { ok: false, reason: `${bytes.length} bytes, more than ${messageBytesMax}` };
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    return { ok: false, reason: error instanceof SyntaxError ? 'not JSON' : 'not UTF-8' };
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || 'message';
  return { ok: false, reason: `${where}: ${issue?.message ?? 'invalid'}`.slice(0, 200) };
}
