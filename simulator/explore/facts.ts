/** What the explored world, and those who judge it, see of a gate. */
import { movesOn } from '../../edge/core/block-reset.ts';
import { waitsForLineClear } from '../../edge/core/border.ts';
import { liveView } from '../../edge/core/live.ts';
import type { Crossing, GateState } from '../../edge/core/state.ts';
import { nextTimer } from './abstraction.ts';

/** A visit in a lane, as far as the devices there need to know what to tell next. */
export interface VisitFacts {
  /** Nothing usable was read yet, or what was read is too old. */
  wantsPlate: boolean;
  wantsContainer: boolean;
}

export interface CoreFacts {
  /** Milliseconds since 1970. */
  now: number;
  linkUp: boolean;
  /** Lines of the other log it has taken. */
  cursor: number;
  /** What it was shown of the other gate, and what it shows of itself; equal texts are equal views. */
  live: string;
  shows: string;
  /** By lane. */
  visits: Record<string, VisitFacts>;
  /** Who sends on each track, as it believes. */
  holders: Record<string, string>;
  /** Its next timer that decides something; empty if there is none. */
  timer: string;
  /** The crane job whose taking it waits for; empty if there is none. */
  jobAwaited: string;
  /** One of its vehicles stands because it said so. */
  pauses: boolean;
  /** Exports that are completed. */
  completed: number;
  /** What is still under way, for people. */
  crossings: readonly string[];
  /** Truck bays it has given away. */
  truckBays: readonly string[];
  /** Something was found that only a person can clear. */
  needsPeople: boolean;
  /** What people here see of the section. */
  section: SectionFacts;
}

/** What people decide about the section goes by. */
export interface SectionFacts {
  /** A closure of this gate’s own; whether any is in force here. */
  own: string;
  closed: boolean;
  /** The track that is explored, the moves on it as this gate knows them, and what both sides have said of it. */
  track: string;
  moves: readonly string[];
  ours: readonly string[] | null;
  theirs: readonly string[] | null;
  /** The lane in which a vehicle of ours waits for nothing but line clear; empty: there is none. */
  waitsIn: string;
  /** What was announced by telephone and has no number yet. */
  announced: Announced | null;
  /** Who comes on a number that we have given, and where it may stand. */
  given: { number: string; move: string; hold: string } | null;
  /** Numbers on which one of ours is on its way; that are not explained. */
  sent: readonly string[];
  arrived: readonly string[];
  unexplained: readonly string[];
  /** Crossings that were lost on the section. */
  lost: readonly { crossing: string; vehicle: string }[];
  /** Acts that wait for a second person. */
  proposals: readonly string[];
}

/** As it is read out. */
export interface Announced {
  move: string;
  track: string;
  vehicle: string;
  plate: string;
  load: 'laden' | 'empty' | 'bobtail';
  containers: string[];
}

export function factsOf(state: GateState): CoreFacts {
  const { live } = state;
  const crossings = Object.values(state.crossings);
  const jobs = Object.values(state.pending).flatMap(({ expects }) =>
    expects.kind === 'job' ? [expects.jobId] : [],
  );
  return {
    now: state.now,
    linkUp: state.link.up,
    cursor: state.sources.counterpart ?? 0,
    live: live === null ? '' : JSON.stringify({ vehicles: live.vehicles, bays: live.bays }),
    shows: shownBy(state),
    visits: visitsIn(state),
    holders: Object.fromEntries(Object.entries(state.tracks).map(([id, { holder }]) => [id, holder])),
    timer: nextTimer(state)?.name ?? '',
    jobAwaited: jobs[0] ?? '',
    pauses: Object.values(state.vehicles).some(({ pausedByUs }) => pausedByUs),
    completed: state.completed.export,
    crossings: crossings.map(({ id, stage, load }) => `${id} ${load} ${stage}`),
    truckBays: crossings.flatMap(({ bays }) => (bays.truck === undefined ? [] : [bays.truck])),
    needsPeople: crossings.some(({ findings, verdict }) => findings.length > 0 || verdict === 'refer'),
    section: sectionOf(state),
  };
}

