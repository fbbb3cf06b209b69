/**
 * A truck that has come in for goods which a difference keeps in the yard. Both sides may take days: it does not stand in its bay meanwhile,
 * where others are served, but leaves empty and is awaited again. Once sent off it goes, even if the difference ends before it has.
 */
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { isInDoubt } from './bay-doubt.ts';
import { disputeOf } from './discrepancies.ts';
import { freeBay } from './owners.ts';
import { bayConfig } from './site.ts';
import type { Crossing } from './state.ts';
import { freshLaneIo } from './state.ts';
import { advance, decide, type Turn } from './turn.ts';

/** No crane has anything of it in hand, nor may have. */
const isUntouched = ({ job, held, untaken }: Crossing): boolean =>
  job === undefined && held === undefined && untaken === undefined;

/** Once it stands in its bay, for one on its way there would find another in it. People tell the driver; the bay is free when it is seen empty. */
export function sendOff(turn: Turn, crossing: Crossing): void {
  const { id, direction, stage, truck, bays } = crossing;
  if (direction !== 'import' || stage !== 'collecting' || truck?.phase !== 'inside') return;
  const bay = bayConfig(turn.state, bays.truck ?? '');
  const isThere = bay !== undefined && freshLaneIo(turn.state, bay.io)?.loops.approach === true;
  const dispute = isThere && isUntouched(crossing) ? disputeOf(turn.state, crossing) : undefined;
  if (dispute === undefined || isInDoubt(crossing)) return;
  decide(turn, 'truck-sent-off', {
    crossing: id,
    truck: truck.plate,
    bay: bay?.id,
    difference: dispute.id,
  });
  raiseAlarm(turn, 'TRUCK_TO_LEAVE', id);
  advance(turn, crossing, 'in-yard');
}

/** Inside, and its container stays: it leaves with nothing. */
export const isSentOff = ({ direction, stage, truck }: Crossing): boolean =>
  direction === 'import' && stage === 'in-yard' && truck?.phase === 'inside';

/** It has left the yard, and may come again. */
export function awaitAgain(turn: Turn, crossing: Crossing): void {
  const { id, truck } = crossing;
  if (truck === undefined) return;
  truck.phase = 'awaited';
  delete truck.unread;
  // Whoever stood in its bay has gone with it.
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'TRUCK_UNCERTAIN');
  freeBay(turn, crossing, 'truck');
  returnAlarm(turn, 'TRUCK_TO_LEAVE', id);
}
