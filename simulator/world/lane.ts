import type { LaneConfig } from '../../config/schema.ts';
import { grossKgOf, type Visitor } from './carrier.ts';
import { needsRelease } from './container.ts';
import type { WorldContext } from './context.ts';
import type { Customs } from './customs.ts';
import {
  CAMERA_DELAY_MS,
  COME_AGAIN_MS,
  PASS_BODY_MS,
  PASS_NOSE_MS,
  PASS_TAIL_MS,
  PULL_UP_MS,
  READER_DELAY_MS,
} from './durations.ts';
import type { LaneIo } from './lane-io.ts';
import { type Motion, startMotion } from './motion.ts';
import type { Scale } from './scale.ts';
import type { SightingDevice } from './sighting.ts';

/** A lane with its barrier: who queues, who stands at the stop line, who passes. One passes at a time, unless somebody tailgates. */
export interface Lane {
  readonly config: LaneConfig;
  readonly io: LaneIo;
  /** At the stop line. */
  readonly standing: Visitor | undefined;
  /** On their way below the barrier, from the stop line until their tail has left the exit. */
  readonly passing: readonly Visitor[];
  /** How many wait behind the stop line. */
  readonly waiting: number;
  /** How many are in the lane or wait for it. */
  readonly load: number;
  /** Asked before the next in line pulls up: true if it takes that one to another lane. */
  divert: ((visitor: Visitor) => boolean) | undefined;
  /** Comes from the open road, one behind the other. */
  queue(visitor: Visitor): void;
  /** Stops at the stop line, which must be free. */
  stand(visitor: Visitor): void;
  /** The one at the stop line may have changed its mind. */
  reconsider(): void;
  /** Backs out of the queue, or from the stop line. False if it is in neither. */
  withdraw(visitor: Visitor): boolean;
  /** The one passing stops where it is, and goes on. */
  halt(visitor: Visitor): void;
  resume(visitor: Visitor): void;

  // Faults; those of drivers only in a lane for trucks, elsewhere they do nothing.

  /** A person stands in the light curtain for a while; no loop sees them. */
  person(forMs: number): void;
  /** Something comes from the exit side, under the barrier if that is up by then, and goes back the way it came. */
  wrongWay(forMs: number): void;
  /**
   * At the next passage during which another truck waits, that one follows through the open barrier, `gapMs` after the tail of the
   * first; 0: bumper to bumper.
   */
  tailgate(gapMs?: number): void;
  /** The truck passing, or the next to pass, stops under the barrier for a while. */
  stall(forMs: number): void;
  /** The truck at the stop line backs off the way it came, and joins the end of the queue later. False if there is none. */
  turnBack(): boolean;
  /** The next truck that could drive off backs off instead, as in `turnBack`. */
  hesitate(): void;
}

export interface LaneDevices {
  io: LaneIo;
  camera: SightingDevice;
  rearCamera: SightingDevice | undefined;
  reader: SightingDevice | undefined;
  rearReader: SightingDevice | undefined;
  scale: Scale | undefined;
}

interface Passing {
  readonly visitor: Visitor;
  /** By what lies where: the nose under the barrier, the body, the tail on the exit loop. */
  part: 'nose' | 'body' | 'tail';
  motion: Motion;
}

