/**
 * How the key of a log is changed: by a line of that log. It holds a statement, signed by the old key (who else could name a
 * successor) and by the new one (whoever brings it, holds it). The head of exactly the lines up to this one is the last that the old key
 * signs, so it is the position that decides and no clock; a reader finds the statement in the lines before it looks at the head.
 */
import { z } from 'zod';
import { unsignedDetached, verifyDetached, withSignature } from '../detached-jws.ts';
import { canonicalJson } from './canonical.ts';
import { checkKey, createKeyRing, type KeyRing, keyOf, type ListedKey, whyNot } from './key-ring.ts';
import { type PublicKey, publicKey } from './public-key.ts';

const KIND = 'keys-rotated';
const STATEMENT_TYPE = 'gate-key-rotation+jws';

/** The record, told whole: what a person asks to be told. Canonical JSON of the statement, and a compact JWS without its payload by each key. */
export const rotationRecord = z.strictObject({
  kind: z.literal(KIND),
  statement: z.string().min(1).max(4_000),
  signatures: z.strictObject({ old: z.string().min(1).max(2_000), new: z.string().min(1).max(2_000) }),
});
export type RotationRecord = z.infer<typeof rotationRecord>;

const rotationStatement = z.strictObject({
  purpose: z.literal(KIND),
  gate: z.string().min(1).max(40),
  /** Milliseconds since 1970 on the signer's clock. */
  at: z.int().min(0),
  /** Name of the key that signs until then. */
  old: z.string().min(1).max(100),
  new: publicKey,
});
export type RotationStatement = z.infer<typeof rotationStatement>;

/** What signs asks for: {@link unsignedRotation} gives the bytes of each side, {@link rotationOf} puts it together. */
export function unsignedRotation(content: Omit<RotationStatement, 'purpose'>, oldAlg: string) {
  const statement = canonicalJson({ ...content, purpose: KIND });
  const bytes = Buffer.from(statement, 'utf8');
  const part = (alg: string, kid: string) => unsignedDetached(bytes, { alg, kid, typ: STATEMENT_TYPE });
  return { statement, old: part(oldAlg, content.old), new: part(content.new.alg, content.new.kid) };
}

export function rotationOf(
  unsigned: ReturnType<typeof unsignedRotation>,
  signatures: { old: Uint8Array; new: Uint8Array },
): RotationRecord {
  return {
    kind: KIND,
    statement: unsigned.statement,
    signatures: {
      old: withSignature(unsigned.old, signatures.old),
      new: withSignature(unsigned.new, signatures.new),
    },
  };
}

/** A rotation that was verified, as it is remembered: plain JSON. */
export const takenRotation = z.strictObject({
  /** The line that told of it. */
  line: z.int().min(1),
  old: z.string().max(100),
  key: publicKey,
});
export type TakenRotation = z.infer<typeof takenRotation>;

/**
 * `taken` is absent where nothing changes: the same change is told once more, or a key tells of it that is not trusted, or is not in force at
 * that line. The latter two stand in the log of a gate that has lost its keys since, or replaced them by hand; they give nothing to anybody,
 * for the ring stays as it is. `idle`: why, of a key that is known.
 */
export type ReadRotation =
  | { ok: true; taken?: TakenRotation; ring: KeyRing; idle?: string }
  | { ok: false; reason: string };

/** Whether a line can be the record of a rotation; most are none, and reading each for it would cost. */
export const mayTellRotation = (line: string): boolean => line.includes(KIND);

/** The change of keys that a record is, if it is one. */
export function rotationIn(record: { kind: string }): RotationRecord | undefined {
  if (record.kind !== KIND) return undefined;
  const { kind, statement, signatures } = record as RotationRecord;
  return { kind, statement, signatures };
}

/** Checks the record at `line` of the log of `gate` against the keys trusted so far; with the ring as it is after it. */
export function readRotation(
  record: RotationRecord,
  { gate, line, ring }: { gate: string; line: number; ring: KeyRing },
): ReadRotation {
  const named = (reason: string): string => `the change of keys in line ${line}: ${reason}`;
  const refused = (reason: string): ReadRotation => ({ ok: false, reason: named(reason) });
  const statement = parseStatement(record.statement);
  if (statement === undefined) return refused('its statement cannot be read');
  if (statement.gate !== gate) return refused(`it is of gate ${statement.gate}`);
  const old = keyOf(ring, statement.old);
  if (old === undefined) return { ok: true, ring };
  const known = keyOf(ring, statement.new.kid);
  const again =
    known?.fromSize !== undefined && old.lastSize === known.fromSize - 1 && known.fromSize <= line;
  const why = again ? undefined : whyNot(old, { size: line, at: statement.at });
  if (why !== undefined) return { ok: true, ring, idle: named(why) };
  const next = checkKey(statement.new, ring.algorithms);
  if (!next.ok) return refused(next.reason);
  // One that was revoked later had its time; where that ended is known.
  if (known?.revokedAt !== undefined && known.lastTrusted === undefined)
    return refused(`key ${known.kid} was revoked`);
  if (known?.fromSize !== undefined && known.fromSize !== line + 1 && !again)
    return refused(`key ${known.kid} has signed before: a key is never taken up again`);

  const bytes = Buffer.from(record.statement, 'utf8');
  const signedBy = (key: PublicKey, verifier: typeof old.verifier, jws: string): boolean =>
    verifyDetached(bytes, jws, STATEMENT_TYPE, verifier, key.kid);
  if (!signedBy(old, old.verifier, record.signatures.old)) return refused('the old key has not signed it');
  if (!signedBy(statement.new, next.verifier, record.signatures.new))
    return refused('the new key has not signed it');
  if (again) return { ok: true, ring };
  const taken: TakenRotation = { line, old: old.kid, key: statement.new };
  const made = withRotations(ring, [taken]);
  return made.ok ? { ok: true, taken, ring: made.ring } : refused(made.reason);
}

/** The names a rotation speaks of, unchecked; undefined if it cannot be read. */
export function claimedKeys(record: RotationRecord): { old: string; new: PublicKey } | undefined {
  const statement = parseStatement(record.statement);
  return statement && { old: statement.old, new: statement.new };
}

/** The ring after rotations that were verified before. */
export const withRotations = (ring: KeyRing, taken: readonly TakenRotation[]) =>
  createKeyRing(rotated(ring.keys, taken), ring.algorithms);

/** The same of a list of keys: each old one ends at its line, each new one begins there. */
export function rotated(keys: readonly ListedKey[], taken: readonly TakenRotation[]): ListedKey[] {
  let list: ListedKey[] = keys.map(listed);
  for (const { line, old, key } of taken) {
    const before = list.find(({ kid }) => kid === old);
    // A person has put other keys in their place since.
    if (before === undefined) continue;
    // The successor of a key that is gone, and is not listed, is gone as well.
    if (!list.some(({ kid }) => kid === key.kid)) list.push(before.retired ? { ...key, retired: true } : key);
    list = list.map((one) => {
      if (one.kid === old) return { ...one, lastSize: line };
      return one.kid === key.kid ? { ...one, fromSize: line + 1 } : one;
    });
  }
  return list;
}

/** Without what a ring has added to it. */
function listed({ verifier: _v, ...key }: ListedKey & { verifier?: unknown }): ListedKey {
  return key;
}

function parseStatement(text: string): RotationStatement | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const statement = rotationStatement.safeParse(parsed);
  // One statement, one text: what was signed is what is shown.
  return statement.success && canonicalJson(statement.data) === text ? statement.data : undefined;
}
