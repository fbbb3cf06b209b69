/** `npm run seeds -- …`: simulations of seeds that nobody has seen before, one after the other; those that fail print how to see them again. */
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config/load.ts';
import type { GateConfig } from '../config/schema.ts';
import { systemClock } from '../edge/platform/clock.ts';
import { fail } from '../edge/platform/process.ts';
import { systemRandom } from '../edge/platform/random.ts';
import { parseFaults } from './faults.ts';
import { runSimulation } from './simulate/command.ts';

interface Options {
  count: number;
  from?: number;
  faults: string;
}

const SEED_END = 2 ** 32;
const COUNT_MAX = 1_000_000;
/** The site as it is shipped, one crane a gate, for twenty minutes: a second a seed. */
const FILES = ['config/huu-nghi.yaml', 'config/huu-nghi-quan.yaml'] as const;
const HOURS = 1 / 3;
const VEHICLES_PER_DAY = 400;

const wholeBelow =
  (end: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0 || value >= end)
      throw new InvalidArgumentError(`Give a whole number from 0 to ${end - 1}.`);
    return value;
  };

async function runSeeds({ count, from, faults }: Options): Promise<void> {
  const configs: [GateConfig, GateConfig] = [loadConfig(FILES[0]), loadConfig(FILES[1])];
  const rates = parseFaults(faults);
  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
  });
  let run = 0;
  let failed = 0;
  for (; run < count && !stopped; run += 1) {
    const seed = from === undefined ? Math.floor(systemRandom.next() * SEED_END) : (from + run) % SEED_END;
    const exitCode = await runSimulation(
      { configs, seed, hours: HOURS, vehiclesPerDay: VEHICLES_PER_DAY, faults: rates },
      {
        json: true,
        reproduce:
          `npm run simulate -- --seed ${seed} --hours ${HOURS} --vehicles-per-day ${VEHICLES_PER_DAY} ` +
          `--faults ${faults} --config ${FILES.join(' ')}`,
      },
      {
        // Of a seed in which nothing is wrong there is nothing to tell.
        out: () => {},
        err: (text) => process.stderr.write(text),
        isTerminal: false,
        clock: systemClock,
        rssBytes: () => process.memoryUsage.rss(),
        isStopped: () => stopped,
      },
    );
    if (exitCode !== 0 && !stopped) failed += 1;
  }
  process.stdout.write(`${run} seeds, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

new Command('seeds')
  .description(
    'Twenty minutes of the shipped site in virtual time, seed after seed; exit code 1 if one fails',
  )
  .option('--count <n>', 'how many', wholeBelow(COUNT_MAX), 60)
  .option('--from <seed>', 'this one and those after it, instead of any', wholeBelow(SEED_END))
  .option('--faults <list>', 'as of npm run simulate', 'all')
  .showHelpAfterError()
  .action(runSeeds)
  .parseAsync()
  .catch(fail);
