/** One gate's people at their screens: each matter they find is seen to once they have come to it, and again if it stays. */
import type { Random } from '../../edge/platform/random.ts';
import { between, MINUTE_MS } from '../faults/fault.ts';
import { type Matter, mattersOf, type Outlook } from './matters.ts';

/** A minute or more, as it goes in a whole day. */
export const inMinutes =
  (random: Random) =>
  ({ urgent }: Matter): number =>
    between(random, 1, urgent ? 2 : 5) * MINUTE_MS;

/**
 * Each call is one look at the screens, and returns how many matters were seen to. `comeMs`: from a matter's coming up, or its
 * having been seen to in vain, until somebody sees to it.
 */
export function createDesk(outlook: Outlook, comeMs: (matter: Matter) => number): () => number {
  const { clock } = outlook.run;
  /** When each open matter is seen to, and how often it has been. */
  let open = new Map<string, { dueMs: number; times: number }>();

  return function look(): number {
    const nowMs = clock.monotonicMs();
    const still: typeof open = new Map();
    const due: { matter: Matter; times: number }[] = [];
    for (const matter of mattersOf(outlook)) {
      const known = open.get(matter.key);
      if (known !== undefined && known.dueMs > nowMs) {
        still.set(matter.key, known);
        continue;
      }
      if (known !== undefined) due.push({ matter, times: known.times });
      const times = known === undefined ? 0 : known.times + 1;
      still.set(matter.key, { dueMs: nowMs + comeMs(matter), times });
    }
    open = still;
    for (const { matter, times } of due) matter.see(times);
    return due.length;
  };
}
