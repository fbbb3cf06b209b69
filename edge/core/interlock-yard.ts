/** The interlock's conditions on cranes: what must be so before a job is given (I1, I2). */
import { isInDoubt } from './bay-doubt.ts';
import type { Command } from './effect.ts';
import type { Condition } from './interlock.ts';
import { bayConfig, cranesOver, isOurs, siteOf } from './site.ts';
import type { Crossing, GateState, Job, LaneState } from './state.ts';
import { freshLaneIo, freshLive, freshVehicle, isFresh } from './state.ts';

type JobCommand = Extract<Command, { kind: 'job' }>;
type AtCrane = Condition<Pick<JobCommand, 'device' | 'jobId' | 'container' | 'from' | 'to' | 'crossing'>>;

/** The job a crane was given and has not finished. */
export function activeJobOf(state: GateState, crane: string): Job | undefined {
  const crossing = state.jobs[crane];
  return crossing === undefined ? undefined : state.crossings[crossing]?.job;
}

type CraneView = NonNullable<GateState['cranes'][string]>;

/** The crane's own word, or null while it is not fresh. */
export const craneView = (state: GateState, device: string): CraneView | null =>
  isFresh(state, device) ? (state.cranes[device] ?? null) : null;

/** What of the spreader's signals cannot be true together; null if they tell one thing. */
export function contradictionIn({ spreader, hoistClear }: CraneView): string | null {
  const { landed, locked, unlocked, loaded } = spreader;
  if (locked && unlocked) return 'locked and unlocked at once';
  if (loaded && !locked && !landed) return 'loaded, and neither locked nor landed';
  return landed && hoistClear ? 'landed with the hoist up' : null;
}

const EVERYWHERE = 'everywhere';

/** Where the hoist is in the way of vehicles: a bay or slot, everywhere below the crane, or null for nowhere. */
export function hangsOver(view: CraneView): string | null {
  if (contradictionIn(view) !== null) return EVERYWHERE;
  if (view.hoistClear) return null;
  return view.position === 'travelling' ? EVERYWHERE : view.position;
}

/** What keeps a vehicle from leaving a bay: a crane over it that is not fresh, hangs low, or works there; null if nothing does. */
export function hoistAgainst(state: GateState, bay: string): string | null {
  for (const { device } of cranesOver(state, bay)) {
    const view = craneView(state, device);
    if (view === null) return `${device} is not fresh`;
    const over = hangsOver(view);
    if (over === bay || over === EVERYWHERE) return `the hoist of ${device} is over ${bay}`;
    const job = activeJobOf(state, device);
    if (job !== undefined && worksAt(job, bay)) return `${device} works at ${bay}`;
  }
  return null;
}

/** A box that hangs in the spreader is no longer taken from where it was. */
const worksAt = (job: Job, place: string): boolean =>
  job.to === place || (job.from === place && job.state !== 'held');

/** Standing at the node with its load exchange running: by our own vehicle's state, or the home gate's live word. */
export function isLockedIn(state: GateState, crossing: Crossing, node: string): boolean {
  const { vehicle } = crossing;
  if (vehicle === undefined) return false;
  if (!isOurs(state, vehicle.home)) {
    const live = freshLive(state)?.vehicles[vehicle.id];
    return live?.standing === true && live.locked && live.node === node;
  }
  const own = freshVehicle(state, vehicle.id);
  if (own === null || own.driving || own.lastNodeId !== node) return false;
  return own.actions.some(
    (action) => (action.actionType === 'pick' || action.actionType === 'drop') && action.status === 'RUNNING',
  );
}

/** A box of this crossing hangs in the spreader: where it came from no longer matters. */
const isHeld = (state: GateState, { device, crossing }: { device: string; crossing?: string }): boolean =>
  state.crossings[crossing ?? '']?.held === device;

/** The places where something must stand ready: not where a held box came from. */
const placesOf = (state: GateState, command: Parameters<AtCrane['unless']>[1]): readonly string[] =>
  isHeld(state, command) ? [command.to] : [command.from, command.to];

