/**
 * What it is worth that the other side shows a head as one of our log. It has read our log, so it can show none that we have not signed:
 * if it does, it lies. But only a signature of a key that we know can be false; a head of a key that we do not know may be from a time of
 * which our own list of keys tells nothing.
 */
import type { LogFault } from './follower.ts';
import { type LogHead, readHead } from './head.ts';
import { type KeyRing, keyOf } from './key-ring.ts';
import { claimsOf } from './log-file.ts';

export type Witness =
  | { kind: 'ours'; head: LogHead }
  /** We never signed it: a fault of the other side. */
  | { kind: 'lie'; fault: LogFault }
  /** We cannot check it, or should not have signed it: a matter of our own keys, of which nobody is accused. */
  | { kind: 'own-keys'; reason: string };

/** Judges a head that is shown as one of the log of `gate`. `ours`, `theirs`: the keys of the two logs. */
export function judgeWitness(
  jws: string,
  { gate, ours, theirs }: { gate: string; ours: KeyRing; theirs: KeyRing },
): Witness {
  const read = readHead(jws, ours);
  if (read.ok)
    return read.head.gate === gate
      ? { kind: 'ours', head: read.head }
      : lie('wrong-log', `it shows a head of gate ${read.head.gate} as one of ours`, jws);
  const { cause, reason } = read;
  const kid = claimsOf(jws)?.kid;
  const isTheirKey = kid !== undefined && keyOf(theirs, kid) !== undefined;
  if (cause === 'no-head' || cause === 'bad-signature' || (cause === 'unknown-key' && isTheirKey))
    return lie('bad-signature', `it shows a head of our log that we never signed: ${reason}`, jws);
  if (cause === 'unknown-key')
    return {
      kind: 'own-keys',
      reason:
        `the other side shows a head of our log that we cannot check: ${reason}. If it was a key of ours, take its public half back ` +
        '(gate keys trust --own); if not, nobody here has signed this head',
    };
  return {
    kind: 'own-keys',
    reason: `the other side shows a head that a key of ours has signed and should not have: ${reason}`,
  };
}

const lie = (kind: LogFault['kind'], reason: string, jws: string): Witness => ({
  kind: 'lie',
  fault: { kind, reason, heads: [jws] },
});
