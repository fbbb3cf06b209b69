/**
 * How long goods take, for the publication of average release times (WTO Trade Facilitation Agreement, article 7.6), measured
 * as in the WCO's Time Release Study: from arrival to release, and what came before and after it. Read from the journal alone:
 * the gate's own decisions, and what customs has told it. Pure: it takes entries one after the other, and may be asked at any time.
 */
import { z } from 'zod';
import { utcOffsetMs } from '../../protocols/time.ts';
import type { JournalEntry } from '../journal/journal.ts';

/**
 * - `announced-to-gate-in`: from when the gate first knew of the crossing until it entered the supervision area.
 * - `gate-in-to-release`: until customs' release of every declaration had reached the gate; 0 if it had before the arrival.
 * - `release-to-gate-out`: from release, or from arrival if that was later, until it left the area.
 * - `gate-in-to-gate-out`: the whole stay.
 * - `idle`: the part of the stay that a vehicle stood at a barrier that was held or referred.
 */
export const INTERVALS = [
  'announced-to-gate-in',
  'gate-in-to-release',
  'release-to-gate-out',
  'gate-in-to-gate-out',
  'idle',
] as const;
export type Interval = (typeof INTERVALS)[number];

export interface IntervalStatistics {
  /** Local day on which the goods left, `YYYY-MM-DD`; `all` for the days asked for together. */
  day: string;
  direction: 'export' | 'import';
  /** The strictest channel among the declarations; `unknown` if none was told. */
  channel: 'green' | 'yellow' | 'red' | 'unknown';
  interval: Interval;
  count: number;
  /** Nearest rank, as is the 90th percentile: a duration that was really there. */
  medianMs: number;
  p90Ms: number;
}

export interface ReleaseTimes {
  take(entry: JournalEntry): void;
  /** Days from `from` to `to`, both included; without them, all. Ordered by day, direction, channel and interval. */
  statistics(range?: { from?: string; to?: string }): IntervalStatistics[];
}

/** Containers whose declarations are remembered; those told of longest ago go first. */
const CONTAINERS_MAX = 100_000;
/** Crossings, and visits at barriers, that may be under way at once; the oldest go first. */
const UNDER_WAY_MAX = 50_000;

const clearance = z.object({
  container: z.string(),
  declaration: z.string(),
  status: z.string(),
  channel: z.enum(['green', 'yellow', 'red']),
});
const crossing = z.object({
  crossing: z.string(),
  direction: z.enum(['export', 'import']),
  load: z.string(),
  containers: z.array(z.string()),
});
const report = z.object({ kind: z.enum(['get-in', 'get-out']), crossing: z.string() });
const verdict = z.object({ lane: z.string(), visit: z.unknown(), verdict: z.string() });
const release = z.object({ lane: z.string(), visit: z.unknown(), crossing: z.string() });
const visitEnded = z.object({ lane: z.string(), visit: z.unknown() });
const cancelled = z.object({ crossing: z.string() });
const boot = z.object({ config: z.object({ gate: z.object({ utcOffset: z.string() }) }) });

interface UnderWay {
  direction: 'export' | 'import';
  containers: string[];
  announcedAt: number;
  gateInAt?: number;
  idleMs: number;
}

interface Declaration {
  channel: 'green' | 'yellow' | 'red';
  released: boolean;
  /** When its status last changed. */
  at: number;
}

const STRICTNESS = { unknown: 0, green: 1, yellow: 2, red: 3 } as const;

/** Sets a key as the newest, and drops the oldest beyond `max`. */
function setNewest<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

