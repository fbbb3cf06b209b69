/** The yard: bays, slots and the cranes that carry containers between them. */
import { raiseAlarm } from './alarms.ts';
import { receive } from './crossing.ts';
import type { CraneJobList, CraneJobReport } from './input.ts';
import { activeJobOf, isLockedIn } from './interlock.ts';
import { reason } from './reasons.ts';
import type { Crossing, GateState } from './state.ts';
import {
  activeCrossings,
  bayAtNode,
  baysFor,
  configOf,
  disown,
  freshLaneIo,
  freshVehicle,
  isFresh,
} from './state.ts';
import type { Turn } from './turn.ts';
import { advance, count, want } from './turn.ts';

/** After this many failures of a crossing's job a person must look. */
const JOB_FAILURES_MAX = 3;

/** One job's progress, as the crane tells it. */
export function takeJob(turn: Turn, input: CraneJobReport): void {
  const crossing = activeCrossings(turn.state).find((one) => one.job?.jobId === input.jobId);
  const job = crossing?.job;
  if (crossing === undefined || job === undefined || job.state === 'ended' || job.state === 'aborted') return;
  job.state = input.state;
  const expected = crossing.containers[0]?.number;
  if (
    input.containerSeen !== undefined &&
    input.containerSeen !== expected &&
    crossing.findings.length === 0
  ) {
    crossing.findings.push(
      reason('YARD_CONTAINER_MISMATCH', `expected ${expected}, crane saw ${input.containerSeen}`),
    );
    raiseAlarm(turn, 'CONTAINER_MISMATCH', crossing.id);
    if (input.state === 'running') {
      const { crane: device, jobId } = job;
      want(turn, { kind: 'job-stop', device, jobId }, { kind: 'job-stopped', jobId }, crossing.id);
    }
  }
  if (input.state === 'aborted') failJob(turn, crossing);
  if (input.state === 'ended') finishJob(turn, crossing);
}

/** The crane's whole list after it came back: a job of ours that is not in it was never taken. */
export function takeJobList(turn: Turn, input: CraneJobList): void {
  for (const job of input.jobs) takeJob(turn, { type: 'crane-job', device: input.device, ...job });
  const known = new Set(input.jobs.map((job) => job.jobId));
  for (const crossing of activeCrossings(turn.state)) {
    const lost =
      crossing.job?.crane === input.device &&
      activeJobOf(turn.state, input.device)?.jobId === crossing.job.jobId;
    if (lost && crossing.job !== undefined && !known.has(crossing.job.jobId)) delete crossing.job;
  }
}

function failJob(turn: Turn, crossing: Crossing): void {
  crossing.jobFailures += 1;
  raiseAlarm(turn, 'JOB_FAILED', crossing.job?.crane ?? crossing.id);
  delete crossing.job;
  if (crossing.jobFailures >= JOB_FAILURES_MAX)
    crossing.findings.push(reason('JOB_FAILED', `${crossing.jobFailures} times`));
}

/** The container stands where the job said. What that means depends on where the crossing was. */
function finishJob(turn: Turn, crossing: Crossing): void {
  const { state } = turn;
  switch (crossing.stage) {
    case 'truck-inside':
      advance(turn, crossing, 'in-yard');
      return;
    case 'entering':
      receive(turn, crossing);
      advance(turn, crossing, 'in-yard');
      return;
    case 'loading':
      if (crossing.slot !== undefined) disown(state, crossing.id, `slot:${crossing.slot}`);
      delete crossing.slot;
      return;
    case 'collecting':
      if (crossing.slot !== undefined) disown(state, crossing.id, `slot:${crossing.slot}`);
      delete crossing.slot;
      advance(turn, crossing, 'on-truck');
      return;
    default:
  }
}

