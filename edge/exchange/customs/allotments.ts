/**
 * Partial shipments: what a container carries of a declaration is used once, when it leaves the supervision area, and what is left of
 * the declaration for other containers gets less. What customs itself says is left counts anew each time it says so.
 */
import type { Statements } from '../database.ts';
import type { ReportDecision } from '../decisions.ts';
import { ROW, type Row, tellWatched } from './learning.ts';

type WithContainer = Row & { container: string };

/** A container has left: its allotments are used. True if control is to be told. */
export async function useAllotments(tx: Statements, report: ReportDecision): Promise<boolean> {
  const { kind, container, crossing } = report;
  if (kind !== 'get-out' || crossing === undefined) return false;
  const used = await tx.all<
    WithContainer & { declaration: string; packages: number | null; kg: number | null }
  >(
    `UPDATE clearance SET used_by = ?
       WHERE container = ? AND used_by IS NULL AND json_extract(body, '$.status') = 'released'
     RETURNING container, declaration, json_extract(body, '$.allotment.packages') AS packages,
       json_extract(body, '$.allotment.kg') AS kg, ${ROW}`,
    crossing,
    container,
  );
  const shared: WithContainer[] = [];
  for (const { declaration, packages, kg } of used) {
    if (packages === null && kg === null) continue;
    const rows = await tx.all<WithContainer>(
      `UPDATE clearance SET used_packages = used_packages + ?, used_kg = used_kg + ?
         WHERE declaration = ? AND container <> ? AND json_extract(body, '$.remaining') IS NOT NULL
       RETURNING container, ${ROW}`,
      packages ?? 0,
      kg ?? 0,
      declaration,
      container,
    );
    shared.push(...rows);
  }
  return tellWatched(tx, [...used, ...shared]);
}
