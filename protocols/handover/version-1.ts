/**
 * Lines of protocol version 1, as gates one version back write and read them: read for as long as such lines stand in a
 * log, written while the other gate reads nothing newer. What version 1 had no word for is not told in it.
 */
import { z } from 'zod';
import { refusal, UNTOLD } from '../refusal.ts';
import { isoWithOffset } from '../time.ts';
import { PUBLIC_CODES, type PublicCode } from './codes.ts';
import type { FreeText, HandoverRecord } from './record.ts';

const name = z.string().min(1).max(120);
const eventTime = z.iso.datetime({ offset: true }).max(40);
const containerNumber = z.string().min(1).max(20);
const authority = { ask: name, vehicle: name, from: name, to: name };

const container = z.strictObject({
  number: containerNumber,
  seals: z.array(name).max(50).exactOptional(),
  grossKg: z.int().min(0).max(1_000_000).exactOptional(),
  declarations: z.array(name).max(10_000).exactOptional(),
  sizeType: z.string().min(1).max(20).exactOptional(),
});

/** The records of version 1, with their names of then. */
const record1 = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('offer'),
    move: name,
    load: z.enum(['laden', 'empty', 'bobtail', 'return']),
    track: name,
    vehicle: name,
    homeGate: name,
    plate: name,
    containers: z.array(container).max(2),
    returnOf: refusal.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('offer-withdrawn'), move: name }),
  z.strictObject({
    kind: z.literal('grant'),
    move: name,
    grant: name,
    track: name,
    holdNode: name,
    bayNode: name.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('grant-refused'), move: name, reason: z.string().max(1_000) }),
  z.strictObject({ kind: z.literal('grant-returned'), move: name, grant: name }),
  z.strictObject({ kind: z.literal('departed'), move: name, grant: name, eventTime }),
  z.strictObject({ kind: z.literal('recalled'), move: name, reason: z.string().max(1_000) }),
  z.strictObject({ kind: z.literal('arrived'), move: name, eventTime }),
  z.strictObject({
    kind: z.literal('received'),
    move: name,
    eventTime,
    containers: z.array(containerNumber).max(2),
  }),
  z.strictObject({ kind: z.literal('closed'), move: name, eventTime }),
  z.strictObject({ kind: z.literal('authority-ask'), ...authority }),
  z.strictObject({ kind: z.literal('authority'), ...authority }),
  z.strictObject({ kind: z.literal('token-ask'), track: name }),
  z.strictObject({ kind: z.literal('token'), track: name }),
]);
type Record1 = z.infer<typeof record1>;

/** The record in the words of version 1; undefined if version 1 cannot tell it. */
export function toVersion1(record: HandoverRecord): Record1 | undefined {
  switch (record.kind) {
    case 'offered': {
      const { kind: _, custodyPoint: _c, withheld: _w, returnOf, ...rest } = record;
      return { kind: 'offer', ...rest, ...(returnOf && { returnOf: { ...UNTOLD, ...returnOf } }) };
    }
    case 'granted': {
      const { kind: _, custodyPoint: _c, withheld: _w, hotline: _h, officerSignatures: _o, ...rest } = record;
      return { kind: 'grant', ...rest };
    }
    case 'offer-withdrawn':
      return { kind: 'offer-withdrawn', move: record.move };
    case 'refused':
      return { kind: 'grant-refused', move: record.move, reason: reasonOf(record) };
    case 'grant-returned':
      return { kind: 'grant-returned', move: record.move, grant: record.grant };
    case 'departed':
      return {
        kind: 'departed',
        move: record.move,
        grant: record.grant,
        eventTime: record.eventTime,
      };
    case 'recalled':
      return { kind: 'recalled', move: record.move, reason: reasonOf(record) };
    case 'arrived':
      return { kind: 'arrived', move: record.move, eventTime: record.eventTime };
    // That it was received is what counts there; the remarks stand in our own case until the other side can read them.
    case 'received':
    case 'received-with-remarks': {
      const { move, eventTime: at, containers } = record;
      return { kind: 'received', move, eventTime: at, containers };
    }
    case 'closed':
      if (record.discrepancy !== undefined) return undefined;
      return { kind: 'closed', move: record.move, eventTime: record.eventTime };
    case 'authority-asked':
    case 'authority-granted': {
      const { ask, vehicle, from, to } = record;
      const kind = record.kind === 'authority-asked' ? 'authority-ask' : 'authority';
      return { kind, ask, vehicle, from, to };
    }
    case 'token-asked':
      return { kind: 'token-ask', track: record.track };
    case 'token-passed':
      return { kind: 'token', track: record.track };
    default:
      return undefined;
  }
}

