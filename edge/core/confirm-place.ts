/** A person has seen where the container or the truck of a crossing is, when the gate cannot know it. */
import type { LaneConfig } from '../../config/schema.ts';
import { lookAtCrane } from './agenda.ts';
import { returnAlarm } from './alarms.ts';
import { arrive } from './border-host.ts';
import { onPassed } from './crossing.ts';
import { isUnseen, seenAgain } from './findings.ts';
import { craneView } from './interlock-yard.ts';
import { finish, foundAgain, leaveCrane, type Move, moveOf } from './jobs.ts';
import { hasContainers } from './load.ts';
import { freeSlotOf, isFree, takeSlot } from './owners.ts';
import { configOf, cranesOver, laneAtNode, siteOf } from './site.ts';
import type { Crossing, GateState, Job } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * The container is at `place`: where it was to go, and the crossing goes on as if the job had ended; where it came from, and
 * the job is given anew; another free slot, which becomes the crossing's own; the crane whose spreader holds it; or outside,
 * where `place` is the lane through which its truck has left. Null when done, else why it cannot be so; then nothing has changed.
 */
export function confirmPlace(turn: Turn, id: string, place: string): string | null {
  const { state } = turn;
  const crossing = state.crossings[id];
  if (crossing === undefined) return `there is no crossing ${id}`;
  const lane = siteOf(state).lanes.get(place);
  if (isUnseen(crossing)) return isHere(turn, crossing, place);
  if (lane !== undefined) return isOutside(turn, crossing, lane);
  const { job } = crossing;
  if (job === undefined && crossing.findings.length === 0)
    return `the gate knows where the container of ${id} is`;
  if (job?.state === 'commanded' || job?.state === 'allowed' || job?.state === 'running')
    return `${job.crane} is at work on it: wait until its job is over`;
  if (siteOf(state).cranes.has(place)) return hangsIn(turn, crossing, place);
  const move = moveOf(crossing);
  if (move === null) return `no crane has anything to do for ${id}`;
  if (place === move.to) standsAtTarget(turn, crossing, move);
  else if (place === move.from) standsWhereItWas(turn, crossing);
  else return standsElsewhere(turn, crossing, move, place);
  return null;
}

/**
 * What was taken up from a restored log is here after all: before `border-in`, in its bay on its vehicle, in a spreader, or in a slot,
 * where the crane had set it down; then it is received. What comes without a container is here wherever it is seen behind that.
 */
function isHere(turn: Turn, crossing: Crossing, place: string): string | null {
  const { state } = turn;
  const { id, inbound, bays, stage } = crossing;
  if (inbound === undefined)
    return `${id} has left for the other side: read the other log, or reset the block when its track is empty`;
  const { cranes, lanes } = siteOf(state);
  const border = laneAtNode(state, inbound.holdNode ?? '');
  if (border === undefined) return `${inbound.holdNode} is the hold point of no lane`;
  if (lanes.has(place) && place !== border.id) return `${id} comes in by ${border.id}`;
  const isSlot = configOf(state).yard.slots.includes(place);
  if (hasContainers(crossing)) {
    const isOff = isSlot || cranes.has(place);
    if (isOff && !inbound.departed) return `the departure of ${id} is not read yet`;
    const against = cranes.has(place) ? againstHanging(state, crossing, place) : null;
    if (against !== null) return against;
    if (isSlot && place !== crossing.slot && !isFree(state, `slot:${place}`))
      return `${place} belongs to another crossing`;
    if (!isOff && place !== border.id && place !== bays.landing) return `${place} is no place of ${id}`;
  }
  seenAgain(turn, crossing);
  if (stage === 'granted' || stage === 'departed') arrive(turn, crossing);
  if (place === border.id) return null;
  onPassed(turn, border, crossing, crossing.load);
  if (!hasContainers(crossing)) return null;
  if (cranes.has(place)) hang(turn, crossing, place);
  if (!isSlot) return null;
  if (place !== crossing.slot) {
    freeSlotOf(turn, crossing);
    takeSlot(turn, crossing, place);
  }
  finish(turn, crossing);
  return null;
}

