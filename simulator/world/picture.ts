import { crc32, deflateSync } from 'node:zlib';

const HEIGHT_PX = 16;
/** Columns of one byte: eight bits, two pixels each, and a gap. */
const BYTE_PX = 18;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A small greyscale PNG (ISO/IEC 15948) in which each byte of `text` is a group of bars: other text, other picture. */
export function drawPicture(text: string): Uint8Array {
  const bytes = Buffer.from(text === '' ? ' ' : text);
  const widthPx = bytes.length * BYTE_PX;
  const row = Buffer.alloc(1 + widthPx, 0xff);
  row[0] = 0; // filter type: none
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit += 1) {
      const left = 1 + index * BYTE_PX + 2 * bit;
      if ((byte >> (7 - bit)) & 1) row.fill(0, left, left + 2);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(HEIGHT_PX, 4);
  header[8] = 8; // bits a pixel; the zeros after it: greyscale, deflate, adaptive filter, not interlaced
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: HEIGHT_PX }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
