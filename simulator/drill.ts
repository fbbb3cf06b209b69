/**
 * A drill: the gate's own decisions, interlock included, over one site's lanes, tracks, bays, slots and cranes, in virtual time and
 * without faults of devices. A site on which two could both believe they own something, or from which traffic cannot drain,
 * shows it here before it shows it on the road.
 */
import { checkConfig } from '../config/check.ts';
import { UNTOLD } from '../config/policy.ts';
import { type Problem, pathText } from '../config/problem.ts';
import type { Checkpoint, Condition, GateConfig } from '../config/schema.ts';
import type { Clock } from '../edge/platform/clock.ts';
import { mirrorOf } from './drill/mirror.ts';
import { type DrillPlace, placesOf, unusedFirst } from './drill/places.ts';
import { type Round, type RoundOptions, runRound } from './drill/round.ts';
import { standstillsOf } from './drill/standstill.ts';
import type { VirtualRun } from './run.ts';

export interface DrillOptions {
  /** Of the real world: the drill ends after {@link DRILL_MS_MAX} of it, however large the site. */
  clock: Clock;
  /** Told at the beginning of each round, for people who wait. */
  onProgress?(text: string): void;
  /** Before the first event of each round: tests break the world here. */
  prepare?(run: VirtualRun): void;
}

export interface DrillResult {
  problems: Problem[];
  /** What a person should know, and no reason to refuse. */
  notes: string[];
  /** Containers that crossed, all rounds together. */
  crossings: number;
}

/** Longest time of the real world that a drill takes, but for the look at what was going on when it passed. */
export const DRILL_MS_MAX = 20_000;
/** In the rounds that only look for places not used yet. */
const PLAIN_PER_GATE_MIN = 6;
const PLAIN_PER_GATE_MAX = 40;
/** In the round with trouble. */
const TROUBLE_PER_GATE = 6;
/** More than the yard holds, so that trucks wait outside, too. */
const WAITING_OUTSIDE = 4;
const FULL_PER_GATE_MAX = 120;
const PROBLEMS_TOLD = 8;
const PLACES_TOLD = 20;

/** The gate against its own mirror image: the other side of its map, equipped as it is itself. */
export function drillAlone(config: GateConfig, options: DrillOptions): DrillResult {
  const mirror = mirrorOf(config);
  const { problems } = checkConfig(JSON.stringify(mirror));
  if (problems.length > 0)
    return {
      problems: problems.map(({ problem }) => ({
        path: 'map',
        problem: `the map shows no ground of ${mirror.gate.id} on which a gate like this one could work: ${problem}`,
        remedy: `draw both sides of the border in the map, the same at both gates, or check both files together`,
      })),
      notes: [],
      crossings: 0,
    };
  return drill([config, mirror], [config], options);
}

/** Two gates that are each other's counterpart and agree (see `checkPair`). */
export const drillPair = (one: GateConfig, other: GateConfig, options: DrillOptions): DrillResult =>
  drill([one, other], [one, other], options);

/** `judged`: the gates whose places must all have been used. */
function drill(
  gates: readonly [GateConfig, GateConfig],
  judged: readonly GateConfig[],
  { clock, onProgress, prepare }: DrillOptions,
): DrillResult {
  const untilMs = clock.monotonicMs() + DRILL_MS_MAX;
  const used = new Set<string>();
  const places = judged.flatMap(placesOf);
  const unused = (): DrillPlace[] => places.filter(({ key }) => !used.has(key));
  const result: DrillResult = { problems: [], notes: [], crossings: 0 };
  const [one, other] = [drillable(gates[0]), drillable(gates[1])];

  function round(title: string, given: Pick<RoundOptions, 'configs' | 'perGate' | 'kind'>): Round['end'] {
    onProgress?.(`${title} (${places.length - unused().length} of ${places.length} places used)`);
    const done = runRound({ ...given, used, clock, untilMs, ...(prepare !== undefined && { prepare }) });
    result.crossings += done.crossings;
    result.problems.push(...problemsOf(done, judged));
    return done.end;
  }

  const slots = Math.max(...gates.map(({ yard }) => yard.slots.length));
  let end = round('trouble with link and gates', {
    configs: [one, other],
    perGate: TROUBLE_PER_GATE,
    kind: 'trouble',
  });
  if (end === 'drained')
    end = round('full yards', {
      configs: [one, other],
      perGate: Math.min(slots + WAITING_OUTSIDE, FULL_PER_GATE_MAX),
      kind: 'full',
    });
  // The gate takes the first of several free places: as long as that brings others into use, those come first.
  for (let before = places.length; end === 'drained'; ) {
    const left = unused();
    if (left.length === 0 || left.length === before) break;
    before = left.length;
    const perGate = Math.min(Math.max(left.length, PLAIN_PER_GATE_MIN), PLAIN_PER_GATE_MAX);
    const configs: [GateConfig, GateConfig] = [unusedFirst(one, used), unusedFirst(other, used)];
    end = round('places not used yet', { configs, perGate, kind: 'plain' });
  }
  if (end === 'unfinished')
    result.notes.push(
      `the drill was broken off after ${DRILL_MS_MAX / 1_000} s, with nothing wrong until then: ` +
        `${places.length - unused().length} of ${places.length} lanes, tracks, bays, slots and cranes were seen in use`,
    );
  else if (end === 'drained')
    result.problems.push(...unused().slice(0, PLACES_TOLD).map(neverUsed(result.crossings)));
  return result;
}

