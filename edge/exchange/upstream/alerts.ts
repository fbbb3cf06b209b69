/**
 * Alerts for an officer: what was found, and what is no longer allowed, one JSON line each, in a file per local day. A line is
 * stored with the journal's place, numbered without gaps and signed; the file of a day is these lines one after the other, so
 * writing them again after a stop changes nothing.
 */
import { join, resolve } from 'node:path';
import type { AlertsConfig } from '../../../config/upstream.ts';
import { type Signer, signDetached } from '../../../protocols/detached-jws.ts';
import { canonicalJson } from '../../../protocols/handover/canonical.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import { isoWithOffset } from '../../../protocols/time.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { GateError } from '../../platform/errors.ts';
import type { Database, Statements } from '../database.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';
import { crossingOf, crossingOfMove } from './crossings.ts';
import type {
  AlarmDecision,
  CaseDecision,
  CrossingDecision,
  UpstreamDecision,
  VerdictDecision,
} from './decisions.ts';
import { sizeOf, writeAt } from './files.ts';

/** Header `typ` of a line's signature. */
export const ALERT_SIGNATURE_TYPE = 'gate-alert+jws';
/** Lines written at once. */
const LINES_MAX = 500;

/** One line; nothing else leaves. */
export interface Alert {
  number: number;
  gate: string;
  /** ISO 8601 with offset: when the gate decided it. */
  at: string;
  code: string;
  source: 'verdict' | 'alarm' | 'case' | 'handover' | 'exchange';
  /** `refer`, `hold` or `info` of a reason; `high`, `medium` or `low` of an alarm. */
  severity?: string;
  /** Whose matter it is. */
  owner?: string;
  checkpoint?: string;
  lane?: string;
  crossing?: string;
  direction?: 'export' | 'import';
  containers?: string[];
  truck?: string;
  vehicle?: string;
  /** What an alarm is about: a lane, a vehicle, a crossing; or the case. */
  subject?: string;
  detail?: string;
  text?: { vi: string; en: string; zh: string };
}

type Found = Omit<Alert, 'number' | 'gate' | 'at'>;

export interface AlertLines {
  /** Stores what the decision gives an officer to know. True if it stored something. */
  take(tx: Statements, entry: JournalEntry, decision: UpstreamDecision): Promise<boolean>;
  /** Stores an alert of exchange's own. `key`: told twice, it is one alert. */
  add(tx: Statements, key: string, atMs: number, found: Found): Promise<boolean>;
}

export function createAlertLines(options: {
  config: AlertsConfig;
  gate: { id: string; utcOffset: string };
  /** Signs each line, if there is a key. */
  signer: Signer | undefined;
}): AlertLines {
  const { gate, signer } = options;
  const codes = new Set(options.config.codes);

  const add: AlertLines['add'] = async (tx, key, atMs, found) => {
    if (!codes.has(found.code)) return false;
    if (await tx.get('SELECT 1 FROM alert WHERE key = ?', key)) return false;
    const last = await tx.get<{ number: number | null }>('SELECT MAX(number) AS number FROM alert');
    const at = isoWithOffset(atMs, gate.utcOffset);
    const alert: Alert = { number: (last?.number ?? 0) + 1, gate: gate.id, at, ...found };
    await tx.run(
      'INSERT INTO alert (number, key, day, line) VALUES (?, ?, ?, ?)',
      alert.number,
      key,
      at.slice(0, 10),
      lineOf(alert, signer),
    );
    return true;
  };

  const takeVerdict = async (tx: Statements, at: number, verdict: VerdictDecision): Promise<boolean> => {
    const { checkpoint, lane, visit, crossing, reasons } = verdict;
    const concerned = reasons.filter(({ code }) => codes.has(code));
    if (concerned.length === 0) return false;
    const known = aboutCrossing(await crossingOf(tx, crossing));
    let stored = false;
    for (const { code, severity, owner, detail, text } of concerned) {
      // A verdict is told again whenever any of its reasons changes: the same finding at the same place is one alert.
      const key = `verdict ${crossing ?? `visit ${lane}/${visit}`} ${checkpoint} ${code} ${detail}`;
      const found: Found = {
        code,
        source: 'verdict',
        severity,
        owner,
        checkpoint,
        ...(lane !== undefined && { lane }),
        ...(typeof crossing === 'string' && { crossing }),
        ...known,
        detail,
        ...(text && { text }),
      };
      stored = (await add(tx, key, at, found)) || stored;
    }
    return stored;
  };

  const takeAlarm = async (tx: Statements, entry: JournalEntry, alarm: AlarmDecision): Promise<boolean> => {
    const { code, subject } = partsOf(alarm.alarm);
    if (!codes.has(code)) return false;
    if (alarm.state !== 'raised') {
      if (alarm.state !== 'acknowledged') await alarmOver(tx, alarm.alarm);
      return true;
    }
    const standing = await tx.get('SELECT 1 FROM alarm_raised WHERE alarm = ?', alarm.alarm);
    if (standing) return false;
    await tx.run('INSERT INTO alarm_raised (alarm) VALUES (?)', alarm.alarm);
    const crossing = await crossingOf(tx, subject);
    await add(tx, `alarm ${alarm.alarm} ${entry.hash}`, entry.at, {
      code,
      source: 'alarm',
      ...(alarm.priority !== undefined && { severity: alarm.priority }),
      subject,
      ...(crossing && { crossing: crossing.crossing }),
      ...aboutCrossing(crossing),
      ...(alarm.text && { text: alarm.text }),
    });
    return true;
  };

  /** Something that has passed is a matter for customs: told once, with its case. */
  const takeCase = async (tx: Statements, at: number, opened: CaseDecision): Promise<boolean> => {
    const { id, crossing, containers, reasons } = opened;
    const known = aboutCrossing(await crossingOf(tx, crossing));
    let stored = false;
    for (const { code, severity, owner, detail, text } of reasons) {
      const found: Found = {
        code,
        source: 'case',
        severity,
        owner,
        crossing,
        ...known,
        containers,
        subject: id,
        detail,
        ...(text && { text }),
      };
      stored = (await add(tx, `case ${id} ${code} ${detail}`, at, found)) || stored;
    }
    return stored;
  };

  /** We recalled what had left already: the release was withdrawn after departure. */
  const takeRecall = async (tx: Statements, entry: JournalEntry, data: string): Promise<boolean> => {
    const line = decodeRecord(data);
    if (!line.ok || line.record.kind !== 'recalled') return false;
    const { move, code } = line.record;
    const crossing = await crossingOfMove(tx, move);
    return add(tx, `recalled ${move} ${code}`, entry.at, {
      code,
      source: 'handover',
      severity: 'refer',
      owner: 'customs',
      ...(crossing && { crossing: crossing.crossing }),
      ...aboutCrossing(crossing),
      detail: `withdrawn after departure; recalled as ${move}`,
    });
  };

  return {
    add,
    async take(tx, entry, decision) {
      if (decision.type === 'verdict') return takeVerdict(tx, entry.at, decision.body);
      if (decision.type === 'alarm') return takeAlarm(tx, entry, decision.body);
      if (decision.type === 'case-opened') return takeCase(tx, entry.at, decision.body);
      if (decision.type === 'alarm-dropped') await alarmOver(tx, decision.body.alarm);
      if (decision.type === 'handover' && decision.body.record === 'recalled')
        return takeRecall(tx, entry, decision.body.data);
      return false;
    },
  };
}

