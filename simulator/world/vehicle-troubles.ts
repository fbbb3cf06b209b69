import type { WorldContext } from './context.ts';
import { WANDER_MS } from './durations.ts';
import type { VehicleState } from './ports.ts';

/** Why a vehicle stands still though its way is released. */
type Stop = 'pause' | 'broken' | 'e-stop' | 'lost' | 'mode';
export type VehicleError = VehicleState['errors'][number];

const driveError: VehicleError = {
  errorType: 'driveError',
  errorLevel: 'FATAL',
  errorDescription: 'the drive has failed',
};
const positionError: VehicleError = {
  errorType: 'positionError',
  errorLevel: 'WARNING',
  errorDescription: 'may not be at the node it reports',
};

/** Faults of a vehicle. While one of the first four lasts, it stands where it is; afterwards it goes on. */
export interface VehicleFaults {
  /** A fatal error. */
  breakDown(on: boolean): void;
  /** Somebody pressed the button, or let go of it and acknowledged. */
  eStop(on: boolean): void;
  /** It has lost its position, or found it. */
  delocalize(on: boolean): void;
  /** Other modes than AUTOMATIC also refuse new orders. */
  setMode(mode: VehicleState['mode']): void;
}

export interface VehicleTroubles extends VehicleFaults {
  /** At least one reason to stand still. */
  readonly halted: boolean;
  readonly paused: boolean;
  readonly mode: VehicleState['mode'];
  readonly eStopped: VehicleState['eStop'];
  readonly localized: boolean;
  /** Errors of the vehicle itself, until they are repaired. */
  readonly defects: readonly VehicleError[];
  /** The node it takes for its own while it errs. */
  readonly mistakenNode: string | undefined;
  pause(on: boolean): void;
  /** It reports that node for a moment, with a warning. */
  mistake(nodeId: string): void;
}

/** `halt` and `resume` are called when the first reason to stand still comes and the last one goes, `tell` at every change. */
export function createTroubles(
  context: WorldContext,
  vehicle: { halt(): void; resume(): void; tell(): void },
): VehicleTroubles {
  const stops = new Set<Stop>();
  let defects: VehicleError[] = [];
  let mode: VehicleState['mode'] = 'AUTOMATIC';
  let mistakenNode: string | undefined;

  function stop(reason: Stop, on: boolean): void {
    const stood = stops.size > 0;
    if (on) stops.add(reason);
    else stops.delete(reason);
    vehicle.tell();
    if (stops.size > 0 === stood) return;
    if (stood) vehicle.resume();
    else vehicle.halt();
  }

  function defect(error: VehicleError, on: boolean): void {
    defects = defects.filter((one) => one !== error);
    if (on) defects.push(error);
    vehicle.tell();
  }

  return {
    get halted() {
      return stops.size > 0;
    },
    get paused() {
      return stops.has('pause');
    },
    get mode() {
      return mode;
    },
    get eStopped() {
      return stops.has('e-stop') ? 'MANUAL' : 'NONE';
    },
    get localized() {
      return !stops.has('lost');
    },
    get defects() {
      return defects;
    },
    get mistakenNode() {
      return mistakenNode;
    },
    pause: (on) => stop('pause', on),
    mistake(nodeId) {
      mistakenNode = nodeId;
      defect(positionError, true);
      context.clock.after(WANDER_MS, () => {
        mistakenNode = undefined;
        defect(positionError, false);
      });
    },
    breakDown: (on) =>
      context.act(() => {
        defect(driveError, on);
        stop('broken', on);
      }),
    eStop: (on) => context.act(() => stop('e-stop', on)),
    delocalize: (on) => context.act(() => stop('lost', on)),
    setMode: (next) =>
      context.act(() => {
        mode = next;
        stop('mode', mode !== 'AUTOMATIC');
      }),
  };
}
