/**
 * CODECO, the container gate-in/gate-out report (UN/EDIFACT D.95B; SMDG user manual 1.6): one message a container and event.
 * Document name codes are 34 for gate-in and 36 for gate-out by common practice; a partner may want others.
 */
import {
  componentOf,
  type Interchange,
  type Message,
  type MessageIdentifier,
  readInterchange,
  writeInterchange,
} from './interchange.ts';
import { type Charset, EdifactError, inCharset, type Segment, segment } from './syntax.ts';

export const CODECO_D95B: MessageIdentifier = ['CODECO', 'D', '95B', 'UN', 'SMDG16'];

/** Repeats that D.95B allows of RFF and SEL below one EQD. */
const REPEATS_MAX = 9;

export interface GateEvent {
  /** Document number (BGM 1004): the same event told twice has the same. */
  eventId: string;
  kind: 'gate-in' | 'gate-out';
  container: string;
  /** Equipment status 8249: 2 export, 3 import. */
  direction?: 'export' | 'import';
  /** ISO 8601 with offset; told as local time to the minute (DTM 7, format 203). */
  eventTime: string;
  declarations: readonly string[];
  seals: readonly string[];
  grossKg?: number;
  /** Full or empty indicator 8169: 4 empty, 5 full. */
  empty?: true;
  /** Plate of the truck that brought or fetched it. */
  truckPlate?: string;
}

/** What a partner has agreed on. */
export interface CodecoProfile {
  charset: Charset;
  sender: string;
  recipient: string;
  /** BGM document name codes. */
  codes: { in: string; out: string };
  /** UN/LOCODE of the gate (LOC 165). */
  place?: string;
}

/**
 * The interchange of a batch of events.
 * @param preparedAt ISO 8601 with offset.
 * @throws EdifactError if a container number or event id has a character that the charset lacks. Of what else it lacks (a
 * Chinese plate in UNOC) the segment is left out.
 */
export function writeCodeco(
  batch: { reference: string; preparedAt: string; events: readonly GateEvent[] },
  profile: CodecoProfile,
): string {
  const { charset, sender, recipient } = profile;
  return writeInterchange({
    charset,
    sender,
    recipient,
    preparedAt: localMinute(batch.preparedAt).slice(2),
    reference: batch.reference,
    messages: batch.events.map((event) => messageOf(event, profile)),
  });
}

function messageOf(event: GateEvent, { charset, sender, recipient, codes, place }: CodecoProfile): Message {
  const optional = (text: string | undefined): string | undefined =>
    text === undefined || text === '' ? undefined : inCharset(text, charset);
  const demanded = (what: string, text: string): string => {
    const known = optional(text);
    if (known === undefined)
      throw new EdifactError(`${what} ${JSON.stringify(text)} cannot be told in ${charset}`);
    return known;
  };
  const each = (texts: readonly string[], write: (text: string) => Segment): Segment[] =>
    texts
      .map(optional)
      .filter((text) => text !== undefined)
      .slice(0, REPEATS_MAX)
      .map(write);

  const plate = optional(event.truckPlate);
  const status = { export: '2', import: '3', unknown: '' }[event.direction ?? 'unknown'];
  const party = (qualifier: string, id: string): Segment =>
    segment('NAD', qualifier, [id.split(':')[0] ?? '', '160', 'ZZZ']);
  return {
    identifier: CODECO_D95B,
    segments: [
      segment(
        'BGM',
        event.kind === 'gate-in' ? codes.in : codes.out,
        demanded('the event', event.eventId),
        '9',
      ),
      party('MS', sender),
      party('MR', recipient),
      segment(
        'EQD',
        'CN',
        demanded('the container', event.container),
        '',
        '',
        status,
        event.empty ? '4' : '5',
      ),
      ...each(event.declarations, (declaration) => segment('RFF', ['ABT', declaration])),
      segment('DTM', ['7', localMinute(event.eventTime), '203']),
      ...(place === undefined ? [] : [segment('LOC', '165', [place, '139', '6'])]),
      ...(event.grossKg === undefined ? [] : [segment('MEA', 'AAE', 'G', ['KGM', String(event.grossKg)])]),
      ...each(event.seals, (seal) => segment('SEL', seal)),
      ...(plate === undefined ? [] : [segment('TDT', '1', '', '3', '', '', '', '', [plate, '146'])]),
      segment('CNT', ['16', '1']),
    ],
  };
}

/** `YYYYMMDDHHMM` as it stands in an ISO text, whose offset is not told (format 203 has none). */
function localMinute(iso: string): string {
  const digits = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(iso);
  if (digits === null) throw new EdifactError(`${JSON.stringify(iso)} is no time`);
  return digits.slice(1).join('');
}

/** An event as a receiver reads it. */
export type ReadGateEvent = Omit<GateEvent, 'kind' | 'eventTime'> & {
  documentName: string;
  /** `YYYYMMDDHHMM`. */
  localTime: string;
  place?: string;
};

/**
 * Reads what {@link writeCodeco} wrote, or any CODECO of the same form.
 * @throws EdifactError as `readInterchange` does, and if a message is none of CODECO or lacks its container.
 */
export function readCodeco(text: string): {
  interchange: Omit<Interchange, 'messages'>;
  events: ReadGateEvent[];
} {
  const { messages, ...interchange } = readInterchange(text);
  return { interchange, events: messages.map(eventOf) };
}

function eventOf({ identifier, segments }: Message): ReadGateEvent {
  if (identifier[0] !== 'CODECO') throw new EdifactError(`${identifier[0]} is not CODECO`);
  const all = (tag: string, qualifier?: string): Segment[] =>
    segments.filter(
      (one) => one.tag === tag && (qualifier === undefined || componentOf(one, 0, 0) === qualifier),
    );
  const one = (tag: string, qualifier: string | undefined, element: number, component = 0): string => {
    const [first] = all(tag, qualifier);
    return first === undefined ? '' : componentOf(first, element, component);
  };
  const container = one('EQD', 'CN', 1);
  if (container === '') throw new EdifactError('a message without its container (EQD)');
  const grossKg = one('MEA', 'AAE', 2, 1);
  const truckPlate = one('TDT', '1', 7);
  const place = one('LOC', '165', 1);
  const direction = ({ 2: 'export', 3: 'import' } as const)[one('EQD', 'CN', 4)];
  return {
    eventId: one('BGM', undefined, 1),
    documentName: one('BGM', undefined, 0),
    container,
    ...(direction !== undefined && { direction }),
    localTime: one('DTM', '7', 0, 1),
    declarations: all('RFF', 'ABT').map((reference) => componentOf(reference, 0, 1)),
    seals: all('SEL').map((seal) => componentOf(seal, 0, 0)),
    ...(grossKg !== '' && { grossKg: Number(grossKg) }),
    ...(one('EQD', 'CN', 5) === '4' && { empty: true }),
    ...(truckPlate !== '' && { truckPlate }),
    ...(place !== '' && { place }),
  };
}
