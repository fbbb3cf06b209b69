/**
 * A door of the control daemon: HTTP over a Unix socket, one a zone (DESIGN §5). What a zone may submit is decided here, and
 * nothing malformed goes further.
 *
 *     GET  /journal?after=SEQ[&limit=N][&follow=false][&inputs=TYPE,…]   newline-delimited JSON, durable entries only
 *     GET  /state    GET /live
 *     POST /inputs                                       answers after commit {seq, repeated}
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { withoutSalts } from '../journal/shown.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { DoorHost, DoorZone } from './door.ts';
import { answerJson, errorAnswer, statusOf } from './door-http.ts';
import { takeAct, takeSubmissions } from './door-inputs.ts';
import { parseJournalQuery, streamJournal } from './door-journal.ts';
import { listenOnSocket } from './door-socket.ts';
import type { ActVerifier } from './signed-acts.ts';

/** Connections at once; the daemons behind a door keep a handful. */
const CONNECTIONS_MAX = 64;

interface DoorCommon {
  socketPath: string;
  host: DoorHost;
  log: Log;
  /** Called at each request: whoever stands before the door is alive. */
  onRequest?: () => void;
  /** Mode of the socket file: who may connect is the file system's answer. */
  mode?: number;
}

export type DoorOptions = DoorCommon &
  ({ zone: Extract<DoorZone, 'exchange'> } | { zone: Extract<DoorZone, 'console'>; verifyAct: ActVerifier });

export interface Door {
  /** Ends every stream and connection and removes the socket file. */
  stop(): Promise<void>;
}

/** Opens a door. Rejects with `GateError` `SOCKET_…`, see {@link listenOnSocket}. */
export async function startDoor(options: DoorOptions): Promise<Door> {
  const { socketPath, host, zone, log, mode = 0o660 } = options;

  // Exchange walks the chain and needs each entry whole; people need no salts.
  const reader: Pick<DoorHost, 'read' | 'onDurable'> =
    zone === 'exchange'
      ? host
      : {
          read: async (after, limit, inputs) => (await host.read(after, limit, inputs)).map(withoutSalts),
          onDurable: (listener) => host.onDurable(listener),
        };

  const post = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    options.zone === 'console'
      ? takeAct(host, options.verifyAct, request, response)
      : takeSubmissions(host, request, response);

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://door');
    const wanted = ROUTES[url.pathname];
    if (wanted === undefined)
      throw new GateError(
        'NOT_FOUND',
        `There is no ${url.pathname} here.`,
        `Use ${Object.keys(ROUTES).join(', ')}.`,
      );
    if (request.method !== wanted)
      throw new GateError('METHOD_NOT_ALLOWED', `${url.pathname} takes ${wanted}.`, `Use ${wanted}.`);
    if (url.pathname === '/inputs') await post(request, response);
    else if (url.pathname === '/journal')
      await streamJournal(reader, parseJournalQuery(url.searchParams), response);
    else answerJson(response, 200, url.pathname === '/state' ? host.state() : host.live());
  };

  const server = createServer((request, response) => {
    options.onRequest?.();
    response.on('error', (error) =>
      log.warn('an answer was cut short', { zone, url: request.url, error: messageOf(error) }),
    );
    route(request, response).catch((error: unknown) => {
      const status = statusOf(error);
      if (status >= 500)
        log.error('a request could not be answered', { zone, url: request.url, error: messageOf(error) });
      if (response.headersSent) {
        response.destroy();
        return;
      }
      if (status === 429) response.setHeader('retry-after', '1');
      answerJson(response, status, errorAnswer(error));
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listenOnSocket(server, socketPath, mode);
  server.on('error', (error) => log.error('the door failed', { zone, error: messageOf(error) }));
  log.info('door open', { zone, socketPath });

  return {
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const ROUTES: Record<string, 'GET' | 'POST'> = {
  '/journal': 'GET',
  '/state': 'GET',
  '/live': 'GET',
  '/inputs': 'POST',
};
