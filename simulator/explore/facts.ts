/** What the explored world, and those who judge it, see of a gate. */
import { liveView } from '../../edge/core/live.ts';
import type { GateState } from '../../edge/core/state.ts';
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
  };
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
