/**
 * What is to be looked at again in this turn. Wish and observation are compared where something changed, not everywhere:
 * the cost of an input does not grow with the site. A regular sweep looks at everything, so that a connection missed here
 * would delay a decision and never lose it.
 */
import type { LaneConfig } from '../../config/schema.ts';
import { siteOf } from './site.ts';
import type { Crossing } from './state.ts';
import { freshLaneIo } from './state.ts';
import type { Turn } from './turn.ts';

export interface Agenda {
  lanes: Set<string>;
  /** Our own vehicles. */
  vehicles: Set<string>;
  /** Cranes by device. */
  cranes: Set<string>;
  /** Containers waiting in the yard, by crossing. */
  crossings: Set<string>;
  /** Exports that wait for a vehicle and a loading bay. */
  assign: boolean;
  /** Offers that wait to be granted. */
  grants: boolean;
  /** Requests of the counterpart's vehicles to go on. */
  authority: boolean;
  /** Tracks whose direction may turn. */
  tracks: boolean;
}

export const emptyAgenda = (): Agenda => ({
  lanes: new Set(),
  vehicles: new Set(),
  cranes: new Set(),
  crossings: new Set(),
  assign: false,
  grants: false,
  authority: false,
  tracks: false,
});

export const isEmpty = (agenda: Agenda): boolean =>
  agenda.lanes.size === 0 &&
  agenda.vehicles.size === 0 &&
  agenda.cranes.size === 0 &&
  agenda.crossings.size === 0 &&
  !agenda.assign &&
  !agenda.grants &&
  !agenda.authority &&
  !agenda.tracks;

/** Everything the crossing has to do with: its lane, vehicle, cranes, and its place in the yard. */
export function lookAtCrossing({ state, agenda }: Turn, crossing: Crossing): void {
  agenda.crossings.add(crossing.id);
  const { truck, vehicle } = crossing.lanes;
  if (truck !== undefined) agenda.lanes.add(truck);
  if (vehicle !== undefined) agenda.lanes.add(vehicle);
  if (crossing.vehicle !== undefined) {
    if (state.vehicles[crossing.vehicle.id] !== undefined) agenda.vehicles.add(crossing.vehicle.id);
    else agenda.authority = true;
  }
  if (crossing.job !== undefined) agenda.cranes.add(crossing.job.crane);
  for (const bay of Object.values(crossing.bays)) lookOver(agenda, state, bay);
}

/** A bay's sensor, or what stands in it, changed: whoever works there or waits to leave it. */
export function lookAtBay({ state, agenda }: Turn, bay: string): void {
  lookOver(agenda, state, bay);
  const owner = state.owners[`bay:${bay}`];
  const vehicle = owner === undefined ? undefined : state.crossings[owner]?.vehicle;
  if (vehicle !== undefined && state.vehicles[vehicle.id] !== undefined) agenda.vehicles.add(vehicle.id);
  agenda.authority = true;
}

/** A vehicle of the other gate is seen before the border: the bay it came from is free. */
export function lookBehindVisitor(turn: Turn, { id, vehicle }: Crossing): void {
  const visitor = turn.state.visitors[vehicle?.id ?? ''];
  if (visitor?.leaving === id && visitor.bay !== undefined) lookAtBay(turn, visitor.bay);
}

function lookOver(agenda: Agenda, state: Turn['state'], place: string): void {
  for (const crane of siteOf(state).cranesOver.get(place) ?? []) agenda.cranes.add(crane.device);
}

/** The crane moved, came or went: it may take a job, and whoever stands below may leave. */
export function lookAtCrane(turn: Turn, device: string): void {
  turn.agenda.cranes.add(device);
  const crane = siteOf(turn.state).cranes.get(device);
  if (crane === undefined) return;
  for (const bay of crane.bays) if (turn.state.owners[`bay:${bay}`] !== undefined) lookAtBay(turn, bay);
}

/** Whatever stands at a lane and waits for room in the yard, or to be announced: perhaps in the place of one that was let in. */
export function lookAtWaiting({ state, agenda }: Turn): void {
  for (const lane of siteOf(state).yardIn) if (state.lanes[lane]?.visit != null) agenda.lanes.add(lane);
}

/** Whatever waits before the way out of the yard: what it is there for may just have come to be so. */
export function lookAtLeaving({ state, agenda }: Turn): void {
  for (const { id, checkpoint } of siteOf(state).lanes.values())
    if (checkpoint === 'yard-out' && state.lanes[id]?.visit != null) agenda.lanes.add(id);
}

/** Whatever waits behind the border, perhaps for the refuge slot. */
export function lookAtArrivals({ state, agenda }: Turn): void {
  for (const { id, checkpoint } of siteOf(state).lanes.values())
    if (checkpoint === 'border-in' && state.lanes[id]?.visit != null) agenda.lanes.add(id);
}

/** Whoever was taken for another that stood elsewhere, and may stand there no longer. */
export function lookAtAmbiguous({ state, agenda }: Turn): void {
  for (const [id, { visit }] of Object.entries(state.lanes))
    if (visit?.reasons.some(({ code }) => code === 'AMBIGUOUS_MATCH') === true) agenda.lanes.add(id);
}

/** The lanes that share the carriageway of this one: it may be their turn now. */
export function lookAtCarriageway({ state, agenda }: Turn, { tidal }: LaneConfig): void {
  if (tidal === undefined) return;
  for (const lane of siteOf(state).carriageways.get(tidal) ?? []) agenda.lanes.add(lane.id);
}

/** Our loaded vehicles below the cranes: a place before the border may have become free for them. */
export function lookAtLoaded({ state, agenda }: Turn): void {
  for (const [id, view] of Object.entries(state.vehicles)) {
    const stage = view.crossing === null ? undefined : state.crossings[view.crossing]?.stage;
    if (stage === 'loading' || stage === 'loaded') agenda.vehicles.add(id);
  }
}

export function lookAtEverything(turn: Turn): void {
  for (const lane of siteOf(turn.state).lanes.keys()) turn.agenda.lanes.add(lane);
  lookBesidesLanes(turn);
}

/** The same but for lanes in which nothing stands and nothing is to be closed: there time changes nothing. */
export function sweep(turn: Turn): void {
  const { state, agenda } = turn;
  for (const lane of siteOf(state).lanes.values()) {
    const sensors = freshLaneIo(state, lane.devices.io);
    const isQuiet =
      state.lanes[lane.id]?.visit === null && sensors?.barrier === 'down' && sensors.light === 'red';
    if (!isQuiet) agenda.lanes.add(lane.id);
  }
  lookBesidesLanes(turn);
}

function lookBesidesLanes({ state, agenda }: Turn): void {
  const { cranes } = siteOf(state);
  for (const crane of cranes.keys()) agenda.cranes.add(crane);
  for (const vehicle of Object.keys(state.vehicles)) agenda.vehicles.add(vehicle);
  for (const crossing of Object.keys(state.crossings)) agenda.crossings.add(crossing);
  agenda.assign = true;
  agenda.grants = true;
  agenda.authority = true;
  agenda.tracks = true;
}
