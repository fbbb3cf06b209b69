/** `gate outbox`: what waits to leave the gate, what was refused and why, and what is to become of that; also while exchange runs. */
import { join } from 'node:path';
import { openDatabaseBeside, openDatabaseReadOnly } from '../exchange/database.ts';
import { outboxStatus } from '../exchange/outbox/outbox.ts';
import { giveUp, type Refusal, sendAgain, type Which } from '../exchange/outbox/refusals.ts';
import { filesStatus } from '../exchange/upstream/status.ts';
import { GateError } from '../platform/errors.ts';
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
          `CODECO ${one.partner}: ${one.interchanges} interchanges, ${one.waiting} events wait, ${one.unwritten} files unwritten, ${one.refused} refused${one.dropped > 0 ? `, ${one.dropped} dropped` : ''}`,
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

export interface SeeToOptions extends OutboxOptions {
  /** Only of this destination. */
  to?: string;
}

/** Has refused ones sent again. Exit code 1 if there are none of these. @throws GateError `USAGE`, `EXCHANGE_DB_…` */
export const retryRefused = (keys: readonly string[], options: SeeToOptions): Promise<CommandResult> =>
  seeTo(keys, options, 'goes out again', sendAgain);

/** Drops refused ones, with the reason. As {@link retryRefused}. */
export const dropRefused = (
  keys: readonly string[],
  options: SeeToOptions & { reason: string },
): Promise<CommandResult> =>
  seeTo(keys, options, 'is dropped', (tx, which) => giveUp(tx, which, options.reason));

async function seeTo(
  keys: readonly string[],
  { data, to, json }: SeeToOptions,
  done: string,
  work: (tx: Parameters<typeof sendAgain>[0], which: Which) => Promise<Refusal[]>,
): Promise<CommandResult> {
  if (keys.length === 0 && to === undefined)
    throw new GateError('USAGE', 'it is not said which', 'Name keys, or a destination with --to.');
  const database = await openDatabaseBeside(join(data, 'exchange.db'));
  try {
    const found = await database.transaction((tx) => work(tx, { keys, destination: to }));
    const exitCode = found.length === 0 ? 1 : 0;
    const refusals = found.map(({ destination, key }) => ({ destination, key }));
    if (json) return { exitCode, text: `${JSON.stringify(refusals, null, 2)}\n` };
    if (found.length === 0) return { exitCode, text: 'nothing of that lies refused\n' };
    return {
      exitCode,
      text: refusals.map(({ destination, key }) => `${destination}: ${key} ${done}\n`).join(''),
    };
  } finally {
    await database.close();
  }
}
