/**
 * One thing different: something in a gate's state is changed for the length of one question to the interlock, and then put
 * back. What the right answer is follows from the change alone.
 */
import type { Command } from '../../edge/core/effect.ts';
import type { GateState } from '../../edge/core/state.ts';

/** Puts back what was changed. */
export type Undo = () => void;

export interface WhatIf {
  /** As a person would say it: `the barrier reports a fault`. */
  what: string;
  /** Whether the command may still leave. */
  allowed: boolean;
  make(): Undo;
  /** Asked for instead of the command itself, where that is what is different. */
  command?: Command;
}

/** Changes one entry; undone, it is as it was, the order of entries included. */
export function put<T extends object, K extends keyof T>(target: T, key: K, value: T[K]): Undo {
  const known = key in target;
  const before = target[key];
  target[key] = value;
  return () => {
    if (known) target[key] = before;
    else delete target[key];
  };
}

/** Several changes as one; undone last to first. */
export const together =
  (...undos: readonly Undo[]): Undo =>
  () => {
    for (const undo of undos.toReversed()) undo();
  };

export const nothing = (): Undo => () => {};

/** Nobody of that name exists. */
export const NOBODY = 'probe-nobody';

export const refused = (what: string, make: () => Undo): WhatIf => ({ what, allowed: false, make });
export const stillAllowed = (what: string, make: () => Undo): WhatIf => ({ what, allowed: true, make });
export const instead = (what: string, command: Command): WhatIf => ({
  what,
  allowed: false,
  make: nothing,
  command,
});

export function silent(state: GateState, device: string): WhatIf {
  return refused(`${device} were silent`, () => {
    const view = state.devices[device];
    return view === undefined ? nothing() : put(view, 'status', 'stale');
  });
}
