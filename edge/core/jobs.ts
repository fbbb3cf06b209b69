/**
 * Crane jobs: given where a crossing needs one, followed by what the crane tells of it, and settled by the spreader when it
 * breaks off. A container counts as moved only when its job has ended, and as lost when nobody can tell where it is.
 */
import { lookAtCrane, lookAtCrossing, lookAtLeaving } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { want } from './command.ts';
import { receive } from './custody.ts';
import { disputeOf } from './discrepancies.ts';
import type { CraneJobList, CraneJobReport, CraneReport } from './input.ts';
import { contradictionIn, craneView, hangsOver } from './interlock-yard.ts';
import { freeSlotOf } from './owners.ts';
import { type ReasonCode, reason } from './reasons.ts';
import { configOf, siteOf, type YardCrane } from './site.ts';
import type { Crossing, GateState, Job } from './state.ts';
import { isFresh } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { advance, count } from './turn.ts';

/** After this many failures of a crossing's job a person must look. */
const JOB_FAILURES_MAX = 3;
/** Crane and job list tell one event in separate reports: a job that broke off is judged when both have had time to come. */
const SETTLE_MS = 1_000;

type JobStatus = Omit<CraneJobReport, 'type' | 'device'>;

export interface Move {
  from: string;
  to: string;
}

/** The crossing the crane works for. */
const servedBy = (state: GateState, crane: string): Crossing | undefined =>
  state.crossings[state.jobs[crane] ?? ''];

/** Told by the crane, and not going on by itself: what has become of the container only the spreader tells. */
const isBrokenOff = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'not-allowed' || state === 'interrupted' || state === 'aborted';
const mayMove = ({ state }: Pick<Job, 'state'>): boolean => state === 'allowed' || state === 'running';

// ---------------------------------------------------------------- what the crane tells

/** The crane as it is now. Whoever waits for its hoist, or for a job of it, looks again. */
export function takeCrane(turn: Turn, { device, mode, spreader, position, hoistClear }: CraneReport): void {
  const { state } = turn;
  const before = state.cranes[device] ?? null;
  const view = { mode, spreader, position, hoistClear };
  state.cranes[device] = view;
  if (contradictionIn(view) === null) returnAlarm(turn, 'SPREADER_CONTRADICTS', device);
  else if (before === null || contradictionIn(before) === null)
    raiseAlarm(turn, 'SPREADER_CONTRADICTS', device);
  const crossing = servedBy(state, device);
  if (spreader.loaded && crossing?.job?.state === 'running') crossing.held = device;
  if (before === null || hangsOver(before) !== hangsOver(view)) lookAtCrane(turn, device);
  else if (before.mode !== mode || before.spreader.loaded !== spreader.loaded) turn.agenda.cranes.add(device);
}

/** One job's progress. */
export function takeJob(turn: Turn, { device, ...status }: CraneJobReport): void {
  if (!followed(turn, device, status)) takeUnexpected(turn, device, status);
}

/** Follows the job if it is that of the crossing the crane works for, or one the crane took after all. */
function followed(turn: Turn, device: string, status: JobStatus): boolean {
  let crossing = servedBy(turn.state, device);
  if (crossing?.job?.jobId !== status.jobId) crossing = takenAfterAll(turn, device, status.jobId);
  if (crossing?.job === undefined) return false;
  follow(turn, crossing, crossing.job, status);
  return true;
}

/**
 * A job given up because the crane did not know it, while its command was still on the way. It is worked at in the place of
 * one that the crane has not acknowledged; from now on its id stands for what the crane has done of it, and is not given again.
 */
function takenAfterAll({ state }: Turn, device: string, jobId: string): Crossing | undefined {
  const crane = siteOf(state).cranes.get(device);
  const crossing = crane && below(state, crane).find(({ untaken }) => untaken?.jobId === jobId);
  if (crossing?.untaken === undefined) return undefined;
  const { untaken } = crossing;
  delete crossing.untaken;
  const served = servedBy(state, device);
  const isBusy = served !== undefined && (served.job?.state !== 'commanded' || served.held === device);
  if (isBusy || crossing.job !== undefined) return undefined;
  if (served?.job !== undefined) giveUp(state, served, served.job);
  crossing.job = untaken;
  state.jobs[device] = crossing.id;
  setTimer(state, `job-stuck/${device}`, state.now + configOf(state).timeouts.craneJobMs);
  return crossing;
}

