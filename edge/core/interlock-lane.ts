/** The interlock's conditions on lanes: what must be so before a barrier is raised, a light turned green, a barrier lowered (I1, I3). */
import type { LaneConfig } from '../../config/schema.ts';
import type { Condition } from './interlock.ts';
import { judgeVisit } from './judgement.ts';
import { isWayFree } from './lane-watch.ts';
import { worst } from './reasons.ts';
import { reasonsAgainst } from './refuge.ts';
import { siteOf } from './site.ts';
import type { GateState, Visit } from './state.ts';
import { freshLaneIo } from './state.ts';

type AtLane = Condition<{ device: string }>;

const laneOf = (state: GateState, io: string): LaneConfig | undefined => siteOf(state).laneOfDevice.get(io);

const visitIn = (state: GateState, lane: LaneConfig | undefined): Visit | null =>
  state.lanes[lane?.id ?? '']?.visit ?? null;

/**
 * Raise, green, and drive through: the way seen free, and what stands there released and still found in order at this
 * moment; a lane in maintenance, closed or stopped is not in order for anybody. What is wrong with its cargo keeps nobody from
 * its own refuge slot.
 */
export const laneConditions: readonly AtLane[] = [
  {
    name: 'stop line taken, the way beyond it free',
    unless(state, { device }) {
      const sensors = freshLaneIo(state, device);
      if (sensors === null) return 'lane sensors are not fresh';
      // What is on its way through is itself what is seen there.
      if (visitIn(state, laneOf(state, device))?.under === true) return null;
      if (!sensors.loops.approach) return 'nothing stands at the stop line';
      return isWayFree(sensors) ? null : 'something is under or behind the barrier';
    },
  },
  {
    name: 'no barrier fault',
    unless: (state, { device }) =>
      freshLaneIo(state, device)?.barrier === 'fault' ? 'barrier reports a fault' : null,
  },
  {
    name: 'released, and nothing against it now',
    unless(state, { device }) {
      const lane = laneOf(state, device);
      const visit = visitIn(state, lane);
      if (lane === undefined || visit === null) return 'nothing stands in the lane';
      if (!visit.released) return 'nothing in the lane is released';
      const judgement = judgeVisit(state, lane, visit);
      if (judgement.crossing?.id !== visit.crossing) return 'the vehicle in the lane is not the one released';
      const against = reasonsAgainst(visit, judgement.reasons);
      return worst(against) === 'pass' ? null : against.map((one) => one.code).join(', ');
    },
  },
  {
    name: 'sent aside only to a refuge slot of its own',
    unless(state, { device }) {
      const { refuge, crossing } = visitIn(state, laneOf(state, device)) ?? {};
      return refuge === undefined || state.owners[`node:${refuge}`] === crossing
        ? null
        : `${refuge} is not its own`;
    },
  },
];

/** Lower: the zone below proven empty by fresh sensors, and nobody at work there. */
export const lowerConditions: readonly AtLane[] = [
  {
    name: 'lane sensors fresh',
    unless: (state, { device }) =>
      freshLaneIo(state, device) === null ? 'lane sensors are not fresh' : null,
  },
  {
    name: 'lane not in maintenance',
    // Its actuators belong to the technician who stands there.
    unless: (state, { device }) =>
      state.lanes[laneOf(state, device)?.id ?? '']?.mode === 'maintenance'
        ? 'the lane is in maintenance'
        : null,
  },
  {
    name: 'nothing on the loop below',
    unless: (state, { device }) =>
      freshLaneIo(state, device)?.loops.under === true ? 'something stands below the barrier' : null,
  },
  {
    name: 'light curtain clear',
    unless: (state, { device }) =>
      freshLaneIo(state, device)?.curtain === 'broken' ? 'the light curtain is broken' : null,
  },
];
