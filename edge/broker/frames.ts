/** The limit that aedes lacks: how long one MQTT packet may be. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * Follows the lengths of MQTT packets through a stream of chunks (MQTT 3.1.1 §2.2.3) without keeping any of it.
 * The returned function says whether every packet that began in the chunks so far is at most `bytesMax` long.
 */
export function createFrameLimit(bytesMax: number): (chunk: Uint8Array) => boolean {
  /** Bytes of the present packet still to come; 0 when the next byte begins a packet. */
  let remaining = 0;
  /** Set while the length field is being read: its value so far and the weight of its next digit. */
  let length: { value: number; weight: number } | undefined;

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (remaining > 0) {
        const skipped = Math.min(remaining, chunk.length - at);
        remaining -= skipped;
        at += skipped;
        continue;
      }
      if (!length) {
        length = { value: 0, weight: 1 };
        at += 1;
        continue;
      }
      const digit = chunk[at] ?? 0;
      at += 1;
      length.value += (digit & 0x7f) * length.weight;
      length.weight *= 0x80;
      if (length.value > bytesMax || length.weight > 0x80 ** 4) return false;
      if (digit < 0x80) {
        remaining = length.value;
        length = undefined;
      }
    }
    return true;
  };
}

/** `socket` as aedes shall see it: destroyed as soon as a longer packet begins, before any of it is kept. */
export function limitFrames(socket: Socket, bytesMax: number): Duplex {
  const within = createFrameLimit(bytesMax);
  const limited = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    // One packet is many small writes; joined they are one segment on the wire, which matters without Nagle.
    writev: (chunks, done) =>
      void socket.write(Buffer.concat(chunks.map(({ chunk }): Buffer => Buffer.from(chunk))), done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => {
    if (!within(chunk)) limited.destroy(new Error(`a packet is longer than ${bytesMax} bytes`));
    else if (!limited.push(chunk)) socket.pause();
  });
  socket.on('end', () => limited.push(null));
  socket.on('error', (error) => limited.destroy(error));
  socket.on('close', () => limited.destroy());
  return limited;
}
