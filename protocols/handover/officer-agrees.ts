/** Whether a record is what the acts that stand on it had asked for: an act signed for one thing says nothing of another. */
import { isSameJson } from './canonical.ts';
import { type OfficerAct, RECORD_OF_ACT } from './officer.ts';
import type { FreeText, HandoverRecord } from './record.ts';

/**
 * How far the signer's clock and the record's own time may be apart. The gate that wrote the record has held them against each other
 * to the minute; here it only has to be seen that an act was kept for another day.
 */
const APART_MS_MAX = 86_400_000;

/** What the act must have said, by its members; those that the filter has kept back are not known. */
type Expected = Record<string, unknown>;

/**
 * Undefined if the acts are those of this record of this gate; else what is wrong, for a person. Signatures are not looked at.
 * @param acts The act, and where there is one the second person's confirmation.
 */
export function disagreement(
  gate: string,
  record: HandoverRecord,
  acts: readonly OfficerAct[],
): string | undefined {
  const [first, second] = acts;
  if (first === undefined) return 'no act is signed';
  const stranger = acts.find(({ aud }) => aud !== gate);
  if (stranger !== undefined) return `the act ${stranger.jti} was meant for the gate ${stranger.aud}`;
  const { kind, ...said } = first.act;
  const known = Object.hasOwn(RECORD_OF_ACT, kind) ? RECORD_OF_ACT[kind as keyof typeof RECORD_OF_ACT] : '';
  const expected = known === record.kind ? expectedOf(record, said) : undefined;
  if (expected === undefined) return `an act ${kind} gives rise to no such record`;
  for (const member of new Set([...Object.keys(expected), ...Object.keys(said)]))
    if (!Object.hasOwn(expected, member) || !isSame(said[member], expected[member]))
      return `the act says otherwise: ${member} ${JSON.stringify(said[member])?.slice(0, 200) ?? 'is not told'}`;
  return secondPersons(first, second) ?? signersOf(record, acts) ?? timeOf(record, acts);
}

function secondPersons(first: OfficerAct, second: OfficerAct | undefined): string | undefined {
  if (second === undefined) return undefined;
  if (second.act.kind !== 'confirm' || second.act.of !== first.jti)
    return `the act ${second.jti} does not confirm the act ${first.jti}`;
  return second.officer === first.officer ? `${first.officer} has confirmed their own act` : undefined;
}

/** Where the record names its officers, these are who must have signed. */
function signersOf(record: HandoverRecord, acts: readonly OfficerAct[]): string | undefined {
  const signed = acts.map(({ officer }) => officer);
  const named = namedIn(record);
  if (named === undefined || isSameJson(signed, named)) return undefined;
  return `it names ${named.join(' and ')}, and ${signed.join(' and ')} signed`;
}

function namedIn(record: HandoverRecord): string[] | undefined {
  switch (record.kind) {
    case 'block-reset':
      return record.officers;
    case 'granted':
      return [record.hotline?.receiver ?? ''];
    case 'departed':
      return [record.hotline?.sender ?? ''];
    default:
      return undefined;
  }
}

function timeOf(record: HandoverRecord, acts: readonly OfficerAct[]): string | undefined {
  const askedAt = askedAtOf(record, acts[0]?.act);
  if (askedAt === undefined) return undefined;
  const away = acts.find(({ iat }) => Math.abs(askedAt - iat * 1_000) > APART_MS_MAX);
  return away && `the act ${away.jti} was signed on another day`;
}

/** When the record says it was asked for, milliseconds since 1970. */
function askedAtOf(record: HandoverRecord, said: Expected | undefined): number | undefined {
  if ('eventTime' in record) return Date.parse(record.eventTime);
  if (record.kind !== 'section-closing') return undefined;
  const fromAt = Date.parse(record.from);
  // A planned one was asked for some time before.
  return said?.fromAt === fromAt ? undefined : fromAt;
}

/** Undefined if no act can have led to this record. */
function expectedOf(record: HandoverRecord, said: Expected): Expected | undefined {
  switch (record.kind) {
    case 'section-closing': {
      const { tracks, code, text, from, to } = record;
      const fromAt = Date.parse(from);
      return {
        tracks,
        code,
        text: kept(record, '/text') ? said.text : wordsOf(text),
        // One that was to begin before it was asked for begins at that moment.
        fromAt: Number(said.fromAt ?? 0) < fromAt ? said.fromAt : fromAt,
        toAt: to === undefined ? undefined : Date.parse(to),
      };
    }
    case 'section-reopening':
      return { closure: record.closure };
    case 'block-reset': {
      const named = Array.isArray(said.moves) ? said.moves : [];
      // Whatever the gate itself knew of is named with them.
      return { track: record.track, moves: named.filter((move) => record.moves.includes(String(move))) };
    }
    case 'granted': {
      const { move, grant, track, hotline } = record;
      if (hotline === undefined || hotline.number !== grant) return undefined;
      const { vehicle, plate, load, containers } = said;
      // What was announced stands in the other log, under the same move.
      const announced = { vehicle, plate, load, containers };
      return {
        ...announced,
        move,
        track,
        officer: hotline.sender,
        salt: grant.slice(grant.indexOf('-') + 1),
      };
    }
    case 'departed': {
      const { move, grant, hotline } = record;
      if (hotline === undefined || hotline.number !== grant) return undefined;
      return { move, number: grant, officer: hotline.receiver, hold: said.hold };
    }
    case 'disputed': {
      const [one, ...more] = record.differences;
      if (one === undefined || more.length > 0) return undefined;
      const member = (name: 'expected' | 'found'): unknown =>
        kept(record, `/differences/0/${name}`) ? said[name] : one[name];
      return {
        move: record.move,
        code: one.code,
        container: one.container,
        expected: member('expected'),
        found: member('found'),
        text: kept(record, '/differences/0/text') ? said.text : wordsOf(one.text),
        photo: photoOf(record, said),
      };
    }
    case 'joint-inspection': {
      const { discrepancy, inspectors, outcome, text } = record;
      return {
        discrepancy,
        inspectors,
        outcome,
        text: kept(record, '/text') ? said.text : wordsOf(text),
        photo: photoOf(record, said),
      };
    }
    case 'closed': {
      const { discrepancy, outcome, text } = record;
      if (discrepancy === undefined) return undefined;
      return { discrepancy, outcome, text: kept(record, '/text') ? said.text : wordsOf(text) };
    }
    default:
      return undefined;
  }
}

const kept = ({ withheld }: HandoverRecord, pointer: string): boolean => withheld?.[pointer] !== undefined;

/** An act tells its words in one language. */
const wordsOf = (texts: readonly FreeText[] | undefined): FreeText | undefined => texts?.[0];

const photoOf = (record: HandoverRecord & { evidence?: readonly { sha256: string }[] }, said: Expected) =>
  kept(record, '/evidence') ? said.photo : record.evidence?.[0]?.sha256;

/** As the gate's door reads an act: without the white space around its words. */
function isSame(said: unknown, expected: unknown): boolean {
  if (said === undefined || expected === undefined) return said === expected;
  return isSameJson(trimmed(said), expected);
}

const trimmed = (said: unknown): unknown =>
  typeof said === 'object' && said !== null && 'text' in said && typeof said.text === 'string'
    ? { ...said, text: said.text.trim() }
    : said;
