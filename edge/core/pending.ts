/** Commands on their way: confirmed by the device's own report, or given up when it says nothing for too long. */
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { Expectation, GateState } from './state.ts';
import { activeCrossings, freshLaneIo, freshVehicle, isFresh } from './state.ts';
import type { Turn } from './turn.ts';
import { clearTimer } from './turn.ts';

/** Clears every command that its device has confirmed. */
export function confirmPending(turn: Turn): void {
  for (const [actuator, pending] of Object.entries(turn.state.pending)) {
    const device = deviceOf(actuator);
    if (pending.refused || !isMet(turn.state, device, pending.expects)) continue;
    delete turn.state.pending[actuator];
    clearTimer(turn, `pending/${actuator}`);
    returnAlarm(turn, 'COMMAND_UNCONFIRMED', device);
  }
}

/** Too long without confirmation: nobody knows whether it was executed. It is decided anew from what the device tells. */
export function expirePending(turn: Turn, actuator: string): void {
  const pending = turn.state.pending[actuator];
  if (pending === undefined) return;
  delete turn.state.pending[actuator];
  if (!pending.refused) raiseAlarm(turn, 'COMMAND_UNCONFIRMED', deviceOf(actuator));
  forgetUntakenJob(turn.state, pending.expects);
}

/** A start: whatever was on its way is possibly executed; only the devices can tell. */
export function forgetPending(turn: Turn): void {
  for (const actuator of Object.keys(turn.state.pending)) {
    delete turn.state.pending[actuator];
    clearTimer(turn, `pending/${actuator}`);
  }
}

/** A job the crane never acknowledged, while its list is known to us, was never taken. */
function forgetUntakenJob(state: GateState, expects: Expectation): void {
  if (expects.kind !== 'job') return;
  const crossing = activeCrossings(state).find((one) => one.job?.jobId === expects.jobId);
  if (crossing?.job?.state === 'commanded' && isFresh(state, crossing.job.crane)) delete crossing.job;
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
    case 'paused':
      return freshVehicle(state, device)?.paused === expects.paused;
    case 'job': {
      const job = activeCrossings(state).find((crossing) => crossing.job?.jobId === expects.jobId)?.job;
      return job === undefined || job.state !== 'commanded';
    }
    case 'job-stopped': {
      const job = activeCrossings(state).find((crossing) => crossing.job?.jobId === expects.jobId)?.job;
      return job === undefined || job.state !== 'running';
    }
    default:
      return expects satisfies never;
  }
}
