/** `gate handover print`: bilingual minutes of one move, for wet ink. */
import { GateError } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { linesAboutInData, linesAboutInFile, type ProvenLine } from './about.ts';
import { minutesOf } from './minutes.ts';
import { minutesHtml, minutesText } from './minutes-text.ts';

export interface PrintOptions {
  /** Exported logs. */
  log?: readonly string[];
  /** Data folder of a gate; without exported logs. */
  data?: string;
  html?: boolean;
}

/** @throws GateError `NO_SUCH_MOVE`, `LOG_UNREADABLE`, `EXCHANGE_DB_OPEN`, `LOG_EMPTY` */
export async function printMove(
  move: string,
  { log = [], data = '.', html }: PrintOptions,
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
  const minutes = minutesOf(move, lines);
  return { exitCode: 0, text: html ? minutesHtml(minutes) : minutesText(minutes) };
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
