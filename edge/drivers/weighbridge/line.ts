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

/**
 * Opens the line on subscription, closes it on unsubscription. `open` comes first. Never completes; errors with `GateError`
 * `LINE_CLOSED` when the line cannot be opened or is lost.
 */
export const openLine = (connection: Connection, resolvePath: (path: string) => string): Observable<LineEvent> =>
  connection.via === 'tcp' ? openTcp(connection) : openSerial({ ...connection, path: resolvePath(connection.path) });

const closed = (where: string, why: string, remedy: string, cause?: unknown): GateError =>
  new GateError('LINE_CLOSED', `${where}: ${why}`, remedy, { cause });

function openTcp({ host, port }: Extract<Connection, { via: 'tcp' }>): Observable<LineEvent> {
  const where = `the weighbridge at ${host}:${port}`;
  const remedy = 'Check that the serial device server has power and network, and that nothing else holds its connection.';
  return new Observable((subscriber) => {
    const socket = net.connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    socket.on('connect', () => subscriber.next({ kind: 'open' }));
    socket.on('data', (bytes) => subscriber.next({ kind: 'bytes', bytes }));
    socket.on('error', (error) => subscriber.error(closed(where, error.message, remedy, error)));
    // `end` as well: a half-closed socket sends nothing more.
    socket.on('end', () => subscriber.error(closed(where, 'the other end closed the connection', remedy)));
    socket.on('close', () => subscriber.error(closed(where, 'the connection is closed', remedy)));
    return () => void socket.destroy();
  });
}

function openSerial({ path, baudRate, dataBits, parity, stopBits }: Extract<Connection, { via: 'serial' }>): Observable<LineEvent> {
  const where = `the weighbridge at ${path}`;
  const remedy = 'Check the cable, the path in the configuration, and that the daemon’s user is in the group dialout.';
  return new Observable((subscriber) => {
    let port: SerialPort;
    try {
      port = new SerialPort({ path, baudRate, dataBits, parity, stopBits, autoOpen: false });
    } catch (error) {
      subscriber.error(closed(where, messageOf(error), remedy, error));
      return undefined;
    }
    const close = (): void => {
      // The callback is needed: without one, a failed close would be an `error` event.
      if (port.isOpen) port.close(() => undefined);
    };
    port.on('data', (bytes: Buffer) => subscriber.next({ kind: 'bytes', bytes }));
    port.on('error', (error: Error) => subscriber.error(closed(where, error.message, remedy, error)));
    port.on('close', (error: Error | null) => subscriber.error(closed(where, error?.message ?? 'the line is closed', remedy)));
    port.open((error) => {
      if (error) return subscriber.error(closed(where, error.message, remedy, error));
      if (subscriber.closed) return close();
      // What waited in the driver of the system is old; a weight from before is worse than none.
      port.flush((failed) => {
        if (failed) subscriber.error(closed(where, failed.message, remedy, failed));
        else subscriber.next({ kind: 'open' });
      });
    });
    return close;
  });
}
