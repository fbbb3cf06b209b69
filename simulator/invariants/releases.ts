/**
 * I1, I2, I6: a vehicle is let go only from a lane that is open by its hours, its carriageway and its people, past a gate that may
 * decide at all, and only to places that are its own; over the border only on a grant that the other log tells of, on a track
 * that is ours to use, behind nobody who does not move.
 */

import type { LaneConfig } from '../../config/schema.ts';
import { isAgainst } from '../../edge/core/reasons.ts';
import type { Crossing, GateState, LaneState } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from './scene.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface WatchedLane {
  readonly lane: LaneConfig;
  /** The visit known to be released there. */
  released: string | undefined;
}

export function createReleases({ book, gates, peerOf }: Scene): Part {
  /** Moves known to be offered, by gate. */
  const offered = new Map<string, Set<string>>([...gates.keys()].map((id) => [id, new Set()]));
  /** Grants heard of, by gate and move. */
  const granted = new Map<string, string>();
  const linkUp = new Map<string, boolean>();
  const trusted = new Map<string, boolean>();
  const lanes = new Map<Watched, WatchedLane[]>();
  for (const watched of gates.values())
    lanes.set(
      watched,
      watched.gate.config.lanes.map((lane) => ({ lane, released: undefined })),
    );

  /** Line clear is asked for only where nothing else stands against going, and while somebody is there to answer. */
  function lookAtOffer({ id, gate }: Watched, lane: LaneConfig, { visit }: LaneState): void {
    const { lineClear } = gate.state.crossings[visit?.crossing ?? ''] ?? {};
    const known = offered.get(id);
    if (visit === null || lineClear === undefined || known?.has(lineClear.move) !== false) return;
    known.add(lineClear.move);
    const others = visit.reasons.filter((one) => isAgainst(one) && one.code !== 'LINE_NOT_CLEAR');
    book.check();
    if (others[0] !== undefined)
      book.violate('I1', id, `${lineClear.move} is offered at ${lane.id} in spite of ${others[0].code}`);
    // By the logs while they are read, by telephone while they are not.
    if ((linkUp.get(id) === true) === (lineClear.byTelephone === true))
      book.violate('I1', id, `${lineClear.move} is offered while nobody is reached, or by telephone in vain`);
    if (hasFault(gate.state))
      book.violate('I1', id, `${lineClear.move} is offered while a log is not believed`);
  }

  function look(watched: Watched, mine: WatchedLane, view: LaneState): void {
    const { lane } = mine;
    if (lane.checkpoint === 'border-out') lookAtOffer(watched, lane, view);
    const { visit } = view;
    if (visit?.released !== true) {
      mine.released = undefined;
      return;
    }
    if (mine.released === visit.id) return;
    mine.released = visit.id;
    const crossing = watched.gate.state.crossings[visit.crossing ?? ''];
    book.check();
    const wrong = against(watched, lane, view, crossing);
    if (wrong !== undefined) book.violate('I1', watched.id, `${lane.id} lets ${visit.crossing} go: ${wrong}`);
  }

  function against(
    watched: Watched,
    lane: LaneConfig,
    view: LaneState,
    crossing: Crossing | undefined,
  ): string | undefined {
    const { state } = watched.gate;
    const { io } = lane.devices;
    if (crossing === undefined) return 'nobody knows it';
    if (trusted.get(watched.id) === false) return 'the clock is not trusted';
    if (state.stopped) return 'the gate is stopped';
    if (view.stopped || view.mode === 'maintenance') return `the lane is stopped or in ${view.mode}`;
    const sensors = watched.wiring.laneIo(io);
    if (sensors?.loops.approach !== true) return 'nothing stands at its stop line';
    if (sensors.loops.under || sensors.loops.exit || sensors.curtain === 'broken')
      return 'its way is not free';
    const promised = lane.node !== undefined && state.owners[`node:${lane.node}`] === crossing.id;
    if (!promised) {
      if (view.mode === 'closed') return 'the lane is closed';
      if (!isInHours(watched, lane)) return 'the lane is closed by its hours';
    }
    const other = crossedBy(watched, lane);
    if (other !== undefined) return `${other} has let somebody onto the same carriageway`;
    return places(watched, lane, view, crossing) ?? border(watched, lane, crossing);
  }

  function places(
    { gate, plan }: Watched,
    { checkpoint }: LaneConfig,
    { visit }: LaneState,
    crossing: Crossing,
  ): string | undefined {
    const { owners } = gate.state;
    const own = (resource: string): boolean => owners[resource] === crossing.id;
    if (checkpoint === 'yard-in') {
      const { slot, bays } = crossing;
      if (!own(`bay:${bays.truck}`) || !own(`slot:${slot}`)) return 'it has no place in the yard';
    }
    if (checkpoint !== 'border-in') return undefined;
    if (crossing.inbound?.grant === undefined) return 'it was not granted';
    if (crossing.load !== 'bobtail' && !own(`bay:${crossing.bays.landing}`)) return 'it has no bay';
    if (visit?.refuge === undefined)
      return visit?.verdict === 'pass' ? undefined : 'it is not found in order';
    if (!plan.refuges.has(visit.refuge) || !own(`node:${visit.refuge}`))
      return `${visit.refuge} is no refuge slot of its own`;
    if (visit.identifiedAs !== undefined) return 'people are seeing to it';
    if (plan.vehicles.has(crossing.vehicle?.id ?? '')) return 'it is our own and is set aside';
    return visit.verdict === 'refer' ? undefined : `it is set aside with the verdict ${visit.verdict}`;
  }

  function border(watched: Watched, { checkpoint }: LaneConfig, crossing: Crossing): string | undefined {
    if (checkpoint !== 'border-out') return undefined;
    const { id, gate } = watched;
    const { state, config } = gate;
    const { lineClear } = crossing;
    if (lineClear?.used !== true) return 'its line clear is not used';
    const { hotline } = lineClear;
    if (hasFault(state)) return 'a log is not believed';
    if (hotline !== undefined) {
      // The officer over there has said it, and it stands in the journal there.
      const peer = peerOf(watched)?.gate.state;
      const there = peer?.crossings[peer.moves[lineClear.move] ?? '']?.inbound;
      if (there?.grant !== hotline.number || there.holdNode !== lineClear.holdNode)
        return 'nobody over there has granted that number';
      if (linkUp.get(id) === true) return 'it goes by telephone, and the logs are read';
    } else {
      if (granted.get(`${id} ${lineClear.move}`) !== lineClear.grant) return 'its grant stands in no log';
      if (linkUp.get(id) !== true) return 'the other gate is not reached';
    }
    const track = config.section.tracks.find((one) => one.id === lineClear.track);
    if (track === undefined || track.direction === 'in') return `${lineClear.track} does not lead out`;
    const view = state.tracks[track.id];
    if (track.direction === 'alternating') {
      if (view?.holder !== id) return `the token of ${track.id} is with the other gate`;
      if (Object.keys(state.owners).some((resource) => resource.startsWith(`track:${track.id}/`)))
        return `somebody comes towards it on ${track.id}`;
    }
    if (view?.overdue.some((move) => move !== lineClear.move) === true)
      return 'somebody before it is overdue';
    const stalled = view?.moves.find((move) => move !== lineClear.move && isStalled(watched, move));
    return stalled === undefined ? undefined : `${stalled} before it does not move`;
  }

  return {
    stepped(watched, input) {
      if (input.type === 'boot') {
        linkUp.set(watched.id, false);
        trusted.set(watched.id, true);
      } else if (input.type === 'counterpart-link') linkUp.set(watched.id, input.up);
      else if (input.type === 'clock') trusted.set(watched.id, input.trusted);
      else if (input.type === 'counterpart-record' && input.record.kind === 'granted')
        granted.set(`${watched.id} ${input.record.move}`, input.record.grant);
      // Until it is told anew: whoever cannot be believed is not reached.
      if (hasFault(watched.gate.state)) linkUp.set(watched.id, false);
      const views = watched.gate.state.lanes;
      for (const mine of lanes.get(watched) ?? []) {
        const view = views[mine.lane.id];
        if (view !== undefined) look(watched, mine, view);
      }
    },
    crashed(watched) {
      // What was decided before it died is not decided anew.
      for (const mine of lanes.get(watched) ?? []) {
        const visit = watched.gate.state.lanes[mine.lane.id]?.visit;
        if (visit?.released === true) mine.released = visit.id;
      }
    },
    sweep() {
      for (const { id, gate } of gates.values()) {
        const moves = offered.get(id);
        for (const move of moves ?? []) if (gate.state.moves[move] === undefined) moves?.delete(move);
      }
      for (const { id, gate } of gates.values())
        for (const key of granted.keys())
          if (key.startsWith(`${id} `) && gate.state.moves[key.slice(id.length + 1)] === undefined)
            granted.delete(key);
    },
  };
}