export function createReleaseTimes(): ReleaseTimes {
  const underWay = new Map<string, UnderWay>();
  /** By container, then by declaration. */
  const declarations = new Map<string, Map<string, Declaration>>();
  /** When a vehicle at a barrier was first held or referred. */
  const heldSince = new Map<string, number>();
  /** Durations by `day direction channel interval`. */
  const samples = new Map<string, number[]>();
  let utcOffset = '+00:00';

  const note = (key: string, durationMs: number): void => {
    const known = samples.get(key);
    if (known === undefined) samples.set(key, [durationMs]);
    else known.push(durationMs);
  };

  const left = (id: string, at: number): void => {
    const one = underWay.get(id);
    underWay.delete(id);
    if (one?.gateInAt === undefined) return;
    const told = one.containers.map((container) => [...(declarations.get(container)?.values() ?? [])]);
    for (const container of one.containers) declarations.delete(container);
    const all = told.flat();
    const channel = all.reduce<IntervalStatistics['channel']>(
      (strictest, next) => (STRICTNESS[next.channel] > STRICTNESS[strictest] ? next.channel : strictest),
      'unknown',
    );
    const day = new Date(at + utcOffsetMs(utcOffset)).toISOString().slice(0, 10);
    const key = (interval: Interval): string => `${day} ${one.direction} ${channel} ${interval}`;
    note(key('announced-to-gate-in'), one.gateInAt - one.announcedAt);
    note(key('gate-in-to-gate-out'), at - one.gateInAt);
    note(key('idle'), one.idleMs);
    const isReleased =
      told.every((list) => list.length > 0) && told.length > 0 && all.every(({ released }) => released);
    if (!isReleased) return;
    const releasedAt = Math.max(one.gateInAt, ...all.map((declaration) => declaration.at));
    note(key('gate-in-to-release'), releasedAt - one.gateInAt);
    note(key('release-to-gate-out'), at - releasedAt);
  };

  const readers: Record<string, (body: unknown, at: number) => void> = {
    'input boot': (body) => {
      utcOffset = boot.parse(body).config.gate.utcOffset;
    },
    'input clearance': (body, at) => {
      const { container, declaration, status, channel } = clearance.parse(body);
      const known = declarations.get(container) ?? new Map<string, Declaration>();
      const before = known.get(declaration);
      const released = status === 'released';
      known.set(declaration, {
        channel,
        released,
        at: before?.released === released ? before.at : at,
      });
      setNewest(declarations, container, known, CONTAINERS_MAX);
    },
    'decision crossing': (body, at) => {
      const told = crossing.parse(body);
      if (told.load !== 'laden') return;
      const known = underWay.get(told.crossing);
      if (known) known.containers = told.containers;
      else if (told.containers.length > 0)
        setNewest(
          underWay,
          told.crossing,
          { direction: told.direction, containers: told.containers, announcedAt: at, idleMs: 0 },
          UNDER_WAY_MAX,
        );
    },
    'decision customs-report': (body, at) => {
      const { kind, crossing: id } = report.parse(body);
      const one = underWay.get(id);
      if (kind === 'get-out') left(id, at);
      else if (one) one.gateInAt ??= at;
    },
    'decision verdict': (body, at) => {
      const told = verdict.safeParse(body);
      // Of a container in the yard there is a verdict without a lane: nobody stands at a barrier.
      if (!told.success || told.data.verdict === 'pass') return;
      const key = visitOf(told.data);
      if (!heldSince.has(key)) setNewest(heldSince, key, at, UNDER_WAY_MAX);
    },
    'decision release': (body, at) => {
      const told = release.parse(body);
      const since = heldSince.get(visitOf(told));
      heldSince.delete(visitOf(told));
      const one = underWay.get(told.crossing);
      if (one && since !== undefined) one.idleMs += at - since;
    },
    'decision visit-ended': (body) => {
      heldSince.delete(visitOf(visitEnded.parse(body)));
    },
    'decision cancelled': (body) => {
      underWay.delete(cancelled.parse(body).crossing);
    },
    'decision abandoned': (body) => {
      underWay.delete(cancelled.parse(body).crossing);
    },
  };

  return {
    take(entry) {
      readers[`${entry.kind} ${entry.type}`]?.(JSON.parse(entry.body), entry.at);
    },
    statistics({ from = '', to = '9999-12-31' } = {}) {
      const asked = [...samples].filter(([key]) => key.slice(0, 10) >= from && key.slice(0, 10) <= to);
      const together = new Map<string, number[]>();
      for (const [key, values] of asked) {
        const all = `all ${key.slice(11)}`;
        together.set(all, [...(together.get(all) ?? []), ...values]);
      }
      // No day sorts after `all`.
      return [...asked, ...together].map(([key, values]) => statisticsOf(key, values)).toSorted(byKey);
    },
  };
}

const visitOf = ({ lane, visit }: { lane: string; visit?: unknown }): string => `${lane} ${String(visit)}`;

function statisticsOf(key: string, values: readonly number[]): IntervalStatistics {
  const [day, direction, channel, interval] = key.split(' ');
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (percent: number): number => sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
  return {
    day,
    direction,
    channel,
    interval,
    count: sorted.length,
    medianMs: rank(50),
    p90Ms: rank(90),
  } as IntervalStatistics;
}

function byKey(a: IntervalStatistics, b: IntervalStatistics): number {
  const place = ({ day, direction, channel, interval }: IntervalStatistics): string =>
    `${day} ${direction} ${STRICTNESS[channel]} ${INTERVALS.indexOf(interval)}`;
  return place(a) < place(b) ? -1 : 1;
}
