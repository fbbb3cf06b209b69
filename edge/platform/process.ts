/** The process itself: signals, the parent's pipe, exit codes, readiness. Only daemons and the command line use it. */
import { setPriority } from 'node:os';
import { GateError, messageOf } from './errors.ts';

/** Set for children of `gate run`: they end when their standard input, the parent's pipe, closes. */
export const PARENT_PIPE_VARIABLE = 'GATE_PARENT_PIPE';

/** The line a daemon prints on standard output when it is ready, for its parent. */
export const READY_PREFIX = 'ready ';

/** How long a clean stop may take before the process ends anyway. */
const STOP_MS_MAX = 2_000;

/** One environment variable, or undefined. */
export const environment = (name: string): string | undefined => process.env[name];

/** Daemons to which much comes at once: a month of the other gate's log, a list of a hundred thousand. */
const TAKES_MUCH: ReadonlySet<string> = new Set(['control', 'exchange']);

/**
 * A daemon makes little garbage at a time: a small young generation saves it tens of megabytes (edge/drivers/opcua/README.md). Where much
 * comes at once, eight saves a tenth of the processor and a fifth of the peak, and costs twenty megabytes of every day.
 */
export const daemonFlags = (name: string): readonly string[] => [
  `--max-semi-space-size=${TAKES_MUCH.has(name) ? 8 : 1}`,
];

/**
 * What SQLite's threads have freed, glibc keeps apart for each of them, though they work one at a time. With two pools for all threads
 * control holds 10 MB less, and exchange 30 once it has read a long list.
 */
export const DAEMON_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '2' };

/**
 * The nice value (setpriority(2)) of daemons that give way to the lanes: a month of the other gate's log, or an officer's long list, is
 * read while control and its broker want the processor for a barrier.
 */
export const GIVES_WAY_NICE = 5;

/** Lets a child that was just started give way; its threads to come do so, too. */
export const giveWay = (pid: number): void => setPriority(pid, GIVES_WAY_NICE);

/** The environment of a child that must end with this process; it keeps its compiled modules in `cacheDir`. */
export const childEnvironment = (cacheDir: string): NodeJS.ProcessEnv => ({
  ...DAEMON_ENVIRONMENT,
  ...process.env,
  [PARENT_PIPE_VARIABLE]: '1',
  NODE_COMPILE_CACHE: cacheDir,
});

/** Prints one clear line, what is wrong and what to do, and nothing else. */
export function printError(error: unknown): void {
  const line =
    error instanceof GateError
      ? `${error.code}: ${error.message} → ${error.remedy}`
      : `UNEXPECTED: ${messageOf(error)}`;
  process.stderr.write(`${line}\n`);
  if (!(error instanceof GateError) && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}

/** Ends the process after a failure that no restart hides: exit code 1. */
export function fail(error: unknown): never {
  printError(error);
  process.exit(1);
}

/** Resolves with why the process should end: a signal, or the parent gone. */
export function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('SIGINT'));
    process.once('SIGTERM', () => resolve('SIGTERM'));
    if (environment(PARENT_PIPE_VARIABLE) === undefined) return;
    process.stdin.once('end', () => resolve('parent gone'));
    process.stdin.once('error', () => resolve('parent gone'));
    process.stdin.resume();
  });
}

/** Runs a daemon: starts it, says `ready`, waits until it should end, stops it. Exit code 0, or 1 with one clear line. */
export async function runDaemon(
  start: () => Promise<{ stop(): Promise<void>; ready?: Record<string, unknown> }>,
): Promise<never> {
  const requested = stopRequested();
  try {
    const daemon = await start();
    process.stdout.write(`${READY_PREFIX}${JSON.stringify(daemon.ready ?? {})}\n`);
    await requested;
    const timer = setTimeout(() => process.exit(1), STOP_MS_MAX);
    await daemon.stop();
    clearTimeout(timer);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}
