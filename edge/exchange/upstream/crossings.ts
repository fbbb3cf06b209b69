/** What the journal last said of the newest crossings: which way, which truck, which containers. */
import type { Statements } from '../database.ts';
import type { CrossingDecision } from './decisions.ts';

/** Crossings remembered; the oldest go first. More than a month of traffic at 2,500 vehicles a day would be 75,000. */
const CROSSINGS_MAX = 20_000;

export async function rememberCrossing(tx: Statements, decision: CrossingDecision): Promise<void> {
  await tx.run(
    'INSERT INTO crossing (crossing, body) VALUES (?, ?) ON CONFLICT (crossing) DO UPDATE SET body = excluded.body',
    decision.crossing,
    JSON.stringify(decision),
  );
  await tx.run('DELETE FROM crossing WHERE ord <= (SELECT MAX(ord) FROM crossing) - ?', CROSSINGS_MAX);
}

export async function crossingOf(
  tx: Pick<Statements, 'get'>,
  crossing: string | null | undefined,
): Promise<CrossingDecision | undefined> {
  if (crossing === null || crossing === undefined) return undefined;
  const row = await tx.get<{ body: string }>('SELECT body FROM crossing WHERE crossing = ?', crossing);
  return row && (JSON.parse(row.body) as CrossingDecision);
}

/** The one that a move over the border belongs to. */
export async function crossingOfMove(
  tx: Pick<Statements, 'get'>,
  move: string,
): Promise<CrossingDecision | undefined> {
  const row = await tx.get<{ body: string }>(
    `SELECT body FROM crossing WHERE json_extract(body, '$.move') = ? ORDER BY ord DESC LIMIT 1`,
    move,
  );
  return row && (JSON.parse(row.body) as CrossingDecision);
}