/** What version 1 gave as a text, version 2 gives as a code: the text stays what it was. */
const reasonOf = ({ code, text }: { code: PublicCode; text?: readonly FreeText[] | undefined }): string =>
  code === 'OTHER' ? (text?.[0]?.text ?? code) : code;

const codeOf = (reason: string): { code: PublicCode; text?: FreeText[] } =>
  reason !== 'OTHER' && (PUBLIC_CODES as readonly string[]).includes(reason)
    ? { code: reason as PublicCode }
    : { code: 'OTHER', text: [{ lang: 'und', text: reason }] };

function fromVersion1(record: Record1): HandoverRecord {
  switch (record.kind) {
    case 'offer':
      return { ...record, kind: 'offered' };
    case 'grant':
      return { ...record, kind: 'granted' };
    case 'grant-refused':
      return { kind: 'refused', move: record.move, ...codeOf(record.reason) };
    case 'recalled':
      return { kind: 'recalled', move: record.move, ...codeOf(record.reason) };
    case 'authority-ask':
      return { ...record, kind: 'authority-asked' };
    case 'authority':
      return { ...record, kind: 'authority-granted' };
    case 'token-ask':
      return { ...record, kind: 'token-asked' };
    case 'token':
      return { ...record, kind: 'token-passed' };
    default:
      return record;
  }
}

/** Envelope members that differ from version 2. */
export interface Envelope1 {
  type: string;
  subject: string;
  time: string;
  data: Record<string, unknown>;
}

/** Undefined if version 1 cannot tell the record. */
export function envelope1(
  gate: string,
  atMs: number,
  utcOffset: string,
  record: HandoverRecord,
): Envelope1 | undefined {
  const said = toVersion1(record);
  if (said === undefined) return undefined;
  const epcis = observedEvent(gate, said);
  return {
    type: `langson.gate.handover.${said.kind}.v1`,
    subject: 'move' in said ? said.move : 'ask' in said ? said.ask : said.track,
    time: isoWithOffset(atMs, utcOffset),
    data: epcis ? { ...said, epcis } : said,
  };
}

/** Reads `data` of a version 1 line. */
export function readData1(
  data: Record<string, unknown>,
): { ok: true; record: HandoverRecord } | { ok: false; error: z.ZodError } {
  const { epcis: _event, ...fields } = data;
  const parsed = record1.safeParse(fields);
  return parsed.success
    ? { ok: true, record: fromVersion1(parsed.data) }
    : { ok: false, error: parsed.error };
}

const STEPS = {
  departed: { bizStep: 'departing', disposition: 'in_transit' },
  arrived: { bizStep: 'arriving', disposition: 'in_progress' },
  received: { bizStep: 'accepting', disposition: 'in_progress' },
  closed: { bizStep: 'shipping', disposition: 'completeness_verified' },
} as const;

function observedEvent(gate: string, record: Record1): Record<string, unknown> | undefined {
  if (!('eventTime' in record)) return undefined;
  const move = `urn:x-langson:move:${encodeURIComponent(record.move.toWellFormed())}`;
  const containers = record.kind === 'received' ? record.containers : [];
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'ObjectEvent',
    action: 'OBSERVE',
    ...STEPS[record.kind],
    eventTime: record.eventTime,
    eventTimeZoneOffset: record.eventTime.endsWith('Z') ? '+00:00' : record.eventTime.slice(-6),
    epcList:
      containers.length > 0
        ? containers.map((number) => `urn:epc:id:bic:${encodeURIComponent(number.toWellFormed())}`)
        : [move],
    bizTransactionList: [{ bizTransaction: move }],
    readPoint: { id: `urn:x-langson:gate:${gate}` },
  };
}
