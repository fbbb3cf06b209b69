/** What an authority answers to a question for a time stamp (RFC 3161 §2.4.2): a token, or why there is none. */
import { AsnConvert } from '@peculiar/asn1-schema';
import { PKIStatus, TimeStampResp } from '@peculiar/asn1-tsp';
import { onlyTlv, TAG, tlvsIn } from './der.ts';

export type TimeStampAnswer =
  /** A token, exactly as it came and not checked yet. */
  | { kind: 'token'; token: Uint8Array }
  /** The authority says no. */
  | { kind: 'refused'; reason: string }
  /** This is no answer of an authority. */
  | { kind: 'unreadable'; reason: string };

const REASON_CHARS_MAX = 200;

export function readTimeStampResponse(bytes: Uint8Array): TimeStampAnswer {
  try {
    const outer = onlyTlv(bytes);
    const [, token, ...more] = tlvsIn(outer.content);
    const { status } = AsnConvert.parse(bytes, TimeStampResp);
    if (status.status !== PKIStatus.granted && status.status !== PKIStatus.grantedWithMods)
      return { kind: 'refused', reason: refusal(status) };
    if (token?.tag !== TAG.sequence || more.length > 0)
      return { kind: 'unreadable', reason: 'the authority says it has stamped, and sends no token' };
    return { kind: 'token', token: token.whole };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'unreadable', reason: `this is no answer to a time-stamp query: ${why}` };
  }
}

/** Bits of `PKIFailureInfo`, as RFC 3161 numbers them. */
const FAILURES: readonly (readonly [bit: number, name: string])[] = [
  [0, 'badAlg'],
  [2, 'badRequest'],
  [5, 'badDataFormat'],
  [14, 'timeNotAvailable'],
  [15, 'unacceptedPolicy'],
  [16, 'unacceptedExtension'],
  [17, 'addInfoNotAvailable'],
  [25, 'systemFailure'],
];

function refusal({ status, statusString, failInfo }: TimeStampResp['status']): string {
  const words = [...(statusString ?? [])].join(' ').slice(0, REASON_CHARS_MAX);
  const bits = new Uint8Array(failInfo?.value ?? []);
  const isSet = (bit: number): boolean => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  const named = FAILURES.filter(([bit]) => isSet(bit)).map(([, name]) => name);
  const told = [...named, ...(words === '' ? [] : [words])].join(': ');
  return `the authority refuses (${PKIStatus[status] ?? status})${told === '' ? '' : `: ${told}`}`;
}
