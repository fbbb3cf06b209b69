/**
 * What a gate serves to its counterpart over HTTPS with mutual TLS:
 *
 * - `GET /log?after=LINE&waitMs=N&reads=2&under=SIZE&stamps=SIZE` → {@link LogPage}: lines after LINE with a signed head that covers
 *   them, and where it covers more, the proof that they belong under it; with none to give, it waits up to N ms. `under` asks
 *   for the head of that size, so that a long log is read under one head; `stamps` for the newest time stamp on a head of more lines.
 *   Without `reads=2`: a page of protocol version 1, whose head covers exactly its lines.
 * - `GET /head` → {@link HeadPage}: the newest signed head, and the newest that is stamped.
 * - `GET /consistency?from=M&to=N` → {@link ConsistencyPage}: that the log of M lines is a beginning of the log of N.
 * - `GET /inclusion?line=N&size=M` → {@link InclusionPage}: that line N is in the log of M lines.
 * - `GET /copy?after=LINE` → {@link CopyPage}: lines of the reader's own log, for a gate that has lost its disk; none after the
 *   last line under that head. 404 while there is none. Answered also by a gate that does not vouch for its own log now.
 * - `GET /live` → {@link LiveView}: latest values for the interlock between host crane and guest vehicle, never evidence.
 *
 * A gate that will not vouch for its log now answers 503.
 */
import { z } from 'zod';
import { TOKEN_CHARS_MAX } from '../time-stamp/authority.ts';
import { HEAD_CHARS_MAX } from './head.ts';
import { LINE_CHARS_MAX } from './line.ts';

/** Lines of a page of protocol version 1, which ends at a head: one is signed at least this often. */
export const HEAD_LINES_MAX = 100;
/** Lines of a page. */
export const PAGE_LINES_MAX = 1_024;
/** How far ahead of the first line of a page its head may be. */
export const UNDER_LINES_MAX = 16_384;
/** A page is cut before it holds more characters of lines than this, but for its first line. */
export const PAGE_CHARS_MAX = 4 * 1024 * 1024;
/** The longest a server waits before it answers with no lines. */
export const WAIT_MS_MAX = 20_000;

const signedHead = z.string().max(HEAD_CHARS_MAX);
/** The newest head of the reader's own log that the server has verified; null before the first. */
const witness = signedHead.nullable();

const size = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Long enough for a log of 2^60 lines. */
const proof = z.array(sha256).max(64);

/** The capability that a gate tells in its heads if it has them stamped. */
export const TIME_STAMPS = 'time-stamps';

/** A signed head with an RFC 3161 time stamp on its bytes: DER, base64. */
export const stampedHead = z.object({ head: signedHead, token: z.base64().max(TOKEN_CHARS_MAX) });
export type StampedHead = z.infer<typeof stampedHead>;
/**
 * The newest stamped head that is of more lines than were asked for, and of no more than this answer leads to. Read by
 * {@link stampedHead}; what is none is no fault of the page.
 */
const stamp = z.unknown();

/** Members beyond these are dropped, here and below, so that one side may add some first. */
export const logPage = z.object({
  lines: z.array(z.string().max(LINE_CHARS_MAX)).max(PAGE_LINES_MAX),
  head: signedHead,
  witness,
  /** The LINE that was asked with; a page of version 1 does not say. */
  after: size.exactOptional(),
  /** Consistency proof (RFC 9162 §2.1.4) from the log that ends with the last of these lines to the head. */
  proof: proof.exactOptional(),
  stamp: stamp.optional(),
});
export type LogPage = z.infer<typeof logPage>;

export const headPage = z.object({ head: signedHead, witness, stamp: stamp.optional() });
export type HeadPage = z.infer<typeof headPage>;

/** Roots are there for convenience: they count only as far as a signed head has them. */
export const consistencyPage = z.object({ from: size, to: size, fromRoot: sha256, toRoot: sha256, proof });
export type ConsistencyPage = z.infer<typeof consistencyPage>;

export const inclusionPage = z.object({ line: size, size, leaf: sha256, root: sha256, proof });
export type InclusionPage = z.infer<typeof inclusionPage>;

/** Lines of the reader's own log, and the newest head of it, its own, that the server has verified with all its lines. */
export const copyPage = z.object({
  lines: z.array(z.string().max(LINE_CHARS_MAX)).max(PAGE_LINES_MAX),
  head: signedHead,
});
export type CopyPage = z.infer<typeof copyPage>;

const name = z.string().max(200);
export const liveView = z.object({
  vehicles: z.record(name, z.object({ standing: z.boolean(), locked: z.boolean(), node: name })),
  bays: z.record(name, z.object({ clear: z.boolean() })),
});
export type LiveView = z.infer<typeof liveView>;
