/** Reads a gate's configuration from a file. */
import { readFileSync } from 'node:fs';
import { GateError, messageOf } from '../edge/platform/errors.ts';
import { checkConfig, problemsText } from './check.ts';
import type { GateConfig } from './schema.ts';

/** The text of `file`. Throws `GateError` `CONFIG_UNREADABLE`. */
export function readConfigText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GateError(
      'CONFIG_UNREADABLE',
      `cannot read the configuration ${file}: ${messageOf(error)}`,
      'name an existing configuration file with --config, such as config/huu-nghi.yaml',
      { cause: error },
    );
  }
}

/** The checked configuration in `file`. Throws `GateError` `CONFIG_UNREADABLE` or `CONFIG_INVALID`, which lists every problem. */
export function loadConfig(file: string): GateConfig {
  const { config, problems } = checkConfig(readConfigText(file));
  if (config) return config;
  throw new GateError(
    'CONFIG_INVALID',
    `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}\n${problemsText(problems, file)}`,
    `correct them, then check with: gate config check ${file}`,
  );
}
