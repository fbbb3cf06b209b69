/**
 * A weighbridge's indicator that sends Mettler Toledo continuous frames twenty times a second, on a pseudo-terminal
 * or over TCP as a serial device server does. A pseudo-terminal has no baud rate, parity or break.
 */
import { close, lstatSync, readlinkSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import net, { type AddressInfo, type Socket } from 'node:net';
import { promisify } from 'node:util';
import type { Clock } from '../../edge/platform/clock.ts';
import { GateError } from '../../edge/platform/errors.ts';
import { encodeMettlerToledo } from '../../protocols/weighbridge/mettler-toledo.ts';
import type { ScaleModel } from '../world/ports.ts';

const PERIOD_MS = 50;
const DIVISION_KG = 10;
/** A client that does not read loses frames, as on a real line. */
const UNREAD_BYTES_MAX = 4_096;

export interface WeighbridgeFaults {
  /** Nothing is sent. */
  silent: boolean;
  /** The load is more than the scale can carry. */
  outOfRange: boolean;
  /** Stands in for the true frame of each period, to cut it or to spoil it. */
  spoil: ((frame: Uint8Array) => Uint8Array) | undefined;
}

export interface SimulatedWeighbridge {
  readonly faults: WeighbridgeFaults;
  /** Puts raw bytes on the line, now. */
  inject(bytes: Uint8Array): void;
  stop(): Promise<void>;
}

interface Indicator {
  model: ScaleModel;
  clock: Clock;
  /** Whether frames end in a checksum; default true. */
  checksum?: boolean;
}

/** Sends frames through `write` until cancelled. */
function startSending({ model, clock, checksum = true }: Indicator, write: (bytes: Uint8Array) => void) {
  const faults: WeighbridgeFaults = { silent: false, outOfRange: false, spoil: undefined };
  const cancel = clock.every(PERIOD_MS, () => {
    if (faults.silent) return;
    const { grossKg, motion } = model.state;
    const { outOfRange } = faults;
    const frame = encodeMettlerToledo({ grossKg, motion, outOfRange, divisionKg: DIVISION_KG, checksum });
    write(faults.spoil?.(frame) ?? frame);
  });
  return { faults, cancel };
}

interface PseudoTerminal {
  /** File descriptors; the slave's stays open, else the master fails while nobody listens. */
  master: number;
  slave: number;
  /** Path of the slave, such as `/dev/pts/3`. */
  pty: string;
}

function openPseudoTerminal(): PseudoTerminal {
  try {
    // The native part alone: its JavaScript wraps a shell around it. It finds its own binary for this platform.
    const { loadNativeModule } = createRequire(import.meta.url)('node-pty/lib/utils.js');
    return loadNativeModule('pty').module.open(80, 24);
  } catch (error) {
    throw new GateError(
      'PSEUDO_TERMINAL_MISSING',
      'A simulated serial line needs the development package node-pty, which is not installed or does not run here',
      'Install with development packages, or configure the weighbridge with connection via tcp.',
      { cause: error },
    );
  }
}

/** Makes `linkPath` point to `target`. A link left by a run before is replaced, a real device never. */
function link(target: string, linkPath: string): void {
  const found = lstatSync(linkPath, { throwIfNoEntry: false });
  if (found && !found.isSymbolicLink()) {
    throw new GateError(
      'LINK_IN_THE_WAY',
      `${linkPath} exists and is no link of the simulator`,
      'Choose another path for the simulated line, or move the file away.',
    );
  }
  if (found) unlinkSync(linkPath);
  symlinkSync(target, linkPath);
}

/**
 * Puts `model` on a pseudo-terminal that `linkPath` names; its folder must exist. Rejects with `GateError`
 * `PSEUDO_TERMINAL_MISSING` or `LINK_IN_THE_WAY`.
 */
export async function startSerialWeighbridge(
  options: Indicator & { linkPath: string },
): Promise<SimulatedWeighbridge> {
  const { linkPath } = options;
  const terminal = openPseudoTerminal();
  const closeAll = async (): Promise<void> => {
    await promisify(close)(terminal.master);
    await promisify(close)(terminal.slave);
  };
  try {
    link(terminal.pty, linkPath);
  } catch (error) {
    await closeAll();
    throw error;
  }
  const write = (bytes: Uint8Array): void => {
    try {
      writeSync(terminal.master, bytes);
    } catch (error) {
      // Full: nobody reads, and on a real line such bytes are lost as well.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  };
  const { faults, cancel } = startSending(options, write);
  return {
    faults,
    inject: write,
    async stop() {
      cancel();
      const found = lstatSync(linkPath, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() && readlinkSync(linkPath) === terminal.pty) unlinkSync(linkPath);
      await closeAll();
    },
  };
}

export interface TcpWeighbridge extends SimulatedWeighbridge {
  readonly port: number;
  /** Connections taken so far. */
  readonly accepted: number;
  dropConnections(): void;
}

/** Puts `model` on a TCP port; 0 takes a free one. Rejects if the port is in use. */
export async function startTcpWeighbridge(
  options: Indicator & { host: string; port: number },
): Promise<TcpWeighbridge> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(options.port, options.host, listening.resolve);
  await listening.promise;

  const write = (bytes: Uint8Array): void => {
    for (const socket of sockets) if (socket.writableLength < UNREAD_BYTES_MAX) socket.write(bytes);
  };
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const { faults, cancel } = startSending(options, write);
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    faults,
    inject: write,
    dropConnections,
    async stop() {
      cancel();
      const closed = new Promise((resolve) => server.close(resolve));
      dropConnections();
      await closed;
    },
  };
}
