/**
 * One line of a gate's handover log: a CloudEvents 1.0 envelope (JSON format) around an EPCIS 2.0 event that carries the
 * handover record. Pure and synchronous: the core writes lines, the follower on the other side reads them.
 */
import { z } from 'zod';
import { canonicalJson, hasSortedMembers } from './canonical.ts';
import { epcisEvent, isoUtc, RECORD_MEMBER } from './epcis.ts';
import { type HandoverRecord, handoverRecord } from './record.ts';
import { envelope1, readData1, toVersion1 } from './version-1.ts';

/** The longest line, in characters, that a follower takes. */
export const LINE_CHARS_MAX = 262_144;

/** Versions of the protocol in which lines are written, the newest last. */
export const LINE_VERSIONS = [1, 2] as const;
export type LineVersion = (typeof LINE_VERSIONS)[number];

export interface HandoverLine {
  version: LineVersion;
  /** The gate whose log it is. */
  gate: string;
  /** From 1, without gaps. With the gate it is the idempotency key (CloudEvents `source` + `id`). */
  line: number;
  /** Milliseconds since 1970 on the writer's clock; informs people, orders nothing. */
  at: number;
  /** Of the writing gate, such as `+07:00`. */
  utcOffset: string;
  /** Of the other one: each record tells the date on both sides. Version 1 does not. */
  otherUtcOffset?: string;
  record: HandoverRecord;
}

export type DecodedLine = ({ ok: true } & HandoverLine) | { ok: false; reason: string };

/** Whether a gate that reads `version` can be told this. */
export const canTell = (record: HandoverRecord, version: LineVersion): boolean =>
  version > 1 || toVersion1(record) !== undefined;

/**
 * The exact text of one line, the same for the same arguments whatever the order of members. It takes every record the types
 * allow; weights become whole kilograms.
 * @throws RangeError if the version cannot tell the record, see {@link canTell}.
 */
export const encodeRecord = (content: HandoverLine): string => canonicalJson(envelopeOf(content));

/** The line before it becomes a text; of version 2 its members stand in canonical order. @throws as {@link encodeRecord} */
function envelopeOf(content: HandoverLine): Record<string, unknown> {
  const { gate, line, at, utcOffset, otherUtcOffset } = content;
  const record = wholeKilograms(content.record);
  const time = isoUtc(at);
  const said =
    content.version === 1
      ? envelope1(gate, at, utcOffset, record)
      : {
          data: epcisEvent(
            { gate, line, time, utcOffset, otherUtcOffset: otherUtcOffset ?? utcOffset },
            record,
          ),
          subject: subjectOf(gate, record),
          time,
          type: `${EVENT_TYPE}${record.kind}.v${content.version}`,
        };
  if (said === undefined) throw new RangeError(`version ${content.version} has no word for ${record.kind}`);
  return {
    data: said.data,
    datacontenttype: 'application/json',
    id: String(line),
    source: sourceOf(gate),
    specversion: '1.0',
    subject: said.subject,
    time: said.time,
    type: said.type,
  };
}

const EVENT_TYPE = 'langson.gate.handover.';

const envelope = z.strictObject({
  specversion: z.literal('1.0'),
  source: z.string().regex(/^\/gates\/[a-z0-9-]{1,40}\/handover-log$/),
  id: z.string().regex(/^[1-9]\d{0,14}$/),
  type: z.string().regex(/^langson\.gate\.handover\.[a-z-]{1,40}\.v[1-9]\d?$/),
  subject: z.string(),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json'),
  data: z.looseObject({}),
});

const offset = z.string().regex(/^[+-]\d{2}:\d{2}$/);
/** Of the event, what is not derived from the record. */
const eventOf2 = z.looseObject({
  [RECORD_MEMBER]: handoverRecord,
  eventTimeZoneOffset: offset,
  'langson:localDates': z.tuple([
    z.looseObject({ 'langson:utcOffset': offset }),
    z.looseObject({ 'langson:utcOffset': offset }),
  ]),
});

/** Reads one line; it must be exactly what {@link encodeRecord} writes for the same content, to the byte. */
export function decodeRecord(text: string): DecodedLine {
  if (text.length > LINE_CHARS_MAX) return { ok: false, reason: `longer than ${LINE_CHARS_MAX} characters` };
  const json = parseJson(text);
  const known = readKnownForm(json);
  if (known !== undefined && isWrittenSo(text, known)) return { ok: true, ...known.content };
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return { ok: false, reason: `not a CloudEvents line: ${explain(parsed.error)}` };
  const { source, id, time, type, data } = parsed.data;
  const version = Number(type.slice(type.lastIndexOf('.v') + 2));
  const read = version === 1 ? readLine1(time, data) : version === 2 ? readLine2(data) : undefined;
  if (read === undefined)
    return { ok: false, reason: `of protocol version ${version}, which is not known here` };
  if (!read.ok) return { ok: false, reason: `not a handover record: ${explain(read.error)}` };
  const { ok: _, ...said } = read;
  const content: HandoverLine = {
    gate: source.slice('/gates/'.length, -'/handover-log'.length),
    line: Number(id),
    at: Date.parse(time),
    ...said,
  };
  // Writing it again checks everything derived, for type, subject and the EPCIS event cannot contradict the record; and the
  // form: a line that is not canonical JSON, or names a member twice, was not written by a gate.
  if (!isWrittenBy(text, () => encodeRecord(content)))
    return { ok: false, reason: 'not canonical, or the envelope contradicts the record' };
  return { ok: true, ...content };
}

