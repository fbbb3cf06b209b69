/**
 * Closing the border section, or some of its tracks, and opening it again. Either side closes, with one line of its log; from
 * then on nobody new is sent or let come there, and whatever is on it goes on. It is closed, and people may go there, only when
 * each side has said in its own log that nothing of its own is there any more. It opens when no closure of either side stands.
 */
import type { RecordOf } from '../../protocols/handover/record.ts';
import { isoWithOffset } from '../../protocols/time.ts';
import { lookAtCrossing } from './agenda.ts';
import { raiseAlarm } from './alarms.ts';
import { giveUpLineClear } from './border.ts';
import { localTime } from './crossing.ts';
import { record } from './handover.ts';
import type { Act } from './input.ts';
import type { Signed } from './officer-signatures.ts';
import { isOccupied } from './owners.ts';
import { CLOSURES_MAX, type Closure, isAbout, isInspected } from './section-state.ts';
import { configOf, nodeGate, siteOf } from './site.ts';
import type { GateState } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import { lookAtBorderOut } from './tracks.ts';
import type { Turn } from './turn.ts';
import { count, decide } from './turn.ts';

type CloseSection = Extract<Act, { kind: 'close-section' }>;

/** How far ahead a closure may be planned. */
const AHEAD_MS_MAX = 366 * 86_400_000;

// ---------------------------------------------------------------- our own people

/** Closes at once, or plans to. Tells why not. */
export function closeSection(turn: Turn, act: CloseSection, signed: Signed): string | null {
  const { state } = turn;
  const { gate } = configOf(state);
  const { tracks, code, text, fromAt = state.now, toAt } = act;
  const unknown = tracks.find((track) => !siteOf(state).tracks.has(track));
  if (unknown !== undefined) return `the section has no track ${unknown}`;
  if (toAt !== undefined && toAt <= Math.max(fromAt, state.now)) return 'it would be over before it begins';
  if (Math.max(fromAt, toAt ?? fromAt) > state.now + AHEAD_MS_MAX)
    return 'a closure is planned for at most a year ahead';
  const own = Object.values(state.section.closures).filter(({ by }) => by === gate.id);
  if (own.length >= CLOSURES_MAX) return `${CLOSURES_MAX} closures of this gate stand already`;
  const id = `${gate.id}-s${count(turn, 'closure')}`;
  const closure: Closure = {
    id,
    by: gate.id,
    tracks,
    code,
    ...(text !== undefined && { text }),
    ...signed,
    from: Math.max(fromAt, state.now),
    ...(toAt !== undefined && { to: toAt }),
    inForce: false,
    told: false,
    clear: { ours: false, theirs: false },
  };
  keep(turn, closure);
  reconsiderClosure(turn, closure);
  return null;
}

/** A closure of our own ends. Tells why not. */
export function reopenSection(turn: Turn, id: string, signed: Signed): string | null {
  const { state } = turn;
  const closure = state.section.closures[id];
  if (closure === undefined) return `there is no closure ${id}`;
  if (closure.by !== configOf(state).gate.id) return `${closure.by} has closed it and alone may reopen it`;
  const track = inspectedUnder(state, closure);
  if (track !== undefined) return `the block reset of ${track} waits for the other side`;
  reopen(turn, closure, signed);
  return null;
}

/** A track below this closure on which our people have been, and which is not agreed to be free yet. */
const inspectedUnder = (state: GateState, closure: Closure): string | undefined =>
  tracksOf(state, closure).find((track) => isInspected(state, track));

function reopen(turn: Turn, closure: Closure, signed: Signed = {}): void {
  if (closure.told)
    record(turn, {
      kind: 'section-reopening',
      closure: closure.id,
      eventTime: localTime(turn),
      ...signed,
    });
  end(turn, closure);
}

// ---------------------------------------------------------------- the other log

/** The other side closes, or plans to. */
export function takeClosing(turn: Turn, line: RecordOf<'section-closing'>): void {
  const { state } = turn;
  const { closure: id } = line;
  const theirs = configOf(state).counterpart.gate;
  const known = Object.values(state.section.closures);
  const isTold = Object.hasOwn(state.section.closures, id);
  if (isTold || known.filter(({ by }) => by === theirs).length >= CLOSURES_MAX)
    return raiseAlarm(turn, 'SECTION_RECORD', id);
  const closure = closureOf(line, theirs);
  keep(turn, closure);
  reconsiderClosure(turn, closure);
}

