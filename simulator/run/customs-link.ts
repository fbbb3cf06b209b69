/** What exchange does between one gate and its customs: changes in order, each once; its word on its list; our reports back. */
import type { AreaReport } from '../../protocols/clearance/words.ts';
import type { VirtualClock } from '../world/virtual-clock.ts';
import type { SimulatedGate } from '../world/world.ts';
import type { VirtualGate } from './virtual-gate.ts';

/** From customs to the gate and back. */
const LINK_MS = 40;
/** How often customs confirms that its list is complete. */
const FEED_MS = 10_000;
/** Changes handed over before others get their turn. */
const CHANGES_PER_TURN = 32;
const RETRY_MS = 1_000;

export interface CustomsLink {
  /** Fault: nothing comes or goes. */
  up: boolean;
  /** Fault: changes still come, but customs no longer confirms its list. */
  stale: boolean;
  /** Fault: everything comes this much later. */
  delayMs: number;
}

export function followCustoms(gate: VirtualGate, world: SimulatedGate, clock: VirtualClock): CustomsLink {
  const { customs } = world;
  let planned = false;
  const link: CustomsLink = { up: true, stale: false, delayMs: 0 };

  function plan(afterMs: number): void {
    if (planned) return;
    planned = true;
    clock.after(afterMs + link.delayMs, () => {
      planned = false;
      offer();
    });
  }

  function offer(): void {
    if (!link.up) return plan(RETRY_MS);
    const cursor = gate.state.sources.customs ?? 0;
    const changes = customs.since(cursor);
    for (const [index, change] of changes.slice(0, CHANGES_PER_TURN).entries()) {
      const seq = cursor + index + 1;
      const from = { source: 'customs', id: `customs:${seq}`, seq };
      if (!gate.submit(change, from, () => customs.forget(seq))) return plan(RETRY_MS);
    }
    if (changes.length > CHANGES_PER_TURN) plan(LINK_MS);
  }

  function confirm(): void {
    if (link.up && !link.stale) gate.submit({ type: 'customs-feed', asOf: Math.floor(clock.nowMs()) });
  }

  /** A report is sent until customs has it; customs knows a repeat by its number. */
  function deliver(report: AreaReport): void {
    clock.after((link.up ? LINK_MS : RETRY_MS) + link.delayMs, () => {
      if (link.up) customs.report(report);
      else deliver(report);
    });
  }

  /** Control asks for a container: it is told all that customs has on it. */
  function answer(container: string, afterMs = LINK_MS): void {
    clock.after(afterMs + link.delayMs, () => {
      // Behind what is on its way already: a container is booked before it is spoken of.
      const isBehind = customs.since(gate.state.sources.customs ?? 0).length > 0;
      if (!link.up || !gate.isUp || isBehind) return answer(container, RETRY_MS);
      for (const clearance of customs.clearances(container)) gate.submit(clearance);
    });
  }

  customs.changes.subscribe(() => plan(LINK_MS));
  clock.every(FEED_MS, confirm);
  gate.onBoot(() => {
    confirm();
    plan(LINK_MS);
  });
  gate.onDecision('customs-report', (body) => {
    const { crossing: _, ...report } = body as unknown as AreaReport & { crossing: string };
    deliver(report);
  });
  gate.onDecision('ask-clearance', ({ container }) => answer(String(container)));
  return link;
}
