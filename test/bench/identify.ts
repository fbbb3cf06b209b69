/**
 * `npm run bench -- identify [SEED]`: who is let through and who is not, over some hundred thousand visits with misread plates and
 * numbers, a fifth of them by vehicles that were not announced but look like one. Draws docs/identification.svg.
 */
import { writeFileSync } from 'node:fs';
import {
  type Candidate,
  defaultIdentifyPolicy,
  type ExpectedIndex,
  type Identified,
  type IdentifyPolicy,
  identify,
  indexOf,
} from '../../edge/core/identify/identify.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { type Random, seededRandom } from '../../edge/platform/random.ts';
import { type Curve, drawCurves } from './identify-chart.ts';
import { type NoisePolicy, type NoiseTally, pick } from './identify-noise.ts';
import { announce, arrive, CHANGED, IMPOSTORS, type Kind, look } from './identify-world.ts';
import { summarise, table, upperBound95 } from './stats.ts';

const EXPECTED = 3_000;
const FRAMES = 3;
/** A character misread in one frame is misread in another one as often as not. */
const CORRELATION = 0.5;
const CONTAINER_VIEWS = 3;
/** Of the visits. */
const IMPOSTOR_SHARE = 0.2;
const VISITS: readonly { accuracy: number; visits: number }[] = [
  { accuracy: 0.99, visits: 100_000 },
  { accuracy: 0.97, visits: 200_000 },
  { accuracy: 0.95, visits: 100_000 },
];
const CURVE = [0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995];
const CURVE_VISITS = 3_000;
const SIDE_VISITS = 8_000;

interface Site {
  pool: Candidate[];
  index: ExpectedIndex;
  random: Random;
}

interface Trial extends Partial<NoisePolicy> {
  accuracy: number;
  policy?: IdentifyPolicy;
  containerViews?: number;
}

/** Passed: matched, every expected identity agrees, and nothing else is there. */
function isPassed({ outcome, plate, trailer, containers, unexpectedContainers }: Identified): boolean {
  return (
    outcome === 'matched' &&
    unexpectedContainers.length === 0 &&
    [plate, trailer, ...containers].every(({ agreement }) => agreement === 'agrees')
  );
}

function siteOf(seed: number): Site {
  const random = seededRandom(seed);
  const pool = announce(EXPECTED, random);
  return { pool, index: indexOf(pool), random };
}

interface Timed {
  tally?: NoiseTally;
  /** Wall time of each identification, microseconds. */
  us?: number[];
}

/** One visit; whether it passed. */
function visit({ pool, index, random }: Site, kind: Kind, trial: Trial, { tally, us }: Timed = {}): boolean {
  const { policy = defaultIdentifyPolicy, containerViews = CONTAINER_VIEWS } = trial;
  const noise: NoisePolicy = { frames: FRAMES, correlation: CORRELATION, ...trial };
  const reads = look(arrive(kind, pool, random), noise, random, containerViews, tally);
  const startMs = systemClock.monotonicMs();
  const identified = identify(reads, pool, policy, index);
  us?.push((systemClock.monotonicMs() - startMs) * 1_000);
  return isPassed(identified);
}

function passedOf(site: Site, kind: Kind, trial: Trial, visits: number): number {
  let passed = 0;
  for (let count = 0; count < visits; count += 1) if (visit(site, kind, trial)) passed += 1;
  return passed;
}

const percent = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;
const whole = (count: number): string => count.toLocaleString('en');
const perHundredThousand = (share: number): string => (share * 100_000).toFixed(share < 0.001 ? 1 : 0);

interface Count {
  visits: number;
  passed: number;
}

function benchVisits(site: Site): void {
  const rows: string[][] = [];
  const kinds: string[][] = [];
  const timed = { tally: { characters: 0, misread: 0, pairs: 0, both: 0 }, us: [] as number[] };
  for (const { accuracy, visits } of VISITS) {
    const counts = new Map<Kind, Count>();
    for (let count = 0; count < visits; count += 1) {
      const kind = site.random.next() < IMPOSTOR_SHARE ? pick(IMPOSTORS, site.random) : 'honest';
      const one = counts.get(kind) ?? { visits: 0, passed: 0 };
      counts.set(kind, one);
      one.visits += 1;
      if (visit(site, kind, { accuracy }, timed)) one.passed += 1;
    }
    const honest = counts.get('honest') ?? { visits: 0, passed: 0 };
    const impostors = IMPOSTORS.map((kind) => ({ kind, ...(counts.get(kind) ?? { visits: 0, passed: 0 }) }));
    const wrong = impostors.reduce((sum, { passed }) => sum + passed, 0);
    const unannounced = impostors.reduce((sum, one) => sum + one.visits, 0);
    const referred = honest.visits - honest.passed;
    rows.push([
      percent(accuracy, 0),
      whole(visits),
      whole(honest.passed),
      whole(referred),
      percent(referred / honest.visits),
      whole(unannounced),
      whole(wrong),
      perHundredThousand(upperBound95(wrong, unannounced)),
    ]);
    kinds.push([
      percent(accuracy, 0),
      ...impostors.map((one) => `${one.passed} of ${whole(one.visits)}`),
      perHundredThousand(upperBound95(0, impostors[0]?.visits ?? 1)),
    ]);
  }
  print(`${FRAMES} frames a camera, ${whole(EXPECTED)} crossings expected`, [
    [
      'accuracy',
      'visits',
      'honest passed',
      'honest referred',
      'of the honest',
      'unannounced',
      'wrongly passed',
      'at most, in 100,000 (95 %)',
    ],
    ...rows,
  ]);
  print('Wrongly passed, by what is like an announced vehicle', [
    ['accuracy', ...IMPOSTORS, 'none of them: at most, in 100,000'],
    ...kinds,
  ]);
  const { tally, us } = timed;
  const { median, p99 } = summarise(us);
  process.stdout.write(
    `\nMisread: ${percent(tally.misread / tally.characters)} of ${whole(tally.characters)} characters; ` +
      `after one in the frame before, ${percent(tally.both / tally.pairs, 1)}.\n` +
      `One identification: median ${median.toFixed(0)} µs, p99 ${p99.toFixed(0)} µs.\n`,
  );
}

