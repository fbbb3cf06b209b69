/**
 * The decision core: routes one input into the state, then compares what is wished with what is observed.
 * `step` does no I/O, reads no clock and draws no random number, so every decision can be replayed (DESIGN §2.2).
 */
import { acknowledgeAlarm, raiseAlarm, returnAlarm } from './alarms.ts';
import { giveUpLineClear, reconsiderBorder, takeLink, takeRecord } from './border.ts';
import { reconsiderYardVerdicts, takeBooking, takeClearance } from './crossing.ts';
import type { Effect } from './effect.ts';
import { addReading, takeWeight } from './evidence.ts';
import { reconsiderFleet } from './fleet.ts';
import type { AdmittedInput, Boot, DeviceStatus, OperatorAct } from './input.ts';
import { laneState, loseSight, reconsiderLanes, takeLaneIo } from './lane.ts';
import { confirmPending, expirePending, forgetPending } from './pending.ts';
import type { GateState } from './state.ts';
import { activeCrossings, configOf } from './state.ts';
import type { Turn } from './turn.ts';
import { clearTimer, decide, refuse, setTimer } from './turn.ts';
import { reconsiderYard, takeJob, takeJobList } from './yard.ts';

/** Changes whenever the same inputs may lead to other decisions. */
export const CORE_VERSION = '1';

/** What a silent device said stops counting at once; people are called when it stays away this long. */
const OFFLINE_ALARM_MS = 3_000;
/** After a start every device has this long to be heard at all. */
const UNHEARD_ALARM_MS = 15_000;

/** Passes over lanes, border, yard and fleet until nothing new is wanted; a bound, not a tuning knob. */
const PASSES_MAX = 8;

/**
 * Steps the core by one input. Changes `state` in place and returns what is to be recorded and commanded, in order.
 * Timers due by `input.at` fire first, in order; after a start they fire when every observation is already unknown.
 */
export function step(state: GateState, input: AdmittedInput): Effect[] {
  const turn: Turn = { state, effects: [] };
  if (input.type === 'boot') {
    state.now = input.at;
    boot(turn, input);
  }
  fireTimers(turn, input.at);
  state.now = input.at;
  if (input.type !== 'boot') apply(turn, input);
  if (input.from?.seq !== undefined) state.sources[input.from.source] = input.from.seq;
  reconsider(turn);
  return turn.effects;
}

/** When the core wants to be woken at the latest, milliseconds since 1970; undefined if it waits for nothing. */
export function nextDeadline(state: GateState): number | undefined {
  const due = Object.values(state.timers);
  return due.length === 0 ? undefined : Math.min(...due);
}

function apply(turn: Turn, input: Exclude<AdmittedInput, { type: 'boot' }>): void {
  const { state } = turn;
  switch (input.type) {
    case 'tick':
      return;
    case 'clock':
      state.clockTrusted = input.trusted;
      if (input.trusted) returnAlarm(turn, 'CLOCK_UNTRUSTED', 'clock');
      else raiseAlarm(turn, 'CLOCK_UNTRUSTED', 'clock');
      return;
    case 'device-status':
      return takeStatus(turn, input);
    case 'malformed': {
      const view = state.devices[input.device];
      if (view !== undefined) view.malformed += 1;
      return raiseAlarm(turn, 'MALFORMED', input.device);
    }
    case 'lane-io':
      return takeLaneIo(turn, strip(input));
    case 'plate':
    case 'container':
      return addReading(state, input);
    case 'weight':
      return takeWeight(state, input);
    case 'vehicle': {
      const { type: _, device, ...report } = strip(input);
      const view = state.vehicles[device];
      if (view !== undefined) view.report = report;
      return;
    }
    case 'crane': {
      const { type: _, device, ...report } = strip(input);
      state.cranes[device] = report;
      return;
    }
    case 'crane-job':
      return takeJob(turn, input);
    case 'crane-jobs':
      return takeJobList(turn, input);
    case 'command-refused':
      return refuse(turn, input.commandId, input.reason);
    case 'booking':
      return takeBooking(turn, strip(input));
    case 'clearance':
      return takeClearance(turn, strip(input));
    case 'customs-feed':
      state.customsAsOf = Math.max(state.customsAsOf ?? 0, input.asOf);
      returnAlarm(turn, 'CUSTOMS_STALE', 'customs');
      setTimer(turn, 'customs-stale', state.customsAsOf + configOf(state).customs.clearanceAgeMsMax + 1);
      return;
    case 'counterpart-record':
      return takeRecord(turn, input);
    case 'counterpart-link':
      return takeLink(turn, input.up);
    case 'counterpart-live': {
      const { fresh, vehicles, bays } = input;
      state.live = { fresh, vehicles, bays };
      return;
    }
    case 'operator-act':
      return takeAct(turn, input);
    default:
      input satisfies never;
  }
}

