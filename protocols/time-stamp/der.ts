/**
 * DER (X.690), as far as its exact bytes matter: what was signed is taken as it came, never encoded anew. What the bytes mean is read
 * with a schema.
 */

/** One value: its tag octet, its content, and the whole of it with tag and length. */
export interface Tlv {
  tag: number;
  content: Uint8Array;
  whole: Uint8Array;
}

export const TAG = { oid: 0x06, octets: 0x04, sequence: 0x30, set: 0x31, context0: 0xa0 } as const;

/** The values that stand one after the other. Throws if these are no whole values in DER. */
export function tlvsIn(bytes: Uint8Array): Tlv[] {
  const found: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = tlvAt(bytes, at);
    found.push(next);
    at += next.whole.length;
  }
  return found;
}

/** The one value that these bytes are. Throws if they are anything else, or more. */
export function onlyTlv(bytes: Uint8Array): Tlv {
  const first = tlvAt(bytes, 0);
  if (first.whole.length !== bytes.length) throw new Error('something stands after it');
  return first;
}

/** An object identifier in its dotted form; empty if it is none. */
export function oidIn(tlv: Tlv | undefined): string {
  if (tlv?.tag !== TAG.oid) return '';
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of tlv.content) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    if (arcs.length > 0) arcs.push(arc);
    else {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - first * 40);
    }
    arc = 0;
  }
  return arcs.join('.');
}

function tlvAt(bytes: Uint8Array, at: number): Tlv {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) throw new Error('it is cut off');
  if ((tag & 0x1f) === 0x1f) throw new Error('it has a tag of several bytes');
  let length = first;
  let begin = at + 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    // A token is far shorter than 16 MB; a length without end (0x80) is no DER.
    if (octets < 1 || octets > 3) throw new Error('a length is not in DER');
    length = 0;
    for (const octet of bytes.subarray(begin, begin + octets)) length = length * 256 + octet;
    begin += octets;
    if (length < 0x80 || length < 256 ** (octets - 1)) throw new Error('a length is not in DER');
  }
  const end = begin + length;
  if (end > bytes.length) throw new Error('it is cut off');
  return { tag, content: bytes.subarray(begin, end), whole: bytes.subarray(at, end) };
}