/** What a line of the log of `by` says. */
export const closureOf = (
  { closure: id, tracks, code, text, from, to }: RecordOf<'section-closing'>,
  by: string,
): Closure => ({
  id,
  by,
  tracks,
  code,
  ...(text?.[0] !== undefined && { text: { lang: text[0].lang, text: text[0].text } }),
  from: Date.parse(from),
  ...(to !== undefined && { to: Date.parse(to) }),
  inForce: false,
  told: true,
  clear: { ours: false, theirs: false },
});

/** What was closed before our own log was known had perhaps the name of another: it has one of its own. */
export function renameClosures(turn: Turn): void {
  const { state } = turn;
  for (const closure of Object.values(state.section.closures)) {
    if (closure.told) continue;
    delete state.section.closures[closure.id];
    clearTimer(state, `closure/${closure.id}`);
    keep(turn, { ...closure, id: `${configOf(state).gate.id}-s${count(turn, 'closure')}` });
  }
}

/** One that the logs of a gate that has lost its disk have left standing: in force at once, when either side has said that it is clear. */
export function bringBackClosure(turn: Turn, closure: Closure): void {
  const { clear, from } = closure;
  keep(turn, closure);
  if (clear.ours || clear.theirs || turn.state.now >= from) begin(turn, closure);
  turn.agenda.tracks = true;
}

/** Nothing of theirs is on what is closed. */
export function takeClosed(turn: Turn, { closure: id }: RecordOf<'section-closed'>): void {
  const { closures } = turn.state.section;
  const closure = Object.hasOwn(closures, id) ? closures[id] : undefined;
  // We may have reopened before they have read that.
  if (closure === undefined || closure.clear.theirs) return;
  closure.clear.theirs = true;
  // By their clock it has begun.
  begin(turn, closure);
  tellClosure(turn, closure);
  reconsiderClosure(turn, closure);
}

/** The side that has closed opens again. */
export function takeReopening(turn: Turn, { closure: id }: RecordOf<'section-reopening'>): void {
  const { state } = turn;
  const { closures } = state.section;
  const closure = Object.hasOwn(closures, id) ? closures[id] : undefined;
  if (closure?.by !== configOf(state).counterpart.gate) return raiseAlarm(turn, 'SECTION_RECORD', id);
  end(turn, closure);
}

// ---------------------------------------------------------------- as time goes on

/** Closures begin, are cleared and end: whatever has moved on the section, and whatever its time has come for. */
export function reconsiderClosures(turn: Turn): void {
  for (const closure of Object.values(turn.state.section.closures)) reconsiderClosure(turn, closure);
}

function reconsiderClosure(turn: Turn, closure: Closure): void {
  const { state } = turn;
  const isOurs = closure.by === configOf(state).gate.id;
  tellOther(turn, closure);
  if (state.now >= closure.from) begin(turn, closure);
  if (closure.inForce && closure.told && !closure.clear.ours && isClear(state, closure)) {
    closure.clear.ours = true;
    record(turn, { kind: 'section-closed', closure: closure.id, eventTime: localTime(turn) });
    tellClosure(turn, closure);
  }
  // Only its own side ends it, and only by a clock that can be trusted; never while its people wait for the other side’s.
  const isOver = isOurs && closure.to !== undefined && state.now >= closure.to;
  if (isOver && state.clockTrusted && inspectedUnder(state, closure) === undefined) reopen(turn, closure);
}

/** From a version that has no word for it nothing is kept: it is told when the other gate reads a newer one. */
function tellOther(turn: Turn, closure: Closure): void {
  const { state } = turn;
  if (closure.told || state.link.reads < 2 || !state.log.open) return;
  const { gate } = configOf(state);
  const { id, tracks, code, text, from, to, officerSignatures } = closure;
  const timeOf = (at: number): string => isoWithOffset(at, gate.utcOffset);
  closure.told = true;
  record(turn, {
    kind: 'section-closing',
    closure: id,
    tracks,
    code,
    ...(text !== undefined && { text: [text] }),
    from: timeOf(from),
    ...(to !== undefined && { to: timeOf(to) }),
    ...(officerSignatures && { officerSignatures }),
  });
}

