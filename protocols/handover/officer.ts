/**
 * An officer's signature on a record, apart from the gate's: the gate's key proves that the log was not changed, the officer's that this
 * person stands by this record. A compact JWS without its payload (RFC 7515 appendix F) over the record's canonical JSON, all
 * members but the signature itself.
 */
import { unsignedDetached, verifyDetached, withSignature } from '../detached-jws.ts';
import type { Signer, Verifier } from './algorithm.ts';
import { canonicalJson } from './canonical.ts';

const RECORD_TYPE = 'gate-record+jws';
/** The longest signature that a record takes, in characters. */
const OFFICER_SIGNATURE_CHARS_MAX = 2_000;

function bytesOf(signed: object): Uint8Array {
  const { officerSignature: _s, ...record } = signed as { officerSignature?: string };
  return Buffer.from(canonicalJson(record), 'utf8');
}

/** For the member `officerSignature`; the header names the officer's key by its thumbprint. */
export function signAsOfficer(record: object, signer: Signer): string {
  const unsigned = unsignedDetached(bytesOf(record), {
    alg: signer.alg,
    kid: signer.kid,
    typ: RECORD_TYPE,
  });
  return withSignature(unsigned, signer.sign(unsigned.bytes));
}

/** Whether the record carries a signature of this key, made over exactly this record. */
export function signedByOfficer(record: object, key: { kid: string; verifier: Verifier }): boolean {
  const { officerSignature } = record as { officerSignature?: string };
  if (officerSignature === undefined || officerSignature.length > OFFICER_SIGNATURE_CHARS_MAX) return false;
  return verifyDetached(bytesOf(record), officerSignature, RECORD_TYPE, key.verifier, key.kid);
}
