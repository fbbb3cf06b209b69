import type { LaneConfig } from '../../config/schema.ts';
import { grossKgOf, type Visitor } from './carrier.ts';
import type { WorldContext } from './context.ts';
import {
  CAMERA_DELAY_MS,
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

/** A lane with its barrier: who queues, who stands at the stop line, who passes. One passes at a time. */
export interface Lane {
  readonly config: LaneConfig;
  readonly io: LaneIo;
  /** At the stop line. */
  readonly standing: Visitor | undefined;
  /** How many wait behind the stop line. */
  readonly waiting: number;
  /** Comes from the open road, one behind the other. */
  queue(visitor: Visitor): void;
  /** Stops at the stop line, which must be free. */
  stand(visitor: Visitor): void;
  /** The one at the stop line may have changed its mind. */
  reconsider(): void;
  /** The one passing stops where it is, and goes on. */
  halt(visitor: Visitor): void;
  resume(visitor: Visitor): void;
}

export interface LaneDevices {
  io: LaneIo;
  camera: SightingDevice;
  reader: SightingDevice | undefined;
  scale: Scale | undefined;
}

/** Parts of a passage, by what lies where: the nose under the barrier, the body, the tail on the exit loop. */
const passage = [
  { part: 'nose', durationMs: PASS_NOSE_MS },
  { part: 'body', durationMs: PASS_BODY_MS },
  { part: 'tail', durationMs: PASS_TAIL_MS },
] as const;

export function createLane(context: WorldContext, config: LaneConfig, devices: LaneDevices): Lane {
  const { io, camera, reader, scale } = devices;
  const { clock } = context;
  const line: Visitor[] = [];
  let standing: Visitor | undefined;
  let passing: { visitor: Visitor; stage: number; motion: Motion } | undefined;
  let pullingUp = false;
  let watches: (() => void)[] = [];

  function sense(): void {
    const part = passing && passage[passing.stage]?.part;
    io.sense({
      approach: standing !== undefined || part === 'nose',
      under: part === 'nose' || part === 'body',
      exit: part === 'body' || part === 'tail',
    });
  }

  function stand(visitor: Visitor): void {
    standing = visitor;
    sense();
    watches = [
      camera.watch(() => ({ text: visitor.plate, country: visitor.country }), CAMERA_DELAY_MS),
      ...(reader === undefined
        ? []
        : [
            reader.watch(
              () => (visitor.container === undefined ? undefined : { text: visitor.container.painted }),
              READER_DELAY_MS,
            ),
          ]),
    ];
    scale?.load(grossKgOf(visitor));
    reconsider();
  }

  function reconsider(): void {
    if (standing === undefined || passing !== undefined || io.state.barrier !== 'up') return;
    if (!standing.ready(io.state.light)) return;
    const visitor = standing;
    standing = undefined;
    for (const stop of watches) stop();
    scale?.unload();
    enter(visitor, 0);
    visitor.drivesOff();
  }

  function enter(visitor: Visitor, stage: number): void {
    const next = passage[stage];
    if (next === undefined) {
      passing = undefined;
      sense();
      visitor.passed();
      pullUp();
      reconsider();
      return;
    }
    passing = {
      visitor,
      stage,
      motion: startMotion(clock, next.durationMs, () => enter(visitor, stage + 1)),
    };
    sense();
  }

  /** The next driver keeps his distance, so that an attentive gate closes in between. */
  function pullUp(): void {
    if (pullingUp || line.length === 0) return;
    pullingUp = true;
    clock.after(PULL_UP_MS, () => {
      pullingUp = false;
      const next = line.shift();
      if (next !== undefined) stand(next);
    });
  }

  io.watch(reconsider);

  return {
    config,
    io,
    get standing() {
      return standing;
    },
    get waiting() {
      return line.length;
    },
    queue(visitor) {
      if (standing === undefined && passing === undefined && !pullingUp && line.length === 0) stand(visitor);
      else {
        line.push(visitor);
        if (standing === undefined && passing === undefined) pullUp();
      }
    },
    stand,
    reconsider,
    halt(visitor) {
      if (passing?.visitor === visitor) passing.motion.halt();
    },
    resume(visitor) {
      if (passing?.visitor === visitor) passing.motion.resume();
    },
  };
}
