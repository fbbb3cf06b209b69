/** What is remembered of custody: what was seen of a vehicle at the border, and differences that both sides must close. Plain JSON. */
import type {
  CustodyPoint,
  Difference,
  Evidence,
  FreeText,
  RecordOf,
  SealCheck,
} from '../../protocols/handover/record.ts';

/** What a checkpoint of the border has of a vehicle as it is let through. */
export interface Seen {
  /** Digests of pictures and readings. */
  evidence: Evidence[];
  seals: SealCheck[];
  differences: SeenDifference[];
}

export interface SeenDifference {
  difference: Difference;
  /** A person has seen it: clearing the finding lets the vehicle go on, and does not undo what was seen. */
  certain: boolean;
}

/** How a difference ends: both gates must say the same. */
export type Outcome = NonNullable<RecordOf<'closed'>['outcome']>;

/** One gate’s last word on how it ends. Times are those of our journal. */
export interface ClosingWord {
  outcome: Outcome;
  at: number;
}

/** A joint inspection, or the escalation that stands for one. */
export interface Inspection {
  /** The gate that has recorded it. */
  by: string;
  at: number;
  inspectors: string[];
  outcome: RecordOf<'joint-inspection'>['outcome'];
  text?: FreeText[];
}

/** A difference between what was handed over and what was found; the same at both gates, as far as each has read the other’s log. */
export interface Discrepancy {
  id: string;
  move: string;
  custodyPoint: CustodyPoint;
  /** The gate that has opened it. */
  openedBy: string;
  openedAt: number;
  differences: Difference[];
  /** From then on it is escalated. */
  deadlineAt: number;
  place: string;
  /** The gate that keeps the goods meanwhile. */
  custodian: string;
  inspections: Inspection[];
  closed: Record<string, ClosingWord>;
  /** Its deadline has passed while it was open. */
  overdue: boolean;
  /** Both gates have closed it alike; a later word that differs opens it again. */
  overAt?: number;
}