/** `customs` of the gate the lane belongs to. */
export function createLane(
  context: WorldContext,
  config: LaneConfig,
  devices: LaneDevices,
  customs: Pick<Customs, 'releasedAsKnown'>,
): Lane {
  const { io, camera, rearCamera, reader, rearReader, scale } = devices;
  const { clock } = context;
  const forTrucks = config.traffic === 'truck';
  const outbound = config.checkpoint === 'yard-out' || config.checkpoint === 'border-out';
  const line: Visitor[] = [];
  let standing: Visitor | undefined;
  let passing: Passing[] = [];
  /** Has left the queue to follow the one passing, and is not under the barrier yet. */
  let follower: Visitor | undefined;
  let pullingUp = false;
  let watches: (() => void)[] = [];
  let persons = 0;
  let intruder: 'none' | 'behind' | 'under' = 'none';
  /** How far behind the first the next one will follow. */
  let tailgating: number | undefined;
  let gapMs = 0;
  let stallMs = 0;
  let hesitating = false;

  function sense(): void {
    let approach = standing !== undefined || follower !== undefined;
    let under = intruder === 'under';
    let exit = intruder !== 'none';
    for (const { part } of passing) {
      approach ||= part === 'nose';
      under ||= part !== 'tail';
      exit ||= part !== 'nose';
    }
    io.sense({ approach, under, exit, person: persons > 0 });
  }

  function stand(visitor: Visitor): void {
    standing = visitor;
    sense();
    watches = [camera.watch(() => ({ text: visitor.plate, country: visitor.country }), CAMERA_DELAY_MS)];
    if (rearCamera !== undefined) {
      const { country } = visitor;
      watches.push(
        rearCamera.watch(() => ({ text: visitor.trailer ?? visitor.plate, country }), CAMERA_DELAY_MS),
      );
    }
    // One container is seen at its front and at its doors.
    const look = () => (visitor.container === undefined ? undefined : { text: visitor.container.painted });
    for (const one of [reader, rearReader])
      if (one !== undefined) watches.push(one.watch(look, READER_DELAY_MS));
    scale?.load(grossKgOf(visitor));
    reconsider();
  }

  /** The stop line is empty again: nothing to look at there. */
  function clearStopLine(): void {
    standing = undefined;
    for (const stop of watches) stop();
    watches = [];
    scale?.unload();
  }

  function reconsider(): void {
    if (standing === undefined || passing.length > 0 || io.state.barrier !== 'up') return;
    if (!standing.ready(io.state.light)) return;
    if (hesitating) {
      hesitating = false;
      lane.turnBack();
      return;
    }
    const visitor = standing;
    clearStopLine();
    driveOff(visitor, true);
  }

  /** `led`: let through by the gate, not following somebody who was. */
  function driveOff(visitor: Visitor, led: boolean): void {
    const box = visitor.container;
    const uncleared =
      led && outbound && box !== undefined && needsRelease(box) && !customs.releasedAsKnown(box.number);
    const entry: Passing = {
      visitor,
      part: 'nose',
      motion: startMotion(clock, PASS_NOSE_MS, () => body(entry)),
    };
    passing.push(entry);
    sense();
    visitor.drivesOff({ sign: io.sign, uncleared });
  }

  function body(entry: Passing): void {
    entry.part = 'body';
    entry.motion = startMotion(clock, PASS_BODY_MS, () => tail(entry));
    stopForAWhile(entry);
    letFollow();
    sense();
  }

  function tail(entry: Passing): void {
    entry.part = 'tail';
    entry.motion = startMotion(clock, PASS_TAIL_MS, () => leave(entry));
    if (gapMs === 0) comeThrough();
    else
      clock.after(gapMs, () => {
        comeThrough();
        sense();
      });
    sense();
  }

  function stopForAWhile({ motion }: Passing): void {
    if (stallMs === 0) return;
    motion.halt();
    clock.after(stallMs, () => motion.resume());
    stallMs = 0;
  }

  function letFollow(): void {
    if (tailgating === undefined || pullingUp || follower !== undefined || standing !== undefined) return;
    follower = line.shift();
    if (follower === undefined) return;
    gapMs = tailgating;
    tailgating = undefined;
  }

  /** The way under the barrier is free for the one that follows, if the barrier is still up. */
  function comeThrough(): void {
    const visitor = follower;
    follower = undefined;
    if (visitor === undefined) return;
    if (io.state.barrier === 'up') driveOff(visitor, false);
    else stand(visitor);
  }

  function leave(entry: Passing): void {
    passing = passing.filter((one) => one !== entry);
    sense();
    entry.visitor.passed();
    pullUp();
    reconsider();
  }

  const occupied = (): boolean => standing !== undefined || follower !== undefined || passing.length > 0;

  /**
   * The next driver keeps his distance, so that an attentive gate closes in between; and nobody stands where another was a moment
   * ago.
   */
  function pullUp(): void {
    if (pullingUp || occupied()) return;
    pullingUp = true;
    clock.after(PULL_UP_MS, () => {
      pullingUp = false;
      let next = line.shift();
      while (next !== undefined && lane.divert?.(next)) next = line.shift();
      if (next !== undefined) stand(next);
    });
  }

  function queue(visitor: Visitor): void {
    if (!occupied() && !pullingUp && line.length === 0) stand(visitor);
    else {
      line.push(visitor);
      pullUp();
    }
  }

  function withdraw(visitor: Visitor): boolean {
    const index = line.indexOf(visitor);
    if (index >= 0) line.splice(index, 1);
    else if (standing !== visitor) return false;
    else {
      clearStopLine();
      sense();
      pullUp();
    }
    return true;
  }

  io.watch(reconsider);

  const lane: Lane = {
    config,
    io,
    get standing() {
      return standing;
    },
    get passing() {
      return passing.map(({ visitor }) => visitor);
    },
    get waiting() {
      return line.length;
    },
    get load() {
      return line.length + passing.length + (standing === undefined ? 0 : 1);
    },
    divert: undefined,
    queue,
    stand,
    reconsider,
    withdraw,
    halt(visitor) {
      passing.find((one) => one.visitor === visitor)?.motion.halt();
    },
    resume(visitor) {
      passing.find((one) => one.visitor === visitor)?.motion.resume();
    },

    person: (forMs) =>
      context.act(() => {
        persons += 1;
        sense();
        clock.after(forMs, () => {
          persons -= 1;
          sense();
        });
      }),
    wrongWay: (forMs) =>
      context.act(() => {
        if (intruder !== 'none') return;
        const be = (where: typeof intruder) => (): void => {
          intruder = where;
          sense();
        };
        be('behind')();
        clock.after(forMs / 3, () => {
          if (io.state.barrier === 'up' && passing.length === 0) be('under')();
        });
        clock.after((2 * forMs) / 3, be('behind'));
        clock.after(forMs, be('none'));
      }),
    tailgate(gap = 0) {
      if (forTrucks) tailgating = gap;
    },
    stall: (forMs) =>
      context.act(() => {
        if (!forTrucks) return;
        stallMs = forMs;
        const under = passing.find(({ part }) => part === 'nose' || part === 'body');
        if (under !== undefined) stopForAWhile(under);
      }),
    turnBack: () =>
      context.act(() => {
        const visitor = standing;
        if (visitor === undefined || !forTrucks) return false;
        visitor.backsOff?.();
        clock.after(COME_AGAIN_MS, () => queue(visitor));
        return withdraw(visitor);
      }),
    hesitate() {
      hesitating = forTrucks;
    },
  };
  return lane;
}
