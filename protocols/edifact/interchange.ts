/**
 * The envelope of UN/EDIFACT (ISO 9735): UNB … UNZ around messages, UNH … UNT around the segments of each, with the counts
 * and references by which a receiver sees that nothing is missing and nothing came twice.
 */
import {
  CHARSETS,
  type Charset,
  EdifactError,
  readSegments,
  type Segment,
  segment,
  writeSegment,
} from './syntax.ts';

/** Type, version, release, agency and association code of S009: `['CODECO', 'D', '95B', 'UN', 'SMDG16']`. */
export type MessageIdentifier = readonly [
  type: string,
  version: string,
  release: string,
  agency: string,
  association: string,
];

export interface Message {
  identifier: MessageIdentifier;
  /** Without UNH and UNT. */
  segments: Segment[];
}

export interface Interchange {
  charset: Charset;
  /** Identification, and after a colon its qualifier: `VNHUUNGHI`, `5790000000000:14`. */
  sender: string;
  recipient: string;
  /** Local time of the sender as `YYMMDDHHMM`. */
  preparedAt: string;
  /** Interchange control reference, at most 14 characters. */
  reference: string;
  messages: Message[];
}

export function writeInterchange(interchange: Interchange): string {
  const { charset, sender, recipient, preparedAt, reference, messages } = interchange;
  const header = segment(
    'UNB',
    [charset, String(CHARSETS[charset])],
    sender.split(':'),
    recipient.split(':'),
    [preparedAt.slice(0, 6), preparedAt.slice(6)],
    reference,
  );
  const bodies = messages.map(({ identifier, segments }, index) => {
    const number = String(index + 1);
    return [
      segment('UNH', number, [...identifier]),
      ...segments,
      // UNH and UNT are counted too.
      segment('UNT', String(segments.length + 2), number),
    ];
  });
  return [header, ...bodies.flat(), segment('UNZ', String(messages.length), reference)]
    .map(writeSegment)
    .join('');
}

/**
 * Reads an interchange and checks it as a receiver would.
 * @throws EdifactError if a segment is out of place, a count is wrong, or a trailer names another reference.
 */
export function readInterchange(text: string): Interchange {
  const segments = readSegments(text);
  const header = segments[0];
  const trailer = segments.at(-1);
  if (header?.tag !== 'UNB' || trailer?.tag !== 'UNZ') throw new EdifactError('an interchange is UNB … UNZ');
  const reference = componentOf(header, 4, 0);
  const messages = readMessages(segments.slice(1, -1));
  expect('UNZ counts', componentOf(trailer, 0, 0), String(messages.length));
  expect('UNZ names interchange', componentOf(trailer, 1, 0), reference);
  const charset = componentOf(header, 0, 0);
  if (!(charset in CHARSETS)) throw new EdifactError(`character repertoire ${charset} is not read here`);
  return {
    charset: charset as Charset,
    sender: (header.elements[1] ?? []).join(':'),
    recipient: (header.elements[2] ?? []).join(':'),
    preparedAt: (header.elements[3] ?? []).join(''),
    reference,
    messages,
  };
}

function readMessages(segments: readonly Segment[]): Message[] {
  const messages: Message[] = [];
  let open: { message: Message; reference: string } | undefined;
  for (const one of segments) {
    if (one.tag === 'UNH') {
      if (open) throw new EdifactError('UNH within a message');
      const [type = '', version = '', release = '', agency = '', association = ''] = one.elements[1] ?? [];
      const message: Message = { identifier: [type, version, release, agency, association], segments: [] };
      open = { message, reference: componentOf(one, 0, 0) };
    } else if (!open) {
      throw new EdifactError(`${one.tag} outside a message`);
    } else if (one.tag === 'UNT') {
      expect('UNT counts', componentOf(one, 0, 0), String(open.message.segments.length + 2));
      expect('UNT names message', componentOf(one, 1, 0), open.reference);
      messages.push(open.message);
      open = undefined;
    } else open.message.segments.push(one);
  }
  if (open) throw new EdifactError('a message without UNT');
  return messages;
}

/** A component, from 0; empty if it is not there. */
export const componentOf = ({ elements }: Segment, element: number, component: number): string =>
  elements[element]?.[component] ?? '';

function expect(what: string, found: string, right: string): void {
  if (found !== right) throw new EdifactError(`${what} ${found}, and there is ${right}`);
}
