/**
 * What we serve to the other gate: our log, its head, proofs, and live values. HTTPS with mutual TLS; the client must show a
 * certificate of the authority we trust that names the gate we know. Reading is all it can do.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import {
  type CopyPage,
  type LogPage,
  liveView,
  type StampedHead,
  WAIT_MS_MAX,
} from '../../../protocols/handover/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { ControlDoor } from '../door.ts';
import type { LinkKeys } from '../keys.ts';
import type { HandoverLog } from './log.ts';
import { createProofs, NOT_PUBLISHING } from './proofs.ts';
import { type Answer, openTlsDoor, refusal, type TlsDoor, wholeNumber } from './tls-door.ts';

const LIVE_ANSWER_MS_MAX = 1_000;

/** @throws GateError `LISTEN_FAILED` if the address cannot be used. */
export async function startCounterpartServer(options: {
  listen: { host: string; port: number };
  tls: LinkKeys['tls'];
  /** The gate that a client's certificate must name. */
  counterpart: string;
  handoverLog: HandoverLog;
  /** The newest head of the other side's log that we have verified. */
  witness(): string | null;
  /** A page of the copy that we have of the other side's log. */
  copy(after: number): Promise<CopyPage | undefined>;
  /** The newest time stamp on a head of our log of more than `after` lines, and of `upTo` at most. */
  stamp(after: number, upTo: number): Promise<StampedHead | undefined>;
  /** The other side has asked for pages of this version of the protocol. */
  onReads(version: number): Promise<void>;
  door: ControlDoor;
  clock: Clock;
  log: Log;
}): Promise<TlsDoor> {
  const { handoverLog, door, clock } = options;
  const proofs = createProofs(options);

  const logPage = async (query: URLSearchParams, gone: AbortSignal): Promise<Answer> => {
    const after = wholeNumber(query.get('after') ?? '0');
    const waitMs = wholeNumber(query.get('waitMs') ?? '0');
    const reads = wholeNumber(query.get('reads') ?? '1');
    const under = wholeNumber(query.get('under') ?? '0');
    const stamps = query.has('stamps') ? wholeNumber(query.get('stamps') ?? '') : null;
    if (
      after === undefined ||
      waitMs === undefined ||
      reads === undefined ||
      under === undefined ||
      stamps === undefined
    )
      return refusal(400, 'after, waitMs, reads, under and stamps are whole numbers');
    await options.onReads(reads);
    if (waitMs > 0 && handoverLog.publishing) {
      const enough = new AbortController();
      const cancel = clock.after(Math.min(waitMs, WAIT_MS_MAX), () => enough.abort());
      await handoverLog.grown(after, AbortSignal.any([enough.signal, gone]));
      cancel();
    }
    if (!handoverLog.publishing) return NOT_PUBLISHING;
    const served = await handoverLog.page({ after, reads, ...(under > 0 && { under }) });
    const stamp = stamps === null ? undefined : await options.stamp(stamps, after + served.lines.length);
    const page: LogPage = { ...served, witness: options.witness(), ...(stamp && { stamp }) };
    return { status: 200, body: page };
  };

  const copy = async (query: URLSearchParams): Promise<Answer> => {
    const after = wholeNumber(query.get('after') ?? '0');
    if (after === undefined) return refusal(400, 'after is a whole number');
    const page = await options.copy(after);
    return page === undefined
      ? refusal(404, 'nothing of your log is known here')
      : { status: 200, body: page };
  };

  const live = async (): Promise<Answer> => {
    // Control that is away or slow is no error here: there are no live values then, and the other side is told so.
    const value = await new Promise<unknown>((resolve) => {
      const cancel = clock.after(LIVE_ANSWER_MS_MAX, () => resolve(undefined));
      door
        .live()
        .catch(() => undefined)
        .then((now) => {
          cancel();
          resolve(now);
        });
    });
    const view = liveView.safeParse(value);
    return view.success ? { status: 200, body: view.data } : refusal(503, 'no live values now');
  };

  const answer = (request: IncomingMessage, gone: AbortSignal): Answer | Promise<Answer> => {
    if (!namesGate(request.socket as TLSSocket, options.counterpart))
      return refusal(403, 'your certificate names another gate');
    if (request.method !== 'GET') return refusal(405, 'this log can only be read');
    const url = new URL(request.url ?? '/', 'https://gate');
    if (url.pathname === '/log') return logPage(url.searchParams, gone);
    if (url.pathname === '/copy') return copy(url.searchParams);
    if (url.pathname === '/live') return live();
    return proofs(url) ?? refusal(404, 'there are /log, /head, /consistency, /inclusion, /copy and /live');
  };

  return openTlsDoor({ ...options, member: 'counterpart.listen', whom: 'the counterpart', answer });
}

/** TLS has checked that the certificate is of the trusted authority; which gate it names is checked here. */
const namesGate = (socket: TLSSocket, gate: string): boolean =>
  (socket.getPeerCertificate().subjectaltname ?? '').split(', ').includes(`DNS:${gate}`);
