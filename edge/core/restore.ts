/**
 * A gate that has lost its disk gets its own log back from the other gate, which has kept every line it has read (DESIGN §7). While
 * the two logs are read as history, ours first, nothing is decided; then what they leave open is taken up again: moves
 * (restore-moves.ts), the section (restore-section.ts), differences.
 *
 * What this gate wrote last and nobody had read is lost for good. So an open move is never taken for one that did not leave, and
 * what was closed never for open.
 */
import { decodeRecord } from '../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { lookAtEverything } from './agenda.ts';
import { raiseAlarm } from './alarms.ts';
import { localTime } from './crossing.ts';
import { takeFilter } from './field-filter.ts';
import { record } from './handover.ts';
import type { OwnLine, RestoreReport } from './input.ts';
import { nothingTold, type Restoring } from './log-state.ts';
import { readDifference, takeUpDifferences } from './restore-differences.ts';
import { readMove, takeUpMoves } from './restore-moves.ts';
import { isAboutSection, readSection, takeUpSection } from './restore-section.ts';
import { configOf } from './site.ts';
import { lookAtBorderOut } from './tracks.ts';
import { decide, type Turn } from './turn.ts';

/** With no line of the log goes more than so many of anything else that is numbered here: from there those counts go on. */
const COUNTED_PER_LINE_MAX = 100;
/** Counts whose numbers stand in the log, by the letter before the number in a name. */
const COUNT_OF: Readonly<Record<string, string>> = {
  m: 'move',
  g: 'grant',
  a: 'authority',
  s: 'closure',
  b: 'block-reset',
  d: 'discrepancy',
};
/** Counts of which the log does not tell. */
const UNTOLD = ['crossing', 'report', 'case', 'proposal', 'order', 'job', 'command', 'visit'];

// ---------------------------------------------------------------- whether lines may be written

/** The other side is known to have read no line of ours that we do not know: what waited is written. */
export function openLog(turn: Turn): void {
  const { log } = turn.state;
  if (log.open) return;
  log.open = true;
  for (const line of log.waiting.splice(0)) record(turn, line);
}

// ---------------------------------------------------------------- the history

/** History begins, or has been read to its end. */
export function takeRestore(turn: Turn, report: RestoreReport): void {
  const { state } = turn;
  if (report.phase === 'begin') {
    if (state.log.open || state.log.restoring !== null) return;
    state.log.restoring = nothingTold();
    return decide(turn, 'restoring', { size: report.size });
  }
  const { restoring } = state.log;
  if (restoring === null || state.counters.line !== report.size) return;
  state.log.restoring = null;
  const { size, rootHash } = report;
  for (const name of UNTOLD)
    state.counters[name] = Math.max(state.counters[name] ?? 0, size * COUNTED_PER_LINE_MAX);
  state.log.open = true;
  record(turn, { kind: 'restored', size, rootHash, eventTime: localTime(turn) });
  // Blocks that were reset first: their moves are over.
  takeUpSection(turn, restoring);
  takeUpMoves(turn, restoring);
  takeUpDifferences(turn, restoring);
  for (const line of state.log.waiting.splice(0)) record(turn, line);
  raiseAlarm(turn, 'LOG_RESTORED', configOf(state).gate.id);
  lookAtEverything(turn);
  lookAtBorderOut(turn);
}

/** One line of our own log, in order. */
export function takeOwnLine(turn: Turn, { line, data }: Omit<OwnLine, 'type'>): void {
  const { log, counters } = turn.state;
  if (log.restoring === null || line !== (counters.line ?? 0) + 1) return;
  const read = decodeRecord(data);
  // Exchange has verified it; a line it cannot have verified is no line of ours.
  if (!read.ok) return decide(turn, 'own-line-unreadable', { line, reason: read.reason });
  counters.line = line;
  // As whoever reads the journal finds each line of ours: as if it had been decided here.
  decide(turn, 'handover', { line, record: read.record.kind, data, restored: true });
  takeHistory(turn, log.restoring, read.record, true);
}

/** One line of either log, as history. */
export function takeHistory(turn: Turn, restoring: Restoring, line: HandoverRecord, ours: boolean): void {
  const { state } = turn;
  if (ours) goOnCounting(turn, line);
  if (line.kind === 'filter-in-force') {
    if (ours) state.filter.told = line.filter;
    else takeFilter(state, line);
  }
  if (isAboutSection(line)) return readSection(turn, restoring, line, ours);
  if (!('move' in line)) return;
  const isOfDifference = line.kind === 'disputed' || line.kind === 'joint-inspection';
  if (isOfDifference || (line.kind === 'closed' && line.discrepancy !== undefined))
    return readDifference(state, restoring, line, ours);
  readMove(turn, restoring, line, ours);
}

/** Names of ours in a line tell how far we had counted. */
function goOnCounting({ state }: Turn, line: HandoverRecord): void {
  const ours = `${configOf(state).gate.id}-`;
  for (const value of Object.values(line)) {
    if (typeof value !== 'string' || !value.startsWith(ours)) continue;
    const [, letter = '', number] = /^([a-z])(\d+)$/.exec(value.slice(ours.length)) ?? [];
    count(state.counters, COUNT_OF[letter], Number(number));
  }
  if (line.kind === 'granted' && line.hotline !== undefined)
    count(state.counters, 'hotline', Number.parseInt(line.grant, 10));
}

function count(counters: Record<string, number>, name: string | undefined, number: number): void {
  if (name !== undefined && Number.isSafeInteger(number))
    counters[name] = Math.max(counters[name] ?? 0, number);
}
