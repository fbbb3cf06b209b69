/**
 * Trials of a yard: hundreds of small scenes of a few containers, each with two things going wrong at a crane, below it or above it.
 * The run in virtual time shows whole days; here cranes are troubled far more often than any day would, and where each container
 * truly is is known.
 *
 * Each trial asks: is no crane told to move what is not there, or to set down where something stands; is what the gate believes of each
 * container so; is each alarm raised that must be, and none for nothing; does a crane that could work get its job; and does everything
 * come to its place when all is well again.
 */
import type { GateConfig } from '../config/schema.ts';
import type { AlarmCode } from '../edge/core/alarm-catalogue.ts';
import { type Random, seededRandom } from '../edge/platform/random.ts';
import { between, chance, pick } from './faults/fault.ts';
import type { Trials } from './lane-trials.ts';
import { startOperators } from './operators.ts';
import { planSite } from './plan.ts';
import type { Observer } from './run/observer.ts';
import { createJudge } from './yard-trials/judge.ts';
import { type Stage, setStage, type YardScene } from './yard-trials/stage.ts';
import type { YardTrouble } from './yard-trials/trouble.ts';
import { yardTroubles } from './yard-trials/troubles.ts';

/** A job of thirty seconds that takes so long is stuck: the trials do not wait ten minutes for it. */
const CRANE_JOB_MS = 90_000;
/** Troubles begin so long after a job was given … */
const TROUBLE_WITHIN_MS = 40_000;
/** … or, some of them, within this time of the first truck. */
const TROUBLE_ANY_MS = 120_000;
const LOOK_MS = 1_000;
/** As in whole days, only sooner. */
const PEOPLE_LOOK_MS = 3_000;
const PEOPLE_COME_MS = 6_000;
/** From the end of all troubles until everything must be in its place. */
const END_MS_MAX = 20 * 60_000;

type Pair = readonly [GateConfig, GateConfig];

/** Slow jobs are told of sooner than on a real site. */
function impatient(config: GateConfig): GateConfig {
  return { ...config, timeouts: { ...config.timeouts, craneJobMs: CRANE_JOB_MS } };
}

function siteOf(cranes: number): Pair {
  const [own, other] = planSite({ lanes: 7, cranes, vehicles: 2, slotsPerCrane: 4 });
  return [impatient(own), impatient(other)];
}

/** Only there customs' release is demanded. */
function demandingAt(only: 'yard-out' | 'border-out', [own, other]: Pair): Pair {
  const laden = (checkpoint: 'yard-out' | 'border-out') => {
    const left = own.checkpoints[checkpoint].laden.filter((condition) => condition !== 'clearance');
    return {
      ...own.checkpoints[checkpoint],
      laden: checkpoint === only ? [...left, 'clearance' as const] : left,
    };
  };
  const checkpoints = {
    ...own.checkpoints,
    'yard-out': laden('yard-out'),
    'border-out': laden('border-out'),
  };
  return [{ ...own, checkpoints }, other];
}

function scenesOf(): readonly YardScene[] {
  const [one, two] = [siteOf(1), siteOf(2)];
  const alone = ([own]: Pair, exports: number): YardScene => ({ configs: [own], exports, imports: 0 });
  return [
    alone(one, 1),
    alone(one, 2),
    alone(one, 3),
    alone(two, 2),
    alone(two, 3),
    alone(demandingAt('yard-out', one), 3),
    alone(demandingAt('border-out', one), 3),
    { configs: one, exports: 1, imports: 1 },
    { configs: two, exports: 0, imports: 2 },
    { configs: demandingAt('border-out', one), exports: 0, imports: 1 },
  ];
}

/** Makes trials until one goes wrong. Each trouble has its turn; the rest is chance, by `seed`. */
export function tryYard(seed: number, trials: number): Trials {
  for (let trial = 0; trial < trials; trial += 1) {
    const wrong = tryYardOnce(seed, trial);
    if (wrong !== null) return { trials: trial + 1, wrong };
  }
  return { trials };
}

const scenes = scenesOf();

