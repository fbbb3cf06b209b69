/** Judges one yard trial by what is truly there: what cranes are told to move, what the gate believes, what it tells people. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import type { Command } from '../../edge/core/effect.ts';
import type { Crossing, Stage as CrossingStage } from '../../edge/core/state.ts';
import { missedBy } from '../invariants/agenda.ts';
import type { Observer } from '../run/observer.ts';
import type { CraneJob } from '../world/ports.ts';
import { BROKEN_OFF, contradicts, GONE, LOADED, OVER } from './facts.ts';
import { createShown } from './shown.ts';
import type { Stage } from './stage.ts';
import { createTold, LOOKED_MS, type Told } from './told.ts';

/** A crane that could work for somebody gets its job within this, sooner than the regular sweep would bring it. */
const SERVED_MS = 6_500;
/** From somebody's having left a bay to its being free. */
const LEFT_MS = 2_500;
/** From a number that is not the expected one to the order to stop. */
const STOP_MS = 2_500;
/** So often may a job for one move fail before somebody must look. */
const FAILURES_MAX = 3;
/** Jobs given for one move of one container, each under its own id. */
const JOBS_MAX = 12;

export interface Judge {
  readonly observer: Observer;
  readonly told: Pick<Told, 'mustTell' | 'mayTell'>;
  byHand(place: string): void;
  attach(stage: Stage): void;
  /** Looks at everything; call it every second. */
  look(): void;
  /** Everything is where it was to go, and the yard is as it was before. */
  isOver(): boolean;
  /** What is not as it should be in the end. */
  remains(): string | null;
  readonly wrong: string | null;
}

export interface JudgeOptions {
  /** The gate does not hear or see everything. */
  blinded: boolean;
  /** What it hears is not so. */
  misled: boolean;
  may: ReadonlySet<AlarmCode>;
  exports: number;
  imports: number;
}

