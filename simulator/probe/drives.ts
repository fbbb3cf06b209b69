/** What would be wrong, one thing at a time, with sending a vehicle that may be sent. */
import type { Command } from '../../edge/core/effect.ts';
import type { Crossing, GateState, VehicleView } from '../../edge/core/state.ts';
import type { Watched } from '../invariants/scene.ts';
import { hoistAbroadWhatIfs, hoistWhatIfs } from './hoists.ts';
import { barrierWhatIfs, laneWhatIfs } from './lanes.ts';
import { NOBODY, put, refused, silent, stillAllowed, together, type Undo, type WhatIf } from './what-if.ts';

type Order = Extract<Command, { kind: 'order' }>;
type Report = NonNullable<VehicleView['report']>;

/** One released step, and the ends of the way it belongs to. */
interface Step {
  from: string;
  to: string;
}

export function driveWhatIfs(watched: Watched, command: Order): WhatIf[] {
  const { device, nodes, crossing: id } = command;
  const { state } = watched.gate;
  const view = state.vehicles[device];
  const crossing = state.crossings[id ?? ''];
  if (view?.report == null) return [];
  const found = [...fitnessWhatIfs(view, view.report), ...otherWhatIfs(watched, command, view.report)];
  const way = nodes.filter(({ released }) => released).map(({ nodeId }) => nodeId);
  for (const [index, to] of way.entries()) {
    const from = way[index - 1];
    if (from !== undefined) found.push(...stepWhatIfs(watched, { from, to }, device, view, crossing));
  }
  return found;
}

/** Another vehicle, as fit, is not sent through a lane in which this one stands, nor where this one has its place. */
function otherWhatIfs({ gate: { state }, plan }: Watched, command: Order, report: Report): WhatIf[] {
  const [from, next] = command.nodes;
  const isBarred = plan.laneAtNode.has(from?.nodeId ?? '') || plan.bayAtNode.has(next?.nodeId ?? '');
  const [other, view] = Object.entries(state.vehicles).find(([id]) => id !== command.device) ?? [];
  const device = state.devices[other ?? ''];
  if (!isBarred || other === undefined || view === undefined || device === undefined) return [];
  const fit = (): Undo => together(put(view, 'report', report), put(device, 'status', 'online'));
  return [{ ...refused('it were another vehicle', fit), command: { ...command, device: other } }];
}

function fitnessWhatIfs(view: VehicleView, report: Report): WhatIf[] {
  const says = (part: Partial<Report>) => () => put(view, 'report', { ...report, ...part });
  return [
    refused('it were driven by hand', says({ mode: 'MANUAL' })),
    refused('its emergency stop were pressed', says({ eStop: 'MANUAL' })),
    refused('it did not know where it is', says({ localized: false })),
    refused('it reported a fatal error', says({ errors: [{ errorType: NOBODY, errorLevel: 'FATAL' }] })),
    stillAllowed('it reported a warning', says({ errors: [{ errorType: NOBODY, errorLevel: 'WARNING' }] })),
    refused('it were charging', says({ charging: true })),
  ];
}

function stepWhatIfs(
  watched: Watched,
  { from, to }: Step,
  device: string,
  view: VehicleView,
  crossing: Crossing | undefined,
): WhatIf[] {
  const { plan, gate } = watched;
  const { state } = gate;
  const found: WhatIf[] = [];
  const gateAt = (node: string): string | undefined =>
    gate.config.map.nodes.find(({ id }) => id === node)?.gate;
  const abroad = gate.config.counterpart.gate;
  const lane = plan.laneAtNode.get(from);
  if (lane !== undefined)
    found.push(...laneWhatIfs(watched, lane.devices.io), ...barrierWhatIfs(watched, lane.devices.io));
  const bay = plan.bayAtNode.get(from);
  if (bay !== undefined && crossing !== undefined) found.push(...hoistWhatIfs(watched, bay.id, crossing));
  const ahead = plan.bayAtNode.get(to);
  if (ahead !== undefined)
    found.push(refused(`${ahead.id} were another’s`, () => put(state.owners, `bay:${ahead.id}`, NOBODY)));
  if (plan.laneAtNode.has(to))
    found.push(refused(`${to} were another’s`, () => put(state.owners, `node:${to}`, NOBODY)));
  if (gateAt(from) === abroad) found.push(...abroadWhatIfs(watched, from, view));
  else if (gateAt(to) === abroad && crossing?.lineClear !== undefined) {
    const { lineClear } = crossing;
    found.push(refused('another place had been granted to it', () => put(lineClear, 'holdNode', NOBODY)));
  }
  if (gateAt(from) === gate.config.gate.id && gateAt(to) === undefined && crossing !== undefined)
    found.push(...sectionWhatIfs(state, device, crossing));
  return found;
}

