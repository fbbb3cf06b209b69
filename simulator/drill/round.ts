/** One round of a drill: containers are sent from both gates, and everything must drain. The run ends at the first thing that is wrong. */
import type { GateConfig } from '../../config/schema.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import { createInvariants, type Violation } from '../invariants.ts';
import { startVirtualRun, type VirtualRun } from '../run.ts';
import { VEHICLE_SPEED_MPS } from '../world/durations.ts';
import { noteUsed } from './places.ts';

export interface Round {
  /** What came out: all of it drained, something was wrong, nothing moved any more, or there was no time to see the end. */
  end: 'drained' | 'violated' | 'stuck' | 'unfinished';
  violations: readonly Violation[];
  /** What is left in yards and section. */
  left: readonly string[];
  /** Containers that left the other side. */
  crossings: number;
  /** As it stood at the end. */
  run: VirtualRun;
}

export interface RoundOptions {
  configs: readonly [GateConfig, GateConfig];
  /** Containers sent from each gate, all at once. */
  perGate: number;
  /**
   * `full`: customs releases no export until nothing moves any more, so that both yards are as full as they get.
   * `trouble`: the link is cut while vehicles are on their way, and then each gate dies for a moment.
   */
  kind: 'full' | 'plain' | 'trouble';
  /** Places seen in use are added. */
  used: Set<string>;
  /** Of the real world; at this time of it the round is broken off. */
  clock: Clock;
  untilMs: number;
  /** Before the first event: tests break the world here. */
  prepare?(run: VirtualRun): void;
}

const MINUTE_MS = 60_000;
/** Between two looks at who uses what. A lane is in use for seconds. */
const LOOK_MS = 700;
/** Nothing moves for so long: customs is waited for. */
const FULL_AFTER_MS = 10 * MINUTE_MS;
/** Nothing moves for so long, and customs has released all: it never will. A battery is charged within, an edge of the road driven. */
const STUCK_AFTER_MS = 180 * MINUTE_MS;
/** Times the longest edge of the road, which a vehicle drives without being seen to move. */
const LONGEST_EDGES = 2;
/** Entries a minute are written all the time; so the looks fall beside them. */
const OFFSET_MS = 333;
const LINK_CUT_MS = 3 * MINUTE_MS;
const DOWN_MS = 20_000;

/** Runs it to its end. */
export function runRound({ configs, perGate, kind, used, clock, untilMs, prepare }: RoundOptions): Round {
  const invariants = createInvariants();
  const run = startVirtualRun(configs, { keepAll: false, observer: invariants.observer });
  invariants.attach(run);
  prepare?.(run);
  const stuckAfterMs = Math.max(STUCK_AFTER_MS, LONGEST_EDGES * longestEdgeMs(configs[0]));
  const withheld: { gate: string; container: string }[] = [];
  for (const gate of run.gates.keys())
    for (let sent = 0; sent < perGate; sent += 1) {
      const container = run.world.export(gate, { release: kind !== 'full' });
      if (kind === 'full') withheld.push({ gate, container });
    }
  if (kind === 'trouble') planTrouble(run);

  run.clock.every(LOOK_MS, () => {
    for (const gate of run.gates.values()) noteUsed(gate, used);
  });
  let end: Round['end'] | undefined;
  let left: string[] = [];
  let moved = { picture: '', atMs: 0 };
  function look(): void {
    invariants.sweep();
    if (invariants.violations.length > 0) {
      end = 'violated';
      return;
    }
    left = invariants.drained();
    if (left.length === 0) {
      end = 'drained';
      return;
    }
    const nowMs = run.clock.monotonicMs();
    const picture = pictureOf(run);
    if (picture !== moved.picture) moved = { picture, atMs: nowMs };
    const standsMs = nowMs - moved.atMs;
    if (withheld.length > 0) {
      if (standsMs < FULL_AFTER_MS) return;
      for (const { gate, container } of withheld.splice(0))
        run.world.setClearance(gate, container, 'released');
      moved = { picture: '', atMs: nowMs };
    } else if (standsMs >= stuckAfterMs) end = 'stuck';
  }
  run.clock.advance(OFFSET_MS);
  while (end === undefined) {
    run.clock.runUntil(() => invariants.violations.length > 0, { limitMs: MINUTE_MS });
    look();
    if (end === undefined && clock.monotonicMs() >= untilMs) end = 'unfinished';
  }
  run.stop();
  const { exportsDelivered } = run.world.stats();
  const crossings = Object.values(exportsDelivered).reduce((sum, one) => sum + one, 0);
  return { end, violations: invariants.violations, left, crossings, run };
}

/**
 * Where every vehicle, container and truck is; as long as that changes, something moves. What the gates write does not count: an offer
 * that nobody grants is withdrawn and made again for ever.
 */
function pictureOf({ world }: VirtualRun): string {
  const { trucksInside, exportsDelivered } = world.stats();
  const places = [...world.vehicleAt(), ...world.whereIs()].map(([what, at]) => `${what} ${at}`);
  return [...places, JSON.stringify([trucksInside, exportsDelivered])].join('\n');
}

/** First the link, then one gate, then the other; each once the first vehicles are on their way. */
function planTrouble(run: VirtualRun): void {
  const { clock } = run;
  const stop = clock.every(1_000, () => {
    const onSection = [...run.gates.values()].some(({ state }) =>
      Object.values(state.crossings).some(({ lineClear }) => lineClear?.used === true),
    );
    if (!onSection) return;
    stop();
    run.link(false);
    clock.after(LINK_CUT_MS, () => run.link(true));
    let afterMs = LINK_CUT_MS + MINUTE_MS;
    for (const gate of run.gates.values()) {
      clock.after(afterMs, () => gate.crash(DOWN_MS));
      afterMs += MINUTE_MS;
    }
  });
}

function longestEdgeMs({ map }: GateConfig): number {
  const nodes = new Map(map.nodes.map((node) => [node.id, node]));
  let longest = 0;
  for (const { from, to, speedMaxMps } of map.edges) {
    const [a, b] = [nodes.get(from), nodes.get(to)];
    if (a === undefined || b === undefined) continue;
    longest = Math.max(
      longest,
      (Math.hypot(a.x - b.x, a.y - b.y) / Math.min(speedMaxMps, VEHICLE_SPEED_MPS)) * 1_000,
    );
  }
  return longest;
}
