/** A long cable: forwards TCP with a delay each way, every byte in order. */
import { connect, createServer, type Socket } from 'node:net';

export interface LongCable {
  readonly port: number;
  close(): Promise<void>;
}

/** `delayMs`: how long each byte is under way, in either direction. */
export async function openLongCable(targetPort: number, delayMs: number): Promise<LongCable> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    keep(near);
    const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    keep(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => setTimeout(() => to.destroyed || to.write(bytes), delayMs));
      from.on('end', () => setTimeout(() => to.end(), delayMs));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the cable has no port');
  return {
    port: address.port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
