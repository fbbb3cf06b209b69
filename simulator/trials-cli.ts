/**
 * `npm run trials -- [--seed N] [--trials N] [--only lane|yard|border] [--json]`: makes trials of a lane, of cranes and of the border, tells
 * what was tried, and exits 1 with what went wrong first and how to see it again.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../edge/platform/clock.ts';
import { GateError, messageOf } from '../edge/platform/errors.ts';
import { tryBorder } from './border-trials.ts';
import { tryLane } from './lane-trials.ts';
import { tryYard } from './yard-trials.ts';

/** Each with how many are made unless told otherwise: those of the border take ten times as long. */
const KINDS = { lane: [tryLane, 400], yard: [tryYard, 400], border: [tryBorder, 80] } as const;
type Kind = keyof typeof KINDS;

interface Options {
  seed: number;
  trials: number | undefined;
  kinds: readonly Kind[];
  json: boolean;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new GateError(
    'TRIALS_OPTION_INVALID',
    `--${name} ${text} is no number of trials`,
    'use a whole number from 1 on',
  );
}

function kindsFrom(only: string | undefined): readonly Kind[] {
  if (only === undefined) return ['lane', 'yard', 'border'];
  if (only === 'lane' || only === 'yard' || only === 'border') return [only];
  throw new GateError(
    'TRIALS_OPTION_INVALID',
    `there are no trials of ${only}`,
    'use --only lane, --only yard or --only border',
  );
}

function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      trials: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    seed: wholeNumber('seed', values.seed),
    trials: values.trials === undefined ? undefined : wholeNumber('trials', values.trials),
    kinds: kindsFrom(values.only),
    json: values.json,
  };
}

try {
  const { seed, trials, kinds, json } = optionsFrom(process.argv.slice(2));
  const startMs = systemClock.monotonicMs();
  const made: Partial<Record<Kind, number>> = {};
  let violation: { kind: Kind; trial: number; troubles: readonly string[]; what: string } | undefined;
  for (const kind of kinds) {
    const [tryIt, usual] = KINDS[kind];
    const found = tryIt(seed, trials ?? usual);
    made[kind] = found.trials;
    if (found.wrong !== undefined) violation ??= { kind, ...found.wrong };
    if (!json) process.stdout.write(`${kind.padEnd(6)} ${found.trials} trials\n`);
  }
  const wallMs = Math.round(systemClock.monotonicMs() - startMs);
  if (violation !== undefined && !json) {
    const { kind, trial, troubles, what } = violation;
    process.stdout.write(
      `\nwrong in trial ${trial} of seed ${seed} (${troubles.join(', ')}):\n${what}\n\nagain: npm run trials -- --only ${kind} --seed ${seed} --trials ${trial + 1}\n`,
    );
  }
  if (json)
    process.stdout.write(
      `${JSON.stringify({ seed, trials: made, violations: violation ? [violation] : [], wallMs })}\n`,
    );
  process.exitCode = violation === undefined ? 0 : 1;
} catch (error) {
  const remedy = error instanceof GateError ? `; ${error.remedy}` : '';
  process.stderr.write(`${messageOf(error)}${remedy}\n`);
  process.exitCode = 2;
}
