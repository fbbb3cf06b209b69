/** A door that answers questions over HTTPS with mutual TLS, and takes nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { LinkKeys } from '../keys.ts';

const CONNECTIONS_MAX = 16;

export interface Answer {
  status: number;
  body: unknown;
}
export const refusal = (status: number, error: string): Answer => ({ status, body: { error } });

export const wholeNumber = (text: string): number | undefined =>
  /^\d{1,15}$/.test(text) ? Number(text) : undefined;

export interface TlsDoor {
  readonly port: number;
  stop(): Promise<void>;
}

/** @throws GateError `LISTEN_FAILED` if the address cannot be used. */
export async function openTlsDoor(options: {
  listen: { host: string; port: number };
  /** Its address in the configuration, and for whom it is. */
  member: string;
  whom: string;
  /** Our key and certificate, and the authority of the clients; PEM. */
  tls: LinkKeys['tls'];
  /** `gone` aborts when the client is, or the door closes. */
  answer(request: IncomingMessage, gone: AbortSignal): Answer | Promise<Answer>;
  log: Log;
}): Promise<TlsDoor> {
  const { listen, log } = options;
  const stopping = new AbortController();
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
        result = await options.answer(request, AbortSignal.any([gone.signal, stopping.signal]));
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
          `cannot listen on ${listen.host}:${listen.port} for ${options.whom}: ${cause.message}`,
          `Stop the other process on this address, or change ${options.member} in the configuration.`,
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
