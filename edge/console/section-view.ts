/** What people see of the border section as a whole: what is closed and who is still on it, resets, line clear by telephone. */
import type { GateConfig } from '../../config/schema.ts';
import type { PublicCode } from '../../protocols/handover/codes.ts';
import type { Closure } from '../core/section-state.ts';
import type { GateState } from '../core/state.ts';

export interface ClosureRow {
  id: string;
  /** The gate that has closed. */
  by: string;
  /** None: the whole section. */
  tracks: string[];
  code: PublicCode;
  text?: string;
  from: number;
  to?: number;
  /** `closed`: both gates have said that nothing of theirs is there; only then people may enter. */
  state: 'planned' | 'closing' | 'closed';
  /** The gates that have not said so yet. */
  waitsFor: string[];
  /** Moves that are there as far as we know. */
  moves: string[];
}

/** What one side has said of a track that its people have inspected. */
export interface ResetRow {
  track: string;
  by: string;
  moves: string[];
  officers: string[];
}

export interface CallRow {
  number: string;
  move: string;
  track: string;
  side: 'sender' | 'receiver';
  arrived: boolean;
}

export interface SectionView {
  closures: ClosureRow[];
  resets: ResetRow[];
  /** Granted by telephone, and not held against the other log yet. */
  calls: CallRow[];
  /** What the logs tell differently; until somebody has cleared it nothing is granted. */
  faults: { number: string; why: string }[];
}

/** Rows of each kind; closures of both sides are bounded by the core. */
export function sectionView(state: GateState, config: GateConfig): SectionView {
  const { closures, resets, hotline } = state.section;
  const gates = { ours: config.gate.id, theirs: config.counterpart.gate };
  return {
    closures: Object.values(closures)
      .sort((a, b) => a.from - b.from)
      .map((closure) => closureRow(closure, state, config)),
    resets: Object.entries(resets).flatMap(([track, said]) =>
      (['ours', 'theirs'] as const).flatMap((side) => {
        const reset = said[side];
        return reset === undefined
          ? []
          : [{ track, by: gates[side], moves: reset.moves, officers: reset.officers }];
      }),
    ),
    calls: Object.values(hotline.calls).map(({ number, move, track, side, arrived }) => ({
      number,
      move,
      track,
      side,
      arrived,
    })),
    faults: Object.entries(hotline.faults).map(([number, why]) => ({ number, why })),
  };
}

function closureRow(closure: Closure, state: GateState, config: GateConfig): ClosureRow {
  const { id, by, tracks, code, text, from, to, inForce, clear } = closure;
  const waitsFor = [
    ...(clear.ours ? [] : [config.gate.id]),
    ...(clear.theirs ? [] : [config.counterpart.gate]),
  ];
  const own = config.section.tracks.map((track) => track.id);
  // One that names a track we do not have is about all of them.
  const isAll = tracks.length === 0 || tracks.some((track) => !own.includes(track));
  return {
    id,
    by,
    tracks,
    code,
    ...(text !== undefined && { text: text.text }),
    from,
    ...(to !== undefined && { to }),
    state: !inForce ? 'planned' : waitsFor.length === 0 ? 'closed' : 'closing',
    waitsFor,
    moves: (isAll ? own : tracks).flatMap((track) => movesOn(state, track)),
  };
}

/** Ours that have not arrived, theirs that have a place there. */
function movesOn(state: GateState, track: string): string[] {
  const theirs = Object.entries(state.owners).flatMap(([resource, owner]) =>
    resource.startsWith(`track:${track}/`) ? [state.crossings[owner]?.inbound?.move ?? owner] : [],
  );
  return [...new Set([...(state.tracks[track]?.moves ?? []), ...theirs])].toSorted();
}
