/** Stamps that hold, of both logs, in `exchange.db`: all that came, for each proves the lines of its head to be that old. */
import { z } from 'zod';
import type { LogStamp } from '../../../../protocols/handover/stamped.ts';
import type { StampedHead } from '../../../../protocols/handover/wire.ts';
import type { LogName } from '../../../core/input.ts';
import type { Database } from '../../database.ts';

const stampWords = z.object({
  authority: z.string(),
  signer: z.string(),
  genTimeMs: z.int(),
  policy: z.string(),
  serial: z.string(),
});

interface Row {
  size: number;
  rootHash: string;
  head: string;
  token: string;
  stamp: string;
  at: number;
}

/** `at`: when it was taken by our own clock, milliseconds since 1970. */
export type KeptStamp = LogStamp & { at: number };

export const keepStamp = (database: Database, log: LogName, stamped: LogStamp, at: number): Promise<void> => {
  const { size, rootHash, head, token, stamp } = stamped;
  return database.transaction((tx) =>
    tx.run(
      'INSERT OR IGNORE INTO time_stamp (log, size, root_hash, head, token, stamp, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      log,
      size,
      rootHash,
      head,
      token,
      JSON.stringify(stamp),
      at,
    ),
  );
};

export async function newestStamp(
  database: Pick<Database, 'get'>,
  log: LogName,
): Promise<KeptStamp | undefined> {
  const row = await database.get<Row>(
    'SELECT size, root_hash AS rootHash, head, token, stamp, at FROM time_stamp WHERE log = ? ORDER BY size DESC LIMIT 1',
    log,
  );
  return row && { ...row, stamp: stampWords.parse(JSON.parse(row.stamp)) };
}

/** The newest stamp on a head of more than `after` lines of our log, and of `upTo` at most. */
export const ownStampWithin = (
  database: Pick<Database, 'get'>,
  after: number,
  upTo: number,
): Promise<StampedHead | undefined> =>
  database.get<StampedHead>(
    "SELECT head, token FROM time_stamp WHERE log = 'ours' AND size > ? AND size <= ? ORDER BY size DESC LIMIT 1",
    after,
    upTo,
  );
