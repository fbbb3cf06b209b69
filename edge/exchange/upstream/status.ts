/** How the files for partners and officers stand, for people. */
import type { Statements } from '../database.ts';

/** Refusals told one by one; all are counted. */
const REFUSALS_SHOWN = 20;

export interface FilesStatus {
  codeco: {
    partner: string;
    waiting: number;
    refused: number;
    dropped: number;
    interchanges: number;
    unwritten: number;
  }[];
  alerts: { told: number; unwritten: number };
  /** The newest gate events that cannot be told, and that nobody has seen to. */
  refusals: { partner: string; eventId: string; reason: string }[];
}

export async function filesStatus(database: Pick<Statements, 'get' | 'all'>): Promise<FilesStatus> {
  const alerts = await database.get<{ told: number; unwritten: number }>(
    'SELECT COUNT(*) AS told, COUNT(*) FILTER (WHERE written = 0) AS unwritten FROM alert',
  );
  return {
    codeco: await database.all(
      `SELECT event.partner,
          COUNT(*) FILTER (WHERE interchange IS NULL AND refused IS NULL) AS waiting,
          COUNT(*) FILTER (WHERE refused IS NOT NULL AND dropped IS NULL) AS refused,
          COUNT(dropped) AS dropped,
          (SELECT COUNT(*) FROM codeco_interchange one WHERE one.partner = event.partner) AS interchanges,
          (SELECT COUNT(text) FROM codeco_interchange one WHERE one.partner = event.partner) AS unwritten
         FROM codeco_event event GROUP BY event.partner ORDER BY event.partner`,
    ),
    alerts: alerts ?? { told: 0, unwritten: 0 },
    refusals: await database.all(
      `SELECT partner, event_id AS eventId, refused AS reason FROM codeco_event
         WHERE refused IS NOT NULL AND dropped IS NULL ORDER BY ord DESC LIMIT ?`,
      REFUSALS_SHOWN,
    ),
  };
}
