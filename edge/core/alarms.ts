/**
 * Alarms after ISA-18.2: what a person should know now, and do. Raised once and counted when it repeats; acknowledged by a
 * person; returned when its cause is gone; kept until both have happened. Not every alarm is announced: a person may shelve
 * one, one that only follows from another or from maintenance is suppressed, and in a flood the low ones are withheld.
 */
import type { GateConfig } from '../../config/schema.ts';
import { type AlarmCode, alarmCatalogue } from './alarm-catalogue.ts';
import { configOf, siteOf } from './site.ts';
import type { Alarm, GateState } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { count, decide } from './turn.ts';

/** Alarms kept at once. */
export const ALARMS_MAX = 500;
const FLOOD_WINDOW_MS = 600_000;
const FLOOD_TIMER = 'alarm-flood';

/**
 * How many alarms of each code are kept: derived, like the heap of timers. Most alarms that are asked for were never raised;
 * this tells so without composing their names.
 */
const kept = new WeakMap<GateState['alarms'], Map<AlarmCode, number>>();

function keptOf(alarms: GateState['alarms']): Map<AlarmCode, number> {
  const known = kept.get(alarms);
  if (known !== undefined) return known;
  const counts = new Map<AlarmCode, number>();
  for (const { code } of Object.values(alarms)) counts.set(code, (counts.get(code) ?? 0) + 1);
  kept.set(alarms, counts);
  return counts;
}

function keep({ alarms }: GateState, alarm: Alarm): void {
  const counts = keptOf(alarms);
  if (alarms[alarm.id] === undefined) counts.set(alarm.code, (counts.get(alarm.code) ?? 0) + 1);
  alarms[alarm.id] = alarm;
}

function drop(state: GateState, { id, code }: Alarm): void {
  const counts = keptOf(state.alarms);
  counts.set(code, (counts.get(code) ?? 0) - 1);
  delete state.alarms[id];
  clearTimer(state, `alarm-unshelve/${id}`);
}

/** Raises, or counts a repeat of, the alarm of `code` about `subject`. */
export function raiseAlarm(turn: Turn, code: AlarmCode, subject: string): void {
  const id = `${code}/${subject}`;
  const known = turn.state.alarms[id];
  if (known !== undefined && known.state !== 'returned') known.count += 1;
  else raise(turn, code, subject, known);
}

/** Its cause is gone. An alarm nobody has raised stays unraised. */
export function returnAlarm(turn: Turn, code: AlarmCode, subject: string): void {
  const { alarms } = turn.state;
  if (!keptOf(alarms).get(code)) return;
  const alarm = alarms[`${code}/${subject}`];
  if (alarm === undefined || alarm.state === 'returned') return;
  // Nobody needs to acknowledge what was seen, or never shown. A shelved one stays, or its next occurrence would not be shelved.
  const settled = alarm.state === 'acknowledged' || !alarm.announced;
  if (settled && alarm.shelved === undefined) forget(turn, alarm);
  else {
    alarm.state = 'returned';
    tellAlarm(turn, alarm);
  }
  if (CAUSES.has(code)) reviewAlarms(turn);
}

/** A person has seen it. */
export function acknowledgeAlarm(turn: Turn, id: string, person: string): void {
  const alarm = turn.state.alarms[id];
  if (alarm === undefined || alarm.state === 'acknowledged') return;
  if (alarm.state === 'returned' || alarmCatalogue[alarm.code].once) {
    forget(turn, alarm, { person });
    return;
  }
  alarm.state = 'acknowledged';
  tellAlarm(turn, alarm, { person });
}

/** A person sets it aside for a time: it keeps its state and is not announced. */
export function shelveAlarm(turn: Turn, id: string, shelved: NonNullable<Alarm['shelved']>): void {
  const alarm = turn.state.alarms[id];
  if (alarm === undefined) return;
  alarm.shelved = shelved;
  alarm.announced = false;
  setTimer(turn.state, `alarm-unshelve/${id}`, shelved.until);
  tellAlarm(turn, alarm, { shelved });
}

/** Its time on the shelf is over, or a person took it down before. */
export function unshelveAlarm(turn: Turn, id: string): void {
  const alarm = turn.state.alarms[id];
  if (alarm?.shelved === undefined) return;
  delete alarm.shelved;
  clearTimer(turn.state, `alarm-unshelve/${id}`);
  // Whoever shelved it has seen it.
  if (alarm.state === 'returned') forget(turn, alarm);
  else review(turn, alarm);
}

