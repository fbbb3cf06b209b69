/** A list as its owner writes it: one JSON file. Read whole or not at all: half a list would let the other half pass. */
import { z } from 'zod';
import { parseContainerCode } from '../iso6346.ts';
import { partyWord } from '../party-word.ts';
import { normalisePlate } from '../plates.ts';
import { normaliseSeal } from '../seals.ts';
import { ENTRIES_MAX, ENTRY_KINDS, type EntryKind, LIST_OWNERS, type SignedList } from './words.ts';

const instant = z.iso
  .datetime({ offset: true, error: 'use a time with its offset, such as 2026-07-01T00:00:00+07:00' })
  .transform((text) => Date.parse(text));
const text = z.string().trim().min(1).max(300);

const file = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens')
    .max(40),
  version: z.int().min(1),
  name: text,
  owner: z.enum(LIST_OWNERS),
  legalBasis: text,
  from: instant,
  until: instant,
  reviewBy: instant.exactOptional(),
  entries: z
    .array(z.strictObject({ kind: z.enum(ENTRY_KINDS), value: z.string().trim().min(1).max(200) }))
    .max(ENTRIES_MAX, `a list has at most ${ENTRIES_MAX} entries`),
});

/** The comparable form of an entry; undefined where it is none, and could never hit. */
const READ: Record<EntryKind, (value: string) => string | undefined> = {
  plate: (value) => normalisePlate(value) || undefined,
  trailer: (value) => normalisePlate(value) || undefined,
  container: (value) => {
    const parsed = parseContainerCode(value);
    return parsed.ok ? parsed.value.code : undefined;
  },
  seal: normaliseSeal,
  party: partyWord,
  product: (value) => value.normalize('NFKC').toUpperCase(),
  hs: (value) => {
    const digits = value.replace(/[\s.]/g, '');
    return /^(?!00|77)\d{2}(\d{2}){0,4}$/.test(digits) ? digits : undefined;
  },
  origin: (value) => (/^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : undefined),
};

const LONGEST = 120;

export type ReadList = { ok: true; list: SignedList } | { ok: false; reason: string };

/** Reads the text of a list; `reason` names the first thing that is wrong. */
export function readList(json: string): ReadList {
  const refuse = (reason: string): ReadList => ({ ok: false, reason });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return refuse(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(`${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unreadable'}`);
  }
  const { entries, ...head } = parsed.data;
  if (head.until <= head.from) return refuse('it ends before it begins');
  const read = new Map<string, SignedList['entries'][number]>();
  for (const [index, { kind, value: written }] of entries.entries()) {
    const word = READ[kind](written);
    if (word === undefined || word.length > LONGEST)
      return refuse(`entries.${index}: ${written.slice(0, 60)} is no ${kind}`);
    read.set(`${kind} ${word}`, { kind, value: word });
  }
  return { ok: true, list: { ...head, entries: [...read.values()] } };
}
