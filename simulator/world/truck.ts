import type { Bay } from './bay.ts';
import type { Visitor } from './carrier.ts';
import type { Container } from './container.ts';
import type { WorldContext } from './context.ts';
import { PULL_UP_MS, TRUCK_DRIVE_MS, TRUCK_TARE_KG } from './durations.ts';
import type { Lane } from './lane.ts';
import type { Country } from './plates.ts';

/** The ground before the truck bays: drivers wait here, first come, first served. */
export interface Forecourt {
  /** Runs `enter` with a bay as soon as one is free for this driver. */
  ask(enter: (bay: Bay) => void): void;
  /** The bay's driver has left. */
  release(bay: Bay): void;
}

export function createForecourt(context: WorldContext, bays: readonly Bay[]): Forecourt {
  const free = [...bays];
  const waiting: ((bay: Bay) => void)[] = [];
  return {
    ask(enter) {
      const bay = free.shift();
      if (bay === undefined) waiting.push(enter);
      else enter(bay);
    },
    release(bay) {
      context.clock.after(PULL_UP_MS, () => {
        const enter = waiting.shift();
        if (enter === undefined) free.push(bay);
        else enter(bay);
      });
    },
  };
}

export interface TruckTrip {
  plate: string;
  country: Country;
  /** What it brings; a truck that brings nothing has come to fetch. */
  container?: Container;
  yardIn: Lane;
  yardOut: Lane;
  forecourt: Forecourt;
  /** It has passed `yard-out`, with what it then carried. */
  gone(container: Container | undefined): void;
}

/**
 * A truck with a driver, on its round: in at `yard-in`, below the crane in a truck bay until its errand is done and the
 * hoist is clear, out at `yard-out`. At a lane the driver waits for the open barrier and the green light.
 */
export interface Truck extends Visitor {
  readonly where: 'yard-in' | 'yard' | 'yard-out' | 'gone';
}

export function sendTruck(context: WorldContext, trip: TruckTrip): Truck {
  const { clock } = context;
  const errand = trip.container === undefined ? 'fetch' : 'deliver';
  let container = trip.container;
  let where: Truck['where'] = 'yard-in';
  let bay: Bay | undefined;

  const served = (): boolean => (errand === 'fetch') === (container !== undefined);

  function leaveWhenServed(): void {
    if (bay === undefined || bay.hoistLow || !served()) return;
    const left = bay;
    bay = undefined;
    left.leave();
    trip.forecourt.release(left);
    clock.after(TRUCK_DRIVE_MS, () => {
      where = 'yard-out';
      trip.yardOut.queue(truck);
    });
  }

  const truck: Truck = {
    plate: trip.plate,
    country: trip.country,
    tareKg: TRUCK_TARE_KG,
    get container() {
      return container;
    },
    get where() {
      return where;
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
    drivesOff() {},
    passed() {
      if (where === 'yard-out') {
        where = 'gone';
        trip.gone(container);
        return;
      }
      where = 'yard';
      clock.after(TRUCK_DRIVE_MS, () =>
        trip.forecourt.ask((free) => {
          bay = free;
          free.enter(truck);
        }),
      );
    },
  };
  trip.yardIn.queue(truck);
  return truck;
}
