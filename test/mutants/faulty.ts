/** Runs in which things go wrong much more often than in life: one kind of fault alone, and all of them together. */
import { faultKinds } from '../../simulator/faults.ts';
import { startSimulation } from '../../simulator/simulate.ts';
import { EXPECTED } from './expected.ts';
import { oneTrack, type Pair, twoTracks } from './sites.ts';

const MINUTE_MS = 60_000;
const HOURS = 0.4;
const PER_DAY = 400;
/** Mean number an hour of the kind that strikes alone. */
const ALONE_PER_HOUR = 40;

/** Kinds of faults, in the order of the catalogue. */
export const kinds: readonly string[] = faultKinds.map(({ kind }) => kind);

/** One kind alone: what is wrong, or null. Alarms are those it must and may bring. */
export function aloneRun(kind: string, seed: number): string | null {
  const raised = new Set<string>();
  const simulation = startSimulation({
    configs: seed % 2 === 0 ? oneTrack() : twoTracks(),
    seed,
    hours: HOURS,
    vehiclesPerDay: PER_DAY,
    faults: new Map([[kind, ALONE_PER_HOUR]]),
  });
  for (const gate of simulation.run.gates.values())
    gate.onDecision('alarm', ({ alarm, state }) => {
      if (state === 'raised') raised.add(String(alarm).split('/')[0] ?? '');
    });
  const failed = finish(simulation);
  if (failed !== null) return `${kind}: ${failed}`;
  const { must, may } = EXPECTED[kind] ?? { must: [], may: [] };
  const missing = must.find((code) => !raised.has(code));
  if (missing !== undefined) return `${kind}: nobody is told ${missing}`;
  const known: ReadonlySet<string> = new Set([...must, ...may]);
  const strange = [...raised].find((code) => !known.has(code));
  return strange === undefined ? null : `${kind}: ${strange} is raised for nothing`;
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

function finish(simulation: ReturnType<typeof startSimulation>): string | null {
  while (simulation.phase !== 'over') simulation.advance(MINUTE_MS);
  const { error } = simulation;
  const { violations } = simulation.finish();
  if (error !== undefined) return String(error);
  const [violation] = violations;
  return violation === undefined ? null : `${violation.invariant}: ${violation.detail}`;
}
