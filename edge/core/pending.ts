/** Commands on their way: confirmed by the device's own report, or given up when it says nothing for too long. */
import { lookAtCrane } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { siteOf } from './site.ts';
import type { Expectation, GateState } from './state.ts';
import { freshLaneIo, freshVehicle } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { isBusy } from './vehicle-health.ts';

/** The actuators of which each report may tell. */
const TOLD_BY = {
  'device-status': ['barrier', 'light', 'vehicle', 'crane'],
  'lane-io': ['barrier', 'light'],
  vehicle: ['vehicle'],
  crane: ['crane'],
  'crane-job': ['crane'],
  'crane-jobs': ['crane'],
} as const;

/**
 * Clears every command that the device's newest report has confirmed. Once nothing is awaited of it any more, what was never
 * confirmed troubles nobody.
 */
export function confirmPending(
  turn: Turn,
  { type, device }: { type: keyof typeof TOLD_BY; device: string },
): void {
  const { state } = turn;
  let isAwaited = state.crossings[state.jobs[device] ?? '']?.job?.state === 'commanded';
  for (const kind of TOLD_BY[type]) {
    const actuator = `${kind}:${device}`;
    const pending = state.pending[actuator];
    if (pending === undefined) continue;
    if (pending.refused || !isMet(state, device, pending.expects)) {
      isAwaited = true;
      continue;
    }
    delete state.pending[actuator];
    clearTimer(state, `pending/${actuator}`);
    // Whoever else had to wait for the actuator.
    lookAtActuator(turn, actuator);
  }
  if (!isAwaited) returnAlarm(turn, 'COMMAND_UNCONFIRMED', device);
}

/**
 * Too long without confirmation: nobody knows whether it was executed. It is decided anew from what the device tells. Before that
 * time is over, it is only said again.
 */
export function expirePending(turn: Turn, actuator: string): void {
  const pending = turn.state.pending[actuator];
  if (pending === undefined) return;
  if (turn.state.now < pending.until) {
    pending.again = true;
    setTimer(turn.state, `pending/${actuator}`, pending.until);
    return lookAtActuator(turn, actuator);
  }
  delete turn.state.pending[actuator];
  const device = deviceOf(actuator);
  // What was so already, and is so still, it does not tell anew.
  if (isMet(turn.state, device, pending.expects)) returnAlarm(turn, 'COMMAND_UNCONFIRMED', device);
  else if (!pending.refused) raiseAlarm(turn, 'COMMAND_UNCONFIRMED', device);
  lookAtActuator(turn, actuator);
}

/** A start: whatever was on its way is possibly executed; only the devices can tell. */
export function forgetPending({ state }: Turn): void {
  for (const actuator of Object.keys(state.pending)) {
    delete state.pending[actuator];
    clearTimer(state, `pending/${actuator}`);
  }
}

/** Who commands this actuator decides anew. */
export function lookAtActuator(turn: Turn, actuator: string): void {
  const { state, agenda } = turn;
  const device = deviceOf(actuator);
  const lane = siteOf(state).laneOfDevice.get(device);
  if (lane !== undefined) agenda.lanes.add(lane.id);
  else if (state.vehicles[device] !== undefined) agenda.vehicles.add(device);
  else lookAtCrane(turn, device);
}

const deviceOf = (actuator: string): string => actuator.slice(actuator.indexOf(':') + 1);

function isMet(state: GateState, device: string, expects: Expectation): boolean {
  switch (expects.kind) {
    case 'barrier':
      return freshLaneIo(state, device)?.barrier === expects.position;
    case 'light':
      return freshLaneIo(state, device)?.light === expects.colour;
    case 'order': {
      const report = freshVehicle(state, device);
      return report?.orderId === expects.orderId && report.orderUpdateId >= expects.orderUpdateId;
    }
    case 'cancelled': {
      const report = freshVehicle(state, device);
      return report !== null && !report.driving && !isBusy(report);
    }
    case 'paused':
      return freshVehicle(state, device)?.paused === expects.paused;
    case 'charging':
      return freshVehicle(state, device)?.charging === expects.charging;
    case 'job': {
      const job = state.crossings[state.jobs[device] ?? '']?.job;
      return job?.jobId !== expects.jobId || job.state !== 'commanded';
    }
    case 'job-stopped': {
      const job = state.crossings[state.jobs[device] ?? '']?.job;
      if (state.strayJobs[device] === expects.jobId) return false;
      return job?.jobId !== expects.jobId || job.state !== 'running';
    }
    default:
      return expects satisfies never;
  }
}
