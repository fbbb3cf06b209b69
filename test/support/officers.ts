/** People of a gate who sign acts with keys of their own, for tests. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { SignedAct } from '../../edge/core/input.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import { signAct } from '../../edge/platform/sign-act.ts';
import type { OfficerKey } from '../../protocols/handover/officer-check.ts';

export interface Officer {
  id: string;
  privateKey: KeyObject;
  /** As a trust file has it. */
  key: OfficerKey;
  /** An act as this person signs it at `atMs`. */
  signs(
    act: Readonly<Record<string, unknown>>,
    how: { atMs: number; reason?: string; gate?: string; as?: string },
  ): Promise<SignedAct>;
}

/** Ids of acts, all different in one run of the tests. */
const random = seededRandom(20);

export function newOfficer(id: string, gate = 'huu-nghi'): Officer {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    id,
    privateKey,
    key: { id, gate, publicKey: x },
    async signs(act, { atMs, reason = 'seen', gate: aud = gate, as = id }) {
      const clock = { nowMs: () => atMs };
      const jws = await signAct(act, reason, { person: as, gate: aud, privateKey, clock, random });
      return { jws, id: String(decodeJwt(jws).jti) };
    },
  };
}
