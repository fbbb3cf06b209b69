/** What goes to customs: reports of get-in and get-out, and passages of transits; signed where a key is configured. */
import { resolve } from 'node:path';
import type { GateConfig } from '../../../config/schema.ts';
import { writePassage } from '../../../protocols/clearance/transit.ts';
import {
  IDEMPOTENCY_HEADER,
  REPORT_SIGNATURE_TYPE,
  REPORTS_PATH,
  SIGNATURE_HEADER,
  TRANSIT_PASSAGES_PATH,
} from '../../../protocols/clearance/wire.ts';
import type { AreaReport } from '../../../protocols/clearance/words.ts';
import { writeReport } from '../../../protocols/clearance/writing.ts';
import { signDetached } from '../../../protocols/detached-jws.ts';
import type { Statements } from '../database.ts';
import type { HttpAnswer } from '../http.ts';
import { readSigningKey } from '../keys.ts';
import type { Outbox, OutgoingKind } from '../outbox/outbox.ts';
import { createSender, type Sender, type SenderOptions } from '../outbox/sender.ts';

/** Destination of all that goes to customs. */
export const CUSTOMS = 'customs';

const PATHS: Partial<Record<OutgoingKind, string>> = {
  report: REPORTS_PATH,
  'transit-passage': TRANSIT_PASSAGES_PATH,
};

/**
 * Queues a report, and a passage for each transit (ACTS) that its container is under, where an office is configured.
 * False if another report of its id was told before; then it is kept, and not sent.
 */
export async function queueReport(
  tx: Statements,
  outbox: Outbox,
  report: AreaReport & { seals?: string[] | undefined },
  transit: GateConfig['upstream']['transit'],
): Promise<boolean> {
  const { reportId, kind, container, eventTime, seals } = report;
  const body = JSON.stringify(writeReport(report));
  const queued = await outbox.add(tx, {
    destination: CUSTOMS,
    kind: 'report',
    key: reportId,
    container,
    body,
  });
  if (!queued || transit === undefined) return queued;
  for (const mrn of await transitsOf(tx, container)) {
    const passageId = `${reportId}-${mrn}`;
    const { office } = transit;
    const passage = { passageId, mrn, office, kind, container, eventTime, ...(seals && { seals }) };
    await outbox.add(tx, {
      destination: CUSTOMS,
      kind: 'transit-passage',
      key: passageId,
      container,
      body: JSON.stringify(writePassage(passage)),
    });
  }
  return true;
}

/** Movement reference numbers of the transits that a container is under, as customs has told. */
async function transitsOf(tx: Statements, container: string): Promise<string[]> {
  const rows = await tx.all<{ mrn: string }>(
    `SELECT DISTINCT json_extract(body, '$.mrn') AS mrn FROM clearance
       WHERE container = ? AND json_extract(body, '$.mrn') IS NOT NULL
         AND json_extract(body, '$.status') <> 'withdrawn' ORDER BY mrn`,
    container,
  );
  return rows.map(({ mrn }) => mrn);
}

/** @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND` if reports are to be signed and the key is not usable. */
export async function createCustomsSender(
  options: Omit<SenderOptions, 'destination' | 'post'> & {
    config: GateConfig['customs'];
    dataDir: string;
    post(
      path: string,
      body: string,
      headers: Record<string, string>,
      signal: AbortSignal,
    ): Promise<HttpAnswer>;
  },
): Promise<Sender> {
  const { reportKeyFile } = options.config;
  const signer =
    reportKeyFile === undefined
      ? undefined
      : await readSigningKey('key that signs reports', resolve(options.dataDir, reportKeyFile));
  return createSender({
    ...options,
    destination: CUSTOMS,
    post: ({ kind, key, body }, signal) => {
      const signature = signer && signDetached(Buffer.from(body, 'utf8'), REPORT_SIGNATURE_TYPE, signer);
      const headers = {
        [IDEMPOTENCY_HEADER]: key,
        ...(signature !== undefined && { [SIGNATURE_HEADER]: signature }),
      };
      return options.post(PATHS[kind] ?? `/${kind}s`, body, headers, signal);
    },
  });
}
