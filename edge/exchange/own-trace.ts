/** What our log on disk says of the keys that have signed it, for the command line, also while the daemon runs. */
import { join } from 'node:path';
import { headPrefix } from '../../protocols/handover/head.ts';
import { decodeRecord } from '../../protocols/handover/line.ts';
import type { PublicKey } from '../../protocols/handover/public-key.ts';
import { type RotationRecord, rotationIn } from '../../protocols/handover/rotation.ts';
import { openDatabaseReadOnly } from './database.ts';
import { isThere } from './private-file.ts';

export interface OwnTrace {
  /** Changes of keys as the lines tell of them, unchecked, in order. */
  rotations: { line: number; record: RotationRecord }[];
  /** By key: how many lines the largest head covers that it has signed. */
  signed: ReadonlyMap<string, number>;
}

/** Nothing, if the daemon has not run yet. It reads all lines: a matter of seconds after a year. @throws GateError `EXCHANGE_DB_OPEN` */
export async function readOwnTrace(dataDir: string, keys: readonly PublicKey[]): Promise<OwnTrace> {
  const path = join(dataDir, 'exchange.db');
  if (!(await isThere(path))) return { rotations: [], signed: new Map() };
  const database = await openDatabaseReadOnly(path);
  try {
    const rows = await database.all<{ line: number; data: string }>(
      `SELECT line, data FROM own_line WHERE instr(data, 'keys-rotated') > 0 ORDER BY line`,
    );
    const rotations = rows.flatMap(({ line, data }) => {
      const decoded = decodeRecord(data);
      const record = decoded.ok ? rotationIn(decoded.record) : undefined;
      return record === undefined ? [] : [{ line, record }];
    });
    const signed = new Map<string, number>();
    for (const key of keys) {
      const prefix = headPrefix(key);
      const row = await database.get<{ size: number | null }>(
        'SELECT MAX(size) AS size FROM own_head WHERE substr(jws, 1, ?) = ?',
        prefix.length,
        prefix,
      );
      if (typeof row?.size === 'number') signed.set(key.kid, row.size);
    }
    return { rotations, signed };
  } finally {
    await database.close();
  }
}