/** One of the trials of a seed; what was wrong, or null. `attend` is called when the stage is set, for whoever wants to watch. */
export function tryYardOnce(
  seed: number,
  trial: number,
  attend: (stage: Stage) => void = () => {},
): NonNullable<Trials['wrong']> | null {
  const random = seededRandom(seed * 1_000_003 + trial);
  const troubles = troublesOf(random, trial);
  const what = tryOnce(sceneOf(random, troubles), seed + trial, random, troubles, attend);
  return what === null ? null : { trial, troubles: troubles.map(({ kind }) => kind), what };
}

/** Those with both gates take several times as long: one in five. */
function sceneOf(random: Random, troubles: readonly YardTrouble[]): YardScene {
  const fitting = scenes.filter((scene) => troubles.every(({ where }) => where?.(scene) !== false));
  const isBoth = chance(random, 0.2);
  const wished = fitting.filter(({ configs }) => (configs.length === 2) === isBoth);
  const scene = pick(random, wished.length > 0 ? wished : fitting);
  if (scene === undefined) throw new RangeError('there is no scene');
  return scene;
}

function troublesOf(random: Random, trial: number): YardTrouble[] {
  const first = yardTroubles[trial % yardTroubles.length];
  const second = pick(random, yardTroubles);
  if (first === undefined || second === undefined) return [];
  return trial % 3 === 0 || first === second ? [first] : [first, second];
}

function tryOnce(
  scene: YardScene,
  seed: number,
  random: Random,
  troubles: readonly YardTrouble[],
  attend: (stage: Stage) => void,
): string | null {
  const judge = createJudge({
    blinded: troubles.some(({ blinds }) => blinds),
    misled: troubles.some(({ lies }) => lies === true),
    may: new Set(troubles.flatMap(({ may }): readonly AlarmCode[] => may)),
    exports: scene.exports,
    imports: scene.imports,
  });
  const jobs = countJobs(judge.observer, scene.configs[0].gate.id);
  const stage = setStage(scene, seed, random, jobs.observer, {
    mustTell: judge.told.mustTell,
    mayTell: judge.told.mayTell,
    byHand: judge.byHand,
  });
  judge.attach(stage);
  attend(stage);
  const { clock } = stage.run;
  let underWay = 0;
  const beginAfter = (delayMs: number, { begin, lastsMs }: YardTrouble, crane: string): void => {
    underWay += 1;
    const start = (): void => {
      const heal = begin(stage, crane);
      clock.after(between(random, ...lastsMs), () => {
        heal();
        underWay -= 1;
      });
    };
    if (delayMs === 0) start();
    else clock.after(delayMs, start);
  };
  const cranes = stage.gate.config.yard.cranes.map(({ device }) => device);
  const jobsInAll = 2 * (scene.exports + scene.imports);
  const sameJob = 1 + Math.floor(random.next() * jobsInAll);
  for (const trouble of troubles) {
    if (chance(random, 0.15)) {
      clock.after(between(random, 0, TROUBLE_ANY_MS), () =>
        beginAfter(0, trouble, pick(random, cranes) ?? ''),
      );
      continue;
    }
    const job = chance(random, 0.7) ? sameJob : 1 + Math.floor(random.next() * jobsInAll);
    // Some just before the command itself leaves.
    const delayMs = chance(random, 0.25) ? 0 : between(random, 0, TROUBLE_WITHIN_MS);
    jobs.when(job, (crane) => beginAfter(delayMs, trouble, crane));
  }
  clock.every(LOOK_MS, () => judge.look());
  startOperators(stage.run, { lookMs: PEOPLE_LOOK_MS, comeMs: () => PEOPLE_COME_MS });
  clock.runUntil(() => judge.wrong !== null || (underWay === 0 && judge.isOver()), { limitMs: END_MS_MAX });
  const what = judge.wrong ?? judge.remains();
  stage.run.stop();
  return what;
}

/** Tells when the gate that is tried has given so many jobs, and to which crane. */
function countJobs(
  observer: Observer,
  own: string,
): {
  observer: Observer;
  when(count: number, run: (crane: string) => void): void;
} {
  const waiting: { count: number; run: (crane: string) => void }[] = [];
  let count = 0;
  return {
    observer: {
      ...observer,
      sent(gate, command) {
        observer.sent?.(gate, command);
        if (command.kind !== 'job' || gate.config.gate.id !== own) return;
        count += 1;
        for (const one of waiting) if (one.count === count) one.run(command.device);
      },
    },
    when: (at, run) => void waiting.push({ count: at, run }),
  };
}
