/** Tells control what the mirror has queued, in order, each input under the next number of the source `customs`. */
import { type ControlDoor, sourceCursor, submitInOrder } from '../door.ts';
import { type Submitter, startWorker, type WorkerTools } from '../worker.ts';
import type { Mirror } from './mirror.ts';

const SOURCE = 'customs';
/** Inputs numbered at once; a withdrawal that comes up waits for these at most. */
const BATCH_MAX = 32;

/** Wake it when something was queued. */
export function startCustomsSubmitter(
  options: WorkerTools & { door: ControlDoor; mirror: Mirror },
): Submitter {
  const { door, mirror } = options;
  let delivered: number | undefined;
  const worker = startWorker({
    ...options,
    name: 'tell control about customs',
    backoff: { minMs: 100, maxMs: 5_000 },
    async turn() {
      const cursor = delivered ?? (await sourceCursor(door, SOURCE));
      // Unknown until the batch is through: after a failure control itself says how far it got.
      delivered = undefined;
      const batch = await mirror.reserve(cursor, BATCH_MAX);
      await submitInOrder(
        door,
        batch.map(({ seq, input }) => ({ input, from: { source: SOURCE, id: `${SOURCE}:${seq}`, seq } })),
      );
      delivered = cursor + batch.length;
      return batch.length === 0 ? 'idle' : 0;
    },
  });
  return {
    ...worker,
    resync() {
      delivered = undefined;
      worker.wake();
    },
  };
}