/** Something has passed that was not let in, and no person has looked yet. */
const isUnknownInside = (lane: LaneState | undefined): boolean =>
  lane?.stoppedBy !== undefined && lane.stoppedBy !== 'person';

export const jobConditions: readonly AtCrane[] = [
  {
    name: 'crane fresh',
    unless: (state, { device }) => (craneView(state, device) === null ? 'crane state is not fresh' : null),
  },
  {
    name: 'crane automatic',
    unless(state, { device }) {
      const view = craneView(state, device);
      return view === null || view.mode === 'automatic' ? null : `crane is in mode ${view.mode}`;
    },
  },
  {
    name: 'spreader tells one thing',
    unless(state, { device }) {
      const view = craneView(state, device);
      const wrong = view === null ? null : contradictionIn(view);
      return wrong === null ? null : `the spreader is ${wrong}`;
    },
  },
  {
    name: 'spreader as the job needs it',
    unless(state, command) {
      const view = craneView(state, command.device);
      if (view === null || view.spreader.loaded === isHeld(state, command)) return null;
      return view.spreader.loaded
        ? 'another container hangs in the spreader'
        : 'the container no longer hangs in the spreader';
    },
  },
  {
    name: 'crane free',
    unless(state, { device, crossing }) {
      const stray = state.strayJobs[device];
      if (stray !== undefined) return `crane still moves for ${stray}, which is over`;
      const busyWith = state.jobs[device];
      return busyWith === undefined || busyWith === crossing ? null : `crane works for ${busyWith}`;
    },
  },
  {
    name: 'a crossing needs it',
    unless: (state, { crossing, container }) =>
      crossing !== undefined && state.crossings[crossing]?.containers.some((one) => one.number === container)
        ? null
        : 'no crossing needs this job',
  },
  {
    name: 'crane reaches both places',
    unless: (state, { device, from, to }) =>
      [from, to].every((place) => cranesOver(state, place).some((crane) => crane.device === device))
        ? null
        : 'the crane does not reach both places',
  },
  {
    name: 'both places its own',
    unless(state, command) {
      const foreign = placesOf(state, command).find(
        (place) =>
          state.owners[`${bayConfig(state, place) === undefined ? 'slot' : 'bay'}:${place}`] !==
          command.crossing,
      );
      return foreign === undefined ? null : `${foreign} is not its own`;
    },
  },
  {
    name: 'seen standing in the bay',
    unless(state, command) {
      for (const place of placesOf(state, command)) {
        const bay = bayConfig(state, place);
        if (bay !== undefined && freshLaneIo(state, bay.io)?.loops.approach !== true)
          return `nothing is seen standing in ${place}`;
      }
      return null;
    },
  },
  {
    // Who followed through an open barrier was shown the same bay as the one before.
    name: 'nobody unknown at the truck bays',
    unless(state, command) {
      if (placesOf(state, command).every((place) => bayConfig(state, place)?.use !== 'truck')) return null;
      const crossing = state.crossings[command.crossing ?? ''];
      if (crossing !== undefined && isInDoubt(crossing)) return 'the truck in the bay may be another one';
      const lane = siteOf(state).yardIn.find((id) => isUnknownInside(state.lanes[id]));
      return lane === undefined ? null : `whoever came through ${lane} may stand there`;
    },
  },
  {
    name: 'vehicle standing and locked',
    unless(state, command) {
      const crossing = state.crossings[command.crossing ?? ''];
      for (const place of placesOf(state, command)) {
        const node = bayConfig(state, place)?.node;
        if (crossing !== undefined && node !== undefined && !isLockedIn(state, crossing, node))
          return `the vehicle in ${place} is not standing and locked`;
      }
      return null;
    },
  },
  {
    name: 'no other crane at the bay',
    unless(state, command) {
      for (const place of placesOf(state, command)) {
        const other = cranesOver(state, place).find(({ device }) => {
          const job = device === command.device ? undefined : activeJobOf(state, device);
          return job !== undefined && worksAt(job, place);
        });
        if (other !== undefined) return `${other.device} works at ${place}`;
      }
      return null;
    },
  },
];
