/**
 * The refuge slot (DESIGN §7): who comes over the border with something wrong about what it carries does not keep the lane
 * from those behind it. It is let through to the slot, waits there until people and customs have nothing against it any more,
 * and goes on to its bay, which it has kept.
 */
import type { LaneConfig } from '../../config/schema.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { yardReasons } from './crossing.ts';
import { isLockedIn } from './interlock-yard.ts';
import { customsReasons } from './judgement.ts';
import { free, isFree, take } from './owners.ts';
import { isAboutCargo, isAgainst, isCustomsWord, type Reason, worst } from './reasons.ts';
import { routeBetween } from './route.ts';
import { bayConfig, configOf, siteOf } from './site.ts';
import type { Crossing, GateState, Visit } from './state.ts';
import { freshLaneIo } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

/** Readings that are still being made (a third one after 2 × 5 s), and a word that is on its way, may change the reasons. */
const REFERRED_MS = 12_000;

const resourceOf = (refuge: string): string => `node:${refuge}`;

// ---------------------------------------------------------------- into it

/** Of these reasons those that keep it where it stands: what it carries keeps nobody from the refuge slot. */
export const reasonsAgainst = ({ refuge }: Visit, reasons: readonly Reason[]): readonly Reason[] =>
  refuge === undefined ? reasons : reasons.filter((one) => !isAboutCargo(one));

/** Whether nothing stands against its going through, to its bay or its refuge slot, as it was last judged. */
export const mayPass = (visit: Visit): boolean => worst(reasonsAgainst(visit, visit.reasons)) === 'pass';

/**
 * Keeps since when whoever came over the border has been referred for what it carries and nothing else; timer
 * `lane-refuge/<lane>` has the lane looked at again when that has lasted.
 */
export function noteReferral({ state }: Turn, { id, checkpoint }: LaneConfig, visit: Visit): void {
  const isForRefuge =
    checkpoint === 'border-in' &&
    visit.verdict === 'refer' &&
    visit.reasons.filter(isAgainst).every(isAboutCargo);
  const timer = `lane-refuge/${id}`;
  if (!isForRefuge) {
    delete visit.referredAt;
    clearTimer(state, timer);
  } else if (visit.referredAt === undefined) {
    visit.referredAt = state.now;
    setTimer(state, timer, state.now + REFERRED_MS);
  }
}

/**
 * Sends whom the other gate has sent, and what it carries has been referred for a while, to a free refuge slot; tells
 * whether it did. Whom people have identified they are seeing to.
 */
export function sendAside(turn: Turn, lane: LaneConfig, visit: Visit, crossing: Crossing): boolean {
  const { state } = turn;
  const { referredAt, reasons } = visit;
  if (referredAt === undefined || state.now - referredAt < REFERRED_MS) return false;
  if (visit.identifiedAs !== undefined || !isGuest(state, crossing)) return false;
  const refuge = refugeBehind(state, lane, crossing);
  if (refuge === undefined) return false;
  take(turn, crossing, resourceOf(refuge));
  visit.refuge = refuge;
  const found = reasons.filter(
    (one) =>
      isAgainst(one) &&
      !isJudgedAnew(state, crossing, one) &&
      !crossing.findings.some((finding) => finding.code === one.code),
  );
  crossing.findings = [...crossing.findings, ...found];
  const { id, checkpoint } = lane;
  decide(turn, 'to-refuge', {
    lane: id,
    checkpoint,
    visit: visit.id,
    crossing: crossing.id,
    refuge,
    reasons,
  });
  raiseAlarm(turn, 'IN_REFUGE', crossing.id);
  return true;
}

/** Customs' word is, where it stands; but what a person has to look into, and nothing here asks again, goes with it. */
const isJudgedAnew = (state: GateState, crossing: Crossing, { code, releasableBy }: Reason): boolean =>
  isCustomsWord(code) &&
  (releasableBy.length === 0 ||
    customsReasons(state, crossing, 'border-in').some((one) => one.code === code));

/** A vehicle of the other gate that has a bay to go on to. */
const isGuest = (state: GateState, { vehicle, bays }: Crossing): boolean =>
  vehicle?.home === configOf(state).counterpart.gate && bays.landing !== undefined;

/** Its own, or a free one, to which the road from this lane leads without another stop. */
function refugeBehind(state: GateState, { node }: LaneConfig, crossing: Crossing): string | undefined {
  const { refuges, nodes } = siteOf(state);
  const reached = refuges.filter((refuge) => {
    const way = node === undefined ? null : routeBetween(state, node, refuge);
    return way?.slice(1, -1).every((between) => nodes.get(between)?.role === 'way') === true;
  });
  return (
    reached.find((refuge) => isHeldBy(state, refuge, crossing)) ??
    reached.find((refuge) => isFree(state, resourceOf(refuge)))
  );
}

const isHeldBy = ({ owners }: GateState, refuge: string, { id }: Crossing): boolean =>
  owners[resourceOf(refuge)] === id;

// ---------------------------------------------------------------- in it, and out of it

/** The bay to which `vehicle` may go on from `refuge`; undefined while something stands against it. */
export function outOfRefuge(state: GateState, refuge: string, vehicle: string): string | undefined {
  const crossing = state.crossings[state.owners[resourceOf(refuge)] ?? ''];
  if (crossing?.vehicle?.id !== vehicle || crossing.stage !== 'entering' || !state.link.up) return undefined;
  if (worst(yardReasons(state, crossing)) !== 'pass') return undefined;
  const bay = bayConfig(state, crossing.bays.landing ?? '');
  return bay !== undefined && state.owners[`bay:${bay.id}`] === crossing.id ? bay.node : undefined;
}

/** Frees each refuge slot whose vehicle is known to have left it. */
export function leaveRefuges(turn: Turn): void {
  const { state } = turn;
  for (const refuge of siteOf(state).refuges) {
    const crossing = state.crossings[state.owners[resourceOf(refuge)] ?? ''];
    if (crossing === undefined || !hasLeft(state, crossing)) continue;
    free(turn, crossing, resourceOf(refuge));
    returnAlarm(turn, 'IN_REFUGE', crossing.id);
  }
}

/** As certain as a crane needs it: it stands in its bay, seen and locked; or it was unloaded there. */
function hasLeft(state: GateState, crossing: Crossing): boolean {
  if (crossing.stage !== 'entering') return crossing.stage !== 'arrived';
  const bay = bayConfig(state, crossing.bays.landing ?? '');
  if (bay?.node === undefined || freshLaneIo(state, bay.io)?.loops.approach !== true) return false;
  return isLockedIn(state, crossing, bay.node);
}
