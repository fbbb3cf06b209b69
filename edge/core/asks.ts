/** What the gate asks of customs and of examiners, each once: exchange carries it to them, and their answers come as inputs. */
import type { LaneConfig } from '../../config/schema.ts';
import { normaliseContainerCode, parseContainerCode } from '../../protocols/iso6346.ts';
import { pendingExaminations } from './judgement.ts';
import type { Crossing, Visit } from './state.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

/**
 * Before a vehicle is let through, customs is asked once more about what it carries; and about a container that nobody has
 * announced here. Its answer is a change like any other: nothing waits for it, the list’s own freshness decides.
 */
export function askAboutVisit(
  turn: Turn,
  { checkpoint }: LaneConfig,
  visit: Visit,
  crossing: Crossing | undefined,
): void {
  const { config } = turn.state;
  const isCleared = config?.checkpoints[checkpoint].laden.includes('clearance') === true;
  const known = crossing?.containers.map(({ number }) => number) ?? [];
  const numbers =
    crossing === undefined ? unannounced(turn, visit) : isCleared && visit.load === 'laden' ? known : [];
  for (const container of numbers) {
    if (visit.asked?.includes(container)) continue;
    visit.asked = [...(visit.asked ?? []), container];
    decide(turn, 'ask-clearance', { container });
  }
}

/** Whole numbers only: of a misread one customs would know nothing. */
const unannounced = ({ state }: Turn, { containers }: Visit): string[] =>
  [...new Set(containers.map(({ value }) => normaliseContainerCode(value)))].filter(
    (number) => parseContainerCode(number).ok && state.containers[number] === undefined,
  );

/** Scans and other examinations that customs demands and nobody has made are asked for. */
export function askForExaminations(turn: Turn, crossing: Crossing): void {
  for (const { container, requirement } of pendingExaminations(turn.state, crossing)) {
    const name = `${container}/${requirement}`;
    if (crossing.asked?.includes(name)) continue;
    crossing.asked = [...(crossing.asked ?? []), name];
    decide(turn, 'ask-examination', { container, requirement, crossing: crossing.id });
  }
}
