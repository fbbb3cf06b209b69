/**
 * Goods that are refused on the other side and go home, by chance: some as they come over the border, which never leave the yard,
 * some after a truck had fetched them, which brings them back.
 */
import { type Random, seededRandom } from '../../edge/platform/random.ts';
import { REFUSERS } from '../../protocols/refusal.ts';
import type { VirtualGate } from '../run/virtual-gate.ts';
import type { VirtualRun } from '../run.ts';
import { streamSeed } from './chance.ts';

const MINUTE_MS = 60_000;

export interface Returns {
  /** Containers that a truck has brought back: they are delivered twice. */
  readonly broughtBack: number;
  /** Nobody refuses anything any more; what was refused before still goes home. */
  stop(): void;
}

/** `share`: of the goods that come over the border, and again of those that were fetched. */
export function startReturns(run: VirtualRun, share: number, seed: number): Returns {
  let stopped = false;
  let broughtBack = 0;

  function watch(id: string, gate: VirtualGate, random: Random): void {
    const isChosen = (): boolean => random.next() < share;
    const isReleased = (container: string): boolean =>
      run.world.gates.get(id)?.customs.released(container) === true;
    /** Moves that were looked at already, as they came and when they were over. */
    let coming = new Set<string>();
    let over = new Set<string>();
    /** Customs will not release them, and they go home once they stand in the yard. */
    const refused = new Map<string, string>();

    function giveBack(container: string, move: string): boolean {
      const refusedBy = REFUSERS[Math.floor(random.next() * REFUSERS.length)] ?? 'other';
      const refusal = { move, refusedBy, reason: 'refused', refusedAt: gate.state.now } as const;
      return run.world.giveBack(id, container, refusal);
    }

    run.clock.every(MINUTE_MS, () => {
      if (!gate.isUp) return;
      const arriving = importsIn(gate);
      for (const { move, container, stage } of arriving) {
        if (stage === 'in-yard' && refused.get(container) === move && giveBack(container, move))
          refused.delete(container);
        if (stopped || coming.has(move) || stage === 'in-yard' || !isChosen() || isReleased(container))
          continue;
        // What only the border can take away must not fill the slots that are kept for what comes over it.
        const most = Math.max(1, gate.config.yard.keepFree.import - 1);
        if (refused.size + waitingIn(gate) >= most) continue;
        refused.set(container, move);
        run.world.setClearance(id, container, 'withdrawn');
      }
      const fetched = fetchedFrom(gate);
      for (const { move, container } of fetched) {
        if (stopped || over.has(move) || !isChosen()) continue;
        if (giveBack(container, move)) broughtBack += 1;
      }
      coming = new Set(arriving.map(({ move }) => move));
      over = new Set(fetched.map(({ move }) => move));
    });
  }

  for (const [id, gate] of run.gates) watch(id, gate, seededRandom(streamSeed(seed, `returns ${id}`)));
  return {
    get broughtBack() {
      return broughtBack;
    },
    stop() {
      stopped = true;
    },
  };
}

const COMING: ReadonlySet<string> = new Set(['departed', 'arrived', 'entering', 'in-yard']);

/** Goods on their way over the border, or in the yard since. */
function importsIn({ state }: VirtualGate): { move: string; container: string; stage: string }[] {
  return Object.values(state.crossings).flatMap(({ direction, load, stage, inbound, containers }) => {
    const [container] = containers;
    const isMeant = direction === 'import' && load === 'laden' && COMING.has(stage);
    if (!isMeant || inbound === undefined || container === undefined) return [];
    return [{ move: inbound.move, container: container.number, stage }];
  });
}

/** Returns that hold a slot until a vehicle takes them. */
const waitingIn = ({ state }: VirtualGate): number =>
  Object.values(state.crossings).filter(({ load, slot }) => load === 'return' && slot !== undefined).length;

/** Goods that a truck has fetched. */
const fetchedFrom = ({ state }: VirtualGate): { move: string; container: string }[] =>
  Object.entries(state.delivered).flatMap(([container, { direction, load, move }]) =>
    direction === 'import' && load === undefined && move !== undefined ? [{ move, container }] : [],
  );
