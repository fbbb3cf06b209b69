/** `gate config check` and `gate config schema`. */
import { checkConfig, type Problem, problemsText } from '../../config/check.ts';
import { configJsonSchemaText } from '../../config/json-schema.ts';
import { readConfigText } from '../../config/load.ts';
import { checkPair } from '../../config/pair.ts';
import type { GateConfig } from '../../config/schema.ts';
import { GateError } from '../platform/errors.ts';

/** What a command prints and how the process ends. */
export interface CommandResult {
  exitCode: number;
  text: string;
}

/**
 * Runs the gate's decisions over the site of one gate, or of two that are each other's counterpart; given by the command line, for
 * the edge knows no simulator.
 */
export type Drill = (configs: readonly [GateConfig] | readonly [GateConfig, GateConfig]) => {
  problems: Problem[];
  /** No reason to refuse. */
  notes: string[];
  crossings: number;
};

interface Checked extends CommandResult {
  file: string;
  /** There if the file is correct by itself. */
  config?: GateConfig;
}

function checkFile(file: string): Checked {
  let yaml: string;
  try {
    yaml = readConfigText(file);
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    return { file, exitCode: 1, text: `${error.message}\n    → ${error.remedy}` };
  }
  const { config, problems } = checkConfig(yaml);
  if (config) {
    const vehicles = config.devices.filter((device) => device.kind === 'vehicle').length;
    const counts = `${config.lanes.length} lanes, ${config.devices.length} devices, ${vehicles} vehicles`;
    return { file, config, exitCode: 0, text: `${file}: correct (${counts})` };
  }
  return { file, exitCode: 1, text: `${problemsText(problems, file)}\n${file}: ${counted(problems)}` };
}

const counted = ({ length }: readonly unknown[]): string =>
  length === 1 ? '1 problem' : `${length} problems`;

/** Two correct files of which at least one names the other. */
interface Pair {
  files: string;
  configs: readonly [GateConfig, GateConfig];
  problems: Problem[];
}

/** Null if neither names the other, or one is not correct by itself. */
function pairOf(one: Checked, other: Checked): Pair | null {
  if (!one.config || !other.config) return null;
  const named = (from: GateConfig, to: GateConfig): boolean => from.counterpart.gate === to.gate.id;
  if (!named(one.config, other.config) && !named(other.config, one.config)) return null;
  return {
    files: `${one.file} and ${other.file}`,
    configs: [one.config, other.config],
    problems: checkPair(one.config, other.config),
  };
}

const pairText = ({ files, problems }: Pair): string =>
  problems.length === 0
    ? `${files}: the two gates agree`
    : `${problemsText(problems, files)}\n${files}: ${counted(problems)}`;

function drilled(drill: Drill, files: string, configs: Parameters<Drill>[0]): CommandResult {
  const { problems, notes, crossings } = drill(configs);
  const told = notes.map((note) => `${files}: note: ${note}`);
  if (problems.length > 0)
    told.push(problemsText(problems, files), `${files}: the drill found ${counted(problems)}`);
  else told.push(`${files}: drilled (${crossings} crossings)`);
  return { exitCode: problems.length === 0 ? 0 : 1, text: told.join('\n') };
}

/** What has no problem is drilled: with its counterpart if that was given, too, else alone. */
function drillsOf(drill: Drill, singles: readonly Checked[], pairs: readonly Pair[]): CommandResult[] {
  const inPairs = new Set(pairs.flatMap(({ configs }) => configs));
  return [
    ...singles.flatMap(({ file, config }) =>
      config === undefined || inPairs.has(config) ? [] : [drilled(drill, file, [config])],
    ),
    ...pairs.flatMap(({ files, configs, problems }) =>
      problems.length === 0 ? [drilled(drill, files, configs)] : [],
    ),
  ];
}

/**
 * Checks each file, and each two of them that are the two ends of one road, and then with `drill` what had no problem; exit code 1
 * if any has a problem or cannot be read.
 */
export function configCheck(files: readonly string[], drill?: Drill): CommandResult {
  const singles = files.map(checkFile);
  const pairs = singles.flatMap((one, index) =>
    singles
      .slice(index + 1)
      .map((other) => pairOf(one, other))
      .filter((pair) => pair !== null),
  );
  const results: CommandResult[] = [
    ...singles,
    ...pairs.map((pair) => ({ exitCode: pair.problems.length === 0 ? 0 : 1, text: pairText(pair) })),
    ...(drill === undefined ? [] : drillsOf(drill, singles, pairs)),
  ];
  return {
    exitCode: results.some((result) => result.exitCode !== 0) ? 1 : 0,
    text: `${results.map((result) => result.text).join('\n')}\n`,
  };
}

/** The JSON Schema of the configuration, as committed in `config/schema.json`. */
export const configSchema = (): string => configJsonSchemaText();
