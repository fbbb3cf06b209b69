/**
 * Trials of a lane: hundreds of small scenes of two or three trucks, each with two other things going wrong. The run in virtual time shows
 * whole days; here one lane is troubled far more often than any day would, and the truth about each driver is known.
 *
 * Each trial asks: did anybody drive in on a green that was for another; is what the gate believes of each truck what truly became
 * of it; is each alarm raised that must be, and none for nothing; and does everybody who was announced get in when all is well again.
 */
import type { GateConfig, LaneConfig } from '../config/schema.ts';
import type { AlarmCode } from '../edge/core/alarm-catalogue.ts';
import { type Random, seededRandom } from '../edge/platform/random.ts';
import { between } from './faults/fault.ts';
import { createJudge, type Judge } from './lane-trials/judge.ts';
import { announce, laneOf, letCome, setStage } from './lane-trials/stage.ts';
import type { LaneTrouble } from './lane-trials/trouble.ts';
import { laneTroubles } from './lane-trials/troubles.ts';
import { planSite } from './plan.ts';

/** What a number of trials has shown. */
export interface Trials {
  /** Trials made, the one with something wrong included. */
  trials: number;
  /** What was wrong first, and in which trial. */
  wrong?: { trial: number; troubles: readonly string[]; what: string };
}

/** Troubles begin within this time of the first truck. */
const TROUBLE_WITHIN_MS = 25_000;
const LOOK_MS = 1_000;
/** From the end of all troubles until everybody must be in. */
const END_MS_MAX = 8 * 60_000;
const SCENES = [
  [true, true],
  [true, false, true],
  [false, true],
  [true, true, true],
] as const;

/**
 * Bays for all who come: nobody takes the trucks on from there. In its lane each needs its booking, plate, container and weight.
 */
export const trialSite = (): GateConfig => planSite({ lanes: 7, cranes: 3, vehicles: 1 })[0];

/** The same, and no reader and no scale in the lane: the plate is all there is to know a truck by. */
function bareSite(): GateConfig {
  const site = trialSite();
  const id = laneOf(site).id;
  return {
    ...site,
    checkpoints: {
      ...site.checkpoints,
      'yard-in': { ...site.checkpoints['yard-in'], laden: ['booking', 'plate', 'bay'] },
    },
    lanes: site.lanes.map((lane) =>
      lane.id === id ? { ...lane, devices: { io: lane.devices.io, camera: lane.devices.camera } } : lane,
    ),
  };
}

/** Makes trials until one goes wrong. Each trouble has its turn; the rest is chance, by `seed`. */
export function tryLane(seed: number, trials: number, sites = [trialSite(), bareSite()]): Trials {
  for (let trial = 0; trial < trials; trial += 1) {
    const random = seededRandom(seed * 1_000_003 + trial);
    const config = sites[Math.floor(random.next() * sites.length)];
    if (config === undefined) break;
    const troubles = troublesOf(random, trial, laneOf(config).devices);
    const what = tryOnce(config, seed + trial, random, troubles);
    if (what !== null)
      return { trials: trial + 1, wrong: { trial, troubles: troubles.map(({ kind }) => kind), what } };
  }
  return { trials };
}

function troublesOf(random: Random, trial: number, devices: LaneConfig['devices']): LaneTrouble[] {
  const possible = laneTroubles.filter(({ wire }) => wire === undefined || devices[wire] !== undefined);
  const first = possible[trial % possible.length];
  const second = possible[Math.floor(random.next() * possible.length)];
  if (first === undefined || second === undefined) return [];
  const isOne = trial % 3 === 0 || first === second || isTooMuch(first, second, devices);
  return isOne ? [first] : [first, second];
}

/** Two troubles with which nobody could know what passes. */
function isTooMuch(first: LaneTrouble, second: LaneTrouble, { scale }: LaneConfig['devices']): boolean {
  if (first.isStory === true || second.isStory === true) return true;
  const both = [
    [first, second],
    [second, first],
  ] as const;
  return both.some(([one, other]) => {
    if (one.isBadSensor) return !(other.isTurningBack && scale !== undefined);
    const isSleightOfHand = one.isTurningBack === true || one.isFromBehind === true;
    return isSleightOfHand && ((other.blinds && !other.isBadSensor) || other.isFromBehind === true);
  });
}

function tryOnce(
  config: GateConfig,
  seed: number,
  random: Random,
  troubles: readonly LaneTrouble[],
): string | null {
  const scene = SCENES[Math.floor(random.next() * SCENES.length)] ?? SCENES[0];
  const judge: Judge = createJudge({
    blinded: troubles.some(({ blinds }) => blinds),
    may: new Set(troubles.flatMap(({ may }): readonly AlarmCode[] => may)),
  });
  const stage = setStage(config, seed, random, scene, judge.observer, judge);
  judge.attach(stage);
  stage.run.clock.advance(1_000);
  announce(stage);
  letCome(stage);
  let underWay = troubles.length;
  for (const { begin, lastsMs, blinds } of troubles) {
    stage.run.clock.after(between(random, 0, TROUBLE_WITHIN_MS), () => {
      const heal = begin(stage);
      const forMs = between(random, ...lastsMs);
      if (blinds) judge.blind(forMs);
      stage.run.clock.after(forMs, () => {
        heal();
        underWay -= 1;
      });
    });
  }
  stage.run.clock.every(LOOK_MS, () => judge.look());
  stage.run.clock.runUntil(() => judge.wrong !== null || underWay === 0, { limitMs: END_MS_MAX });
  stage.run.clock.runUntil(() => judge.wrong !== null || judge.isOver(), { limitMs: END_MS_MAX });
  const what = judge.wrong ?? judge.remains();
  stage.run.stop();
  return what;
}
