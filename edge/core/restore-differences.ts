/** Differences as two logs leave them to a gate that has lost its disk: each stands as both sides' last words make it. */
import type { RecordOf } from '../../protocols/handover/record.ts';
import type { Discrepancy, Inspection } from './custody-state.ts';
import { bringBackDiscrepancy, INSPECTIONS_MAX } from './discrepancies.ts';
import type { Restoring, ToldDifference } from './log-state.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';
import type { Turn } from './turn.ts';

/** Remembered while the logs are read, the oldest forgotten first: more than a gate opens in years. */
const TOLD_MAX = 10_000;

type OfDifference = RecordOf<'disputed' | 'joint-inspection' | 'closed'>;

export function readDifference(
  state: GateState,
  { differences }: Restoring,
  line: OfDifference,
  ours: boolean,
): void {
  const { gate, counterpart } = configOf(state);
  const by = ours ? gate.id : counterpart.gate;
  const told = toldOf(differences, line.discrepancy ?? '');
  switch (line.kind) {
    case 'disputed':
      told.opened ??= { ...line, by };
      return;
    case 'joint-inspection':
      told.inspections.push(inspectionOf(state, line, by));
      if (told.inspections.length > INSPECTIONS_MAX) told.inspections.shift();
      return;
    case 'closed':
      if (line.outcome !== undefined) told.closed[by] = line.outcome;
      return;
    default:
      line satisfies never;
  }
}

function toldOf(differences: Restoring['differences'], id: string): ToldDifference {
  const known = Object.hasOwn(differences, id) ? differences[id] : undefined;
  if (known !== undefined) return known;
  const told: ToldDifference = { inspections: [], closed: {} };
  differences[id] = told;
  const [oldest, ...others] = Object.keys(differences);
  if (others.length >= TOLD_MAX && oldest !== undefined) delete differences[oldest];
  return told;
}

const inspectionOf = (
  { now }: GateState,
  { inspectors, outcome, text }: RecordOf<'joint-inspection'>,
  by: string,
): Inspection => ({ by, at: now, inspectors, outcome, ...(text !== undefined && { text }) });

export function takeUpDifferences(turn: Turn, { differences }: Restoring): void {
  for (const told of Object.values(differences)) {
    const one = discrepancyOf(turn.state, told);
    if (one !== undefined) bringBackDiscrepancy(turn, one);
  }
}

/** Undefined: no log tells who has opened it, so it is none. */
function discrepancyOf(state: GateState, told: ToldDifference): Discrepancy | undefined {
  const { opened, inspections, closed } = told;
  if (opened === undefined) return undefined;
  const { by, discrepancy, move, differences, deadline, place, custodian } = opened;
  const { now } = state;
  return {
    id: discrepancy,
    move,
    custodyPoint: opened.custodyPoint ?? configOf(state).counterpart.custodyPoint,
    openedBy: by,
    openedAt: Math.min(Date.parse(opened.eventTime), now),
    differences,
    deadlineAt: Date.parse(deadline),
    place,
    custodian,
    inspections,
    closed: Object.fromEntries(Object.entries(closed).map(([gate, outcome]) => [gate, { outcome, at: now }])),
    overdue: inspections.some(({ outcome }) => outcome === 'escalated'),
  };
}
