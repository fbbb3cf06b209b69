/**
 * Reports to customs on their way: stored with the journal entry that decided them, sent in that order, one at a time,
 * again and again until customs took or refused them. The report's id is the idempotency key.
 */
import { writeReport } from '../../../protocols/clearance/fields.ts';
import type { AreaReport } from '../../../protocols/clearance/words.ts';
import type { Database, Statements } from '../database.ts';

export interface WaitingReport {
  reportId: string;
  /** Body of the request, as it is sent. */
  body: string;
}

export interface Reports {
  /** Queues a decided report; one that is known already is left as it is. */
  decide(tx: Statements, report: AreaReport): Promise<void>;
  next(): Promise<WaitingReport | undefined>;
  /** Customs answered for good. A refused report stays on record and no longer holds up those behind it. */
  settle(reportId: string, state: 'taken' | 'refused', answer: string): Promise<void>;
}

export function createReports(database: Database): Reports {
  return {
    decide: (tx, report) =>
      tx.run(
        `INSERT OR IGNORE INTO report (report_id, body, state) VALUES (?, ?, 'waiting')`,
        report.reportId,
        JSON.stringify(writeReport(report)),
      ),
    async next() {
      const row = await database.get<{ report_id: string; body: string }>(
        `SELECT report_id, body FROM report WHERE state = 'waiting' ORDER BY ord LIMIT 1`,
      );
      return row && { reportId: row.report_id, body: row.body };
    },
    settle: (reportId, state, answer) =>
      database.transaction((tx) =>
        tx.run('UPDATE report SET state = ?, answer = ? WHERE report_id = ?', state, answer, reportId),
      ),
  };
}