export function createJudge({ blinded, misled, may, exports, imports }: JudgeOptions): Judge {
  let stage: Stage | undefined;
  let wrong: string | null = null;
  const since = new Map<string, number>();
  const ended = new Set<string>();
  const stopped = new Set<string>();
  /** Jobs under way that move what is not expected, as far as the reader tells. */
  const mismatched = new Map<string, number>();
  /** Since when each crane has been at one move, and for whom. */
  const startedAt = new Map<string, { crossing: string | undefined; atMs: number; isLong?: true }>();
  /** Containers of which the gate has known. */
  const begun = new Set<string>();
  /** Every job of this gate as it was last. */
  const done = new Map<string, CraneJob>();
  /** Jobs of which the gate has heard. */
  const heard = new Set<string>();
  /** `most`: with those that may not count, for it was then lost where the container is. */
  const failures = new Map<string, { count: number; most: number; isFound: boolean }>();
  const given = new Map<string, Set<string>>();
  /** What was done by hand the gate may not have heard of. */
  let isUntold = false;
  /** Something has come in since everything was looked at. */
  let isNews = false;
  const filledByHand = new Set<string>();

  const on = (): Stage => {
    if (stage === undefined) throw new Error('the judge has no stage');
    return stage;
  };
  const now = (): number => on().run.clock.monotonicMs();

  function violate(what: string): void {
    wrong ??= `after ${Math.round(now() / 100) / 10} s: ${what}`;
  }

  const told = createTold({ blinded, may, now, alarms: () => on().gate.state.alarms, violate });

  /** Whether something has been so for longer than that. */
  function lasts(key: string, isSo: boolean, forMs: number): boolean {
    if (!isSo) since.delete(key);
    else if (!since.has(key)) since.set(key, now());
    return (since.get(key) ?? now()) + forMs < now();
  }

  const shown = createShown({ on, lasts, violate });
  const gateId = (): string => on().gate.config.gate.id;
  const containerAt = (place: string): string | undefined =>
    (on().world.slots.get(place) ?? on().world.bays.get(place))?.container?.number;

  // ---------------------------------------------------------------- what is commanded

  function jobSent({ device, jobId, container, from, to }: Extract<Command, { kind: 'job' }>): void {
    const crane = on().world.cranes.get(device);
    // A job it knows it does not do again.
    if (crane === undefined || crane.jobs.some((job) => job.jobId === jobId)) return;
    const told = `${device} is told ${jobId}, ${from} to ${to}`;
    const isThere = crane.held?.number === container || containerAt(from) === container;
    if (!isThere && !misled && !isUntold)
      violate(`${told}: ${container} is at ${on().run.world.whereIs().get(container)}`);
    const before = on().world.slots.get(to)?.container?.number;
    if (before !== undefined && !filledByHand.has(to)) violate(`${told}: ${before} stands there`);
    const running = crane.jobs.find((job) => !OVER.has(job.state));
    const isHeard = on().gate.devices.deviceLink(device).loseShare < 1;
    if (running !== undefined && !blinded && isHeard && isOurs(running))
      violate(`${told}, while ${running.jobId} is ${running.state}`);
    // What hangs in the spreader is still the same work, unless that took so long that people have come.
    const { atMs = Number.NEGATIVE_INFINITY } = startedAt.get(device) ?? {};
    if (crane.held === undefined || atMs + on().gate.config.timeouts.craneJobMs < now())
      startedAt.set(device, { crossing: on().crossingOf(container)?.id, atMs: now() });
    const ids = given.get(`${device} ${container} ${from} ${to}`) ?? new Set();
    const unheard = [...ids].find((id) => id !== jobId && !heard.has(id));
    if (unheard !== undefined)
      violate(`${told}, and never said whether it took ${unheard}, which is the same`);
    const isNew = !ids.has(jobId);
    given.set(`${device} ${container} ${from} ${to}`, ids.add(jobId));
    const longer = isNew && crane.held === undefined ? waitsLonger(device, container) : undefined;
    if (longer !== undefined) violate(`${told}, and ${longer.id} has waited longer`);
    if (ids.size > JOBS_MAX) violate(`${told}: the ${ids.size}th job for one move`);
  }

  function stopSent(jobId: string): void {
    stopped.add(jobId);
    if (!jobId.startsWith(`${gateId()}-j`)) violate(`${jobId} is stopped, which is none of the gate's`);
  }

  function orderSent({ device, nodes }: Extract<Command, { kind: 'order' }>): void {
    const [from, next] = nodes;
    if (next?.released !== true) return;
    const bay = on().gate.config.yard.bays.find(
      ({ node, use }) => use === 'loading' && node === from?.nodeId,
    );
    const crossing = on().gate.state.crossings[on().gate.state.vehicles[device]?.crossing ?? ''];
    const [container] = crossing?.containers ?? [];
    if (bay === undefined || container === undefined || misled) return;
    const at = on().run.world.whereIs().get(container.number);
    if (at !== device) violate(`${device} is sent on without its ${container.number}, which is at ${at}`);
  }

  // ---------------------------------------------------------------- what cranes do

  const isOurs = ({ jobId }: CraneJob): boolean => jobId.startsWith(`${gateId()}-j`);

  function jobChanged(device: string, job: CraneJob): void {
    if (!isOurs(job)) return;
    if (!ended.has(job.jobId)) done.set(job.jobId, job);
    const { jobId, state, container, containerSeen, containerSet } = job;
    if (ended.has(jobId)) {
      if (state === 'running') told.mustTell('JOB_DONE_TWICE');
      return;
    }
    const crossing = on().crossingOf(container);
    if ([containerSeen, containerSet].some((number) => number !== undefined && number !== container)) {
      told.mustTell('CONTAINER_MISMATCH');
      if (state === 'running' && containerSet === undefined && !mismatched.has(jobId))
        mismatched.set(jobId, now());
    }
    if (OVER.has(state)) mismatched.delete(jobId);
    if (state === 'ended') {
      ended.add(jobId);
      if (crossing !== undefined) failures.delete(crossing.id);
    } else if (BROKEN_OFF.has(state) && !stopped.has(jobId) && crossing !== undefined) failed(crossing);
    if (BROKEN_OFF.has(state) && containerSet !== undefined) told.mayTell('JOB_LOST');
    // It is judged late while the spreader contradicts itself, and somebody may have cleared what it was stopped for.
    if (BROKEN_OFF.has(state) && stopped.has(jobId)) told.mayTell('JOB_FAILED');
    if (BROKEN_OFF.has(state) && !stopped.has(jobId) && crossing?.findings.length === 0)
      told.mustTell('JOB_FAILED', 'JOB_LOST', 'SPREADER_CONTRADICTS');
    if (crossing === undefined && !blinded)
      violate(`${device} works on ${container}, which the gate has forgotten`);
  }

  /** Whoever has looked begins anew: jobs and failures of before do not count. */
  function seenTo(act: { kind: string; crossing?: string; code?: string }): void {
    if (act.kind === 'confirm-place' || act.code === 'JOB_FAILED') failures.delete(act.crossing ?? '');
    if (act.kind === 'confirm-place') given.clear();
  }

  function failed({ id }: Crossing): void {
    const known = failures.get(id);
    const [count, most] = [(known?.count ?? 0) + 1, (known?.most ?? 0) + 1];
    failures.set(id, { count, most, isFound: known?.isFound ?? false });
  }

  // ---------------------------------------------------------------- what the gate believes

  function advanced({ crossing: id, stage: next }: { crossing: string; stage: CrossingStage }): void {
    const crossing = on().gate.state.crossings[id];
    const [container] = crossing?.containers ?? [];
    if (crossing === undefined || container === undefined || crossing.load === 'bobtail') return;
    const expected = placeOf(crossing, next);
    if (expected === undefined) return;
    const at = on().run.world.whereIs().get(container.number);
    if (at !== expected && !misled && !isUntold)
      violate(`${id} is ${next}: ${container.number} is at ${at}, not at ${expected}`);
    if (crossing.findings.some(({ code }) => code === 'YARD_CONTAINER_MISMATCH'))
      violate(`${id} goes on to ${next}, and nobody has looked at its container`);
  }

  function placeOf({ slot, vehicle, truck }: Crossing, next: CrossingStage): string | undefined {
    if (next === 'in-yard') return `${gateId()}/${slot}`;
    if (next === 'loaded') return vehicle?.id;
    return next === 'on-truck' ? truck?.plate : undefined;
  }

  function watchPlaces(): void {
    const { gate, world } = on();
    for (const [id, { container }] of world.slots) {
      const owner = gate.state.owners[`slot:${id}`];
      const isIts = owner === gate.state.containers[container?.number ?? ''];
      if (container === undefined) filledByHand.delete(id);
      else if (!isIts && !misled && !filledByHand.has(id))
        violate(`${container.number} stands in ${id}, which belongs to ${owner ?? 'nobody'}`);
    }
    for (const [id, { occupant, config, hoistLow }] of world.bays) {
      const owner = gate.state.crossings[gate.state.owners[`bay:${id}`] ?? ''];
      const isIts = occupant !== undefined && occupant.plate === owner?.vehicle?.plate;
      if (
        config.node !== undefined &&
        occupant !== undefined &&
        !isIts &&
        !misled &&
        isExpected(occupant.plate)
      )
        violate(`${occupant.plate} stands in ${id}, which belongs to ${owner?.id ?? 'nobody'}`);
      // Whoever has left a bay does not keep it.
      const isLeft =
        occupant === undefined &&
        owner !== undefined &&
        !hoistLow &&
        hasBeenServed(owner, config.use) &&
        isElsewhere(owner, config.node);
      if (lasts(`left ${id}`, isLeft && !blinded, LEFT_MS))
        violate(`${id} is empty, and still belongs to ${owner?.id}`);
      const seen = world.laneIo.get(config.io)?.state.loops.approach === true;
      if (config.use === 'truck') told.watch('BAY_OCCUPIED', id, seen && !isCertain(owner));
    }
  }

  /** Its truck is inside, and its bay was empty when that was let in. */
  const isCertain = (owner: Crossing | undefined): boolean =>
    owner?.truck?.phase === 'inside' && !owner.findings.some(({ code }) => code === 'TRUCK_UNCERTAIN');

  /** A vehicle tells the node it passed last: it has not left the bay before it reaches the next one. */
  function isElsewhere({ vehicle }: Crossing, node: string | undefined): boolean {
    if (node === undefined || vehicle === undefined) return true;
    const there = [...on().run.world.gates.values()].find(({ vehicles }) => vehicles.has(vehicle.id));
    return there?.vehicles.get(vehicle.id)?.state.lastNodeId !== node;
  }

  /** A vehicle that is under way for a crossing, here or at home. */
  const isExpected = (plate: string): boolean =>
    Object.values(on().gate.state.crossings).some(({ vehicle }) => vehicle?.plate === plate);

  function hasBeenServed({ stage: at, direction }: Crossing, use: 'truck' | 'loading' | 'landing'): boolean {
    if (use === 'truck')
      return direction === 'export' ? at !== 'announced' && at !== 'truck-inside' : at === 'on-truck';
    return use === 'loading' ? LOADED.has(at) : at === 'in-yard';
  }

  // ---------------------------------------------------------------- how soon

  /** The longest a crane's job may take before somebody must look. */
  function watchJobs(): void {
    const { gate, world } = on();
    const { craneJobMs } = gate.config.timeouts;
    for (const [device, crane] of world.cranes) {
      for (const job of crane.jobs) if (isOurs(job) && !ended.has(job.jobId)) done.set(job.jobId, job);
      const crossing = gate.state.crossings[gate.state.jobs[device] ?? ''];
      const isWorking =
        crossing?.job !== undefined && crossing.job.state !== 'lost' && crossing.job.crane === device;
      const started = startedAt.get(device);
      if (!isWorking) startedAt.delete(device);
      else if (started !== undefined && started.crossing === crossing?.id && !started.isLong) {
        if (started.atMs + craneJobMs < now() + LOOKED_MS) told.mayTell('JOB_STUCK');
        if (started.atMs + craneJobMs < now()) {
          started.isLong = true;
          told.mustTell('JOB_STUCK');
        }
      }
      told.watch('SPREADER_CONTRADICTS', device, contradicts(crane.state));
      if (blinded) continue;
      const isIdle =
        crane.state.mode === 'automatic' &&
        !contradicts(crane.state) &&
        crane.held === undefined &&
        crane.jobs.every(({ state }) => OVER.has(state)) &&
        gate.state.jobs[device] === undefined &&
        gate.isUp &&
        !gate.state.stopped;
      const waiting = isIdle ? waitingBelow(device) : undefined;
      if (lasts(`idle ${device}`, waiting !== undefined, SERVED_MS))
        violate(`${device} does nothing, and ${waiting?.truck?.plate} waits below it`);
    }
    for (const crossing of Object.values(gate.state.crossings)) watchLost(crossing);
    for (const [jobId, atMs] of mismatched)
      if (!blinded && !stopped.has(jobId) && atMs + STOP_MS < now()) violate(`nobody stops ${jobId}`);
  }

  /** A crane that tells what has become of a job has cured that nobody knew. */
  function watchLost({ id, job, findings }: Crossing): void {
    const isAsked = findings.some(({ code }) => code === 'JOB_LOST');
    const told = on()
      .world.cranes.get(job?.crane ?? '')
      ?.jobs.find(({ jobId }) => jobId === job?.jobId);
    const isKnown = told !== undefined && !BROKEN_OFF.has(told.state);
    if (lasts(`lost ${id}`, isAsked && isKnown && !blinded, SERVED_MS))
      violate(`people are asked where the container of ${id} is, and ${job?.crane} tells it`);
  }

  /** Somebody who stands ready below the crane, longer than the one that it is to serve now. */
  function waitsLonger(device: string, container: string): Crossing | undefined {
    const { gate, world } = on();
    const served = on().crossingOf(container);
    if (blinded || served === undefined || gate.state.stopped) return undefined;
    const bays = gate.config.yard.cranes.find((crane) => crane.device === device)?.bays ?? [];
    return Object.values(gate.state.crossings).find((crossing) => {
      const { since: waitsSince, stage: at, job, untaken, findings, slot, vehicle } = crossing;
      if (waitsSince >= served.since || job !== undefined || untaken !== undefined || findings.length > 0)
        return false;
      const use = at === 'loading' ? 'loading' : 'truck';
      const bay = crossing.bays[use] ?? '';
      const occupant = world.bays.get(bay)?.occupant;
      if (!bays.includes(bay) || occupant === undefined) return false;
      if (use === 'truck')
        return (
          at === 'truck-inside' &&
          occupant.plate === crossing.truck?.plate &&
          containerAt(slot ?? '') === undefined
        );
      const state = world.vehicles.get(vehicle?.id ?? '')?.state;
      const isReady = state?.actionStates.some(
        ({ actionType, actionStatus }) => actionType === 'pick' && actionStatus === 'RUNNING',
      );
      return isReady === true && !state?.driving && occupant.plate === vehicle?.plate;
    });
  }

  /** After three failures somebody must look, and not before. */
  function watchFailures(): void {
    const isJudged = [...on().world.cranes.values()].every(({ state }) => !contradicts(state));
    for (const { id, findings } of Object.values(on().gate.state.crossings)) {
      const isFound = findings.some(({ code }) => code === 'JOB_FAILED');
      const known = failures.get(id) ?? { count: 0, most: 0, isFound: false };
      const isCleared = known.isFound && !isFound;
      const count = isCleared || findings.some(({ code }) => code === 'JOB_LOST') ? 0 : known.count;
      const most = isCleared ? 0 : known.most;
      failures.set(id, { count, most, isFound });
      if (isFound && most < FAILURES_MAX && !misled) violate(`${id} is held after ${most} failures`);
      if (lasts(`failed ${id}`, count >= FAILURES_MAX && !isFound && !blinded && isJudged, STOP_MS))
        violate(`${count} jobs for ${id} have failed, and nobody is asked to look`);
    }
  }

  /** Whose truck stands in its own bay below the crane, and nothing speaks against serving it. */
  function waitingBelow(device: string): Crossing | undefined {
    const { gate, world } = on();
    const bays = gate.config.yard.cranes.find((crane) => crane.device === device)?.bays ?? [];
    return Object.values(gate.state.crossings).find(({ stage: at, bays: own, truck, findings, slot }) => {
      const bay = own.truck ?? '';
      return (
        (at === 'truck-inside' || at === 'collecting') &&
        bays.includes(bay) &&
        world.bays.get(bay)?.occupant?.plate === truck?.plate &&
        findings.length === 0 &&
        (at === 'collecting' || containerAt(slot ?? '') === undefined) &&
        Object.values(gate.state.lanes).every(({ stoppedBy }) => stoppedBy === undefined) &&
        [...world.cranes].every(
          ([other, { jobs }]) => other === device || jobs.every(({ state }) => OVER.has(state)),
        )
      );
    });
  }

  /** What an input means is looked at with that input: a look at everything brings nothing new. */
  function watchAgenda(): void {
    if (!isNews) return;
    isNews = false;
    const [missed] = missedBy(on().gate);
    if (missed !== undefined) violate(`${missed} is forgotten until everything is looked at`);
  }

  // ---------------------------------------------------------------- the end

  function remains(): string | null {
    const { gate, world, run, exports: out, imports: back, crossingOf } = on();
    const { state } = gate;
    const awaited = [...out, ...back].filter((container) => !begun.has(container));
    if (out.length < exports || back.length < imports || awaited.length > 0) return 'not all have come';
    const isAlone = run.gates.size === 1;
    const stages = out.map((container) => crossingOf(container)?.stage ?? 'completed');
    const loaded = stages.filter((at) => LOADED.has(at)).length;
    const gone = stages.filter((at) => GONE.has(at)).length;
    const enough = Math.min(exports, world.vehicles.size);
    if (isAlone ? loaded < enough : gone < exports) return `exports are ${stages.join(', ')}${whyNot(out)}`;
    for (const [index, at] of stages.entries())
      if (at === 'announced' || at === 'truck-inside') return `${out[index]} is ${at}`;
    for (const container of back) {
      const crossing = crossingOf(container);
      if (crossing !== undefined) return `${container} is ${crossing.stage}${whyNot(back)}`;
    }
    const [busy] = Object.entries(state.jobs);
    if (busy !== undefined) return `${busy[0]} still works for ${busy[1]}`;
    for (const [id, { held }] of world.cranes) if (held !== undefined) return `${held.number} hangs in ${id}`;
    for (const [id, { occupant }] of world.bays)
      if (occupant !== undefined && !isAlone) return `${occupant.plate} still stands in ${id}`;
    for (const [id, { occupant }] of world.bays)
      if (occupant === undefined && state.owners[`bay:${id}`] !== undefined)
        return `${id} is empty, and belongs to ${state.owners[`bay:${id}`]}`;
    for (const [id, { container }] of world.slots)
      if (container === undefined && state.owners[`slot:${id}`] !== undefined)
        return `${id} is empty, and belongs to ${state.owners[`slot:${id}`]}`;
    const found = Object.values(state.crossings).find(({ findings }) => findings.length > 0);
    if (found !== undefined) return `${found.id} has ${found.findings[0]?.code}`;
    return told.standing() ?? unread();
  }

  const whyNot = (containers: readonly string[]): string =>
    containers
      .map((container) => on().crossingOf(container))
      .map((crossing) => (crossing === undefined ? '' : `; ${crossing.id}: ${told.why(crossing)}`))
      .join('');

  /** Numbers the spreader's reader could not read are counted, or nobody would have it cleaned. */
  function unread(): string | null {
    const { counters } = on().gate.state;
    const atPick = counters['container-unread-at-pick'] ?? 0;
    const atSetDown = counters['container-unread-at-set-down'] ?? 0;
    const unreadAt = (read: 'containerSeen' | 'containerSet'): number =>
      [...done.values()].filter((job) => job.state === 'ended' && job[read] === undefined).length;
    const [unreadAtPick, unreadAtSetDown] = [unreadAt('containerSeen'), unreadAt('containerSet')];
    if (blinded || (atPick === unreadAtPick && atSetDown === unreadAtSetDown)) return null;
    return `${atPick} and ${atSetDown} numbers count as unread, not ${unreadAtPick} and ${unreadAtSetDown}`;
  }

  return {
    told,
    byHand(place) {
      filledByHand.add(place);
      isUntold = blinded;
    },
    observer: {
      sent(gate, command) {
        if (stage === undefined || gate !== stage.gate) return;
        if (command.kind === 'job') jobSent(command);
        else if (command.kind === 'job-stop') stopSent(command.jobId);
        else if (command.kind === 'order') orderSent(command);
      },
      stepped(gate, input) {
        if (stage !== undefined && gate !== stage.gate) return;
        isNews = true;
        if (input.type === 'crane-job') heard.add(input.jobId);
        else if (input.type === 'crane-jobs') for (const { jobId } of input.jobs) heard.add(jobId);
      },
      durable(gate, entries) {
        if (stage !== undefined && gate !== stage.gate) return;
        for (const { kind, type, body } of entries) {
          if (kind !== 'decision') continue;
          if (type === 'crossing' && stage !== undefined) advanced(JSON.parse(body));
          else if (type === 'act') seenTo(JSON.parse(body).act);
          else if (type === 'verdict') shown.verdict(JSON.parse(body));
          else if (type === 'alarm') told.heard(JSON.parse(body));
        }
      },
      failed(_gate, _input, error) {
        violate(`threw ${error instanceof Error ? error.message : String(error)}`);
      },
    },
    attach(attached) {
      stage = attached;
      for (const [device, crane] of attached.world.cranes) {
        crane.jobChanges.subscribe((job) => jobChanged(device, job));
        crane.changes.subscribe((state) => told.watch('SPREADER_CONTRADICTS', device, contradicts(state)));
      }
    },
    look() {
      const { run, gate } = on();
      const [mishap] = run.world.incidents;
      if (mishap !== undefined && !(misled && mishap.kind === 'hoistViolations'))
        violate(`${mishap.kind}: ${mishap.detail}`);
      for (const container of Object.keys(gate.state.containers)) begun.add(container);
      if (gate.isUp) for (const watch of [watchPlaces, watchFailures, watchAgenda, shown.look]) watch();
      watchJobs();
      told.look();
    },
    isOver: () => remains() === null,
    remains,
    get wrong() {
      return wrong;
    },
  };
}
