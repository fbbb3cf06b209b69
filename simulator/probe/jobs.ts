/** What would be wrong, one thing at a time, with a job that a crane may be given. */
import type { BayConfig } from '../../config/schema.ts';
import type { Command } from '../../edge/core/effect.ts';
import type { Crossing, GateState, LaneState, VehicleView } from '../../edge/core/state.ts';
import { baysOf } from '../invariants/fresh.ts';
import type { Watched } from '../invariants/scene.ts';
import { CONTRADICTIONS, type CraneView, withSignals } from './hoists.ts';
import {
  instead,
  NOBODY,
  nothing,
  put,
  refused,
  stillAllowed,
  together,
  type Undo,
  type WhatIf,
} from './what-if.ts';

type Job = Extract<Command, { kind: 'job' }>;
type Report = NonNullable<VehicleView['report']>;

export function jobWhatIfs(watched: Watched, command: Job): WhatIf[] {
  const { gate, plan } = watched;
  const { state } = gate;
  const { device, from, to } = command;
  const view = state.cranes[device];
  const crossing = state.crossings[command.crossing ?? ''];
  if (view == null || crossing === undefined) return [];
  const held = crossing.held === device;
  const resource = (place: string): string => `${plan.bays.has(place) ? 'bay' : 'slot'}:${place}`;
  return [
    ...craneWhatIfs(state, command, view),
    instead('no crossing needed it', { ...command, crossing: NOBODY }),
    instead('it were said to be for nobody', { ...command, crossing: undefined } as unknown as Command),
    instead('it were for another container', { ...command, container: NOBODY }),
    instead('it began where the crane does not reach', { ...command, from: NOBODY }),
    instead('it ended where the crane does not reach', { ...command, to: NOBODY }),
    ...[from, to].map((place): WhatIf => {
      const make = () => put(state.owners, resource(place), NOBODY);
      return held && place === from
        ? stillAllowed(`${place} had been given to another`, make)
        : refused(`${place} were another’s`, make);
    }),
    ...(held ? [] : heldWhatIfs(state, command, view, crossing, resource(from))),
    ...baysOf(watched, command).flatMap((bay) => bayWhatIfs(watched, bay, crossing)),
    ...otherCraneWhatIfs(watched, command, crossing),
  ];
}

function craneWhatIfs(state: GateState, { device }: Job, view: CraneView): WhatIf[] {
  const seen = (as: CraneView) => () => put(state.cranes, device, as);
  const { spreader } = view;
  return [
    refused('the crane were worked by hand', seen({ ...view, mode: 'manual' })),
    refused('the crane were out of order', seen({ ...view, mode: 'fault' })),
    ...CONTRADICTIONS.map(([what, signals]) =>
      refused(`the spreader were ${what}`, seen(withSignals(view, { ...signals, loaded: spreader.loaded }))),
    ).slice(0, 1),
    ...CONTRADICTIONS.slice(2).map(([what, signals]) =>
      refused(`the spreader were ${what}`, seen(withSignals(view, signals))),
    ),
    refused(
      'the spreader held what it should not, or not what it should',
      seen(
        withSignals(view, {
          loaded: !spreader.loaded,
          locked: !spreader.loaded,
          unlocked: spreader.loaded,
          landed: false,
        }),
      ),
    ),
    refused('the crane worked for another', () => put(state.jobs, device, NOBODY)),
  ];
}

/** Once its container hangs in the spreader, nothing needs to be ready where it came from. */
function heldWhatIfs(
  state: GateState,
  { device }: Job,
  view: CraneView,
  crossing: Crossing,
  from: string,
): WhatIf[] {
  const hangs = (): Undo =>
    together(
      put(crossing, 'held', device),
      put(
        state.cranes,
        device,
        withSignals(view, { loaded: true, locked: true, unlocked: false, landed: false, up: true }),
      ),
    );
  return [
    stillAllowed('its container hung in the spreader already', hangs),
    stillAllowed('it hung there, and where it came from were another’s', () =>
      together(hangs(), put(state.owners, from as keyof GateState['owners'], NOBODY)),
    ),
    refused('its container hung in the spreader of another', () =>
      together(hangs(), put(crossing, 'held', NOBODY)),
    ),
  ];
}

