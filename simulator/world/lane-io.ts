import { createCell } from './cell.ts';
import type { WorldContext } from './context.ts';
import { BARRIER_TRAVEL_MS } from './durations.ts';
import type { LaneIoModel, LaneIoState } from './ports.ts';

export type Loop = keyof LaneIoState['loops'];

/** What is really there: on the loops, and in the light curtain besides what stands on the loop under the barrier. */
export type Presence = Record<Loop, boolean> & { person: boolean };

/** Sensors and actuators of a lane (or the one loop of a bay), with the hands the world needs on them. */
export interface LaneIo extends LaneIoModel {
  /** Truck bay shown to the driver; undefined while the sign is blank. */
  readonly sign: string | undefined;
  /** What is there now; what is not named stays. */
  sense(seen: Partial<Presence>): void;
  /** Called inside the world after each change of barrier or light, before anybody outside hears of it. */
  watch(listener: () => void): void;
  /** Fault: the barrier drive sticks where it is. Repaired, it takes up its last command. */
  jam(stuck: boolean): void;
  /** Fault: a loop, or the curtain (true: broken), reads `value` whatever is there; undefined repairs it. */
  stickSensor(sensor: Loop | 'curtain', value: boolean | undefined): void;
  /** Fault: a loop reads the opposite of what is there for `halfMs`, then the truth for as long, `times` times. */
  flap(loop: Loop, times: number, halfMs?: number): void;
  /** How often the arm's own safety edge turned it back from something that nobody had been told of. */
  readonly reversals: number;
}

const FLAP_HALF_MS = 120;

/**
 * `equipment` 'bay': no barrier, no light, only the approach loop; commands to what is not there do nothing. `id` names it in
 * incidents.
 */
export function createLaneIo(context: WorldContext, id: string, equipment: 'lane' | 'bay'): LaneIo {
  const { clock } = context;
  const cell = createCell<LaneIoState>(context, {
    loops: { approach: false, under: false, exit: false },
    curtain: 'clear',
    barrier: equipment === 'lane' ? 'down' : 'none',
    light: equipment === 'lane' ? 'red' : 'dark',
  });
  const listeners: (() => void)[] = [];
  let there: Presence = { approach: false, under: false, exit: false, person: false };
  /** What faulty sensors read instead. */
  const fixed = new Map<Loop | 'curtain', boolean>();
  /** 0 is down, 1 is up. */
  let position = 0;
  let goal: 0 | 1 = 0;
  let sinceMs = 0;
  let cancelTravel: (() => void) | undefined;
  let stuck = false;
  let sign: string | undefined;
  let reversals = 0;

  function show(part: Partial<LaneIoState>): void {
    cell.patch(part);
    for (const listener of listeners) listener();
  }

  /** Stops the drive and keeps where the arm is. */
  function halt(): void {
    if (cancelTravel === undefined) return;
    cancelTravel();
    cancelTravel = undefined;
    const travelled = (clock.monotonicMs() - sinceMs) / BARRIER_TRAVEL_MS;
    position = goal === 1 ? Math.min(1, position + travelled) : Math.max(0, position - travelled);
  }

  const obstructed = (): boolean => there.under || there.person;

  function drive(to: 0 | 1): void {
    halt();
    goal = to;
    if (stuck) return;
    sinceMs = clock.monotonicMs();
    const durationMs = Math.abs(goal - position) * BARRIER_TRAVEL_MS;
    if (durationMs === 0) {
      arrive();
      return;
    }
    show({ barrier: 'moving' });
    if (goal === 0 && obstructed()) turnBack();
    else cancelTravel = clock.after(durationMs, arrive);
  }

  function arrive(): void {
    cancelTravel = undefined;
    position = goal;
    show({ barrier: goal === 1 ? 'up' : 'down' });
  }

  /** The safety edge of the arm has met something on its way down. */
  function turnBack(): void {
    reversals += 1;
    drive(1);
  }

  function lower(told: LaneIoState): void {
    halt();
    if (obstructed() && position > 0 && !stuck && (told.loops.under || told.curtain === 'broken'))
      context.mishap('strikes', `${id}: lowered onto ${there.under ? 'a vehicle' : 'a person'}`);
    drive(0);
  }

  /** Writes what the sensors make of what is there. */
  function read(more: Partial<LaneIoState> = {}): void {
    const { approach, under, exit } = there;
    cell.patch({
      ...more,
      loops: {
        approach: fixed.get('approach') ?? approach,
        under: fixed.get('under') ?? under,
        exit: fixed.get('exit') ?? exit,
      },
      curtain: (fixed.get('curtain') ?? obstructed()) ? 'broken' : 'clear',
    });
  }

  function stickSensor(sensor: Loop | 'curtain', value: boolean | undefined): void {
    if (value === undefined) fixed.delete(sensor);
    else fixed.set(sensor, value);
    read();
  }

  return {
    get state() {
      return cell.state;
    },
    changes: cell.changes,
    get sign() {
      return sign;
    },
    get reversals() {
      return reversals;
    },
    barrier(to, shown, told) {
      if (equipment !== 'lane') return;
      context.act(() => {
        if (to === 'lower') return lower(told ?? cell.state);
        sign = shown;
        drive(1);
      });
    },
    light(to) {
      if (equipment === 'lane') context.act(() => show({ light: to }));
    },
    sense(seen) {
      const hasPassed = there.under && seen.under === false;
      there = { ...there, ...seen };
      // The lane's own controller: a green light is for one.
      read(hasPassed && equipment === 'lane' ? { light: 'red' } : {});
      if (obstructed() && cancelTravel !== undefined && goal === 0) turnBack();
    },
    watch: (listener) => listeners.push(listener),
    jam(next) {
      context.act(() => {
        if (next === stuck || equipment !== 'lane') return;
        halt();
        stuck = next;
        if (stuck) show({ barrier: 'fault' });
        else drive(goal);
      });
    },
    stickSensor: (sensor, value) => context.act(() => stickSensor(sensor, value)),
    flap(loop, times, halfMs = FLAP_HALF_MS) {
      let left = 2 * times;
      const half = (): void => {
        left -= 1;
        stickSensor(loop, left % 2 === 1 ? !there[loop] : undefined);
        if (left > 0) clock.after(halfMs, half);
      };
      context.act(half);
    },
  };
}
