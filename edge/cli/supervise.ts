/** Starts the daemons of a gate as child processes, waits until each is ready, and starts again what dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../platform/clock.ts';
import { dataPaths } from '../platform/data-paths.ts';
import { GateError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { childEnvironment, daemonFlags, giveWay, READY_PREFIX } from '../platform/process.ts';
import type { ChildName, DaemonOptions } from './daemons.ts';

/** A child that dies is started again after this, doubled each time it dies young. */
const RESTART_MS = 250;
const RESTART_MS_MAX = 10_000;
/** A child that lived this long was healthy. */
const HEALTHY_MS = 30_000;

/** Where a lane is waiting, these can wait. */
const GIVE_WAY: ReadonlySet<ChildName> = new Set(['exchange', 'console']);

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

export interface SuperviseOptions {
  names: readonly ChildName[];
  options: DaemonOptions;
  clock: Clock;
  log: Log;
  /** The children's log lines go to this file instead of our standard error. */
  logFile?: string;
}

export interface Supervised {
  /** The running children's process ids, for measurement and tests. */
  pids(): Partial<Record<ChildName, number>>;
  stop(): Promise<void>;
}

/** Resolves when all children are ready. Rejects if one ends before that; its own line on standard error says why. */
export async function superviseGate({
  names,
  options,
  clock,
  log,
  logFile,
}: SuperviseOptions): Promise<Supervised> {
  const children = new Map<ChildName, ChildProcess>();
  const errors = logFile === undefined ? 'inherit' : openSync(logFile, 'a');
  let stopping = false;

  const launch = (name: ChildName): { child: ChildProcess; ready: Promise<void> } => {
    const child = spawn(
      process.execPath,
      [...daemonFlags(name), CLI, name, '--config', options.config, '--data', options.data],
      {
        stdio: ['pipe', 'pipe', errors],
        env: childEnvironment(dataPaths(options.data).moduleCache),
      },
    );
    if (child.pid !== undefined && GIVE_WAY.has(name)) giveWay(child.pid);
    children.set(name, child);
    const ready = new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout as Readable }).on('line', (line) => {
        if (line.startsWith(READY_PREFIX)) resolve();
      });
      child.once('exit', (code) =>
        reject(
          new GateError(
            'DAEMON_ENDED',
            `gate ${name} ended with ${code} before it was ready`,
            'Its own line above says why.',
          ),
        ),
      );
    });
    return { child, ready };
  };

  const keepAlive = (name: ChildName, child: ChildProcess, startedMs: number, pauseMs: number): void => {
    child.once('exit', (code, signal) => {
      if (stopping) return;
      const young = clock.monotonicMs() - startedMs < HEALTHY_MS;
      const nextPauseMs = young ? Math.min(pauseMs * 2, RESTART_MS_MAX) : RESTART_MS;
      log.warn(`gate ${name} ended, starting it again`, { code, signal, pauseMs });
      clock.after(pauseMs, () => {
        if (stopping) return;
        const next = launch(name);
        next.ready.catch(() => log.warn(`gate ${name} did not come up`));
        keepAlive(name, next.child, clock.monotonicMs(), nextPauseMs);
      });
    });
  };

  /** The broker comes first and goes last: nothing is said into the void. */
  const stages: readonly ChildName[][] = [
    names.filter((name) => name === 'broker'),
    names.filter((name) => name !== 'broker'),
  ];
  const stop = async (): Promise<void> => {
    stopping = true;
    for (const stage of stages.toReversed()) {
      const running = stage.flatMap((name) => children.get(name) ?? []);
      await Promise.all(running.map((child) => end(child)));
    }
  };

  for (const stage of stages) {
    const started = stage.map((name) => ({ name, ...launch(name) }));
    try {
      await Promise.all(started.map(({ ready }) => ready));
    } catch (error) {
      await stop();
      throw error;
    }
    for (const { name, child } of started) keepAlive(name, child, clock.monotonicMs(), RESTART_MS);
  }
  return {
    pids: () => Object.fromEntries([...children].map(([name, child]) => [name, child.pid])),
    stop,
  };
}

/** Closes the child's pipe, which asks it to end, and waits for it. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.stdin?.end();
  });
}
