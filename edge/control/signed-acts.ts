/** Checks a person's signed act (see `edge/platform/sign-act.ts`) and makes it an input. */
import {
  type CompactVerifyResult,
  compactVerify,
  decodeProtectedHeader,
  type ProtectedHeaderParameters,
} from 'jose';
import { z } from 'zod';
import type { GateConfig } from '../../config/schema.ts';
import { ACT_TYPE, isSignedOnRecords, SIGNED_ACT_CHARS_MAX } from '../../protocols/handover/officer.ts';
import type { InputSource, OperatorAct } from '../core/input.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError } from '../platform/errors.ts';
import { malformed, parseJson, personsAct } from './inputs-schema.ts';

/** How far the signing clock may be from ours. Within it the repeat check knows every act already admitted. */
export const ACT_AGE_MS_MAX = 5 * 60_000;

const signedAct = personsAct.extend({
  aud: z.string(),
  iat: z.number().min(0),
  jti: z.string().min(8).max(120),
});

export interface VerifiedAct {
  input: OperatorAct;
  /** `person:<id>` and the signed `jti`, so that a repeat is recognised. */
  from: InputSource;
}

/** Rejects with `ACT_MALFORMED` (not an act at all) or `ACT_FORBIDDEN` (not this person, this gate, or this moment). */
export type ActVerifier = (jws: string) => Promise<VerifiedAct>;

/** Checks acts against the people of the configuration; roles come from there and never from what was signed. */
export function createActVerifier(config: Pick<GateConfig, 'gate' | 'people'>, clock: Clock): ActVerifier {
  const people = new Map(config.people.map((person) => [person.id, person]));

  return async (jws) => {
    const header = readHeader(jws);
    const person = people.get(header.kid ?? '');
    if (!person || header.typ !== ACT_TYPE) {
      throw forbidden(
        person ? 'It was signed for another purpose.' : 'No person of this gate’s configuration signed it.',
      );
    }
    const { payload } = await checkSignature(jws, person.publicKey);
    const parsed = signedAct.safeParse(parseJson(new TextDecoder().decode(payload)));
    if (!parsed.success) throw malformed(parsed.error, 'ACT_MALFORMED');
    const { act, reason, aud, iat, jti } = parsed.data;
    if (aud !== config.gate.id)
      throw forbidden(`It is meant for the gate ${aud}, this is ${config.gate.id}.`);
    // Stopping is never refused, whatever the clocks say; told again it stops again, which harms nobody.
    const stops = act.kind === 'stop-gate' || act.kind === 'stop-lane';
    if (!stops && Math.abs(clock.nowMs() - iat * 1_000) > ACT_AGE_MS_MAX) {
      throw forbidden('It was signed too long ago, or the clocks of signer and gate differ.');
    }
    return {
      input: {
        type: 'operator-act',
        person: person.id,
        role: person.role,
        act,
        reason,
        // No other: a stop is taken however old its signature is, so nobody needs to have that.
        ...(isSignedOnRecords(act.kind) && { signed: { jws, id: jti } }),
      },
      from: { source: `person:${person.id}`, id: jti },
    };
  };
}

function readHeader(jws: string): ProtectedHeaderParameters {
  try {
    if (jws.length > SIGNED_ACT_CHARS_MAX)
      throw new RangeError(`longer than ${SIGNED_ACT_CHARS_MAX} characters`);
    return decodeProtectedHeader(jws);
  } catch (error) {
    throw new GateError(
      'ACT_MALFORMED',
      'This is no compact JWS.',
      'Sign the act with “gate act” or in the console.',
      { cause: error },
    );
  }
}

async function checkSignature(jws: string, publicKey: string): Promise<CompactVerifyResult> {
  try {
    return await compactVerify(
      jws,
      { kty: 'OKP', crv: 'Ed25519', x: publicKey },
      { algorithms: ['EdDSA', 'Ed25519'] },
    );
  } catch (error) {
    throw forbidden('The signature is not this person’s.', error);
  }
}

const forbidden = (why: string, cause?: unknown): GateError =>
  new GateError(
    'ACT_FORBIDDEN',
    `The act is refused. ${why}`,
    'Sign it anew with the key whose public half stands under “people” in this gate’s configuration.',
    { cause },
  );
