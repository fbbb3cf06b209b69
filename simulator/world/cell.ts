import { Subject } from 'rxjs';
import type { WorldContext } from './context.ts';
import type { Model } from './ports.ts';

/** A state that tells each of its changes. Its fields are plain values, or flat records of plain values. */
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
      if (!differs(state, part)) return;
      const next = { ...state, ...part };
      state = next;
      context.say(() => changes.next(next));
    },
  };
}

/** Whether a field of `part` is another one than in `state`; records are compared field by field. */
function differs<T extends object>(state: T, part: Partial<T>): boolean {
  for (const key in part) {
    const [was, is] = [state[key], part[key]];
    if (was === is) continue;
    if (typeof was !== 'object' || typeof is !== 'object' || was === null || is === null) return true;
    if (differs<object>(was, is ?? {})) return true;
  }
  return false;
}
