/**
 * The little world between the two gates, as plain data: two vehicles, a crane on each side, barriers, what is on the wires
 * and in the logs, and how much trouble there may still be. No time passes in it.
 */
import type { GateConfig, VehicleConfig } from '../../config/schema.ts';
import type { OrderNode } from '../../edge/core/effect.ts';
import type { VehicleReport } from '../../edge/core/input.ts';

/** 0: the first gate of the plan, 1: the second. A vehicle has the number of its home gate. */
export type Side = 0 | 1;
export const SIDES: readonly Side[] = [0, 1];
export const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

/**
 * Where a vehicle is with respect to the node it was at last: standing on it; under its barrier; with its tail there; on the
 * road to the next.
 */
export type Part = 'stand' | 'under' | 'exit' | 'away';

export type VehicleAction = VehicleReport['actions'][number] & { sequenceId: number; loadId: string };

export interface Vehicle {
  at: string;
  part: Part;
  sequenceId: number;
  orderId: string;
  orderUpdateId: number;
  cancelled: boolean;
  ahead: { nodeId: string; sequenceId: number }[];
  actions: VehicleAction[];
  paused: boolean;
  /** Why it refused the newest order; empty if it did not. */
  error: string;
  /** Its home gate has heard all this. */
  told: boolean;
}

/** A truck with a driver, where the beginning is prepared; none is there later. */
export interface Truck {
  /** A lane or a bay. */
  place: string;
  part: Exclude<Part, 'away'>;
  plate: string;
}

export interface Barrier {
  arm: 'down' | 'moving' | 'up';
  goal: 'down' | 'up';
  light: 'red' | 'green';
}

export interface CraneJob {
  jobId: string;
  container: string;
  from: string;
  to: string;
  /** Taken; hoist down on the box; box high in the spreader; hoist down to set it; box set, hoist still down; over. */
  phase: 'taken' | 'gripping' | 'carrying' | 'setting' | 'rising' | 'over';
  state: 'running' | 'ended' | 'aborted' | 'interrupted';
  stopping: boolean;
  seen: boolean;
  set: boolean;
}

export interface Crane {
  /** A place below it. */
  position: string;
  low: boolean;
  /** Its list, the newest last. */
  jobs: CraneJob[];
}

/** A command on its way to a device. Lights are not here: they change as told. */
export type WireCommand =
  | { kind: 'barrier'; to: 'raise' | 'lower' }
  | {
      kind: 'order';
      orderId: string;
      orderUpdateId: number;
      nodes: Pick<OrderNode, 'nodeId' | 'sequenceId' | 'action'>[];
    }
  | { kind: 'pause' | 'unpause' | 'cancel-order' | 'charge' }
  | { kind: 'job'; jobId: string; container: string; from: string; to: string }
  | { kind: 'job-stop'; jobId: string };

/** What reports itself anew after a start, each as one. */
export const GROUPS = ['vehicle', 'crane', 'bays', 'border-out', 'border-in', 'eyes'] as const;
export type Group = (typeof GROUPS)[number];

export interface Ground {
  /** Lanes whose barrier is not down with its light red. */
  barriers: Record<string, Barrier>;
  crane: Crane;
  /** Who has reported since the last start. */
  heard: Group[];
  /** By device, oldest first. */
  wires: Record<string, WireCommand[]>;
  /** Lines of its log that the other gate may still ask for: numbers of records. */
  log: { after: number; lines: number[] };
  truck?: Truck;
}

/** One move as both logs tell it: what each side has written of it last. */
export interface Move {
  move: string;
  sender: Side;
  vehicle: string;
  containers: string[];
  sent: 'offered' | 'offer-withdrawn' | 'grant-returned' | 'departed' | 'recalled' | 'closed';
  received: 'nothing' | 'refused' | 'accepted' | 'granted' | 'arrived' | 'received';
  grant?: string;
  /** People of both sides have found the section empty of it. */
  reset?: true;
}

/** A closure that stands by the logs: who has closed, and who has said that nothing of its own is there. */
export interface StandingClosure {
  closure: string;
  by: Side;
  clear: Side[];
}

/** How often each trouble may still happen. */
export interface Budget {
  crashes: [number, number];
  losses: number;
  cuts: number;
  /** Timers that are due although something else could happen. */
  expiries: number;
  /** Closures of the section, inspections of a block by one side, calls by telephone. */
  closures: number;
  resets: number;
  calls: number;
}

export interface World {
  vehicles: [Vehicle, Vehicle];
  grounds: [Ground, Ground];
  /** Where each container is: `SIDE:` and a slot or bay, `vehicle:` and its number, `crane:` and its side. */
  boxes: Record<string, string>;
  /** Which gate cannot read the other's log, nor see it as it is now. */
  deaf: [boolean, boolean];
  moves: Move[];
  /** Who has each container that was ever offered, by the two logs. */
  custody: Record<string, Side>;
  closures: StandingClosure[];
  /** What each side has said last of the block, and the other not the same yet. */
  inspected: [string[] | null, string[] | null];
  budget: Budget;
}

export const barrierOf = (ground: Ground, lane: string): Barrier =>
  ground.barriers[lane] ?? { arm: 'down', goal: 'down', light: 'red' };

/** Keeps only what differs from a closed lane. */
export function setBarrier(ground: Ground, lane: string, part: Partial<Barrier>): void {
  const next = { ...barrierOf(ground, lane), ...part };
  if (next.arm === 'down' && next.goal === 'down' && next.light === 'red') delete ground.barriers[lane];
  else ground.barriers[lane] = next;
}

export const boxAt = (world: World, place: string): string | undefined =>
  Object.keys(world.boxes).find((box) => world.boxes[box] === place);

export const activeJob = ({ jobs }: Crane): CraneJob | undefined => {
  const last = jobs.at(-1);
  return last?.phase === 'over' ? undefined : last;
};

export const isBusy = ({ status }: VehicleAction): boolean => status === 'WAITING' || status === 'RUNNING';

/** A vehicle that has done nothing yet, at its park. */
const parked = (at: string): Vehicle => ({
  at,
  part: 'stand',
  sequenceId: 0,
  orderId: '',
  orderUpdateId: 0,
  cancelled: false,
  ahead: [],
  actions: [],
  paused: false,
  error: '',
  told: false,
});

/** No trouble, and nothing that people begin. */
export const noBudget = (): Budget => ({
  crashes: [0, 0],
  losses: 0,
  cuts: 0,
  expiries: 0,
  closures: 0,
  resets: 0,
  calls: 0,
});

/** Everything at rest, before the first start of either gate; there is no trouble. */
export function worldOf(
  configs: readonly [GateConfig, GateConfig],
  vehicles: readonly [VehicleConfig, VehicleConfig],
  boxes: World['boxes'],
): World {
  const ground = ({ yard }: GateConfig): Ground => ({
    barriers: {},
    crane: { position: yard.cranes[0]?.bays[0] ?? '', low: false, jobs: [] },
    heard: [],
    wires: {},
    log: { after: 0, lines: [] },
  });
  return {
    vehicles: [parked(vehicles[0].homeNode), parked(vehicles[1].homeNode)],
    grounds: [ground(configs[0]), ground(configs[1])],
    boxes,
    deaf: [false, false],
    moves: [],
    custody: {},
    closures: [],
    inspected: [null, null],
    budget: noBudget(),
  };
}
