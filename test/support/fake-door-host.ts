import type { DoorHost } from '../../edge/control/door.ts';
import type { Input, InputSource } from '../../edge/core/input.ts';
import { createMemoryJournal } from '../../edge/journal/memory.ts';
import { GateError } from '../../edge/platform/errors.ts';
import { createSerial } from '../../edge/platform/serial.ts';

export interface FakeDoorHost extends DoorHost {
  readonly admitted: { input: Input; from: InputSource }[];
  readonly followers: number;
  /** The next submission is rejected with it. */
  failNext(error: GateError): void;
  /** Puts one entry of `bytes` into the journal, as a device report does. */
  report(bytes?: number): Promise<void>;
  /** Puts a decision of the core into the journal. */
  decide(type: string, body: unknown): Promise<void>;
}

/** What stands behind a door, with a journal in memory, repeats and gapless sources, and no core. */
export function createFakeDoorHost(): FakeDoorHost {
  const journal = createMemoryJournal();
  const serially = createSerial();
  const listeners = new Set<(seq: number) => void>();
  const seen = new Map<string, number>();
  const cursors = new Map<string, number>();
  const admitted: FakeDoorHost['admitted'] = [];
  const failures: GateError[] = [];

  const append = async (
    type: string,
    body: unknown,
    kind: 'input' | 'decision' = 'input',
  ): Promise<number> => {
    const { firstSeq } = await journal.append([{ at: 0, kind, type, body: JSON.stringify(body) }]);
    for (const listener of listeners) listener(firstSeq);
    return firstSeq;
  };

  return {
    batchInFlightMax: 64,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    admitted,
    get followers() {
      return listeners.size;
    },
    failNext: (error) => failures.push(error),
    report: (bytes = 10) => serially(async () => void (await append('lane-io', 'x'.repeat(bytes)))),
    decide: (type, body) => serially(async () => void (await append(type, body, 'decision'))),
    submit: (input, from) =>
      serially(async () => {
        const failure = failures.shift();
        if (failure) throw failure;
        const known = seen.get(`${from.source} ${from.id}`);
        if (known !== undefined) return { seq: known, repeated: true };
        if (from.seq !== undefined) {
          const next = (cursors.get(from.source) ?? 0) + 1;
          if (from.seq !== next)
            throw new GateError('GAP', `${from.seq} came, ${next} is next`, `Send ${next}.`);
          cursors.set(from.source, from.seq);
        }
        admitted.push({ input, from });
        const seq = await append(input.type, input);
        seen.set(`${from.source} ${from.id}`, seq);
        return { seq, repeated: false };
      }),
    read: (after, limit, inputs) => journal.read(after, limit, inputs),
    onDurable(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => ({ sources: Object.fromEntries(cursors) }),
    live: () => ({ vehicles: {}, bays: {} }),
  };
}
