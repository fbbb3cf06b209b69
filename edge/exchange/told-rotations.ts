/** What `exchange.db` tells of keys, for the command line, also while the daemon runs. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type TakenRotation, takenRotation } from '../../protocols/handover/rotation.ts';
import { OWN_ROTATIONS } from './counterpart/log.ts';
import { FOLLOWER } from './counterpart/reading.ts';
import { getMeta, openDatabaseReadOnly } from './database.ts';

export interface ToldRotations {
  /** Changes of keys that our log, and that of the other side, tell of. */
  own: TakenRotation[];
  theirs: TakenRotation[];
  /** Lines that our newest head covers; absent: nothing was signed yet. */
  ownSize?: number;
}

const own = z.array(takenRotation);
const theirs = z.looseObject({ rotations: own.default([]) });

/** Nothing, if the daemon has not run yet. @throws GateError `EXCHANGE_DB_OPEN` */
export async function readToldRotations(dataDir: string): Promise<ToldRotations> {
  const path = join(dataDir, 'exchange.db');
  const isThere = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (!isThere) return { own: [], theirs: [] };
  const database = await openDatabaseReadOnly(path);
  try {
    const [ours, follower] = [await getMeta(database, OWN_ROTATIONS), await getMeta(database, FOLLOWER)];
    const newest = await database.get<{ size: number | null }>('SELECT MAX(size) AS size FROM own_head');
    return {
      own: ours === undefined ? [] : own.parse(JSON.parse(ours)),
      theirs: follower === undefined ? [] : theirs.parse(JSON.parse(follower)).rotations,
      ...(typeof newest?.size === 'number' && { ownSize: newest.size }),
    };
  } finally {
    await database.close();
  }
}
