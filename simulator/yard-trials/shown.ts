/** What people are shown of a container that waits: what truly holds it, all that was found, and each verdict once. */
import type { Crossing } from '../../edge/core/state.ts';
import type { Stage } from './stage.ts';

/** From customs' word, or a finding, to its being shown. */
const SHOWN_MS = 4_000;
const OF_CUSTOMS: ReadonlySet<string> = new Set(['NO_CLEARANCE', 'CLEARANCE_WITHDRAWN', 'CLEARANCE_STALE']);

export interface Shown {
  /** A verdict has become durable. */
  verdict(decision: Record<string, unknown>): void;
  look(): void;
}

export interface ShownOptions {
  on(): Stage;
  /** Whether something has been so for longer than that. */
  lasts(key: string, isSo: boolean, forMs: number): boolean;
  violate(what: string): void;
}

export function createShown({ on, lasts, violate }: ShownOptions): Shown {
  const told = new Map<string, string>();

  const waits = ({ load, stage }: Crossing): boolean =>
    load === 'laden' && (stage === 'in-yard' || stage === 'collecting');

  function lookAt(crossing: Crossing): void {
    const { id, direction, containers, findings, reasons, verdict } = crossing;
    const { gate, world } = on();
    const checkpoint = direction === 'export' ? 'border-out' : 'yard-out';
    const isDemanded = gate.config.checkpoints[checkpoint].laden.includes('clearance');
    const isKept = isDemanded && !containers.every(({ number }) => world.customs.released(number));
    const isShown = reasons.some(({ code }) => OF_CUSTOMS.has(code));
    if (lasts(`kept ${id}`, waits(crossing) && isKept && !isShown, SHOWN_MS))
      violate(`customs has not released what ${id} carries, and it is shown as ${verdict}`);
    if (lasts(`let ${id}`, waits(crossing) && !isKept && isShown, SHOWN_MS))
      violate(
        `${id} is held for customs before ${checkpoint}, and ${isDemanded ? 'released' : 'need not be'}`,
      );
    const missing = findings.find(({ code }) => !reasons.some((reason) => reason.code === code));
    if (
      lasts(
        `found ${id}`,
        waits(crossing) && (missing !== undefined || (findings.length > 0 && verdict === 'pass')),
        SHOWN_MS,
      )
    )
      violate(`${missing?.code ?? 'what was found'} of ${id} is not shown`);
  }

  return {
    verdict(decision) {
      const { crossing, lane } = decision;
      // Each visit to a lane has a verdict of its own.
      if (lane !== undefined || crossing === undefined) return;
      const words = JSON.stringify(decision);
      if (told.get(String(crossing)) === words) violate(`people are told the same of ${crossing} twice`);
      told.set(String(crossing), words);
    },
    look() {
      for (const crossing of Object.values(on().gate.state.crossings)) lookAt(crossing);
    },
  };
}
