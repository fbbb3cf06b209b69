/** What would be wrong, one thing at a time, with opening a lane that may open, and with closing one that may close. */
import { type Reason, reason } from '../../edge/core/reasons.ts';
import type { Crossing, GateState, LaneState, Visit } from '../../edge/core/state.ts';
import type { Watched } from '../invariants/scene.ts';
import { NOBODY, put, refused, stillAllowed, together, type Undo, type WhatIf } from './what-if.ts';

type Sensors = NonNullable<GateState['laneIo'][string]>;

export const FINDING: Reason = reason('JOB_LOST', 'what if');

const shown = (state: GateState, io: string, sensors: Sensors): Undo => put(state.laneIo, io, sensors);

/** What the lane of `io` may not open for; nothing where it does not open for anybody now. */
export function laneWhatIfs({ plan, gate: { state } }: Watched, io: string): WhatIf[] {
  const lane = plan.laneOfIo.get(io);
  const view = lane === undefined ? undefined : state.lanes[lane.id];
  const sensors = state.laneIo[io];
  if (view == null || view.visit === null || sensors == null) return [];
  const { visit } = view;
  const crossing = state.crossings[visit.crossing ?? ''];
  return [
    ...wayWhatIfs(state, io, sensors, visit),
    refused('the barrier reported a fault', () => shown(state, io, { ...sensors, barrier: 'fault' })),
    refused('nothing stood there', () => put(view, 'visit', null)),
    refused('what stands there were not released', () => put(visit, 'released', false)),
    refused('another had been released', () => put(visit, 'crossing', NOBODY)),
    refused('nobody had seen who it is', () =>
      together(put(visit, 'plates', []), put(visit, 'trailers', []), put(visit, 'identifiedAs', NOBODY)),
    ),
    refused('the lane were stopped', () => put(view, 'stopped', true)),
    refused('the lane were in maintenance', () => put(view, 'mode', 'maintenance')),
    stillAllowed('the lane had been closed after it was promised', () => put(view, 'mode', 'closed')),
    ...(crossing?.lineClear?.used === true
      ? [stillAllowed('the link were lost after its line clear was used', () => put(state.link, 'up', false))]
      : []),
    ...(crossing === undefined
      ? []
      : [
          refused('something had been found', () => put(crossing, 'findings', [FINDING])),
          ...asideWhatIfs(state, visit, crossing),
        ]),
  ];
}

/** What is wrong with its cargo keeps it from its bay, and not from the refuge slot that is its own. */
function asideWhatIfs(state: GateState, { refuge }: Visit, crossing: Crossing): WhatIf[] {
  const recalled = () => put(crossing, 'findings', [...crossing.findings, reason('RECALLED')]);
  if (refuge === undefined) return [refused('it had been recalled', recalled)];
  const resource = `node:${refuge}`;
  return [
    stillAllowed('it had been recalled', recalled),
    refused('its refuge slot were another’s', () => put(state.owners, resource, NOBODY)),
    refused('its refuge slot were nobody’s', () => put(state.owners, resource, '')),
  ];
}

function wayWhatIfs(state: GateState, io: string, sensors: Sensors, visit: Visit): WhatIf[] {
  const { loops } = sensors;
  const below: Sensors = {
    ...sensors,
    loops: { approach: false, under: true, exit: true },
    curtain: 'broken',
  };
  const itsOwn = stillAllowed('it were itself what is seen below the barrier', () =>
    together(put(visit, 'under', true), shown(state, io, below)),
  );
  if (visit.under) return [itsOwn];
  return [
    itsOwn,
    refused('the stop line were empty', () =>
      shown(state, io, { ...sensors, loops: { ...loops, approach: false } }),
    ),
    refused('something were under the barrier', () =>
      shown(state, io, { ...sensors, loops: { ...loops, under: true } }),
    ),
    refused('something were behind the barrier', () =>
      shown(state, io, { ...sensors, loops: { ...loops, exit: true } }),
    ),
    refused('the light curtain were broken', () => shown(state, io, { ...sensors, curtain: 'broken' })),
  ];
}

/** The arm must be up before anybody is told to go. */
export function barrierWhatIfs({ gate: { state } }: Watched, io: string): WhatIf[] {
  const sensors = state.laneIo[io];
  if (sensors == null) return [];
  return (['down', 'moving'] as const).map((barrier) =>
    refused(`the barrier were ${barrier}`, () => shown(state, io, { ...sensors, barrier })),
  );
}

export function lowerWhatIfs({ plan, gate: { state } }: Watched, io: string): WhatIf[] {
  const sensors = state.laneIo[io];
  const view: LaneState | undefined = state.lanes[plan.laneOfIo.get(io)?.id ?? ''];
  if (sensors == null || view === undefined) return [];
  const { loops } = sensors;
  return [
    refused('something were under the barrier', () =>
      shown(state, io, { ...sensors, loops: { ...loops, under: true } }),
    ),
    refused('the light curtain were broken', () => shown(state, io, { ...sensors, curtain: 'broken' })),
    refused('a technician were at work there', () => put(view, 'mode', 'maintenance')),
    stillAllowed('somebody stood before and behind it', () =>
      shown(state, io, { ...sensors, loops: { ...loops, approach: true, exit: true } }),
    ),
  ];
}
