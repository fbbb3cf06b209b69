/** What stands behind the doors: the loop and its journal. People go first; bulk from outside waits its turn, bounded. */

import type { Input, InputSource } from '../core/input.ts';
import { liveView } from '../core/live.ts';
import type { GateState } from '../core/state.ts';
import type { Journal } from '../journal/journal.ts';
import { type Clock, sleep } from '../platform/clock.ts';
import { GateError } from '../platform/errors.ts';
import type { DoorHost } from './door.ts';
import type { ControlLoop } from './loop.ts';

/** Inputs from customs and counterpart stepped before devices get their turn again. */
const BULK_PER_TURN = 32;

interface Waiting {
  input: Input;
  from: InputSource;
  resolve(answer: { seq: number; repeated: boolean }): void;
  reject(error: unknown): void;
}

export function createDoorHost(options: {
  loop: ControlLoop;
  journal: Journal;
  clock: Clock;
  waitingMax: number;
}): DoorHost {
  const { loop, journal, clock, waitingMax } = options;
  const bulk: Waiting[] = [];
  let unanswered = 0;
  let planned = false;

  const admit = ({ input, from, resolve, reject }: Waiting): void => {
    try {
      const { durable, repeated } = loop.admit(input, from);
      durable.then((seq) => resolve({ seq, repeated }), reject);
    } catch (error) {
      reject(error);
    }
  };
  const plan = (): void => {
    if (planned) return;
    planned = true;
    clock.after(0, () => {
      planned = false;
      for (const waiting of bulk.splice(0, BULK_PER_TURN)) admit(waiting);
      if (bulk.length > 0) plan();
    });
  };

  return {
    batchInFlightMax: Math.max(1, Math.floor(waitingMax / 4)),
    turn: () => sleep(clock, 0),
    async submit(input, from) {
      // A person's stop is never turned away, however much waits.
      if (input.type !== 'operator-act' && unanswered >= waitingMax) {
        throw new GateError(
          'DOOR_FULL',
          `${unanswered} inputs wait for the disk`,
          'Wait a moment and send it again.',
        );
      }
      unanswered += 1;
      try {
        return await new Promise((resolve, reject) => {
          const waiting: Waiting = { input, from, resolve, reject };
          if (input.type === 'operator-act') admit(waiting);
          else {
            bulk.push(waiting);
            plan();
          }
        });
      } finally {
        unanswered -= 1;
      }
    },
    read: (after, limit, inputs) => journal.read(after, limit, inputs),
    onDurable: (listener) => loop.onDurable(listener),
    state: () => ({
      ...loop.state,
      lists: withoutEntries(loop.state.lists),
      filter: { ...loop.state.filter, saltSeed: '' },
      storage: loop.storage,
    }),
    live: () => liveView(loop.state),
  };
}

/** Who is on a list is asked of nobody through a door, and a hundred thousand entries are long to write. */
const withoutEntries = (lists: GateState['lists']): GateState['lists'] =>
  Object.fromEntries(Object.entries(lists).map(([id, list]) => [id, { ...list, entries: [] }]));