/** Looks again at who is announced: something that alarms are suppressed by has begun or ended. */
export function reviewAlarms(turn: Turn): void {
  for (const alarm of Object.values(turn.state.alarms)) if (alarm.state !== 'returned') review(turn, alarm);
}

/** A timer of this file has come: `alarm-unshelve/<id>` or `alarm-flood`. */
export function fireAlarm(turn: Turn, kind: string, subject: string): void {
  if (kind === 'alarm-unshelve') unshelveAlarm(turn, subject);
  else if (kind === FLOOD_TIMER) reviewFlood(turn);
  else throw new Error(`a timer of unknown kind was set: ${kind}`);
}

/** The flood is over when no more than half of what makes one was raised within ten minutes. */
function reviewFlood(turn: Turn): void {
  const { alarmFlood, now } = turn.state;
  if (alarmFlood.since === null) return;
  const half = Math.floor(configOf(turn.state).alarms.floodPerTenMinutes / 2);
  const oneTooMany = alarmFlood.raisedAts.at(-half - 1);
  if (oneTooMany !== undefined && oneTooMany + FLOOD_WINDOW_MS > now) {
    setTimer(turn.state, FLOOD_TIMER, oneTooMany + FLOOD_WINDOW_MS);
    return;
  }
  alarmFlood.since = null;
  returnAlarm(turn, 'ALARM_FLOOD', 'alarms');
  reviewAlarms(turn);
}

/** Whether a technician works on the lane, or on the lane that the device belongs to. */
export function laneInMaintenance(state: GateState, deviceOrLane: string): boolean {
  const lane = siteOf(state).laneOfDevice.get(deviceOrLane)?.id ?? deviceOrLane;
  return state.lanes[lane]?.mode === 'maintenance';
}

// ---------------------------------------------------------------- suppressed by design

/** What a technician at work brings about. */
const IN_MAINTENANCE: ReadonlySet<AlarmCode> = new Set<AlarmCode>([
  'DEVICE_OFFLINE',
  'MALFORMED',
  'COMMAND_UNCONFIRMED',
  'BARRIER_FAULT',
  'BARRIER_UNCOMMANDED',
  'LANE_READINGS',
  'PERSON_IN_LANE',
]);

interface Cause {
  code: AlarmCode;
  /** Its subject; absent: the same as that of the consequence. */
  subject?: (config: GateConfig) => string;
}

const GATE_STOPPED: Cause = { code: 'GATE_STOPPED', subject: ({ gate }) => gate.id };
const OFFLINE: Cause = { code: 'DEVICE_OFFLINE' };

/** Alarms that only follow from others: while the cause is active, it alone is announced. */
const CONSEQUENCES: Readonly<Partial<Record<AlarmCode, readonly Cause[]>>> = {
  COMMAND_UNCONFIRMED: [OFFLINE],
  DEPARTURE_UNREAD: [{ code: 'LINK_DOWN', subject: ({ counterpart }) => counterpart.gate }],
  JOB_STUCK: [GATE_STOPPED, OFFLINE],
  LINK_DOWN: [{ code: 'COUNTERPART_LOG_FAULT' }, { code: 'OWN_LOG_FAULT', subject: ({ gate }) => gate.id }],
  VEHICLE_STUCK: [
    GATE_STOPPED,
    OFFLINE,
    { code: 'VEHICLE_EMERGENCY_STOP' },
    { code: 'VEHICLE_LOST' },
    { code: 'VEHICLE_FAULT' },
  ],
  VEHICLE_STUCK_IN_LANE: [GATE_STOPPED, { code: 'BARRIER_FAULT' }],
};

const CAUSES: ReadonlySet<AlarmCode> = new Set(
  Object.values(CONSEQUENCES).flatMap((causes) => causes.map(({ code }) => code)),
);

/** `maintenance`, or the id of the active alarm it follows from; undefined if it speaks for itself. */
function suppressedBy(state: GateState, code: AlarmCode, subject: string): string | undefined {
  if (IN_MAINTENANCE.has(code) && laneInMaintenance(state, subject)) return 'maintenance';
  for (const cause of CONSEQUENCES[code] ?? []) {
    const id = `${cause.code}/${cause.subject?.(configOf(state)) ?? subject}`;
    const alarm = state.alarms[id];
    if (alarm !== undefined && alarm.state !== 'returned') return id;
  }
  return undefined;
}

// ---------------------------------------------------------------- one alarm

