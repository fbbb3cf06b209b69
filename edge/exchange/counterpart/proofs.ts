/** What anybody with a certificate may ask of our log without seeing a line of it: its newest head, and proofs. */
import type { HeadPage, StampedHead } from '../../../protocols/handover/wire.ts';
import type { HandoverLog } from './log.ts';
import { type Answer, refusal, wholeNumber } from './tls-door.ts';

export const NOT_PUBLISHING = refusal(503, 'this log is not published now');

/** Answers `/head`, `/consistency` and `/inclusion`; undefined if something else is asked. */
export function createProofs({
  handoverLog,
  witness,
  stamp,
}: {
  handoverLog: Pick<HandoverLog, 'publishing' | 'size' | 'head' | 'consistency' | 'inclusion'>;
  /** The newest head of the other side's log that we have verified. */
  witness(): string | null;
  /** The newest time stamp on a head of our log of more than `after` lines, and of `upTo` at most. */
  stamp(after: number, upTo: number): Promise<StampedHead | undefined>;
}): (url: URL) => Answer | Promise<Answer> | undefined {
  /** A proof about our log, from the two whole numbers that the question names. */
  const proof = async <Page>(
    query: URLSearchParams,
    [first, second]: readonly [string, string],
    make: (first: number, second: number) => Promise<Page | undefined>,
  ): Promise<Answer> => {
    const [one, other] = [first, second].map((name) => wholeNumber(query.get(name) ?? ''));
    if (one === undefined || other === undefined)
      return refusal(400, `${first} and ${second} are whole numbers`);
    if (!handoverLog.publishing) return NOT_PUBLISHING;
    const page = await make(one, other);
    return page === undefined
      ? refusal(404, `this log has ${handoverLog.size} lines`)
      : { status: 200, body: page };
  };

  const headPage = async (): Promise<Answer> => {
    if (!handoverLog.publishing) return NOT_PUBLISHING;
    const { head, size } = handoverLog;
    const stamped = await stamp(0, size);
    const page: HeadPage = { head, witness: witness(), ...(stamped && { stamp: stamped }) };
    return { status: 200, body: page };
  };

  return ({ pathname, searchParams }) => {
    if (pathname === '/head') return headPage();
    if (pathname === '/consistency') return proof(searchParams, ['from', 'to'], handoverLog.consistency);
    if (pathname === '/inclusion') return proof(searchParams, ['line', 'size'], handoverLog.inclusion);
    return undefined;
  };
}
