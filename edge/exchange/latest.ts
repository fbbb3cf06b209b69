/**
 * Tells control a latest value: whether the link is up, what the other side's machines do. Only changes are told, the
 * newest replaces one that still waits, and after a restart of control it is told again.
 */
import type { ControlDoor, ExchangeInput } from './door.ts';
import { startWorker, type Worker, type WorkerTools } from './worker.ts';

export interface Latest<Value> {
  tell(value: Value): void;
  /** Control lost what it was told. */
  tellAgain(): void;
  /** Resolves when control knows the newest value; at once if there is none. */
  told(): Promise<void>;
  stop(): Promise<void>;
}

export function createLatest<Value extends ExchangeInput>(
  options: WorkerTools & { door: ControlDoor; source: string },
): Latest<Value> {
  const { door, source, random } = options;
  let wanted: Value | undefined;
  let told: string | undefined;
  let generation = 0;
  let onTold: (() => void)[] = [];

  const worker: Worker = startWorker({
    ...options,
    name: `tell control about ${source}`,
    backoff: { minMs: 50, maxMs: 1_000 },
    async turn() {
      const text = wanted && JSON.stringify(wanted);
      if (wanted === undefined || text === told) {
        for (const resolve of onTold) resolve();
        onTold = [];
        return 'idle';
      }
      const asOfGeneration = generation;
      await door.submit(wanted, { source, id: `${source}:${random.uuid()}` });
      told = asOfGeneration === generation ? text : undefined;
      return 0;
    },
  });

  return {
    tell(value) {
      wanted = value;
      worker.wake();
    },
    tellAgain() {
      generation += 1;
      told = undefined;
      worker.wake();
    },
    told: () =>
      new Promise((resolve) => {
        onTold.push(resolve);
        worker.wake();
      }),
    stop: worker.stop,
  };
}
