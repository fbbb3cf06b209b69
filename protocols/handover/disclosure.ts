/**
 * Members that do not cross the border, and how they are shown later: each leaves a salted digest in the record. Whoever is
 * given the value and its salt can tell that it is what stood behind the digest from the first, and nobody can guess it before.
 */
import { createHmac, hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import type { DecodedLine, HandoverLine } from './line.ts';
import type { HandoverRecord } from './record.ts';

/** One member that was kept back. */
export interface Kept {
  /** JSON pointer (RFC 6901) into the record. */
  pointer: string;
  value: unknown;
}

/** The same with what its digest was made with, 32 bytes in hex. */
export interface Salted extends Kept {
  salt: string;
}

/**
 * The record without the members at `patterns`, and those members, in the order of patterns and lists. A pattern is a JSON
 * pointer to a member of an object, in which `*` stands for any place of a list; what is not there is not missed.
 * The argument is left as it is.
 */
export function keepBack(
  record: HandoverRecord,
  patterns: readonly string[],
): { record: HandoverRecord; kept: Kept[] } {
  const kept: Kept[] = [];
  const left = patterns.reduce<unknown>(
    (rest, pattern) => without(rest, pattern.split('/').slice(1), '', kept),
    record,
  );
  return { record: left as HandoverRecord, kept };
}

function without(value: unknown, [step, ...further]: readonly string[], at: string, kept: Kept[]): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return step === '*' ? value.map((one, index) => without(one, further, `${at}/${index}`, kept)) : value;
  if (!Object.hasOwn(value, step)) return value;
  const { [step]: member, ...others } = value as Record<string, unknown>;
  const pointer = `${at}/${step}`;
  if (further.length > 0) return { ...others, [step]: without(member, further, pointer, kept) };
  if (member === undefined) return others;
  kept.push({ pointer, value: member });
  return others;
}

/**
 * The salt of one member of one line: 32 bytes in hex, which say nothing of other salts of the same seed. `seed` is 32
 * random bytes in hex that never leave the gate, and with which no line number comes twice.
 */
export const saltOf = (seed: string, line: number, pointer: string): string =>
  createHmac('sha256', Buffer.from(seed, 'hex')).update(`${line}${pointer}`).digest('hex');

/** What stands in the record in place of the member: SHA-256, hex, over the canonical JSON of salt, pointer and value. */
export const digestOf = ({ salt, pointer, value }: Salted): string =>
  hash('sha256', canonicalJson([salt, pointer, value]), 'hex');

/** Names the filter of a `filter-in-force` record: SHA-256, hex, over the canonical JSON of what crosses. */
export const filterDigest = (members: Readonly<Record<string, readonly string[]>>): string =>
  hash('sha256', canonicalJson(members), 'hex');

/** What one gate gives another, or a court, of a member it had kept back. */
export const disclosure = z.strictObject({
  gate: z.string().regex(/^[a-z0-9-]{1,40}$/),
  line: z.int().positive(),
  pointer: z
    .string()
    .max(200)
    .regex(/^(\/[A-Za-z0-9]+)+$/),
  value: z.json(),
  salt: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Disclosure = z.infer<typeof disclosure>;

/** The disclosures of all that one line keeps back. */
export const disclosuresOf = (
  { gate, line }: Pick<HandoverLine, 'gate' | 'line'>,
  salted: readonly Salted[],
): Disclosure[] =>
  salted.map(({ pointer, value, salt }) => ({
    gate,
    line,
    pointer,
    value: value as Disclosure['value'],
    salt,
  }));

/** Undefined if this is what stood behind the digest; else why it is not. The line must be known to be that gate's. */
export function againstDisclosure(told: Disclosure, read: DecodedLine): string | undefined {
  if (!read.ok) return `line ${told.line} cannot be read: ${read.reason}`;
  if (read.gate !== told.gate)
    return `it is told of the log of ${told.gate}, and this is that of ${read.gate}`;
  if (read.line !== told.line) return `it is told of line ${told.line}, and this is line ${read.line}`;
  const digest = read.record.withheld?.[told.pointer];
  if (digest === undefined) return `line ${told.line} keeps back nothing at ${told.pointer}`;
  return digest === digestOf(told)
    ? undefined
    : `it is not what line ${told.line} keeps back at ${told.pointer}`;
}
