/** The move a difference is told of: whether it may be, what went by it, and who has the goods. */
import { custodyPointOf, UNTOLD } from './custody.ts';
import type { Discrepancy } from './custody-state.ts';
import { configOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';

const DAY_MS = 86_400_000;

export interface KnownMove {
  containers: readonly string[];
  custodian: string;
  place: string;
  custodyPoint: Discrepancy['custodyPoint'];
}

/** A move that is under way over the border, or was over not long ago; else why a difference cannot be told of it. */
export function moveOf(state: GateState, move: string): KnownMove | string {
  const { gate, counterpart } = configOf(state);
  const [ours, theirs] = [gate.id, counterpart.gate];
  const crossing = state.crossings[state.moves[move] ?? ''];
  if (crossing !== undefined) {
    const { lineClear, inbound, containers, slot, stage } = crossing;
    const hasLeft = lineClear?.used === true || inbound?.departed === true || isHere(crossing);
    if (!hasLeft) return `${move} has not left`;
    const isOurs = lineClear === undefined ? inbound?.received === true : lineClear.handedOver !== true;
    const place = stage === 'in-yard' || stage === 'collecting' ? slot : lineClear?.track;
    return {
      containers: containers.map(({ number }) => number),
      custodian: isOurs ? ours : theirs,
      place: (isOurs ? place : undefined) ?? (inbound === undefined ? theirs : ours),
      custodyPoint: custodyPointOf(state, move),
    };
  }
  const containers = Object.keys(state.delivered).filter((one) => state.delivered[one]?.move === move);
  const delivered = state.delivered[containers[0] ?? ''];
  if (delivered === undefined) return `no move ${move} is known`;
  if (state.now - delivered.at > counterpart.disputes.days * DAY_MS)
    return `${move} was over more than ${counterpart.disputes.days} days ago`;
  const custodian = delivered.direction === 'import' ? ours : theirs;
  return { containers, custodian, place: custodian, custodyPoint: delivered.custodyPoint ?? UNTOLD };
}

const HERE: ReadonlySet<Crossing['stage']> = new Set([
  'arrived',
  'entering',
  'in-yard',
  'collecting',
  'on-truck',
  'completed',
] as const);
const isHere = ({ inbound, stage }: Crossing): boolean => inbound !== undefined && HERE.has(stage);
