/**
 * A handover log as a file that anyone can check: JSON Lines, each ended by one line feed.
 *
 * - first a {@link LogFileHeader};
 * - then each line of the log, byte for byte as it was signed, in order;
 * - and after the lines that it covers each signed head, `{"head":JWS}`;
 * - and after a head its time stamp (RFC 3161) where it has one, `{"stamp":{"sha256":…,"token":…}}`. A file with stamps is of version 2.
 *
 * Every byte is either covered by a signature or the only one that can stand there: header, heads and stamps are in canonical form, and
 * what the header says must be what the file holds. A token may hold bytes that its authority has not signed, such as certificates that are
 * not needed; these are covered by the hash beside it.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { TOKEN_CHARS_MAX } from '../time-stamp/authority.ts';
import { canonicalJson } from './canonical.ts';
import { HEAD_CHARS_MAX } from './head.ts';
import { LINE_CHARS_MAX } from './line.ts';

const LOG_FILE_FORMAT = 'langson-handover-log';
const LOG_FILE_VERSION = 1;
const STAMPED_VERSION = 2;

/** The longest line of a file, in bytes: a character of a log line may take four. */
export const FILE_LINE_BYTES_MAX = 4 * LINE_CHARS_MAX;

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const header = z.strictObject({
  format: z.literal(LOG_FILE_FORMAT),
  version: z.union([z.literal(LOG_FILE_VERSION), z.literal(STAMPED_VERSION)]),
  /** Whose log it is. */
  gate: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** First and last line; of a log without lines 1 and 0. */
  from: z.int().positive(),
  to: count,
  /** Number of heads. */
  heads: z.int().positive(),
  /** Number of time stamps, where there are any. */
  stamps: z.int().positive().exactOptional(),
  /** Of a part that does not begin with line 1: roots of the full subtrees over the lines before it, the largest first. */
  peaks: z.array(sha256).min(1).max(53).exactOptional(),
  /** The newest head of the other gate's log that this gate had verified when the file was made. */
  witness: z.string().max(HEAD_CHARS_MAX).exactOptional(),
});
export type LogFileHeader = z.infer<typeof header>;

/** The first line of a file, without its end. */
export const headerLine = (content: Omit<LogFileHeader, 'format' | 'version'>): string =>
  canonicalJson({ format: LOG_FILE_FORMAT, version: versionOf(content), ...content });

const versionOf = ({ stamps }: Pick<LogFileHeader, 'stamps'>): LogFileHeader['version'] =>
  stamps === undefined ? LOG_FILE_VERSION : STAMPED_VERSION;

export type ReadHeader = { ok: true; header: LogFileHeader } | { ok: false; reason: string };

/** Reads the first line; it must be exactly what {@link headerLine} writes. */
export function readHeaderLine(text: string): ReadHeader {
  const read = header.safeParse(parseJson(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    return {
      ok: false,
      reason: `not the header of a handover log: ${issue?.path.join('.')} ${issue?.message}`,
    };
  }
  if (canonicalJson(read.data) !== text) return { ok: false, reason: 'the header is not in canonical form' };
  if (read.data.version !== versionOf(read.data))
    return { ok: false, reason: `a file of version ${read.data.version} tells its time stamps otherwise` };
  const { from, to, peaks = [] } = read.data;
  if (to < from - 1) return { ok: false, reason: `the header tells of lines ${from} to ${to}` };
  if (peaks.length !== fullSubtrees(from - 1))
    return { ok: false, reason: `the header has ${peaks.length} hashes for the ${from - 1} lines before` };
  return { ok: true, header: read.data };
}

/** One for each bit that is set. */
function fullSubtrees(size: number): number {
  let set = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) set += rest % 2;
  return set;
}

/** What tells a head from a line of the log, whose first member is `data`. */
export const HEAD_LINE_PREFIX = '{"head":';

const headLineForm = z.strictObject({ head: z.string().max(HEAD_CHARS_MAX) });

export const headLine = (head: string): string => canonicalJson({ head });

/** The signed head in a line; undefined if that is not exactly what {@link headLine} writes. */
export function readHeadLine(text: string): string | undefined {
  const read = headLineForm.safeParse(parseJson(text));
  return read.success && headLine(read.data.head) === text ? read.data.head : undefined;
}

/** What tells a time stamp from a line of the log. */
export const STAMP_LINE_PREFIX = '{"stamp":';

const stampLineForm = z.strictObject({
  stamp: z.strictObject({ sha256, token: z.base64().max(TOKEN_CHARS_MAX) }),
});

/** @param token Base64. */
export const stampLine = (token: string): string => {
  const sha256 = hash('sha256', Buffer.from(token, 'base64'), 'hex');
  return canonicalJson({ stamp: { sha256, token } });
};

/** The token in a line; undefined if that is not exactly what {@link stampLine} writes. */
export function readStampLine(text: string): Buffer | undefined {
  const read = stampLineForm.safeParse(parseJson(text));
  if (!read.success) return undefined;
  const token = Buffer.from(read.data.stamp.token, 'base64');
  return stampLine(token.toString('base64')) === text ? token : undefined;
}

const claims = z.object({ gate: z.string(), size: count, rootHash: sha256, at: count });
const claimedHeader = z.object({ kid: z.string().optional() });

/** What a head says, with its signature unchecked; `kid` is undefined where it does not name its key. Undefined if it is no head. */
export function claimsOf(jws: string): (z.infer<typeof claims> & { kid: string | undefined }) | undefined {
  const [first = '', payload = ''] = jws.split('.');
  const decoded = (text: string): unknown => parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  const [named, said] = [claimedHeader.safeParse(decoded(first)), claims.safeParse(decoded(payload))];
  return named.success && said.success ? { ...said.data, kid: named.data.kid } : undefined;
}

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