/** The crane's whole list after it came back. */
export function takeJobList(turn: Turn, { device, jobs }: CraneJobList): void {
  const { state } = turn;
  let listed = false;
  if (state.strayJobs[device] !== undefined) forgetStray(turn, device);
  for (const status of jobs) {
    if (followed(turn, device, status)) listed = true;
    // The rest is history, but for what may still move.
    else if (mayMove(status)) takeUnexpected(turn, device, status);
  }
  const crossing = servedBy(state, device);
  if (listed || crossing?.job === undefined) return;
  const { job } = crossing;
  if (job.state === 'commanded') {
    // On its way to the crane it may still reach it; then its own time limit tells.
    if (isOnItsWay(state, job)) return;
    giveUp(state, crossing, job);
    lookAtCrane(turn, device);
  } else if (mayMove(job)) lose(turn, crossing, job, `${device} no longer knows job ${job.jobId}`);
}

/**
 * The job has moved nothing: its container is where it was, which may be the spreader. If it was never acknowledged, it is
 * given again under its own id, so that a crane that has it after all does it once.
 */
function giveUp(state: GateState, crossing: Crossing, job: Job): void {
  if (job.state === 'commanded') crossing.untaken = { ...job };
  if (crossing.held === job.crane) {
    job.state = 'held';
    return;
  }
  delete crossing.job;
  delete state.jobs[job.crane];
  clearTimer(state, `job-stuck/${job.crane}`);
}

/** The command of a job that is not acknowledged: a crane gets no second one before. */
const isOnItsWay = ({ pending }: GateState, { crane }: Job): boolean =>
  pending[`crane:${crane}`]?.expects.kind === 'job';

/** What the crane tells of the job it works on. */
function follow(turn: Turn, crossing: Crossing, job: Job, status: JobStatus): void {
  const { state } = turn;
  const seen = [status.containerSeen, status.containerSet];
  for (const number of seen) if (number !== undefined) compare(turn, crossing, job, number);
  // A list tells again how the job broke off that left the container hanging.
  const isTold = job.state === 'held' && crossing.untaken === undefined && isBrokenOff(status);
  if (status.state === job.state || isTold) return;
  delete crossing.untaken;
  if (job.state === 'lost') {
    foundAgain(turn, crossing);
    setTimer(state, `job-stuck/${job.crane}`, state.now + configOf(state).timeouts.craneJobMs);
  }
  job.state = status.state;
  // What was read in the spreader was lifted, though nothing else was heard of that: it does not stand where it was.
  if (isBrokenOff(job) && seen.some((number) => number !== undefined)) crossing.held = job.crane;
  returnAlarm(turn, 'JOB_STUCK', job.crane);
  turn.agenda.cranes.add(job.crane);
  if (status.state === 'ended') end(turn, job, status);
  else if (isBrokenOff(job)) setTimer(state, `job-settle/${job.crane}`, state.now + SETTLE_MS);
}

/**
 * The spreader's reader proves which container was moved. A number that is not the expected one holds the crossing; one
 * that could not be read proves nothing, and the lanes have read the container, so it is only counted.
 */
function compare(turn: Turn, crossing: Crossing, job: Job, number: string): void {
  const expected = crossing.containers[0]?.number;
  if (number === expected || hasFinding(crossing, 'YARD_CONTAINER_MISMATCH')) return;
  find(turn, crossing, 'YARD_CONTAINER_MISMATCH', `expected ${expected}, ${job.crane} saw ${number}`);
  raiseAlarm(turn, 'CONTAINER_MISMATCH', crossing.id);
}

