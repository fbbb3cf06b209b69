/** Listening on a Unix socket file: takes over from a dead process, never from a living one. */
import { once } from 'node:events';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import { dirname } from 'node:path';
import { GateError, messageOf } from '../platform/errors.ts';

/** `sun_path` holds 108 bytes with its terminating zero (unix(7)); beyond, the name would be cut. */
const PATH_BYTES_MAX = 107;

/**
 * Makes `server` listen on `socketPath` with the file mode `mode`. Rejects with `SOCKET_IN_USE` if a living process listens
 * there, `SOCKET_PATH_TAKEN` if something else lies there, `SOCKET_PATH_TOO_LONG`, `SOCKET_DENIED`.
 */
export async function listenOnSocket(server: Server, socketPath: string, mode: number): Promise<void> {
  if (Buffer.byteLength(socketPath) > PATH_BYTES_MAX) {
    throw new GateError(
      'SOCKET_PATH_TOO_LONG',
      `The socket path ${socketPath} exceeds ${PATH_BYTES_MAX} bytes.`,
      'Use a data folder with a shorter path.',
    );
  }
  try {
    await mkdir(dirname(socketPath), { recursive: true });
    await removeStale(socketPath);
    server.listen(socketPath);
    await once(server, 'listening');
    await chmod(socketPath, mode);
  } catch (error) {
    throw asGateError(error, socketPath);
  }
}

async function removeStale(socketPath: string): Promise<void> {
  const found = await lstat(socketPath).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return;
  if (!found.isSocket()) {
    throw new GateError(
      'SOCKET_PATH_TAKEN',
      `${socketPath} is there and is no socket.`,
      'Move it away, or use another data folder.',
    );
  }
  if (await answers(socketPath)) throw inUse(socketPath);
  await rm(socketPath, { force: true });
}

/** Whether somebody accepts connections there. */
async function answers(socketPath: string): Promise<boolean> {
  const connection = createConnection(socketPath);
  try {
    await once(connection, 'connect');
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return false;
    throw error;
  } finally {
    connection.destroy();
  }
}

const inUse = (socketPath: string): GateError =>
  new GateError(
    'SOCKET_IN_USE',
    `Another process listens on ${socketPath}.`,
    'Stop the other “gate control” of this data folder, or give this one a folder of its own.',
  );

function asGateError(error: unknown, socketPath: string): GateError {
  if (error instanceof GateError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return inUse(socketPath);
  return new GateError(
    'SOCKET_DENIED',
    `Cannot listen on ${socketPath}: ${messageOf(error)}.`,
    'Check that the folder exists and that the gate’s user may write there.',
    { cause: error },
  );
}
