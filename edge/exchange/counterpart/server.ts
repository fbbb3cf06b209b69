/**
 * What we serve to the other gate: our log, its head, proofs, and live values. HTTPS with mutual TLS; the client must show a
 * certificate of the authority we trust that names the gate we know. Reading is all it can do.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  type CopyPage,
  type HeadPage,
  type LogPage,
  liveView,
  type StampedHead,
  WAIT_MS_MAX,
} from '../../../protocols/handover/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { ControlDoor } from '../door.ts';
import type { LinkKeys } from '../keys.ts';
import type { HandoverLog } from './log.ts';

const CONNECTIONS_MAX = 16;
const LIVE_ANSWER_MS_MAX = 1_000;

export interface CounterpartServer {
  readonly port: number;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  body: unknown;
}

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
}): Promise<CounterpartServer> {
  const { handoverLog, door, clock, log, listen } = options;
  const stopping = new AbortController();

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
      await handoverLog.grown(after, AbortSignal.any([enough.signal, gone, stopping.signal]));
      cancel();
    }
    if (!handoverLog.publishing) return NOT_PUBLISHING;
    const served = await handoverLog.page({ after, reads, ...(under > 0 && { under }) });
    const stamp = stamps === null ? undefined : await options.stamp(stamps, after + served.lines.length);
    const page: LogPage = { ...served, witness: options.witness(), ...(stamp && { stamp }) };
    return { status: 200, body: page };
  };

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
    const stamp = await options.stamp(0, size);
    const page: HeadPage = { head, witness: options.witness(), ...(stamp && { stamp }) };
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
    if (url.pathname === '/head') return headPage();
    if (url.pathname === '/copy') return copy(url.searchParams);
    if (url.pathname === '/consistency')
      return proof(url.searchParams, ['from', 'to'], handoverLog.consistency);
    if (url.pathname === '/inclusion')
      return proof(url.searchParams, ['line', 'size'], handoverLog.inclusion);
    if (url.pathname === '/live') return live();
    return refusal(404, 'there are /log, /head, /consistency, /inclusion, /copy and /live');
  };

  const server = https.createServer(
    {
      ...options.tls,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      requestTimeout: 10_000,
      handshakeTimeout: 10_000,
    },
    async (request: IncomingMessage, response: ServerResponse) => {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      let result: Answer;
      try {
        result = await answer(request, gone.signal);
      } catch (error) {
        if (!stopping.signal.aborted) log.warn(`could not answer ${request.url}: ${messageOf(error)}`);
        result = refusal(503, 'no answer now');
      }
      if (response.destroyed) return;
      response
        .writeHead(result.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(result.body));
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  // Closing has to end those as well that have not got through their handshake, which HTTP does not know of.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (error) => log.warn(`a client was refused: ${error.message}`));

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new GateError(
          'LISTEN_FAILED',
          `cannot listen on ${listen.host}:${listen.port} for the counterpart: ${cause.message}`,
          'Stop the other process on this address, or change counterpart.listen in the configuration.',
          { cause },
        ),
      ),
    );
    server.listen(listen.port, listen.host, resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        stopping.abort();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const refusal = (status: number, error: string): Answer => ({ status, body: { error } });
const NOT_PUBLISHING = refusal(503, 'this log is not published now');

const wholeNumber = (text: string): number | undefined =>
  /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** TLS has checked that the certificate is of the trusted authority; which gate it names is checked here. */
const namesGate = (socket: TLSSocket, gate: string): boolean =>
  (socket.getPeerCertificate().subjectaltname ?? '').split(', ').includes(`DNS:${gate}`);
