/** `gate stats release`: release times out of a journal, while its gate runs or afterwards. */
import { createReleaseTimes, type IntervalStatistics } from '../exchange/release-times.ts';
import { GateError } from '../platform/errors.ts';
import type { CommandResult } from './config.ts';
import { entriesOf } from './journal.ts';

export interface StatsOptions {
  journal: string;
  /** Days, `YYYY-MM-DD`, both included. */
  from?: string;
  to?: string;
  json?: boolean;
}

/** @throws GateError `DAY_UNREADABLE`, and those of opening a journal */
export async function releaseStats({ journal, from, to, json }: StatsOptions): Promise<CommandResult> {
  for (const day of [from, to])
    if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day))
      throw new GateError('DAY_UNREADABLE', `${day} is no day`, 'Write it as 2026-03-01.');
  const times = createReleaseTimes();
  for await (const entry of entriesOf(journal)) times.take(entry);
  const statistics = times.statistics({ ...(from && { from }), ...(to && { to }) });
  const text = json ? `${JSON.stringify(statistics, null, 2)}\n` : tableOf(statistics);
  return { exitCode: 0, text };
}

function tableOf(statistics: readonly IntervalStatistics[]): string {
  if (statistics.length === 0) return 'Nothing has left the supervision area in these days.\n';
  const rows = [
    ['day', 'direction', 'channel', 'interval', 'count', 'median', '90 %'],
    ...statistics.map((one) => [
      one.day,
      one.direction,
      one.channel,
      one.interval,
      String(one.count),
      clockOf(one.medianMs),
      clockOf(one.p90Ms),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column < 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return rows.map((row) => `${lineOf(row)}\n`).join('');
}

/** `h:mm:ss`. */
function clockOf(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
