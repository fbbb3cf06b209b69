/**
 * Who holds what (I2): bays, slots, hold points and places on a track, each with at most one crossing. All taking and
 * giving back goes through here, so whoever waits for a place hears of it.
 */
import type { BayConfig } from '../../config/schema.ts';
import { lookAtArrivals, lookAtBay, lookAtCarriageway, lookAtLoaded, lookAtWaiting } from './agenda.ts';
import { bayConfig, baysFor, configOf, laneAtNode, siteOf } from './site.ts';
import type { Crossing, GateState } from './state.ts';
import { freshLaneIo } from './state.ts';
import type { Turn } from './turn.ts';

export const ownerOf = (state: GateState, resource: string): string | undefined => state.owners[resource];

/** Takes what is free, or what is its own already. */
export function take(turn: Turn, crossing: Crossing, resource: string): void {
  const owner = turn.state.owners[resource];
  if (owner !== undefined && owner !== crossing.id)
    throw new Error(`${resource} belongs to ${owner} and was given to ${crossing.id}`);
  turn.state.owners[resource] = crossing.id;
}

export function takeBay(turn: Turn, crossing: Crossing, bay: BayConfig): void {
  take(turn, crossing, `bay:${bay.id}`);
  crossing.bays[bay.use] = bay.id;
}

export function takeSlot(turn: Turn, crossing: Crossing, slot: string): void {
  take(turn, crossing, `slot:${slot}`);
  crossing.slot = slot;
}

/** Gives it back if it is the crossing's own. */
export function free(turn: Turn, crossing: Crossing, resource: string): void {
  if (turn.state.owners[resource] !== crossing.id) return;
  delete turn.state.owners[resource];
  hear(turn, resource);
}

export function freeBay(turn: Turn, crossing: Crossing, use: BayConfig['use']): void {
  const bay = crossing.bays[use];
  if (bay === undefined) return;
  delete crossing.bays[use];
  free(turn, crossing, `bay:${bay}`);
}

export function freeSlotOf(turn: Turn, crossing: Crossing): void {
  if (crossing.slot === undefined) return;
  free(turn, crossing, `slot:${crossing.slot}`);
  delete crossing.slot;
}

/** Gives back all it holds: its end. */
export function freeAll(turn: Turn, crossing: Crossing): void {
  for (const [resource, owner] of Object.entries(turn.state.owners))
    if (owner === crossing.id) free(turn, crossing, resource);
  crossing.bays = {};
  delete crossing.slot;
}

/** Whoever may have waited for it looks again. */
export function hear(turn: Turn, resource: string): void {
  const { agenda, state } = turn;
  const colon = resource.indexOf(':');
  switch (resource.slice(0, colon)) {
    case 'slot':
      agenda.grants = true;
      lookAtWaiting(turn);
      return;
    case 'bay': {
      const bay = resource.slice(colon + 1);
      lookAtBay(turn, bay);
      const use = bayConfig(state, bay)?.use;
      if (use === 'truck') lookAtWaiting(turn);
      else if (use === 'loading') agenda.assign = true;
      else agenda.grants = true;
      return;
    }
    case 'node': {
      const node = resource.slice(colon + 1);
      const lane = laneAtNode(state, node);
      if (siteOf(state).refuges.includes(node)) lookAtArrivals(turn);
      if (lane !== undefined) lookAtCarriageway(turn, lane);
      lookAtLoaded(turn);
      agenda.grants = true;
      agenda.authority = true;
      return;
    }
    case 'track':
      agenda.grants = true;
      agenda.tracks = true;
      return;
    default:
  }
}

// ---------------------------------------------------------------- finding a free place

export const isFree = (state: GateState, resource: string): boolean => state.owners[resource] === undefined;

/** The first place of `ids` that nobody holds. */
export const firstFree = (state: GateState, kind: string, ids: readonly string[]): string | undefined =>
  ids.find((id) => isFree(state, `${kind}:${id}`));

export interface YardPlaces {
  bay: BayConfig;
  slot: string;
}

/**
 * A free bay of this use and a slot that one crane reaches both, below the crane with the least to do; null if there is
 * none. A crossing that has its slot keeps it. Some slots are kept for the other direction, or the two yards could fill each
 * other up until neither can move.
 */
export function freePlaces(
  state: GateState,
  crossing: Pick<Crossing, 'direction' | 'slot'>,
  use: BayConfig['use'],
): YardPlaces | null {
  if (crossing.slot === undefined && !mayTakeSlot(state, crossing.direction)) return null;
  let best: YardPlaces | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { bays, slots } of siteOf(state).reach) {
    const own = crossing.slot;
    if (own !== undefined && !slots.some(({ id }) => id === own)) continue;
    let load = 0;
    let bay: BayConfig | undefined;
    for (const place of bays) {
      if (!isFree(state, place.resource)) load += 1;
      else if (bay === undefined && place.bay.use === use && !isSeenOccupied(state, place.bay))
        bay = place.bay;
    }
    if (bay === undefined || load >= least) continue;
    const slot = own ?? slots.find(({ resource }) => isFree(state, resource))?.id;
    if (slot === undefined) continue;
    best = { bay, slot };
    least = load;
  }
  return best;
}

/** By something that nobody was sent for. */
const isSeenOccupied = (state: GateState, { io }: BayConfig): boolean =>
  freshLaneIo(state, io)?.loops.approach === true;

function mayTakeSlot(state: GateState, direction: Crossing['direction']): boolean {
  const { keepFree } = configOf(state).yard;
  const { slots } = siteOf(state);
  const forOthers = direction === 'export' ? keepFree.import : keepFree.export;
  let taken = 0;
  for (const { resource } of slots) {
    const owner = state.owners[resource];
    if (owner !== undefined && state.crossings[owner]?.direction === direction) taken += 1;
  }
  return taken < slots.length - forOthers;
}

/** A free place on a track, as the resource that names it. */
export function freePlaceOn(state: GateState, trackId: string): string | undefined {
  const capacity = siteOf(state).tracks.get(trackId)?.capacity ?? 0;
  for (let place = 1; place <= capacity; place += 1) {
    const resource = `track:${trackId}/${place}`;
    if (isFree(state, resource)) return resource;
  }
  return undefined;
}

/** Whether any place on a track is taken. */
export function isOccupied(state: GateState, trackId: string): boolean {
  const capacity = siteOf(state).tracks.get(trackId)?.capacity ?? 0;
  for (let place = 1; place <= capacity; place += 1)
    if (!isFree(state, `track:${trackId}/${place}`)) return true;
  return false;
}

export const hasBayFree = (state: GateState, use: BayConfig['use']): boolean =>
  baysFor(state, use).some((bay) => isFree(state, `bay:${bay.id}`));
