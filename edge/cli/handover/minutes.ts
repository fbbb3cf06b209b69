/**
 * The minutes of one move, for two sides to sign by hand: what was handed over, how it was found, and what proves it. Codes are told in
 * Vietnamese and Chinese; free text is given as it was written, with its language, and a translation is marked as one.
 */
import { readOfficerAct, SIGNED_ACTS_AT } from '../../../protocols/handover/officer.ts';
import { isOnlyAsked } from '../../../protocols/handover/officer-check.ts';
import type { FreeText, HandoverRecord } from '../../../protocols/handover/record.ts';
import { isoWithOffset } from '../../../protocols/time.ts';
import type { ProvenLine } from './about.ts';
import {
  CODES,
  CUSTODY_POINTS,
  custodyWords,
  DIFFERENCES,
  EVIDENCE,
  KINDS,
  LABELS,
  LOADS,
  OUTCOMES,
  type Pair,
  SEAL_METHODS,
  SEAL_STATES,
} from './words.ts';

/** A value of the minutes: the same in both languages, or told in each. */
export type Told = string | Pair;

export interface Row {
  label: Pair;
  values: Told[];
  /** What belongs to the row above it. */
  isDetail?: boolean;
}

export interface Minutes {
  move: string;
  sender: string;
  receiver: string;
  sections: { title: Pair; rows: Row[] }[];
}

const SENDERS_KINDS: ReadonlySet<string> = new Set([
  'offered',
  'offer-withdrawn',
  'grant-returned',
  'departed',
  'recalled',
]);

/** Of at least one line. Those of each log in its order. */
export function minutesOf(move: string, lines: readonly ProvenLine[]): Minutes {
  const times = timesOf(lines);
  const gates = [...new Set(lines.map(({ gate }) => gate))];
  const writer = (isSenders: boolean): string | undefined =>
    lines.find(({ record }) => SENDERS_KINDS.has(record.kind) === isSenders && isOneSided(record))?.gate;
  const sender = writer(true) ?? gates.find((gate) => gate !== writer(false)) ?? '?';
  const receiver = writer(false) ?? gates.find((gate) => gate !== sender) ?? '?';
  return {
    move,
    sender,
    receiver,
    sections: [
      {
        title: LABELS.parties,
        rows: [
          { label: LABELS.sender, values: [sender] },
          { label: LABELS.receiver, values: [receiver] },
        ],
      },
      { title: LABELS.cargo, rows: cargoRows(lines) },
      { title: LABELS.course, rows: lines.flatMap((line) => courseRows(line, times)) },
      {
        title: LABELS.sealChecks,
        rows: orNone(
          LABELS.sealChecks,
          lines.flatMap((line) => sealRows(line, times)),
        ),
      },
      {
        title: LABELS.differences,
        rows: orNone(
          LABELS.differences,
          lines.flatMap((line) => differenceRows(line, times)),
        ),
      },
      { title: LABELS.evidence, rows: orNone(LABELS.evidence, lines.flatMap(evidenceRows)) },
      { title: LABELS.proof, rows: lines.flatMap(proofRows) },
    ],
  };
}

/** Both sides tell of differences, and end them. */
const isOneSided = (record: HandoverRecord): boolean =>
  !['disputed', 'joint-inspection', 'closed', 'returned'].includes(record.kind);

const orNone = (label: Pair, rows: Row[]): Row[] =>
  rows.length > 0 ? rows : [{ label, values: [LABELS.none] }];

