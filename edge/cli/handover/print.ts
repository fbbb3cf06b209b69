/** `gate handover print`: bilingual minutes of one move, for wet ink. */
import { againstDisclosure, type Disclosure } from '../../../protocols/handover/disclosure.ts';
import { SIGNED_ACTS_AT, signedActs } from '../../../protocols/handover/officer.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { GateError } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { linesAboutInData, linesAboutInFile, type ProvenLine } from './about.ts';
import { readDisclosures } from './disclose.ts';
import { minutesOf } from './minutes.ts';
import { minutesHtml, minutesText } from './minutes-text.ts';

export interface PrintOptions {
  /** Exported logs. */
  log?: readonly string[];
  /** Data folder of a gate; without exported logs. */
  data?: string;
  /** Files with what gates show of what they had kept back: their officers' signatures are printed. */
  disclosures?: readonly string[];
  html?: boolean;
}

/** @throws GateError `NO_SUCH_MOVE`, `LOG_UNREADABLE`, `EXCHANGE_DB_OPEN`, `LOG_EMPTY`, `DISCLOSURE_…` */
export async function printMove(
  move: string,
  { log = [], data = '.', disclosures = [], html }: PrintOptions,
): Promise<CommandResult> {
  const logs: ProvenLine[][] = [];
  for (const path of log) logs.push(await linesAboutInFile(path, move));
  if (log.length === 0)
    for (const which of ['own', 'theirs'] as const) logs.push(await linesAboutInData(data, which, move));
  const lines = sideBySide(logs);
  if (lines.length === 0)
    throw new GateError(
      'NO_SUCH_MOVE',
      `nothing is told of ${move} in ${log.length > 0 ? log.join(', ') : data}`,
      'Name a move as the logs do, such as huu-nghi-m17; gate handover verify --moves all lists them.',
    );
  const shown = (await Promise.all(disclosures.map(readDisclosures))).flat();
  const minutes = minutesOf(
    move,
    lines.map((line) => withSignatures(line, shown)),
  );
  return { exitCode: 0, text: html ? minutesHtml(minutes) : minutesText(minutes) };
}

/** With what its gate has disclosed of its officers' signatures. */
function withSignatures(line: ProvenLine, shown: readonly Disclosure[]): ProvenLine {
  const told = shown.find(
    (one) => one.gate === line.gate && one.line === line.line && one.pointer === SIGNED_ACTS_AT,
  );
  if (told === undefined) return line;
  const against = againstDisclosure(told, { ok: true, ...line });
  const read = signedActs.safeParse(told.value);
  if (against !== undefined || !read.success)
    throw new GateError(
      'DISCLOSURE_CONTRADICTED',
      `what is disclosed of line ${line.line} of ${line.gate} is not what it had kept back: ${against ?? 'no signatures'}`,
      'Check it with gate handover check-disclosure.',
    );
  return { ...line, record: { ...line.record, officerSignatures: read.data } as HandoverRecord };
}

/** As the writers' clocks say, for people; each log keeps its own order, which alone is proven. */
function sideBySide(logs: readonly (readonly ProvenLine[])[]): ProvenLine[] {
  const rest = logs.map((lines) => [...lines]);
  const merged: ProvenLine[] = [];
  for (;;) {
    const heads = rest.filter(({ length }) => length > 0);
    const [first] = heads.toSorted(([one], [other]) => (one?.at ?? 0) - (other?.at ?? 0));
    const next = first?.shift();
    if (next === undefined) return merged;
    merged.push(next);
  }
}
