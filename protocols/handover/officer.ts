/**
 * An officer's signature on a record, apart from the gate's: the gate's key proves that the log was not changed, the officer's that
 * this person asked for what the record tells. It is the act itself as the person signed it with their own key: a compact JWS (RFC
 * 7515, EdDSA) of what they asked, of whom, why, when and under which id. The record that an act gives rise to carries it, and
 * where a second person had to confirm, their confirmation after it, which names the first act by its id.
 */
import { z } from 'zod';
import type { Verifier } from './algorithm.ts';
import type { RecordKind } from './record.ts';

/** Header `typ`: a signature made for anything else is no act. */
export const ACT_TYPE = 'gate-act+jws';

/** The longest signed act that a gate, or a reader of its log, takes, in characters. */
export const SIGNED_ACT_CHARS_MAX = 8_192;

/** Of one record: the act, and the confirmation of a second person. */
export const signedActs = z.array(z.string().max(SIGNED_ACT_CHARS_MAX)).min(1).max(2);

/** Where they stand in it, as a JSON pointer. */
export const SIGNED_ACTS_AT = '/officerSignatures';

/** The record that each act gives rise to. What people do otherwise is no business of the other gate. */
export const RECORD_OF_ACT = {
  'close-section': 'section-closing',
  'reopen-section': 'section-reopening',
  'reset-block': 'block-reset',
  'hotline-grant': 'granted',
  'hotline-use': 'departed',
  dispute: 'disputed',
  'joint-inspection': 'joint-inspection',
  'close-discrepancy': 'closed',
} as const satisfies Record<string, RecordKind>;

/** Whether a person's signature on an act of this kind may come to stand on a record. */
export const isSignedOnRecords = (kind: string): boolean =>
  kind === 'confirm' || Object.hasOwn(RECORD_OF_ACT, kind);

/** As `edge/platform/sign-act.ts` has it signed. */
const signedAct = z.strictObject({
  act: z.looseObject({ kind: z.string().max(120) }),
  reason: z.string(),
  /** The gate it is meant for. */
  aud: z.string().max(120),
  /** Seconds since 1970, by the clock of the signing device. */
  iat: z.number().min(0),
  /** Unique among the acts of one person. */
  jti: z.string().min(8).max(120),
});

/** The same key and algorithm under both names (RFC 8037, RFC 9864). */
const header = z.looseObject({
  alg: z.enum(['EdDSA', 'Ed25519']),
  typ: z.literal(ACT_TYPE),
  /** The person's id in the configuration of their gate. */
  kid: z.string().min(1).max(120),
  crit: z.undefined().optional(),
});

export interface OfficerAct extends z.infer<typeof signedAct> {
  /** Who says to have signed it. */
  officer: string;
  /** Whether this key, which must be that officer's, has signed it. */
  isBy(verifier: Verifier): boolean;
}

export type ReadOfficerAct = { ok: true; act: OfficerAct } | { ok: false; reason: string };

/** Reads a signed act; the signature is not checked before {@link OfficerAct.isBy} is asked. */
export function readOfficerAct(jws: string): ReadOfficerAct {
  const [head = '', payload = '', signature = '', ...rest] = jws.split('.');
  if (jws.length > SIGNED_ACT_CHARS_MAX || rest.length > 0)
    return { ok: false, reason: 'it is no compact JWS' };
  const told = header.safeParse(parseJson(head));
  const said = signedAct.safeParse(parseJson(payload));
  if (!told.success || !said.success) return { ok: false, reason: 'it is no signed act of a person' };
  const bytes = Buffer.from(`${head}.${payload}`, 'ascii');
  return {
    ok: true,
    act: {
      ...said.data,
      officer: told.data.kid,
      isBy: (verifier) => verifier.verify(bytes, Buffer.from(signature, 'base64url')),
    },
  };
}

/** Undefined if it is not JSON in base64url. */
function parseJson(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
