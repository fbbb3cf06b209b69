/** `npm run simulate -- …`: hours of traffic at both gates in virtual time, with faults, from one seed. */
import { writeSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { problemsText } from '../config/check.ts';
import { loadConfig } from '../config/load.ts';
import { checkPair } from '../config/pair.ts';

import type { GateConfig } from '../config/schema.ts';
import { systemClock } from '../edge/platform/clock.ts';
import { GateError } from '../edge/platform/errors.ts';
import { fail } from '../edge/platform/process.ts';
import { parseFaults } from './faults.ts';
import { planSite } from './plan.ts';
import { runSimulation } from './simulate/command.ts';
import { EMPTY_SHARE, RETURN_SHARE } from './simulate.ts';

interface Options {
  seed: number;
  hours: number;
  vehiclesPerDay: number;
  empties: number;
  returns: number;
  faults: string;
  config?: string[];
  json?: true;
}

const SEED_MAX = 4_294_967_295;
const HOURS_MAX = 10_000;
const PER_DAY_MAX = 100_000;

function seedOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > SEED_MAX)
    throw new InvalidArgumentError(`Give a whole number from 0 to ${SEED_MAX}.`);
  return value;
}

const upTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0 || value > most)
      throw new InvalidArgumentError(`Give a number above 0 and at most ${most}.`);
    return value;
  };

/** As a share of one. */
function percent(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 100)
    throw new InvalidArgumentError('Give a number from 0 to 100.');
  return value / 100;
}

/** The gates of two files, or the site planned for 2,500 containers a day each way. */
function configsOf(files: readonly string[] | undefined): [GateConfig, GateConfig] {
  if (files === undefined) return planSite();
  const [first, second, ...more] = files;
  if (first === undefined || second === undefined || more.length > 0)
    throw new GateError(
      'SIMULATE_TWO_GATES',
      `--config names ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
      'name the configurations of the two gates, such as --config config/huu-nghi.yaml config/huu-nghi-quan.yaml',
    );
  const configs: [GateConfig, GateConfig] = [loadConfig(first), loadConfig(second)];
  const problems = checkPair(...configs);
  if (problems.length > 0)
    throw new GateError(
      'CONFIG_INVALID',
      `${first} and ${second} do not fit each other\n${problemsText(problems, `${first} and ${second}`)}`,
      `correct them, then check with: gate config check ${first} ${second}`,
    );
  return configs;
}

async function simulate(options: Options): Promise<void> {
  const { seed, hours, vehiclesPerDay, empties, returns, faults, config } = options;
  const plan = {
    configs: configsOf(config),
    seed,
    hours,
    vehiclesPerDay,
    emptyShare: empties,
    returnShare: returns,
    faults: parseFaults(faults),
  };
  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
  });
  process.exitCode = await runSimulation(
    plan,
    { json: options.json === true, reproduce: `npm run simulate -- ${process.argv.slice(2).join(' ')}` },
    {
      out: (text) => writeSync(process.stdout.fd, text),
      err: (text) => process.stderr.write(text),
      isTerminal: process.stderr.isTTY === true,
      clock: systemClock,
      rssBytes: () => process.memoryUsage.rss(),
      isStopped: () => stopped,
    },
  );
}

new Command('simulate')
  .description(
    'Hours of traffic at both gates in virtual time, with faults; exit code 1 if an invariant is violated',
  )
  .option('--seed <n>', 'decides everything that happens by chance', seedOf, 1)
  .option(
    '--hours <n>',
    'virtual hours with traffic and faults; afterwards everything must drain',
    upTo(HOURS_MAX),
    24,
  )
  .option('--vehicles-per-day <n>', 'containers booked in each direction', upTo(PER_DAY_MAX), 2_500)
  .addOption(
    new Option('--empties <percent>', 'of them without goods').argParser(percent).default(EMPTY_SHARE, '10'),
  )
  .addOption(
    new Option('--returns <percent>', 'of the goods refused as they come, and again once they were fetched')
      .argParser(percent)
      .default(RETURN_SHARE, '2'),
  )
  .option('--faults <list>', 'all, none, or kinds with their number an hour: gate-crash,link-down=4', 'all')
  .option('--config <files...>', 'configurations of the two gates, instead of a site of 14 lanes each')
  .option('--json', 'print the summary as one line of JSON')
  .showHelpAfterError()
  .action(simulate)
  .parseAsync()
  .catch(fail);
