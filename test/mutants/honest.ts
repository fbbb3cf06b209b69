/**
 * A run in which nothing goes wrong: the traffic alone says what the gates do, each thing so often and not once more. Nobody is
 * called, referred or refused, and nobody waits for long.
 */
import { missedBy } from '../../simulator/invariants/agenda.ts';
import { startSimulation } from '../../simulator/simulate.ts';
import type { Pair } from './sites.ts';

const MINUTE_MS = 60_000;
/** How often everything is looked at that should have been already. */
const LOOK_MS = 2_000;
/** Of a visit, from its first verdict until it has passed. */
const STAYS_MS_MAX = 5 * MINUTE_MS;
/** From the last one to come until everybody is home. */
const DRAINED_MINUTES_MAX = 15;

export interface HonestRun {
  configs: Pair;
  seed: number;
  perDay: number;
  /** Few enough that nobody waits for another, so that each thing happens an exact number of times. */
  quiet: boolean;
}

interface Counts {
  of(what: string): number;
  count(what: string): void;
}

function createCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    of: (what) => counts.get(what) ?? 0,
    count: (what) => {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    },
  };
}

/** What is wrong with it, or null. */
export function honestRun({ configs, seed, perDay, quiet }: HonestRun): string | null {
  const simulation = startSimulation({
    configs,
    seed,
    hours: 0.5,
    vehiclesPerDay: perDay,
    // Who is refused is referred.
    returnShare: 0,
    faults: new Map(),
  });
  const { run } = simulation;
  const counts = createCounts();
  const wrong: string[] = [];
  const began = new Map<string, number>();
  for (const [id, gate] of run.gates) {
    gate.onDecision('command', ({ kind, to }) =>
      counts.count(`${id} ${kind}${kind === 'barrier' || kind === 'light' ? ` ${to}` : ''}`),
    );
    gate.onDecision('handover', ({ record }) => counts.count(`${id} ${record}`));
    for (const type of ['release', 'visit-ended', 'customs-report', 'move-closed'])
      gate.onDecision(type, () => counts.count(`${id} ${type}`));
    gate.onDecision('alarm', ({ alarm }) => wrong.push(`${id} raises ${alarm}`));
    gate.onDecision('refused', ({ reason }) => wrong.push(`${id} refuses at the last moment: ${reason}`));
    gate.onDecision('lane-stopped', ({ lane }) => wrong.push(`${id} stops ${lane}`));
    gate.onDecision('abandoned', ({ move }) => wrong.push(`${id} abandons ${move}`));
    gate.onDecision('verdict', ({ lane, visit, verdict, checkpoint }) => {
      if (verdict === 'refer') wrong.push(`${id} refers somebody in ${lane ?? 'the yard'}`);
      if (lane === undefined && checkpoint === 'border-in') wrong.push(`${id} judges what has just come in`);
      const key = `${id} ${lane} ${visit}`;
      if (lane !== undefined && !began.has(key)) began.set(key, run.clock.nowMs());
    });
    gate.onDecision('visit-ended', ({ lane, visit, passed }) => {
      const stayedMs = run.clock.nowMs() - (began.get(`${id} ${lane} ${visit}`) ?? run.clock.nowMs());
      if (passed !== true) wrong.push(`${id} believes that somebody has left ${lane}`);
      if (stayedMs > STAYS_MS_MAX)
        wrong.push(`${id} holds somebody in ${lane} for ${stayedMs / MINUTE_MS} minutes`);
    });
  }
  run.clock.every(LOOK_MS, () => {
    for (const [id, gate] of run.gates)
      for (const what of missedBy(gate)) wrong.push(`${id} has forgotten to look at: ${what}`);
  });
  while (simulation.phase !== 'over' && wrong.length === 0) simulation.advance(MINUTE_MS);
  const { error } = simulation;
  const { violations, drainedAfterMinutes, crossings } = simulation.finish();
  if (error !== undefined) return String(error);
  const [violation] = violations;
  if (violation !== undefined) return `${violation.invariant}: ${violation.detail}`;
  if (wrong[0] !== undefined) return wrong[0];
  if (drainedAfterMinutes === null || drainedAfterMinutes > DRAINED_MINUTES_MAX)
    return `drained after ${drainedAfterMinutes} minutes`;
  const [own, other] = [crossings.export, crossings.import];
  return quiet ? miscounted(configs, counts, [own, other]) : null;
}

/** The first thing that did not happen as often as so many containers of each gate make it happen. */
function miscounted(configs: Pair, { of }: Counts, sent: readonly [number, number]): string | null {
  const both = sent[0] + sent[1];
  for (const [index, { gate, lanes }] of configs.entries()) {
    const own = sent[index] ?? 0;
    const visits = 4 * both;
    const expected: Record<string, number> = {
      release: visits,
      'visit-ended': visits,
      'barrier raise': visits,
      'barrier lower': visits,
      'light green': visits,
      // Each lane is told once at the start.
      'light red': visits + lanes.length,
      job: 2 * both,
      order: 7 * own,
      pause: 0,
      unpause: 0,
      'cancel-order': 0,
      'job-stop': 0,
      'customs-report': 2 * both,
      offered: both,
      accepted: both,
      granted: both,
      departed: both,
      arrived: both,
      received: both,
      closed: both,
      'move-closed': both,
      refused: 0,
      'grant-returned': 0,
      'offer-withdrawn': 0,
      recalled: 0,
      'authority-asked': 3 * own,
      'authority-granted': 3 * (both - own),
    };
    for (const [what, times] of Object.entries(expected)) {
      const found = of(`${gate.id} ${what}`);
      if (found !== times)
        return `${gate.id}: ${what} ${found} times, ${times} expected of ${both} containers`;
    }
  }
  return null;
}
