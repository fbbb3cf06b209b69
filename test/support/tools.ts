/** Programs of the machine that some tests run against. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian puts daemons here, which is not on everybody's path. */
const daemonFolders = ['/usr/sbin', '/usr/local/sbin'];

const find = (tool: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), ...daemonFolders]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/**
 * The path of `tool`. Without it the test is skipped, saying so; where the environment sets GATE_REQUIRE_TOOLS (as the
 * project's own checks do), it fails.
 */
export function requireTool(test: Mocha.Context, tool: string): string {
  const path = find(tool);
  if (path !== undefined) return path;
  if (process.env.GATE_REQUIRE_TOOLS)
    throw new Error(`${tool} is not installed, and GATE_REQUIRE_TOOLS is set`);
  console.warn(`      skipped: ${tool} is not installed`);
  return test.skip();
}
