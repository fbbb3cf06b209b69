/** What the gate knows of a lane and of whoever stands in it: part of the state (state.ts). */
import type { Carried } from '../../config/schema.ts';
import type { Reason, Verdict } from './reasons.ts';
import type { Evidence } from './reconcile/case.ts';

/** One reading about the vehicle in a lane. */
export interface Reading {
  device: string;
  readId: string;
  value: string;
  quality: number;
  /** When it was admitted, on the journal's clock. */
  at: number;
  image?: string;
}

/** Something stands in a lane: from its arrival at the stop line until it has passed or backed off. */
export interface Visit {
  id: string;
  since: number;
  /** When whoever stood there before had left the stop line: what the scale settled at since then is this visit's. */
  lineFreeAt: number;
  plates: Reading[];
  /** What the camera behind it has read. */
  trailers: Reading[];
  containers: Reading[];
  /** Whatever else was seen of it, by devices and by officers. */
  observations: Evidence[];
  /** How often what was read of it was forgotten: from then on somebody else may stand there. */
  forgotten?: number;
  /** Its stable weight; kept as it was when the vehicle was released, for then it drives off the scale. */
  weightKg?: number;
  /** When the scale had settled at that. */
  weighedAt?: number;
  /** Until then what is not read yet is awaited. Absent: it has just come, or is to be read anew. */
  readingUntil?: number;
  /** Containers customs was asked about. */
  asked?: string[];
  /** The crossing a person says it is. */
  identifiedAs?: string;
  /** The crossing it was matched to. */
  crossing?: string;
  load?: Carried;
  verdict: Verdict;
  reasons: Reason[];
  /** Hits of signed lists that were told: list and kind of entry. */
  hits?: string[];
  /** Since when nothing but what it carries has spoken against it, and needs a person. */
  referredAt?: number;
  /** The refuge slot to which it is let through instead of its bay, whatever speaks against what it carries. */
  refuge?: string;
  /** It may go through, to its bay or to its refuge; the barrier opens for it. */
  released: boolean;
  /** The barrier was told to open for it, and the driver shown where to go. */
  opened: boolean;
  /** Its front is under the barrier, or was and went on. */
  under: boolean;
  /** Under the barrier, its tail has left the stop line or its front has reached the exit: it does not roll back any more. */
  through: boolean;
  /** Its tail has left the barrier. */
  cleared: boolean;
  /** Since when the stop line has been empty, and nothing below the barrier; absent: it is not. */
  awaySince?: number;
  /** The barrier was seen open for it: before that it cannot have gone through. */
  seenOpen?: true;
  /** Released, and not recognised again since its readings were forgotten: somebody may have taken its place at the stop line. */
  unread?: true;
  /** Released, and off the stop line since: by the loops, or by the scale, which is empty. */
  left?: true;
  /**
   * Released, and then its lane was not observed for a while (restart, silent device), or its sensors did not tell for certain
   * that it has passed: if it is gone, it has.
   */
  unobserved: boolean;
}

/** Something that would stop the lane, if it lasts: a second vehicle under the barrier, the first one gone out before it, one from the exit. */
export type Doubt = 'second' | 'first-gone' | 'from-exit';

export interface LaneState {
  visit: Visit | null;
  /** Nothing is released until a person resumes it. */
  stopped: boolean;
  /** Why: a person wanted it, or something unknown has passed. */
  stoppedBy?: 'person' | 'tailgating' | 'wrong-way';
  doubt?: Doubt;
  /** We have raised the barrier and not seen it down since. */
  raised: boolean;
  /** When a vehicle that went through had left the stop line; 0: never. */
  leftAt: number;
  /** Since when something has been on the exit loop; absent: nothing is. */
  exitSince?: number;
  /** Nothing was seen of it since the last report: what changed meanwhile did not change before our eyes. */
  blind: boolean;
  /** `open`: as its hours say. In maintenance its actuators belong to the technician. */
  mode: 'open' | 'closed' | 'maintenance';
}
