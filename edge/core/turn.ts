/** One turn of the core: the state it changes, the effects it collects, and what is still to be looked at. */
import { type Agenda, lookAtCrossing } from './agenda.ts';
import type { Effect } from './effect.ts';
import type { Crossing, GateState, Stage } from './state.ts';

export interface Turn {
  readonly state: GateState;
  readonly effects: Effect[];
  readonly agenda: Agenda;
}

/** Records a decision. */
export function decide(turn: Turn, type: string, body: Record<string, unknown>): void {
  turn.effects.push({ kind: 'decide', type, body });
}

/** The next number of a count that never repeats in this journal. */
export function count(turn: Turn, name: string): number {
  const next = (turn.state.counters[name] ?? 0) + 1;
  turn.state.counters[name] = next;
  return next;
}

/** Moves a crossing on and says so. */
export function advance(turn: Turn, crossing: Crossing, stage: Stage): void {
  if (crossing.stage === stage) return;
  crossing.stage = stage;
  crossing.since = turn.state.now;
  lookAtCrossing(turn, crossing);
  tell(turn, crossing);
}

/** Records where a crossing stands. */
export function tell(turn: Turn, crossing: Crossing): void {
  decide(turn, 'crossing', {
    crossing: crossing.id,
    stage: crossing.stage,
    direction: crossing.direction,
    load: crossing.load,
    containers: crossing.containers.map((container) => container.number),
    ...(crossing.vehicle && { vehicle: crossing.vehicle.id, home: crossing.vehicle.home }),
    ...(crossing.truck && { truck: crossing.truck.plate }),
    move: crossing.lineClear?.move ?? crossing.inbound?.move,
    ...(crossing.returnOf && { returnOf: crossing.returnOf, original: crossing.original }),
  });
}
