import type { Container } from './container.ts';

/** Where a crane can pick a container up or set one down. */
export interface Place {
  readonly id: string;
  readonly container: Container | undefined;
  /** Whether a container can be set down here now. */
  readonly canTake: boolean;
  put(container: Container): void;
  take(): Container | undefined;
  /** The crane above tells whether its hoist is low over this place. */
  hoist(low: boolean): void;
}

/** A yard slot: a rectangle of concrete for one container, empty at the start. */
export function createSlot(id: string): Place {
  let container: Container | undefined;
  return {
    id,
    get container() {
      return container;
    },
    get canTake() {
      return container === undefined;
    },
    put(box) {
      container = box;
    },
    take() {
      const box = container;
      container = undefined;
      return box;
    },
    hoist() {},
  };
}
