/** Runs in which things go wrong much more often than in life: one kind of fault alone, and all of them together. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import { faultKinds } from '../../simulator/faults.ts';
import { type Simulation, startSimulation } from '../../simulator/simulate.ts';
import { EXPECTED, type Expected, TOGETHER } from './expected.ts';
import { oneTrack, type Pair, twoTracks } from './sites.ts';

const MINUTE_MS = 60_000;
const HOURS = 0.4;
const PER_DAY = 400;
/** Mean number an hour of the kind that strikes alone. */
const ALONE_PER_HOUR = 40;
const TOGETHER_HOURS = 0.6;
const TOGETHER_PER_DAY = 500;
/** Seeds whose traffic is known: what must happen in them happens. */
const GOODS_ALONE = { emptyShare: 0, returnShare: 0 };
/** From the healing of the last fault; and what people see to meanwhile. With the core as it is, half of it is enough. */
const DRAINED_MINUTES_MAX = 60;
const MATTERS_MAX = 150;

/** Kinds of faults, in the order of the catalogue. */
export const kinds: readonly string[] = faultKinds.map(({ kind }) => kind);

/** One kind alone: what is wrong, or null. Alarms are those it must and may bring. */
export function aloneRun(kind: string, seed: number): string | null {
  const simulation = startSimulation({
    configs: seed % 2 === 0 ? oneTrack() : twoTracks(),
    seed,
    hours: HOURS,
    vehiclesPerDay: PER_DAY,
    ...GOODS_ALONE,
    faults: new Map([[kind, ALONE_PER_HOUR]]),
  });
  const wrong = expectedRun(simulation, EXPECTED[kind] ?? { must: [], may: [] });
  return wrong === null ? null : `${kind}: ${wrong}`;
}

/** Kinds that make each other worse; with this seed they must bring `also`, too. It must drain in time, and people must not be needed again and again. */
export function togetherRun(
  name: keyof typeof TOGETHER,
  configs: Pair,
  seed: number,
  also: readonly AlarmCode[] = [],
): string | null {
  const simulation = startSimulation({
    configs,
    seed,
    hours: TOGETHER_HOURS,
    vehiclesPerDay: TOGETHER_PER_DAY,
    ...GOODS_ALONE,
    faults: new Map(Object.entries(TOGETHER[name].faults)),
  });
  const { must, may } = TOGETHER[name];
  const wrong = expectedRun(simulation, { must: [...must, ...also], may });
  return wrong === null ? null : `faults of ${name}, seed ${seed}: ${wrong}`;
}

function expectedRun(simulation: Simulation, { must, may }: Expected): string | null {
  const raised = new Set<string>();
  for (const gate of simulation.run.gates.values())
    gate.onDecision('alarm', ({ alarm, state }) => {
      if (state === 'raised') raised.add(String(alarm).split('/')[0] ?? '');
    });
  const failed = finish(simulation);
  if (failed !== null) return failed;
  const missing = must.find((code) => !raised.has(code));
  if (missing !== undefined) return `nobody is told ${missing}`;
  const known: ReadonlySet<string> = new Set([...must, ...may]);
  const strange = [...raised].find((code) => !known.has(code));
  return strange === undefined ? null : `${strange} is raised for nothing`;
}

/** All kinds, each `times` as often as it is by default. */
export function mixedRun(configs: Pair, seed: number, times: number): string | null {
  return finish(
    startSimulation({
      configs,
      seed,
      hours: HOURS,
      vehiclesPerDay: PER_DAY,
      faults: new Map(faultKinds.map(({ kind, perHour }) => [kind, perHour * times])),
    }),
  );
}

function finish(simulation: Simulation): string | null {
  while (simulation.phase !== 'over') simulation.advance(MINUTE_MS);
  const { error } = simulation;
  const { violations, drainedAfterMinutes, operatorMatters } = simulation.finish();
  if (error !== undefined) return String(error);
  const [violation] = violations;
  if (violation !== undefined) return `${violation.invariant}: ${violation.detail}`;
  if (drainedAfterMinutes === null || drainedAfterMinutes > DRAINED_MINUTES_MAX)
    return `drained after ${drainedAfterMinutes} minutes`;
  return operatorMatters > MATTERS_MAX ? `people had to see to ${operatorMatters} matters` : null;
}
