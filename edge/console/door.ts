/** What the console needs of the control daemon's door; `edge/platform/door-client.ts` is the real one. */
import type { Observable } from 'rxjs';
import type { JournalEntry } from '../journal/journal.ts';

export interface ConsoleDoor {
  /** The core's state as plain JSON. Rejects while the control daemon cannot be reached. */
  state(): Promise<unknown>;
  /** Durable entries with `seq > after`, then each new one. Errors or completes when the connection is lost. */
  follow(after: number): Observable<JournalEntry>;
  /** Durable entries with `seq > after`, at most `limit`. */
  read(after: number, limit: number): Promise<JournalEntry[]>;
  /** Hands over a person's signed act; answers when it is durable. Rejects with the `GateError` of the door. */
  submitJws(jws: string): Promise<{ seq: number }>;
}
