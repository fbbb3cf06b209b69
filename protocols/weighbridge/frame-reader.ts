/**
 * Finds frames of fixed length in a stream of bytes that may start in the middle of one, lose bytes or carry noise.
 *
 * A delimiter alone cannot do that: a checksum byte may equal any byte, also the delimiter. So: find a start, check
 * length and checksum, and on failure give up one byte and look again. No byte vanishes: what belongs to no frame
 * is handed back.
 */

export interface FrameFormat {
  /** Bytes of one frame, from start to checksum. */
  readonly lengthBytes: number;
  isStart(byte: number): boolean;
  /** Whether `lengthBytes` bytes, the first a start, are a frame. */
  isFrame(candidate: Uint8Array): boolean;
}

export type FrameEvent =
  | { kind: 'frame'; bytes: Uint8Array }
  /** Bytes that belong to no frame, in the order of arrival. */
  | { kind: 'dropped'; bytes: Uint8Array };

export interface FrameReader {
  /** Takes the next bytes; how the stream is cut into chunks makes no difference to the frames found. */
  push(chunk: Uint8Array): FrameEvent[];
  /** Gives up what waits for more bytes: call it after a silence longer than any within a frame, and at the end. */
  flush(): FrameEvent[];
}

/** A reader for one line. It holds less than one frame between two calls. */
export function createFrameReader(format: FrameFormat): FrameReader {
  let pending = new Uint8Array(0);

  return {
    push(chunk) {
      const bytes = new Uint8Array(pending.length + chunk.length);
      bytes.set(pending);
      bytes.set(chunk, pending.length);
      const events: FrameEvent[] = [];
      let at = 0;
      let firstDropped = 0;
      const handBackDropped = (): void => {
        if (firstDropped < at) events.push({ kind: 'dropped', bytes: bytes.slice(firstDropped, at) });
      };
      while (at < bytes.length) {
        if (!format.isStart(bytes[at] ?? 0)) {
          at += 1;
          continue;
        }
        const end = at + format.lengthBytes;
        if (end > bytes.length) break;
        const candidate = bytes.slice(at, end);
        if (!format.isFrame(candidate)) {
          at += 1;
          continue;
        }
        handBackDropped();
        events.push({ kind: 'frame', bytes: candidate });
        at = end;
        firstDropped = end;
      }
      handBackDropped();
      pending = bytes.slice(at);
      return events;
    },

    flush() {
      const bytes = pending;
      pending = new Uint8Array(0);
      return bytes.length === 0 ? [] : [{ kind: 'dropped', bytes }];
    },
  };
}
