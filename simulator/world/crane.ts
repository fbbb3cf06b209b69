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
  /** Fault: takes no job, though it says it could. */
  refuse(on: boolean): void;
  /** Fault: the job under way, or the next one, ends `aborted` at the next safe height, set down or not. */
  abort(): void;
  /** Fault: the next job is `allowed` and begun only after a while; `not-allowed` if the mode changes before. */
  dawdle(forMs: number): void;
  /** Fault: its controller starts anew. What is under way stops at the next safe height, and no job is known any more. */
  forget(): void;
  /** Fault: its list names no job. */
  hideJobs(on: boolean): void;
  /** Fault: a signal of the spreader reads the same whatever is so; undefined: it reads truly again. */
  stickSpreader(signal: keyof CraneState['spreader'], value: boolean | undefined): void;
  /** Fault: what the spreader's reader makes of a number; undefined: it reads nothing. Unset: it reads truly. */
  distort: ((number: string) => string | undefined) | undefined;
  /** Somebody sets down by hand what hangs in the spreader. False unless the mode is `manual`, nothing is under way and the place is free. */
  setDownByHand(place: string): boolean;
  /** Somebody lifts by hand what stands there. False unless the mode is `manual` and the crane has nothing to do and holds nothing. */
  liftByHand(place: string): boolean;
}

/** Jobs that are over and still in the list; the oldest go first. */
const FINISHED_JOBS_MAX = 50;

type Order = Pick<CraneJob, 'jobId' | 'container' | 'from' | 'to'>;

