import type { Bay } from './bay.ts';
import type { Visitor } from './carrier.ts';
import type { Container } from './container.ts';
import type { WorldContext } from './context.ts';
import { ESCORT_MS, TRUCK_DRIVE_MS, TRUCK_TARE_KG } from './durations.ts';
import type { Forecourt } from './forecourt.ts';
import type { Lane } from './lane.ts';
import type { Country } from './plates.ts';

export interface TruckTrip {
  plate: string;
  /** Of its own trailer, as booked. */
  trailer?: string;
  /** Of the trailer it comes with instead, until it has to back off. */
  hitched?: string;
  country: Country;
  /** What it brings; a truck that brings nothing has come to fetch. */
  container?: Container;
  /** The lane a driver chooses on seeing the queues. */
  yardIn(): Lane;
  /** `container`: what it leaves with. */
  yardOut(container: Container | undefined): Lane;
  forecourt: Forecourt;
  /** It has passed `yard-out` for good, with what it then carried. */
  gone(container: Container | undefined): void;
}

/**
 * A truck with a driver, on its round: in at `yard-in`, below the crane in the truck bay it was shown until its errand is done
 * and the hoist is clear, out at `yard-out`. At a lane the driver waits for the open barrier and the green light.
 */
export interface Truck extends Visitor {
  readonly where: 'yard-in' | 'yard' | 'yard-out' | 'gone';
  /** The bay it stands in. */
  readonly bay: string | undefined;
  /** People bring it out of its bay and the yard. False if it is not in the yard, or stands below a hoist that is not clear. */
  leaveYard(): boolean;
  /**
   * People send it from its bay to another one, or from before `yard-in` past the lane; there it must be in no queue any more. False
   * if it is anywhere else, or below a hoist that is not clear.
   */
  directTo(bay: string): boolean;
  /** People tell its driver, who has come to fetch, to leave with nothing and to come again. False if it is in no bay, or below a hoist that is not clear. */
  leaveEmpty(): boolean;
  /** It joins a queue at `yard-in` again. */
  comeAgain(): void;
  /** People bring it out of the yard to the end of a queue at `yard-in`, as it is. False where `leaveYard` is. */
  escortOut(): boolean;
}

export function sendTruck(context: WorldContext, trip: TruckTrip): Truck {
  const { clock } = context;
  const errand = trip.container === undefined ? 'fetch' : 'deliver';
  let container = trip.container;
  let trailer = trip.hitched ?? trip.trailer;
  let where: Truck['where'] = 'yard-in';
  let bay: Bay | undefined;
  let sign: string | undefined;
  let uncleared = false;
  /** Breaks off what it does between `yard-in` and its bay. */
  let turnOff: (() => void) | undefined;

  const served = (): boolean => (errand === 'fetch') === (container !== undefined);

  function leaveBay(): void {
    if (bay === undefined) return;
    const left = bay;
    bay = undefined;
    left.leave();
    trip.forecourt.release(left);
  }

  function leaveWhenServed(): void {
    if (bay === undefined || bay.hoistLow || !served()) return;
    driveOut();
  }

  function driveOut(): void {
    leaveBay();
    clock.after(TRUCK_DRIVE_MS, () => {
      where = 'yard-out';
      trip.yardOut(container).queue(truck);
    });
  }

  function driveToBay(): void {
    where = 'yard';
    turnOff = clock.after(TRUCK_DRIVE_MS, () => {
      turnOff = trip.forecourt.ask(sign, (free) => {
        turnOff = undefined;
        bay = free;
        free.enter(truck);
      });
      // Asking may have been answered at once: nothing to break off then.
      if (bay !== undefined) turnOff = undefined;
    });
  }

  const truck: Truck = {
    plate: trip.plate,
    get trailer() {
      return trailer;
    },
    country: trip.country,
    tareKg: TRUCK_TARE_KG,
    get container() {
      return container;
    },
    get where() {
      return where;
    },
    get bay() {
      return bay?.id;
    },
    put(box) {
      container = box;
      leaveWhenServed();
    },
    take() {
      const box = container;
      container = undefined;
      leaveWhenServed();
      return box;
    },
    hoistCleared: leaveWhenServed,
    ready: (light) => light === 'green',
    backsOff() {
      trailer = trip.trailer;
    },
    drivesOff(departure) {
      ({ sign, uncleared } = departure);
    },
    passed() {
      if (where === 'yard-in') return driveToBay();
      where = 'gone';
      if (uncleared)
        context.mishap(
          'unclearedOut',
          `${trip.plate} took ${container?.number ?? 'nothing'} out by yard-out`,
        );
      if (served()) return trip.gone(container);
      where = 'yard-in';
      clock.after(ESCORT_MS, truck.comeAgain);
    },
    leaveYard() {
      if (where !== 'yard' || (bay === undefined ? turnOff === undefined : bay.hoistLow)) return false;
      turnOff?.();
      turnOff = undefined;
      leaveBay();
      where = 'yard-in';
      return true;
    },
    directTo: (other) =>
      context.act(() => {
        if (where !== 'yard-in' && (bay === undefined || bay.hoistLow)) return false;
        leaveBay();
        sign = other;
        driveToBay();
        return true;
      }),
    leaveEmpty: () =>
      context.act(() => {
        if (bay === undefined || bay.hoistLow || served()) return false;
        driveOut();
        return true;
      }),
    comeAgain: () => trip.yardIn().queue(truck),
    escortOut: () =>
      context.act(() => {
        const left = truck.leaveYard();
        if (left) clock.after(ESCORT_MS, truck.comeAgain);
        return left;
      }),
  };
  truck.comeAgain();
  return truck;
}
