/**
 * The people at the consoles of a run in virtual time. They look at what the gate shows every few seconds, take a minute or
 * more to come to a matter, look at the vehicle or the container itself, and then do what an honest person would: nothing
 * that the truth does not bear out, and overrides always by two.
 */
import type { Random } from '../edge/platform/random.ts';
import { between, MINUTE_MS } from './faults/fault.ts';
import { type Matter, mattersOf, type Outlook } from './operators/matters.ts';
import type { VirtualGate, VirtualRun } from './run.ts';
import type { SimulatedGate } from './world/world.ts';

/** How often they look at their screens. */
const LOOK_MS = 20_000;

export interface Operators {
  /** Matters seen to so far. */
  readonly count: number;
}

/** Puts people to the consoles of both gates. */
export function startOperators(run: VirtualRun, random: Random): Operators {
  let count = 0;
  for (const [id, gate] of run.gates) {
    const world = run.world.gates.get(id);
    if (world === undefined) continue;
    const desk = createDesk(run, gate, world, random);
    run.clock.every(LOOK_MS, () => {
      if (gate.isUp) count += desk();
    });
  }
  return {
    get count() {
      return count;
    },
  };
}

/** One gate's people; each call is one look at the screens, and tells how many matters were seen to. */
function createDesk(run: VirtualRun, gate: VirtualGate, world: SimulatedGate, random: Random): () => number {
  /** When each open matter is seen to, and how often it has been. */
  let open = new Map<string, { dueMs: number; times: number }>();

  function look(): number {
    const nowMs = run.clock.monotonicMs();
    const outlook: Outlook = { run, gate, world };
    const still: typeof open = new Map();
    const due: { matter: Matter; times: number }[] = [];
    for (const matter of mattersOf(outlook)) {
      const known = open.get(matter.key);
      const soon = (): number => nowMs + between(random, 1, matter.urgent ? 2 : 5) * MINUTE_MS;
      if (known === undefined) still.set(matter.key, { dueMs: soon(), times: 0 });
      else if (known.dueMs > nowMs) still.set(matter.key, known);
      else {
        due.push({ matter, times: known.times });
        still.set(matter.key, { dueMs: soon(), times: known.times + 1 });
      }
    }
    open = still;
    for (const { matter, times } of due) matter.see(times);
    return due.length;
  }
  return look;
}
