/**
 * What the control daemon offers behind its two local sockets (DESIGN §5). `door-server.ts` puts it on HTTP over a Unix
 * socket, `edge/platform/door-client.ts` is the other end.
 */
import type { Input, InputSource } from '../core/input.ts';
import type { JournalEntry } from '../journal/journal.ts';

/** One door a zone. It decides which inputs may come through it. */
export type DoorZone = 'exchange' | 'console';

export interface DoorHost {
  /** Inputs of one batch that wait for their commit together: enough to fill appends, few enough to leave the door open for others. */
  readonly batchInFlightMax: number;
  /** Resolves when devices have had their turn. */
  turn(): Promise<void>;
  /**
   * Admits one input and answers when it is durable, with its journal sequence. A repeat of the same `{source, id}`
   * answers with the first one's sequence. Rejects with `GateError`: `DOOR_FULL` (429), `GAP` (409: `seq` is not the next one).
   */
  submit(input: Input, from: InputSource): Promise<{ seq: number; repeated: boolean }>;
  /** Durable entries after `seq`, at most `limit`. */
  read(after: number, limit: number, inputs?: readonly string[]): Promise<JournalEntry[]>;
  /** Calls back after each durable append; returns the unsubscribe. */
  onDurable(listener: (headSeq: number) => void): () => void;
  /** The core's state as plain JSON, as of now; of signed lists not their entries. */
  state(): unknown;
  /** The part of the state that the counterpart may see live (DESIGN §7). */
  live(): unknown;
}