function cargoRows(lines: readonly ProvenLine[]): Row[] {
  const rows: Row[] = [];
  for (const { record } of lines) {
    if (record.kind !== 'offered') continue;
    rows.push(
      { label: LABELS.vehicle, values: [record.vehicle] },
      { label: LABELS.homeGate, values: [record.homeGate] },
      { label: LABELS.plate, values: [record.plate] },
      { label: LABELS.load, values: [LOADS[record.load]] },
      { label: LABELS.track, values: [record.track] },
    );
    for (const { number, seals, grossKg, declarations, sizeType } of record.containers) {
      rows.push({ label: LABELS.container, values: [number] });
      const detail = (label: Pair, values: readonly string[] | undefined): void => {
        if (values !== undefined && values.length > 0)
          rows.push({ label, values: [...values], isDetail: true });
      };
      detail(LABELS.sizeType, sizeType === undefined ? undefined : [sizeType]);
      detail(LABELS.seals, seals);
      detail(LABELS.gross, grossKg === undefined ? undefined : [`${grossKg} kg`]);
      detail(LABELS.declarations, declarations);
    }
  }
  const points = new Set(
    lines.flatMap(({ record }) => ('custodyPoint' in record ? [record.custodyPoint] : [])),
  );
  for (const point of points)
    if (point !== undefined) rows.push({ label: LABELS.custodyPoint, values: [CUSTODY_POINTS[point]] });
  const receipt = lines.find(
    ({ record }) => record.kind === 'received' || record.kind === 'received-with-remarks',
  );
  const hasDeparted = lines.some(({ record }) => record.kind === 'departed');
  rows.push({ label: LABELS.custody, values: [custodyWords(receipt, hasDeparted)] });
  return rows;
}

const placeOf = ({ gate, line }: ProvenLine): string => `${gate} #${line}`;

function courseRows(line: ProvenLine, times: Times): Row[] {
  const { record } = line;
  const [vi, zh] = KINDS[record.kind];
  const rows: Row[] = [{ label: [`${placeOf(line)}: ${vi}`, zh], values: times(atOf(line)) }];
  const detail = (label: Pair, ...values: (Told | undefined)[]): void => {
    const told = values.filter((value) => value !== undefined);
    if (told.length > 0) rows.push({ label, values: told, isDetail: true });
  };
  if ('grant' in record) detail(LABELS.grant, record.grant);
  if ('hotline' in record && record.hotline)
    detail(LABELS.hotline, `${record.hotline.number} (${record.hotline.sender}, ${record.hotline.receiver})`);
  if ('code' in record) detail(LABELS.code, CODES[record.code]);
  if ('containers' in record && record.kind !== 'offered')
    detail(LABELS.container, ...(record.containers ?? []));
  if ('by' in record) detail(LABELS.by, record.by);
  if ('inspectors' in record) detail(LABELS.inspectors, ...record.inspectors);
  if ('discrepancy' in record) detail(LABELS.discrepancy, record.discrepancy);
  if ('outcome' in record && record.outcome !== undefined) detail(LABELS.outcome, OUTCOMES[record.outcome]);
  if ('text' in record) rows.push(...textRows(record.text));
  detail(LABELS.officer, ...officersOf(line));
  if (record.withheld !== undefined)
    detail(
      LABELS.withheld,
      ...Object.entries(record.withheld).map(([member, digest]) => `${member}: ${grouped(digest)}`),
    );
  return rows;
}

/** Who has signed the act that the record tells, when, under which id, and why. */
function officersOf({ record }: ProvenLine): Told[] {
  const signed = 'officerSignatures' in record ? record.officerSignatures : undefined;
  if (signed !== undefined)
    return signed.map((jws) => {
      const read = readOfficerAct(jws);
      if (!read.ok) return LABELS.unreadable;
      const { officer, iat, jti, reason } = read.act;
      return `${officer}, ${new Date(iat * 1_000).toISOString()}, ${jti}: ${reason}`;
    });
  if (record.withheld?.[SIGNED_ACTS_AT] !== undefined) return [LABELS.notDisclosed];
  return isOnlyAsked(record) ? [LABELS.notSigned] : [];
}

const textRows = (texts: readonly FreeText[] | undefined): Row[] =>
  (texts ?? []).map(({ lang, text, translated }) => ({
    label: translated ? both(LABELS.text, LABELS.translated) : LABELS.text,
    values: [`[${lang}] ${text}`],
    isDetail: true,
  }));

const both = ([vi, zh]: Pair, [viMore, zhMore]: Pair): Pair => [`${vi} (${viMore})`, `${zh}（${zhMore}）`];

