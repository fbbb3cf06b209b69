/**
 * Whose signatures count for whoever checks exported logs: public keys by gate, as `gate keys show --public` prints them, and how they
 * change as the lines of a log go by. What limits a key is held against the head's own time and place, never against a clock of ours.
 */
import { z } from 'zod';
import { type AuthorityWords, readAuthority } from '../time-stamp/authority.ts';
import type { Algorithms } from './algorithm.ts';
import { type ReadHead, readHead } from './head.ts';
import { createKeyRing } from './key-ring.ts';
import type { SignedHead } from './needs.ts';
import { type OfficerKey, officerKey } from './officer-check.ts';
import { type LogKey, logKeySet, thumbprint } from './public-key.ts';
import type { RecordOf } from './record.ts';
import { readRotation } from './rotation.ts';

const officers = z.array(officerKey).max(10_000);
const authorities = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(120),
      certificates: z.string().max(1_000_000),
      policy: z.string().max(200).exactOptional(),
    }),
  )
  .max(100);
/** Whose signatures count beside those of the gates. */
const beside = { officers: officers.exactOptional(), authorities: authorities.exactOptional() };
const trustFile = z.union([
  logKeySet.extend(beside),
  z.strictObject({
    gates: z.record(logKeySet.shape.gate, logKeySet.pick({ keys: true }).strict()),
    ...beside,
  }),
  z.strictObject({ ...beside, officers }),
  z.strictObject({ ...beside, authorities }),
]);

/** Keys by gate. */
export type Trust = ReadonlyMap<string, readonly LogKey[]>;

export type ReadTrust =
  | {
      ok: true;
      trust: Trust;
      officers: OfficerKey[];
      /** Whose time stamps count. */
      authorities: AuthorityWords[];
    }
  | { ok: false; reason: string };

const PEM_BEGIN = '-----BEGIN CERTIFICATE-----';

/**
 * Reads trust files: of one gate, `{gate, keys}`, or of several, `{gates: {GATE: {keys}}}`; officers stand beside them, or alone. So
 * do time-stamp authorities, `{authorities: [{name, certificates, policy}]}` with certificates in PEM, or they are a file of PEM each.
 */
export function readTrust(texts: readonly string[]): ReadTrust {
  const trust = new Map<string, LogKey[]>();
  const people: OfficerKey[] = [];
  const authorities: AuthorityWords[] = [];
  for (const text of texts) {
    if (text.includes(PEM_BEGIN) && !text.trimStart().startsWith('{')) {
      const read = readAuthority({ certificates: text });
      if (!read.ok) return read;
      authorities.push({ name: read.authority.name, certificates: text });
      continue;
    }
    const read = trustFile.safeParse(parseJson(text));
    if (!read.success) return { ok: false, reason: 'not a file of public keys by gate' };
    people.push(...(read.data.officers ?? []));
    authorities.push(...(read.data.authorities ?? []));
    const gates = gatesIn(read.data);
    for (const [gate, { keys }] of Object.entries(gates)) {
      const list = trust.get(gate) ?? [];
      for (const key of keys) {
        if (thumbprint(key) !== key.kid)
          return { ok: false, reason: `key ${key.kid} of ${gate} is not the key of that name` };
        if (list.some(({ kid }) => kid === key.kid))
          return { ok: false, reason: `key ${key.kid} of ${gate} stands twice` };
        list.push(key);
      }
      trust.set(gate, list);
    }
  }
  for (const words of authorities) {
    const authority = readAuthority(words);
    if (!authority.ok) return authority;
  }
  return { ok: true, trust, officers: people, authorities };
}

function gatesIn(file: z.infer<typeof trustFile>): Readonly<Record<string, { keys: LogKey[] }>> {
  if ('gates' in file) return file.gates;
  return 'gate' in file ? { [file.gate]: file } : {};
}

/** The keys of one gate's log, as its lines go by. */
export interface LogKeys {
  /** Which key signed this head, and what it says. */
  read(jws: string): ReadHead;
  /** Takes the change of keys that stands in a line; `idle`: why it changes nothing. */
  rotate(
    record: RecordOf<'keys-rotated'>,
    line: number,
  ): { ok: true; idle?: string } | { ok: false; reason: string };
  /** Of revoked keys, by name: the head that was trusted last before. */
  readonly lastTrusted: ReadonlyMap<string, SignedHead>;
}

/** Keys that make no ring sign nothing: each head is answered with what is wrong with them. */
export function createLogKeys(gate: string, trusted: readonly LogKey[], algorithms: Algorithms): LogKeys {
  const made = createKeyRing(trusted, algorithms);
  if (!made.ok)
    return { read: () => ({ ...made, cause: 'unknown-key' }), rotate: () => made, lastTrusted: new Map() };
  let { ring } = made;
  return {
    read: (jws) => readHead(jws, ring),
    rotate(record, line) {
      const read = readRotation(record, { gate, line, ring });
      if (!read.ok) return read;
      ring = read.ring;
      return { ok: true, ...(read.idle !== undefined && { idle: read.idle }) };
    },
    lastTrusted: new Map(
      trusted.flatMap(({ kid, revokedAt, lastTrusted }) =>
        revokedAt === undefined || lastTrusted === undefined ? [] : [[kid, lastTrusted] as const],
      ),
    ),
  };
}

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
