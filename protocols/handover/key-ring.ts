/**
 * The keys that may have signed a gate's log, and which of them may have signed a head of so many lines. A log is signed by one key
 * at a time: until the line that tells of the next one, and by the next one after it (see `rotation.ts`).
 */
import type { Algorithms, Verifier } from './algorithm.ts';
import type { SignedHead } from './needs.ts';
import { type LogKey, type PublicKey, thumbprint } from './public-key.ts';

/** A key as it is listed. */
export interface ListedKey extends LogKey {
  /** Of our own log: its private half is gone. It checks what it has signed, and signs nothing. */
  readonly retired?: true;
}

export interface RingKey extends ListedKey {
  readonly verifier: Verifier;
}

export interface KeyRing {
  readonly keys: readonly RingKey[];
  readonly algorithms: Algorithms;
}

export type MadeRing = { ok: true; ring: KeyRing } | { ok: false; reason: string };

/** A ring of these keys, each checked: its name is its own, and its algorithm is one we know and of its kind. */
export function createKeyRing(keys: readonly ListedKey[], algorithms: Algorithms): MadeRing {
  const made: RingKey[] = [];
  for (const key of keys) {
    const checked = checkKey(key, algorithms);
    if (!checked.ok) return checked;
    if (made.some(({ kid }) => kid === key.kid)) return { ok: false, reason: `key ${key.kid} stands twice` };
    made.push({ ...key, verifier: checked.verifier });
  }
  return { ok: true, ring: { keys: made, algorithms } };
}

export function checkKey(
  key: PublicKey,
  algorithms: Algorithms,
): { ok: true; verifier: Verifier } | { ok: false; reason: string } {
  if (thumbprint(key) !== key.kid) return { ok: false, reason: `key ${key.kid} is not the key of that name` };
  const verifier = algorithms.verifierOf(key);
  return verifier === undefined
    ? { ok: false, reason: `key ${key.kid} is no key of an algorithm known here (${key.alg})` }
    : { ok: true, verifier };
}

export const keyOf = (ring: KeyRing, kid: string): RingKey | undefined =>
  ring.keys.find((key) => key.kid === kid);

/** Where and when something was signed: a head of `size` lines, at `at` (milliseconds since 1970) on the signer's own clock. */
export interface SignedWhere {
  size: number;
  at: number;
}

/**
 * Why a key cannot have signed this; undefined if it can.
 *
 * Its days are compared with what the signer says the time is, and with no other clock: the time is signed, too, and a key whose time is
 * over gains nothing by an old date, for its successor stands in the log and from that line on it signs nothing.
 */
export function whyNot(key: LogKey, { size, at }: SignedWhere): string | undefined {
  if (key.revokedAt !== undefined) {
    const revoked = `key ${key.kid} was revoked on ${dayOf(key.revokedAt)}`;
    if (key.lastTrusted === undefined)
      return `${revoked}, and no head is named up to which it stands (gate keys revoke --last-head)`;
    if (size > key.lastTrusted.size)
      return `${revoked}: what it signed up to line ${key.lastTrusted.size} stands, this is of ${size} lines`;
  }
  if (key.fromSize === undefined)
    return `key ${key.kid} is not in force: no line of the log has told of it yet`;
  if (size < key.fromSize)
    return `key ${key.kid} signs heads of ${key.fromSize} lines and more, this one is of ${size}`;
  if (key.lastSize !== undefined && size > key.lastSize)
    return `key ${key.kid} was followed by another at line ${key.lastSize}, this head is of ${size} lines`;
  if (key.nbf !== undefined && at < key.nbf * 1_000)
    return `key ${key.kid} is valid from ${dayOf(key.nbf)}, this was signed before`;
  if (key.exp !== undefined && at >= key.exp * 1_000)
    return `key ${key.kid} expired on ${dayOf(key.exp)}, this was signed later`;
  return undefined;
}

/** Heads that were trusted last before a key was revoked: a log that rests on such a key has to lead to them. */
export const lastTrustedHeads = (ring: KeyRing): SignedHead[] =>
  ring.keys.flatMap(({ revokedAt, lastTrusted }) =>
    revokedAt === undefined || lastTrusted === undefined ? [] : [lastTrusted],
  );

/** The key that signs the next head of our own log, or why there is none. */
export function signingKeyOf(
  ring: KeyRing,
  where: SignedWhere,
): { ok: true; key: RingKey } | { ok: false; reason: string } {
  const inPlace = ring.keys.filter(
    ({ retired, fromSize, lastSize }) =>
      retired === undefined &&
      fromSize !== undefined &&
      where.size >= fromSize &&
      (lastSize === undefined || where.size <= lastSize),
  );
  const usable = inPlace.filter((key) => whyNot(key, where) === undefined);
  // One that was revoked may have signed so many lines before; what is signed now needs no doubt.
  const key = usable.find(({ revokedAt }) => revokedAt === undefined) ?? usable[0];
  if (key !== undefined) return { ok: true, key };
  const [first] = inPlace;
  return {
    ok: false,
    reason: (first && whyNot(first, where)) ?? `no key signs a head of ${where.size} lines`,
  };
}

/** Whether a key of the ring may sign a head of so many lines, whatever the time is. */
export const isInForce = (ring: KeyRing, size: number): boolean =>
  ring.keys.some((key) => whyNot(key, { size, at: (key.nbf ?? 0) * 1_000 }) === undefined);

export type KeyStatus = 'announced' | 'active' | 'retired' | 'expired' | 'revoked';

/** What a person is told of a key now. */
export function statusOf(key: ListedKey, nowMs: number): KeyStatus {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.lastSize !== undefined || key.retired) return 'retired';
  if (key.exp !== undefined && nowMs >= key.exp * 1_000) return 'expired';
  return key.fromSize === undefined ? 'announced' : 'active';
}

const dayOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 10);
