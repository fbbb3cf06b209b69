/**
 * Storing what comes over the ASEAN Single Window, and finding what of it concerns control: a document is told for each watched
 * container that it names, or did in an earlier version, and for each whose declarations rest on it.
 */
import type { AdvanceDocument, AdvanceReport } from '../../../protocols/asw/words.ts';
import { partyNameDigest, partyNumber } from '../../../protocols/party-word.ts';
import type { ClearanceReport } from '../../core/input.ts';
import type { Statements } from '../database.ts';
import { queue } from './queue.ts';

/** Of one container so many are told, those that were issued last. */
const TOLD_MAX = 100;

/** What became of a document: `changed`: another one was told under its version. */
export type Learned = 'new' | 'known' | 'older' | 'changed';

/** Stores a document; of one kind and reference the newest version counts. */
export async function learnAdvance(tx: Statements, document: AdvanceDocument): Promise<Learned> {
  const { kind, reference, version } = document;
  const body = JSON.stringify(document);
  const known = await tx.get<{ version: number; body: string }>(
    'SELECT version, body FROM advance WHERE kind = ? AND reference = ?',
    kind,
    reference,
  );
  if (known !== undefined && known.version > version) return 'older';
  if (known?.version === version) return known.body === body ? 'known' : 'changed';
  await tx.run(
    'INSERT OR REPLACE INTO advance (kind, reference, version, issued_at, body) VALUES (?, ?, ?, ?, ?)',
    kind,
    reference,
    version,
    document.issuedAt,
    body,
  );
  const numbers = (document.containers ?? []).map(({ number }) => number);
  await concern(
    tx,
    numbers.map((container) => ({ container, kind, reference })),
  );
  const watched = await tx.all<{ container: string }>(
    `SELECT container FROM advance_of JOIN watched USING (container)
       WHERE kind = ? AND reference = ? ORDER BY container`,
    kind,
    reference,
  );
  await queue(
    tx,
    watched.map(({ container }) => told(container, document)),
  );
  return 'new';
}

/** The known documents that these clearances rest on; those, and the ones that are still to come, concern their containers from now on. */
export async function claimedBy(
  tx: Statements,
  clearances: readonly ClearanceReport[],
): Promise<AdvanceReport[]> {
  const claims = clearances.flatMap(({ container, claims: own = [] }) =>
    own.map((one) => ({ ...one, container })),
  );
  if (claims.length === 0) return [];
  await concern(tx, claims);
  const rows = await tx.all<{ container: string; body: string }>(
    `SELECT DISTINCT value ->> 'container' AS container, body FROM json_each(?) JOIN advance
       ON kind = value ->> 'kind' AND reference = value ->> 'reference'`,
    JSON.stringify(claims),
  );
  return rows.map(({ container, body }) => told(container, JSON.parse(body) as AdvanceDocument));
}

/** All that concerns a container. */
export async function advanceOf(tx: Statements, container: string): Promise<AdvanceReport[]> {
  const rows = await tx.all<{ body: string }>(
    `SELECT body FROM advance_of JOIN advance USING (kind, reference)
       WHERE container = ? ORDER BY issued_at DESC, kind, reference LIMIT ?`,
    container,
    TOLD_MAX,
  );
  return rows.map(({ body }) => told(container, JSON.parse(body) as AdvanceDocument));
}

const concern = (
  tx: Statements,
  pairs: readonly { container: string; kind: string; reference: string }[],
): Promise<void> =>
  tx.run(
    `INSERT OR IGNORE INTO advance_of (container, kind, reference)
       SELECT value ->> 'container', value ->> 'kind', value ->> 'reference' FROM json_each(?)`,
    JSON.stringify(pairs),
  );

/** Names and documents of people never enter the journal: their digests do. */
function told(container: string, { parties, ...document }: AdvanceDocument): AdvanceReport {
  return {
    type: 'advance-document',
    container,
    ...document,
    ...(parties && {
      parties: parties.map(({ role, id, name }) => ({
        role,
        ...(id !== undefined && { id: partyNumber(id) }),
        ...(name !== undefined && { name: partyNameDigest(name) }),
      })),
    }),
  };
}
