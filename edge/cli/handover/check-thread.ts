/** Checks one log; a large one in a thread of its own, so that two logs take two cores. It runs ahead by a few batches at most. */
import { Worker } from 'node:worker_threads';
import type { CheckedLog } from '../../../protocols/handover/log-check.ts';
import { checkLog, type LogToCheck, type MoveLine } from './checked-log.ts';

/** What the thread says. */
export type FromThread =
  | { kind: 'lines'; lines: MoveLine[] }
  | { kind: 'checked'; log: CheckedLog }
  | { kind: 'failed'; error: unknown };

/** Batches that a thread may have told before the first of them is taken. */
export const BATCHES_AHEAD = 4;

/** What is in use at once is about 20 MB however long the log is; left alone, the engine lets garbage lie for hundreds. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };

/** What begins to check, and tells what it read as it goes. */
export interface LogBeingChecked {
  next(): Promise<{ done: false; value: MoveLine[] } | { done: true; value: CheckedLog }>;
  stop(): Promise<unknown>;
}

export function checkLogHere(log: LogToCheck): LogBeingChecked {
  const pieces = checkLog(log);
  return {
    next: async () => {
      const { done, value } = await pieces.next();
      return done ? { done, value } : { done: false, value };
    },
    stop: () => pieces.return(undefined as never),
  };
}

export function checkLogInThread(log: LogToCheck): LogBeingChecked {
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url), {
    workerData: log,
    resourceLimits: RESOURCE_LIMITS,
  });
  const told: FromThread[] = [];
  let wake: (() => void) | undefined;
  const tell = (message: FromThread): void => {
    told.push(message);
    wake?.();
  };
  worker.on('message', tell);
  worker.on('error', (error) => tell({ kind: 'failed', error }));
  worker.on('exit', (code) => {
    if (code !== 0) tell({ kind: 'failed', error: new Error(`the checking thread ended with code ${code}`) });
  });
  return {
    async next() {
      while (told.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const message = told.shift();
      if (message?.kind === 'lines') {
        worker.postMessage('taken');
        return { done: false, value: message.lines };
      }
      if (message?.kind === 'checked') return { done: true, value: message.log };
      throw message?.error;
    },
    stop: () => worker.terminate(),
  };
}