function abroadWhatIfs(watched: Watched, from: string, view: VehicleView): WhatIf[] {
  const { authority } = view;
  const isBay = watched.gate.config.map.nodes.some(({ id, role }) => id === from && role === 'bay');
  const hoist = isBay ? hoistAbroadWhatIfs(watched, from) : [];
  if (authority === null) return hoist;
  return [
    ...hoist,
    refused('it had no movement authority', () => put(view, 'authority', null)),
    refused('its movement authority were only asked for', () => put(authority, 'granted', false)),
    refused('its movement authority began elsewhere', () => put(authority, 'from', NOBODY)),
    refused('its movement authority ended elsewhere', () => put(authority, 'to', NOBODY)),
  ];
}

/** Onto the border section: with line clear, on its track, and behind nobody who does not move. */
function sectionWhatIfs(state: GateState, device: string, crossing: Crossing): WhatIf[] {
  const { lineClear } = crossing;
  const track = state.tracks[lineClear?.track ?? ''];
  if (lineClear === undefined || track === undefined) return [];
  const found = [
    refused('line clear had not been used', () => put(lineClear, 'used', false)),
    refused('line clear had been given for another track', () => put(lineClear, 'track', NOBODY)),
    refused('somebody were overdue on the section', () => put(track, 'overdue', [NOBODY])),
    stillAllowed('it were itself overdue', () => put(track, 'overdue', [lineClear.move])),
  ];
  return [...found, ...followingWhatIfs(state, device, crossing)];
}

/** Behind another vehicle on the same track: while that one is fit to drive, and ours to watch. */
export function followingWhatIfs(state: GateState, device: string, crossing: Crossing): WhatIf[] {
  const { lineClear } = crossing;
  const track = state.tracks[lineClear?.track ?? ''];
  const like = state.vehicles[device]?.report;
  if (lineClear === undefined || track === undefined || like == null) return [];
  const [ahead, view] = Object.entries(state.vehicles).find(([id]) => id !== device) ?? [];
  if (ahead === undefined || view === undefined) return [];
  const report: Report = { ...like, eStop: 'NONE', localized: true, mode: 'AUTOMATIC', errors: [] };
  /** Only another vehicle is on the section before it. */
  const follows =
    (part: Partial<Report>, used = true, ours = true) =>
    (): Undo =>
      together(
        put(track, 'moves', [lineClear.move, NOBODY]),
        put(state.moves, NOBODY, NOBODY),
        put(state.crossings, NOBODY, {
          ...crossing,
          id: NOBODY,
          // Nobody takes it for the one in the lane.
          stage: 'departed',
          containers: [],
          lineClear: { ...lineClear, move: NOBODY, used },
          vehicle: { id: ours ? ahead : NOBODY, home: '', plate: '' },
        }),
        put(state.devices[ahead] ?? { status: 'online' as const }, 'status', 'online'),
        put(view, 'report', { ...report, ...part }),
      );
  const emergency = { eStop: 'MANUAL' } as const;
  return [
    stillAllowed('one before it drove', follows({})),
    stillAllowed(
      'one before it drove with a warning',
      follows({ errors: [{ errorType: '', errorLevel: 'WARNING' }] }),
    ),
    stillAllowed('one that stands still had not left yet', follows(emergency, false)),
    stillAllowed('one before it were the other side’s to watch', follows(emergency, true, false)),
    refused('one before it had stopped in an emergency', follows(emergency)),
    refused('one before it were lost', follows({ localized: false })),
    refused('one before it were driven by hand', follows({ mode: 'MANUAL' })),
    refused('one before it had failed', follows({ errors: [{ errorType: '', errorLevel: 'FATAL' }] })),
    refused('one before it were silent', () =>
      together(follows({})(), put(state.devices[ahead] ?? { status: 'stale' as const }, 'status', 'stale')),
    ),
  ];
}

/** Charging: only at a charger, standing. */
export function chargeWhatIfs({ gate: { state } }: Watched, device: string): WhatIf[] {
  const view = state.vehicles[device];
  if (view?.report == null) return [];
  const { report } = view;
  return [
    silent(state, device),
    refused('it stood at no charger', () => put(view, 'report', { ...report, lastNodeId: NOBODY })),
    refused('it were driving', () => put(view, 'report', { ...report, driving: true })),
  ];
}
