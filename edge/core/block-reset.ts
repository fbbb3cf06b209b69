/**
 * Block reset: a track that is kept occupied by a vehicle or a grant that was lost is free again when two people of each side
 * have inspected it and both logs name the same moves. One side alone frees nothing, and two that name other moves free nothing.
 * From our people's word until the other side's the track stays as it is, its token too: what is free then is the same on both
 * sides, whatever either does next.
 */
import type { RecordOf } from '../../protocols/handover/record.ts';
import { lookAtCrossing } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { forgetMove } from './border.ts';
import { abandon, inboundOf } from './border-host.ts';
import { localTime, remove } from './crossing.ts';
import { find, seenAgain } from './findings.ts';
import { record } from './handover.ts';
import { hasContainers } from './load.ts';
import type { Signed } from './officer-signatures.ts';
import { reason } from './reasons.ts';
import { type BlockReset, closureOn, type TrackResets } from './section-state.ts';
import { configOf, siteOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { endTransit, lookAtBorderOut } from './tracks.ts';
import type { Turn } from './turn.ts';
import { advance, count, decide } from './turn.ts';

/** Moves one reset may name. */
const MOVES_MAX = 100;

/**
 * Two of our people have inspected the track and nothing is on it. `named`: moves that only the other side knows of; whatever
 * we know of there is named with them. Tells why not.
 */
export function resetBlock(
  turn: Turn,
  { track, moves: named }: { track: string; moves: readonly string[] },
  officers: readonly string[],
  signed: Signed,
): string | null {
  const { state } = turn;
  if (closureOn(state, track) === undefined)
    return `close ${track} first: nobody may come while people are on it`;
  if (state.link.reads < 2) return 'the other gate reads no version that has a word for it';
  const away = named.find((move) => isElsewhere(state, track, move));
  if (away !== undefined) return `${away} is not on ${track}`;
  const moves = [...new Set([...movesOn(state, track), ...named])].toSorted();
  if (moves.length > MOVES_MAX) return `a reset names at most ${MOVES_MAX} moves`;
  const reset = `${configOf(state).gate.id}-b${count(turn, 'block-reset')}`;
  resetsOf(state, track).ours = { reset, moves, officers: [...officers] };
  record(turn, {
    kind: 'block-reset',
    reset,
    track,
    moves,
    eventTime: localTime(turn),
    officers: [...officers],
    ...signed,
  });
  settle(turn, track);
  // Who was let go and has not gone, stays.
  lookAtBorderOut(turn);
  return null;
}

/** Two people of the other side have inspected it. */
export function takeReset(turn: Turn, { reset, track, moves, officers }: RecordOf<'block-reset'>): void {
  const { state } = turn;
  if (!siteOf(state).tracks.has(track)) return raiseAlarm(turn, 'SECTION_RECORD', reset);
  if (moves.some((move) => isElsewhere(state, track, move)))
    return raiseAlarm(turn, 'BLOCK_RESET_DIFFERS', track);
  resetsOf(state, track).theirs = { reset, moves: [...new Set(moves)].toSorted(), officers };
  settle(turn, track);
}

/** A move that was said not to be there has come to its end after all: what was said of it counts no more. */
export function lapseResets(turn: Turn, track: string, move: string): void {
  const { section } = turn.state;
  const resets = section.resets[track];
  if (resets === undefined) return;
  for (const side of ['ours', 'theirs'] as const) if (resets[side]?.moves.includes(move)) delete resets[side];
  if (resets.ours !== undefined || resets.theirs !== undefined) return;
  forget(turn, track);
  decide(turn, 'block-reset', { track, state: 'lapsed', move });
}

/** The moves that occupy a track as far as we know: ours that have not arrived, theirs that have a place on it, what a restored log left open. */
export function movesOn(state: GateState, track: string): string[] {
  const moves = new Set(state.tracks[track]?.moves);
  for (const { inbound } of Object.values(state.crossings))
    if (inbound?.track === track && isExpected(state, inbound.move)) moves.add(inbound.move);
  for (const [move, open] of Object.entries(state.openMoves))
    if (open.track === track && open.arrived !== true) moves.add(move);
  return [...moves].toSorted();
}

function isExpected(state: GateState, move: string): boolean {
  const stage = inboundOf(state, move)?.stage;
  return stage === 'granted' || stage === 'departed';
}

/** We know the move, and it is not there. One that we do not know may be one that we have lost. */
const isElsewhere = (state: GateState, track: string, move: string): boolean =>
  Object.hasOwn(state.moves, move) && !movesOn(state, track).includes(move);

function resetsOf({ section }: GateState, track: string): TrackResets {
  section.resets[track] ??= {};
  return section.resets[track];
}

/** Frees the track if both sides say the same of it; else people are told what is missing. */
function settle(turn: Turn, track: string): void {
  const { ours, theirs } = resetsOf(turn.state, track);
  for (const [side, said] of Object.entries({ ours, theirs }))
    if (said !== undefined) decide(turn, 'block-reset', { track, state: 'asked', side, ...said });
  if (ours === undefined || theirs === undefined) {
    raiseAlarm(turn, 'BLOCK_RESET_WAITS', track);
    return;
  }
  if (ours.moves.join('\n') !== theirs.moves.join('\n')) {
    raiseAlarm(turn, 'BLOCK_RESET_DIFFERS', track);
    return;
  }
  release(turn, track, ours, theirs);
}

function release(turn: Turn, track: string, ours: BlockReset, theirs: BlockReset): void {
  const { state, agenda } = turn;
  forget(turn, track);
  decide(turn, 'block-reset', {
    track,
    state: 'done',
    moves: ours.moves,
    resets: [ours.reset, theirs.reset],
    officers: [...ours.officers, ...theirs.officers],
  });
  const standing = movesOn(state, track);
  for (const move of ours.moves) {
    delete state.openMoves[move];
    const crossing = state.crossings[state.moves[move] ?? ''];
    if (crossing === undefined || !standing.includes(move)) endTransit(turn, track, move);
    else if (crossing.inbound?.move === move) abandon(turn, crossing);
    else giveUpMove(turn, crossing, move, track);
  }
  const view = state.tracks[track];
  const config = siteOf(state).tracks.get(track);
  // Both sides have it from the same word: whoever began with the token has it again.
  if (view !== undefined && config?.direction === 'alternating') {
    view.holder = config.holder ?? '';
    view.asked = false;
    view.wanted = null;
  }
  agenda.grants = true;
  agenda.tracks = true;
  lookAtBorderOut(turn);
}

/** What we have sent and nobody has received: it is ours again, and people must say where its goods are. */
function giveUpMove(turn: Turn, crossing: Crossing, move: string, track: string): void {
  const { state } = turn;
  forgetMove(turn, crossing);
  delete crossing.lineClear;
  delete crossing.recalled;
  endTransit(turn, track, move);
  returnAlarm(turn, 'RECALLED', crossing.id);
  if (!hasContainers(crossing)) {
    decide(turn, 'abandoned', { crossing: crossing.id, move });
    dismiss(turn, crossing);
    return remove(turn, crossing);
  }
  seenAgain(turn, crossing);
  takeBackRelease(turn, crossing);
  find(crossing, reason('LOST_ON_SECTION', move));
  // Where it was sent is nothing to go on to.
  const view = state.vehicles[crossing.vehicle?.id ?? ''];
  if (view?.crossing === crossing.id) Object.assign(view, { goal: null, order: null });
  advance(turn, crossing, 'loaded');
  lookAtCrossing(turn, crossing);
}

/** It may never have left its lane: then it is let go anew, on a grant of its own. */
function takeBackRelease({ state }: Turn, { id, lanes }: Crossing): void {
  const { visit } = state.lanes[lanes.vehicle ?? ''] ?? {};
  if (visit == null || visit.crossing !== id || visit.under) return;
  visit.released = false;
  visit.opened = false;
}

/** Its vehicle, where it is ours, serves it no more. */
export function dismiss({ state, agenda }: Turn, { id, vehicle }: Crossing): void {
  const view = state.vehicles[vehicle?.id ?? ''];
  if (view?.crossing !== id) return;
  view.crossing = null;
  if (vehicle !== undefined) agenda.vehicles.add(vehicle.id);
}

function forget(turn: Turn, track: string): void {
  delete turn.state.section.resets[track];
  returnAlarm(turn, 'BLOCK_RESET_WAITS', track);
  returnAlarm(turn, 'BLOCK_RESET_DIFFERS', track);
  turn.agenda.tracks = true;
  turn.agenda.grants = true;
  lookAtBorderOut(turn);
}
