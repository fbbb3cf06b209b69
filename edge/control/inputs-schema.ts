/** The shape and size of what may come through a door; nothing malformed reaches the core. */
import { z } from 'zod';
import { ADVANCE_KINDS, ADVANCE_STATUSES } from '../../protocols/asw/words.ts';
import { CLAIMS_MAX } from '../../protocols/clearance/fields.ts';
import { BOOKED_LOADS, REQUIREMENTS, type Requirement } from '../../protocols/clearance/words.ts';
import { discrepancyCode, publicCode } from '../../protocols/handover/codes.ts';
import { HEAD_CHARS_MAX } from '../../protocols/handover/head.ts';
import { LINE_CHARS_MAX } from '../../protocols/handover/line.ts';
import { handoverRecord } from '../../protocols/handover/record.ts';
import { rotationRecord } from '../../protocols/handover/rotation.ts';
import { ENTRY_KINDS, LIST_OWNERS, ENTRIES_MAX as LISTED_MAX } from '../../protocols/lists/words.ts';
import { refusal } from '../../protocols/refusal.ts';
import { TOKEN_CHARS_MAX } from '../../protocols/time-stamp/authority.ts';
import type {
  CounterpartInput,
  CustomsInput,
  HandoverRecord,
  InputSource,
  OperatorAct,
} from '../core/input.ts';
import { GateError } from '../platform/errors.ts';
import { observed } from './observed-schema.ts';

