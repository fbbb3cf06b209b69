/**
 * What a gate serves to its counterpart over HTTPS with mutual TLS:
 *
 * - `GET /log?after=LINE&waitMs=N` → {@link LogPage}: lines after LINE with the signed head that covers exactly them;
 *   with none to give, it waits up to N ms. A head is published at least every {@link PAGE_LINES_MAX} lines.
 * - `GET /head` → {@link HeadPage}: the newest signed head.
 * - `GET /live` → {@link LiveView}: latest values for the interlock between host crane and guest vehicle, never evidence.
 *
 * A gate that will not vouch for its log now answers 503.
 */
import { z } from 'zod';
import { HEAD_CHARS_MAX } from './head.ts';
import { LINE_CHARS_MAX } from './line.ts';

export const PAGE_LINES_MAX = 100;
/** The longest a server waits before it answers with no lines. */
export const WAIT_MS_MAX = 20_000;

const signedHead = z.string().max(HEAD_CHARS_MAX);
/** The newest head of the reader's own log that the server has verified; null before the first. */
const witness = signedHead.nullable();

export const logPage = z.strictObject({
  lines: z.array(z.string().max(LINE_CHARS_MAX)).max(PAGE_LINES_MAX),
  head: signedHead,
  witness,
});
export type LogPage = z.infer<typeof logPage>;

export const headPage = z.strictObject({ head: signedHead, witness });
export type HeadPage = z.infer<typeof headPage>;

const name = z.string().max(200);
/** Members beyond these are dropped, so that one side may add some first. */
export const liveView = z.object({
  vehicles: z.record(name, z.object({ standing: z.boolean(), locked: z.boolean(), node: name })),
  bays: z.record(name, z.object({ clear: z.boolean() })),
});
export type LiveView = z.infer<typeof liveView>;
