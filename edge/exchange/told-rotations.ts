/** What `exchange.db` tells of keys, for the command line, also while the daemon runs. */
import { join } from 'node:path';
import { z } from 'zod';
import { headIn } from '../../protocols/handover/head.ts';
import type { SignedHead } from '../../protocols/handover/needs.ts';
import { type TakenRotation, takenRotation } from '../../protocols/handover/rotation.ts';
import { OWN_ROTATIONS } from './counterpart/log.ts';
import { FOLLOWER } from './counterpart/reading.ts';
import { getMeta, openDatabaseReadOnly } from './database.ts';
import { isThere } from './private-file.ts';

export interface ToldRotations {
  /** Changes of keys that our log, and that of the other side, tell of. */
  own: TakenRotation[];
  theirs: TakenRotation[];
  /** Our newest head; absent: nothing was signed yet. */
  ownHead?: SignedHead;
  /** The newest head of the other side's log that was verified here. */
  theirHead?: SignedHead;
}

const own = z.array(takenRotation);
const theirs = z.looseObject({ head: z.string().nullable(), rotations: own.default([]) });

/** Nothing, if the daemon has not run yet. @throws GateError `EXCHANGE_DB_OPEN` */
export async function readToldRotations(dataDir: string): Promise<ToldRotations> {
  const path = join(dataDir, 'exchange.db');
  if (!(await isThere(path))) return { own: [], theirs: [] };
  const database = await openDatabaseReadOnly(path);
  try {
    const [ours, follower] = [await getMeta(database, OWN_ROTATIONS), await getMeta(database, FOLLOWER)];
    const ownHead = await database.get<SignedHead>(
      'SELECT size, root_hash AS rootHash, jws FROM own_head ORDER BY size DESC LIMIT 1',
    );
    const read = follower === undefined ? undefined : theirs.parse(JSON.parse(follower));
    const jws = read?.head ?? undefined;
    const head = jws === undefined ? undefined : headIn(jws);
    return {
      own: ours === undefined ? [] : own.parse(JSON.parse(ours)),
      theirs: read?.rotations ?? [],
      ...(ownHead !== undefined && { ownHead }),
      ...(jws !== undefined && head && { theirHead: { size: head.size, rootHash: head.rootHash, jws } }),
    };
  } finally {
    await database.close();
  }
}