const name = z.string().min(1).max(120);
const longName = z.string().min(1).max(300);
/** Code and subject. */
const alarmId = z.string().min(1).max(200);
/** Milliseconds since 1970. */
const instant = z.int().min(0);
const grossKg = z.int().min(0).max(1_000_000);
const container = z.string().min(1).max(20);
const seals = z.array(name).max(50);
/** Cross-border e-commerce puts thousands of consignments into one container. */
const declarations = z.array(name).max(10_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const logName = z.enum(['ours', 'theirs']);
const signedHead = z.string().max(HEAD_CHARS_MAX);
/** Base64url of SHA-256. */
const keyName = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** A list of keys holds no more. */
const LOG_KEYS_MAX = 100;
const ENTRIES_MAX = 500;
const perName = <T extends z.ZodType>(value: T) =>
  z
    .record(name, value)
    .refine((record) => Object.keys(record).length <= ENTRIES_MAX, `holds more than ${ENTRIES_MAX} entries`);

const requirement = z.enum(['not-required', 'required', 'passed', 'failed']).exactOptional();
const requirements = {
  scan: requirement,
  quarantine: requirement,
  inspection: requirement,
  documentCheck: requirement,
  borderGuard: requirement,
  driverDocuments: requirement,
  vehicleDocuments: requirement,
  fees: requirement,
  radiation: requirement,
  driverHealth: requirement,
} satisfies Record<Requirement, unknown>;
const goods = z.strictObject({
  hs: z.string().max(20),
  origin: name.exactOptional(),
  product: name.exactOptional(),
  licence: name.exactOptional(),
});
const party = z.strictObject({
  role: z.enum(['declarant', 'consignor', 'consignee', 'carrier', 'producer']),
  id: name,
  name: name.exactOptional(),
});
const quantity = z.strictObject({
  packages: z.int().min(0).exactOptional(),
  kg: z.int().min(0).exactOptional(),
});

/** What the exchange daemon may submit: customs and counterpart inputs, nothing else. */
export const exchangeInput = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('booking'),
    bookingId: name,
    direction: z.enum(['export', 'import']),
    container,
    truckPlate: name,
    trailerPlate: name.exactOptional(),
    declarations,
    grossKg,
    seals,
    load: z.enum(BOOKED_LOADS).exactOptional(),
    sizeType: z.string().min(1).max(20).exactOptional(),
    returnOf: refusal.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('clearance'),
    declaration: name,
    container,
    kind: z.enum(['export', 'import', 'transit']),
    channel: z.enum(['green', 'yellow', 'red']),
    status: z.enum(['registered', 'inspected', 'released', 'withdrawn']),
    version: z.int().min(0),
    source: name,
    feed: name.exactOptional(),
    validUntil: instant.exactOptional(),
    complete: z.boolean().exactOptional(),
    seals: seals.exactOptional(),
    sealRule: z.enum(['required', 'optional', 'none']).exactOptional(),
    grossKg: grossKg.exactOptional(),
    grossBasis: z.enum(['cargo', 'cargo+container', 'unknown']).exactOptional(),
    requirements: z.strictObject(requirements).exactOptional(),
    goods: z.array(goods).max(ENTRIES_MAX).exactOptional(),
    parties: z.array(party).max(20).exactOptional(),
    aeo: z.boolean().exactOptional(),
    mrn: name.exactOptional(),
    returnBy: instant.exactOptional(),
    allotment: quantity.exactOptional(),
    remaining: quantity.exactOptional(),
    usedBy: name.exactOptional(),
    claims: z
      .array(z.strictObject({ kind: z.enum(ADVANCE_KINDS), reference: name }))
      .max(CLAIMS_MAX)
      .exactOptional(),
  }),
  z.strictObject({
    type: z.literal('examination'),
    examinationId: name,
    container,
    requirement: z.enum(REQUIREMENTS),
    state: z.enum(['required', 'passed', 'failed']),
    version: z.int().min(0),
    source: name,
    officer: name.exactOptional(),
    reference: name.exactOptional(),
    examinedAt: instant,
  }),
  z.strictObject({
    type: z.literal('advance-document'),
    container,
    kind: z.enum(ADVANCE_KINDS),
    reference: name,
    version: z.int().min(0),
    status: z.enum(ADVANCE_STATUSES),
    issuer: name,
    form: name.exactOptional(),
    issuedAt: instant,
    validUntil: instant.exactOptional(),
    containers: z
      .array(
        z.strictObject({
          number: container,
          seals: seals.exactOptional(),
          grossKg: grossKg.exactOptional(),
          grossBasis: z.enum(['cargo', 'cargo+container']).exactOptional(),
        }),
      )
      .max(ENTRIES_MAX)
      .exactOptional(),
    goods: z
      .array(z.strictObject({ hs: name, origin: name.exactOptional() }))
      .max(ENTRIES_MAX)
      .exactOptional(),
    parties: z
      .array(
        z.strictObject({
          role: z.enum(['consignor', 'consignee']),
          id: name.exactOptional(),
          name: name.exactOptional(),
        }),
      )
      .max(2)
      .exactOptional(),
  }),
  z.strictObject({
    type: z.literal('list'),
    list: z.strictObject({
      id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
      version: z.int().min(1),
      name: longName,
      owner: z.enum(LIST_OWNERS),
      legalBasis: longName,
      from: instant,
      until: instant,
      reviewBy: instant.exactOptional(),
      entries: z.array(z.strictObject({ kind: z.enum(ENTRY_KINDS), value: name })).max(LISTED_MAX),
    }),
  }),
  z.strictObject({ type: z.literal('customs-feed'), asOf: instant, feed: name.exactOptional() }),
  z.strictObject({ type: z.literal('reports-refused'), refused: perName(z.int().min(0)) }),
  z.strictObject({ type: z.literal('counterpart-record'), line: z.int().min(1), record: handoverRecord }),
  z.strictObject({ type: z.literal('own-line'), line: z.int().min(1), data: z.string().max(LINE_CHARS_MAX) }),
  z.strictObject({ type: z.literal('keys-rotated-asked'), record: rotationRecord }),
  z.strictObject({
    type: z.literal('log-keys-changed'),
    log: logName,
    file: longName,
    trusted: z.array(keyName).max(LOG_KEYS_MAX),
    revoked: z.array(z.strictObject({ kid: keyName, upTo: z.int().min(0).nullable() })).max(LOG_KEYS_MAX),
    removed: z.array(keyName).max(LOG_KEYS_MAX),
  }),
  z.strictObject({
    type: z.literal('log-restore'),
    phase: z.enum(['begin', 'end']),
    size: z.int().min(1),
    rootHash: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({
    type: z.literal('counterpart-link'),
    up: z.boolean(),
    reads: z.union([z.literal(1), z.literal(2)]).exactOptional(),
  }),
  z.strictObject({
    type: z.literal('counterpart-head'),
    size: z.int().min(0),
    rootHash: sha256,
    head: signedHead,
  }),
  z.strictObject({
    type: z.literal('counterpart-fault'),
    log: logName,
    kind: z.enum(['bad-signature', 'wrong-log', 'shrunken-log', 'fork', 'gap', 'altered-line']),
    reason: z.string().min(1).max(1_000),
    evidence: z
      .strictObject({
        heads: z.array(signedHead).max(4),
        file: longName.exactOptional(),
        sha256: sha256.exactOptional(),
      })
      .exactOptional(),
  }),
  z.strictObject({
    type: z.literal('time-stamp'),
    log: logName,
    size: z.int().min(0),
    rootHash: sha256,
    head: signedHead,
    token: z.base64().max(TOKEN_CHARS_MAX),
    authority: name,
    signer: longName,
    policy: z.string().min(1).max(200),
    serial: z.string().regex(/^[0-9a-f]{2,128}$/),
    genTimeMs: instant,
  }),
  z.strictObject({
    type: z.literal('time-stamp-watch'),
    troubles: z
      .array(
        z.strictObject({
          log: logName,
          kind: z.enum(['bad', 'missing']),
          reason: z.string().min(1).max(1_000),
          evidence: z.strictObject({ file: longName, sha256 }).exactOptional(),
        }),
      )
      .max(4),
  }),
  z.strictObject({
    type: z.literal('counterpart-live'),
    fresh: z.boolean(),
    vehicles: perName(
      z.strictObject({ standing: z.boolean(), locked: z.boolean(), node: z.string().max(120) }),
    ),
    bays: perName(z.strictObject({ clear: z.boolean() })),
  }),
]);

