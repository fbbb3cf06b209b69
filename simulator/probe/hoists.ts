/** What a crane would have to be like to stand in the way of a vehicle that leaves its bay, and what not. */
import type { Crossing, GateState, Job } from '../../edge/core/state.ts';
import type { Watched } from '../invariants/scene.ts';
import {
  NOBODY,
  nothing,
  put,
  refused,
  silent,
  stillAllowed,
  together,
  type Undo,
  type WhatIf,
} from './what-if.ts';

export type CraneView = NonNullable<GateState['cranes'][string]>;
type Spreader = CraneView['spreader'];

/** Signals that cannot be true together. */
export const CONTRADICTIONS: readonly [what: string, signals: Partial<Spreader> & { up?: boolean }][] = [
  ['locked and unlocked', { locked: true, unlocked: true }],
  ['loaded, neither locked nor landed', { loaded: true, locked: false, landed: false }],
  ['landed with the hoist up', { landed: true, locked: true, unlocked: false, up: true }],
];

/** Signals that can. */
export const CONSISTENT: readonly [what: string, signals: Partial<Spreader> & { up?: boolean }][] = [
  ['open and empty', { locked: false, unlocked: true, loaded: false, landed: false, up: true }],
  ['neither open nor closed', { locked: false, unlocked: false, loaded: false, landed: false, up: true }],
];

export function withSignals(
  view: CraneView,
  { up, ...signals }: Partial<Spreader> & { up?: boolean },
): CraneView {
  return { ...view, hoistClear: up ?? view.hoistClear, spreader: { ...view.spreader, ...signals } };
}

/** Gives the crane a job of a crossing for as long as the question lasts. */
function works(
  state: GateState,
  crane: string,
  crossing: Crossing,
  job: Pick<Job, 'from' | 'to' | 'state'>,
): Undo {
  return together(
    put(state.jobs, crane, crossing.id),
    put(crossing, 'job', { jobId: NOBODY, crane, ...job }),
  );
}

/** For a vehicle of `crossing` that leaves `bay`, as it may now. */
export function hoistWhatIfs({ plan, gate: { state } }: Watched, bay: string, crossing: Crossing): WhatIf[] {
  return plan.cranesOver(bay).flatMap((crane): WhatIf[] => {
    const view = state.cranes[crane];
    if (view == null) return [];
    const seen = (as: Partial<CraneView>) => () => put(state.cranes, crane, { ...view, ...as });
    return [
      silent(state, crane),
      refused(`the hoist of ${crane} were low over ${bay}`, seen({ hoistClear: false, position: bay })),
      refused(`${crane} travelled with its hoist low`, seen({ hoistClear: false, position: 'travelling' })),
      stillAllowed(`the hoist of ${crane} were low elsewhere`, seen({ hoistClear: false, position: NOBODY })),
      stillAllowed(`${crane} were by hand`, seen({ mode: 'manual' })),
      ...CONTRADICTIONS.map(([what, signals]) =>
        refused(`the spreader of ${crane} were ${what}`, () =>
          put(state.cranes, crane, withSignals({ ...view, position: NOBODY }, signals)),
        ),
      ),
      ...CONSISTENT.map(([what, signals]) =>
        stillAllowed(`the spreader of ${crane} were ${what}`, () =>
          put(state.cranes, crane, withSignals(view, signals)),
        ),
      ),
      refused(`${crane} were to set down in ${bay}`, () =>
        works(state, crane, crossing, { from: NOBODY, to: bay, state: 'running' }),
      ),
      refused(`${crane} were to pick up in ${bay}`, () =>
        works(state, crane, crossing, { from: bay, to: NOBODY, state: 'running' }),
      ),
      stillAllowed(`${crane} held what it had picked up in ${bay}`, () =>
        works(state, crane, crossing, { from: bay, to: NOBODY, state: 'held' }),
      ),
      stillAllowed(`${crane} worked elsewhere`, () =>
        works(state, crane, crossing, { from: NOBODY, to: NOBODY, state: 'running' }),
      ),
    ];
  });
}

/** By the other side's word, for a bay abroad. */
export function hoistAbroadWhatIfs({ gate: { state } }: Watched, node: string): WhatIf[] {
  const { live } = state;
  if (live === null) return [];
  return [
    refused('the link were down', () => put(state.link, 'up', false)),
    refused('what the other side shows were old', () => put(live, 'fresh', false)),
    refused('the other side showed nothing', () => put(state, 'live', null)),
    refused('the other side showed a low hoist', () => put(live.bays, node, { clear: false })),
    refused('the other side did not show the bay', () => {
      const { [node]: shown, ...others } = live.bays;
      return shown === undefined ? nothing() : put(live, 'bays', others);
    }),
  ];
}
