/** `gate outbox`: what waits to leave the gate, what was refused and why, while exchange runs or afterwards. */
import { join } from 'node:path';
import { openDatabaseReadOnly } from '../exchange/database.ts';
import { outboxStatus } from '../exchange/outbox/outbox.ts';
import { filesStatus } from '../exchange/upstream/status.ts';
import type { CommandResult } from './config.ts';

export interface OutboxOptions {
  /** Data folder of the gate. */
  data: string;
  json?: boolean;
}

/** Exit code 1 if something was refused or cannot be told. @throws GateError `EXCHANGE_DB_OPEN` */
export async function showOutbox({ data, json }: OutboxOptions): Promise<CommandResult> {
  const database = await openDatabaseReadOnly(join(data, 'exchange.db'));
  try {
    const messages = await outboxStatus(database);
    const files = await filesStatus(database);
    const refused =
      messages.counts.filter(({ state }) => state === 'refused').reduce((sum, { count }) => sum + count, 0) +
      files.codeco.reduce((sum, one) => sum + one.refused, 0);
    const exitCode = refused > 0 ? 1 : 0;
    if (json) return { exitCode, text: `${JSON.stringify({ ...messages, ...files }, null, 2)}\n` };
    const lines = [
      ...messages.counts.map(
        ({ destination, kind, state, count }) => `${destination} ${kind}: ${count} ${state}`,
      ),
      ...files.codeco.map(
        (one) =>
          `CODECO ${one.partner}: ${one.interchanges} interchanges, ${one.waiting} events wait, ${one.unwritten} files unwritten, ${one.refused} refused`,
      ),
      `alerts: ${files.alerts.told} told, ${files.alerts.unwritten} unwritten`,
      ...messages.refusals.map(
        ({ destination, kind, key, container, answer }) =>
          `REFUSED by ${destination}: ${kind} ${key} of ${container}: ${answer}`,
      ),
      ...files.refusals.map(
        ({ partner, eventId, reason }) => `REFUSED CODECO ${partner}: ${eventId}: ${reason}`,
      ),
    ];
    return { exitCode, text: lines.map((line) => `${line}\n`).join('') };
  } finally {
    await database.close();
  }
}
