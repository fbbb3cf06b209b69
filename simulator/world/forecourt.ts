import type { Bay } from './bay.ts';
import type { WorldContext } from './context.ts';
import { PULL_UP_MS } from './durations.ts';

/** The ground before the truck bays: drivers wait here, first come, first served. */
export interface Forecourt {
  /**
   * Runs `enter` with the bay a driver was shown as soon as that is free; with any free one if no sign was shown or it names
   * none here. The returned function gives up waiting.
   */
  ask(sign: string | undefined, enter: (bay: Bay) => void): () => void;
  /** The bay's driver has left. */
  release(bay: Bay): void;
  /** Fault: the next driver who was shown a bay goes to another one, of those that `pleases`, if there is any. */
  wrongBay(pleases?: (bay: string) => boolean): void;
}

interface Waiting {
  bay: Bay | undefined;
  enter(bay: Bay): void;
}

export function createForecourt(context: WorldContext, bays: readonly Bay[]): Forecourt {
  let free = [...bays];
  let waiting: Waiting[] = [];
  let misled: ((bay: string) => boolean) | undefined;

  /** The bay a driver heads for. */
  function heading(sign: string | undefined): Bay | undefined {
    const shown = bays.find(({ id }) => id === sign);
    if (shown === undefined || misled === undefined) return shown;
    const pleases = misled;
    misled = undefined;
    const others = bays.filter((bay) => bay !== shown && pleases(bay.id));
    return others[Math.floor(context.random.next() * others.length)] ?? shown;
  }

  return {
    ask(sign, enter) {
      const driver: Waiting = { bay: heading(sign), enter };
      const bay = driver.bay === undefined ? free[0] : free.find((one) => one === driver.bay);
      if (bay === undefined) waiting.push(driver);
      else {
        free = free.filter((one) => one !== bay);
        enter(bay);
      }
      return () => {
        waiting = waiting.filter((one) => one !== driver);
      };
    },
    release(bay) {
      context.clock.after(PULL_UP_MS, () => {
        const next = waiting.find((one) => one.bay === undefined || one.bay === bay);
        if (next === undefined) {
          free.push(bay);
          return;
        }
        waiting = waiting.filter((one) => one !== next);
        next.enter(bay);
      });
    },
    wrongBay(pleases = () => true) {
      misled = pleases;
    },
  };
}
