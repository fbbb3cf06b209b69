/**
 * I7, I1: what stops leaves at once, whatever the disk does: a restrictive or securing command is handed over in the same
 * virtual millisecond as the step that decided it. What permits leaves only once its decision is on disk, and once.
 *
 * Excused: commands of the very millisecond in which the process dies.
 */
import type { Command } from '../../edge/core/effect.ts';
import { told } from './fresh.ts';
import type { Part, Scene, Watched } from './scene.ts';

interface Leaving {
  /** When the gate last stepped, monotonic, and where its own clock stood before it did. */
  steppedMs: number;
  clockBefore: number;
  clock: number;
  /** Restrictive and securing commands that have left and whose entry is not durable yet. */
  left: Set<string>;
  /** Permissive commands whose entry is durable and that have not left. */
  mayLeave: Set<string>;
}

/** What a command does to people and goods, whatever the gate believes (DESIGN §2.3). */
function classOf(command: Command): Command['class'] {
  switch (command.kind) {
    case 'barrier':
      return command.to === 'raise' ? 'permissive' : 'securing';
    case 'light':
      return command.to === 'green' ? 'permissive' : 'restrictive';
    case 'charge':
      return command.on ? 'permissive' : 'restrictive';
    case 'order':
    case 'unpause':
    case 'job':
      return 'permissive';
    case 'pause':
    case 'cancel-order':
    case 'job-stop':
      return 'restrictive';
    default:
      return command satisfies never;
  }
}

/** Permissions kept that never left: refused, or forgotten in a crash. */
const MAY_LEAVE_MAX = 10_000;
const ID = '"commandId":"';

export function createPromptness({ run, book, gates }: Scene): Part {
  const leaving = new Map<string, Leaving>();
  for (const id of gates.keys())
    leaving.set(id, { steppedMs: 0, clockBefore: 0, clock: 0, left: new Set(), mayLeave: new Set() });
  const of = ({ id }: Watched): Leaving => leaving.get(id) as Leaving;

  function stops(watched: Watched, command: Command): void {
    const { steppedMs, clockBefore, left } = of(watched);
    left.add(command.commandId);
    if (run.clock.monotonicMs() !== steppedMs || command.decidedAt < clockBefore)
      book.violate('I7', watched.id, `${told(command)}, decided at ${command.decidedAt}, left late`);
  }

  return {
    stepped(watched) {
      const mine = of(watched);
      const nowMs = run.clock.monotonicMs();
      if (nowMs !== mine.steppedMs) {
        mine.clockBefore = mine.clock;
        mine.steppedMs = nowMs;
      }
      mine.clock = watched.gate.state.now;
    },
    sent(watched, command) {
      book.check();
      if (command.class !== classOf(command))
        book.violate('I7', watched.id, `${told(command)} is taken for ${command.class}`);
      if (command.class !== 'permissive') stops(watched, command);
      else if (!of(watched).mayLeave.delete(command.commandId))
        book.violate('I1', watched.id, `${told(command)} left twice, or before its decision was on disk`);
    },
    durable(watched, entries) {
      const { left, mayLeave } = of(watched);
      for (const { kind, type, body } of entries) {
        if (kind !== 'decision' || type !== 'command') continue;
        const start = body.indexOf(ID) + ID.length;
        const commandId = body.slice(start, body.indexOf('"', start));
        if (body.includes('"class":"permissive"')) mayLeave.add(commandId);
        else if (!left.delete(commandId) && watched.gate.isUp)
          book.violate('I7', watched.id, `${commandId} is on disk and has not left: ${body}`);
      }
      if (mayLeave.size > MAY_LEAVE_MAX) mayLeave.clear();
    },
    crashed(watched) {
      const mine = of(watched);
      mine.left.clear();
      mine.mayLeave.clear();
      // What was not on disk is forgotten, the time it was stepped at as well: the next life may begin before it.
      mine.clock = 0;
      mine.clockBefore = 0;
    },
  };
}
