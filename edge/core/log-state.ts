/** What the state keeps of our own handover log, and of what a restored one has left open. */
import type { HandoverRecord } from '../../protocols/handover/record.ts';

/** Our own handover log, as far as writing it depends on more than what is written. */
export interface OwnLog {
  /** False on an empty disk until the other side has shown that it knows no line of ours, or our log was restored from it. */
  open: boolean;
  /** Written when it is open. */
  waiting: HandoverRecord[];
  /** The two logs are being read as history. `tokens`: by track, how often each side has passed the token on. */
  restoring: { tokens: Record<string, { ours: number; theirs: number }> } | null;
}

/** A move of the restored logs that is not over. */
export interface OpenMove {
  /** We are its sender. */
  sent: boolean;
  track: string;
  withdrawn?: true;
  granted?: true;
  arrived?: true;
  received?: true;
}