function sealRows(line: ProvenLine, times: Times): Row[] {
  const { record } = line;
  const checks = 'sealChecks' in record ? (record.sealChecks ?? []) : [];
  return checks.flatMap((check): Row[] => {
    const [vi, zh] = SEAL_STATES[check.state];
    const [methodVi, methodZh] = SEAL_METHODS[check.method];
    const photo = check.photo;
    return [
      { label: [placeOf(line), check.container], values: [[`${vi} (${methodVi})`, `${zh}（${methodZh}）`]] },
      { label: LABELS.expected, values: [check.expected ?? LABELS.none], isDetail: true },
      { label: LABELS.found, values: [check.found ?? LABELS.none], isDetail: true },
      { label: LABELS.date, values: times(Date.parse(check.checkedAt)), isDetail: true },
      { label: LABELS.place, values: [`${check.place}: ${check.giver} → ${check.receiver}`], isDetail: true },
      ...(photo === undefined ? [] : [{ label: EVIDENCE.picture, values: [grouped(photo)], isDetail: true }]),
    ];
  });
}

function differenceRows(line: ProvenLine, times: Times): Row[] {
  const { record } = line;
  if (record.kind !== 'received-with-remarks' && record.kind !== 'disputed') return [];
  const rows: Row[] = [];
  for (const { code, container, expected, found, text } of record.kind === 'disputed'
    ? record.differences
    : record.remarks)
    rows.push(
      { label: [placeOf(line), container ?? ''], values: [DIFFERENCES[code]] },
      { label: LABELS.expected, values: [expected ?? LABELS.none], isDetail: true },
      { label: LABELS.found, values: [found ?? LABELS.none], isDetail: true },
      ...textRows(text),
    );
  if (record.kind === 'disputed')
    rows.push(
      { label: LABELS.discrepancy, values: [record.discrepancy] },
      { label: LABELS.custodian, values: [record.custodian], isDetail: true },
      { label: LABELS.place, values: [record.place], isDetail: true },
      { label: LABELS.deadline, values: times(Date.parse(record.deadline)), isDetail: true },
    );
  return rows;
}

function evidenceRows(line: ProvenLine): Row[] {
  const evidence = 'evidence' in line.record ? (line.record.evidence ?? []) : [];
  return evidence.map(({ type, sha256 }) => {
    const [vi, zh] = EVIDENCE[type];
    return { label: [`${placeOf(line)}: ${vi}`, zh], values: [grouped(sha256)] };
  });
}

function proofRows(line: ProvenLine): Row[] {
  const { head } = line;
  const rows: Row[] = [
    { label: [`${placeOf(line)}: ${LABELS.leaf[0]}`, LABELS.leaf[1]], values: [grouped(line.leaf)] },
  ];
  if (head === undefined) return [...rows, { label: LABELS.head, values: [LABELS.unsigned], isDetail: true }];
  rows.push(
    { label: LABELS.head, values: [`${head.size}, ${new Date(head.at).toISOString()}`], isDetail: true },
    { label: LABELS.root, values: [grouped(head.rootHash)], isDetail: true },
    { label: LABELS.key, values: [head.kid ?? LABELS.none], isDetail: true },
  );
  return rows;
}

const atOf = ({ record, at }: ProvenLine): number =>
  'eventTime' in record ? Date.parse(record.eventTime) : at;

/** On both sides of the border, and in UTC. */
type Times = (at: number) => string[];

/** A line of version 1 does not know the other side's offset: it is that of the other lines. */
function timesOf(lines: readonly ProvenLine[]): Times {
  const offsets = new Set(
    lines.flatMap(({ utcOffset, otherUtcOffset = utcOffset }) => [utcOffset, otherUtcOffset]),
  );
  return (at) => [...[...offsets].map((offset) => isoWithOffset(at, offset)), new Date(at).toISOString()];
}

/** As two people read it to each other. */
export const grouped = (digest: string): string => (digest.match(/.{1,8}/g) ?? []).join(' ');
