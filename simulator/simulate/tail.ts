/** The last lines of both gates' journals, merged by time: what happened before an invariant was violated. */
import type { VirtualRun } from '../run.ts';

const LINES = 40;
const BODY_CHARACTERS = 160;

/** Oldest first, one line each: time, gate, kind, type, the beginning of the body. */
export function lastLines({ gates }: VirtualRun): string[] {
  return [...gates]
    .flatMap(([id, gate]) => gate.tail().map((entry) => ({ id, entry })))
    .sort((a, b) => a.entry.at - b.entry.at)
    .slice(-LINES)
    .map(({ id, entry: { at, kind, type, body } }) => {
      const time = new Date(at).toISOString().slice(11, 23);
      const short = body.length > BODY_CHARACTERS ? `${body.slice(0, BODY_CHARACTERS)}…` : body;
      return `${time} ${id} ${kind} ${type} ${short}`;
    });
}
