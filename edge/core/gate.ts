/**
 * The decision core: routes one input into the state, then compares what is wished with what is observed.
 * `step` does no I/O, reads no clock and draws no random number, so every decision can be replayed (DESIGN §2.2).
 */

import { expireProposal, takeAct } from './acts.ts';
import { overstay } from './admission.ts';
import { takeAdvance } from './advance.ts';
import { emptyAgenda, isEmpty, lookAtCrane, lookAtCrossing, lookAtEverything, sweep } from './agenda.ts';
import { fireAlarm, raiseAlarm, returnAlarm } from './alarms.ts';
import { askForExaminations } from './asks.ts';
import { giveUpLineClear, recallIfDue, setLink, takeLive, takeRecord } from './border.ts';
import { reconsiderAuthority, reconsiderGrants } from './border-host.ts';
import { refuse } from './command.ts';
import { reconsiderInYard, takeBooking } from './crossing.ts';
import { endClearance, takeClearance, takeExamination, takeFeed } from './customs.ts';
import { escalate } from './discrepancies.ts';
import { outstay } from './dwell.ts';
import type { Effect } from './effect.ts';
import { addReading, takeWeight } from './evidence.ts';
import { assign, bootFleet, fireVehicle, reconsiderVehicle, takeVehicle } from './fleet.ts';
import { record } from './handover.ts';
import { hands } from './hands.ts';
import { fireHotline } from './hotline.ts';
import type { AdmittedInput, Boot, DeviceStatus, LaneIoReport } from './input.ts';
import { fireJob, forgetStray, takeCrane, takeJob, takeJobList } from './jobs.ts';
import { bootLanes, fireLane, loseSight, reconsiderLane, takeBackGreen, takeLaneIo } from './lane.ts';
import { fireList, takeList } from './lists.ts';
import { logsAreSound, takeFault, takeHead } from './log-faults.ts';
import { takeObservation } from './observations.ts';
import { endOutage } from './outage-regime.ts';
import { confirmPending, expirePending, forgetPending } from './pending.ts';
import { lookAtPlace } from './place-ahead.ts';
import { bootDates, fireDates } from './policy-dates.ts';
import { takeRefused } from './refused-reports.ts';
import { takeOwnLine, takeRestore } from './restore.ts';
import { fireClosure, reconsiderClosures } from './section-closure.ts';
import { siteOf } from './site.ts';
import type { GateState } from './state.ts';
import { activeCrossings, freshVehicle } from './state.ts';
import { takeTimeStamp, takeTimeStampWatch } from './time-stamps.ts';
import { clearTimer, firstTimer, setTimer } from './timers.ts';
import { bootTracks, lookBehind, reconsiderTracks, transitOverdue } from './tracks.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';
import { reconsiderCrane, takeBayIo } from './yard.ts';

/** Numbers by which vehicles, cranes and customs know what they have had before. */
const NUMBERED_OUTSIDE = ['command', 'order', 'job', 'report'];

/** Changes whenever the same inputs may lead to other decisions. */
export const CORE_VERSION = '8';

/** What a silent device said stops counting at once; people are called when it stays away this long. */
const OFFLINE_ALARM_MS = 3_000;
/** After a start every device has this long to be heard at all. */
const UNHEARD_ALARM_MS = 15_000;
/** While anything is under way, everything is looked at again this often: freshness runs out without an input. */
const SWEEP_MS = 10_000;
/** Rounds over the agenda in one turn; a bound, not a tuning knob. The sweep takes up what is left. */
const ROUNDS_MAX = 16;

/**
 * Steps the core by one input. Changes `state` in place and returns what is to be recorded and commanded, in order.
 * Timers due by `input.at` fire first, in order; after a start they fire when every observation is already unknown.
 */
export function step(state: GateState, input: AdmittedInput): Effect[] {
  const turn: Turn = { state, effects: [], agenda: emptyAgenda() };
  if (input.type === 'boot') {
    state.now = input.at;
    boot(turn, input);
  }
  fireTimers(turn, input.at);
  state.now = input.at;
  if (input.type !== 'boot') apply(turn, input);
  if (input.from?.seq !== undefined) state.sources[input.from.source] = input.from.seq;
  reconsider(turn);
  keepSweeping(state);
  return turn.effects;
}

