/**
 * I9: everything the gate keeps has a bound: a fixed one, or one for each crossing under way and each device there is. Bookings
 * of imports come before their offer: they are bounded by the crossings of both gates.
 */
import type { GateState } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from './scene.ts';

/** Bounds as the core states them. */
const ALARMS_MAX = 500;
const READINGS_MAX = 16;
const RECENT_MAX = 50;
const PROPOSALS_MAX = 50;
const UNBOOKED_MAX = 1_000;
const CLOSURES_MAX = 50;
const CALLS_MAX = 50;
/** Open ones, and the last ones that are over. */
const DISCREPANCIES_MAX = 200 + 100;
/** Names of counters and of gapless sources: a fixed set, however long the run. */
const NAMES_MAX = 100;
/** Bookings that one gate's customs has listed and the other's not yet, or that came to nothing. */
const AHEAD_MAX = 300;
/** Actuators: a barrier and a light a lane, one a vehicle and a crane. */
const ACTUATORS_A_DEVICE = 2;
/** A device, its actuators, its lane, its crossing's grant and transit. */
const TIMERS_A_THING = 8;

export function createBounds({ book, gates, peerOf }: Scene): Part {
  function atMost({ id }: Watched, what: string, size: number, most: number): void {
    book.check();
    if (size > most) book.violate('I9', id, `${size} ${what}, at most ${most}`);
  }

  const size = (record: object): number => Object.keys(record).length;
  const crossingsOf = (watched: Watched | undefined): number =>
    watched === undefined ? 0 : size(watched.gate.state.crossings);

  function look(watched: Watched): void {
    const { state, config } = watched.gate;
    const peer = peerOf(watched);
    const own = crossingsOf(watched);
    const devices = config.devices.length;
    const theirVehicles = peer?.plan.vehicles.size ?? 0;
    atMost(watched, 'alarms', size(state.alarms), ALARMS_MAX);
    atMost(
      watched,
      'times of alarms',
      state.alarmFlood.raisedAts.length,
      config.alarms.floodPerTenMinutes + 1,
    );
    atMost(watched, 'recent crossings', state.recent.length, RECENT_MAX);
    atMost(watched, 'proposals', size(state.proposals), PROPOSALS_MAX);
    atMost(watched, 'unbooked containers', state.unbooked.length, UNBOOKED_MAX);
    atMost(watched, 'differences', size(state.discrepancies), DISCREPANCIES_MAX);
    atMost(watched, 'counters', size(state.counters), NAMES_MAX);
    atMost(watched, 'sources', size(state.sources), NAMES_MAX);
    atMost(watched, 'devices', size(state.devices), devices);
    atMost(watched, 'commands under way', size(state.pending), ACTUATORS_A_DEVICE * devices);
    const things =
      devices + own + size(state.alarms) + size(state.proposals) + config.lanes.length + 3 * CLOSURES_MAX;
    devices +
      own +
      size(state.alarms) +
      size(state.proposals) +
      size(state.discrepancies) +
      config.lanes.length;
    atMost(watched, 'timers', size(state.timers), TIMERS_A_THING * things + 10);
    atMost(watched, 'lanes', size(state.lanes), config.lanes.length);
    atMost(watched, 'vehicles', size(state.vehicles), watched.plan.vehicles.size);
    atMost(watched, 'visitors', size(state.visitors), theirVehicles);
    atMost(watched, 'requests for authority', size(state.authorityRequests), theirVehicles);
    atMost(watched, 'plates', size(state.plates), 3 * own);
    atMost(watched, 'moves', size(state.moves), own);
    atMost(watched, 'containers', size(state.containers), 2 * own);
    const expected = own + crossingsOf(peer) + AHEAD_MAX;
    atMost(watched, 'bookings', size(state.bookings), expected);
    atMost(watched, 'cleared containers', size(state.clearances), expected + UNBOOKED_MAX);
    atMost(watched, 'closures', size(state.section.closures), 2 * CLOSURES_MAX);
    atMost(watched, 'block resets', size(state.section.resets), config.section.tracks.length);
    atMost(watched, 'calls by telephone', size(state.section.hotline.calls), CALLS_MAX);
    lookAtTracks(watched, state);
    lookAtVisits(watched, state);
  }

  function lookAtTracks(watched: Watched, { tracks }: GateState): void {
    for (const { id, capacity } of watched.gate.config.section.tracks) {
      atMost(watched, `moves of ours on ${id}`, tracks[id]?.moves.length ?? 0, capacity);
      atMost(watched, `overdue moves on ${id}`, tracks[id]?.overdue.length ?? 0, 2 * capacity);
    }
  }

  function lookAtVisits(watched: Watched, { lanes }: GateState): void {
    for (const [lane, { visit }] of Object.entries(lanes)) {
      if (visit === null) continue;
      atMost(watched, `plates read in ${lane}`, visit.plates.length, READINGS_MAX);
      atMost(watched, `trailers read in ${lane}`, visit.trailers.length, READINGS_MAX);
      atMost(watched, `codes read in ${lane}`, visit.containers.length, READINGS_MAX);
    }
  }

  return {
    sweep() {
      for (const watched of gates.values()) look(watched);
    },
  };
}
