/** What the state keeps of our own handover log, and of the history by which a lost one is taken up again. */
import type { HandoverRecord, RecordOf } from '../../protocols/handover/record.ts';
import type { Inspection, Outcome } from './custody-state.ts';
import type { BlockReset, Closure } from './section-state.ts';

/** Our own handover log, as far as writing it depends on more than what is written. */
export interface OwnLog {
  /** False on an empty disk until the other side has shown that it knows no line of ours, or our log was restored from it. */
  open: boolean;
  /** Written when it is open. */
  waiting: HandoverRecord[];
  /** The two logs are being read as history. */
  restoring: Restoring | null;
}

/** What one side has said in its log, and the other in its. */
export interface BySide<T> {
  ours: T;
  theirs: T;
}

/** What the two logs have told so far, ours first. It is forgotten when they have been read to their end. */
export interface Restoring {
  /** By track. */
  tracks: Record<string, BySide<ToldOfTrack>>;
  /** By their names; those that were reopened are not here any more. */
  closures: Record<string, Closure>;
  /** Closures of which each side has said that nothing of its own is there. */
  clear: BySide<string[]>;
  /** By name. */
  differences: Record<string, ToldDifference>;
  /** Numbers given by telephone that our log tells of. */
  numbers: string[];
  /** What the other log tells of numbers that ours does not: by number, why people must look. */
  strangeNumbers: Record<string, string>;
  /** Vehicles of the other gate: how often each has set out for us, and home again, and what brought it last. */
  guests: Record<string, { came: number; left: number; last?: RecordOf<'offered'> }>;
  /** Offers of the other side that have neither left nor been given up, by move. */
  offers: Record<string, RecordOf<'offered'>>;
  /** What the other gate’s vehicles have asked and not been answered, by vehicle; and what we have answered last. */
  asks: Record<string, RecordOf<'authority-asked'>>;
  answered: Record<string, string>;
}

/** How often its writer has asked for the token of a track, and passed it on; and what its people have said of it last. */
export interface ToldOfTrack {
  asked: number;
  passed: number;
  resets: (BlockReset & { asked: number; passed: number })[];
}

export interface ToldDifference {
  opened?: RecordOf<'disputed'> & { by: string };
  inspections: Inspection[];
  /** By gate, its last word. */
  closed: Record<string, Outcome>;
}

/** A move of the restored logs that is not over. */
export interface OpenMove {
  /** We are its sender. */
  sent: boolean;
  track: string;
  offered?: RecordOf<'offered'>;
  granted?: RecordOf<'granted'>;
  withdrawn?: true;
  departed?: RecordOf<'departed'>;
  recalled?: RecordOf<'recalled'>;
  arrived?: true;
  received?: RecordOf<'received' | 'received-with-remarks'>;
}

export const nothingTold = (): Restoring => ({
  tracks: {},
  closures: {},
  clear: { ours: [], theirs: [] },
  differences: {},
  numbers: [],
  strangeNumbers: {},
  guests: {},
  offers: {},
  asks: {},
  answered: {},
});
