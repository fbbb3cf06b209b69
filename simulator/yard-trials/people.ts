/** The people of a yard trial: they see to each matter as those of a whole day do (operators.ts), only sooner. */
import { type Matter, mattersOf } from '../operators/matters.ts';
import type { VirtualRun } from '../run.ts';

/** From a matter's coming up to somebody's seeing to it; then again as often. */
const COME_MS = 6_000;

/** Each call is one look at the screens of all gates. */
export function createPeople(run: VirtualRun): () => void {
  let open = new Map<string, { dueMs: number; times: number }>();
  return function look(): void {
    const nowMs = run.clock.monotonicMs();
    const still: typeof open = new Map();
    const due: { matter: Matter; times: number }[] = [];
    for (const [id, gate] of run.gates) {
      const world = run.world.gates.get(id);
      if (world === undefined || !gate.isUp) continue;
      for (const matter of mattersOf({ run, gate, world })) {
        const key = `${id} ${matter.key}`;
        const known = open.get(key);
        if (known !== undefined && known.dueMs > nowMs) {
          still.set(key, known);
          continue;
        }
        const times = known === undefined ? 0 : known.times + 1;
        if (known !== undefined) due.push({ matter, times: known.times });
        still.set(key, { dueMs: nowMs + COME_MS, times });
      }
    }
    open = still;
    for (const { matter, times } of due) matter.see(times);
  };
}
