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
  const { plate } = crossing.truck ?? {};
  find(crossing, reason('TRUCK_UNCERTAIN', `${bay.id} was occupied before ${plate} was let in`));
}

/** Somebody has come in by its green light, and may be the one behind it: nobody had read who stood at the stop line last. */
export function doubtUnread(crossing: Crossing): void {
  const { truck, bays } = crossing;
  if (truck?.phase !== 'inside' || bays.truck === undefined) return;
  truck.unread = 'coming';
  find(crossing, reason('TRUCK_UNCERTAIN', `who came in for ${truck.plate} was not read`));
}

/** Its bay is seen. When that is empty again, whatever stands there next came after its truck had been let in. */
export function followDoubt(turn: Turn, crossing: Crossing, occupied: boolean): void {
  const { truck } = crossing;
  if (truck === undefined || !isInDoubt(crossing)) return;
  if (occupied) {
    if (truck.unread !== undefined) truck.unread = 'there';
    return;
  }
  // Who came in unread is on the way to it.
  if (truck.unread === 'coming') return;
  delete truck.unread;
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'TRUCK_UNCERTAIN');
  lookAtCrossing(turn, crossing);
}

export const isInDoubt = ({ findings }: Pick<Crossing, 'findings'>): boolean =>
  findings.some(({ code }) => code === 'TRUCK_UNCERTAIN');