/** `places` are the bays and slots below the crane; it starts, empty and high, above the first. */
export function createCrane(context: WorldContext, places: ReadonlyMap<string, Place>): Crane {
  const { clock } = context;
  const signals = { landed: false, locked: false, unlocked: true, loaded: false };
  const stuck: Partial<CraneState['spreader']> = {};
  const cell = createCell<CraneState>(context, {
    mode: 'automatic',
    spreader: { ...signals },
    position: [...places.keys()][0] ?? 'travelling',
    hoistClear: true,
  });
  const jobs = new Map<string, CraneJob>();
  const jobChanges = new Subject<CraneJob>();
  let held: Container | undefined;
  /** `stopping`: how it ends at the next safe height. */
  let running: { jobId: string; stopping?: 'interrupted' | 'aborted' } | undefined;
  /** The phase under way while it can be broken off. */
  let cancelTravel: (() => void) | undefined;
  let losing = false;
  let doubling = false;
  let refusing = false;
  let hiding = false;
  let aborting = false;
  let dawdleMs = 0;
  /** Its job is `allowed` and not begun. */
  let dawdling = false;
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

  function finish(state: 'ended' | 'aborted' | 'interrupted' | 'not-allowed'): void {
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
    running = { jobId };
    tellJob(jobId, { state: 'running' });
    travel(from, () => finish('aborted'));
  }

  function spreader(part: Partial<CraneState['spreader']>): void {
    Object.assign(signals, part);
    cell.patch({ spreader: { ...signals, ...stuck } });
  }

  /** What the spreader's reader tells of the box that it sees now. */
  function read(box: Container): string | undefined {
    return device.distort === undefined ? box.painted : device.distort(box.painted);
  }

  const seenAs = (box: Container, at: 'containerSeen' | 'containerSet'): Partial<CraneJob> => {
    const number = read(box);
    return number === undefined ? {} : { [at]: number };
  };

  /** At a safe height: goes on, unless the job was stopped. */
  function unlessStopped(next: () => void): void {
    if (aborting && running !== undefined) {
      aborting = false;
      running.stopping ??= 'aborted';
    }
    if (running?.stopping !== undefined) finish(running.stopping);
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
          if (held !== undefined) tellJob(jobId, seenAs(held, 'containerSeen'));
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
        tellJob(jobId, seenAs(held, 'containerSet'));
        to.put(held);
        held = undefined;
        clock.after(CRANE_WEIGHT_MS, () => spreader({ landed: false }));
        lift(to, () => {
          const how = aborting ? 'aborted' : 'ended';
          aborting = false;
          finish(how);
        });
      });
    });
  }

  function start({ jobId, container, from: fromId, to: toId }: Order): ReturnType<CraneModel['start']> {
    if (jobs.has(jobId)) return 'duplicate';
    if (running !== undefined || refusing) return 'busy';
    const [from, to] = [places.get(fromId), places.get(toId)];
    if (cell.state.mode !== 'automatic' || from === undefined || to === undefined || from === to)
      return 'impossible';
    const carried = held;
    if (carried !== undefined && carried.number !== container && carried.painted !== container)
      return 'impossible';

    jobs.set(jobId, { jobId, container, from: fromId, to: toId, state: 'allowed' });
    listed = undefined;
    running = { jobId };
    if (dawdleMs === 0) begin(jobId, from, to);
    else {
      tellJob(jobId, {});
      dawdling = true;
      cancelTravel = clock.after(dawdleMs, () => {
        cancelTravel = undefined;
        dawdling = false;
        begin(jobId, from, to);
      });
      dawdleMs = 0;
    }
    return 'accepted';
  }

  function begin(jobId: string, from: Place, to: Place): void {
    const carried = held;
    tellJob(jobId, {
      state: 'running',
      ...(carried === undefined ? {} : seenAs(carried, 'containerSeen')),
    });
    if (carried !== undefined) travel(to, () => unlessStopped(() => setDown(jobId, to)));
    // Better to leave the box where it is than to hang there with it.
    else if (!to.canTake) finish('aborted');
    else
      travel(from, () =>
        unlessStopped(() =>
          pick(jobId, from, () => travel(to, () => unlessStopped(() => setDown(jobId, to)))),
        ),
      );
  }

  /** Now, if it is at a safe height, else as soon as it is. */
  function stop(how: 'interrupted' | 'aborted' | 'not-allowed'): void {
    if (running === undefined) return;
    running.stopping = how === 'aborted' ? how : 'interrupted';
    if (cancelTravel === undefined) return;
    cancelTravel();
    cancelTravel = undefined;
    dawdling = false;
    finish(how);
  }

  const device: Crane = {
    get state() {
      return cell.state;
    },
    changes: cell.changes,
    get jobs() {
      listed ??= hiding ? [] : [...jobs.values()];
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
        stop('interrupted');
        return true;
      }),
    setMode: (mode) =>
      context.act(() => {
        cell.patch({ mode });
        if (mode !== 'automatic') stop(dawdling ? 'not-allowed' : 'interrupted');
      }),
    loseResult() {
      losing = true;
    },
    doubleNext() {
      doubling = true;
    },
    refuse(on) {
      refusing = on;
    },
    abort: () =>
      context.act(() => {
        if (cancelTravel === undefined) aborting = true;
        else stop('aborted');
      }),
    dawdle(forMs) {
      dawdleMs = forMs;
    },
    forget: () =>
      context.act(() => {
        jobs.clear();
        listed = undefined;
        stop('interrupted');
      }),
    hideJobs(on) {
      hiding = on;
      listed = undefined;
    },
    stickSpreader: (signal, value) =>
      context.act(() => {
        if (value === undefined) delete stuck[signal];
        else stuck[signal] = value;
        spreader({});
      }),
    distort: undefined,
    setDownByHand: (id) =>
      context.act(() => {
        const place = places.get(id);
        const box = held;
        if (cell.state.mode !== 'manual' || running !== undefined || box === undefined || !place?.canTake)
          return false;
        held = undefined;
        place.put(box);
        spreader({ locked: false, unlocked: true, loaded: false });
        return true;
      }),
    liftByHand: (id) =>
      context.act(() => {
        if (cell.state.mode !== 'manual' || running !== undefined || held !== undefined) return false;
        held = places.get(id)?.take();
        if (held === undefined) return false;
        spreader({ locked: true, unlocked: false, loaded: true });
        return true;
      }),
  };
  return device;
}
