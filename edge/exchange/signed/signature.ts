/**
 * Who has signed a file: a compact JWS (RFC 7515) with a detached payload (appendix F) over the exact bytes of the file, by a key
 * that the configuration trusts. EdDSA (RFC 8037) or ES256.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { decodeProtectedHeader, flattenedVerify } from 'jose';
import { GateError, messageOf } from '../../platform/errors.ts';
import { readPem } from '../keys.ts';

/** A key of the configuration, and with it what it may sign. */
export interface Trust {
  /** The `kid` of its signatures. */
  id: string;
  keyFile: string;
}

export interface TrustedKey<Own extends Trust = Trust> {
  trust: Own;
  key: KeyObject;
}

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'];

/**
 * The keys of the configuration, by their ids. `of`: what they sign, in words.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, each naming the file.
 */
export async function loadTrust<Own extends Trust>(
  of: string,
  trusted: readonly Own[],
  dataDir: string,
): Promise<Map<string, TrustedKey<Own>>> {
  const keys = new Map<string, TrustedKey<Own>>();
  for (const trust of trusted)
    keys.set(trust.id, { trust, key: await loadKey(of, resolve(dataDir, trust.keyFile)) });
  return keys;
}

async function loadKey(of: string, path: string): Promise<KeyObject> {
  const pem = await readPem(
    `key of ${of}`,
    path,
    'Put the public key there that the authority has handed over, readable by the exchange daemon.',
  );
  const wrongKind = (reason: string, cause?: unknown): GateError =>
    new GateError(
      'KEY_WRONG_KIND',
      `the key of ${of} ${path} is not usable: ${reason}`,
      'Install a public key there, PEM: Ed25519, or EC on the curve P-256.',
      { cause },
    );
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw wrongKind(messageOf(cause), cause);
  }
  const isEd25519 = key.asymmetricKeyType === 'ed25519';
  const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (!isEd25519 && !isP256) throw wrongKind(`it is ${key.asymmetricKeyType}`);
  return key;
}

export type Signer<Own extends Trust> =
  | { ok: true; trust: Own }
  | { ok: false; reason: 'signature' | 'key'; detail: string };

/** Who has signed these bytes. The signature may carry them itself; then they must be the same. */
export async function signerOf<Own extends Trust>(
  bytes: Uint8Array,
  jws: string,
  keys: ReadonlyMap<string, TrustedKey<Own>>,
): Promise<Signer<Own>> {
  const parts = jws.trim().split('.');
  const [header = '', carried, signature = ''] = parts;
  const payload = Buffer.from(bytes).toString('base64url');
  if (parts.length !== 3 || (carried !== '' && carried !== payload))
    return { ok: false, reason: 'signature', detail: 'it is no compact JWS over this file' };
  try {
    const { kid } = decodeProtectedHeader({ protected: header });
    const known = keys.get(String(kid));
    if (known === undefined) return { ok: false, reason: 'key', detail: `kid ${kid ?? 'is missing'}` };
    await flattenedVerify({ protected: header, payload, signature }, known.key, { algorithms: ALGORITHMS });
    return { ok: true, trust: known.trust };
  } catch (error) {
    return { ok: false, reason: 'signature', detail: messageOf(error) };
  }
}