/** From now on nobody new: what was asked or granted and not used is given back, and what is on its way goes on. */
function begin(turn: Turn, closure: Closure): void {
  const { state } = turn;
  if (closure.inForce) return;
  closure.inForce = true;
  for (const crossing of Object.values(state.crossings)) {
    const { lineClear } = crossing;
    if (lineClear !== undefined && isAbout(state, closure, lineClear.track)) giveUpLineClear(turn, crossing);
  }
  tellClosure(turn, closure);
  lookAtBorderOut(turn);
}

/**
 * Nothing is on any of its tracks, in either direction, as far as we can know; and no vehicle of ours was last heard there. One that
 * has not been heard since the start may be anywhere, unless people have withdrawn it.
 */
const isClear = (state: GateState, closure: Closure): boolean =>
  tracksOf(state, closure).every((track) => isTrackClear(state, track));

/** Whether we know of nothing on a track. */
function isTrackClear(state: GateState, track: string): boolean {
  const { moves = [], overdue = [] } = state.tracks[track] ?? {};
  if (moves.length + overdue.length > 0 || isOccupied(state, track)) return false;
  const km0 = siteOf(state).tracks.get(track)?.km0;
  return Object.values(state.vehicles).every(({ report, inService }) =>
    report === null ? !inService : report.lastNodeId !== km0,
  );
}

/** The tracks that are closed by it. */
const tracksOf = (state: GateState, closure: Closure): string[] =>
  configOf(state)
    .section.tracks.map(({ id }) => id)
    .filter((id) => isAbout(state, closure, id));

/** One of ours has left the border line, or is heard for the first time: what is being closed may be clear now. */
export function lookAtClosures({ state, agenda }: Turn, nodeBefore: string | undefined): void {
  if (nodeBefore !== undefined && nodeGate(state, nodeBefore) !== undefined) return;
  for (const _ in state.section.closures) agenda.tracks = true;
}

function keep(turn: Turn, closure: Closure): void {
  const { state } = turn;
  state.section.closures[closure.id] = closure;
  const timer = `closure/${closure.id}`;
  if (closure.from > state.now) setTimer(state, timer, closure.from);
  else setEndTimer(turn, closure);
  tellClosure(turn, closure);
}

/** Its beginning or its end has come: timer `closure/<id>`. */
export function fireClosure(turn: Turn, id: string): void {
  const closure = turn.state.section.closures[id];
  if (closure === undefined) return;
  setEndTimer(turn, closure);
  turn.agenda.tracks = true;
}

/** The other side’s closures end by its own word. */
function setEndTimer({ state }: Turn, { id, by, to }: Closure): void {
  if (by === configOf(state).gate.id && to !== undefined && to > state.now)
    setTimer(state, `closure/${id}`, to);
}

function end(turn: Turn, closure: Closure): void {
  const { state, agenda } = turn;
  delete state.section.closures[closure.id];
  clearTimer(state, `closure/${closure.id}`);
  decide(turn, 'section', { closure: closure.id, state: 'reopened' });
  agenda.grants = true;
  agenda.tracks = true;
  lookAtBorderOut(turn);
  for (const crossing of Object.values(state.crossings))
    if (crossing.stage === 'at-border-out') lookAtCrossing(turn, crossing);
}

/** How far it has come: `closed` only on the word of both. */
export function stateOf({ inForce, clear }: Closure): 'planned' | 'closing' | 'closed' {
  if (!inForce) return 'planned';
  return clear.ours && clear.theirs ? 'closed' : 'closing';
}

function tellClosure(turn: Turn, closure: Closure): void {
  const { id, by, tracks, code, from, to } = closure;
  const until = to === undefined ? {} : { to };
  decide(turn, 'section', { closure: id, by, tracks, code, from, ...until, state: stateOf(closure) });
}
