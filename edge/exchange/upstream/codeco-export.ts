/**
 * Gate-in and gate-out reports for partners, as CODECO files. An event is stored with the journal's place; an interchange is
 * stored, number, bytes and all, before its file is written. So each event goes into exactly one interchange of each partner,
 * control references have no gap, and a file that is written again has the same name and the same bytes.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { CodecoConfig } from '../../../config/upstream.ts';
import { type CodecoProfile, type GateEvent, writeCodeco } from '../../../protocols/edifact/codeco.ts';
import { type Charset, EdifactError, encodeEdifact } from '../../../protocols/edifact/syntax.ts';
import { isoWithOffset } from '../../../protocols/time.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Statements } from '../database.ts';
import type { ReportDecision } from '../decisions.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';
import { crossingOf } from './crossings.ts';
import { writeWhole } from './files.ts';

/** Events of one interchange at most; more go into the next. */
export const EVENTS_PER_INTERCHANGE_MAX = 100;

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Stores an event for each partner. `source` is the decision as it stands in the journal. */
export async function queueGateEvent(
  tx: Statements,
  partners: readonly CodecoConfig[],
  report: ReportDecision,
  source: string,
): Promise<void> {
  const event = await gateEventOf(tx, report);
  const digest = sha256(source);
  for (const { partner } of partners) {
    const known = await tx.get<{ source: string }>(
      'SELECT source FROM codeco_event WHERE partner = ? AND event_id = ?',
      partner,
      event.eventId,
    );
    if (known?.source === digest) continue;
    // Of the same id and another content: the journal was restored from a backup and has counted on differently.
    const eventId = known ? `${event.eventId.slice(0, 24)}-${digest.slice(0, 10)}` : event.eventId;
    await tx.run(
      'INSERT OR IGNORE INTO codeco_event (partner, event_id, source, body) VALUES (?, ?, ?, ?)',
      partner,
      eventId,
      digest,
      JSON.stringify({ ...event, eventId }),
    );
  }
}

/** With what the booking and the crossing say of it, where they are known. */
async function gateEventOf(tx: Statements, report: ReportDecision): Promise<GateEvent> {
  const crossing = await crossingOf(tx, report.crossing);
  const row = await tx.get<{ body: string }>(
    'SELECT body FROM booking WHERE container = ? ORDER BY rowid DESC LIMIT 1',
    report.container,
  );
  const booking = row && (JSON.parse(row.body) as { seals: string[]; grossKg: number });
  const byTruck = crossing && (crossing.direction === 'export') === (report.kind === 'get-in');
  return {
    eventId: report.reportId,
    kind: report.kind === 'get-in' ? 'gate-in' : 'gate-out',
    container: report.container,
    eventTime: report.eventTime,
    declarations: report.declarations,
    seals: report.seals ?? booking?.seals ?? [],
    ...(crossing && { direction: crossing.direction }),
    ...(crossing?.load === 'empty' && { empty: true }),
    ...(booking && { grossKg: booking.grossKg }),
    // Over the border it goes on a driverless vehicle.
    ...(byTruck && crossing.truck !== undefined && { truckPlate: crossing.truck }),
  };
}

export const fileNameOf = (partner: string, reference: string): string =>
  `codeco-${partner}-${reference}.edi`;

interface InterchangeRow {
  number: number;
  charset: Charset;
  text: string;
}

/** Writes what is stored for one partner: now what a stop left over, then an interchange every `batchMs` in which something happened. */
export function startCodecoExport(
  options: WorkerTools & { config: CodecoConfig; dataDir: string; utcOffset: string; database: Database },
): Worker {
  const { config, database, log } = options;
  const folder = resolve(options.dataDir, config.folder);

  return startWorker({
    ...options,
    name: `CODECO for ${config.partner}`,
    backoff: { minMs: 1_000, maxMs: 60_000 },
    async turn() {
      await writeStored();
      const made = await database.transaction((tx) => makeInterchange(tx, config, options));
      for (const { eventId, reason } of made.refused)
        log.error('a gate event cannot be told in CODECO; it is kept', {
          partner: config.partner,
          eventId,
          reason,
        });
      await writeStored();
      return made.more ? 0 : config.batchMs;
    },
  });

  async function writeStored(): Promise<void> {
    for (;;) {
      const row = await database.get<InterchangeRow>(
        `SELECT number, charset, text FROM codeco_interchange
           WHERE partner = ? AND text IS NOT NULL ORDER BY number LIMIT 1`,
        config.partner,
      );
      if (!row) return;
      const name = fileNameOf(config.partner, referenceOf(row.number));
      await writeWhole(join(folder, name), encodeEdifact(row.text, row.charset));
      await database.transaction((tx) =>
        tx.run(
          'UPDATE codeco_interchange SET text = NULL WHERE partner = ? AND number = ?',
          config.partner,
          row.number,
        ),
      );
    }
  }
}

const referenceOf = (number: number): string => String(number).padStart(8, '0');

async function makeInterchange(
  tx: Statements,
  config: CodecoConfig,
  { utcOffset, clock }: { utcOffset: string; clock: Clock },
): Promise<{ more: boolean; refused: { eventId: string; reason: string }[] }> {
  const { partner, charset, sender, recipient, place } = config;
  const rows = await tx.all<{ ord: number; body: string }>(
    `SELECT ord, body FROM codeco_event
       WHERE partner = ? AND interchange IS NULL AND refused IS NULL ORDER BY ord LIMIT ?`,
    partner,
    EVENTS_PER_INTERCHANGE_MAX,
  );
  const profile: CodecoProfile = {
    charset,
    sender,
    recipient,
    codes: { in: config.in, out: config.out },
    ...(place !== undefined && { place }),
  };
  const newest = await tx.get<{ number: number | null }>(
    'SELECT MAX(number) AS number FROM codeco_interchange WHERE partner = ?',
    partner,
  );
  const number = (newest?.number ?? 0) + 1;
  const reference = referenceOf(number);
  const preparedAt = isoWithOffset(clock.nowMs(), utcOffset);

  const events: GateEvent[] = [];
  const refused: { eventId: string; reason: string }[] = [];
  for (const { ord, body } of rows) {
    const event = JSON.parse(body) as GateEvent;
    const reason = whyNot(() => writeCodeco({ reference, preparedAt, events: [event] }, profile));
    if (reason === undefined) {
      events.push(event);
      await tx.run('UPDATE codeco_event SET interchange = ? WHERE ord = ?', number, ord);
    } else {
      refused.push({ eventId: event.eventId, reason });
      await tx.run('UPDATE codeco_event SET refused = ? WHERE ord = ?', reason, ord);
    }
  }
  if (events.length > 0) {
    const text = writeCodeco({ reference, preparedAt, events }, profile);
    await tx.run(
      'INSERT INTO codeco_interchange (partner, number, events, charset, sha256, text) VALUES (?, ?, ?, ?, ?, ?)',
      partner,
      number,
      events.length,
      charset,
      sha256(encodeEdifact(text, charset)),
      text,
    );
  }
  return { more: rows.length === EVENTS_PER_INTERCHANGE_MAX, refused };
}

/** Why an event cannot be written; undefined if it can. */
function whyNot(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof EdifactError) return error.message;
    throw error;
  }
}
