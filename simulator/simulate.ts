/**
 * A run of hours in virtual time: two gates, traffic, faults and people from one seed, invariants checked all along. At the
 * end nobody new comes, all faults heal, and everything must drain.
 */
import type { GateConfig } from '../config/schema.ts';
import { seededRandom } from '../edge/platform/random.ts';
import { type FaultChoice, type Faults, startFaults } from './faults.ts';
import { createInvariants, type Invariants, type Violation } from './invariants.ts';
import { inMinutes } from './operators/desk.ts';
import { withTelephone } from './operators/telephone.ts';
import { startOperators } from './operators.ts';
import type { Observer } from './run/observer.ts';
import { startVirtualRun, type VirtualRun } from './run.ts';
import { startArrivals } from './simulate/arrivals.ts';
import { streamSeed } from './simulate/chance.ts';
import { startReturns } from './simulate/returns.ts';
import { createTrace } from './simulate/trace.ts';

export interface SimulationPlan {
  /** Both gates; the first one's view names the directions. */
  configs: readonly [GateConfig, GateConfig];
  seed: number;
  /** With traffic and faults; the end, in which everything drains, comes after them. */
  hours: number;
  /** Containers booked in each direction. */
  vehiclesPerDay: number;
  /** How many of them are empty; default a tenth. */
  emptyShare?: number;
  /** How many of those with goods are refused as they come over the border, and how many once fetched; default 2 % each. */
  returnShare?: number;
  faults: FaultChoice;
}

export interface Summary {
  seed: number;
  /** Virtual, with traffic and faults. */
  hours: number;
  /** Containers that have left the site at the other side, as the first gate sees them. */
  crossings: { export: number; import: number };
  /** Visits to a lane that were held for another reason than awaited readings; visits that were referred to a person. */
  held: number;
  referred: number;
  /** Containers that were not sent because too many trucks waited. */
  turnedAway: number;
  /** Matters that people saw to. */
  operatorMatters: number;
  inputs: number;
  checks: number;
  violations: readonly Violation[];
  faults: Record<string, number>;
  /** From the start of healing until everything had drained; null: it has not come to that. */
  drainedAfterMinutes: number | null;
  traceHash: string;
}

export interface Simulation {
  readonly run: VirtualRun;
  readonly faults: Faults;
  readonly invariants: Invariants;
  /** What the core threw, if it did. */
  readonly error: unknown;
  /** `traffic`, then `draining`, then `over`: drained, an invariant was violated, or something threw. */
  readonly phase: 'traffic' | 'draining' | 'over';
  /** Virtual time since the beginning. */
  readonly passedMs: number;
  /** Containers delivered so far, both directions. */
  readonly crossings: number;
  /** Lets `ms` of virtual time pass, or less if it is over before. */
  advance(ms: number): void;
  /** Ends the run and tells what became of it. Call it once. */
  finish(): Summary;
}

const START_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
/** How often everything is checked that no single event shows. */
const SWEEP_MS = 60_000;
/** How often people look at their screens. */
const OPERATORS_LOOK_MS = 20_000;
/** From the healing of the last fault until yards and section must be empty. */
const DRAIN_MS_MAX = 4 * HOUR_MS;

/** Containers that go back to be filled, and goods that are refused, where a plan says nothing of them. */
export const EMPTY_SHARE = 0.1;
export const RETURN_SHARE = 0.02;