function bayWhatIfs(watched: Watched, { io, node, use }: BayConfig, crossing: Crossing): WhatIf[] {
  const { state } = watched.gate;
  const sensors = state.laneIo[io];
  const empty =
    sensors == null
      ? []
      : [
          refused('nothing were seen in the bay', () =>
            put(state.laneIo, io, { ...sensors, loops: { ...sensors.loops, approach: false } }),
          ),
        ];
  if (use === 'truck') return [...empty, ...strangerWhatIfs(watched)];
  if (node === undefined || crossing.vehicle === undefined) return empty;
  const { id } = crossing.vehicle;
  return [
    ...empty,
    refused('nobody knew which vehicle stands there', () => {
      const { vehicle: _, ...without } = crossing;
      return put(state.crossings, crossing.id, without);
    }),
    ...(state.vehicles[id] === undefined ? visitorWhatIfs(state, id) : ownWhatIfs(state.vehicles[id])),
  ];
}

/** Somebody who was not let in may stand in the bay of another. */
function strangerWhatIfs({ gate: { config, state } }: Watched): WhatIf[] {
  const lane = config.lanes.find(({ checkpoint }) => checkpoint === 'yard-in')?.id ?? '';
  const view = state.lanes[lane];
  if (view === undefined || view.stopped) return [];
  const stopped = (stoppedBy: NonNullable<LaneState['stoppedBy']>) => () =>
    put(state.lanes, lane, { ...view, stopped: true, stoppedBy });
  return [
    refused(`somebody had followed through ${lane}`, stopped('tailgating')),
    refused(`somebody had come through ${lane} from behind`, stopped('wrong-way')),
    stillAllowed(`a person had stopped ${lane}`, stopped('person')),
  ];
}

function ownWhatIfs(view: VehicleView): WhatIf[] {
  const { report } = view;
  if (report === null) return [];
  const says = (part: Partial<Report>) => () => put(view, 'report', { ...report, ...part });
  const actions = (part: Partial<Report['actions'][number]>) =>
    says({ actions: report.actions.map((action) => ({ ...action, ...part })) });
  return [
    refused('its vehicle were driving', says({ driving: true })),
    refused('its vehicle stood elsewhere', says({ lastNodeId: NOBODY })),
    refused('its vehicle did not wait for the crane', says({ actions: [] })),
    refused('its vehicle did not wait for the crane any more', actions({ status: 'FINISHED' })),
    refused('its vehicle did something else', actions({ actionType: NOBODY })),
    stillAllowed('its vehicle waited to be relieved', actions({ actionType: 'drop' })),
    stillAllowed('its vehicle waited to be laden', actions({ actionType: 'pick' })),
  ];
}

/** By its home gate's word. */
function visitorWhatIfs(state: GateState, id: string): WhatIf[] {
  const { live } = state;
  const shown = live?.vehicles[id];
  if (live === null || shown === undefined) return [];
  const says = (part: Partial<typeof shown>) => () => put(live.vehicles, id, { ...shown, ...part });
  return [
    refused('the link were down', () => put(state.link, 'up', false)),
    refused('what its home gate shows were old', () => put(live, 'fresh', false)),
    refused('its home gate showed nothing', () => put(state, 'live', null)),
    refused('its vehicle were driving', says({ standing: false })),
    refused('its vehicle were not locked', says({ locked: false })),
    refused('its vehicle stood elsewhere', says({ node: NOBODY })),
    refused('its home gate did not show its vehicle', () => {
      const { [id]: _, ...others } = live.vehicles;
      return put(live, 'vehicles', others);
    }),
  ];
}

/** Another crane that reaches the same place must not be at work there. */
function otherCraneWhatIfs({ gate: { state }, plan }: Watched, command: Job, crossing: Crossing): WhatIf[] {
  return [command.from, command.to].flatMap((place) => {
    const other = plan.cranesOver(place).find((crane) => crane !== command.device);
    if (other === undefined || crossing.held === command.device) return [];
    const works = (from: string, to: string) => (): Undo =>
      together(
        put(state.jobs, other, NOBODY),
        put(state.crossings, NOBODY, {
          ...crossing,
          id: NOBODY,
          job: { jobId: NOBODY, crane: other, from, to, state: 'running' },
        }),
      );
    return [
      refused(`${other} set down at ${place}`, works(NOBODY, place)),
      refused(`${other} picked up at ${place}`, works(place, NOBODY)),
      stillAllowed(`${other} worked elsewhere`, works(NOBODY, NOBODY)),
      stillAllowed(`${other} had nothing to do`, nothing),
    ];
  });
}
