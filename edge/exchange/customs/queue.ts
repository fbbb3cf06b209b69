/**
 * What control is to be told by the source `customs`, whichever feed it came from. Of one thing only the newest state waits,
 * and what forbids goes before all else, so the queue is bounded by the lists and a withdrawal never stands behind it.
 */
import type { ClearanceReport, CustomsInput, Examination, RefusedReports } from '../../core/input.ts';
import { getMeta, type Statements, setMeta } from '../database.ts';

/** The feed whose freshness counts where no other is named; inputs do not name it. */
export const CUSTOMS_FEED = 'customs';

/** What somebody else says; what they say of our reports takes its own way. */
export type QueuedInput = Exclude<CustomsInput, RefusedReports>;

/** An input with the sequence number it will be submitted under. */
export interface SequencedInput {
  seq: number;
  input: QueuedInput;
}

const PRIORITY = { restriction: 0, change: 1, confirmation: 2 } as const;
/** A batch has to fit through control's door; one input always does. */
const BATCH_CHARS_MAX = 1_000_000;
/** The highest source sequence that control is known to have. */
const DELIVERED = 'customs.delivered';

/** Queues inputs in this order; each replaces the one about the same thing that still waits. `urgent`: all of them forbid something. */
export async function queue(tx: Statements, inputs: readonly QueuedInput[], urgent = false): Promise<void> {
  if (inputs.length === 0) return;
  const newest = new Map(inputs.map((input) => [keyOf(input), input]));
  const rows = JSON.stringify(
    [...newest].map(([key, input]) => [
      key,
      urgent ? PRIORITY.restriction : priorityOf(input),
      JSON.stringify(input),
    ]),
  );
  await tx.run(
    'DELETE FROM pending WHERE seq IS NULL AND key IN (SELECT value ->> 0 FROM json_each(?))',
    rows,
  );
  await tx.run(
    `INSERT INTO pending (key, priority, body)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) ORDER BY key`,
    rows,
  );
}

/**
 * The next inputs for control, whose cursor is `delivered`: drops what was delivered and numbers what comes next, durably, so that
 * after a crash the same input goes out under the same number. `tellAgain` is called when control knows less than it did.
 */
export async function reserve(
  tx: Statements,
  delivered: number,
  limit: number,
  tellAgain: () => Promise<void>,
): Promise<SequencedInput[]> {
  const known = Number((await getMeta(tx, DELIVERED)) ?? 0);
  await tx.run('DELETE FROM pending WHERE seq <= ?', delivered);
  const numbered = await tx.get<{ lowest: number | null }>('SELECT MIN(seq) AS lowest FROM pending');
  // Numbers that do not follow control's cursor come from before one of the two was restored from a backup.
  if (numbered?.lowest !== null && numbered?.lowest !== delivered + 1) await takeBackNumbers(tx);
  if (delivered < known) await tellAgain();
  const rows = await tx.all<{ ord: number; seq: number | null; body: string }>(
    'SELECT ord, seq, body FROM pending ORDER BY seq IS NULL, seq, priority, ord LIMIT ?',
    limit,
  );
  const reserved: SequencedInput[] = [];
  let chars = 0;
  for (const [index, row] of rows.entries()) {
    chars += row.body.length;
    if (index > 0 && chars > BATCH_CHARS_MAX) break;
    const seq = delivered + 1 + index;
    if (row.seq === null) await tx.run('UPDATE pending SET seq = ? WHERE ord = ?', seq, row.ord);
    reserved.push({ seq, input: JSON.parse(row.body) as QueuedInput });
  }
  if (delivered !== known) await setMeta(tx, DELIVERED, String(delivered));
  return reserved;
}

async function takeBackNumbers(tx: Statements): Promise<void> {
  await tx.run(
    `DELETE FROM pending WHERE seq IS NOT NULL
       AND EXISTS (SELECT 1 FROM pending newer WHERE newer.key = pending.key AND newer.ord > pending.ord)`,
  );
  await tx.run('UPDATE pending SET seq = NULL WHERE seq IS NOT NULL');
}

function keyOf(input: QueuedInput): string {
  switch (input.type) {
    case 'booking':
      return `booking:${input.bookingId}`;
    case 'clearance':
      return `clearance:${input.declaration}:${input.container}`;
    case 'examination':
      return `examination:${input.requirement}:${input.container}`;
    case 'advance-document':
      return `advance:${input.kind}:${input.reference}:${input.container}`;
    case 'customs-feed':
      return input.feed === undefined ? 'feed' : `feed:${input.feed}`;
    case 'list':
      return `list:${input.list.id}`;
  }
}

function priorityOf(input: QueuedInput): number {
  if (input.type === 'customs-feed') return PRIORITY.confirmation;
  return forbids(input) ? PRIORITY.restriction : PRIORITY.change;
}

const forbids = (input: QueuedInput): boolean =>
  (input.type === 'clearance' && isWithdrawn(input)) ||
  (input.type === 'examination' && isFailed(input)) ||
  (input.type === 'advance-document' && input.status === 'revoked');
const isWithdrawn = ({ status }: ClearanceReport): boolean => status === 'withdrawn';
const isFailed = ({ state }: Examination): boolean => state === 'failed';
