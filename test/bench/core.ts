/**
 * `npm run bench -- core`: how fast the core decides. The core alone, over inputs recorded from a run in virtual time; its cost
 * by the number of lanes; both gates with everything around them, with and without faults; and what a month leaves in memory.
 */
import type { GateConfig } from '../../config/schema.ts';
import { step } from '../../edge/core/gate.ts';
import type { AdmittedInput } from '../../edge/core/input.ts';
import { initialState, snapshot } from '../../edge/core/state.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { parseFaults } from '../../simulator/faults.ts';
import { planSite } from '../../simulator/plan.ts';
import { startVirtualRun } from '../../simulator/run.ts';
import { startSimulation } from '../../simulator/simulate.ts';
import { summarise, table } from './stats.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Runs of each thing, alternating. */
const ROUNDS = 3;
/** Each takes more than a minute. */
const DAYS = 3;

/** Containers each way for `hours`, evenly; every input of the first gate, as it was admitted. */
function recordInputs(configs: readonly GateConfig[], perDay: number, hours: number): AdmittedInput[] {
  const inputs: AdmittedInput[] = [];
  const [first] = configs;
  const run = startVirtualRun(configs, {
    keepAll: false,
    observer: {
      stepped(gate, input) {
        if (gate.config === first) inputs.push({ ...input, at: gate.state.now } as AdmittedInput);
      },
    },
  });
  run.clock.every(DAY_MS / perDay, () => {
    for (const id of run.gates.keys()) run.world.export(id);
  });
  run.clock.advance(hours * HOUR_MS);
  run.stop();
  return inputs;
}

/** Wall time of stepping a fresh core through all of them, microseconds an input. */
function stepAll(inputs: readonly AdmittedInput[]): number {
  const state = initialState();
  const startMs = systemClock.monotonicMs();
  for (const input of inputs) step(state, input);
  return ((systemClock.monotonicMs() - startMs) * 1_000) / inputs.length;
}

function benchSizes(): void {
  const sizes = [7, 8, 14, 64].map((lanes) => {
    const configs = planSite({ lanes, cranes: 8, vehicles: 20 });
    return { lanes, inputs: recordInputs(configs, 600, 6), us: [] as number[] };
  });
  for (const { inputs } of sizes) stepAll(inputs);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const size of sizes) size.us.push(stepAll(size.inputs));
  const base = summarise(sizes[0]?.us ?? []).median;
  const rows = sizes.map(({ lanes, inputs, us }) => {
    const { median, p99 } = summarise(us);
    const perSecond = Math.round(1_000_000 / median).toLocaleString('en');
    return [
      String(lanes),
      String(inputs.length),
      median.toFixed(2),
      p99.toFixed(2),
      perSecond,
      (median / base).toFixed(2),
    ];
  });
  print('The core alone, the same traffic (600 a day each way, 6 h) on sites of different size', [
    ['lanes', 'inputs', 'µs an input, median', 'worst round', 'inputs/s', 'against 7 lanes'],
    ...rows,
  ]);
}

/** Wall time of `hours` with traffic and faults, the end in which all drains left out; milliseconds. */
function simulateHours(seed: number, hours: number, faults: 'none' | 'all') {
  const simulation = startSimulation({
    configs: planSite(),
    seed,
    hours: hours + 1,
    vehiclesPerDay: 2_500,
    faults: parseFaults(faults),
  });
  const startMs = systemClock.monotonicMs();
  simulation.advance(hours * HOUR_MS);
  const wallMs = systemClock.monotonicMs() - startMs;
  return { wallMs, summary: simulation.finish() };
}

function benchSimulation(): void {
  // A whole day: its busiest hours are a third above its mean.
  const hours = 24;
  const ratios = { none: [] as number[], all: [] as number[] };
  const inputs = { none: [] as number[], all: [] as number[] };
  for (let round = 0; round < DAYS; round += 1) {
    for (const faults of ['none', 'all'] as const) {
      const { wallMs, summary } = simulateHours(7 + round, hours, faults);
      if (summary.violations.length > 0) throw new Error(JSON.stringify(summary.violations[0]));
      ratios[faults].push((hours * HOUR_MS) / wallMs);
      inputs[faults].push((summary.inputs / wallMs) * 1_000);
    }
  }
  print('Both gates, world, links, people, invariants; 2,500 vehicles a day each way, one process', [
    ['faults', 'simulated ÷ wall, median', 'lowest', 'inputs/s, median'],
    ...(['none', 'all'] as const).map((faults) => [
      faults,
      summarise(ratios[faults]).median.toFixed(0),
      Math.min(...ratios[faults]).toFixed(0),
      Math.round(summarise(inputs[faults]).median).toLocaleString('en'),
    ]),
  ]);
}

/** A month of light traffic on the smallest site: what is kept must not grow. */
function benchMonth(): void {
  const configs = planSite({ lanes: 7, cranes: 1, vehicles: 4 });
  const run = startVirtualRun(configs, { keepAll: false });
  run.clock.every(DAY_MS / 200, () => {
    for (const id of run.gates.keys()) run.world.export(id);
  });
  const rows: string[][] = [];
  for (const day of [1, 5, 10, 20, 30]) {
    run.clock.advanceTo(Date.UTC(2026, 0, 1) + day * DAY_MS);
    global.gc?.();
    const states = [...run.gates.values()].map((gate) => snapshot(gate.state).length / 1024);
    const heapMb = process.memoryUsage().heapUsed / 1024 / 1024;
    rows.push([String(day), heapMb.toFixed(1), ...states.map((kb) => kb.toFixed(0))]);
  }
  run.stop();
  print('A month, 200 containers a day each way', [
    ['day', 'heap, MB', ...configs.map(({ gate }) => `state of ${gate.id}, kB`)],
    ...rows,
  ]);
}

function print(title: string, rows: string[][]): void {
  process.stdout.write(`\n${title}\n\n${table(rows)}\n`);
}

export async function run(): Promise<void> {
  benchSizes();
  benchSimulation();
  benchMonth();
}