/** Gives idle cranes the next job and frees bays that were left. */
export function reconsiderYard(turn: Turn): void {
  freeBays(turn.state);
  for (const crane of configOf(turn.state).yard.cranes) {
    if (!isFresh(turn.state, crane.device) || activeJobOf(turn.state, crane.device) !== undefined) continue;
    for (const crossing of activeCrossings(turn.state)) {
      const places = nextJob(turn.state, crossing);
      if (places === null || !reaches(crane, places)) continue;
      if (command(turn, crossing, crane.device, places)) break;
    }
  }
}

const reaches = (crane: { bays: string[]; slots: string[] }, { from, to }: Places): boolean => {
  const places = new Set([...crane.bays, ...crane.slots]);
  return places.has(from) && places.has(to);
};

interface Places {
  from: string;
  to: string;
}

/** The job a crossing needs now, or null. Each is due only while what it needs is seen to be in place. */
function nextJob(state: GateState, crossing: Crossing): Places | null {
  const { slot, stage } = crossing;
  if (slot === undefined || crossing.findings.length > 0 || crossing.jobFailures >= JOB_FAILURES_MAX)
    return null;
  const truckBay = ownBay(state, crossing, 'truck');
  const standsIn = (bay: { io: string } | undefined): boolean =>
    bay !== undefined && freshLaneIo(state, bay.io)?.loops.approach === true;
  if (stage === 'truck-inside' && truckBay !== undefined && standsIn(truckBay))
    return { from: truckBay.id, to: slot };
  if (stage === 'collecting' && truckBay !== undefined && standsIn(truckBay))
    return { from: slot, to: truckBay.id };
  const bay = ownBay(state, crossing, stage === 'loading' ? 'loading' : 'landing');
  if (bay?.node === undefined || !standsIn(bay) || !isLockedIn(state, crossing, bay.node)) return null;
  if (stage === 'loading') return { from: slot, to: bay.id };
  return stage === 'entering' && crossing.inbound?.departed === true ? { from: bay.id, to: slot } : null;
}

const ownBay = (state: GateState, crossing: Crossing, use: 'truck' | 'loading' | 'landing') =>
  baysFor(state, use).find((bay) => state.owners[`bay:${bay.id}`] === crossing.id);

function command(turn: Turn, crossing: Crossing, device: string, { from, to }: Places): boolean {
  const container = crossing.containers[0]?.number;
  if (container === undefined) return false;
  const jobId = `${configOf(turn.state).gate.id}-j${count(turn, 'job')}`;
  const before = turn.effects.length;
  want(turn, { kind: 'job', device, jobId, container, from, to }, { kind: 'job', jobId }, crossing.id);
  if (turn.effects.length === before) return false;
  crossing.job = { jobId, crane: device, from, to, state: 'commanded' };
  return true;
}

/** A bay whose vehicle has done what it came for, and is seen to have left, is free. */
function freeBays(state: GateState): void {
  for (const bay of configOf(state).yard.bays) {
    const owner = state.owners[`bay:${bay.id}`];
    const crossing = owner === undefined ? undefined : state.crossings[owner];
    if (crossing === undefined || freshLaneIo(state, bay.io)?.loops.approach !== false) continue;
    if (hasLeft(state, crossing, bay.use)) disown(state, crossing.id, `bay:${bay.id}`);
  }
}

function hasLeft(state: GateState, crossing: Crossing, use: 'truck' | 'loading' | 'landing'): boolean {
  switch (use) {
    case 'truck':
      if (crossing.direction === 'import')
        return crossing.stage === 'on-truck' || crossing.stage === 'completed';
      return crossing.stage !== 'announced' && crossing.stage !== 'truck-inside';
    case 'loading': {
      if (crossing.stage === 'loading') return false;
      const at =
        crossing.vehicle === undefined ? undefined : freshVehicle(state, crossing.vehicle.id)?.lastNodeId;
      return at !== undefined && bayAtNode(state, at)?.use !== 'loading';
    }
    case 'landing':
      return !['offered', 'granted', 'departed', 'arrived', 'entering'].includes(crossing.stage);
    default:
      return use satisfies never;
  }
}
