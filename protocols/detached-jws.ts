/**
 * A detached signature: a compact JWS (RFC 7515) whose payload stands elsewhere and is left out of it (appendix F). It binds
 * exact bytes; `typ` says what they are, so that a signature made for one thing is none for another. Where the reader knows several
 * keys, `kid` names the one that signed.
 */
import type { Signer, Verifier } from './handover/algorithm.ts';
import { canonicalJson } from './handover/canonical.ts';

export type { Signer, Verifier };

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

interface Header {
  alg: string;
  typ: string;
  kid?: string | undefined;
}
const encoded = (header: Header): string => base64url(Buffer.from(canonicalJson(header)));

/** What is to be signed, for a key that signs elsewhere. */
export interface Unsigned {
  /** Header of the JWS. */
  header: string;
  /** The bytes that the signature covers. */
  bytes: Uint8Array;
}

export function unsignedDetached(bytes: Uint8Array, header: Header): Unsigned {
  const text = encoded(header);
  return { header: text, bytes: covered(text, bytes) };
}

export const withSignature = ({ header }: Unsigned, signature: Uint8Array): string =>
  `${header}..${base64url(signature)}`;

/** `header..signature`; the same bytes and key give the same text (with EdDSA). */
export function signDetached(bytes: Uint8Array, typ: string, signer: Pick<Signer, 'alg' | 'sign'>): string {
  const unsigned = unsignedDetached(bytes, { alg: signer.alg, typ });
  return withSignature(unsigned, signer.sign(unsigned.bytes));
}

/** The header must be exactly ours: no other algorithm, no other `typ` or `kid`, no `crit`. */
export function verifyDetached(
  bytes: Uint8Array,
  jws: string,
  typ: string,
  verifier: Verifier,
  kid?: string,
): boolean {
  const [header = '', payload, signature = '', ...rest] = jws.split('.');
  if (rest.length > 0 || payload !== '' || header !== encoded({ alg: verifier.alg, typ, kid })) return false;
  const signatureBytes = Buffer.from(signature, 'base64url');
  // Node reads base64url leniently; one signature must have one text.
  if (base64url(signatureBytes) !== signature) return false;
  return verifier.verify(covered(header, bytes), signatureBytes);
}

const covered = (header: string, bytes: Uint8Array): Uint8Array =>
  Buffer.from(`${header}.${base64url(bytes)}`, 'ascii');
