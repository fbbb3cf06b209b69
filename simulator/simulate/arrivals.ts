/** Containers that are booked and brought to a gate: by chance, more by day than by night, most in the rush hours. */
import { type Random, seededRandom } from '../../edge/platform/random.ts';
import type { VirtualRun } from '../run.ts';
import { exponential, streamSeed } from './chance.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How busy each hour of the local day is; their mean is 1. */
const BUSY: readonly number[] = (() => {
  const night = 0.75;
  const day = 1.05;
  const rush = 1.3;
  const hours = Array.from({ length: 24 }, (_, hour) => {
    if (hour < 6 || hour >= 22) return night;
    return (hour >= 8 && hour < 10) || (hour >= 16 && hour < 18) ? rush : day;
  });
  const mean = hours.reduce((sum, one) => sum + one, 0) / 24;
  return hours.map((one) => one / mean);
})();
const BUSIEST = Math.max(...BUSY);

/** Trucks that wait outside a gate before no more are sent to it. */
const WAITING_MAX = 200;
/** Of so many exports customs makes up its mind only after minutes. */
const LATE_RELEASE_SHARE = 0.05;
const LATE_RELEASE_MS_MAX = 1_800_000;

export interface Arrivals {
  /** Containers that would have come while too many trucks waited, and did not. */
  readonly turnedAway: number;
  /** Containers that were booked, at both gates. */
  readonly booked: number;
  /** Nobody new comes, and customs makes up its mind on all who have. */
  stop(): void;
}

/** `perDay`: containers booked at each gate, on average over a whole day; `emptyShare` of them without goods. */
export function startArrivals(
  run: VirtualRun,
  { perDay, emptyShare }: { perDay: number; emptyShare: number },
  seed: number,
): Arrivals {
  let stopped = false;
  let turnedAway = 0;
  let booked = 0;
  /** What customs has not made up its mind on, by container. */
  const undecided = new Map<string, () => void>();

  /** Draws at the busiest hour's rate and lets pass as many as the hour deserves: so the mean is kept. */
  function keepComing(gate: string, random: Random, loads: Random): void {
    const { utcOffset } = run.gate(gate).config.gate;
    const offsetMs = offsetOf(utcOffset);
    run.clock.after(exponential(random, DAY_MS / (perDay * BUSIEST)), () => {
      if (stopped) return;
      const hour = Math.floor((run.clock.nowMs() + offsetMs) / HOUR_MS) % 24;
      if (random.next() * BUSIEST < (BUSY[hour] ?? 1)) arrive(gate, random, loads);
      keepComing(gate, random, loads);
    });
  }

  function arrive(gate: string, random: Random, loads: Random): void {
    if (waitingAt(run, gate) >= WAITING_MAX) {
      turnedAway += 1;
      return;
    }
    if (loads.next() < emptyShare) {
      run.world.export(gate, { load: 'empty' });
      booked += 1;
      return;
    }
    const late = random.next() < LATE_RELEASE_SHARE;
    const container = run.world.export(gate, { release: !late });
    booked += 1;
    if (!late) return;
    const decide = (): void => {
      if (undecided.delete(container)) run.world.setClearance(gate, container, 'released');
    };
    undecided.set(container, decide);
    run.clock.after(random.next() * LATE_RELEASE_MS_MAX, decide);
  }

  for (const gate of run.gates.keys()) {
    const stream = (name: string): Random => seededRandom(streamSeed(seed, `${name} ${gate}`));
    keepComing(gate, stream('arrivals'), stream('loads'));
  }
  return {
    get booked() {
      return booked;
    },
    get turnedAway() {
      return turnedAway;
    },
    stop() {
      stopped = true;
      for (const decide of undecided.values()) decide();
    },
  };
}

/** Trucks in the lanes of a gate and in the queues before them. */
function waitingAt({ world }: VirtualRun, gate: string): number {
  let waiting = 0;
  for (const { config, load } of world.gates.get(gate)?.lanes.values() ?? [])
    if (config.checkpoint === 'yard-in') waiting += load;
  return waiting;
}

/** `+07:00` in milliseconds. */
function offsetOf(utcOffset: string): number {
  const [hours = 0, minutes = 0] = utcOffset.slice(1).split(':').map(Number);
  return (utcOffset.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * 60_000);
}
