/** A cable that can be cut: forwards TCP until `cut`, then swallows everything without a word, as a power cut does. */
import { connect, createServer, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  /** No byte, no FIN, no RST passes any more; new connections are taken and lead nowhere. */
  cut(): void;
  /** New connections pass again; the old ones are reset. */
  mend(): void;
  close(): Promise<void>;
}

export async function openCable(targetPort: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let whole = true;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    keep(near);
    if (!whole) return;
    const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    keep(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (whole) to.write(bytes);
      });
      from.on('end', () => {
        if (whole) to.end();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the cable has no port');
  const resetAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    cut() {
      whole = false;
    },
    mend() {
      resetAll();
      whole = true;
    },
    async close() {
      resetAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
