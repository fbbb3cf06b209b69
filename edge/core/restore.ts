/**
 * A gate that has lost its disk gets its own log back from the other gate, which has kept every line it has read (DESIGN §7). While
 * the two logs are read as history, ours first, nothing is decided. A move they leave open is no crossing of this gate any
 * more: its track stays occupied until its vehicle is known to have come, its grant is given back, or people on both sides
 * have inspected the section.
 *
 * What this gate wrote last and nobody had read is lost for good. So an open move is never taken for one that did not leave.
 */
import { decodeRecord } from '../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { raiseAlarm } from './alarms.ts';
import { localTime } from './crossing.ts';
import { takeFilter } from './field-filter.ts';
import { record } from './handover.ts';
import type { OwnLine, RestoreReport } from './input.ts';
import type { OpenMove } from './log-state.ts';
import { configOf } from './site.ts';
import { endTransit, lookAtBorderOut } from './tracks.ts';
import { decide, type Turn } from './turn.ts';

/** With no line of the log goes more than so many of anything else that is numbered here: from there those counts go on. */
const COUNTED_PER_LINE_MAX = 100;
/** Counts whose numbers stand in the log, by the letter before the number in a name. */
const COUNT_OF: Readonly<Record<string, string>> = { m: 'move', g: 'grant', a: 'authority' };
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
    state.log.restoring = { tokens: {} };
    return decide(turn, 'restoring', { size: report.size });
  }
  const { restoring } = state.log;
  if (restoring === null || state.counters.line !== report.size) return;
  state.log.restoring = null;
  const { size, rootHash } = report;
  for (const name of UNTOLD)
    state.counters[name] = Math.max(state.counters[name] ?? 0, size * COUNTED_PER_LINE_MAX);
  giveTokens(turn, restoring.tokens);
  state.log.open = true;
  record(turn, { kind: 'restored', size, rootHash, eventTime: localTime(turn) });
  for (const [move, open] of Object.entries(state.openMoves)) settle(turn, move, open);
  for (const line of state.log.waiting.splice(0)) record(turn, line);
  raiseAlarm(turn, 'LOG_RESTORED', configOf(state).gate.id);
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
  takeHistory(turn, read.record, true);
}

/** One line of either log, as history. */
export function takeHistory(turn: Turn, line: HandoverRecord, ours: boolean): void {
  const { openMoves, log } = turn.state;
  if (ours) goOnCounting(turn, line);
  if (line.kind === 'filter-in-force') {
    if (ours) turn.state.filter.told = line.filter;
    else takeFilter(turn.state, line);
  }
  if (log.restoring !== null && (line.kind === 'token-passed' || line.kind === 'block-reset')) {
    const { tokens } = log.restoring;
    tokens[line.track] ??= { ours: 0, theirs: 0 };
    const passed = tokens[line.track] ?? { ours: 0, theirs: 0 };
    // A block that was reset begins anew with whoever has the token first.
    passed[ours ? 'ours' : 'theirs'] = line.kind === 'block-reset' ? 0 : passed[ours ? 'ours' : 'theirs'] + 1;
  }
  if (!('move' in line)) return;
  // Ours are read first: what is ended by them stays ended, whatever the other log then tells of it.
  if (ours && line.kind === 'offered') openMoves[line.move] = { sent: true, track: line.track };
  if (ours && line.kind === 'granted') openMoves[line.move] = { sent: false, track: line.track };
  const open = openMoves[line.move];
  if (open === undefined) return;
  if (open.sent === ours) takeOfSender(turn, line, open);
  else takeOfReceiver(turn, line, open);
}

function takeOfSender({ state }: Turn, line: HandoverRecord & { move: string }, open: OpenMove): void {
  if (line.kind === 'offer-withdrawn') open.withdrawn = true;
  if (line.kind === 'grant-returned' || (line.kind === 'closed' && line.discrepancy === undefined))
    delete state.openMoves[line.move];
}

function takeOfReceiver({ state }: Turn, line: HandoverRecord & { move: string }, open: OpenMove): void {
  if (line.kind === 'granted') open.granted = true;
  if (line.kind === 'arrived') open.arrived = true;
  if (line.kind === 'received' || line.kind === 'received-with-remarks') {
    // For us as the receiver it is over; as the sender we have yet to close it.
    if (open.sent) open.received = true;
    else delete state.openMoves[line.move];
  }
  if (line.kind === 'refused') delete state.openMoves[line.move];
}

/** Names of ours in a line tell how far we had counted. */
function goOnCounting({ state }: Turn, line: HandoverRecord): void {
  const ours = `${configOf(state).gate.id}-`;
  for (const value of Object.values(line)) {
    if (typeof value !== 'string' || !value.startsWith(ours)) continue;
    const [, letter = '', number] = /^([a-z])(\d+)$/.exec(value.slice(ours.length)) ?? [];
    const name = COUNT_OF[letter];
    if (name !== undefined) state.counters[name] = Math.max(state.counters[name] ?? 0, Number(number));
  }
}

/**
 * Each token changes hands in turn, so whoever had it first has passed it on as often as the other, and has it, or once more, and has it
 * not. Told otherwise nobody has it, until the block is reset.
 */
function giveTokens({ state }: Turn, passed: NonNullable<Turn['state']['log']['restoring']>['tokens']): void {
  const { gate, counterpart, section } = configOf(state);
  for (const { id, holder } of section.tracks) {
    const view = state.tracks[id];
    const told = passed[id];
    if (view === undefined || holder === undefined || told === undefined) continue;
    const [first, second] = holder === gate.id ? [gate.id, counterpart.gate] : [counterpart.gate, gate.id];
    const [byFirst, bySecond] = holder === gate.id ? [told.ours, told.theirs] : [told.theirs, told.ours];
    if (byFirst === bySecond) view.holder = first;
    else view.holder = byFirst === bySecond + 1 ? second : '';
  }
}

// ---------------------------------------------------------------- what it leaves open

function settle(turn: Turn, move: string, open: OpenMove): void {
  const { state } = turn;
  if (open.sent && open.received === true) return close(turn, move);
  if (open.sent && open.granted !== true) {
    // It had not left: for that we would have had to read a grant, and there is none.
    if (open.withdrawn !== true) record(turn, { kind: 'offer-withdrawn', move });
    delete state.openMoves[move];
    return;
  }
  if (open.arrived === true) return;
  const view = state.tracks[open.track];
  if (view === undefined) return;
  if (open.sent) view.moves.push(move);
  view.overdue.push(move);
  raiseAlarm(turn, 'SECTION_STALLED', move);
}

function close(turn: Turn, move: string): void {
  record(turn, { kind: 'closed', move, eventTime: localTime(turn) });
  delete turn.state.openMoves[move];
}

/** What the other side says later of a move that a restore has left open; tells whether it is one. */
export function takeOfOpenMove(turn: Turn, line: HandoverRecord): boolean {
  if (!('move' in line)) return false;
  const open = turn.state.openMoves[line.move];
  if (open === undefined) return false;
  if (open.sent) {
    takeOfReceiver(turn, line, open);
    if (open.arrived === true || open.received === true) endTransit(turn, open.track, line.move);
    if (open.received === true) close(turn, line.move);
  } else if (line.kind === 'grant-returned' || line.kind === 'closed') {
    endTransit(turn, open.track, line.move);
    delete turn.state.openMoves[line.move];
  } else if (line.kind === 'recalled') raiseAlarm(turn, 'RECALLED', line.move);
  return true;
}
