/**
 * Officers' signatures on the records of one exported log, line by line as it is read: whether each is that person's, of exactly what the
 * record tells, and of this one record only. It finds nothing wrong in a signature of somebody it has no key of, and says so.
 */
import { z } from 'zod';
import type { Algorithms, Verifier } from './algorithm.ts';
import { againstDisclosure, type Disclosure } from './disclosure.ts';
import type { HandoverLine } from './line.ts';
import { type OfficerAct, readOfficerAct, SIGNED_ACTS_AT, signedActs } from './officer.ts';
import { disagreement } from './officer-agrees.ts';
import { thumbprint } from './public-key.ts';
import type { HandoverRecord } from './record.ts';

/** Whose signature counts: a person of a gate, by the id they are known by there, while their key counted. */
export const officerKey = z.strictObject({
  id: z.string().min(1).max(120),
  gate: z.string().min(1).max(40),
  /** Ed25519, base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** ISO 8601 with offset; held against the time in what was signed. */
  from: z.iso.datetime({ offset: true }).exactOptional(),
  to: z.iso.datetime({ offset: true }).exactOptional(),
});
export type OfficerKey = z.infer<typeof officerKey>;

/** Records, each counted once: the worst of its signatures. */
export interface OfficerCounts {
  good: number;
  /** Of a person whose key is not known here; nothing else is wrong with it. */
  unknown: number;
  bad: number;
  /** The log holds a digest of it, which nobody has disclosed. */
  keptBack: number;
  /** It tells what only people ask for, and bears no signature. */
  unsigned: number;
}

export interface OfficerCheck {
  /** What is wrong with the signatures of this line, each a sentence for a person. */
  take(line: HandoverLine): string[];
  readonly counts: OfficerCounts;
  /** What is no fault and yet worth knowing. */
  notes(): string[];
}

export interface OfficerCheckOptions {
  /** Of whatever gates. */
  officers: readonly OfficerKey[];
  algorithms: Algorithms;
  /** What the gate has kept back of this log and shows now. */
  disclosures?: readonly Disclosure[];
  /** A record that only people ask for, and that bears no signature, is wrong. */
  required?: boolean;
}

/** Acts whose ids are remembered: what a gate's people sign in many years. */
const ACTS_MAX = 100_000;
/** People without a key who are told by name. */
const UNKNOWN_MAX = 20;