type Said = { ok: true } & Pick<HandoverLine, 'version' | 'utcOffset' | 'otherUtcOffset' | 'record'>;

function readLine1(time: string, data: Record<string, unknown>): Said | { ok: false; error: z.ZodError } {
  const read = readData1(data);
  if (!read.ok) return read;
  return {
    ok: true,
    version: 1,
    utcOffset: time.endsWith('Z') ? '+00:00' : time.slice(-6),
    record: read.record,
  };
}

function readLine2(data: Record<string, unknown>): Said | { ok: false; error: z.ZodError } {
  const read = eventOf2.safeParse(data);
  if (!read.success) return { ok: false, error: read.error };
  const [, other] = read.data['langson:localDates'];
  return {
    ok: true,
    version: 2,
    utcOffset: read.data.eventTimeZoneOffset,
    otherUtcOffset: other['langson:utcOffset'],
    record: read.data[RECORD_MEMBER],
  };
}

/** Whether `text` is what `write` gives, which is one that writes lines. */
function isWrittenBy(text: string, write: () => string): boolean {
  try {
    return write() === text;
  } catch (error) {
    // A hostile line may hold times or offsets out of which no date can be made.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Whether {@link encodeRecord} writes this text, for most lines in half the time: with its record as it was parsed, which is in canonical
 * order if the text is, the line is written natively.
 */
const isWrittenSo = (text: string, { content, record }: KnownForm): boolean =>
  hasSortedMembers(record) && isWrittenBy(text, () => JSON.stringify(envelopeOf({ ...content, record })));

interface KnownForm {
  content: HandoverLine;
  /** The record as it was parsed, its members in the order of the text. */
  record: HandoverRecord;
}

const OFFSET = /^[+-]\d{2}:\d{2}$/;
const SOURCE = /^\/gates\/([a-z0-9-]{1,40})\/handover-log$/;
const ID = /^[1-9]\d{0,14}$/;
const TYPE_2 = /\.v2$/;
/** From there on years have more than four digits. */
const AT_END = Date.UTC(10_000, 0, 1);

/**
 * The content of a line that looks as version 2 is written, without a word on what it may lack: writing it again checks all but the
 * record. Undefined for whatever else it is, which is then read step by step, so that one can say what is wrong with it.
 */
function readKnownForm(json: unknown): KnownForm | undefined {
  const { source, id, type, time, data } = (json ?? {}) as Record<string, unknown>;
  if (typeof source !== 'string' || typeof id !== 'string' || typeof time !== 'string') return undefined;
  if (typeof type !== 'string' || !TYPE_2.test(type) || !ID.test(id)) return undefined;
  const gate = SOURCE.exec(source)?.[1];
  const at = Date.parse(time);
  if (gate === undefined || !(at >= 0 && at < AT_END)) return undefined;
  const event = (data ?? {}) as Record<string, unknown>;
  const utcOffset = event.eventTimeZoneOffset;
  const dates: unknown = event['langson:localDates'];
  const other = Array.isArray(dates) ? (dates[1] as Record<string, unknown> | null) : undefined;
  const otherUtcOffset = other?.['langson:utcOffset'];
  if (typeof utcOffset !== 'string' || typeof otherUtcOffset !== 'string') return undefined;
  if (!OFFSET.test(utcOffset) || !OFFSET.test(otherUtcOffset)) return undefined;
  const record = handoverRecord.safeParse(event[RECORD_MEMBER]);
  if (!record.success) return undefined;
  return {
    content: { version: 2, gate, line: Number(id), at, utcOffset, otherUtcOffset, record: record.data },
    record: event[RECORD_MEMBER] as HandoverRecord,
  };
}

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a record is about: a move, the ask for a movement authority, a track, a closure, or the log itself. */
function subjectOf(gate: string, record: HandoverRecord): string {
  if ('move' in record) return record.move;
  if ('ask' in record) return record.ask;
  if ('closure' in record) return record.closure;
  return 'track' in record ? record.track : gate;
}

const sourceOf = (gate: string): string => `/gates/${gate}/handover-log`;

/** A gate's weight may come from a scale with decimals; on the wire it is whole kilograms. */
function wholeKilograms(record: HandoverRecord): HandoverRecord {
  if (record.kind !== 'offered') return record;
  const containers = record.containers.map((box) =>
    box.grossKg === undefined ? box : { ...box, grossKg: Math.max(0, Math.round(box.grossKg)) },
  );
  return { ...record, containers };
}

const explain = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'text'}: ${issue.message}`)
    .join('; ');
