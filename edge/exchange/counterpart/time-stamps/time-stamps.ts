/** Time stamps of both logs, as one part of exchange: ours are asked for and served, theirs are read, both are told to control. */
import { join } from 'node:path';
import type { GateConfig } from '../../../../config/schema.ts';
import type { StampedHead } from '../../../../protocols/handover/wire.ts';
import type { Database } from '../../database.ts';
import type { ControlDoor } from '../../door.ts';
import { createHttpClient } from '../../http.ts';
import type { WorkerTools } from '../../worker.ts';
import type { HandoverLog } from '../log.ts';
import { readAuthorities } from './authorities.ts';
import type { TheirStamps } from './reading.ts';
import { ownStampWithin } from './store.ts';
import { startTellingStamps } from './telling.ts';
import { createTroubles } from './troubles.ts';

export interface TimeStamps {
  /** The newest stamp on a head of our log of more than `after` lines, and of `upTo` at most. */
  serve(after: number, upTo: number): Promise<StampedHead | undefined>;
  readonly theirs: TheirStamps;
  /** Control has restarted. */
  tellAgain(): void;
  stop(): Promise<void>;
}

/** Of a gate that trusts no authority. */
const NO_STAMPS_READ: TheirStamps = { asked: () => undefined, take: async () => undefined };

/** @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND` */
export async function startTimeStamps(
  options: WorkerTools & {
    config: GateConfig['counterpart'];
    dataDir: string;
    database: Database;
    door: ControlDoor;
    handoverLog: HandoverLog;
  },
): Promise<TimeStamps> {
  const { config, dataDir, database, clock } = options;
  // Those of before are served also when no more are asked for.
  const serve: TimeStamps['serve'] = (after, upTo) => ownStampWithin(database, after, upTo);
  const { timeStamps } = config;
  if (timeStamps === undefined)
    return { serve, theirs: NO_STAMPS_READ, tellAgain: () => undefined, stop: async () => undefined };

  // What reads certificates and tokens takes memory: only who uses it loads it.
  const [{ readTheirStamps }, { ANSWER_BYTES_MAX, startStamping }] = await Promise.all([
    import('./reading.ts'),
    import('./stamping.ts'),
  ]);
  const authorities = await readAuthorities(timeStamps, dataDir);
  const troubles = createTroubles({ ...options, evidenceDir: join(dataDir, 'evidence') });
  const telling = startTellingStamps(options);
  const stops = [troubles.stop, telling.stop];
  const theirs = await readTheirStamps({
    gate: config.gate,
    config: timeStamps.theirs,
    authorities,
    database,
    clock,
    troubles,
    onStamped: telling.wake,
  });
  const { ours } = timeStamps;
  if (ours !== undefined) {
    const client = createHttpClient({
      url: ours.url,
      clock,
      connectionsMax: 1,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
    const stamping = startStamping({
      ...options,
      config: ours,
      authorities,
      client,
      troubles,
      onStamped: telling.wake,
    });
    stops.push(stamping.stop, async () => client.close());
  }
  return {
    serve,
    theirs,
    tellAgain() {
      telling.resync();
      troubles.tellAgain();
    },
    async stop() {
      for (const next of stops.reverse()) await next();
    },
  };
}
