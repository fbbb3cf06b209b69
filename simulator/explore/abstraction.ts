/**
 * What of a gate's state is kept apart when two moments are compared: everything that decides, and nothing else. Times are
 * told from now, so that the same situation an hour later is the same state; docs/exploration.md argues each line.
 */
import type { Seen } from '../../edge/core/custody-state.ts';
import type { Command } from '../../edge/core/effect.ts';
import { actuatorOf } from '../../edge/core/interlock.ts';
import type { Reason } from '../../edge/core/reasons.ts';
import type { GateState, Reading } from '../../edge/core/state.ts';

/** It is always now: after each step the state is told as if it were this time, milliseconds since 1970. */
export const NOW = Date.UTC(2026, 0, 1);
/** Whatever number lies beyond is a time. */
const TIMES_FROM = Date.UTC(2001, 8, 9);

/** Timers that only call people, or look again at what was looked at. The end of any other one may change what is decided. */
const UNDECIDING: ReadonlySet<string> = new Set([
  'alarm-flood',
  'alarm-unshelve',
  'customs-stale',
  'device-alarm',
  'lane-intrusion',
  'lane-readings',
  'lane-stuck',
  'sweep',
  'vehicle-stuck',
]);

/** Counts that name something: moves, grants, jobs. The others are only told. */
const NAMING: ReadonlySet<string> = new Set([
  'line',
  'move',
  'grant',
  'authority',
  'order',
  'job',
  'crossing',
  'closure',
  'block-reset',
  'hotline',
]);

const NOTHING_SEEN: Seen = { evidence: [], seals: [], differences: [] };

/** A command that was given up: to refuse it changes nothing. */
export const NO_COMMAND = 'none';

/**
 * Brings `state` and the commands that were `issued` in this step into the form in which they are compared, in place. The
 * state goes on exactly as it would have, but for what people are told. Returns the actuators whose command is still the
 * one of an earlier step.
 */
export function abstractState(state: GateState, issued: readonly Command[]): ReadonlySet<string> {
  const { now } = state;
  if (now !== NOW) {
    shiftTimes(state as unknown as Json, NOW - now);
    for (const command of issued) command.decidedAt += NOW - now;
  }
  const stillPending = nameCommands(state, issued);
  state.alarms = {};
  state.alarmFlood = { since: null, raisedAts: [] };
  state.recent = [];
  state.feeds.customs = NOW;
  for (const name of Object.keys(state.timers)) if (UNDECIDING.has(kindOf(name))) delete state.timers[name];
  for (const name of Object.keys(state.counters)) if (!NAMING.has(name)) delete state.counters[name];
  for (const view of Object.values(state.devices)) view.reason = '';
  const crossings = Object.values(state.crossings);
  rankBySince(crossings);
  for (const crossing of crossings) {
    crossing.reasons = crossing.reasons.map(withoutText);
    crossing.findings = crossing.findings.map(withoutText);
    if (crossing.lineClear !== undefined) crossing.lineClear.askedAt = NOW;
    // Digests of readings, which people are shown; what differs would be told in `differences`, and nothing does here.
    if (crossing.inbound?.seen !== undefined) crossing.inbound.seen = NOTHING_SEEN;
  }
  // In force, its beginning means nothing any more.
  for (const closure of Object.values(state.section.closures)) if (closure.inForce) closure.from = NOW;
  for (const { visit } of Object.values(state.lanes)) {
    if (visit === null) continue;
    visit.id = '';
    visit.since = NOW;
    visit.reasons = visit.reasons.map(withoutText);
    visit.plates = newest(visit.plates);
    visit.trailers = newest(visit.trailers);
    visit.containers = newest(visit.containers);
  }
  return stillPending;
}

/** Who has waited longer goes first; how much longer means nothing. */
function rankBySince(crossings: readonly { since: number }[]): void {
  const known = [...new Set(crossings.map(({ since }) => since))].sort((a, b) => b - a);
  for (const crossing of crossings) crossing.since = NOW - 1 - known.indexOf(crossing.since);
}

/** All readings of one vehicle say the same here; what counts is how old the newest is. */
const newest = (readings: readonly Reading[]): Reading[] =>
  readings.slice(-1).map((reading) => ({ ...reading, readId: '' }));

const kindOf = (timer: string): string => timer.split('/', 1)[0] ?? '';

const withoutText = ({ code, severity, releasableBy, detail }: Reason): Reason =>
  ({ code, severity, releasableBy, detail }) as Reason;

/** A command is known by its actuator: at most one is on its way to each. */
function nameCommands({ pending }: GateState, issued: readonly Command[]): ReadonlySet<string> {
  const still = new Set(Object.keys(pending).filter((actuator) => pending[actuator]?.commandId === actuator));
  for (const command of issued) {
    const actuator = actuatorOf(command);
    const isCurrent = pending[actuator]?.commandId === command.commandId;
    command.commandId = isCurrent ? actuator : NO_COMMAND;
  }
  for (const [actuator, one] of Object.entries(pending)) one.commandId = actuator;
  return still;
}

type Json = { [name: string]: Json | number } | (Json | number)[];

function shiftTimes(value: Json, byMs: number): void {
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === 'number') {
      if (part > TIMES_FROM) Reflect.set(value, name, part + byMs);
    } else if (typeof part === 'object' && part !== null) shiftTimes(part, byMs);
  }
}

/** The timer that is due next and decides something. */
export function nextTimer({ timers }: GateState): { name: string; at: number } | undefined {
  let next: { name: string; at: number } | undefined;
  for (const [name, at] of Object.entries(timers)) {
    if (UNDECIDING.has(kindOf(name))) continue;
    if (next === undefined || at < next.at || (at === next.at && name < next.name)) next = { name, at };
  }
  return next;
}
