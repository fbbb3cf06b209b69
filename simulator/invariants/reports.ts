/**
 * I4: customs hears of every stay of a container exactly once that it came into the area and once that it left it, at each gate,
 * the coming first by the times in the reports. Reports may overtake each other on the way; their times may not. What is refused
 * in the yard leaves with another crossing than it came with, and that is one stay; what is brought back has two.
 */
import type { Part, Scene } from './scene.ts';

const DAY_MS = 86_400_000;

interface Told {
  getIn?: string;
  getOut?: string;
  atMs: number;
}

/** The stay a crossing belongs to, by the crossing that it began with. */
interface Stay {
  began: string;
  atMs: number;
}

export function createReports({ run, book, gates }: Scene): Part {
  /** By gate, then stay. */
  const told = new Map<string, Map<string, Told>>();
  const stays = new Map<string, Stay>();
  /** The crossing of each report that customs has not heard yet. */
  const crossings = new Map<string, string>();

  for (const { id, world } of gates.values()) {
    const ofGate = new Map<string, Told>();
    told.set(id, ofGate);
    world.customs.onReport(({ kind, container, eventTime, reportId }) => {
      const crossing = crossings.get(reportId) ?? '';
      crossings.delete(reportId);
      const stay = `${container} of ${stays.get(crossing)?.began ?? crossing}`;
      const known = ofGate.get(stay) ?? { atMs: 0 };
      const field = kind === 'get-in' ? 'getIn' : 'getOut';
      book.check();
      if (known[field] !== undefined) book.violate('I4', id, `${kind} of ${stay} is reported twice`);
      known[field] = eventTime;
      known.atMs = run.clock.nowMs();
      ofGate.set(stay, known);
      // The same offset in both: their texts compare as their times.
      if (known.getIn !== undefined && known.getOut !== undefined && known.getOut < known.getIn)
        book.violate('I4', id, `${stay} left at ${known.getOut} and came at ${known.getIn}`);
    });
  }

  function follow({
    crossing,
    stage,
    original,
  }: {
    crossing: string;
    stage: string;
    original?: string;
  }): void {
    if (stays.has(crossing)) return;
    const isTurned = stage === 'in-yard' && original !== undefined;
    const began = isTurned ? (stays.get(original)?.began ?? original) : crossing;
    stays.set(crossing, { began, atMs: run.clock.nowMs() });
  }

  return {
    durable(_watched, entries) {
      for (const { kind, type, body } of entries) {
        if (kind !== 'decision') continue;
        if (type === 'crossing') follow(JSON.parse(body));
        else if (type === 'customs-report') {
          const { reportId, crossing } = JSON.parse(body) as { reportId: string; crossing: string };
          crossings.set(reportId, crossing);
        }
      }
    },
    sweep() {
      const beforeMs = run.clock.nowMs() - DAY_MS;
      for (const [crossing, { atMs }] of stays) {
        if (atMs >= beforeMs) break;
        stays.delete(crossing);
      }
      for (const ofGate of told.values()) {
        for (const [container, { getIn, getOut, atMs }] of ofGate) {
          if (atMs >= beforeMs) break;
          if (getIn !== undefined && getOut !== undefined) ofGate.delete(container);
        }
      }
    },
    drained() {
      const left: string[] = [];
      for (const [id, ofGate] of told) {
        for (const [container, { getIn, getOut }] of ofGate) {
          if (getOut !== undefined && getIn === undefined)
            left.push(`${container}: customs of ${id} heard that it left and not that it came`);
        }
      }
      return left;
    },
  };
}
