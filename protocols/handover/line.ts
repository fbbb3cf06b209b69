/**
 * One line of a gate's handover log: a CloudEvents 1.0 envelope (JSON format) around a handover record. Records of
 * things that happened on the road carry an EPCIS 2.0 ObjectEvent as well, so that logistics systems can read the log
 * without knowing ours. Pure and synchronous: the core writes lines, the follower on the other side reads them.
 */
import { z } from 'zod';
import { isoWithOffset } from '../time.ts';
import { canonicalJson } from './canonical.ts';
import { type HandoverRecord, handoverRecord } from './record.ts';

const EVENT_TYPE = 'langson.gate.handover.';
const EPCIS_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';

/** The longest line, in characters, that a follower takes. */
export const LINE_CHARS_MAX = 262_144;

export interface HandoverLine {
  /** The gate whose log it is. */
  gate: string;
  /** From 1, without gaps. With the gate it is the idempotency key (CloudEvents `source` + `id`). */
  line: number;
  /** Milliseconds since 1970 on the writer's clock; informs people, orders nothing. */
  at: number;
  /** Such as `+07:00`. */
  utcOffset: string;
  record: HandoverRecord;
}

export type DecodedLine = ({ ok: true } & HandoverLine) | { ok: false; reason: string };

/**
 * The exact text of one line, the same for the same arguments whatever the order of members. It takes every record
 * the types allow and never throws; weights become whole kilograms.
 */
export function encodeRecord({ gate, line, at, utcOffset, record }: HandoverLine): string {
  const whole = wholeKilograms(record);
  const epcis = observedEvent(gate, whole);
  return canonicalJson({
    specversion: '1.0',
    source: sourceOf(gate),
    id: String(line),
    type: `${EVENT_TYPE}${whole.kind}.v1`,
    subject: subjectOf(whole),
    time: isoWithOffset(at, utcOffset),
    datacontenttype: 'application/json',
    data: epcis ? { ...whole, epcis } : whole,
  });
}

const envelope = z.strictObject({
  specversion: z.literal('1.0'),
  source: z.string().regex(/^\/gates\/[a-z0-9-]{1,40}\/handover-log$/),
  id: z.string().regex(/^[1-9]\d{0,14}$/),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json'),
  data: z.looseObject({}),
});

/** Reads one line; it must be exactly what {@link encodeRecord} writes for the same content, to the byte. */
export function decodeRecord(text: string): DecodedLine {
  if (text.length > LINE_CHARS_MAX) return { ok: false, reason: `longer than ${LINE_CHARS_MAX} characters` };
  const parsed = envelope.safeParse(parseJson(text));
  if (!parsed.success) return { ok: false, reason: `not a CloudEvents line: ${explain(parsed.error)}` };
  const { source, id, time, data } = parsed.data;
  const { epcis: _event, ...fields } = data;
  const record = handoverRecord.safeParse(fields);
  if (!record.success) return { ok: false, reason: `not a handover record: ${explain(record.error)}` };
  const content: HandoverLine = {
    gate: source.slice('/gates/'.length, -'/handover-log'.length),
    line: Number(id),
    at: Date.parse(time),
    utcOffset: time.endsWith('Z') ? '+00:00' : time.slice(-6),
    record: record.data,
  };
  // Writing it again checks everything derived, for type, subject and the EPCIS event cannot contradict the record; and the
  // form: a line that is not canonical JSON, or names a member twice, was not written by a gate.
  if (encodeRecord(content) !== text)
    return { ok: false, reason: 'not canonical, or the envelope contradicts the record' };
  return { ok: true, ...content };
}

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a record is about: a move, the ask for a movement authority, or an alternating track. */
function subjectOf(record: HandoverRecord): string {
  if ('move' in record) return record.move;
  return 'ask' in record ? record.ask : record.track;
}

const sourceOf = (gate: string): string => `/gates/${gate}/handover-log`;

/** A gate's weight may come from a scale with decimals; on the wire it is whole kilograms. */
function wholeKilograms(record: HandoverRecord): HandoverRecord {
  if (record.kind !== 'offer') return record;
  const containers = record.containers.map((box) =>
    box.grossKg === undefined ? box : { ...box, grossKg: Math.max(0, Math.round(box.grossKg)) },
  );
  return { ...record, containers };
}

/**
 * Business step and disposition in the words of GS1's Core Business Vocabulary 2.0. Custody changes with `received`,
 * hence `accepting` ("an object changes possession"); `closed` tells that the shipment was found complete.
 */
const STEPS = {
  departed: { bizStep: 'departing', disposition: 'in_transit' },
  arrived: { bizStep: 'arriving', disposition: 'in_progress' },
  received: { bizStep: 'accepting', disposition: 'in_progress' },
  closed: { bizStep: 'shipping', disposition: 'completeness_verified' },
} as const;

function observedEvent(gate: string, record: HandoverRecord): Record<string, unknown> | undefined {
  if (!('eventTime' in record)) return undefined;
  const move = `urn:x-langson:move:${encodeURIComponent(record.move.toWellFormed())}`;
  const containers = record.kind === 'received' ? record.containers : [];
  return {
    '@context': [EPCIS_CONTEXT],
    type: 'ObjectEvent',
    action: 'OBSERVE',
    ...STEPS[record.kind],
    eventTime: record.eventTime,
    eventTimeZoneOffset: record.eventTime.endsWith('Z') ? '+00:00' : record.eventTime.slice(-6),
    // An ObjectEvent needs an object: the containers (EPC Tag Data Standard, BIC scheme), or the move where the
    // record names none.
    epcList:
      containers.length > 0
        ? containers.map((number) => `urn:epc:id:bic:${encodeURIComponent(number.toWellFormed())}`)
        : [move],
    bizTransactionList: [{ bizTransaction: move }],
    readPoint: { id: `urn:x-langson:gate:${gate}` },
  };
}

const explain = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'text'}: ${issue.message}`)
    .join('; ');