/** @param gate Whose log it is. */
export function createOfficerCheck(gate: string, options: OfficerCheckOptions): OfficerCheck {
  const { officers, algorithms, disclosures = [], required = false } = options;
  const counts: OfficerCounts = { good: 0, unknown: 0, bad: 0, keptBack: 0, unsigned: 0 };
  const keys = keysOf(gate, officers, algorithms);
  const shown = byLine(gate, disclosures);
  /** Line on which an act stands, by officer and id. */
  const acts = new Map<string, number>();
  const strangers = new Set<string>();

  /** Undefined: there are none. */
  const signaturesOf = (line: HandoverLine): { jws: readonly string[] } | { wrong: string } | undefined => {
    const inRecord = 'officerSignatures' in line.record ? line.record.officerSignatures : undefined;
    const disclosed = shown.get(line.line)?.find(({ pointer }) => pointer === SIGNED_ACTS_AT);
    if (inRecord !== undefined)
      return line.record.withheld?.[SIGNED_ACTS_AT] === undefined
        ? { jws: inRecord }
        : { wrong: 'signatures stand in it that it says it keeps back' };
    if (disclosed === undefined) return undefined;
    const against = againstDisclosure(disclosed, { ok: true, ...line });
    if (against !== undefined) return { wrong: against };
    const read = signedActs.safeParse(disclosed.value);
    return read.success ? { jws: read.data } : { wrong: 'what was disclosed are no signatures' };
  };

  const check = (line: HandoverLine, jws: readonly string[]): 'good' | 'unknown' | { wrong: string } => {
    const read: OfficerAct[] = [];
    for (const one of jws) {
      const result = readOfficerAct(one);
      if (!result.ok) return { wrong: result.reason };
      read.push(result.act);
    }
    const differs = disagreement(gate, line.record, read);
    if (differs !== undefined) return { wrong: differs };
    let answer: 'good' | 'unknown' = 'good';
    for (const act of read) {
      const known = keys.get(act.officer);
      const wrong = known && whyNot(act, known);
      if (wrong !== undefined) return { wrong };
      if (known === undefined) {
        answer = 'unknown';
        if (strangers.size < UNKNOWN_MAX) strangers.add(act.officer);
      }
      const name = JSON.stringify([act.officer, act.jti]);
      const before = acts.get(name);
      if (before !== undefined)
        return { wrong: `the act ${act.jti} of ${act.officer} stands on line ${before}` };
      if (acts.size < ACTS_MAX) acts.set(name, line.line);
    }
    return answer;
  };

  const judge = (line: HandoverLine): string[] => {
    const told = (shown.get(line.line) ?? [])
      .filter(({ pointer }) => pointer !== SIGNED_ACTS_AT)
      .flatMap((one) => againstDisclosure(one, { ok: true, ...line }) ?? []);
    const given = signaturesOf(line);
    shown.delete(line.line);
    if (given === undefined) {
      if (line.record.withheld?.[SIGNED_ACTS_AT] !== undefined) counts.keptBack += 1;
      else if (isOnlyAsked(line.record)) {
        counts.unsigned += 1;
        if (required) told.push('it is asked for by people only, and bears no signature of theirs');
      }
      return told;
    }
    const answer = 'jws' in given ? check(line, given.jws) : given;
    if (typeof answer === 'object') {
      counts.bad += 1;
      told.push(answer.wrong);
    } else counts[answer] += 1;
    return told;
  };

  return {
    counts,
    take: (line) => judge(line).map(printable),
    notes: () => [
      ...(shown.size === 0 ? [] : [`what was disclosed of line ${[...shown.keys()][0]} is of no line here`]),
      ...(strangers.size === 0
        ? []
        : [printable(`no key is known of the officers ${[...strangers].join(', ')}`)]),
      ...(acts.size < ACTS_MAX ? [] : [`acts that stand twice were looked for among the first ${ACTS_MAX}`]),
    ],
  };
}

/** What stands in an act is whatever its signer wrote, and is shown to people. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');

/** What no timer and no reading writes: people have asked for it. */
export function isOnlyAsked(record: HandoverRecord): boolean {
  switch (record.kind) {
    case 'section-closing':
    case 'block-reset':
      return true;
    case 'granted':
    case 'departed':
      return record.hotline !== undefined;
    case 'joint-inspection':
      return record.outcome !== 'escalated';
    case 'closed':
      return record.discrepancy !== undefined;
    default:
      return false;
  }
}

interface KnownKey {
  /** Undefined: the text makes no key. */
  verifier: Verifier | undefined;
  fromMs: number;
  toMs: number;
}

function keysOf(
  gate: string,
  officers: readonly OfficerKey[],
  algorithms: Algorithms,
): Map<string, KnownKey[]> {
  const keys = new Map<string, KnownKey[]>();
  for (const { id, gate: of, publicKey: x, from, to } of officers) {
    if (of !== gate) continue;
    const parts = { kty: 'OKP', crv: 'Ed25519', x } as const;
    const verifier = algorithms.verifierOf({ ...parts, alg: 'EdDSA', kid: thumbprint(parts), use: 'sig' });
    const known = keys.get(id) ?? [];
    known.push({
      verifier,
      fromMs: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
      toMs: to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
    });
    keys.set(id, known);
  }
  return keys;
}

function whyNot(act: OfficerAct, known: readonly KnownKey[]): string | undefined {
  const signing = known.filter(({ verifier }) => verifier !== undefined && act.isBy(verifier));
  if (signing.length === 0) return `${act.officer} has not signed it`;
  const atMs = act.iat * 1_000;
  return signing.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
    ? undefined
    : `the key of ${act.officer} did not count on ${new Date(atMs).toISOString()}`;
}

function byLine(gate: string, disclosures: readonly Disclosure[]): Map<number, Disclosure[]> {
  const lines = new Map<number, Disclosure[]>();
  for (const one of disclosures) {
    if (one.gate !== gate) continue;
    const known = lines.get(one.line) ?? [];
    known.push(one);
    lines.set(one.line, known);
  }
  return lines;
}
