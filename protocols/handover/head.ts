/**
 * The signed head of a handover log: how long the log is and the root of its Merkle tree, as a compact JWS (RFC 7515).
 * One signature covers every line so far; two valid heads of one size and different roots prove a forked log.
 *
 * Version 2 names the key that signed (`kid`) and what the gate can do; heads of version 1 name none and are still read.
 */
import { z } from 'zod';
import type { RemoteSigner, Signer, Verifier } from './algorithm.ts';
import { canonicalJson } from './canonical.ts';
import { type KeyRing, keyOf, type RingKey, whyNot } from './key-ring.ts';

export type { RemoteSigner, Signer, Verifier };

/** Raised when a reader of the old form could misread the new one. */
export const PROTOCOL_VERSION = 2;
/** What a reader of this release takes. */
export const PROTOCOL_VERSIONS_READ: readonly number[] = [1, 2];

const common = {
  gate: z.string().min(1).max(40),
  /** Number of lines. */
  size: z.int().nonnegative(),
  /** RFC 9162 root over the lines' exact bytes, hex. */
  rootHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Milliseconds since 1970 on the signer's clock; informs people and is held against the days of the key, orders nothing. */
  at: z.int().nonnegative(),
};
const headOfVersion1 = z.strictObject({ ...common, version: z.literal(1) });
const headOfVersion2 = z.strictObject({
  ...common,
  // Later versions are read as heads, so that the reader can say which version it does not know.
  version: z.int().min(2).max(1_000),
  /** What this gate can do beyond what its version says; words that a reader does not know mean nothing to it. */
  capabilities: z.array(z.string().regex(/^[a-z0-9-]{1,40}$/)).max(20),
});
export type LogHead = z.infer<typeof headOfVersion2>;
/** A head to be signed; without capabilities it tells none. */
export type NewHead = Omit<LogHead, 'capabilities'> & Partial<Pick<LogHead, 'capabilities'>>;

/** The longest signed head, in characters, that a reader takes. */
export const HEAD_CHARS_MAX = 2_000;

const HEADER_TYPE = 'gate-log-head+jws';
const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

const headers = new Map<string, string>();
/** More keys than a log has in its life; whoever reads old heads makes the text anew. */
const HEADERS_MAX = 100;
/** The only header we write and take, encoded; of version 1 without a `kid`. */
function headerOf(alg: string, kid?: string): string {
  const name = `${alg} ${kid ?? ''}`;
  const header = headers.get(name) ?? encode(canonicalJson({ alg, kid, typ: HEADER_TYPE }));
  if (headers.size < HEADERS_MAX) headers.set(name, header);
  return header;
}

/** How every head of version 2 begins that this key has signed. */
export const headPrefix = ({ alg, kid }: Pick<Signer, 'alg' | 'kid'>): string => `${headerOf(alg, kid)}.`;

/** What the signature of a head covers: `header.payload`, ASCII. Version 1, for a reader that knows no other, tells less. */
export function unsignedHead(head: NewHead, { alg, kid }: Pick<Signer, 'alg' | 'kid'>): string {
  const { capabilities = [], ...told } = head;
  return head.version === 1
    ? `${headerOf(alg)}.${encode(canonicalJson(told))}`
    : `${headerOf(alg, kid)}.${encode(canonicalJson({ ...told, capabilities }))}`;
}

/** The head as signed: what {@link unsignedHead} gave, with the signature of these bytes (ASCII). */
export const signedWith = (unsigned: string, signature: Uint8Array): string =>
  `${unsigned}.${Buffer.from(signature).toString('base64url')}`;

/** Signs a head; the same head and key give the same text (with EdDSA). */
export function signHead(head: NewHead, signer: Signer): string {
  const unsigned = unsignedHead(head, signer);
  return signedWith(unsigned, signer.sign(Buffer.from(unsigned, 'ascii')));
}

