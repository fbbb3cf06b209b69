/** What is remembered of outages: the one in force, who passed under any, and what came of checking them. Plain JSON. */
import type { Checkpoint, PersonRole } from '../../config/schema.ts';
import type { Reason } from './reasons.ts';
import type { OutageRegime } from './reconcile/case.ts';

/** A crossing that was released because an outage was declared. */
export interface OutageRelease {
  crossing: string;
  checkpoint: Checkpoint;
  at: number;
  legalBasis: string;
  declaredBy: string;
  containers: { number: string; declarations: string[] }[];
  /** When customs was asked for its containers, and those it has answered for since. */
  askedAt?: number;
  answered?: string[];
}

/** A crossing that is over, and of which customs says otherwise since. */
export interface CustomsCase {
  id: string;
  crossing: string;
  containers: string[];
  passedAt: number;
  openedAt: number;
  reasons: Reason[];
  closableBy: readonly PersonRole[];
}

export interface Outages {
  /** In force; replaced as a whole, never changed in place. */
  regime: OutageRegime | null;
  /** Crossings released under one and not checked since, by id, oldest first. */
  passed: Record<string, OutageRelease>;
  /** No more of them can be remembered. */
  full: boolean;
  /** Containers customs was asked for to check a crossing, each with that crossing. */
  asked: Record<string, string>;
}

export const noOutages = (): Outages => ({ regime: null, passed: {}, full: false, asked: {} });