/** When the core wants to be woken at the latest, milliseconds since 1970; undefined if it waits for nothing. */
export const nextDeadline = (state: GateState): number | undefined => firstTimer(state)?.at;

function apply(turn: Turn, input: Exclude<AdmittedInput, { type: 'boot' }>): void {
  const { state } = turn;
  switch (input.type) {
    case 'tick':
      return;
    case 'clock':
      if (state.clockTrusted === input.trusted) return;
      state.clockTrusted = input.trusted;
      lookAtEverything(turn);
      if (input.trusted) returnAlarm(turn, 'CLOCK_UNTRUSTED', 'clock');
      else raiseAlarm(turn, 'CLOCK_UNTRUSTED', 'clock');
      return;
    case 'device-status':
      takeStatus(turn, input);
      return confirmPending(turn, input);
    case 'malformed': {
      const view = state.devices[input.device];
      if (view !== undefined) view.malformed += 1;
      return raiseAlarm(turn, 'MALFORMED', input.device);
    }
    case 'lane-io':
      takeSensors(turn, input);
      return confirmPending(turn, input);
    case 'plate':
    case 'container':
      return addReading(turn, input);
    case 'weight':
      return takeWeight(turn, input);
    case 'observation':
      return takeObservation(turn, input);
    case 'vehicle':
      takeVehicle(turn, input);
      return confirmPending(turn, input);
    case 'crane':
      takeCrane(turn, input);
      return confirmPending(turn, input);
    case 'crane-job':
      takeJob(turn, input);
      return confirmPending(turn, input);
    case 'crane-jobs':
      takeJobList(turn, input);
      return confirmPending(turn, input);
    case 'command-refused':
      return refuse(turn, input.commandId, input.reason);
    case 'booking': {
      const { type: _t, at: _a, from: _f, ...booking } = input;
      return takeBooking(turn, booking);
    }
    case 'clearance': {
      const { type: _t, at: _a, from: _f, ...clearance } = input;
      return takeClearance(turn, clearance);
    }
    case 'examination': {
      const { type: _t, at: _a, from: _f, ...examination } = input;
      return takeExamination(turn, examination);
    }
    case 'advance-document': {
      const { type: _t, at: _a, from: _f, ...document } = input;
      return takeAdvance(turn, document);
    }
    case 'customs-feed':
      return takeFeed(turn, input);
    case 'list':
      return takeList(turn, input.list);
    case 'reports-refused':
      return takeRefused(turn, input.refused);
    case 'counterpart-record':
      return takeRecord(turn, input);
    case 'own-line':
      return takeOwnLine(turn, input);
    case 'keys-rotated-asked':
      return record(turn, input.record);
    case 'log-keys-changed':
      // Exchange judges signatures; the journal remembers by which keys.
      return;
    case 'log-restore':
      return takeRestore(turn, input);
    case 'counterpart-head':
      return takeHead(turn, input);
    case 'counterpart-fault':
      return takeFault(turn, input);
    case 'time-stamp':
      return takeTimeStamp(turn, input);
    case 'time-stamp-watch':
      return takeTimeStampWatch(turn, input);
    case 'counterpart-link':
      // What an older version has no word for may be told now.
      if (input.reads !== undefined && input.reads !== state.link.reads) turn.agenda.tracks = true;
      if (input.reads !== undefined) state.link.reads = input.reads;
      // What exchange says of the connection counts only while both logs can be believed.
      return setLink(turn, input.up && logsAreSound(state));
    case 'counterpart-live': {
      const { fresh, vehicles, bays } = input;
      return takeLive(turn, { fresh, vehicles, bays });
    }
    case 'operator-act':
      return takeAct(turn, input, hands);
    default:
      input satisfies never;
  }
}

