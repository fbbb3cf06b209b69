import { Subject } from 'rxjs';
import { createCell } from './cell.ts';
import type { Container } from './container.ts';
import type { WorldContext } from './context.ts';
import { CRANE_HOIST_MS, CRANE_TRAVEL_MS, CRANE_TWISTLOCK_MS, CRANE_WEIGHT_MS } from './durations.ts';
import type { Place } from './place.ts';
import type { CraneJob, CraneModel, CraneState } from './ports.ts';

/**
 * A container crane that does one job at a time: over to `from`, pick, over to `to`, set down, up. A stopped job ends
 * `interrupted` at the next safe height, that is while travelling or once the hoist is clear; what hangs in the
 * spreader stays there, and only a new job for that container sets it down (such a job starts with the travel to `to`).
 * A job stopped while it is setting down is completed: letting go halfway is not safer. A job whose target is taken, or
 * whose vehicle is missing, is `aborted`, before the pick if that is seen then, else with the box in the spreader.
 */
export interface Crane extends CraneModel {
  /** What hangs in the spreader. */
  readonly held: Container | undefined;
  /** Anything but `automatic` interrupts the job under way and refuses new ones. */
  setMode(mode: CraneState['mode']): void;
  /** Fault: the last change of the next job to finish is never told; only the job list has it. */
  loseResult(): void;
  /**
   * Fault: the next job that ends is run a second time under its id: `running` again, over to `from`, and `aborted` there,
   * for the reader does not find the box. Meanwhile the crane is busy.
   */
  doubleNext(): void;
}

/** Jobs that are over and still in the list; the oldest go first. */
const FINISHED_JOBS_MAX = 50;

type Order = Pick<CraneJob, 'jobId' | 'container' | 'from' | 'to'>;