/** A job of ours that is over or was given up: nothing may move for it. Somebody else's job is only counted. */
function takeUnexpected(turn: Turn, device: string, status: JobStatus): void {
  const { state } = turn;
  const { jobId } = status;
  if (!jobId.startsWith(`${configOf(state).gate.id}-j`)) {
    count(turn, 'foreign-job');
    return;
  }
  if (mayMove(status)) {
    state.strayJobs[device] = jobId;
    setTimer(state, `job-stray/${device}`, state.now + configOf(state).timeouts.craneJobMs);
    want(turn, { kind: 'job-stop', device, jobId }, { kind: 'job-stopped', jobId });
  } else if (state.strayJobs[device] === jobId) forgetStray(turn, device);
  // A job that was given up without having been done may well break off; one that was done may not.
  if (!isBrokenOff(status) || state.lastJobs[device] === jobId) raiseAlarm(turn, 'JOB_DONE_TWICE', device);
}

/** Its end was told, or was missed: the crane itself takes no second job while it works at one. */
export function forgetStray(turn: Turn, device: string): void {
  delete turn.state.strayJobs[device];
  clearTimer(turn.state, `job-stray/${device}`);
  lookAtCrane(turn, device);
}

// ---------------------------------------------------------------- done

/** The container stands where the job said, and the crane is free; what that means is decided when nothing is found (any more). */
function end(turn: Turn, job: Job, status: JobStatus): void {
  const { state } = turn;
  if (status.containerSeen === undefined) count(turn, 'container-unread-at-pick');
  if (status.containerSet === undefined) count(turn, 'container-unread-at-set-down');
  state.lastJobs[job.crane] = job.jobId;
  leaveCrane(turn, job);
  returnAlarm(turn, 'JOB_FAILED', job.crane);
}

/** The crane has nothing to do with it any more. */
export function leaveCrane(turn: Turn, { crane }: Job): void {
  const { state } = turn;
  delete state.jobs[crane];
  clearTimer(state, `job-stuck/${crane}`);
  clearTimer(state, `job-settle/${crane}`);
  returnAlarm(turn, 'JOB_STUCK', crane);
  lookAtCrane(turn, crane);
}

/** The container stands where it was to go. What that means depends on where the crossing was. */
export function finish(turn: Turn, crossing: Crossing): void {
  const { state, agenda } = turn;
  delete crossing.job;
  delete crossing.held;
  delete crossing.untaken;
  crossing.jobFailures = 0;
  returnAlarm(turn, 'CONTAINER_MISMATCH', crossing.id);
  switch (crossing.stage) {
    case 'truck-inside':
      state.ready.push(crossing.id);
      agenda.assign = true;
      return advance(turn, crossing, 'in-yard');
    case 'entering': {
      const visitor = state.visitors[crossing.vehicle?.id ?? ''];
      if (visitor !== undefined) visitor.unloaded = true;
      receive(turn, crossing);
      return advance(turn, crossing, 'in-yard');
    }
    case 'loading':
      freeSlotOf(turn, crossing);
      return lookAtCrossing(turn, crossing);
    case 'collecting':
      freeSlotOf(turn, crossing);
      // Where a person tells of it, the truck may stand there already.
      lookAtLeaving(turn);
      return advance(turn, crossing, 'on-truck');
    default:
  }
}

// ---------------------------------------------------------------- not done

/**
 * A job broke off. What hangs in the spreader stays the crane's to set down; what was never lifted stands where it was, and
 * the job is given anew; what was lifted and hangs there no longer is lost.
 */
function settle(turn: Turn, crossing: Crossing, job: Job, loaded: boolean): void {
  const { state } = turn;
  if (!loaded && crossing.held === job.crane) {
    lose(turn, crossing, job, `${job.crane} broke job ${job.jobId} off and holds nothing`);
    return;
  }
  if (loaded) crossing.held = job.crane;
  giveUp(state, crossing, job);
  // What broke off because we stopped it is no failure.
  if (crossing.findings.length === 0) fail(turn, crossing, job);
  lookAtCrane(turn, job.crane);
}

