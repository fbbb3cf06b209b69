/**
 * Whose signatures count: public keys by gate, as `gate keys show --public` prints them, and which of them has signed a head. What
 * limits a key is held against the head's own time and place in the log, never against a clock of whoever checks.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { type LogHead, readHead, type Verifier } from './head.ts';
import type { RecordOf } from './record.ts';

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);
/** Seconds since 1970. */
const numericDate = z.int().min(0).max(100_000_000_000);
const size = z.int().min(0);

/** A JWK (RFC 7517) with what limits it. Private members are unknown here, so a file that holds any is refused. */
const trustedKey = z.strictObject({
  kty: z.enum(['OKP', 'EC']),
  crv: z.string().min(1).max(40),
  x: coordinate,
  y: coordinate.exactOptional(),
  alg: z.string().regex(/^[A-Za-z0-9-]{1,40}$/),
  /** RFC 7638 thumbprint. */
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  use: z.literal('sig').exactOptional(),
  /** Valid from, and no more valid from then on. */
  nbf: numericDate.exactOptional(),
  exp: numericDate.exactOptional(),
  /** It signs heads of more lines than this, and of no more than that. */
  afterSize: size.exactOptional(),
  lastSize: size.exactOptional(),
  /** Taken out of trust: it counts no more, whatever it has signed. */
  revokedAt: numericDate.exactOptional(),
});
export type TrustedKey = z.infer<typeof trustedKey>;

const gateName = z.string().regex(/^[a-z0-9-]{1,40}$/);
const keys = z.array(trustedKey).min(1).max(100);
const trustFile = z.union([
  z.strictObject({ gate: gateName, keys }),
  z.strictObject({ gates: z.record(gateName, z.strictObject({ keys })) }),
]);

/** Keys by gate. */
export type Trust = ReadonlyMap<string, readonly TrustedKey[]>;

export type ReadTrust = { ok: true; trust: Trust } | { ok: false; reason: string };

/** Reads trust files: of one gate, `{gate, keys}`, or of several, `{gates: {GATE: {keys}}}`. */
export function readTrust(texts: readonly string[]): ReadTrust {
  const trust = new Map<string, TrustedKey[]>();
  for (const text of texts) {
    const read = trustFile.safeParse(parseJson(text));
    if (!read.success) return { ok: false, reason: 'not a file of public keys by gate' };
    const gates = 'gates' in read.data ? read.data.gates : { [read.data.gate]: read.data };
    for (const [gate, { keys: more }] of Object.entries(gates)) {
      const list = trust.get(gate) ?? [];
      for (const key of more) {
        if (thumbprint(key) !== key.kid)
          return { ok: false, reason: `key ${key.kid} of ${gate} is not the key of that name` };
        if (list.some(({ kid }) => kid === key.kid))
          return { ok: false, reason: `key ${key.kid} of ${gate} stands twice` };
        list.push(key);
      }
      trust.set(gate, list);
    }
  }
  return { ok: true, trust };
}

/** RFC 7638, base64url. */
export function thumbprint({ kty, crv, x, y }: Pick<TrustedKey, 'kty' | 'crv' | 'x' | 'y'>): string {
  const parts = kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return createHash('sha256').update(canonicalJson(parts)).digest('base64url');
}

export type SignedHead = { ok: true; head: LogHead; kid: string } | { ok: false; reason: string };

/** The keys of one gate's log, as its lines go by. */
export interface LogKeys {
  /** Which key signed this head, and what it says. */
  read(jws: string): SignedHead;
  /** Takes the change of keys that stands in a line. */
  rotate(record: RecordOf<'keys-rotated'>, line: number): { ok: true } | { ok: false; reason: string };
}

/**
 * @param verifierOf Undefined for a key of no algorithm known here.
 */
export function createLogKeys(
  trusted: readonly TrustedKey[],
  verifierOf: (key: TrustedKey) => Verifier | undefined,
): LogKeys {
  const ring = trusted.map((key) => ({ key, verifier: verifierOf(key) }));
  return {
    read(jws) {
      let reason = 'there is no key of this gate';
      for (const { key, verifier } of ring) {
        if (verifier === undefined) {
          reason = `key ${key.kid} is of no algorithm known here (${key.alg})`;
          continue;
        }
        const read = readHead(jws, verifier);
        if (!read.ok) {
          reason = read.reason;
          continue;
        }
        const why = whyNot(key, read.head);
        return why === undefined ? { ok: true, head: read.head, kid: key.kid } : { ok: false, reason: why };
      }
      return { ok: false, reason };
    },
    rotate: () => ({ ok: false, reason: 'this release cannot check a change of keys' }),
  };
}

/** Why a key cannot have signed this head; undefined if it can. */
function whyNot(key: TrustedKey, head: LogHead): string | undefined {
  if (key.revokedAt !== undefined) return `key ${key.kid} was revoked on ${dayOf(key.revokedAt)}`;
  if (key.nbf !== undefined && head.at < key.nbf * 1_000)
    return `key ${key.kid} is valid from ${dayOf(key.nbf)}, this was signed before`;
  if (key.exp !== undefined && head.at >= key.exp * 1_000)
    return `key ${key.kid} expired on ${dayOf(key.exp)}, this was signed later`;
  if (key.afterSize !== undefined && head.size < key.afterSize)
    return `key ${key.kid} signs heads of more than ${key.afterSize} lines, this one is of ${head.size}`;
  if (key.lastSize !== undefined && head.size > key.lastSize)
    return `key ${key.kid} was followed by another at line ${key.lastSize}, this head is of ${head.size} lines`;
  return undefined;
}

const dayOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 10);

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