/** A start: the configuration may be new, every observation is unknown, every unconfirmed command possibly executed. */
function boot(turn: Turn, input: Boot): void {
  const { state } = turn;
  state.config = input.config;
  state.configDigest = input.configDigest;
  state.coreVersion = input.coreVersion;
  state.clockTrusted = true;
  const reason = 'not heard since the start';
  state.devices = Object.fromEntries(
    input.config.devices.map(({ id }) => [
      id,
      { status: 'unknown', reason, malformed: state.devices[id]?.malformed ?? 0 },
    ]),
  );
  state.laneIo = {};
  state.scales = {};
  state.cranes = {};
  if (input.numbersFrom !== undefined)
    for (const name of NUMBERED_OUTSIDE) state.counters[name] ??= input.numbersFrom;
  state.link.up = false;
  state.filter.saltSeed = input.saltSeed ?? '';
  state.live = null;
  bootTracks(turn);
  bootFleet(turn);
  bootLanes(turn);
  bootDates(turn);
  for (const { id } of input.config.devices)
    setTimer(state, `device-alarm/${id}`, state.now + UNHEARD_ALARM_MS);
  forgetPending(turn);
  // An unused grant counts as expired: nobody can say how long ago it was asked for.
  for (const crossing of activeCrossings(state)) giveUpLineClear(turn, crossing);
  if (input.config.counterpart.timeStamps === undefined)
    takeTimeStampWatch(turn, { type: 'time-stamp-watch', troubles: [] });
  decide(turn, 'started', { coreVersion: input.coreVersion, configDigest: input.configDigest });
  lookAtEverything(turn);
}

function fireTimers(turn: Turn, until: number): void {
  const { state } = turn;
  for (let first = firstTimer(state); first !== undefined && first.at <= until; first = firstTimer(state)) {
    state.now = Math.max(state.now, first.at);
    clearTimer(state, first.name);
    fire(turn, first.name);
    reconsider(turn);
  }
}

function fire(turn: Turn, name: string): void {
  const slash = name.indexOf('/');
  const kind = slash === -1 ? name : name.slice(0, slash);
  const subject = name.slice(slash + 1);
  switch (kind) {
    case 'sweep':
      return sweep(turn);
    case 'pending':
      return firePending(turn, subject);
    case 'proposal':
      return expireProposal(turn, subject);
    case 'grant': {
      const crossing = turn.state.crossings[subject];
      if (crossing !== undefined) giveUpLineClear(turn, crossing);
      return;
    }
    case 'transit':
      return transitOverdue(turn, subject);
    case 'hotline':
      return fireHotline(turn, subject);
    case 'closure':
      return fireClosure(turn, subject);
    case 'list':
      return fireList(turn, subject);
    case 'policy-dates':
      return fireDates(turn);
    case 'outage-ends':
      endOutage(turn, 'time');
      return;
    case 'customs-stale':
      raiseAlarm(turn, 'CUSTOMS_STALE', 'customs');
      return lookAtEverything(turn);
    case 'clearance-ends':
      return endClearance(turn, subject);
    case 'device-alarm':
      return raiseAlarm(turn, 'DEVICE_OFFLINE', subject);
    case 'lane-hours':
    case 'lane-left':
    case 'lane-refuge':
    case 'lane-doubt':
    case 'lane-intrusion':
    case 'lane-readings':
    case 'lane-stuck':
    case 'lane-unread':
      return fireLane(turn, kind, subject);
    case 'job-stray':
      return forgetStray(turn, subject);
    case 'job-stuck':
    case 'job-settle':
      return fireJob(turn, kind, subject);
    case 'vehicle-stuck':
    case 'vehicle-unfit':
      return fireVehicle(turn, kind, subject);
    case 'admission':
      return overstay(turn, subject);
    case 'discrepancy':
      return escalate(turn, subject);
    case 'visitor-dwell':
      return outstay(turn, subject);
    default:
      return fireAlarm(turn, kind, subject);
  }
}

/** Sensors of a lane or of a bay. */
function takeSensors(turn: Turn, input: LaneIoReport): void {
  const { bayOfIo, laneOfDevice } = siteOf(turn.state);
  const bay = bayOfIo.get(input.device);
  const node = (bay ?? laneOfDevice.get(input.device))?.node;
  const wasOccupied = turn.state.laneIo[input.device]?.loops.approach === true;
  if (node !== undefined && wasOccupied && !input.loops.approach) lookAtPlace(turn, node);
  if (bay === undefined) return takeLaneIo(turn, input);
  const { type: _t, device, loops, curtain, barrier, light } = input;
  turn.state.laneIo[device] = { loops, curtain, barrier, light };
  takeBayIo(turn, bay);
}

