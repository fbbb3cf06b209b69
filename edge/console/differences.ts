/** What people see of differences between what was handed over and what was found: pure, from the core's state. */
import type { Discrepancy, Inspection, Outcome } from '../core/custody-state.ts';
import type { GateState } from '../core/state.ts';

/** A text in the language it was said in. */
export interface SaidRow {
  lang: string;
  text: string;
  translated?: true;
}

export interface RemarkRow {
  code: string;
  container?: string;
  expected?: string;
  found?: string;
  text?: SaidRow[];
}

export interface DifferenceRow {
  id: string;
  move: string;
  remarks: RemarkRow[];
  openedBy: string;
  openedAt: number;
  /** From then on it is escalated. */
  deadlineAt: number;
  overdue: boolean;
  custodian: string;
  place: string;
  inspections: Pick<Inspection, 'by' | 'at' | 'inspectors' | 'outcome'>[];
  /** By gate, its last word. */
  closed: { gate: string; outcome: Outcome; at: number }[];
}

export interface DifferencesView {
  /** All that are open. */
  count: number;
  /** The first to fall due first, at most {@link DIFFERENCES_MAX} of them. */
  open: DifferenceRow[];
}

const DIFFERENCES_MAX = 50;
const INSPECTIONS_MAX = 5;

export function differencesView({ discrepancies }: GateState): DifferencesView {
  const open = Object.values(discrepancies)
    .filter(({ overAt }) => overAt === undefined)
    .sort((a, b) => a.deadlineAt - b.deadlineAt);
  return { count: open.length, open: open.slice(0, DIFFERENCES_MAX).map(differenceRow) };
}

const differenceRow = (one: Discrepancy): DifferenceRow => {
  const { id, move, differences, openedBy, openedAt, deadlineAt, overdue, custodian, place } = one;
  return {
    ...{ id, move, openedBy, openedAt, deadlineAt, overdue, custodian, place },
    remarks: differences,
    inspections: one.inspections
      .slice(-INSPECTIONS_MAX)
      .map(({ by, at, inspectors, outcome }) => ({ by, at, inspectors, outcome })),
    closed: Object.entries(one.closed).map(([gate, { outcome, at }]) => ({ gate, outcome, at })),
  };
};
