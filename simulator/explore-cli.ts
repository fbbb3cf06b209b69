/** `npm run explore -- [--states-max N] [--depth-max N] [--json]`: searches, tells what was met, and exits 1 on a violation. */
import { parseArgs } from 'node:util';
import { GateError, messageOf } from '../edge/platform/errors.ts';
import { type Exploration, type ExploreOptions, explore } from './explore.ts';

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new GateError(
    'EXPLORE_OPTION_INVALID',
    `--${name} ${text} is no bound`,
    'use a whole number from 1 on',
  );
}

function optionsFrom(args: readonly string[]): { bounds: Partial<ExploreOptions>; json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'states-max': { type: 'string' },
      'depth-max': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const statesMax = numberOf('states-max', values['states-max']);
  const depthMax = numberOf('depth-max', values['depth-max']);
  const bounds = {
    ...(statesMax !== undefined && { statesMax }),
    ...(depthMax !== undefined && { depthMax }),
  };
  return { bounds, json: values.json };
}

function told(found: Exploration): string {
  const { states, transitions, depth, journey, gates, outlooks, needPeople, sweeps, met, violation } = found;
  const lines = [
    `states       ${states}${found.complete ? ' (all there are)' : ''}`,
    `transitions  ${transitions}`,
    `depth        ${depth} actions off a journey of ${journey}`,
    `core states  ${gates.join(' and ')}`,
    `followed to  the end from ${outlooks}; a person was needed in ${needPeople}, only the sweep helped ${sweeps} times`,
    ...Object.entries(met).map(([what, times]) => `met          ${what}: ${times}`),
    `violations   ${violation === undefined ? 0 : 1}`,
  ];
  if (violation !== undefined) {
    lines.push('', violation.what, '');
    for (const [index, action] of violation.path.entries()) lines.push(`${index + 1}. ${action}`);
  }
  return `${lines.join('\n')}\n`;
}

try {
  const { bounds, json } = optionsFrom(process.argv.slice(2));
  const found = explore(bounds);
  process.stdout.write(
    json ? `${JSON.stringify({ ...found, violations: found.violation ? 1 : 0 })}\n` : told(found),
  );
  process.exitCode = found.violation === undefined ? 0 : 1;
} catch (error) {
  const remedy = error instanceof GateError ? `; ${error.remedy}` : '';
  process.stderr.write(`${messageOf(error)}${remedy}\n`);
  process.exitCode = 2;
}