const hasFault = ({ logFaults }: GateState): boolean =>
  Object.values(logFaults).some((fault) => fault !== null);

/** One of ours on the section that is not fit to drive, or not heard, by what it has told. */
function isStalled({ gate: { state }, plan, wiring }: Watched, move: string): boolean {
  const crossing = state.crossings[state.moves[move] ?? ''];
  const vehicle = crossing?.vehicle?.id ?? '';
  if (crossing?.lineClear?.used !== true || !plan.vehicles.has(vehicle)) return false;
  const told = wiring.vehicle(vehicle);
  if (told === undefined || !wiring.isFresh(vehicle)) return true;
  const failed = told.errors.some(({ errorLevel }) => errorLevel === 'FATAL');
  return told.eStop !== 'NONE' || !told.localized || told.mode !== 'AUTOMATIC' || failed;
}

/** The lane of the same carriageway that has let somebody go. */
function crossedBy({ gate: { state, config } }: Watched, lane: LaneConfig): string | undefined {
  if (lane.tidal === undefined) return undefined;
  return config.lanes.find(
    ({ id, tidal }) => id !== lane.id && tidal === lane.tidal && state.lanes[id]?.visit?.released === true,
  )?.id;
}

function isInHours({ gate: { state, config } }: Watched, { hours }: LaneConfig): boolean {
  if (hours === undefined) return true;
  const { utcOffset } = config.gate;
  const offset = Number(utcOffset.slice(1, 3)) * 60 + Number(utcOffset.slice(4));
  const local = state.now + (utcOffset.startsWith('-') ? -offset : offset) * MINUTE_MS;
  const minutes = (((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
  const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return hours.some(({ from, to }) => {
    const [begin, end] = [minutesOf(from), minutesOf(to)];
    return begin < end ? begin <= minutes && minutes < end : begin <= minutes || minutes < end;
  });
}
