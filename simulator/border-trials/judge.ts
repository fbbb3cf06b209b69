/**
 * Judges a border trial: the invariants of every run in virtual time, and besides, whether a visit that has ended has ended as the
 * vehicle itself tells; and in the end everything must have crossed and nothing may be left, on the ground or on the screens.
 */
import type { LaneConfig } from '../../config/schema.ts';
import { missedBy } from '../invariants/agenda.ts';
import { createInvariants, type Invariants } from '../invariants.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';

/** Everything is looked at so seldom: it takes longer than the rest. */
const LOOKS_A_SWEEP = 4;

export interface Judge {
  readonly invariants: Invariants;
  attach(run: VirtualRun): void;
  look(): void;
  isOver(): boolean;
  /** What is not as it should be in the end. */
  remains(): string | null;
  readonly wrong: string | null;
}

interface VisitEnded {
  lane: string;
  visit: string;
  crossing?: string;
  passed: boolean;
}

/** `crossings`: how many containers are to be delivered. */
export function createJudge(crossings: number): Judge {
  const invariants = createInvariants();
  let run: VirtualRun | undefined;
  let wrong: string | null = null;
  let looks = 0;
  const released = new Set<string>();

  const on = (): VirtualRun => {
    if (run === undefined) throw new Error('the judge has no run');
    return run;
  };
  function violate(what: string): void {
    wrong ??= `after ${Math.round(on().clock.monotonicMs() / 100) / 10} s: ${what}`;
  }

  function watch(gate: VirtualGate): void {
    const { id } = gate.config.gate;
    const borderLanes = new Map<string, LaneConfig>(
      gate.config.lanes.filter(({ node }) => node !== undefined).map((lane) => [lane.id, lane]),
    );
    gate.onDecision('release', ({ visit }) => void released.add(`${id} ${visit}`));
    gate.onDecision('visit-ended', (body) => {
      const { lane, visit, crossing, passed } = body as unknown as VisitEnded;
      const vehicle = gate.state.crossings[crossing ?? '']?.vehicle;
      if (vehicle === undefined || !borderLanes.has(lane)) return;
      const standing = on().world.gates.get(id)?.lanes.get(lane)?.standing;
      const isStanding = standing?.plate === vehicle.plate;
      if (passed && isStanding) violate(`${vehicle.id} counts as through ${lane} of ${id}, and stands there`);
      if (!passed && !isStanding && released.has(`${id} ${visit}`))
        violate(`${vehicle.id} is through ${lane} of ${id}, and counts as turned back`);
    });
  }

  const delivered = (): number =>
    Object.values(on().world.stats().exportsDelivered).reduce((sum, count) => sum + count, 0);

  return {
    invariants,
    attach(attached) {
      run = attached;
      invariants.attach(attached);
      for (const gate of attached.gates.values()) watch(gate);
    },
    look() {
      invariants.sweep();
      const [violation] = invariants.violations;
      if (violation !== undefined) violate(`${violation.invariant}: ${violation.gate}: ${violation.detail}`);
      looks += 1;
      if (looks % LOOKS_A_SWEEP !== 0) return;
      for (const [id, gate] of on().gates) {
        const missed = gate.isUp ? missedBy(gate) : [];
        if (missed.length > 0) violate(`${id} has forgotten to look at: ${missed.join(', ')}`);
      }
    },
    isOver: () => delivered() === crossings && invariants.drained().length === 0 && standing() === undefined,
    remains() {
      if (delivered() !== crossings)
        return `${delivered()} of ${crossings} have crossed; ${invariants.drained()[0]}`;
      const [left] = invariants.drained();
      return left ?? standing() ?? null;
    },
    get wrong() {
      return wrong;
    },
  };

  function standing(): string | undefined {
    for (const { config, state } of on().gates.values())
      for (const alarm of Object.values(state.alarms))
        if (alarm.state !== 'returned') return `${alarm.id} stays raised at ${config.gate.id}`;
    return undefined;
  }
}