/** The report without what admission added to it. */
function strip<T extends { at: number; from?: unknown }>(input: T): Omit<T, 'at' | 'from'> {
  const { at: _at, from: _from, ...report } = input;
  return report;
}

/** A start: the configuration may be new, every observation is unknown, every unconfirmed command possibly executed. */
function boot(turn: Turn, input: Boot): void {
  const { state } = turn;
  state.config = input.config;
  state.configDigest = input.configDigest;
  state.coreVersion = input.coreVersion;
  state.clockTrusted = true;
  state.devices = Object.fromEntries(
    input.config.devices.map((device) => [
      device.id,
      {
        status: 'unknown',
        reason: 'not heard since the start',
        malformed: state.devices[device.id]?.malformed ?? 0,
      },
    ]),
  );
  state.laneIo = {};
  state.scales = {};
  state.cranes = {};
  state.link = { up: false };
  state.live = null;
  for (const device of input.config.devices) {
    if (device.kind !== 'vehicle') continue;
    const known = state.vehicles[device.id] ?? {
      report: null,
      crossing: null,
      goal: null,
      authority: null,
      pausedByUs: false,
    };
    state.vehicles[device.id] = { ...known, report: null };
  }
  for (const lane of input.config.lanes) {
    laneState(state, lane.id);
    loseSight(state, lane);
  }
  for (const device of input.config.devices)
    setTimer(turn, `device-alarm/${device.id}`, state.now + UNHEARD_ALARM_MS);
  forgetPending(turn);
  // An unused grant counts as expired: nobody can say how long ago it was asked for.
  for (const crossing of activeCrossings(state)) giveUpLineClear(turn, crossing);
  decide(turn, 'started', { coreVersion: input.coreVersion, configDigest: input.configDigest });
}

function fireTimers(turn: Turn, until: number): void {
  const { state } = turn;
  for (;;) {
    const [first] = Object.entries(state.timers)
      .filter(([, dueAt]) => dueAt <= until)
      .sort(([nameA, a], [nameB, b]) => a - b || (nameA < nameB ? -1 : 1));
    if (first === undefined) return;
    const [name, dueAt] = first;
    state.now = Math.max(state.now, dueAt);
    clearTimer(turn, name);
    fire(turn, name);
    reconsider(turn);
  }
}

function fire(turn: Turn, name: string): void {
  const [kind, ...rest] = name.split('/');
  const subject = rest.join('/');
  switch (kind) {
    case 'pending':
      return expirePending(turn, subject);
    case 'grant': {
      const crossing = turn.state.crossings[subject];
      if (crossing !== undefined) giveUpLineClear(turn, crossing);
      return;
    }
    case 'customs-stale':
      return raiseAlarm(turn, 'CUSTOMS_STALE', 'customs');
    case 'device-alarm':
      return raiseAlarm(turn, 'DEVICE_OFFLINE', subject);
    default:
      throw new Error(`a timer of unknown kind was set: ${name}`);
  }
}

function takeStatus(turn: Turn, input: DeviceStatus): void {
  const { state } = turn;
  const view = state.devices[input.device];
  if (view === undefined) return;
  view.status = input.status;
  view.reason = input.reason;
  const timer = `device-alarm/${input.device}`;
  if (input.status === 'online') {
    clearTimer(turn, timer);
    returnAlarm(turn, 'DEVICE_OFFLINE', input.device);
    return;
  }
  const due = state.now + OFFLINE_ALARM_MS;
  if ((state.timers[timer] ?? Number.POSITIVE_INFINITY) > due) setTimer(turn, timer, due);
  const lane = configOf(state).lanes.find((one) => one.devices.io === input.device);
  if (lane !== undefined) loseSight(state, lane);
}

function takeAct(turn: Turn, { act, person, role, reason }: OperatorAct): void {
  decide(turn, 'act', { person, role, act, reason });
  switch (act.kind) {
    case 'stop-lane':
      laneState(turn.state, act.lane).stopped = true;
      return;
    case 'resume-lane':
      laneState(turn.state, act.lane).stopped = false;
      return;
    case 'acknowledge-alarm':
      return acknowledgeAlarm(turn, act.alarm, person);
    default:
      act satisfies never;
  }
}

/** Wish against observation, safety first: what confirms, what closes, then what may go on. */
function reconsider(turn: Turn): void {
  confirmPending(turn);
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const before = turn.effects.length;
    reconsiderYardVerdicts(turn);
    reconsiderLanes(turn);
    reconsiderBorder(turn);
    reconsiderYard(turn);
    reconsiderFleet(turn);
    if (turn.effects.length === before) return;
  }
}
