/** Tells control the newest stamp on each log that it does not know yet, so that it stands in our own journal. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LogName } from '../../../core/input.ts';
import { GateError } from '../../../platform/errors.ts';
import type { Database } from '../../database.ts';
import type { ControlDoor } from '../../door.ts';
import { type Submitter, startWorker, type WorkerTools } from '../../worker.ts';
import { type KeptStamp, newestStamp } from './store.ts';

const LOGS = ['ours', 'theirs'] as const satisfies LogName[];
const SOURCE = 'time-stamps';

const stamped = z.object({ size: z.int().nonnegative() }).nullable();
const memory = z.object({
  timeStamps: z.object({ ours: stamped, theirs: stamped }).default({ ours: null, theirs: null }),
});

export function startTellingStamps(
  options: WorkerTools & { door: ControlDoor; database: Database },
): Submitter {
  const { door, database } = options;
  /** How far control is; undefined until it was asked. */
  let told: Record<LogName, number> | undefined;

  const worker = startWorker({
    ...options,
    name: 'tell control about time stamps',
    backoff: { minMs: 100, maxMs: 5_000 },
    async turn() {
      const from = told ?? (await readTold(door));
      told = undefined;
      for (const log of LOGS) {
        const newest = await newestStamp(database, log);
        if (newest === undefined || newest.size <= from[log]) continue;
        await door.submit(inputOf(log, newest), { source: SOURCE, id: idOf(log, newest) });
        from[log] = newest.size;
      }
      told = from;
      return 'idle';
    },
  });
  return {
    ...worker,
    resync() {
      told = undefined;
      worker.wake();
    },
  };
}

const inputOf = (log: LogName, { size, rootHash, head, token, stamp }: KeptStamp) =>
  ({ type: 'time-stamp', log, size, rootHash, head, token, ...stamp }) as const;

const idOf = (log: LogName, { size, token }: KeptStamp): string =>
  `${SOURCE}:${log}:${size}:${createHash('sha256').update(token).digest('hex').slice(0, 32)}`;

async function readTold(door: ControlDoor): Promise<Record<LogName, number>> {
  const read = memory.safeParse(await door.state());
  if (!read.success)
    throw new GateError(
      'STATE_UNREADABLE',
      `the control daemon's state has no readable memory of time stamps: ${read.error.message}`,
      'Run the control and exchange daemons from the same release.',
    );
  const { ours, theirs } = read.data.timeStamps;
  return { ours: ours?.size ?? -1, theirs: theirs?.size ?? -1 };
}
