/** State is what you get by reading the journal: the newest snapshot this core understands, then every input after it. */
import { step } from '../core/gate.ts';
import type { AdmittedInput } from '../core/input.ts';
import type { GateState } from '../core/state.ts';
import { initialState, restore, STATE_SHAPE } from '../core/state.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { createSeenInputs } from './seen-inputs.ts';

const PAGE_ENTRIES = 1_000;

/** The input a journal entry holds. */
export const inputOf = (entry: JournalEntry): AdmittedInput =>
  ({ type: entry.type, at: entry.at, ...JSON.parse(entry.body) }) as AdmittedInput;

/** The state at the journal's head, and the door inputs it has already taken. Decisions are not made again: they are on disk. */
export async function restoreState(
  journal: Pick<Journal, 'read' | 'latestSnapshot'>,
): Promise<{ state: GateState; seen: ReturnType<typeof createSeenInputs> }> {
  const latest = await journal.latestSnapshot();
  const known = latest === undefined ? undefined : restore(latest.body);
  const usable = latest !== undefined && known?.shape === STATE_SHAPE;
  const state = usable && known !== undefined ? known : initialState();
  const seen = createSeenInputs();
  let after = usable ? latest.seq : 0;
  for (;;) {
    const entries = await journal.read(after, PAGE_ENTRIES);
    for (const entry of entries) {
      after = entry.seq;
      if (entry.kind !== 'input') continue;
      const input = inputOf(entry);
      step(state, input);
      if (input.from !== undefined) seen.add(input.from, Promise.resolve(entry.seq));
    }
    if (entries.length < PAGE_ENTRIES) return { state, seen };
  }
}
