import type { Container } from './container.ts';
import type { Country } from './plates.ts';
import type { LaneIoState } from './ports.ts';

/** Something on wheels that can carry one container. */
export interface Carrier {
  readonly plate: string;
  /** Of what it draws; undefined: it draws nothing, and has its own plate at the rear, too. */
  readonly trailer?: string | undefined;
  readonly country: Country;
  readonly tareKg: number;
  readonly container: Container | undefined;
  /** A crane has set a container on it and unlocked. */
  put(container: Container): void;
  /** A crane has lifted its container off. */
  take(): Container | undefined;
  /** The hoist above it is clear again. */
  hoistCleared(): void;
}

/** What is settled when something drives off from a stop line. */
export interface Departure {
  /** Truck bay on the sign of the lane, if one was shown. */
  sign: string | undefined;
  /** The gate lets a container out that customs has not released. */
  uncleared: boolean;
}

/** A carrier at the stop line of a lane. */
export interface Visitor extends Carrier {
  /** Whether it drives on now, the barrier being up. */
  ready(light: LaneIoState['light']): boolean;
  /** The way is open and it was ready: it drives off from the stop line. */
  drivesOff(departure: Departure): void;
  /** It backs off from the stop line, to come again later. */
  backsOff?(): void;
  /** Its tail has left the exit loop. */
  passed(): void;
}

export const grossKgOf = (carrier: Carrier): number => carrier.tareKg + (carrier.container?.grossKg ?? 0);
