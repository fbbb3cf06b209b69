/** Time stamps (RFC 3161) on signed heads: a stamp on a head of N lines proves that all N were there when it was made. */
import type { TimeStampAuthority } from '../time-stamp/authority.ts';
import { checkTimeStamp, type TimeStamp } from '../time-stamp/token.ts';
import type { LogFault } from './follower.ts';
import { headIn } from './head.ts';
import type { Asking } from './needs.ts';
import type { Reader } from './reader.ts';
import type { StampedHead } from './wire.ts';

/** A stamp that holds, and what of the log it covers. */
export interface LogStamp extends StampedHead {
  /** Number of lines under the head. */
  size: number;
  /** RFC 9162 root over them, hex. */
  rootHash: string;
  stamp: TimeStamp;
}

export type JudgedStamp =
  | { kind: 'good'; stamp: LogStamp }
  /** It does not hold; the log is none the worse for it. */
  | { kind: 'bad'; reason: string }
  /** Its lines have not been read yet. */
  | { kind: 'ahead' }
  /** What it stamps is a head that the other gate has signed over another history. */
  | { kind: 'fault'; fault: LogFault };

/** What a stamp on the log that is being read is worth. */
export function* judgeStamp(
  reader: Pick<Reader, 'past'>,
  stamped: StampedHead,
  authorities: readonly TimeStampAuthority[],
): Asking<JudgedStamp> {
  const past = yield* reader.past(stamped.head);
  if (past.kind === 'unreadable') return { kind: 'bad', reason: `what it stamps is no head: ${past.reason}` };
  if (past.kind !== 'past') return past;
  const checked = checkTimeStamp(bytesOf(stamped), { text: stamped.head }, authorities);
  if (!checked.ok) return { kind: 'bad', reason: checked.reason };
  const { size, rootHash } = past.head;
  return { kind: 'good', stamp: { ...stamped, size, rootHash, stamp: checked.stamp } };
}

/** What the answer to our own question is worth; `stamped.head` is ours. */
export function judgeOwnStamp(
  stamped: StampedHead,
  nonce: Uint8Array,
  authorities: readonly TimeStampAuthority[],
): { kind: 'good'; stamp: LogStamp } | { kind: 'bad'; reason: string } {
  const head = headIn(stamped.head);
  if (head === undefined) return { kind: 'bad', reason: 'what it stamps is no head' };
  const checked = checkTimeStamp(bytesOf(stamped), { text: stamped.head, nonce }, authorities);
  if (!checked.ok) return { kind: 'bad', reason: checked.reason };
  const { size, rootHash } = head;
  return { kind: 'good', stamp: { ...stamped, size, rootHash, stamp: checked.stamp } };
}

const bytesOf = ({ token }: StampedHead): Buffer => Buffer.from(token, 'base64');