/** One identity of three is not the announced one, but like it: what no rule can tell from a misread. */
function benchChanged(site: Site): void {
  const accuracy = 0.97;
  const strict: IdentifyPolicy = { ...defaultIdentifyPolicy, doubtMax: defaultIdentifyPolicy.clearDoubtMax };
  const row = (name: string, policy: IdentifyPolicy): string[] => [
    name,
    percent(1 - passedOf(site, 'honest', { accuracy, policy }, SIDE_VISITS) / SIDE_VISITS),
    ...CHANGED.map((kind) => percent(passedOf(site, kind, { accuracy, policy }, SIDE_VISITS) / SIDE_VISITS)),
  ];
  print('One plate of an announced rig is another, one digit away (97 %): share that passes', [
    ['policy', 'honest referred', ...CHANGED],
    row('default', defaultIdentifyPolicy),
    row('no look-alikes (doubtMax 4)', strict),
  ]);
}

function benchWorlds(site: Site): void {
  const accuracy = 0.97;
  const worlds: [string, Trial][] = [
    ['as above', { accuracy }],
    ['1 frame', { accuracy, frames: 1 }],
    ['2 frames', { accuracy, frames: 2 }],
    ['correlation 0.3', { accuracy, correlation: 0.3 }],
    ['correlation 0.7', { accuracy, correlation: 0.7 }],
    ['every character misread as often as any other', { accuracy, allAlike: true }],
    ['container seen from 2 sides', { accuracy, containerViews: 2 }],
    ['container seen from 1 side', { accuracy, containerViews: 1 }],
  ];
  print('Other worlds, 97 %', [
    ['world', 'honest referred', 'blind twins passed'],
    ...worlds.map(([name, trial]) => [
      name,
      percent(1 - passedOf(site, 'honest', trial, SIDE_VISITS) / SIDE_VISITS),
      `${passedOf(site, 'blind twin', trial, SIDE_VISITS)} of ${whole(SIDE_VISITS)}`,
    ]),
  ]);
}

function benchCurve(site: Site): void {
  const curves: Curve[] = [1, 2, 3].map((frames) => ({
    name: `${frames} ${frames === 1 ? 'frame' : 'frames'} a camera`,
    points: CURVE.map((accuracy) => ({
      accuracy,
      referred: 1 - passedOf(site, 'honest', { accuracy, frames }, CURVE_VISITS) / CURVE_VISITS,
    })),
  }));
  print('Honest vehicles referred', [
    ['accuracy', ...curves.map(({ name }) => name)],
    ...CURVE.map((accuracy, at) => [
      percent(accuracy, 1),
      ...curves.map(({ points }) => percent(points[at]?.referred ?? Number.NaN, 1)),
    ]),
  ]);
  writeFileSync(new URL('../../docs/identification.svg', import.meta.url), drawCurves(curves));
}

function print(title: string, rows: string[][]): void {
  process.stdout.write(`\n${title}\n\n${table(rows)}\n`);
}

export async function run(): Promise<void> {
  const [, seed = '7'] = process.argv.slice(2);
  const startMs = systemClock.monotonicMs();
  benchVisits(siteOf(Number(seed)));
  benchChanged(siteOf(Number(seed) + 1));
  benchWorlds(siteOf(Number(seed) + 2));
  benchCurve(siteOf(Number(seed) + 3));
  const site = siteOf(Number(seed));
  const indexMs = systemClock.monotonicMs();
  indexOf(site.pool);
  const endMs = systemClock.monotonicMs();
  process.stdout.write(
    `\nIndex of ${whole(EXPECTED)}: ${(endMs - indexMs).toFixed(0)} ms. ` +
      `Seed ${seed}, ${((endMs - startMs) / 1_000).toFixed(0)} s.\n`,
  );
}
