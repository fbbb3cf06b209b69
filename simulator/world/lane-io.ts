import { createCell } from './cell.ts';
import type { WorldContext } from './context.ts';
import { BARRIER_TRAVEL_MS } from './durations.ts';
import type { LaneIoModel, LaneIoState } from './ports.ts';

/** Sensors and actuators of a lane (or the one loop of a bay), with the hands the world needs on them. */
export interface LaneIo extends LaneIoModel {
  /** What the loops and the light curtain see now; what is not named stays. */
  sense(seen: { approach?: boolean; under?: boolean; exit?: boolean }): void;
  /** Called inside the world after each change of barrier or light, before anybody outside hears of it. */
  watch(listener: () => void): void;
  /** Fault: the barrier drive sticks where it is. Repaired, it takes up its last command. */
  jam(stuck: boolean): void;
}

/** `equipment` 'bay': no barrier, no light, only the approach loop; commands to what is not there do nothing. */
export function createLaneIo(context: WorldContext, equipment: 'lane' | 'bay'): LaneIo {
  const { clock } = context;
  const cell = createCell<LaneIoState>(context, {
    loops: { approach: false, under: false, exit: false },
    curtain: 'clear',
    barrier: equipment === 'lane' ? 'down' : 'none',
    light: equipment === 'lane' ? 'red' : 'dark',
  });
  const listeners: (() => void)[] = [];
  /** 0 is down, 1 is up. */
  let position = 0;
  let goal: 0 | 1 = 0;
  let sinceMs = 0;
  let cancelTravel: (() => void) | undefined;
  let stuck = false;

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
    if (goal === 0 && cell.state.curtain === 'broken') strike();
    else cancelTravel = clock.after(durationMs, arrive);
  }

  function arrive(): void {
    cancelTravel = undefined;
    position = goal;
    show({ barrier: goal === 1 ? 'up' : 'down' });
  }

  /** The arm meets something on its way down and goes back up by itself. */
  function strike(): void {
    context.tally.strikes += 1;
    drive(1);
  }

  return {
    get state() {
      return cell.state;
    },
    changes: cell.changes,
    barrier(to) {
      if (equipment === 'lane') context.act(() => drive(to === 'raise' ? 1 : 0));
    },
    light(to) {
      if (equipment === 'lane') context.act(() => show({ light: to }));
    },
    sense(seen) {
      const loops = { ...cell.state.loops, ...seen };
      cell.patch({ loops, curtain: loops.under ? 'broken' : 'clear' });
      if (loops.under && cancelTravel !== undefined && goal === 0) strike();
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
  };
}
