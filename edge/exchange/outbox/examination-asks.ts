/**
 * Asks for examinations: the gate has decided that a container is to be examined, and the examiner's own system is told. Each
 * system gets each ask once, in order for each container.
 */
import { type ExaminationAsk, writeExaminationAsk } from '../../../protocols/clearance/examination-ask.ts';
import { IDEMPOTENCY_HEADER } from '../../../protocols/clearance/wire.ts';
import { isoWithOffset } from '../../../protocols/time.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { Statements } from '../database.ts';
import { createHttpClient } from '../http.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';
import type { Outbox } from './outbox.ts';
import { createSender, type SenderOptions } from './sender.ts';

const ANSWER_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 1024 * 1024;

/** Where asks go. */
export interface Examiner {
  /** Unique; names it in the outbox, so it may not change while something waits. */
  id: string;
  /** Asks are posted there. */
  askUrl: string;
  /** `Authorization` and the like. */
  headers?: Record<string, string>;
}

const destinationOf = ({ id }: Pick<Examiner, 'id'>): string => `examiner ${id}`;

/** Queues an ask for each examiner. Its id is the hash of its journal entry: read again, it is the same ask. */
export async function queueExaminationAsk(
  tx: Statements,
  outbox: Outbox,
  examiners: readonly Pick<Examiner, 'id'>[],
  ask: Pick<ExaminationAsk, 'container' | 'requirement'>,
  from: { entry: Pick<JournalEntry, 'at' | 'hash'>; gate: { id: string; utcOffset: string } },
): Promise<void> {
  const { entry, gate } = from;
  const { container, requirement } = ask;
  const askId = `${gate.id}-x${entry.hash.slice(0, 32)}`;
  const askedAt = isoWithOffset(entry.at, gate.utcOffset);
  const body = JSON.stringify(writeExaminationAsk({ askId, gate: gate.id, container, requirement, askedAt }));
  for (const examiner of examiners)
    await outbox.add(tx, {
      destination: destinationOf(examiner),
      kind: 'examination-ask',
      key: askId,
      container,
      body,
    });
}

/** Sends what waits for one examiner; wake it when an ask was queued. */
export function startAsking(
  options: WorkerTools & {
    examiner: Examiner;
    outbox: Outbox;
    backoff: SenderOptions['backoff'];
    onRefused?: NonNullable<SenderOptions['onRefused']>;
  },
): Worker {
  const { examiner, clock } = options;
  const url = new URL(examiner.askUrl);
  const client = createHttpClient({
    url: url.origin,
    clock,
    connectionsMax: 1,
    bodyBytesMax: ANSWER_BYTES_MAX,
  });
  const sender = createSender({
    ...options,
    destination: destinationOf(examiner),
    post: ({ key, body }, signal) =>
      client.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { ...examiner.headers, 'content-type': 'application/json', [IDEMPOTENCY_HEADER]: key },
        body,
        timeoutMs: ANSWER_MS_MAX,
        signal,
      }),
  });
  const worker = startWorker({
    ...options,
    name: `ask ${examiner.id} for examinations`,
    async turn(stopping) {
      if ((await sender.send(stopping)) !== 'nothing') return 0;
      return (await sender.dueInMs()) ?? 'idle';
    },
  });
  return {
    ...worker,
    async stop() {
      await worker.stop();
      client.close();
    },
  };
}