/**
 * - `no-head`: not the text of a head.
 * - `bad-signature`: the key that it names is known and has not signed it.
 * - `unknown-key`: it names a key that is not known; or none, and no known key has signed it.
 * - `unreadable`: a known key has signed it, and yet it is not a head of a form known here.
 * - `not-in-force`: a known key has signed it that may not sign a head of so many lines.
 */
export type HeadRefusal = 'no-head' | 'bad-signature' | 'unknown-key' | 'unreadable' | 'not-in-force';
export type RefusedHead = { ok: false; cause: HeadRefusal; reason: string };
export type ReadHead = { ok: true; head: LogHead; kid: string } | RefusedHead;

const refused = (cause: HeadRefusal, reason: string): RefusedHead => ({ ok: false, cause, reason });
const MISMATCH = 'the signature does not match';

/**
 * Finds the key, checks the signature, then reads the head, then asks whether that key may have signed it. The header must be exactly the
 * one that we would write for a key of the ring: its algorithm is the key's own, and there is no `crit`.
 */
export function readHead(jws: string, ring: KeyRing): ReadHead {
  if (jws.length > HEAD_CHARS_MAX) return refused('no-head', `longer than ${HEAD_CHARS_MAX} characters`);
  const [header = '', payload = '', signature = '', ...rest] = jws.split('.');
  if (rest.length > 0) return refused('no-head', 'not a compact JWS');
  const bytes = Buffer.from(`${header}.${payload}`, 'ascii');
  const signatureBytes = Buffer.from(signature, 'base64url');
  // Node reads base64url leniently; one signature must have one text.
  if (signatureBytes.toString('base64url') !== signature) return refused('bad-signature', MISMATCH);

  const found = signerOf(header, ring, ({ verifier }) => verifier.verify(bytes, signatureBytes));
  if (!found.ok) return found;
  const body = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (body === undefined) return refused('unreadable', 'the signed text is not JSON');
  const head = found.named ? headOfVersion2.safeParse(body) : headOfVersion1.safeParse(body);
  if (!head.success) return refused('unreadable', 'the signed text is not a log head');
  const why = whyNot(found.key, head.data);
  if (why !== undefined) return refused('not-in-force', why);
  return { ok: true, head: { capabilities: [], ...head.data }, kid: found.key.kid };
}

/** What a head says that is in our own keeping, read before: its signature is not looked at. */
export function headIn(jws: string): LogHead | undefined {
  const body = parseJson(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const head = z.union([headOfVersion2, headOfVersion1]).safeParse(body);
  return head.success ? { capabilities: [], ...head.data } : undefined;
}

/** `named`: the header names the key, as from version 2 on. */
type Found = { ok: true; key: RingKey; named: boolean } | RefusedHead;

function signerOf(header: string, ring: KeyRing, verifies: (key: RingKey) => boolean): Found {
  const named = ring.keys.find((key) => header === headerOf(key.alg, key.kid));
  if (named !== undefined)
    return verifies(named) ? { ok: true, key: named, named: true } : refused('bad-signature', MISMATCH);
  const told = z
    .object({ alg: z.string(), kid: z.string().optional() })
    .safeParse(parseJson(Buffer.from(header, 'base64url').toString('utf8')));
  if (!told.success) return refused('no-head', 'not a log head');
  const { alg, kid } = told.data;
  if (kid === undefined) {
    // A head of version 1 does not say which key signed it: it is the gate's one key then, or the one of several that fits.
    const mayBe = ring.keys.filter((key) => header === headerOf(key.alg));
    if (mayBe.length === 0) return refused('unknown-key', `not a log head that a trusted key signs (${alg})`);
    const key = mayBe.find(verifies);
    return key ? { ok: true, key, named: false } : refused('unknown-key', MISMATCH);
  }
  const key = keyOf(ring, kid);
  if (key === undefined)
    return refused('unknown-key', `signed with key ${kid.slice(0, 60)}, which is not trusted`);
  if (alg !== key.alg)
    return refused('bad-signature', `key ${kid} signs by ${key.alg}, not by ${alg.slice(0, 40)}`);
  return refused('bad-signature', 'its header is not that of a log head');
}

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
