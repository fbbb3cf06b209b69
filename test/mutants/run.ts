/**
 * `npm run mutants`: makes each mutation of the gate's judgement in turn and runs the proofs over it, each in a process of
 * its own. Prints who was noticed, by what; every survivor must be explained in survivors.json. `--only TEXT,TEXT` limits the files,
 * `--parallel N` how many processes run at once.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../edge/platform/clock.ts';
import { table } from '../bench/stats.ts';
import { type Mutation, mutationsOf } from './mutations.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The interlock, and the guards of border, lanes, yard and crossings. */
const FILES = [
  'interlock.ts',
  'interlock-lane.ts',
  'interlock-vehicle.ts',
  'interlock-yard.ts',
  'border.ts',
  'border-host.ts',
  'tracks.ts',
  'lane.ts',
  'lane-hours.ts',
  'lane-passage.ts',
  'lane-watch.ts',
  'yard.ts',
  'jobs.ts',
  'crossing.ts',
  'refuge.ts',
].map((name) => `edge/core/${name}`);

/** A mutant that makes the core run for ever is noticed, too. */
const TIMEOUT_MS = 300_000;
const NOTICED_MIN = 0.95;

interface Survivor {
  file: string;
  text: string;
  why: string;
}

interface Outcome {
  mutation: Mutation;
  /** What noticed it; undefined: nothing did. */
  by: string | undefined;
  seconds: number;
}

const survivors = JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8')) as Survivor[];

function prove(mutation: Mutation): Promise<Outcome> {
  const startMs = systemClock.monotonicMs();
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--import',
        './test/mutants/hook.ts',
        'test/mutants/noticed.ts',
      ],
      {
        cwd: root,
        env: { ...process.env, GATE_MUTATION: JSON.stringify(mutation) },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const seconds = (systemClock.monotonicMs() - startMs) / 1_000;
      const said = output.trim().split('\n').at(-1) ?? '';
      const threw = errors
        .split('\n')
        .find((line) => /^\s*\w*Error/.test(line))
        ?.trim();
      const by =
        code === 0 ? undefined : signal !== null ? 'never came to an end' : said || (threw ?? 'it failed');
      resolve({ mutation, by, seconds });
    });
  });
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

const only = option('only');
const parallel = Number(option('parallel') ?? availableParallelism());
if (!Number.isInteger(parallel) || parallel < 1)
  throw new RangeError('--parallel takes a whole number from 1');
const mutations = FILES.filter(
  (file) => only === undefined || only.split(',').some((text) => file.includes(text)),
).flatMap((file) => {
  try {
    return mutationsOf(file, readFileSync(new URL(file, `file://${root}`), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
});

const honest = await prove({ ...(mutations[0] as Mutation), start: 0, end: 0, replacement: '' });
if (honest.by !== undefined) {
  process.stderr.write(`the proofs fail without any mutation: ${honest.by}\n`);
  process.exit(1);
}

const outcomes: Outcome[] = [];
const waiting = [...mutations];
async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const outcome = await prove(next);
    outcomes.push(outcome);
    const { mutation, by, seconds } = outcome;
    process.stderr.write(
      `${outcomes.length}/${mutations.length} ${by === undefined ? 'SURVIVED' : 'noticed'} ${seconds.toFixed(1)} s ${mutation.file}:${mutation.line} ${mutation.what} ${by ?? mutation.text}\n`,
    );
  }
}
await Promise.all(Array.from({ length: parallel }, work));

outcomes.sort(
  (a, b) =>
    FILES.indexOf(a.mutation.file) - FILES.indexOf(b.mutation.file) || a.mutation.start - b.mutation.start,
);
const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
const why = ({ file, text }: Mutation): string =>
  survivors.find((one) => one.file === file && one.text === text)?.why ?? 'NOT EXPLAINED';
const rows = outcomes.map(({ mutation, by }) => [
  `${mutation.file.replace('edge/core/', '')}:${mutation.line}`,
  mutation.what,
  short(mutation.text),
  by === undefined ? `survived: ${why(mutation)}` : short(by),
]);
process.stdout.write(`${table([['where', 'what', 'text', 'noticed by'], ...rows])}\n`);
const noticed = outcomes.filter(({ by }) => by !== undefined).length;
const unexplained = outcomes.filter(
  ({ by, mutation }) => by === undefined && why(mutation) === 'NOT EXPLAINED',
).length;
process.stdout.write(
  `\n${noticed} of ${outcomes.length} noticed (${((noticed / outcomes.length) * 100).toFixed(1)} %), ${outcomes.length - noticed} survived, ${unexplained} of them unexplained\n`,
);
process.exitCode = noticed / outcomes.length >= NOTICED_MIN && unexplained === 0 ? 0 : 1;
