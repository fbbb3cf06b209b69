/** The shape and size of what may come through a door; nothing malformed reaches the core. */
import { z } from 'zod';
import { handoverRecord } from '../../protocols/handover/record.ts';
import type {
  CounterpartInput,
  CustomsInput,
  HandoverRecord,
  InputSource,
  OperatorAct,
} from '../core/input.ts';
import { GateError } from '../platform/errors.ts';

const name = z.string().min(1).max(120);
/** Code and subject. */
const alarmId = z.string().min(1).max(200);
/** Milliseconds since 1970. */
const instant = z.int().min(0);
const grossKg = z.int().min(0).max(1_000_000);
const container = z.string().min(1).max(20);
const seals = z.array(name).max(50);
/** Cross-border e-commerce puts thousands of consignments into one container. */
const declarations = z.array(name).max(10_000);
const ENTRIES_MAX = 500;
const perName = <T extends z.ZodType>(value: T) =>
  z
    .record(name, value)
    .refine((record) => Object.keys(record).length <= ENTRIES_MAX, `holds more than ${ENTRIES_MAX} entries`);

/** What the exchange daemon may submit: customs and counterpart inputs, nothing else. */
export const exchangeInput = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('booking'),
    bookingId: name,
    direction: z.enum(['export', 'import']),
    container,
    truckPlate: name,
    declarations,
    grossKg,
    seals,
  }),
  z.strictObject({
    type: z.literal('clearance'),
    declaration: name,
    container,
    kind: z.enum(['export', 'import']),
    channel: z.enum(['green', 'yellow', 'red']),
    status: z.enum(['registered', 'inspected', 'released', 'withdrawn']),
    version: z.int().min(0),
    source: name,
  }),
  z.strictObject({ type: z.literal('customs-feed'), asOf: instant }),
  z.strictObject({ type: z.literal('counterpart-record'), line: z.int().min(1), record: handoverRecord }),
  z.strictObject({ type: z.literal('counterpart-link'), up: z.boolean() }),
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
    z.strictObject({ kind: z.literal('identify'), lane: name, crossing: name }),
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
    z.strictObject({ kind: z.literal('confirm'), proposal: name }),
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
  const head = typed.safeParse(value);
  if (!head.success) throw malformed(head.error);
  const { type } = head.data.input;
  if (!exchangeTypes.includes(type)) {
    throw new GateError(
      'INPUT_FORBIDDEN',
      `An input “${type}” may not come through the exchange door.`,
      `Only ${exchangeTypes.join(', ')} may.`,
    );
  }
  const parsed = exchangeSubmission.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error);
  if (parsed.data.from.source.startsWith('person:')) {
    throw new GateError(
      'INPUT_FORBIDDEN',
      'Only the console door speaks for a person.',
      'Give the source its own name.',
    );
  }
  return parsed.data;
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
