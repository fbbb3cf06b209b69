/** Who may come to a checkpoint now, with which vehicle, carrying what. */
import type { Carried, Checkpoint } from '../../config/schema.ts';
import type { Refusal } from '../../protocols/refusal.ts';
import { hasContainers } from './load.ts';
import type { ExpectedCrossing } from './reconcile/case.ts';
import { configOf } from './site.ts';
import type { CargoContainer, Crossing, GateState, Stage } from './state.ts';
import { isSentOff } from './truck-sent-off.ts';

/** A vehicle awaited at a checkpoint. */
export interface Expectation {
  load: Carried;
  plate: string;
  /** Of a truck whose trailer was announced. */
  trailer?: string;
}

/** With which vehicle, and carrying what, this crossing may now come to this checkpoint; null if it is not awaited there. */
export function expectationOf(crossing: Crossing, checkpoint: Checkpoint): Expectation | null {
  const { truck, vehicle, direction, stage } = crossing;
  switch (checkpoint) {
    case 'yard-in':
      if (truck?.phase !== 'awaited') return null;
      return { ...rigOf(truck), load: direction === 'export' ? crossing.load : 'bobtail' };
    case 'yard-out':
      if (truck?.phase !== 'inside') return null;
      if (direction === 'export') return { ...rigOf(truck), load: 'bobtail' };
      if (isSentOff(crossing)) return { ...rigOf(truck), load: 'bobtail' };
      return stage === 'on-truck' ? { ...rigOf(truck), load: crossing.load } : null;
    case 'border-out':
      if (direction !== 'export' || vehicle === undefined || !LEAVING.has(stage)) return null;
      return { plate: vehicle.plate, load: crossing.load };
    case 'border-in':
      if (direction !== 'import' || vehicle === undefined || !COMING.has(stage)) return null;
      return { plate: vehicle.plate, load: crossing.load };
    default:
      return checkpoint satisfies never;
  }
}

const rigOf = ({ plate, trailer }: NonNullable<Crossing['truck']>): Pick<Expectation, 'plate' | 'trailer'> =>
  trailer === undefined ? { plate } : { plate, trailer };

const LEAVING: ReadonlySet<Stage> = new Set(['loaded', 'at-border-out', 'departed']);
const COMING: ReadonlySet<Stage> = new Set(['offered', 'granted', 'departed', 'arrived', 'entering']);

/** A crossing as it is awaited here; null if it is not. */
function expectedAt(state: GateState, id: string, checkpoint: Checkpoint): ExpectedCrossing | null {
  const crossing = state.crossings[id];
  const awaited = crossing === undefined ? null : expectationOf(crossing, checkpoint);
  return crossing === undefined || awaited === null ? null : expectedAs(state, crossing, awaited);
}

const NOTHING: readonly CargoContainer[] = [];

export function expectedAs(
  state: GateState,
  crossing: Crossing,
  { load, plate, trailer }: Expectation,
): ExpectedCrossing {
  const visitor = state.visitors[crossing.vehicle?.id ?? ''];
  const isGoingHome = visitor?.leaving === crossing.id;
  return {
    crossingId: crossing.id,
    load,
    vehicle: {
      plate,
      ...(trailer !== undefined && { trailer }),
      tareKg: configOf(state).evidence.truckTareKg,
    },
    containers: hasContainers({ load }) ? crossing.containers : NOTHING,
    declarations: [],
    booked: crossing.truck !== undefined,
    ...(load === 'return' && crossing.returnOf && { returnOf: linkOf(crossing.returnOf, crossing) }),
    ...(isGoingHome &&
      visitor.enteredAt !== undefined && { visit: { enteredAt: visitor.enteredAt, bothWays: false } }),
  };
}

const linkOf = ({ move, refusedBy, reason }: Refusal, { unlinked }: Crossing) => ({
  move,
  refusal: `${refusedBy}: ${reason}`,
  ...(unlinked !== undefined && { against: unlinked }),
});

/** Everybody awaited at each checkpoint, as they were found last: while they are the same, so is what was derived from them. */
const everyone = new WeakMap<GateState['crossings'], Map<Checkpoint, readonly ExpectedCrossing[]>>();

export function everybody(state: GateState, checkpoint: Checkpoint): readonly ExpectedCrossing[] {
  const { crossings } = state;
  const lists = everyone.get(crossings) ?? new Map<Checkpoint, readonly ExpectedCrossing[]>();
  everyone.set(crossings, lists);
  const before = lists.get(checkpoint);
  const now = awaited(state, Object.keys(crossings), checkpoint);
  if (before !== undefined && areSame(before, now)) return before;
  lists.set(checkpoint, now);
  return now;
}

export const areSame = (a: readonly ExpectedCrossing[], b: readonly ExpectedCrossing[]): boolean =>
  a.length === b.length &&
  a.every((one, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      one.crossingId === other.crossingId &&
      one.load === other.load &&
      one.vehicle.plate === other.vehicle.plate &&
      one.vehicle.trailer === other.vehicle.trailer &&
      one.containers === other.containers &&
      one.booked === other.booked &&
      one.returnOf?.move === other.returnOf?.move &&
      one.returnOf?.against === other.returnOf?.against &&
      one.visit?.enteredAt === other.visit?.enteredAt
    );
  });

export const awaited = (
  state: GateState,
  ids: Iterable<string>,
  checkpoint: Checkpoint,
): ExpectedCrossing[] =>
  [...ids].map((id) => expectedAt(state, id, checkpoint)).filter((one) => one !== null);