/**
 * The same gate with all lanes open round the clock, a charger at every park, and officers who have always looked already: a drill asks
 * who owns what, and not whether it is open now, how far a battery lasts, or how long people take.
 */
const drillable = (config: GateConfig): GateConfig => ({
  ...config,
  checkpoints: withoutOfficers(config),
  lanes: config.lanes.map(({ hours: _, tidal: __, ...lane }) => lane),
  map: {
    ...config.map,
    nodes: config.map.nodes.map((node) => (node.role === 'park' ? { ...node, charger: true } : node)),
  },
});

/** What the site has its officers look at, there being no device in every lane that tells it. */
function withoutOfficers({ checkpoints, lanes, reconciliation }: GateConfig): GateConfig['checkpoints'] {
  const { conditions = [] } = reconciliation?.substitutes ?? {};
  const among = (name: Checkpoint, asked: readonly Condition[]): Condition[] => {
    const isSeen = lanes.every((lane) => lane.checkpoint !== name || lane.devices.rearCamera !== undefined);
    const isLookedAt = (condition: Condition): boolean =>
      conditions.includes(condition) && (UNTOLD.has(condition) || (condition === 'trailer' && !isSeen));
    return asked.filter((condition) => !isLookedAt(condition));
  };
  const at = (name: Checkpoint): GateConfig['checkpoints'][Checkpoint] => {
    const { laden, bobtail, empty, return: back } = checkpoints[name];
    return {
      laden: among(name, laden),
      bobtail: among(name, bobtail),
      ...(empty !== undefined && { empty: among(name, empty) }),
      ...(back !== undefined && { return: among(name, back) }),
    };
  };
  return {
    'yard-in': at('yard-in'),
    'yard-out': at('yard-out'),
    'border-out': at('border-out'),
    'border-in': at('border-in'),
  };
}

const WHY_UNUSED: Record<DrillPlace['what'], string> = {
  lane: 'nothing comes there',
  track: 'nothing comes in on it',
  bay: 'nothing is sent there',
  slot: 'no crane brings anything there',
  crane: 'it had no job',
};

const neverUsed =
  (crossings: number) =>
  ({ gate, what, id, path }: DrillPlace): Problem => ({
    path: pathText(path),
    problem: `${gate}: ${what} "${id}" was never used in ${crossings} crossings, though it was free: ${WHY_UNUSED[what]}`,
    remedy: `make a way to it on the map or below the cranes, or remove it`,
  });

const DEFECTS: Record<string, string> = {
  I1: 'a movement began while something stood against it',
  I2: 'two owned one place',
  I4: 'a move was not made exactly once on each side',
};
const OWN_PLACES =
  'give each lane, track, bay and slot a place of its own on the map, and each its own devices';
const REPORT_IT = 'this looks like a fault of the program, not of the file: please report it with the file';

function problemsOf(round: Round, judged: readonly GateConfig[]): Problem[] {
  switch (round.end) {
    case 'drained':
    case 'unfinished':
      return [];
    case 'violated':
      return round.violations.slice(0, PROBLEMS_TOLD).map(({ invariant, gate, detail }) => ({
        path: invariant === 'I2' ? 'map' : '',
        problem: `${gate}: ${DEFECTS[invariant] ?? 'an invariant was violated'} (${invariant}): ${detail}`,
        remedy: DEFECTS[invariant] === undefined ? REPORT_IT : OWN_PLACES,
      }));
    case 'stuck': {
      const found = standstillsOf(round.run, judged).slice(0, PROBLEMS_TOLD);
      if (found.length > 0) return found;
      return [
        {
          path: 'section',
          problem: `what is in the yards and on the section does not drain: ${round.left.join('; ')}`,
          remedy: 'see "The drill" in docs/configuration.md',
        },
      ];
    }
  }
}
