/**
 * The signature beside a list, `NAME.csv.jws`: a compact JWS whose payload is left out (RFC 7515, appendix F), for it is the file; with
 * `b64: false` (RFC 7797) the file is signed as it is, without it in base64url. EdDSA with Ed25519 or ES256.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeProtectedHeader, errors, flattenedVerify } from 'jose';
import { GateError, messageOf } from '../../../platform/errors.ts';

export interface ListKey {
  key: KeyObject;
  alg: 'EdDSA' | 'ES256';
}

/** @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND` */
export async function loadListKey(file: string, dataDir: string): Promise<ListKey> {
  const path = resolve(dataDir, file);
  const remedy =
    'Put customs’ public key there, Ed25519 or P-256, as PEM; or configure no customs.dropFolder.';
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (cause) {
    const what = `the key of customs’ lists ${path} cannot be read: ${messageOf(cause)}`;
    throw new GateError('KEY_UNREADABLE', what, remedy, { cause });
  }
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return { key, alg: 'EdDSA' };
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return { key, alg: 'ES256' };
    throw new Error(`it is ${key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType}`);
  } catch (cause) {
    const what = `the key of customs’ lists ${path} is not usable: ${messageOf(cause)}`;
    throw new GateError('KEY_WRONG_KIND', what, remedy, { cause });
  }
}

/** Whether `jws` is a signature of `bytes` by the key. */
export async function isSignedBy({ key, alg }: ListKey, bytes: Buffer, jws: string): Promise<boolean> {
  const [protectedHeader, payload, signature, ...rest] = jws.trim().split('.');
  if (!protectedHeader || payload !== '' || !signature || rest.length > 0) return false;
  try {
    const unencoded = decodeProtectedHeader({ protected: protectedHeader }).b64 === false;
    await flattenedVerify(
      { protected: protectedHeader, payload: unencoded ? bytes : bytes.toString('base64url'), signature },
      key,
      { algorithms: [alg] },
    );
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return false;
    throw error;
  }
}
