/**
 * What both gates have agreed about the border section as a whole, as far as we know: closures, inspected blocks, and what was
 * granted by telephone. Here what is kept of it and the questions others ask of it; who changes it is in section-closure.ts,
 * block-reset.ts and hotline.ts.
 */

import { laneLoadOf } from '../../config/schema.ts';
import type { PublicCode } from '../../protocols/handover/codes.ts';
import type { HotlineState } from './hotline-state.ts';
import type { ActText } from './input.ts';
import { configOf, siteOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';

/** Closures kept of each side; its own people may not plan more. */
export const CLOSURES_MAX = 50;

/** One closure of the section or of some of its tracks, from its writing to its reopening. */
export interface Closure {
  id: string;
  /** The gate that closes, which alone may reopen. */
  by: string;
  /** None: the whole section. */
  tracks: string[];
  code: PublicCode;
  /** Words for people of the gate that closes. */
  text?: ActText;
  /** As our officer has signed it. */
  officerSignatures?: string[];
  /** Milliseconds since 1970 by the clock of the gate that closes. */
  from: number;
  to?: number;
  /** It is in force here: nobody new is sent, and nobody is let come. */
  inForce: boolean;
  /** Both gates know of it: always, where it is the other one’s. */
  told: boolean;
  /** Which gates have said that nothing of theirs is on what is closed, nor will be. */
  clear: { ours: boolean; theirs: boolean };
}

/** That two people of one side have inspected a track and found it empty. */
export interface BlockReset {
  reset: string;
  /** The moves that are no longer there, sorted. */
  moves: string[];
  officers: string[];
}

/** What the two sides have said of one track; it is free again when both say the same. */
export interface TrackResets {
  ours?: BlockReset;
  theirs?: BlockReset;
}

export interface SectionState {
  closures: Record<string, Closure>;
  /** By track. */
  resets: Record<string, TrackResets>;
  hotline: HotlineState;
}

/** An open section. */
export const openSection = (): SectionState => ({
  closures: {},
  resets: {},
  hotline: { calls: {}, faults: {} },
});

/** Whether a closure is about this track. One that names a track we do not have is about all of them. */
export function isAbout(state: GateState, { tracks }: Pick<Closure, 'tracks'>, track: string): boolean {
  const known = siteOf(state).tracks;
  return tracks.length === 0 || tracks.includes(track) || tracks.some((id) => !known.has(id));
}

/** A closure in force on this track, the first that began. */
export function closureOn(state: GateState, track: string): Closure | undefined {
  for (const id in state.section.closures) {
    const closure = state.section.closures[id];
    if (closure?.inForce === true && isAbout(state, closure, track)) return closure;
  }
  return undefined;
}

/** Our people have inspected it and the other side’s have not said the same yet: until then it stays as it is. */
export const isInspected = ({ section }: GateState, track: string): boolean =>
  section.resets[track]?.ours !== undefined;

/** Something was granted by telephone and the two logs have not been held against each other yet, or do not agree. */
function isByTelephone({ section }: GateState): boolean {
  for (const _ in section.hotline.calls) return true;
  for (const _ in section.hotline.faults) return true;
  return false;
}

/** Nobody may be sent onto this track, or let come on it, whatever else speaks for it. */
export const isHeld = (state: GateState, track: string): boolean =>
  closureOn(state, track) !== undefined || isInspected(state, track) || isByTelephone(state);

/** Whether it is a closure that keeps this one from being sent: it has no line clear, and each track that would do is closed. */
export function isSectionClosed(state: GateState, { load, lineClear }: Crossing): boolean {
  if (lineClear !== undefined) return false;
  const kind = laneLoadOf(load);
  const tracks = configOf(state).section.tracks.filter(
    ({ direction, loads }) => direction !== 'in' && loads.includes(kind),
  );
  return tracks.length > 0 && tracks.every(({ id }) => closureOn(state, id) !== undefined);
}