function fail(turn: Turn, crossing: Crossing, job: Job): void {
  crossing.jobFailures += 1;
  raiseAlarm(turn, 'JOB_FAILED', job.crane);
  if (crossing.jobFailures >= JOB_FAILURES_MAX)
    find(turn, crossing, 'JOB_FAILED', `${crossing.jobFailures} times, by ${job.crane}`);
}

/** Nobody knows where the container is: a person must look, and the crane does nothing else until then. */
function lose(turn: Turn, crossing: Crossing, job: Job, why: string): void {
  job.state = 'lost';
  clearTimer(turn.state, `job-stuck/${job.crane}`);
  returnAlarm(turn, 'JOB_STUCK', job.crane);
  raiseAlarm(turn, 'JOB_LOST', crossing.id);
  find(turn, crossing, 'JOB_LOST', why);
}

/** The crane, or a person, tells again where the container is. */
export function foundAgain(turn: Turn, crossing: Crossing): void {
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'JOB_LOST');
  returnAlarm(turn, 'JOB_LOST', crossing.id);
  lookAtCrossing(turn, crossing);
}

const hasFinding = ({ findings }: Crossing, code: ReasonCode): boolean =>
  findings.some((finding) => finding.code === code);

function find(turn: Turn, crossing: Crossing, code: ReasonCode, detail: string): void {
  crossing.findings = [...crossing.findings, reason(code, detail)];
  lookAtCrossing(turn, crossing);
}

/**
 * Timer `job-stuck/<crane>`: the job takes too long. Timer `job-settle/<crane>`: what it broke off is judged now.
 */
export function fireJob(turn: Turn, kind: 'job-stuck' | 'job-settle', crane: string): void {
  const { state } = turn;
  const crossing = servedBy(state, crane);
  if (crossing?.job === undefined) return;
  lookAtCrane(turn, crane);
  if (kind === 'job-settle') return;
  raiseAlarm(turn, 'JOB_STUCK', crane);
  const { job } = crossing;
  if (job.state === 'commanded' && isFresh(state, crane) && !isOnItsWay(state, job))
    giveUp(state, crossing, job);
}

// ---------------------------------------------------------------- giving jobs

/** What the crane can go on with now: what broke off, what had to wait for a finding, and the next job. */
export function reconsiderJobs(turn: Turn, crane: YardCrane): void {
  const { state } = turn;
  const crossings = below(state, crane);
  for (const crossing of crossings)
    if (crossing.job?.state === 'ended' && crossing.findings.length === 0) finish(turn, crossing);
  const served = servedBy(state, crane.device);
  if (served?.job !== undefined) reconsiderJob(turn, served, served.job);
  if (served?.job?.state === 'commanded' || served?.job?.state === 'held') {
    // Unanswered, the crane may have it or not; and only this crane can set down what hangs in its spreader.
    if (served.findings.length === 0) give(turn, served, crane.device, served.job);
    return;
  }
  if (served === undefined && isLoaded(state, crane.device)) loseUntaken(turn, crane.device, crossings);
  for (const crossing of crossings) {
    const move =
      crossing.job === undefined && crossing.findings.length === 0 ? nextMove(state, crossing) : null;
    if (move !== null && give(turn, crossing, crane.device, move)) return;
  }
}

const isLoaded = (state: GateState, device: string): boolean =>
  craneView(state, device)?.spreader.loaded === true;

/** It was given with an empty spreader, and given up as never taken: whatever hangs there now was lifted for it, or by somebody's hand. */
function loseUntaken(turn: Turn, device: string, crossings: readonly Crossing[]): void {
  const crossing = crossings.find(({ untaken }) => untaken?.crane === device);
  if (crossing?.untaken === undefined) return;
  const job = { ...crossing.untaken };
  crossing.job = job;
  turn.state.jobs[device] = crossing.id;
  lose(turn, crossing, job, `${device} does not know job ${job.jobId}, and holds something`);
}

