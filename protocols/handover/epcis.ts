/**
 * A handover record as an EPCIS 2.0 event (JSON-LD), so that logistics systems can read the log without knowing ours. What
 * happens to goods and vehicles is an ObjectEvent; what is agreed, asked or promised is a TransactionEvent of
 * the same objects. Words are those of GS1's Core Business Vocabulary 2.0.
 */
import { utcOffsetMs } from '../time.ts';
import type { HandoverRecord, RecordKind } from './record.ts';

export const RECORD_MEMBER = 'langson:record';
const CONTEXT = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { langson: 'urn:x-langson:handover:' },
];

type Action = 'ADD' | 'OBSERVE' | 'DELETE';
interface Step {
  /** Of a TransactionEvent: whether it begins, names or ends what it is about. */
  action: Action;
  bizStep?: string;
  disposition?: string;
}

/** Custody changes with `received`, hence `accepting` ("an object changes possession"). */
const OF_OBJECTS: { readonly [K in RecordKind]?: Step } = {
  departed: { action: 'OBSERVE', bizStep: 'departing', disposition: 'in_transit' },
  arrived: { action: 'OBSERVE', bizStep: 'arriving', disposition: 'in_progress' },
  received: { action: 'OBSERVE', bizStep: 'accepting', disposition: 'in_progress' },
  'received-with-remarks': { action: 'OBSERVE', bizStep: 'accepting', disposition: 'non_conformant' },
  disputed: { action: 'OBSERVE', bizStep: 'holding', disposition: 'mismatch_instance' },
  'joint-inspection': { action: 'OBSERVE', bizStep: 'inspecting', disposition: 'mismatch_instance' },
  returned: { action: 'OBSERVE', bizStep: 'accepting', disposition: 'returned' },
};

const OF_TRANSACTIONS: { readonly [K in RecordKind]?: Step } = {
  offered: { action: 'ADD' },
  'offer-withdrawn': { action: 'DELETE' },
  accepted: { action: 'OBSERVE' },
  refused: { action: 'DELETE' },
  granted: { action: 'OBSERVE' },
  'grant-returned': { action: 'DELETE' },
  recalled: { action: 'OBSERVE', disposition: 'recalled' },
  closed: { action: 'DELETE', bizStep: 'shipping', disposition: 'completeness_verified' },
  'authority-asked': { action: 'ADD' },
  'authority-granted': { action: 'OBSERVE' },
  'token-asked': { action: 'OBSERVE' },
  'token-passed': { action: 'OBSERVE' },
  'block-reset': { action: 'OBSERVE', bizStep: 'inspecting' },
  'section-closing': { action: 'ADD' },
  'section-closed': { action: 'OBSERVE' },
  'section-reopening': { action: 'DELETE' },
  'filter-in-force': { action: 'OBSERVE' },
  'keys-rotated': { action: 'OBSERVE' },
  restored: { action: 'OBSERVE' },
};

const NOTED: Step = { action: 'OBSERVE' };

/** Who wrote it, where in the log, when (UTC, see {@link isoUtc}), and the two gates' offsets from UTC, ours first. */
export interface Written {
  gate: string;
  line: number;
  time: string;
  utcOffset: string;
  otherUtcOffset: string;
}

/** The whole `data` of a line: the event, with the record itself as its extension {@link RECORD_MEMBER}. Members stand in canonical order. */
export function epcisEvent(written: Written, record: HandoverRecord): Record<string, unknown> {
  const { gate, line, time, utcOffset, otherUtcOffset } = written;
  const eventTime = 'eventTime' in record ? record.eventTime : time;
  const happenedMs = Date.parse(eventTime);
  const observed = OF_OBJECTS[record.kind];
  const { action, bizStep, disposition } = observed ?? OF_TRANSACTIONS[record.kind] ?? NOTED;
  const about = transactionsOf(gate, record);
  return {
    '@context': CONTEXT,
    action,
    ...(bizStep !== undefined && { bizStep }),
    bizTransactionList: about.map((bizTransaction) => ({ bizTransaction })),
    ...(disposition !== undefined && { disposition }),
    epcList: objectsOf(record, about),
    eventID: `urn:x-langson:line:${gate}:${line}`,
    eventTime,
    eventTimeZoneOffset: utcOffset,
    'langson:localDates': [utcOffset, otherUtcOffset].map((offset) => ({
      'langson:date': dateAt(happenedMs + utcOffsetMs(offset)),
      'langson:utcOffset': offset,
    })),
    [RECORD_MEMBER]: record,
    readPoint: { id: `urn:x-langson:gate:${gate}` },
    type: observed ? 'ObjectEvent' : 'TransactionEvent',
  };
}

const DAY_MS = 86_400_000;
const datesMade = new Map<number, string>();
/** Days that are remembered: a log is read day by day. */
const DATES_MAX = 16;
/** The date, `2026-03-01`. Making it anew for each line takes longer than the rest of the event. */
function dateAt(atMs: number): string {
  const day = Math.floor(atMs / DAY_MS);
  const known = datesMade.get(day);
  if (known !== undefined) return known;
  const date = isoUtc(atMs).slice(0, 10);
  if (datesMade.size >= DATES_MAX) datesMade.clear();
  datesMade.set(day, date);
  return date;
}

export const isoUtc = (atMs: number): string => new Date(atMs).toISOString();

const urn = (kind: string, id: string): string =>
  `urn:x-langson:${kind}:${encodeURIComponent(id.toWellFormed())}`;

/** What it concerns: a move first, and whatever else has a name of its own. */
function transactionsOf(gate: string, record: HandoverRecord): string[] {
  const named: string[] = [];
  if ('move' in record) named.push(urn('move', record.move));
  if ('by' in record) named.push(urn('move', record.by));
  if ('grant' in record) named.push(urn('grant', record.grant));
  if ('discrepancy' in record && record.discrepancy !== undefined)
    named.push(urn('discrepancy', record.discrepancy));
  if ('ask' in record) named.push(urn('ask', record.ask));
  if ('closure' in record) named.push(urn('closure', record.closure));
  if ('reset' in record) named.push(urn('reset', record.reset));
  if (named.length > 0) return named;
  return ['track' in record ? urn('track', record.track) : urn('log', gate)];
}

/** An event needs an object: the containers (EPC Tag Data Standard, BIC scheme), or what it concerns where the record names none. */
function objectsOf(record: HandoverRecord, about: readonly string[]): string[] {
  const numbers = new Set<string>();
  if ('containers' in record)
    for (const one of record.containers ?? []) numbers.add(typeof one === 'string' ? one : one.number);
  if ('differences' in record)
    for (const { container } of record.differences) if (container !== undefined) numbers.add(container);
  if (numbers.size === 0) return about.slice(0, 1);
  return [...numbers].map((number) => `urn:epc:id:bic:${encodeURIComponent(number.toWellFormed())}`);
}