/** Why it cannot hang there, between its bay and its slot. */
function againstHanging(state: GateState, { id, bays, slot }: Crossing, crane: string): string | null {
  if (craneView(state, crane)?.spreader.loaded !== true)
    return `${crane} does not tell that anything hangs in its spreader`;
  if (state.jobs[crane] !== undefined) return `${crane} works for ${state.jobs[crane]}`;
  const { landing = '' } = bays;
  return slot !== undefined && craneAt(state, landing, slot) === crane
    ? null
    : `${crane} has no place for ${id}`;
}

/** Only that crane can set it down. */
function hang(turn: Turn, crossing: Crossing, crane: string): void {
  const move = moveOf(crossing);
  if (move === null) return;
  crossing.job = { jobId: 'by-hand', crane, ...move, state: 'held' };
  crossing.held = crane;
  turn.state.jobs[crane] = crossing.id;
  lookAtCrane(turn, crane);
}

/** Its truck has left the yard, and the lane did not report it: the loops were not heard just then. */
function isOutside(turn: Turn, crossing: Crossing, lane: LaneConfig): string | null {
  if (lane.checkpoint !== 'yard-out') return `${lane.id} does not lead out of the yard`;
  if (crossing.truck?.phase !== 'inside') return `no truck of ${crossing.id} is inside`;
  if (crossing.lanes.truck !== undefined) return `its truck is seen in ${crossing.lanes.truck}`;
  if (crossing.bays.truck !== undefined) return `${crossing.bays.truck} is not seen empty since`;
  onPassed(turn, lane, crossing, crossing.stage === 'on-truck' ? crossing.load : 'bobtail');
  return null;
}

function hangsIn(turn: Turn, crossing: Crossing, crane: string): string | null {
  const { job } = crossing;
  if (job?.crane !== crane) return `${crane} has no job of ${crossing.id}`;
  if (craneView(turn.state, crane)?.spreader.loaded !== true)
    return `${crane} does not tell that anything hangs in its spreader`;
  if (job.state === 'ended') return `${crane} has ended its job`;
  job.state = 'held';
  crossing.held = crane;
  known(turn, crossing);
  return null;
}

function standsAtTarget(turn: Turn, crossing: Crossing, { from, to }: Move): void {
  if (crossing.job !== undefined) release(turn, crossing.job, crossing);
  known(turn, crossing);
  // What else was found must be cleared before it goes on.
  if (crossing.findings.length === 0) finish(turn, crossing);
  else crossing.job = { jobId: 'by-hand', crane: craneAt(turn.state, from, to), from, to, state: 'ended' };
}

const craneAt = (state: GateState, from: string, to: string): string =>
  cranesOver(state, from).find(({ bays, slots }) => bays.includes(to) || slots.includes(to))?.device ?? '';

function standsWhereItWas(turn: Turn, crossing: Crossing): void {
  if (crossing.job !== undefined) {
    release(turn, crossing.job, crossing);
    delete crossing.untaken;
  }
  known(turn, crossing);
  delete crossing.job;
  delete crossing.held;
}

/** Another slot than its own, from which a crane must reach what it would have reached from there. */
function standsElsewhere(turn: Turn, crossing: Crossing, move: Move, place: string): string | null {
  const { state } = turn;
  if (!configOf(state).yard.slots.includes(place)) return `${place} is no place of ${crossing.id}`;
  if (!isFree(state, `slot:${place}`)) return `${place} belongs to another crossing`;
  const intoSlot = move.to === crossing.slot;
  if (!intoSlot && craneAt(state, place, move.to) === '')
    return `no crane reaches both ${place} and ${move.to}: put it where one does`;
  freeSlotOf(turn, crossing);
  takeSlot(turn, crossing, place);
  // A job that no crane has taken was for another slot.
  delete crossing.untaken;
  if (intoSlot) standsAtTarget(turn, crossing, { from: move.from, to: place });
  else standsWhereItWas(turn, crossing);
  return null;
}

/** Its crane is done with it, if that still works for it. */
function release(turn: Turn, job: Job, crossing: Crossing): void {
  if (turn.state.jobs[job.crane] === crossing.id) leaveCrane(turn, job);
}

/** Whoever has seen the container has cured what was found for want of it, and has looked at the crane that failed. */
function known(turn: Turn, crossing: Crossing): void {
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'JOB_FAILED');
  crossing.jobFailures = 0;
  const move = moveOf(crossing);
  const crane = crossing.job?.crane ?? (move === null ? '' : craneAt(turn.state, move.from, move.to));
  returnAlarm(turn, 'JOB_FAILED', crane);
  foundAgain(turn, crossing);
}
