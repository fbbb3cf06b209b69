/**
 * Trials of the border: hundreds of small scenes in which one or two containers cross between two gates, each with two things
 * going wrong where a driverless vehicle is let through. The run in virtual time shows whole days; here the lanes at the border are
 * troubled far more often than any day would.
 *
 * Each trial asks: does every invariant hold; is what the gates believe of each vehicle at a barrier what truly became of it; and has
 * everything crossed, and come home, when all is well again.
 */
import type { GateConfig } from '../config/schema.ts';
import { type Random, seededRandom } from '../edge/platform/random.ts';
import { createJudge } from './border-trials/judge.ts';
import { type BorderTrouble, borderTroubles, type Place } from './border-trials/troubles.ts';
import { between, chance, pick } from './faults/fault.ts';
import type { Trials } from './lane-trials.ts';
import { startOperators } from './operators.ts';
import { planSite } from './plan.ts';
import { startVirtualRun, type VirtualGate, type VirtualRun } from './run.ts';

const LOOK_MS = 1_000;
/** As in whole days, only sooner. */
const PEOPLE_LOOK_MS = 3_000;
const PEOPLE_COME_MS = 6_000;
/** From a vehicle's being let go until troubles begin. */
const TROUBLE_WITHIN_MS = 15_000;
const APART_MS_MAX = 60_000;
/** Until everything must have crossed, whatever happened. */
const END_MS_MAX = 60 * 60_000;

type Pair = readonly [GateConfig, GateConfig];

interface Scene {
  configs: Pair;
  /** How many containers go each way. */
  out: number;
  back: number;
}

const SMALL = { lanes: 7, cranes: 2, vehicles: 2 } as const;

/** The two lanes for vehicles without load on one carriageway. */
function tidal([own, other]: Pair): Pair {
  const changed = (config: GateConfig): GateConfig => ({
    ...config,
    lanes: config.lanes.map((lane) =>
      lane.node !== undefined && lane.loads.includes('bobtail') ? { ...lane, tidal: 'middle' } : lane,
    ),
  });
  return [changed(own), other];
}

const SITES: readonly Pair[] = [
  planSite(SMALL),
  planSite({ ...SMALL, alternating: true, trackCapacity: 2 }),
  tidal(planSite(SMALL)),
];

const SCENES: readonly Scene[] = SITES.flatMap((configs) => [
  { configs, out: 1, back: 0 },
  { configs, out: 1, back: 1 },
  { configs, out: 2, back: 0 },
  { configs, out: 2, back: 1 },
]);

/** Makes trials until one goes wrong. Each trouble has its turn; the rest is chance, by `seed`. */
export function tryBorder(seed: number, trials: number): Trials {
  for (let trial = 0; trial < trials; trial += 1) {
    const wrong = tryBorderOnce(seed, trial);
    if (wrong !== null) return { trials: trial + 1, wrong };
  }
  return { trials };
}

/** One of the trials of a seed; what was wrong, or null. `attend` is called at the beginning, for whoever wants to watch. */
export function tryBorderOnce(
  seed: number,
  trial: number,
  attend: (run: VirtualRun) => void = () => {},
): NonNullable<Trials['wrong']> | null {
  const random = seededRandom(seed * 1_000_003 + trial);
  const troubles = troublesOf(random, trial);
  const scene = pick(random, SCENES);
  if (scene === undefined) throw new RangeError('there is no scene');
  const what = tryOnce(scene, seed + trial, random, troubles, attend);
  return what === null ? null : { trial, troubles: troubles.map(({ kind }) => kind), what };
}

function troublesOf(random: Random, trial: number): BorderTrouble[] {
  const first = borderTroubles[trial % borderTroubles.length];
  const second = pick(random, borderTroubles);
  if (first === undefined || second === undefined) return [];
  return trial % 3 === 0 || first === second ? [first] : [first, second];
}

