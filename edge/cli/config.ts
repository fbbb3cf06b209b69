/** `gate config check` and `gate config schema`. */
import { checkConfig, problemsText } from '../../config/check.ts';
import { configJsonSchemaText } from '../../config/json-schema.ts';
import { readConfigText } from '../../config/load.ts';
import { GateError } from '../platform/errors.ts';

/** What a command prints and how the process ends. */
export interface CommandResult {
  exitCode: number;
  text: string;
}

function checkFile(file: string): CommandResult {
  let yaml: string;
  try {
    yaml = readConfigText(file);
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    return { exitCode: 1, text: `${error.message}\n    → ${error.remedy}` };
  }
  const { config, problems } = checkConfig(yaml);
  if (config) {
    const vehicles = config.devices.filter((device) => device.kind === 'vehicle').length;
    const counts = `${config.lanes.length} lanes, ${config.devices.length} devices, ${vehicles} vehicles`;
    return { exitCode: 0, text: `${file}: correct (${counts})` };
  }
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return { exitCode: 1, text: `${problemsText(problems, file)}\n${file}: ${count}` };
}

/** Checks each file; exit code 1 if any has a problem or cannot be read. */
export function configCheck(files: readonly string[]): CommandResult {
  const results = files.map(checkFile);
  return {
    exitCode: results.some((result) => result.exitCode !== 0) ? 1 : 0,
    text: `${results.map((result) => result.text).join('\n')}\n`,
  };
}

/** The JSON Schema of the configuration, as committed in `config/schema.json`. */
export const configSchema = (): string => configJsonSchemaText();
