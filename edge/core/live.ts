/** What the other gate may see of us right now: interlock inputs, latest value only, never evidence (DESIGN §7). */
import { hoistAgainst } from './interlock-yard.ts';
import { configOf, siteOf } from './site.ts';
import type { GateState } from './state.ts';
import { isFresh } from './state.ts';

export interface LiveView {
  /** Our vehicles on their ground, by id. */
  vehicles: Record<string, { standing: boolean; locked: boolean; node: string }>;
  /** Our bays in which a vehicle of theirs is expected or stands, by map node. */
  bays: Record<string, { clear: boolean }>;
}

/** Only what the other side needs for its next step. A vehicle that is not fresh is left out: absent means unknown. */
export function liveView(state: GateState): LiveView {
  const vehicles: LiveView['vehicles'] = {};
  const bays: LiveView['bays'] = {};
  if (state.config === null) return { vehicles, bays };
  const theirs = configOf(state).counterpart.gate;
  const site = siteOf(state);
  for (const id of site.vehicles.keys()) {
    const report = state.vehicles[id]?.report ?? null;
    if (report === null || site.nodes.get(report.lastNodeId)?.gate !== theirs) continue;
    if (!isFresh(state, id)) continue;
    const exchanging = report.actions.some(
      (action) =>
        (action.actionType === 'pick' || action.actionType === 'drop') && action.status === 'RUNNING',
    );
    vehicles[id] = {
      standing: !report.driving,
      locked: exchanging && !report.driving,
      node: report.lastNodeId,
    };
  }
  for (const { bay } of Object.values(state.visitors)) {
    const node = bay === undefined ? undefined : site.bays.get(bay)?.node;
    if (bay !== undefined && node !== undefined) bays[node] = { clear: hoistAgainst(state, bay) === null };
  }
  return { vehicles, bays };
}