/** `places` are the bays and slots below the crane; it starts, empty and high, above the first. */
export function createCrane(context: WorldContext, places: ReadonlyMap<string, Place>): Crane {
  const { clock } = context;
  const cell = createCell<CraneState>(context, {
    mode: 'automatic',
    spreader: { landed: false, locked: false, unlocked: true, loaded: false },
    position: [...places.keys()][0] ?? 'travelling',
    hoistClear: true,
  });
  const jobs = new Map<string, CraneJob>();
  const jobChanges = new Subject<CraneJob>();
  let held: Container | undefined;
  let running: { jobId: string; stopping: boolean } | undefined;
  /** The phase under way while it can be broken off. */
  let cancelTravel: (() => void) | undefined;
  let losing = false;
  let doubling = false;
  /** The job list as a list, until it changes. */
  let listed: CraneJob[] | undefined;

  function noteJob(jobId: string, part: Partial<CraneJob>): CraneJob | undefined {
    const job = jobs.get(jobId);
    if (job === undefined) return undefined;
    const next = { ...job, ...part };
    jobs.set(jobId, next);
    listed = undefined;
    return next;
  }

  function tellJob(jobId: string, part: Partial<CraneJob>): void {
    const job = noteJob(jobId, part);
    if (job !== undefined) context.say(() => jobChanges.next(job));
  }

  function finish(state: 'ended' | 'aborted' | 'interrupted'): void {
    if (running === undefined) return;
    const { jobId } = running;
    running = undefined;
    if (losing) {
      losing = false;
      noteJob(jobId, { state });
    } else tellJob(jobId, { state });
    if (jobs.size > FINISHED_JOBS_MAX) {
      const [oldest] = jobs.keys();
      if (oldest !== undefined) jobs.delete(oldest);
      listed = undefined;
    }
    if (state === 'ended' && doubling) repeat(jobId);
  }

  /** Tries once more what is done already. */
  function repeat(jobId: string): void {
    doubling = false;
    const from = places.get(jobs.get(jobId)?.from ?? '');
    if (from === undefined) return;
    running = { jobId, stopping: false };
    tellJob(jobId, { state: 'running' });
    travel(from, () => finish('aborted'));
  }

  const spreader = (part: Partial<CraneState['spreader']>): void =>
    cell.patch({ spreader: { ...cell.state.spreader, ...part } });

  /** At a safe height: goes on, unless the job was stopped. */
  function unlessStopped(next: () => void): void {
    if (running?.stopping) finish('interrupted');
    else next();
  }

  function travel(to: Place, next: () => void): void {
    if (cell.state.position === to.id) {
      next();
      return;
    }
    cell.patch({ position: 'travelling' });
    cancelTravel = clock.after(CRANE_TRAVEL_MS, () => {
      cancelTravel = undefined;
      cell.patch({ position: to.id });
      next();
    });
  }

  function lower(place: Place, next: () => void): void {
    place.hoist(true);
    cell.patch({ hoistClear: false });
    clock.after(CRANE_HOIST_MS, next);
  }

  function lift(place: Place, next: () => void): void {
    clock.after(CRANE_HOIST_MS, () => {
      cell.patch({ hoistClear: true });
      place.hoist(false);
      next();
    });
  }

  function pick(jobId: string, from: Place, next: () => void): void {
    if (from.container === undefined) {
      finish('aborted');
      return;
    }
    lower(from, () => {
      const box = from.container;
      // It has driven off below the spreader: nothing to land on.
      if (box === undefined) return lift(from, () => finish('aborted'));
      spreader({ landed: true });
      spreader({ unlocked: false });
      clock.after(CRANE_TWISTLOCK_MS, () => {
        spreader({ locked: true });
        clock.after(CRANE_WEIGHT_MS, () => {
          held = from.take();
          spreader({ landed: false, loaded: held !== undefined });
          if (held !== undefined) tellJob(jobId, { containerSeen: held.painted });
        });
        lift(from, () => {
          if (held !== undefined) return unlessStopped(next);
          spreader({ locked: false, unlocked: true });
          finish('aborted');
        });
      });
    });
  }

  function setDown(jobId: string, to: Place): void {
    if (!to.canTake) {
      finish('aborted');
      return;
    }
    lower(to, () => {
      if (!to.canTake) return lift(to, () => finish('aborted'));
      spreader({ landed: true, loaded: false });
      spreader({ locked: false });
      clock.after(CRANE_TWISTLOCK_MS, () => {
        if (held === undefined || !to.canTake) {
          // Gone from below at the last moment: the box stays in the spreader.
          spreader({ landed: false, locked: true, loaded: held !== undefined });
          return lift(to, () => finish('aborted'));
        }
        spreader({ unlocked: true });
        tellJob(jobId, { containerSet: held.painted });
        to.put(held);
        held = undefined;
        clock.after(CRANE_WEIGHT_MS, () => spreader({ landed: false }));
        lift(to, () => finish('ended'));
      });
    });
  }

  function start({ jobId, container, from: fromId, to: toId }: Order): ReturnType<CraneModel['start']> {
    if (jobs.has(jobId)) return 'duplicate';
    if (running !== undefined) return 'busy';
    const [from, to] = [places.get(fromId), places.get(toId)];
    if (cell.state.mode !== 'automatic' || from === undefined || to === undefined || from === to)
      return 'impossible';
    const carried = held;
    if (carried !== undefined && carried.number !== container && carried.painted !== container)
      return 'impossible';

    jobs.set(jobId, { jobId, container, from: fromId, to: toId, state: 'allowed' });
    listed = undefined;
    running = { jobId, stopping: false };
    tellJob(jobId, {
      state: 'running',
      ...(carried === undefined ? {} : { containerSeen: carried.painted }),
    });
    if (carried !== undefined) travel(to, () => setDown(jobId, to));
    // Better to leave the box where it is than to hang there with it.
    else if (!to.canTake) finish('aborted');
    else travel(from, () => pick(jobId, from, () => travel(to, () => setDown(jobId, to))));
    return 'accepted';
  }

  function stop(): void {
    if (running === undefined) return;
    running.stopping = true;
    if (cancelTravel === undefined) return;
    cancelTravel();
    cancelTravel = undefined;
    finish('interrupted');
  }

  return {
    get state() {
      return cell.state;
    },
    changes: cell.changes,
    get jobs() {
      listed ??= [...jobs.values()];
      return listed;
    },
    jobChanges,
    get held() {
      return held;
    },
    start: (order) => context.act(() => start(order)),
    stop: (jobId) =>
      context.act(() => {
        if (running?.jobId !== jobId) return false;
        stop();
        return true;
      }),
    setMode: (mode) =>
      context.act(() => {
        cell.patch({ mode });
        if (mode !== 'automatic') stop();
      }),
    loseResult() {
      losing = true;
    },
    doubleNext() {
      doubling = true;
    },
  };
}