/** Who sends it. Sequence numbers begin at 1. */
export const inputSource = z.strictObject({
  source: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:._/-]{0,119}$/, 'use letters, digits and : . _ / -'),
  id: z.string().min(1).max(300),
  seq: z.int().min(1).exactOptional(),
});

/** Longest time an act may name; what a site allows is in its configuration. */
const FOR_MS_MAX = 86_400_000;

const photo = z.string().regex(/^[0-9a-f]{64}$/, 'the photo’s SHA-256, hex');
const actText = z.strictObject({
  lang: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language such as vi, zh or en'),
  text: z.string().trim().min(1).max(1_000),
});

/** What a person asks for, and why; who they are comes from the signature, their role from the configuration. */
export const personsAct = z.strictObject({
  act: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stop-gate') }),
    z.strictObject({ kind: z.literal('resume-gate') }),
    z.strictObject({ kind: z.literal('stop-lane'), lane: name }),
    z.strictObject({ kind: z.literal('resume-lane'), lane: name }),
    z.strictObject({ kind: z.literal('open-lane'), lane: name }),
    z.strictObject({ kind: z.literal('close-lane'), lane: name }),
    z.strictObject({ kind: z.literal('maintain-lane'), lane: name }),
    z.strictObject({ kind: z.literal('reread'), lane: name }),
    z.strictObject({ kind: z.literal('identify'), lane: name, crossing: name, visit: name.exactOptional() }),
    z.strictObject({
      kind: z.literal('observe'),
      lane: name,
      seen: observed,
      photo,
      visit: name.exactOptional(),
    }),
    z.strictObject({ kind: z.literal('clear-finding'), crossing: name, code: name }),
    z.strictObject({ kind: z.literal('confirm-place'), crossing: name, place: name }),
    z.strictObject({ kind: z.literal('cancel-crossing'), crossing: name }),
    z.strictObject({ kind: z.literal('withdraw-vehicle'), vehicle: name }),
    z.strictObject({ kind: z.literal('return-vehicle'), vehicle: name }),
    z.strictObject({ kind: z.literal('acknowledge-alarm'), alarm: alarmId }),
    z.strictObject({
      kind: z.literal('shelve-alarm'),
      alarm: alarmId,
      forMs: z.int().min(1).max(FOR_MS_MAX),
    }),
    z.strictObject({ kind: z.literal('unshelve-alarm'), alarm: alarmId }),
    z.strictObject({
      kind: z.literal('declare-outage'),
      legalBasis: longName,
      untilAt: instant,
      sources: z.array(name).min(1).max(10),
      hs: z
        .array(z.string().regex(/^(?!00|77)\d{2}(\d{2}){0,4}$/, 'use the first digits of a tariff code'))
        .max(100),
    }),
    z.strictObject({ kind: z.literal('end-outage') }),
    z.strictObject({ kind: z.literal('close-case'), case: name }),
    z.strictObject({ kind: z.literal('clear-log-fault'), log: logName }),
    z.strictObject({
      kind: z.literal('close-section'),
      tracks: z.array(name).max(50),
      code: publicCode,
      text: actText.exactOptional(),
      fromAt: instant.exactOptional(),
      toAt: instant.exactOptional(),
    }),
    z.strictObject({ kind: z.literal('reopen-section'), closure: name }),
    z.strictObject({ kind: z.literal('reset-block'), track: name, moves: z.array(name).max(100) }),
    z.strictObject({ kind: z.literal('hotline-offer'), lane: name }),
    z.strictObject({
      kind: z.literal('hotline-grant'),
      move: name,
      track: name,
      vehicle: name,
      plate: name,
      load: z.enum(['laden', 'empty', 'bobtail']),
      containers: z.array(z.string().min(1).max(20)).max(2),
      officer: name,
      salt: z.string().regex(/^\d{6}$/, 'six digits'),
    }),
    z.strictObject({
      kind: z.literal('hotline-use'),
      number: name,
      move: name,
      hold: name,
      officer: name,
    }),
    z.strictObject({ kind: z.literal('hotline-arrived'), number: name }),
    z.strictObject({ kind: z.literal('hotline-clear'), number: name }),
    z.strictObject({
      kind: z.literal('dispute'),
      move: name,
      code: discrepancyCode,
      container: container.exactOptional(),
      expected: longName.exactOptional(),
      found: longName.exactOptional(),
      text: actText.exactOptional(),
      photo: photo.exactOptional(),
    }),
    z.strictObject({
      kind: z.literal('joint-inspection'),
      discrepancy: name,
      outcome: z.enum(['confirmed', 'unfounded', 'partly']),
      inspectors: z.array(name).min(2, 'name one of each side at least').max(10),
      text: actText.exactOptional(),
      photo: photo.exactOptional(),
    }),
    z.strictObject({
      kind: z.literal('close-discrepancy'),
      discrepancy: name,
      outcome: z.enum(['as-handed-over', 'as-found', 'settled', 'withdrawn']),
      text: actText.exactOptional(),
    }),
    z.strictObject({
      kind: z.literal('confirm'),
      proposal: name,
      of: z.string().min(8).max(120).exactOptional(),
    }),
  ]),
  reason: z.string().trim().min(1, 'say why').max(1_000),
});