/** Builds the run and stands at its beginning; time passes only in `advance`. */
export function startSimulation({
  configs,
  seed,
  hours,
  vehiclesPerDay,
  emptyShare = EMPTY_SHARE,
  returnShare = RETURN_SHARE,
  faults: choice,
}: SimulationPlan): Simulation {
  const trace = createTrace();
  const invariants = createInvariants();
  let error: unknown;
  const ownObserver: Observer = {
    ...trace.observer,
    failed(_gate, _input, thrown) {
      error ??= thrown;
    },
  };
  const run = startVirtualRun(configs.map(withTelephone), {
    seed,
    startMs: START_MS,
    keepAll: false,
    observer: both(ownObserver, invariants.observer),
  });
  invariants.attach(run);
  const [own, other] = configs.map(({ gate }) => gate.id);
  const arrivals = startArrivals(run, { perDay: vehiclesPerDay, emptyShare }, seed);
  const returns = startReturns(run, returnShare, seed);
  const faults = startFaults(run, choice, seed);
  const operators = startOperators(run, {
    lookMs: OPERATORS_LOOK_MS,
    comeMs: inMinutes(seededRandom(streamSeed(seed, 'operators'))),
  });
  let phase: Simulation['phase'] = 'traffic';
  let drainedMs: number | undefined;
  /** Those that the end itself brings to light. */
  const undrained: Violation[] = [];
  const trafficUntilMs = START_MS + hours * HOUR_MS;

  run.clock.every(SWEEP_MS, () => {
    invariants.sweep();
    if (phase !== 'draining') return;
    const left = [...invariants.drained(), ...undelivered()];
    if (left.length === 0) {
      drainedMs = run.clock.nowMs() - trafficUntilMs;
      phase = 'over';
    } else if (run.clock.nowMs() >= trafficUntilMs + DRAIN_MS_MAX) {
      const atMs = run.clock.nowMs();
      undrained.push(
        ...left.map((detail): Violation => ({ invariant: 'I10', atMs, gate: own ?? '', detail })),
      );
      phase = 'over';
    }
  });
  run.clock.after(hours * HOUR_MS, () => {
    phase = 'draining';
    arrivals.stop();
    returns.stop();
    faults.healAll();
  });

  const delivered = (gate: string | undefined): number => run.world.stats().exportsDelivered[gate ?? ''] ?? 0;
  const undelivered = (): string[] => {
    const booked = arrivals.booked + returns.broughtBack;
    const missing = booked - delivered(own) - delivered(other);
    return missing === 0 ? [] : [`${missing} of ${booked} containers have not been delivered`];
  };
  const isOver = (): boolean => {
    if (invariants.violations.length > 0 || error !== undefined) phase = 'over';
    return phase === 'over';
  };

  return {
    run,
    faults,
    invariants,
    get error() {
      return error;
    },
    get phase() {
      return phase;
    },
    get passedMs() {
      return run.clock.monotonicMs();
    },
    get crossings() {
      return delivered(own) + delivered(other);
    },
    advance(ms) {
      run.clock.runUntil(isOver, { limitMs: ms });
    },
    finish() {
      run.stop();
      const nowMs = run.clock.nowMs();
      return {
        seed,
        hours: Math.min(hours, (nowMs - START_MS) / HOUR_MS),
        crossings: { export: delivered(own), import: delivered(other) },
        held: trace.held,
        referred: trace.referred,
        turnedAway: arrivals.turnedAway,
        operatorMatters: operators.count,
        inputs: trace.inputs,
        checks: invariants.checks,
        violations: [...invariants.violations, ...undrained],
        faults: faults.counts(),
        drainedAfterMinutes: drainedMs === undefined ? null : drainedMs / 60_000,
        traceHash: trace.digest(),
      };
    },
  };
}

/** Both are told, one after the other. */
function both(one: Observer, other: Observer): Observer {
  return {
    stepped(gate, input) {
      one.stepped?.(gate, input);
      other.stepped?.(gate, input);
    },
    sent(gate, command) {
      one.sent?.(gate, command);
      other.sent?.(gate, command);
    },
    durable(gate, entries) {
      one.durable?.(gate, entries);
      other.durable?.(gate, entries);
    },
    acknowledged(gate, from) {
      one.acknowledged?.(gate, from);
      other.acknowledged?.(gate, from);
    },
    crashed(gate) {
      one.crashed?.(gate);
      other.crashed?.(gate);
    },
    lost(gate) {
      one.lost?.(gate);
      other.lost?.(gate);
    },
    booted(gate) {
      one.booted?.(gate);
      other.booted?.(gate);
    },
    failed(gate, input, error) {
      one.failed?.(gate, input, error);
      other.failed?.(gate, input, error);
    },
  };
}
