/** The lists control was told of, each in its newest version. */
import type { GateConfig } from '../../../config/schema.ts';
import { readList } from '../../../protocols/lists/file.ts';
import type { SignedList } from '../../../protocols/lists/words.ts';
import type { Mirror } from '../customs/mirror.ts';
import type { Database } from '../database.ts';
import type { Refusal } from '../signed/folder.ts';
import { signerOf, type TrustedKey } from '../signed/signature.ts';

type ListTrust = NonNullable<GateConfig['lists']>['trust'][number];

export interface Lists {
  /** Checks a file with its signature and keeps it; `new`: control is to be told. */
  take(bytes: Uint8Array, jws: string, nowMs: number): Promise<'new' | 'known' | Refusal>;
}

export function createLists(
  database: Database,
  mirror: Pick<Mirror, 'tellList'>,
  keys: ReadonlyMap<string, TrustedKey<ListTrust>>,
): Lists {
  const keep = (list: SignedList): Promise<'new' | 'known' | Refusal> =>
    database.transaction(async (tx) => {
      const body = JSON.stringify(list);
      const known = await tx.get<{ version: number; body: string }>(
        'SELECT version, body FROM list WHERE id = ?',
        list.id,
      );
      if (known !== undefined && known.version > list.version)
        return { reason: 'older', detail: `${list.id}: version ${list.version}, known is ${known.version}` };
      if (known?.version === list.version)
        return known.body === body
          ? 'known'
          : { reason: 'changed', detail: `${list.id}: version ${list.version}` };
      await tx.run(
        'INSERT OR REPLACE INTO list (id, version, body) VALUES (?, ?, ?)',
        list.id,
        list.version,
        body,
      );
      await mirror.tellList(tx, list);
      return 'new';
    });

  return {
    async take(bytes, jws, nowMs) {
      const signer = await signerOf(bytes, jws, keys);
      if (!signer.ok) return signer;
      const read = readList(Buffer.from(bytes).toString('utf8'));
      if (!read.ok) return { reason: 'unreadable', detail: read.reason };
      const { list } = read;
      const { owner } = signer.trust;
      if (list.owner !== owner)
        return { reason: 'owner', detail: `${list.id} is of ${list.owner}, the key of ${owner}` };
      if (list.until <= nowMs)
        return { reason: 'expired', detail: `${list.id} ended at ${new Date(list.until).toISOString()}` };
      return keep(list);
    },
  };
}
