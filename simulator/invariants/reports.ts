/**
 * I4: customs hears of every container exactly once that it came into the area and once that it left it, at each gate, the
 * coming first by the times in the reports. Reports may overtake each other on the way; their times may not.
 */
import type { Part, Scene } from './scene.ts';

const DAY_MS = 86_400_000;

interface Told {
  getIn?: string;
  getOut?: string;
  atMs: number;
}

export function createReports({ run, book, gates }: Scene): Part {
  const told = new Map<string, Map<string, Told>>();

  for (const { id, world } of gates.values()) {
    const ofGate = new Map<string, Told>();
    told.set(id, ofGate);
    world.customs.onReport(({ kind, container, eventTime }) => {
      const known = ofGate.get(container) ?? { atMs: 0 };
      const field = kind === 'get-in' ? 'getIn' : 'getOut';
      book.check();
      if (known[field] !== undefined) book.violate('I4', id, `${kind} of ${container} is reported twice`);
      known[field] = eventTime;
      known.atMs = run.clock.nowMs();
      ofGate.set(container, known);
      // The same offset in both: their texts compare as their times.
      if (known.getIn !== undefined && known.getOut !== undefined && known.getOut < known.getIn)
        book.violate('I4', id, `${container} left at ${known.getOut} and came at ${known.getIn}`);
    });
  }

  return {
    sweep() {
      const beforeMs = run.clock.nowMs() - DAY_MS;
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
