/**
 * Text of a file in the encodings that Excel and customs' tools write: UTF-8 and UTF-16 with their marks, UTF-8 without one, or
 * Vietnamese Windows (windows-1258, WHATWG Encoding Standard). Older Vietnamese font encodings (TCVN3, VNI) cannot be told from
 * it by their bytes; names of columns written in them are not recognised, so such a list is refused.
 */
import { isUtf8 } from 'node:buffer';
import { ListRefused } from './refusal.ts';

export type ListEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1258';

const CHUNK_BYTES = 64 * 1024;

export function encodingOf(bytes: Buffer): ListEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1258';
}

/** The text in pieces, without its mark. Throws `LIST_ENCODING` where the bytes are no text. */
export function* textOf(bytes: Buffer): Generator<string> {
  const encoding = encodingOf(bytes);
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
      yield decoder.decode(bytes.subarray(at, at + CHUNK_BYTES), { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ListRefused('ENCODING', {
      en: `the file is no ${encoding} text although it begins like one`,
      vi: `tệp không phải văn bản ${encoding} mặc dù phần đầu tệp ghi như vậy`,
    });
  }
}

/** A name of a column or a value of the head in one comparable form: "Số tờ khai" and "SoToKhai" are the same. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