// The schemas and the core's types must stay the same, optional fields included; the compiler checks it here.
type Whole<T> = T extends unknown ? Required<T> : never;
type Same<A, B> = [Whole<A>, Whole<B>] extends [Whole<B>, Whole<A>] ? true : false;
true satisfies Same<z.infer<typeof handoverRecord>, HandoverRecord>;
true satisfies Same<z.infer<typeof exchangeInput>, CustomsInput | CounterpartInput>;
true satisfies Same<z.infer<typeof inputSource>, InputSource>;
true satisfies Same<z.infer<typeof personsAct>['act'], OperatorAct['act']>;

const exchangeTypes: readonly string[] = exchangeInput.options.map((option) => option.shape.type.value);
const exchangeSubmission = z.strictObject({ input: exchangeInput, from: inputSource });
const typed = z.looseObject({ input: z.looseObject({ type: z.string().max(120) }) });

export interface Submission {
  input: CustomsInput | CounterpartInput;
  from: InputSource;
}

/**
 * Reads one `{input, from}` that came through the exchange door. Throws `INPUT_FORBIDDEN` for an input that has no
 * business there, `INPUT_MALFORMED` for anything else that is wrong.
 */
export function parseSubmission(json: string): Submission {
  const value = parseJson(json);
  const parsed = exchangeSubmission.safeParse(value);
  if (!parsed.success) throw refusalOf(value, parsed.error);
  if (parsed.data.from.source.startsWith('person:')) {
    throw new GateError(
      'INPUT_FORBIDDEN',
      'Only the console door speaks for a person.',
      'Give the source its own name.',
    );
  }
  return parsed.data;
}

/** What is no business of this door is called so before anything else that may be wrong with it. */
function refusalOf(value: unknown, error: z.ZodError): GateError {
  const head = typed.safeParse(value);
  if (!head.success) return malformed(head.error);
  const { type } = head.data.input;
  if (exchangeTypes.includes(type)) return malformed(error);
  return new GateError(
    'INPUT_FORBIDDEN',
    `An input “${type}” may not come through the exchange door.`,
    `Only ${exchangeTypes.join(', ')} may.`,
  );
}

/** Throws `INPUT_MALFORMED` unless `json` is JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw new GateError(
      'INPUT_MALFORMED',
      `This is not JSON: ${json.slice(0, 80)}`,
      'Send JSON, one value a line.',
      { cause: error },
    );
  }
}

/** The `GateError` for a value that does not fit its schema. */
export const malformed = (error: z.ZodError, code = 'INPUT_MALFORMED'): GateError =>
  new GateError(
    code,
    error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
      .join('; '),
    'Correct the named fields; see edge/core/input.ts for the shapes.',
  );
