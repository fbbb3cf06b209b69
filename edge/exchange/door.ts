/** How exchange sees control: the exchange door, and nothing else of it. */
import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { CounterpartInput, CustomsInput, InputSource } from '../core/input.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { GateError } from '../platform/errors.ts';

export type ExchangeInput = CustomsInput | CounterpartInput;

export interface Submission {
  input: ExchangeInput;
  from: InputSource;
}

export interface SubmitAnswer {
  /** Sequence in the journal. */
  seq: number;
  repeated: boolean;
}

/** The exchange door; `edge/platform/door-client.ts` is one over a Unix socket. */
export interface ControlDoor {
  /** Resolves when the input is durable; rejects with a `GateError` that says why not. */
  submit(input: ExchangeInput, from: InputSource): Promise<SubmitAnswer>;
  /** Submits in order. Ends soon after the first error; inputs without an answer were not admitted. */
  submitAll(batch: readonly Submission[]): Promise<(SubmitAnswer | GateError)[]>;
  /** The core's state; exchange reads its `sources` only. */
  state(): Promise<unknown>;
  /** The part of the state that the counterpart may see live. */
  live(): Promise<unknown>;
  /** Durable journal entries after `afterSeq`, and each later one. May end or fail at any time; follow again from the last entry. */
  follow(afterSeq: number, inputs?: readonly string[]): Observable<JournalEntry>;
  /** Durable entries after `after`, at most `limit`; `inputs`: of inputs, those of these types and the last that was looked at. */
  read(after: number, limit: number, inputs?: readonly string[]): Promise<JournalEntry[]>;
}

const cursors = z.object({ sources: z.record(z.string(), z.int().nonnegative()) });

/** The last sequence number that control has of one source; 0 if it has none. */
export async function sourceCursor(door: ControlDoor, source: string): Promise<number> {
  const parsed = cursors.safeParse(await door.state());
  if (!parsed.success)
    throw new GateError(
      'STATE_UNREADABLE',
      `the control daemon's state has no readable source cursors: ${parsed.error.message}`,
      'Run the control and exchange daemons from the same release.',
    );
  return parsed.data.sources[source] ?? 0;
}

/** Submits in order and resolves when all are durable. Rejects with the first refusal; what was before it is admitted. */
export async function submitInOrder(door: ControlDoor, batch: readonly Submission[]): Promise<void> {
  if (batch.length === 0) return;
  const answers = await door.submitAll(batch);
  for (const answer of answers) if (answer instanceof GateError) throw answer;
  if (answers.length < batch.length)
    throw new GateError(
      'DOOR_BROKEN',
      `the control daemon answered ${answers.length} of ${batch.length} inputs`,
      'Nothing to do: the others are submitted again. If it stays so, see the log of the control daemon.',
    );
}

/** The same door, whose calls and streams end when `signal` does: a daemon that stops never waits for another. */
export function abortableDoor(door: ControlDoor, signal: AbortSignal): ControlDoor {
  const bound = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const abort = (): void => reject(stopped());
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  return {
    submit: (input, from) => bound(door.submit(input, from)),
    submitAll: (batch) => bound(door.submitAll(batch)),
    state: () => bound(door.state()),
    live: () => bound(door.live()),
    read: (after, limit, inputs) => bound(door.read(after, limit, inputs)),
    follow: (afterSeq, inputs) => door.follow(afterSeq, inputs),
  };
}

const stopped = (): GateError =>
  new GateError(
    'EXCHANGE_STOPPED',
    'the exchange daemon is stopping',
    'Nothing to do; it goes on after its next start.',
  );