function reconsiderJob(turn: Turn, crossing: Crossing, job: Job): void {
  const { state } = turn;
  const { crane: device, jobId } = job;
  if (mayMove(job) && hasFinding(crossing, 'YARD_CONTAINER_MISMATCH'))
    want(turn, { kind: 'job-stop', device, jobId }, { kind: 'job-stopped', jobId }, crossing.id);
  // Cleared by somebody who did not say where the container is.
  if (job.state === 'lost' && !hasFinding(crossing, 'JOB_LOST'))
    find(turn, crossing, 'JOB_LOST', `a person must say where ${device} left it`);
  const view = craneView(state, device);
  if (view === null || contradictionIn(view) !== null) return;
  const { loaded } = view.spreader;
  // Unanswered, and what it was given for hangs there no longer.
  if (!loaded && job.state === 'commanded' && crossing.held === device && !isOnItsWay(state, job))
    giveUp(state, crossing, job);
  if (isBrokenOff(job) && state.timers[`job-settle/${device}`] === undefined)
    settle(turn, crossing, job, loaded);
  else if (job.state === 'held' && !loaded)
    lose(turn, crossing, job, `it no longer hangs in the spreader of ${device}`);
}

/** The crossings in the crane's bays, the one that has waited longest first. */
function below(state: GateState, crane: YardCrane): Crossing[] {
  const crossings = new Set<Crossing>();
  for (const bay of crane.bays) {
    const crossing = state.crossings[state.owners[`bay:${bay}`] ?? ''];
    if (crossing !== undefined) crossings.add(crossing);
  }
  return [...crossings].sort((a, b) => a.since - b.since);
}

/** The move a crossing needs where it stands; whether it may be made now is the interlock's to say. */
function nextMove(state: GateState, crossing: Crossing): Move | null {
  if (crossing.stage === 'entering' && crossing.inbound?.departed !== true) return null;
  // Onto a truck, or a vehicle home, it is lifted when both sides have closed what differs; into the yard at once.
  const leaves = crossing.stage === 'loading' || crossing.stage === 'collecting';
  if (leaves && disputeOf(state, crossing) !== undefined) return null;
  return moveOf(crossing);
}

/** Between its slot and its bay, in the direction its stage goes; null if it has no such places now. */
export function moveOf({ stage, slot, bays }: Crossing): Move | null {
  if (slot === undefined) return null;
  const between = (from: string | undefined, to: string | undefined): Move | null =>
    from === undefined || to === undefined ? null : { from, to };
  switch (stage) {
    case 'truck-inside':
      return between(bays.truck, slot);
    case 'entering':
      return between(bays.landing, slot);
    case 'loading':
      return between(slot, bays.loading);
    case 'collecting':
      return between(slot, bays.truck);
    default:
      return null;
  }
}

/** Gives the job, under the id it had if the crane has never acknowledged it; tells whether it was issued. */
function give(turn: Turn, crossing: Crossing, device: string, move: Move): boolean {
  const { state } = turn;
  const { from, to } = move;
  const container = crossing.containers[0]?.number;
  if (container === undefined) return false;
  const unanswered = crossing.job?.state === 'commanded' ? crossing.job : crossing.untaken;
  const isSame = unanswered?.crane === device;
  const jobId = isSame ? unanswered.jobId : `${configOf(state).gate.id}-j${(state.counters.job ?? 0) + 1}`;
  const command = { kind: 'job', device, jobId, container, from, to } as const;
  if (!want(turn, command, { kind: 'job', jobId }, crossing.id)) return false;
  if (!isSame) count(turn, 'job');
  delete crossing.untaken;
  crossing.job = { jobId, crane: device, from, to, state: 'commanded' };
  state.jobs[device] = crossing.id;
  const stuckTimer = `job-stuck/${device}`;
  if (state.timers[stuckTimer] === undefined)
    setTimer(state, stuckTimer, state.now + configOf(state).timeouts.craneJobMs);
  returnAlarm(turn, 'CONTAINER_MISMATCH', crossing.id);
  return true;
}
