/** The interlock's conditions on driving: a vehicle fit to be sent, and every released step of its way free for it (I1, I2, I3). */
import type { Command } from './effect.ts';
import { type Condition, firstAgainst } from './interlock.ts';
import { laneConditions } from './interlock-lane.ts';
import { hoistAgainst } from './interlock-yard.ts';
import { standsAt } from './place-ahead.ts';
import { isInspected } from './section-state.ts';
import { bayAtNode, configOf, laneAtNode, nodeGate, siteOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { freshLaneIo, freshLive, freshVehicle } from './state.ts';
import { stalledOn } from './tracks.ts';

type OrderCommand = Pick<Extract<Command, { kind: 'order' }>, 'device' | 'nodes'>;

/** One step along the map, and the two ends of the way it belongs to. */
interface Step {
  device: string;
  from: string;
  to: string;
  start: string;
  end: string;
}

/** The crossing a vehicle of ours is on: the one it serves, or the one that brings it home. */
export function vehicleCrossing(state: GateState, vehicle: string): Crossing | undefined {
  const view = state.vehicles[vehicle];
  return state.crossings[view?.crossing ?? view?.homeward ?? ''];
}

const stepConditions: readonly Condition<Step>[] = [
  {
    name: 'identified in the lane',
    unless(state, { device, from }) {
      const lane = laneAtNode(state, from);
      if (lane === undefined) return null;
      const visit = state.lanes[lane.id]?.visit ?? null;
      const crossing = vehicleCrossing(state, device);
      return crossing !== undefined && visit?.crossing === crossing.id
        ? null
        : `the vehicle in ${lane.id} is not identified as this one`;
    },
  },
  {
    name: 'lane may open',
    unless(state, { from }) {
      const lane = laneAtNode(state, from);
      return lane === undefined ? null : firstAgainst(laneConditions, state, { device: lane.devices.io });
    },
  },
  {
    name: 'barrier up',
    unless(state, { from }) {
      const lane = laneAtNode(state, from);
      return lane === undefined || freshLaneIo(state, lane.devices.io)?.barrier === 'up'
        ? null
        : `the barrier of ${lane.id} is not up`;
    },
  },
  {
    name: 'hoist clear behind',
    unless(state, { from }) {
      const bay = bayAtNode(state, from);
      return bay === undefined ? null : hoistAgainst(state, bay.id);
    },
  },
  {
    // By the other side's own live word, not only by its permission.
    name: 'hoist clear behind, abroad',
    unless(state, { from }) {
      const node = siteOf(state).nodes.get(from);
      if (node?.role !== 'bay' || !isForeign(state, from)) return null;
      const live = freshLive(state)?.bays[from];
      return live?.clear === true ? null : `the hoist over ${from} is not known to be clear`;
    },
  },
  {
    name: 'bay ahead reserved',
    unless(state, { device, to }) {
      const bay = bayAtNode(state, to);
      return bay === undefined || isReserved(state, `bay:${bay.id}`, device)
        ? null
        : `${bay.id} is not reserved for it`;
    },
  },
  {
    name: 'hold point ahead reserved',
    unless: (state, { device, to }) =>
      laneAtNode(state, to) === undefined || isReserved(state, `node:${to}`, device)
        ? null
        : `${to} is not reserved for it`,
  },
  {
    // Whoever holds the place: what stands there may be known to nobody here any more.
    name: 'nobody stands ahead',
    unless(state, { device, to }) {
      const there = standsAt(state, to, device);
      return there === undefined ? null : `${there} tells that somebody stands at ${to}`;
    },
  },
  {
    name: 'authority on foreign ground',
    unless(state, { device, from, start, end }) {
      if (!isForeign(state, from)) return null;
      const authority = state.vehicles[device]?.authority;
      return authority?.granted === true && authority.from === start && authority.to === end
        ? null
        : `no movement authority from ${start} to ${end}`;
    },
  },
  {
    name: 'place granted on foreign ground',
    unless(state, { device, from, to, end }) {
      if (isForeign(state, from) || !isForeign(state, to)) return null;
      return vehicleCrossing(state, device)?.lineClear?.holdNode === end
        ? null
        : `${end} was not granted to it`;
    },
  },
  {
    name: 'line clear used',
    unless(state, { device, from, to }) {
      if (!ontoSection(state, from, to)) return null;
      const lineClear = vehicleCrossing(state, device)?.lineClear;
      if (lineClear?.used !== true) return 'line clear has not been given';
      return siteOf(state).tracks.get(lineClear.track)?.km0 === to
        ? null
        : `line clear was given for ${lineClear.track}, which does not lead over ${to}`;
    },
  },
  {
    // It was let go, and has not gone: it stays where it is until both sides have said the same of the section.
    name: 'section not called empty',
    unless(state, { device, from, to }) {
      const lineClear = vehicleCrossing(state, device)?.lineClear;
      if (lineClear === undefined || !ontoSection(state, from, to)) return null;
      return isInspected(state, lineClear.track) ? `people have called ${lineClear.track} empty` : null;
    },
  },
  {
    name: 'section not stalled',
    unless(state, { device, from, to }) {
      const lineClear = vehicleCrossing(state, device)?.lineClear;
      if (lineClear === undefined || !ontoSection(state, from, to)) return null;
      const stalled = stalledOn(state, lineClear.track, lineClear.move);
      return stalled === undefined ? null : `${stalled} does not move on ${lineClear.track}`;
    },
  },
];

/** Held by the crossing of this vehicle; one that is on no crossing holds nothing. */
const isReserved = (state: GateState, resource: string, vehicle: string): boolean => {
  const crossing = vehicleCrossing(state, vehicle);
  return crossing !== undefined && state.owners[resource] === crossing.id;
};

const isForeign = (state: GateState, node: string): boolean =>
  nodeGate(state, node) === configOf(state).counterpart.gate;

/** From our own ground to the border line, over whatever nodes lie between the hold point and it. */
const ontoSection = (state: GateState, from: string, to: string): boolean =>
  nodeGate(state, from) === configOf(state).gate.id && nodeGate(state, to) === undefined;

export const driveConditions: readonly Condition<OrderCommand>[] = [
  {
    name: 'vehicle heard, and automatic',
    unless(state, { device }) {
      const report = freshVehicle(state, device);
      if (report === null) return 'vehicle state is not fresh';
      return report.mode === 'AUTOMATIC' ? null : `vehicle is in mode ${report.mode}`;
    },
  },
  {
    name: 'no emergency stop',
    unless: (state, { device }) =>
      freshVehicle(state, device)?.eStop === 'NONE' ? null : 'vehicle is emergency-stopped',
  },
  {
    name: 'localized',
    unless: (state, { device }) =>
      freshVehicle(state, device)?.localized === true ? null : 'vehicle has lost its position',
  },
  {
    name: 'no fatal error',
    unless: (state, { device }) =>
      freshVehicle(state, device)?.errors.some((error) => error.errorLevel === 'FATAL') === false
        ? null
        : 'vehicle reports a fatal error',
  },
  {
    name: 'not charging',
    unless: (state, { device }) =>
      freshVehicle(state, device)?.charging === true ? 'vehicle is charging' : null,
  },
  {
    // While the decision was on its way to the disk, it may have come to the end of what it was given before.
    name: 'begins where the vehicle is',
    unless(state, { device, nodes }) {
      const at = freshVehicle(state, device)?.lastNodeId;
      return nodes[0]?.nodeId === at ? null : `the vehicle is at ${at} already`;
    },
  },
  {
    name: 'every released step free',
    unless(state, { device, nodes }) {
      const way = nodes.filter((node) => node.released).map((node) => node.nodeId);
      const [start = ''] = way;
      const end = way.at(-1) ?? '';
      for (const [index, to] of way.entries()) {
        const from = way[index - 1];
        if (from === undefined) continue;
        const against = firstAgainst(stepConditions, state, { device, from, to, start, end });
        if (against !== null) return against;
      }
      return null;
    },
  },
];
