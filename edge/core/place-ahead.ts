/**
 * Whether somebody stands where a vehicle would be sent. Who holds a place is one thing (owners.ts); what stands there is told by the
 * vehicles themselves, the other gate, and the place’s own sensors, also of those whom this gate does not know any more.
 */
import { lookAtLoaded } from './agenda.ts';
import { bayAtNode, laneAtNode, siteOf } from './site.ts';
import type { GateState } from './state.ts';
import { freshLaneIo, freshLive, freshVehicle } from './state.ts';
import type { Turn } from './turn.ts';

/** What stands at `node` and is not `vehicle`: by name, or the sensors that see it. Undefined: nothing is known to stand there. */
export function standsAt(state: GateState, node: string, vehicle: string): string | undefined {
  const role = siteOf(state).nodes.get(node)?.role;
  if (role === undefined || role === 'way') return undefined;
  return standingAt(state, node, vehicle) ?? seenAt(state, node, vehicle);
}

/** One that has fallen silent stands where it last said, unless people have withdrawn it. */
function standingAt(state: GateState, node: string, vehicle: string): string | undefined {
  for (const id in state.vehicles) {
    const { report = null, inService = false } = state.vehicles[id] ?? {};
    if (id === vehicle || report === null || report.driving || report.lastNodeId !== node) continue;
    if (inService || freshVehicle(state, id) !== null) return id;
  }
  const theirs = freshLive(state)?.vehicles ?? {};
  return Object.keys(theirs).find(
    (id) => id !== vehicle && theirs[id]?.standing === true && theirs[id].node === node,
  );
}

/** Something stands on the loop before a barrier, or in a bay; it may be the vehicle itself, whose word is late. */
function seenAt(state: GateState, node: string, vehicle: string): string | undefined {
  const lane = laneAtNode(state, node);
  const io = lane?.devices.io ?? bayAtNode(state, node)?.io;
  if (io === undefined || freshLaneIo(state, io)?.loops.approach !== true) return undefined;
  const there = state.crossings[state.lanes[lane?.id ?? '']?.visit?.crossing ?? ''];
  return there?.vehicle?.id === vehicle ? undefined : io;
}

/** Something has left `node`, or moves there: whoever wants to go there, or seeks such a place, looks again. */
export function lookAtPlace(turn: Turn, node: string): void {
  const { state, agenda } = turn;
  if (laneAtNode(state, node)?.checkpoint === 'border-out') lookAtLoaded(turn);
  for (const id in state.vehicles) if (state.vehicles[id]?.goal?.node === node) agenda.vehicles.add(id);
  agenda.authority = true;
  agenda.grants = true;
}
