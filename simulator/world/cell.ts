import { isDeepStrictEqual } from 'node:util';
import { Subject } from 'rxjs';
import type { WorldContext } from './context.ts';
import type { Model } from './ports.ts';

/** A state that tells each of its changes. */
export interface Cell<State> extends Model<State> {
  /** Replaces some fields; says nothing when they are as they were. */
  patch(part: Partial<State>): void;
}

export function createCell<State extends object>(context: WorldContext, initial: State): Cell<State> {
  const changes = new Subject<State>();
  let state = initial;
  return {
    get state() {
      return state;
    },
    changes,
    patch(part) {
      const next = { ...state, ...part };
      if (isDeepStrictEqual(next, state)) return;
      state = next;
      context.say(() => changes.next(next));
    },
  };
}
