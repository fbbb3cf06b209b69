import { setErrorLogger, setWarningLogger } from 'node-opcua-client';
import type { Log } from '../../platform/log.ts';

let quiet = false;
/** Distinct lines remembered; a flood of new ones is told from the start again rather than kept. */
const linesMax = 200;

/**
 * The OPC UA stack writes to the console whatever fails, at each attempt. What matters of it comes back as reports of the
 * drivers, so each line is logged once. Its warnings are about servers; its errors may be ours.
 */
export function quietStack(log: Log): void {
  if (quiet) return;
  quiet = true;
  const told = new Set<string>();
  const once =
    (write: (line: string) => void) =>
    (first?: unknown, ...rest: unknown[]) => {
      const line = [first, ...rest].map(String).join(' ').replace(/\s+/g, ' ').slice(0, 300);
      if (told.has(line)) return;
      if (told.size >= linesMax) told.clear();
      told.add(line);
      write(line);
    };
  setWarningLogger(once((line) => log.info(`stack: ${line}`)));
  setErrorLogger(once((line) => log.warn(`stack: ${line}`)));
}
