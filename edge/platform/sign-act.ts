/**
 * A person's act as a compact JWS (RFC 7515) signed with their Ed25519 key (RFC 8037, `alg` EdDSA). The gate checks it at its
 * console door (`edge/control/signed-acts.ts`), so nothing between the person and the gate can act in their name.
 */
import type { KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { ACT_TYPE } from '../../protocols/handover/officer.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** What is signed. Named as in RFC 7519 where it has a name. */
export interface SignedAct {
  act: Readonly<Record<string, unknown>>;
  reason: string;
  /** The gate it is meant for. */
  aud: string;
  /** Seconds since 1970. */
  iat: number;
  /** Unique: the same act told twice is one act. */
  jti: string;
}

export interface Signer {
  /** Id of the person in the configuration; the header's `kid`. */
  person: string;
  /** Gate id. */
  gate: string;
  /** Ed25519. */
  privateKey: KeyObject;
  clock: Pick<Clock, 'nowMs'>;
  random: Random;
}

/** Signs `act` with its reason; resolves with the compact JWS. */
export function signAct(
  act: Readonly<Record<string, unknown>>,
  reason: string,
  signer: Signer,
): Promise<string> {
  const payload: SignedAct = {
    act,
    reason,
    aud: signer.gate,
    iat: Math.floor(signer.clock.nowMs() / 1_000),
    jti: signer.random.uuid(),
  };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: ACT_TYPE, kid: signer.person })
    .sign(signer.privateKey);
}