function tryOnce(
  { configs, out, back }: Scene,
  seed: number,
  random: Random,
  troubles: readonly BorderTrouble[],
  attend: (run: VirtualRun) => void,
): string | null {
  const judge = createJudge(out + back);
  const run = startVirtualRun(configs, { seed, keepAll: false, observer: judge.invariants.observer });
  judge.attach(run);
  attend(run);
  const { clock } = run;
  clock.advance(LOOK_MS);
  const [own, other] = configs.map(({ gate }) => gate.id);
  book(run, random, own, out);
  book(run, random, other, back);
  let underWay = 0;
  const begin = (place: Place, { begin: start, lastsMs }: BorderTrouble): void => {
    underWay += 1;
    const heal = start(place);
    clock.after(between(random, ...lastsMs), () => {
      heal();
      underWay -= 1;
    });
  };
  // There and back again: each vehicle is let through four lanes.
  const passages = 4 * (out + back);
  const samePassage = 1 + Math.floor(random.next() * passages);
  const at = countPassages(run, random);
  for (const trouble of troubles) {
    const passage = chance(random, 0.8) ? samePassage : 1 + Math.floor(random.next() * passages);
    const delayMs = chance(random, 0.25) ? 0 : between(random, 0, TROUBLE_WITHIN_MS);
    const moment = chance(random, 0.3) ? 'arrives' : 'is let go';
    at.when(passage, moment, (place) => void clock.after(delayMs, () => begin(place, trouble)));
  }
  clock.every(LOOK_MS, () => judge.look());
  startOperators(run, { lookMs: PEOPLE_LOOK_MS, comeMs: () => PEOPLE_COME_MS });
  clock.runUntil(() => judge.wrong !== null || (underWay === 0 && judge.isOver()), { limitMs: END_MS_MAX });
  const what = judge.wrong ?? judge.remains();
  run.stop();
  return what;
}

/** One after the other, the first at once. */
function book(run: VirtualRun, random: Random, gate: string | undefined, count: number): void {
  let atMs = 0;
  for (let index = 0; index < count && gate !== undefined; index += 1) {
    if (atMs === 0) run.world.export(gate);
    else run.clock.after(atMs, () => void run.world.export(gate));
    atMs += between(random, 1, APART_MS_MAX);
  }
}

type Moment = 'arrives' | 'is let go';

/** Tells when for the so-manieth time a vehicle arrives at a barrier of the border, or is let go there. */
function countPassages(
  run: VirtualRun,
  random: Random,
): { when(count: number, moment: Moment, begin: (place: Place) => void): void } {
  const waiting: { count: number; moment: Moment; begin: (place: Place) => void }[] = [];
  const counts = { arrives: 0, 'is let go': 0 };
  const seen = new Set<string>();

  function happens(
    gate: VirtualGate,
    moment: Moment,
    { lane, visit, crossing }: Record<string, unknown>,
  ): void {
    const place = placeOf(gate, String(lane), String(crossing));
    if (place === undefined || seen.has(`${gate.config.gate.id} ${visit} ${moment}`)) return;
    seen.add(`${gate.config.gate.id} ${visit} ${moment}`);
    counts[moment] += 1;
    for (const one of waiting) if (one.moment === moment && one.count === counts[moment]) one.begin(place);
  }

  function placeOf(gate: VirtualGate, laneId: string, crossing: string): Place | undefined {
    const lane = run.world.gates.get(gate.config.gate.id)?.lanes.get(laneId);
    const { id = '', home: homeId = '' } = gate.state.crossings[crossing]?.vehicle ?? {};
    const vehicle = run.world.gates.get(homeId)?.vehicles.get(id);
    if (lane?.config.node === undefined || vehicle === undefined) return undefined;
    return { run, gate, lane, vehicle, home: run.gate(homeId), random };
  }

  for (const gate of run.gates.values()) {
    gate.onDecision('verdict', (body) => happens(gate, 'arrives', body));
    gate.onDecision('release', (body) => happens(gate, 'is let go', body));
  }
  return { when: (count, moment, begin) => void waiting.push({ count, moment, begin }) };
}