function takeStatus(turn: Turn, input: DeviceStatus): void {
  const { state, agenda } = turn;
  const { device } = input;
  const view = state.devices[device];
  if (view === undefined) return;
  const heard = freshVehicle(state, device);
  view.status = input.status;
  view.reason = input.reason;
  const { laneOfDevice, bayOfIo } = siteOf(state);
  const lane = laneOfDevice.get(device);
  const bay = bayOfIo.get(device);
  if (lane !== undefined) {
    // Online anew, too: after a short cut nothing else tells that something may have been missed.
    if (lane.devices.io === device) loseSight(turn, lane);
    agenda.lanes.add(lane.id);
    agenda.authority = true;
  }
  if (bay !== undefined) takeBayIo(turn, bay);
  if (state.vehicles[device] !== undefined) {
    agenda.vehicles.add(device);
    agenda.assign = true;
    lookAtWhereItStands(turn, device);
    const crossing = state.crossings[state.vehicles[device].crossing ?? ''];
    // Its bay, too: it may have left it meanwhile.
    if (crossing !== undefined) lookAtCrossing(turn, crossing);
    lookBehind(turn, device, heard, freshVehicle(state, device));
  } else if (siteOf(state).cranes.has(device)) lookAtCrane(turn, device);
  const timer = `device-alarm/${device}`;
  if (input.status === 'online') {
    clearTimer(state, timer);
    return returnAlarm(turn, 'DEVICE_OFFLINE', device);
  }
  const due = state.now + OFFLINE_ALARM_MS;
  if ((state.timers[timer] ?? Number.POSITIVE_INFINITY) > due) setTimer(state, timer, due);
}

function lookAtWhereItStands({ state, agenda }: Turn, vehicle: string): void {
  const node = state.vehicles[vehicle]?.report?.lastNodeId ?? '';
  const { bayAtNode, laneAtNode, cranesOver } = siteOf(state);
  for (const crane of cranesOver.get(bayAtNode.get(node)?.id ?? '') ?? []) agenda.cranes.add(crane.device);
  const lane = laneAtNode.get(node);
  if (lane !== undefined) agenda.lanes.add(lane.id);
}

function firePending(turn: Turn, actuator: string): void {
  const pending = turn.state.pending[actuator];
  expirePending(turn, actuator);
  const isGreen = pending?.expects.kind === 'light' && pending.expects.colour === 'green';
  if (isGreen && !pending.refused) takeBackGreen(turn, actuator.slice('light:'.length));
}

/** Wish against observation, where something changed: what closes and is decided first, then what may go on. */
function reconsider(turn: Turn): void {
  const { state, agenda } = turn;
  const site = siteOf(state);
  for (let round = 0; round < ROUNDS_MAX && !isEmpty(agenda); round += 1) {
    for (const id of emptied(agenda.crossings)) {
      const crossing = state.crossings[id];
      if (crossing === undefined) continue;
      reconsiderInYard(turn, crossing);
      askForExaminations(turn, crossing);
      recallIfDue(turn, crossing);
    }
    for (const id of emptied(agenda.lanes)) {
      const lane = site.lanes.get(id);
      if (lane !== undefined) reconsiderLane(turn, lane);
    }
    if (due(turn, 'tracks')) {
      reconsiderTracks(turn);
      reconsiderClosures(turn);
    }
    if (due(turn, 'grants')) reconsiderGrants(turn);
    if (due(turn, 'authority')) reconsiderAuthority(turn);
    for (const device of emptied(agenda.cranes)) {
      const crane = site.cranes.get(device);
      if (crane !== undefined) reconsiderCrane(turn, crane);
    }
    if (due(turn, 'assign')) assign(turn);
    for (const vehicle of emptied(agenda.vehicles)) reconsiderVehicle(turn, vehicle);
  }
}

function emptied(set: Set<string>): readonly string[] {
  if (set.size === 0) return NOTHING;
  const taken = [...set];
  set.clear();
  return taken;
}
const NOTHING: readonly string[] = [];

function due({ agenda }: Turn, what: 'assign' | 'grants' | 'authority' | 'tracks'): boolean {
  const asked = agenda[what];
  agenda[what] = false;
  return asked;
}

function keepSweeping(state: GateState): void {
  if (state.timers.sweep !== undefined) return;
  for (const _ in state.crossings) return setTimer(state, 'sweep', state.now + SWEEP_MS);
  for (const lane of Object.values(state.lanes))
    if (lane.visit !== null) return setTimer(state, 'sweep', state.now + SWEEP_MS);
}
