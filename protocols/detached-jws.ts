/**
 * A detached signature: a compact JWS (RFC 7515) whose payload stands elsewhere and is left out of it (appendix F). It binds
 * exact bytes; `typ` says what they are, so that a signature made for one thing is none for another.
 */
import { canonicalJson } from './handover/canonical.ts';
import type { Signer, Verifier } from './handover/head.ts';

export type { Signer, Verifier };

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const headerOf = (alg: string, typ: string): string => base64url(Buffer.from(canonicalJson({ alg, typ })));

/** `header..signature`; the same bytes and key give the same text (with EdDSA). */
export function signDetached(bytes: Uint8Array, typ: string, signer: Signer): string {
  const header = headerOf(signer.alg, typ);
  return `${header}..${base64url(signer.sign(Buffer.from(`${header}.${base64url(bytes)}`, 'ascii')))}`;
}

/** The header must be exactly ours: no other algorithm, no other `typ`, no `crit`. */
export function verifyDetached(bytes: Uint8Array, jws: string, typ: string, verifier: Verifier): boolean {
  const [header = '', payload, signature = '', ...rest] = jws.split('.');
  if (rest.length > 0 || payload !== '' || header !== headerOf(verifier.alg, typ)) return false;
  const signatureBytes = Buffer.from(signature, 'base64url');
  // Node reads base64url leniently; one signature must have one text.
  if (base64url(signatureBytes) !== signature) return false;
  return verifier.verify(Buffer.from(`${header}.${base64url(bytes)}`, 'ascii'), signatureBytes);
}