const alarmOver = (tx: Statements, alarm: string): Promise<void> =>
  tx.run('DELETE FROM alarm_raised WHERE alarm = ?', alarm);

/** The line as it is written. The signature binds the canonical form (RFC 8785) of all its other members. */
function lineOf(alert: Alert, signer: Signer | undefined): string {
  const jws = signer && signDetached(Buffer.from(canonicalJson(alert), 'utf8'), ALERT_SIGNATURE_TYPE, signer);
  return `${JSON.stringify({ ...alert, ...(jws !== undefined && { jws }) })}\n`;
}

const aboutCrossing = (crossing: CrossingDecision | undefined): Partial<Found> =>
  crossing
    ? {
        direction: crossing.direction,
        containers: crossing.containers,
        ...(crossing.truck !== undefined && { truck: crossing.truck }),
        ...(crossing.vehicle !== undefined && { vehicle: crossing.vehicle }),
      }
    : {};

function partsOf(alarm: string): { code: string; subject: string } {
  const at = alarm.indexOf('/');
  return at < 0 ? { code: alarm, subject: '' } : { code: alarm.slice(0, at), subject: alarm.slice(at + 1) };
}

export const fileNameOf = (day: string): string => `alerts-${day}.jsonl`;

/** Writes the stored lines into the file of their day; wake it when there are new ones. */
export function startAlertFiles(
  options: WorkerTools & { config: AlertsConfig; dataDir: string; database: Database },
): Worker {
  const { database, log } = options;
  const folder = resolve(options.dataDir, options.config.folder);

  return startWorker({
    ...options,
    name: 'alert file',
    backoff: { minMs: 1_000, maxMs: 60_000 },
    async turn() {
      const days = await database.all<{ day: string }>(
        'SELECT DISTINCT day FROM alert WHERE written = 0 ORDER BY day',
      );
      let failure: unknown;
      for (const { day } of days) {
        try {
          await writeDay(day);
        } catch (error) {
          // A file that cannot be written keeps no other day from being told.
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
      return days.length === 0 ? 'idle' : 0;
    },
  });

  async function writeDay(day: string): Promise<void> {
    const path = join(folder, fileNameOf(day));
    const before = await database.get<{ bytes: number | null }>(
      'SELECT SUM(LENGTH(CAST(line AS BLOB))) AS bytes FROM alert WHERE day = ? AND written = 1',
      day,
    );
    const offset = before?.bytes ?? 0;
    const rows = await database.all<{ number: number; line: string }>(
      'SELECT number, line FROM alert WHERE day = ? AND written = 0 ORDER BY number LIMIT ?',
      day,
      LINES_MAX,
    );
    const bytes = Buffer.from(rows.map(({ line }) => line).join(''), 'utf8');
    const size = (await sizeOf(path)) ?? 0;
    if (size > offset + bytes.length)
      throw new GateError(
        'ALERT_FILE_CHANGED',
        `${path} has ${size} bytes, and ${offset + bytes.length} were to be in it`,
        'Somebody else has written into it. Move it away: it is written again from the beginning of its day.',
      );
    if (size < offset) {
      log.warn('an alert file was taken away or cut; it is written again from the beginning of its day', {
        path,
      });
      await database.transaction((tx) => tx.run('UPDATE alert SET written = 0 WHERE day = ?', day));
      return;
    }
    await writeAt(path, offset, bytes);
    await database.transaction((tx) =>
      tx.run(
        'UPDATE alert SET written = 1 WHERE day = ? AND number <= ? AND written = 0',
        day,
        rows.at(-1)?.number ?? 0,
      ),
    );
  }
}