function raise(turn: Turn, code: AlarmCode, subject: string, known: Alarm | undefined): void {
  const { state } = turn;
  const { priority, text, action } = alarmCatalogue[code];
  const suppressed = suppressedBy(state, code, subject);
  const alarm: Alarm = {
    id: `${code}/${subject}`,
    code,
    subject,
    priority,
    state: 'raised',
    raisedAt: state.now,
    count: (known?.count ?? 0) + 1,
    announced: false,
    ...(known?.shelved !== undefined && { shelved: known.shelved }),
    ...(suppressed !== undefined && { suppressed }),
    text,
    action,
  };
  if (!isSilent(alarm) && code !== 'ALARM_FLOOD') countForFlood(turn);
  if (known === undefined && !makeRoom(turn, alarm)) return;
  keep(state, alarm);
  alarm.announced = !isSilent(alarm) && !isWithheld(state, alarm);
  tellAlarm(turn, alarm);
  if (CAUSES.has(code)) reviewAlarms(turn);
}

function review(turn: Turn, alarm: Alarm): void {
  const suppressed = suppressedBy(turn.state, alarm.code, alarm.subject);
  if (suppressed === undefined) delete alarm.suppressed;
  else alarm.suppressed = suppressed;
  const announced = !isSilent(alarm) && (alarm.announced || !isWithheld(turn.state, alarm));
  if (announced === alarm.announced) return;
  alarm.announced = announced;
  tellAlarm(turn, alarm);
}

const isSilent = (alarm: Alarm): boolean => alarm.shelved !== undefined || alarm.suppressed !== undefined;
const isWithheld = ({ alarmFlood }: GateState, { priority }: Alarm): boolean =>
  alarmFlood.since !== null && priority === 'low';

function forget(turn: Turn, alarm: Alarm, more: { person?: string } = {}): void {
  drop(turn.state, alarm);
  decide(turn, 'alarm', { alarm: alarm.id, state: 'normal', announced: alarm.announced, ...more });
}

/** Records where an alarm stands; with its words where people are to read it. */
function tellAlarm(
  turn: Turn,
  { id, state, priority, announced, suppressed, text }: Alarm,
  more: { person?: string; shelved?: Alarm['shelved'] } = {},
): void {
  decide(turn, 'alarm', {
    alarm: id,
    state,
    priority,
    announced,
    ...(suppressed !== undefined && { suppressed }),
    ...(state === 'raised' && announced && { text }),
    ...more,
  });
}

/**
 * Keeps the number of alarms bounded: the oldest that has returned goes, then the oldest seen, then the oldest of lower
 * priority. False if there is none of them; then the new one is counted and not kept.
 */
function makeRoom(turn: Turn, wanted: Alarm): boolean {
  const alarms = Object.values(turn.state.alarms);
  if (alarms.length < ALARMS_MAX) return true;
  const oldest = (these: (alarm: Alarm) => boolean): Alarm | undefined =>
    alarms
      .filter(these)
      .reduce<Alarm | undefined>(
        (first, one) => (first && first.raisedAt <= one.raisedAt ? first : one),
        undefined,
      );
  const victim =
    oldest(({ state }) => state === 'returned') ??
    oldest(({ state }) => state === 'acknowledged') ??
    oldest(({ priority }) => RANK[priority] > RANK[wanted.priority]);
  const dropped = count(turn, 'alarms-dropped');
  if (victim === undefined) return false;
  drop(turn.state, victim);
  decide(turn, 'alarm-dropped', { alarm: victim.id, state: victim.state, dropped });
  if (CAUSES.has(victim.code)) reviewAlarms(turn);
  return true;
}

const RANK = { high: 0, medium: 1, low: 2 } as const;

/** One more alarm that people would hear; too many within ten minutes are a flood. */
function countForFlood(turn: Turn): void {
  const { alarmFlood, now } = turn.state;
  const most = configOf(turn.state).alarms.floodPerTenMinutes;
  alarmFlood.raisedAts.push(now);
  // One more than may be tells a flood; earlier ones tell nothing more.
  alarmFlood.raisedAts.splice(0, alarmFlood.raisedAts.length - most - 1);
  const [first = now] = alarmFlood.raisedAts;
  if (alarmFlood.since !== null || alarmFlood.raisedAts.length <= most || first + FLOOD_WINDOW_MS <= now)
    return;
  alarmFlood.since = now;
  raiseAlarm(turn, 'ALARM_FLOOD', 'alarms');
  reviewFlood(turn);
}