function sectionOf(state: GateState): SectionFacts {
  const { section, tracks, crossings } = state;
  const gate = state.config?.gate.id;
  const [track = ''] = Object.keys(tracks);
  const closures = Object.values(section.closures);
  const { ours, theirs } = section.resets[track] ?? {};
  const under = Object.values(crossings);
  const calls = Object.values(section.hotline.calls);
  const call = calls.find(({ side }) => side === 'receiver');
  const hold = crossings[state.moves[call?.move ?? ''] ?? '']?.inbound?.holdNode;
  return {
    own: closures.find(({ by }) => by === gate)?.id ?? '',
    closed: closures.some(({ inForce }) => inForce),
    track,
    moves: state.config === null ? [] : movesOn(state, track),
    ours: ours?.moves ?? null,
    theirs: theirs?.moves ?? null,
    waitsIn: waitingIn(state),
    announced: announcedBy(under),
    given: call === undefined || hold === undefined ? null : { number: call.number, move: call.move, hold },
    sent: calls.filter(({ side, arrived }) => side === 'sender' && !arrived).map(({ number }) => number),
    arrived: calls.filter(({ side, arrived }) => side === 'receiver' && arrived).map(({ number }) => number),
    unexplained: Object.keys(section.hotline.faults),
    lost: under.flatMap(({ id, findings, vehicle }) =>
      findings.some(({ code }) => code === 'LOST_ON_SECTION')
        ? [{ crossing: id, vehicle: vehicle?.id ?? '' }]
        : [],
    ),
    proposals: Object.keys(state.proposals),
  };
}

function waitingIn({ lanes, crossings, vehicles }: GateState): string {
  const found = Object.entries(lanes).find(([, { visit }]) => {
    const vehicle = crossings[visit?.crossing ?? '']?.vehicle?.id ?? '';
    return visit !== null && vehicles[vehicle] !== undefined && waitsForLineClear(visit);
  });
  return found?.[0] ?? '';
}

function announcedBy(crossings: readonly Crossing[]): Announced | null {
  for (const { lineClear, vehicle, load, containers } of crossings) {
    if (lineClear?.byTelephone !== true || lineClear.grant !== undefined) continue;
    if (vehicle === undefined || load === 'return') continue;
    const { move, track } = lineClear;
    const numbers = containers.map(({ number }) => number);
    return { move, track, vehicle: vehicle.id, plate: vehicle.plate, load, containers: numbers };
  }
  return null;
}

/** Of the live view what the other side can use: our vehicles in its bays, and the bays for its vehicles. */
function shownBy(state: GateState): string {
  const { config } = state;
  if (config === null) return '';
  const view = liveView(state);
  const theirs = new Set(
    config.map.nodes
      .filter(({ gate, role }) => gate === config.counterpart.gate && role === 'bay')
      .map(({ id }) => id),
  );
  const landing = new Set(config.yard.bays.filter(({ use }) => use === 'landing').map(({ node }) => node));
  return JSON.stringify({
    vehicles: Object.fromEntries(Object.entries(view.vehicles).filter(([, { node }]) => theirs.has(node))),
    bays: Object.fromEntries(Object.entries(view.bays).filter(([node]) => landing.has(node))),
  });
}

function visitsIn(state: GateState): CoreFacts['visits'] {
  const ageMsMax = state.config?.evidence.ageMsMax ?? 0;
  const visits: CoreFacts['visits'] = {};
  for (const [lane, { visit }] of Object.entries(state.lanes)) {
    if (visit === null) continue;
    const isWanted = (readings: readonly { at: number }[]): boolean =>
      !readings.some(({ at }) => state.now - at <= ageMsMax);
    visits[lane] = { wantsPlate: isWanted(visit.plates), wantsContainer: isWanted(visit.containers) };
  }
  return visits;
}
