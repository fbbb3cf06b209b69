/**
 * The public key that checks a gate's signatures: a JWK (RFC 7517) with what limits it. It is named by its thumbprint (RFC
 * 7638), so that a name cannot be given to another key.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical.ts';

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);
/** Lines of a log. */
const position = z.int().min(0);
/** Seconds since 1970, as JSON Web Token's NumericDate. */
const numericDate = z.int().min(0);

/**
 * `kty` is `OKP` (Ed25519) or `EC` (P-256, or another curve that a registered algorithm knows). Private members are unknown here, so
 * a text that holds any is refused.
 */
export const publicKey = z.strictObject({
  kty: z.enum(['OKP', 'EC']),
  crv: z.string().min(1).max(40),
  x: coordinate,
  y: coordinate.exactOptional(),
  /** The one algorithm that the key signs by. */
  alg: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,40}$/)
    .refine((alg) => alg.toLowerCase() !== 'none', 'an algorithm that signs nothing'),
  /** Thumbprint: base64url of SHA-256. */
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  use: z.literal('sig'),
  /** Valid from, and no more valid from then on. */
  nbf: numericDate.exactOptional(),
  exp: numericDate.exactOptional(),
});
export type PublicKey = z.infer<typeof publicKey>;

/** A key with its place in the log that it signs. */
export const logKey = publicKey.extend({
  /** The first head it signs is of so many lines; absent: it is not in force yet. */
  fromSize: position.exactOptional(),
  /** The last head it signs is of so many lines; absent: no other has followed. */
  lastSize: position.exactOptional(),
  /** Taken out of trust by a person. */
  revokedAt: numericDate.exactOptional(),
  /**
   * Of a revoked key: the newest head of the log that was known before, whichever key has signed it. What the key has signed up to so many
   * lines stands, in a log that leads to this head; absent: nothing of it. Like the invalidity date of RFC 5280 section 5.3.2, but ordered by
   * the log and by no clock.
   */
  lastTrusted: z
    .strictObject({
      size: position,
      rootHash: z.string().regex(/^[0-9a-f]{64}$/),
      jws: z.string().min(1).max(2_000),
    })
    .exactOptional(),
});
export type LogKey = z.infer<typeof logKey>;

/** All keys of one gate's log, as they are handed to the other side: a JWK set (RFC 7517 section 5). */
export const logKeySet = z.strictObject({
  gate: z.string().min(1).max(40),
  keys: z.array(logKey).min(1).max(100),
});
export type LogKeySet = z.infer<typeof logKeySet>;

/** The members that make a key of its kind, which alone are hashed (RFC 7638 section 3.2). */
export type KeyParts = Pick<PublicKey, 'kty' | 'crv' | 'x' | 'y'>;

/** RFC 7638 thumbprint, base64url. */
export function thumbprint({ kty, crv, x, y }: KeyParts): string {
  const parts = kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return createHash('sha256').update(canonicalJson(parts)).digest('base64url');
}

/** The thumbprint as two people read it to each other: hex, in groups of four. */
export const fingerprint = (kid: string): string =>
  (Buffer.from(kid, 'base64url').toString('hex').match(/.{4}/g) ?? []).join(' ');

/** Only what makes the key and limits it in time; its place in a log is told by the log. */
export function withoutPlace(listed: LogKey): PublicKey {
  const { fromSize: _f, lastSize: _l, revokedAt: _r, lastTrusted: _t, ...key } = listed;
  return key;
}
