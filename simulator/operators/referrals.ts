/** Vehicles that stand in a lane and are not let through: a person goes there and reads the plate and the container. */
import type { Reason, ReasonCode } from '../../edge/core/reasons.ts';
import type { Crossing, GateState, Visit } from '../../edge/core/state.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import { MINUTE_MS } from '../faults/fault.ts';
import type { Visitor } from '../world/carrier.ts';
import type { Lane } from '../world/lane.ts';
import type { Matter, Outlook } from './matters.ts';
import { ask, PEOPLE } from './staff.ts';

/** What was read is looked at again, for the devices may have read it wrongly. */
const READ_WRONGLY: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'PLATE_MISMATCH',
  'TRAILER_MISMATCH',
  'NO_CROSSING_MATCH',
  'AMBIGUOUS_MATCH',
  'COUNTERPART_NOT_OFFERED',
  'CAME_BACK',
  'CONTAINER_MISMATCH',
  'CONTAINER_UNEXPECTED',
  'WEIGHT_OUT_OF_TOLERANCE',
  'EMPTY_NOT_EMPTY',
]);
/** What no device tells of a vehicle for so long, a person sees to. */
const UNREAD_MS = 3 * MINUTE_MS;

export function referralsIn(outlook: Outlook): Matter[] {
  const { gate, world } = outlook;
  const matters: Matter[] = [];
  for (const [id, { visit }] of Object.entries(gate.state.lanes)) {
    const lane = world.lanes.get(id);
    if (visit === null || lane === undefined) continue;
    if (visit.released ? !isAnother(gate.state, visit, lane) : !isPersonNeeded(gate.state, visit)) continue;
    matters.push({
      key: `referral ${id} ${visit.id}`,
      see: (times) => seeTo(outlook, lane, visit, times),
    });
  }
  return matters;
}

const isPersonNeeded = ({ now }: GateState, { reasons, since, crossing }: Visit): boolean =>
  reasons.some(({ code }) => READ_WRONGLY.has(code) || code === 'DISCREPANCY_OPEN') ||
  (now - since > UNREAD_MS && (crossing === undefined || reasons.some(isWeightMissing)));

/** The scale had come to rest before the gate saw the truck, and says nothing more. */
const isWeightMissing = ({ code, detail }: Reason): boolean =>
  code === 'WEIGHT_UNSTABLE' || (code === 'EVIDENCE_PENDING' && detail === 'weight');

/** The vehicle that was released has gone without the gate's seeing it, and another one stands there. */
function isAnother({ now, crossings }: GateState, { since, crossing }: Visit, { standing }: Lane): boolean {
  const { truck, vehicle } = crossings[crossing ?? ''] ?? {};
  return (
    now - since > UNREAD_MS &&
    standing !== undefined &&
    standing.plate !== truck?.plate &&
    standing.plate !== vehicle?.plate
  );
}

/** First the devices read again; then a person says who it is; somebody who has no business here backs off. */
function seeTo({ gate, world }: Outlook, lane: Lane, visit: Visit, times: number): void {
  const { id, checkpoint } = lane.config;
  const there = lane.standing;
  if (there === undefined) return;
  const crossing = whoseIs(gate.state, there, checkpoint);
  if (crossing === undefined) {
    lane.turnBack();
    return;
  }
  if (checkpoint === 'yard-in' && visit.reasons.some(({ code }) => code === 'DISCREPANCY_OPEN')) {
    // What it comes for stays where it is: it comes again later.
    lane.turnBack();
    return;
  }
  if (visit.reasons.some(isWeightMissing)) {
    // Off the scale and onto it again.
    lane.turnBack();
    return;
  }
  const isIdentified = visit.crossing === crossing.id;
  if (times === 0 || isIdentified || visit.released) {
    const { scale } = lane.config.devices;
    ask(gate, PEOPLE.operator, { kind: 'reread', lane: id });
    if (scale !== undefined && times > 0) world.scales.get(scale)?.freeze(undefined);
    return;
  }
  ask(gate, PEOPLE.supervisor, { kind: 'identify', lane: id, crossing: crossing.id });
}

/** The crossing of the vehicle that truly stands there, with the trailer and the container that it truly has. */
function whoseIs(
  { plates, crossings }: GateState,
  { plate, trailer, container }: Visitor,
  checkpoint: Lane['config']['checkpoint'],
): Crossing | undefined {
  return (plates[normalisePlate(plate)] ?? [])
    .map((id) => crossings[id])
    .find(
      (crossing) =>
        crossing !== undefined &&
        isExpected(crossing, plate, checkpoint) &&
        (crossing.truck?.plate !== plate || (crossing.truck.trailer ?? trailer) === trailer) &&
        (container === undefined || crossing.containers.some(({ number }) => number === container.number)),
    );
}

function isExpected(
  { truck, vehicle, direction }: Crossing,
  plate: string,
  checkpoint: Lane['config']['checkpoint'],
): boolean {
  switch (checkpoint) {
    case 'yard-in':
      return truck?.plate === plate && truck.phase === 'awaited';
    case 'yard-out':
      return truck?.plate === plate && truck.phase === 'inside';
    case 'border-out':
      return vehicle?.plate === plate && direction === 'export';
    case 'border-in':
      return vehicle?.plate === plate && direction === 'import';
    default:
      return checkpoint satisfies never;
  }
}
