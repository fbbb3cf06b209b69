/** What leaves the gate as files, for partners and officers: each a function of the journal. */
import { resolve } from 'node:path';
import type { GateConfig } from '../../../config/schema.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Database, Statements } from '../database.ts';
import { readSigningKey } from '../keys.ts';
import type { Outgoing } from '../outbox/outbox.ts';
import type { Worker, WorkerTools } from '../worker.ts';
import { createAlertLines, startAlertFiles } from './alerts.ts';
import { queueGateEvent, startCodecoExport } from './codeco-export.ts';
import { rememberCrossing } from './crossings.ts';
import { type UpstreamDecision, upstreamDecisionOf } from './decisions.ts';

export interface Upstream {
  /** Stores what the entries give to tell. True if it stored something. */
  take(tx: Statements, entries: readonly JournalEntry[]): Promise<boolean>;
  /** What was taken is durable. */
  taken(): void;
  /** The other end refused something for good: an officer is told. */
  refused(tx: Statements, outgoing: Outgoing, answer: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts what is configured.
 * @throws GateError `KEY_…` if alerts are to be signed and the key is not usable.
 */
export async function startUpstream(
  options: WorkerTools & { config: GateConfig; dataDir: string; database: Database },
): Promise<Upstream> {
  const { config, dataDir, database, clock, log } = options;
  const { codeco, alerts } = config.upstream;
  const { utcOffset } = config.gate;
  const isAsked = codeco.length > 0 || alerts !== undefined;

  const signer =
    alerts?.signingKey === undefined
      ? undefined
      : await readSigningKey('key that signs alerts', resolve(dataDir, alerts.signingKey));
  const alertLines = alerts && createAlertLines({ config: alerts, gate: config.gate, signer });
  const alertFiles = alerts && startAlertFiles({ ...options, config: alerts, dataDir, database });
  const workers: Worker[] = codeco.map((partner) =>
    startCodecoExport({ ...options, config: partner, dataDir, utcOffset, database }),
  );
  if (alertFiles) workers.push(alertFiles);

  const read = (entry: JournalEntry): UpstreamDecision | undefined => {
    try {
      return upstreamDecisionOf(entry);
    } catch (error) {
      log.error('a decision cannot be told upstream; control and exchange must be of one release', {
        seq: entry.seq,
        type: entry.type,
        reason: messageOf(error),
      });
      return undefined;
    }
  };

  const takeOne = async (tx: Statements, entry: JournalEntry): Promise<boolean> => {
    // The journal begins anew: what stood raised in the one before is not known to stand in this one.
    if (entry.seq === 1) await tx.run('DELETE FROM alarm_raised');
    const decision = read(entry);
    if (!decision) return false;
    if (decision.type === 'crossing') {
      await rememberCrossing(tx, decision.body);
      return true;
    }
    if (decision.type === 'customs-report') {
      await queueGateEvent(tx, codeco, decision.body, entry.body);
      return true;
    }
    return (await alertLines?.take(tx, entry, decision)) ?? false;
  };

  return {
    async take(tx, entries) {
      if (!isAsked) return false;
      let stored = false;
      for (const entry of entries) stored = (await takeOne(tx, entry)) || stored;
      return stored;
    },
    taken: () => alertFiles?.wake(),
    async refused(tx, { destination, kind, key, container }, answer) {
      await alertLines?.add(tx, `refused ${destination} ${kind} ${key}`, clock.nowMs(), {
        code: 'REPORT_REFUSED',
        source: 'exchange',
        owner: 'customs',
        containers: [container],
        detail: `${kind} ${key} was refused by ${destination}: ${answer}`,
      });
      // It is woken before the line is durable; the worker waits its turn at the database.
      alertFiles?.wake();
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
