/** The bytes of a weighbridge, from a serial line or from a serial device server over TCP. */
import net from 'node:net';
import { Observable } from 'rxjs';
import { SerialPort } from 'serialport';
import type { WeighbridgeConfig } from '../../../config/schema.ts';
import { GateError, messageOf } from '../../platform/errors.ts';

type Connection = WeighbridgeConfig['connection'];

/** A TCP peer that died without a word is found out by probes after this long; silence of the scale itself is the driver's to notice. */
const KEEP_ALIVE_MS = 5_000;

export type LineEvent = { kind: 'open' } | { kind: 'bytes'; bytes: Buffer };

export interface Line {
  /**
   * Opens the line on subscription, closes it on unsubscription. `open` comes first. Never completes; errors with
   * `GateError` `LINE_CLOSED` when the line cannot be opened or is lost.
   */
  readonly events$: Observable<LineEvent>;
  /** Resolves when the line last unsubscribed from is closed, so that another may open it. */
  closed(): Promise<void>;
}

export const createLine = (connection: Connection, resolvePath: (path: string) => string): Line =>
  connection.via === 'tcp'
    ? tcpLine(connection)
    : serialLine({ ...connection, path: resolvePath(connection.path) });

const lineClosed = (where: string, why: string, remedy: string, cause?: unknown): GateError =>
  new GateError('LINE_CLOSED', `${where}: ${why}`, remedy, { cause });

function tcpLine({ host, port }: Extract<Connection, { via: 'tcp' }>): Line {
  const where = `the weighbridge at ${host}:${port}`;
  const remedy =
    'Check that the serial device server has power and network, and that nothing else holds its connection.';
  const events$ = new Observable<LineEvent>((subscriber) => {
    const socket = net.connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    socket.on('connect', () => subscriber.next({ kind: 'open' }));
    socket.on('data', (bytes) => subscriber.next({ kind: 'bytes', bytes }));
    socket.on('error', (error) => subscriber.error(lineClosed(where, error.message, remedy, error)));
    // `end` as well: a half-closed socket sends nothing more.
    socket.on('end', () =>
      subscriber.error(lineClosed(where, 'the other end closed the connection', remedy)),
    );
    socket.on('close', () => subscriber.error(lineClosed(where, 'the connection is closed', remedy)));
    return () => void socket.destroy();
  });
  return { events$, closed: async () => undefined };
}

function serialLine({
  path,
  baudRate,
  dataBits,
  parity,
  stopBits,
}: Extract<Connection, { via: 'serial' }>): Line {
  const where = `the weighbridge at ${path}`;
  const remedy =
    'Check the cable, the path in the configuration, and that the daemon’s user is in the group dialout.';
  let closing: Promise<void> = Promise.resolve();
  const events$ = new Observable<LineEvent>((subscriber) => {
    let port: SerialPort;
    try {
      port = new SerialPort({ path, baudRate, dataBits, parity, stopBits, autoOpen: false });
    } catch (error) {
      subscriber.error(lineClosed(where, messageOf(error), remedy, error));
      return undefined;
    }
    const close = (): void => {
      if (!port.isOpen) return;
      closing = new Promise((resolve) => {
        // A line that is already gone cannot be closed; either way it is no longer ours.
        port.close(() => resolve());
      });
    };
    port.on('data', (bytes: Buffer) => subscriber.next({ kind: 'bytes', bytes }));
    port.on('error', (error: Error) => subscriber.error(lineClosed(where, error.message, remedy, error)));
    port.on('close', (error: Error | null) =>
      subscriber.error(lineClosed(where, error?.message ?? 'the line is closed', remedy, error)),
    );
    port.open((error) => {
      if (error) return subscriber.error(lineClosed(where, error.message, remedy, error));
      if (subscriber.closed) return close();
      // What waited in the operating system is old, and a weight from before is worse than none.
      port.flush((failed) => {
        if (failed) subscriber.error(lineClosed(where, failed.message, remedy, failed));
        else subscriber.next({ kind: 'open' });
      });
    });
    return close;
  });
  return { events$, closed: () => closing };
}
