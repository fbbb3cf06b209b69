/**
 * The signed head of a handover log: how long the log is and the root of its Merkle tree, as a compact JWS (RFC 7515).
 * One signature covers every line so far; two valid heads of one size and different roots prove a forked log.
 */
import { z } from 'zod';
import { canonicalJson } from './canonical.ts';

/** Raised when a reader of the old form could misread the new one. */
export const PROTOCOL_VERSION = 1;

/** Makes signatures; the algorithm is the key's business (EdDSA by default, another where a side demands it). */
export interface Signer {
  /** JWS `alg`, such as `EdDSA`. */
  readonly alg: string;
  sign(bytes: Uint8Array): Uint8Array;
}

export interface Verifier {
  readonly alg: string;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

const logHead = z.strictObject({
  gate: z.string().min(1).max(40),
  version: z.int().positive(),
  /** Number of lines. */
  size: z.int().nonnegative(),
  /** RFC 9162 root over the lines' exact bytes, hex. */
  rootHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Milliseconds since 1970 on the signer's clock; informs people, orders nothing. */
  at: z.int().nonnegative(),
});
export type LogHead = z.infer<typeof logHead>;

/** The longest signed head, in characters, that a reader takes. */
export const HEAD_CHARS_MAX = 2_000;

const HEADER_TYPE = 'gate-log-head+jws';
const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

const headers = new Map<string, string>();
/** The only header we write and take, encoded. */
function headerOf(alg: string): string {
  const header = headers.get(alg) ?? encode(canonicalJson({ alg, typ: HEADER_TYPE }));
  headers.set(alg, header);
  return header;
}

/** Signs a head; the same head and key give the same text (with EdDSA). */
export function signHead(head: LogHead, signer: Signer): string {
  const signed = `${headerOf(signer.alg)}.${encode(canonicalJson(head))}`;
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed, 'ascii'))).toString('base64url')}`;
}

export type ReadHead = { ok: true; head: LogHead } | { ok: false; reason: string };

/** Checks the signature, then reads the head. The header must be exactly ours: no other algorithm, no `crit`. */
export function readHead(jws: string, verifier: Verifier): ReadHead {
  if (jws.length > HEAD_CHARS_MAX) return { ok: false, reason: `longer than ${HEAD_CHARS_MAX} characters` };
  const [header = '', payload = '', signature = '', ...rest] = jws.split('.');
  if (rest.length > 0 || header !== headerOf(verifier.alg))
    return { ok: false, reason: `not a log head signed with ${verifier.alg}` };
  const signatureBytes = Buffer.from(signature, 'base64url');
  // Node reads base64url leniently; one signature must have one text.
  const exact = signatureBytes.toString('base64url') === signature;
  if (!exact || !verifier.verify(Buffer.from(`${header}.${payload}`, 'ascii'), signatureBytes))
    return { ok: false, reason: 'the signature does not match' };
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return { ok: false, reason: 'the signed text is not JSON' };
  }
  const head = logHead.safeParse(body);
  return head.success
    ? { ok: true, head: head.data }
    : { ok: false, reason: 'the signed text is not a log head' };
}
