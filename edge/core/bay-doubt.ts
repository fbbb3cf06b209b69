/**
 * Who stands in a truck bay is known by the order of things alone: a truck was let in, then something stood in its bay. What
 * stood there before it was let in is somebody else, and no crane touches it on the truck's behalf.
 */
import { lookAtCrossing } from './agenda.ts';
import { find } from './findings.ts';
import { reason } from './reasons.ts';
import { bayConfig } from './site.ts';
import type { Crossing } from './state.ts';
import type { Turn } from './turn.ts';

/** Its truck has just come in. What its bay told last may be old; a bay that has told nothing casts no doubt. */
export function doubtTruck({ state }: Turn, crossing: Crossing): void {
  const bay = bayConfig(state, crossing.bays.truck ?? '');
  if (bay === undefined || state.laneIo[bay.io]?.loops.approach !== true) return;
  find(
    crossing,
    reason('TRUCK_UNCERTAIN', `${bay.id} was occupied before ${crossing.truck?.plate} was let in`),
  );
}

/** The bay is seen empty: whatever stands there next came after its truck had been let in. */
export function endDoubt(turn: Turn, crossing: Crossing): void {
  if (!isInDoubt(crossing)) return;
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'TRUCK_UNCERTAIN');
  lookAtCrossing(turn, crossing);
}

export const isInDoubt = ({ findings }: Pick<Crossing, 'findings'>): boolean =>
  findings.some(({ code }) => code === 'TRUCK_UNCERTAIN');
